"""Children at the venue, and orders that arrive after an opening or inside a bar."""

from fractions import Fraction

import pytest

from tests.oracle.cases import (
    CASH,
    HOUR_NS,
    START,
    Row,
    Told,
    X,
    Y,
    bars,
    flat,
    makers,
    run_script,
    statuses,
    told,
    unit_instrument,
)
from tests.oracle.market import Source
from tests.oracle.orders import VenueRules
from tests.oracle.run import OracleResult, OracleRun, compute
from tests.oracle.strategies import Action, Actions, Cancel, Scripted, Send, Strategy

TENTH = VenueRules(participation=Fraction(1, 10))
ENTRY = Send("e", "market", 10)


def child_stop(ticks: int, lots: int = -10, parent: str = "e") -> Send:
    return Send("c", "stop", lots, stop_ticks=ticks, parent=parent)


def child_limit(ticks: int, lots: int = -10) -> Send:
    return Send("t", "limit", lots, limit_ticks=ticks, parent="e")


def entry_limit(ticks: int) -> Send:
    return Send("e", "limit", 10, limit_ticks=ticks)


@pytest.mark.parametrize(
    ("orders", "rows", "fills"),
    [
        # filled at the open, the stop is reached in the same bar
        ((ENTRY, child_stop(95)), [(101, 104, 94, 102, 9)], [(1, 1, 10, 101), (1, 2, -10, 95)]),
        ((ENTRY, child_stop(93)), [(101, 104, 94, 102, 9)], [(1, 1, 10, 101)]),
        # filled at an open beyond the stop: triggered, and sold at the next opening
        (
            (ENTRY, child_stop(95)),
            [(94, 99, 90, 97, 9), flat(98)],
            [(1, 1, 10, 94), (2, 2, -10, 98)],
        ),
        ((ENTRY, child_stop(94)), [(94, 99, 90, 97, 9)], [(1, 1, 10, 94)]),
        # the parent is filled inside: its stop can fill inside the same bar
        (
            (entry_limit(98), child_stop(95)),
            [(101, 104, 94, 102, 9)],
            [(1, 2, 10, 98), (1, 2, -10, 95)],
        ),
        # ... unless the stop was beyond the parent's price: then at the next opening
        (
            (entry_limit(95), child_stop(97)),
            [(101, 104, 94, 102, 9), flat(99)],
            [(1, 2, 10, 95), (2, 2, -10, 99)],
        ),
        # a target takes part in the inside if the parent was filled at the open
        ((ENTRY, child_limit(103)), [(101, 104, 94, 102, 9)], [(1, 1, 10, 101), (1, 2, -10, 103)]),
        # ... at no price outside the bar, though it is already through its limit
        ((ENTRY, child_limit(90)), [(101, 104, 94, 102, 9)], [(1, 1, 10, 101), (1, 2, -10, 94)]),
        # ... and not in the bar in which the parent was filled inside
        (
            (entry_limit(98), child_limit(103)),
            [(101, 104, 94, 102, 9), (101, 104, 94, 102, 9)],
            [(1, 2, 10, 98), (2, 3, -10, 103)],
        ),
        # a child does nothing before its parent is filled, whatever the price does
        ((entry_limit(50), child_stop(95)), [(90, 104, 80, 102, 9)], []),
    ],
)
def test_a_child_works_from_its_parents_fill_on(
    orders: tuple[Action, ...], rows: list[Row], fills: list[Told]
) -> None:
    assert told(run_script(bars(flat(100), *rows), {0: orders})) == fills


def test_a_child_works_for_no_more_than_its_parent_has_filled() -> None:
    """Four lots a bar. The stop is reached in bar 1, when nothing is left for it.

    Bar 2: the parent, older, takes all four. Bar 3: it takes its last two; of the eight it had
    before, the child sells two. Then the child has the bars for itself.
    """
    falls = (101, 104, 90, 91, 40)
    rows = [flat(100), falls, flat(92, 40), flat(93, 40), flat(94, 40), flat(95, 40)]
    result = run_script(bars(*rows), {0: (ENTRY, child_stop(95))}, TENTH)

    assert told(result) == [
        (1, 1, 4, 101),
        (2, 2, 4, 92),
        (3, 3, 2, 93),
        (3, 3, -2, 93),
        (4, 4, -4, 94),
        (5, 5, -4, 95),
    ]
    assert statuses(result) == ["FILLED", "FILLED"]


