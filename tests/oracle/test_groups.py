"""Groups, and bars that do not say what came first; every order is sent at the close of bar 0.

Ten are bought at the first opening, so that a stop below and a limit above protect them.
"""

from fractions import Fraction

import pytest

from tests.oracle.cases import Row, Told, bars, flat, run_script, statuses, told
from tests.oracle.orders import VenueRules
from tests.oracle.run import OracleResult
from tests.oracle.strategies import Actions, Send

ENTRY = Send("e", "market", 10)
BOTH = (102, 110, 90, 100, 1_000)  # goes through 105 and reaches 95
UP = (102, 110, 100, 108, 1_000)
DOWN = (98, 100, 90, 92, 1_000)
TENTH = VenueRules(participation=Fraction(1, 10))
TARGETS_FIRST = VenueRules(targets_first=True)


def stop(lots: int = -10, ticks: int = 95, parent: str | None = "e", tag: str = "s") -> Send:
    return Send(tag, "stop", lots, stop_ticks=ticks, parent=parent, group="g")


def target(lots: int = -10, ticks: int = 105, parent: str | None = "e") -> Send:
    return Send("t", "limit", lots, limit_ticks=ticks, parent=parent, group="g")


def stop_limit(ticks: int = 95, limit: int = 93) -> Send:
    return Send("x", "stop_limit", -10, limit_ticks=limit, stop_ticks=ticks, parent="e", group="g")


def bracket(*rows: Row, rules: VenueRules | None = None) -> OracleResult:
    return run_script(bars(flat(100), *rows), {0: (ENTRY, stop(), target())}, rules)


@pytest.mark.parametrize(
    ("rows", "rules", "fills", "expected", "ambiguous"),
    [
        ([flat(101), UP], None, [(2, 3, -10, 105)], ["FILLED", "CANCELED", "FILLED"], 0),
        ([flat(101), DOWN], None, [(2, 3, -10, 95)], ["FILLED", "FILLED", "CANCELED"], 0),
        # both are met: the stop, unless targets come first
        ([flat(101), BOTH], None, [(2, 3, -10, 95)], ["FILLED", "FILLED", "CANCELED"], 1),
        ([flat(101), BOTH], TARGETS_FIRST, [(2, 3, -10, 105)], ["FILLED", "CANCELED", "FILLED"], 1),
        # also in the bar whose opening filled the entry
        ([BOTH], None, [(1, 2, -10, 95)], ["FILLED", "FILLED", "CANCELED"], 1),
        ([BOTH], TARGETS_FIRST, [(1, 2, -10, 105)], ["FILLED", "CANCELED", "FILLED"], 1),
        # the limit is only touched: nothing is ambiguous
        (
            [flat(101), (102, 105, 90, 100, 9)],
            None,
            [(2, 3, -10, 95)],
            ["FILLED", "FILLED", "CANCELED"],
            0,
        ),
        # the opening decides
        ([flat(101), (106, 110, 90, 100, 9)], None, [(2, 2, -10, 106)], None, 0),
        ([flat(101), (94, 110, 90, 100, 9)], None, [(2, 2, -10, 94)], None, 0),
    ],
)
def test_of_a_group_one_is_filled(
    rows: list[Row],
    rules: VenueRules | None,
    fills: list[Told],
    expected: list[str] | None,
    ambiguous: int,
) -> None:
    result = bracket(*rows, rules=rules)

    assert told(result)[1:] == fills
    assert expected is None or statuses(result) == expected
    assert result.ambiguous_bars == ambiguous


def test_a_fill_in_part_leaves_the_others_the_rest() -> None:
    """A bar of 40 gives four lots to the target; the stop is for six from then on."""
    result = bracket(flat(101), (102, 110, 100, 108, 40), DOWN, rules=TENTH)

    assert told(result)[1:] == [(2, 3, -4, 105), (3, 4, -6, 95)]
    assert [(o.size, o.filled, o.status) for o in result.orders[1:]] == [
        (6, 6, "FILLED"),
        (10, 4, "CANCELED"),
    ]