def test_a_parent_that_turns_a_position_closes_first() -> None:
    """Ten short, four lots a bar; the turn's twenty close ten before they open what is stopped.

    The stop is reached in bar 2, in which nothing is open yet, and again in bar 4.
    """
    short, turn = Send("s", "market", -10), Send("e", "market", 20)
    falls = (100, 104, 90, 100, 40)
    rows = [flat(100), flat(100), *[falls] * 7, flat(98)]
    result = run_script(bars(*rows), {0: (short,), 1: (turn, child_stop(95))}, TENTH)

    assert told(result)[:4] == [(1, 1, -10, 100), (2, 2, 4, 100), (3, 3, 4, 100), (4, 4, 4, 100)]
    assert told(result)[4:6] == [(5, 5, 4, 100), (6, 6, 4, 100)]
    assert [lots for _, _, lots, _ in told(result)].count(-4) == 2
    assert statuses(result) == ["FILLED", "FILLED", "FILLED"]


def test_what_the_parent_fills_at_an_opening_is_not_there_for_the_child_at_that_opening() -> None:
    """Five were filled in bar 1; the opening of bar 2 fills five more, and stops out five only."""
    rows = [flat(100), flat(101, 50), flat(90, 200), flat(89, 200)]
    result = run_script(bars(*rows), {0: (ENTRY, child_stop(95))}, TENTH)

    assert told(result) == [(1, 1, 5, 101), (2, 2, 5, 90), (2, 2, -5, 90), (3, 3, -5, 89)]


@pytest.mark.parametrize(
    ("at_bar", "expected", "size"),
    [
        # a parent nobody has heard of
        ({0: (child_stop(95, parent="?"),)}, ["REJECTED"], 10),
        # the parent ends unfilled
        ({0: (entry_limit(50), child_stop(95)), 1: (Cancel("e"),)}, ["CANCELED", "CANCELED"], 10),
        # the parent ends after five
        ({0: (ENTRY, child_stop(95)), 1: (Cancel("e"),)}, ["CANCELED", "ACCEPTED"], 5),
        # a parent that has ended is unknown
        ({0: (ENTRY,), 1: (Cancel("e"), child_stop(95))}, ["CANCELED", "REJECTED"], 10),
        # the parent is smaller than the child
        ({0: (Send("e", "market", 3), child_stop(95))}, ["FILLED", "ACCEPTED"], 3),
    ],
)
def test_the_end_of_a_parent_ends_the_childs_rest(
    at_bar: Actions, expected: list[str], size: int
) -> None:
    rows = [flat(100), flat(101, 50), flat(102, 50)]
    result = run_script(bars(*rows), at_bar, TENTH)

    assert statuses(result) == expected
    assert result.orders[-1].size == size


@pytest.mark.parametrize(
    ("order", "fills", "is_maker"),
    [
        # takes part in the inside of the bar whose opening has caused it
        (Send("o", "limit", -10, limit_ticks=103), [(1, 2, -10, 103)], True),
        (Send("o", "stop", -10, stop_ticks=95), [(1, 2, -10, 95)], False),
        # already through its limit: at the limit, at no price outside the bar
        (Send("o", "limit", 10, limit_ticks=102), [(1, 2, 10, 102)], True),
        (Send("o", "limit", 10, limit_ticks=110), [(1, 2, 10, 104)], True),
        (Send("o", "limit", -10, limit_ticks=60), [(1, 2, -10, 94)], True),
        # already beyond the market, or a market order: the next opening
        (Send("o", "stop", -10, stop_ticks=101), [(2, 2, -10, 97)], False),
        (Send("o", "market", -10), [(2, 2, -10, 97)], False),
        # the first opening it meets is the next one
        (Send("o", "limit", -10, limit_ticks=105), [], True),
        (Send("o", "limit", 10, limit_ticks=94), [], True),
    ],
)
def test_an_order_caused_by_an_openings_fill_joins_the_bar_after_its_opening(
    order: Send, fills: list[Told], is_maker: bool
) -> None:
    rows = [flat(100), (101, 104, 94, 96, 9), flat(97)]
    result = run_script(bars(*rows), {0: (ENTRY,)}, on_fill={1: (order,)})

    assert told(result)[1:] == fills
    assert makers(result)[1:] == [is_maker] * len(fills)