def test_targets_first_leave_the_stop_what_remains_of_the_order_and_of_the_volume() -> None:
    """Six lots: the target takes all; the stop is for four and triggered: at the next opening."""
    rules = VenueRules(participation=Fraction(1, 10), targets_first=True)
    result = bracket(flat(101), (102, 110, 90, 100, 60), flat(97), rules=rules)

    assert told(result)[1:] == [(2, 3, -6, 105), (3, 3, -4, 97)]
    assert result.ambiguous_bars == 1


def test_a_member_of_a_group_that_the_entry_has_filled_in_part() -> None:
    """Four are bought; the target sells them. The entry's other six have a stop for six."""
    rows = (flat(101, 40), (102, 110, 101, 108, 0), (102, 110, 100, 108, 1_000), DOWN)
    slow = (ENTRY, stop(), target(ticks=108))
    result = run_script(bars(flat(100), *rows), {0: slow}, TENTH)

    assert told(result) == [(1, 1, 4, 101), (3, 3, 6, 102), (3, 4, -10, 108)]


def test_two_stops_of_a_group_share_what_they_protect() -> None:
    """Both are reached; the older one takes all of it."""
    orders = (ENTRY, stop(), stop(ticks=96, tag="s2"))
    result = run_script(bars(flat(100), flat(101), DOWN), {0: orders})

    assert told(result)[1:] == [(2, 3, -10, 95)]
    assert statuses(result) == ["FILLED", "FILLED", "CANCELED"]


def test_a_stop_limit_of_a_group_is_triggered_and_no_target_fills() -> None:
    """Bar 2 is ambiguous; bar 3 opens below its limit of 93 and rises through it and the target."""
    orders = (ENTRY, stop_limit(), target())
    rows = (flat(101), BOTH, (91, 96, 90, 94, 9), flat(94))
    result = run_script(bars(flat(100), *rows), {0: orders})

    assert told(result)[1:] == [(3, 4, -10, 93)]
    assert statuses(result) == ["FILLED", "FILLED", "CANCELED"]
    assert result.ambiguous_bars == 1


def test_a_bar_counts_once_for_an_instrument() -> None:
    """Two brackets, both ambiguous in bar 2."""
    first = (ENTRY, Send("e2", "market", 10), stop(), target())
    more = (
        Send("s2", "stop", -10, stop_ticks=94, parent="e2", group="h"),
        Send("t2", "limit", -10, limit_ticks=106, parent="e2", group="h"),
    )
    result = run_script(bars(flat(100), flat(101), BOTH), {0: (*first, *more)})

    assert told(result)[2:] == [(2, 3, -10, 95), (2, 3, -10, 94)]
    assert result.ambiguous_bars == 1


INSIDE_ENTRY = (102, 104, 90, 100, 1_000)


@pytest.mark.parametrize(
    ("entry", "fills", "ambiguous"),
    [
        # a limit below the open and a stop below it: first the one, then the other
        (Send("e", "limit", 10, limit_ticks=98), [(1, 2, 10, 98), (1, 2, -10, 95)], 0),
        # a stop above the open: nobody knows
        (Send("e", "stop", 10, stop_ticks=103), [(1, 2, 10, 103), (1, 2, -10, 95)], 1),
        # filled at the open: the target might have come first
        (Send("e", "limit", 10, limit_ticks=102), [(1, 1, 10, 102), (1, 2, -10, 95)], 1),
    ],
)
def test_an_entry_filled_inside_lets_its_stop_fill_there_and_never_its_target(
    entry: Send, fills: list[Told], ambiguous: int
) -> None:
    orders: Actions = {0: (entry, stop(), target(ticks=103))}
    result = run_script(bars(flat(100), INSIDE_ENTRY), orders)

    assert told(result) == fills
    assert result.ambiguous_bars == ambiguous


def test_the_target_of_an_entry_filled_inside_waits_for_the_next_bar() -> None:
    entry = Send("e", "limit", 10, limit_ticks=98)
    rows = ((102, 108, 96, 100, 9), (102, 110, 100, 108, 9))
    result = run_script(bars(flat(100), *rows), {0: (entry, stop(), target())})

    assert told(result) == [(1, 2, 10, 98), (2, 3, -10, 105)]
    assert result.ambiguous_bars == 0