def test_a_limit_that_joined_after_an_opening_is_taker_at_the_next_one() -> None:
    order = Send("o", "limit", -10, limit_ticks=105)
    rows = [flat(100), (101, 104, 94, 96, 9), flat(106)]
    result = run_script(bars(*rows), {0: (ENTRY,)}, on_fill={1: (order,)})

    assert told(result)[1:] == [(2, 2, -10, 106)]
    assert makers(result)[1:] == [False]


def test_a_cancel_caused_by_an_openings_fill_comes_before_the_inside() -> None:
    orders = (ENTRY, Send("o", "limit", -10, limit_ticks=103))
    rows = [flat(100), (101, 104, 94, 96, 9)]
    result = run_script(bars(*rows), {0: orders}, on_fill={1: (Cancel("o"),)})

    assert told(result) == [(1, 1, 10, 101)]


def on_a_slow_market(rows: list[Row], at_bar: Actions, lots: int = 1_000) -> OracleResult:
    """Hours of X are counted by a script that trades Y, whose bars last four hours."""
    clock = bars(*[flat(1)] * 12)
    slow = bars(*rows, interval=4 * HOUR_NS)
    run = OracleRun(
        cash=CASH,
        instruments=(unit_instrument(X), unit_instrument(Y)),
        sources=(Source(Y, slow), Source(X, clock)),
        strategies=(Strategy("s", Y, Scripted(at_bar, clock=X)),),
        rules=VenueRules(participation=Fraction(lots, 1_000)),
    )
    return compute(run)


def hours_of(result: OracleResult) -> list[tuple[int, int, int]]:
    return [((f.ts - START) // HOUR_NS, f.lots, f.ticks) for f in result.fills]


def test_an_order_that_arrives_inside_a_bar_ignores_that_bar() -> None:
    """Sent after five hours, in the middle of the second bar, whose range it does not meet."""
    rows: list[Row] = [flat(100), (101, 110, 90, 100, 1_000), (101, 110, 90, 100, 1_000)]
    orders = (
        Send("l", "limit", 10, limit_ticks=95),
        Send("s", "stop", 10, stop_ticks=105),
        Send("m", "market", 10),
    )
    result = on_a_slow_market(rows, {4: orders})

    assert hours_of(result) == [(8, 10, 101), (12, 10, 95), (12, 10, 105)]


def test_a_cancel_inside_a_bar_takes_effect_after_the_bars_fills() -> None:
    """Six lots a bar; the order is canceled in the middle of the bar that fills six of ten."""
    rows: list[Row] = [flat(100), (101, 110, 90, 100, 1_000), (101, 110, 90, 100, 1_000)]
    at_bar: Actions = {3: (Send("l", "limit", 10, limit_ticks=95),), 5: (Cancel("l"),)}
    result = on_a_slow_market(rows, at_bar, lots=6)

    assert hours_of(result) == [(8, 6, 95)]
    assert statuses(result) == ["CANCELED"]


def test_a_cancel_at_a_bars_close_comes_before_the_next_opening() -> None:
    rows: list[Row] = [flat(100), flat(101), flat(90)]
    at_bar: Actions = {3: (Send("l", "limit", 10, limit_ticks=95),), 7: (Cancel("l"),)}
    result = on_a_slow_market(rows, at_bar)

    assert hours_of(result) == []
