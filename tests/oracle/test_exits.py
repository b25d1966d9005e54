"""How positions end, worked by hand.

ATR(1) is the last true range: after a bar from 98 to 102 it is 4, after one that stands still at
the close before it is 0.
"""

from fractions import Fraction

import pytest

from tests.oracle.cases import (
    CASH,
    Row,
    Told,
    X,
    bars,
    decided,
    flat,
    statuses,
    told,
    unit_instrument,
)
from tests.oracle.exits import AtrStop, Exit, TakeProfit, TimeStop, Trailing
from tests.oracle.market import Source
from tests.oracle.orders import VenueRules
from tests.oracle.run import OracleResult, OracleRun, compute
from tests.oracle.strategies import Actions, Scripted, Send, Strategy, Target

WIDE = (100, 102, 98, 100, 1_000)
ONE = Fraction(1)
STOP, PROFIT = AtrStop(1, ONE), TakeProfit(1, Fraction(2))
TENTH = VenueRules(participation=Fraction(1, 10))


def run(
    exits: tuple[Exit, ...], at_bar: Actions, *rows: Row, rules: VenueRules | None = None
) -> OracleResult:
    return compute(
        OracleRun(
            CASH,
            (unit_instrument(X),),
            (Source(X, bars(*rows)),),
            (Strategy("s", X, Scripted(at_bar), exits),),
            rules or VenueRules(),
        )
    )


@pytest.mark.parametrize(
    ("target", "exits", "children"),
    [
        (10, (STOP,), [("stop", -10, 96)]),
        (10, (PROFIT,), [("limit", -10, 108)]),
        (-10, (STOP, PROFIT), [("stop", 10, 104), ("limit", 10, 92)]),
        # an initial stop of a trailing exit; of two stops the nearer one, at a tie the first
        (10, (Trailing(1, Fraction(3)),), [("stop", -10, 88)]),
        (10, (STOP, Trailing(1, Fraction(1, 2))), [("stop", -10, 98)]),
        (-10, (Trailing(1, Fraction(3)), STOP), [("stop", 10, 104)]),
        (10, (STOP, Trailing(1, Fraction(1, 2), ONE)), [("stop", -10, 96)]),
        (10, (PROFIT, TakeProfit(1, ONE)), [("limit", -10, 104)]),
        # no price below one tick
        (-10, (TakeProfit(1, Fraction(30)),), [("limit", 10, 1)]),
        (10, (TimeStop(3),), []),
    ],
)
def test_what_goes_with_an_entry(
    target: int, exits: tuple[Exit, ...], children: list[tuple[str, int, int]]
) -> None:
    result = run(exits, {1: (Target(target),)}, flat(100), WIDE, WIDE)

    entry, *protection = result.orders
    assert [(o.order_type, o.lots, o.stop_ticks or o.limit_ticks) for o in protection] == children
    assert all(order.parent == entry.order and order.seq == 2 for order in protection)


@pytest.mark.parametrize(
    ("row", "fill", "reason", "ends"),
    [
        ((101, 109, 100, 105, 9), (3, 4, -10, 108), "take_profit", ["CANCELED", "FILLED"]),
        ((101, 107, 95, 105, 9), (3, 4, -10, 96), "atr_stop", ["FILLED", "CANCELED"]),
        ((101, 109, 95, 105, 9), (3, 4, -10, 96), "atr_stop", ["FILLED", "CANCELED"]),
    ],
)
def test_a_stop_and_a_target_end_what_they_protect(
    row: Row, fill: Told, reason: str, ends: list[str]
) -> None:
    result = run((STOP, PROFIT), {1: (Target(10),)}, flat(100), WIDE, flat(101), row)

    assert told(result)[1:] == [fill]
    assert decided(result)[1:] == [(3, 0, reason)]
    assert statuses(result)[1:] == ends


def test_a_target_that_is_filled_in_part_leaves_the_stop_the_rest() -> None:
    """A bar of forty gives the target four; the stop sells six; only that ends the target."""
    up, down = (101, 109, 100, 105, 40), (100, 100, 95, 99, 1_000)
    result = run(
        (STOP, PROFIT), {1: (Target(10),)}, flat(100), WIDE, flat(101), up, down, rules=TENTH
    )

    assert told(result)[1:] == [(3, 4, -4, 108), (4, 5, -6, 96)]
    assert decided(result)[1:] == [(4, 0, "atr_stop")]


def test_a_sale_lowers_stop_and_target_alike() -> None:
    sale = Send("o", "market", -3)
    rows = (flat(100), WIDE, flat(101), flat(101), (101, 109, 100, 105, 1_000))
    result = run((STOP, PROFIT), {1: (Target(10),), 2: (sale,)}, *rows)

    assert told(result)[1:] == [(3, 3, -3, 101), (4, 5, -7, 108)]
    assert [order.size for order in result.orders[1:3]] == [7, 7]


# A range of 4 around each close: ATR(1) is 4 as long as the close before lies within.
RISE = ((100, 103, 99, 102, 1_000), (102, 105, 101, 104, 1_000), (104, 107, 103, 106, 1_000))


@pytest.mark.parametrize(
    ("activate", "stops"),
    [
        # entry at 100: 96 at first, then four below the best close: 98, 100, 102
        (Fraction(0), [96, 98, 100, 102]),
        # ... from the bar on which that is 4 = 1 x ATR above the entry: 104, then 106
        (Fraction(1), [None, None, 100, 102]),
        (Fraction(3, 2), [None, None, None, 102]),
        (Fraction(2), [None, None, None, None]),
    ],
)
def test_a_trailing_stop_follows_the_best_close(
    activate: Fraction, stops: list[int | None]
) -> None:
    rows = (flat(100), WIDE, *RISE)
    found = []
    for count in range(2, 6):
        result = run((Trailing(1, ONE, activate),), {1: (Target(10),)}, *rows[:count])
        working = [o for o in result.orders if o.order_type == "stop" and o.status == "ACCEPTED"]
        found.append(working[-1].stop_last if working else None)

    assert found == stops


def test_a_trailing_stop_is_never_loosened_and_gives_its_reason() -> None:
    """The best close is 106; at 104 the level stays, and the range of 10 would put it to 96."""
    fall = (106, 106, 101, 101, 1_000)
    result = run(
        (Trailing(1, ONE),),
        {1: (Target(10),)},
        flat(100),
        WIDE,
        *RISE,
        (106, 108, 103, 104, 9),
        fall,
    )

    assert told(result)[1:] == [(6, 7, -10, 102)]
    assert decided(result)[1:] == [(6, 0, "trailing")]


def test_a_stop_that_was_never_moved_keeps_its_reason() -> None:
    exits = (STOP, Trailing(1, ONE, Fraction(9)))
    result = run(exits, {1: (Target(10),)}, flat(100), WIDE, (100, 102, 95, 99, 9))

    assert decided(result)[1:] == [(2, 0, "atr_stop")]


def test_a_level_beyond_the_market_sells_at_the_next_opening() -> None:
    """The best close is 106; the bar falls to a close of 101 with a range of 4: level 102."""
    fall = (104, 105, 101, 101, 1_000)
    rows = (flat(100), WIDE, *RISE, fall, flat(100))
    result = run((Trailing(1, Fraction(4, 5)),), {1: (Target(10),)}, *rows)

    assert told(result)[1:] == [(5, 6, -10, 103)]


def test_a_short_trails_downward() -> None:
    fall = ((100, 101, 97, 98, 1_000), (98, 99, 95, 96, 1_000))
    result = run((Trailing(1, ONE),), {1: (Target(-10),)}, flat(100), WIDE, *fall)

    assert [order.stop_last for order in result.orders[1:]] == [100]


@pytest.mark.parametrize(("count", "closes_at"), [(1, 4), (2, 5), (3, 6)])
def test_a_time_stop_counts_from_the_bar_of_the_fill(count: int, closes_at: int) -> None:
    """Bought at the opening of bar 2, whose close is the third row; n bars after that it ends."""
    result = run((TimeStop(count),), {1: (Target(10),)}, *[flat(100)] * 8)

    assert decided(result)[1:] == [(closes_at, 0, "time_stop")]
    assert told(result)[1:] == [(closes_at, closes_at, -10, 100)]


def test_after_a_time_stop_the_script_must_let_go() -> None:
    """It asks at every bar but one."""
    ask = (Target(10),)
    at_bar = {bar: ask for bar in range(1, 9) if bar != 6}
    result = run((TimeStop(2),), at_bar, *[flat(100)] * 9)

    assert decided(result) == [(2, 10, "scripted"), (5, 0, "time_stop"), (8, 10, "scripted")]


def test_time_is_counted_anew_when_the_position_turns() -> None:
    at_bar: Actions = {1: (Target(10),), 3: (Target(-10),)}
    result = run((TimeStop(2),), at_bar, *[flat(100)] * 9)

    assert decided(result)[2:] == [(7, 0, "time_stop")]


def test_the_first_fill_is_when_it_is_booked() -> None:
    """A bar without volume puts the entry off: the count begins with the bar of the fill."""
    rows = (flat(100), flat(100), flat(100, 0), *[flat(100)] * 5)
    result = run((TimeStop(1),), {1: (Target(10),)}, *rows, rules=TENTH)

    assert decided(result)[1:] == [(5, 0, "time_stop")]


def test_a_position_without_a_stop_gets_one_when_it_trails() -> None:
    """No entry's stop: the position of ten is protected as a whole, and lowered with it."""
    exits = (Trailing(1, ONE, ONE),)
    at_bar: Actions = {1: (Target(10),), 3: (Target(4),)}
    result = run(exits, at_bar, flat(100), WIDE, *RISE, (106, 106, 101, 102, 1_000))

    made = result.orders[1:]
    assert [(o.order_type, o.lots, o.size, o.parent) for o in made] == [
        ("stop", -10, 4, None),
        ("market", -6, 6, None),
    ]
    assert decided(result)[-1] == (5, 0, "trailing")


def test_no_entry_before_all_exits_are_ready() -> None:
    exits = (STOP, TakeProfit(3, ONE))
    result = run(exits, {1: (Target(10),), 3: (Target(10),)}, *[flat(100)] * 5)

    assert decided(result) == [(2, 10, "warming_up"), (4, 10, "scripted")]
    assert result.orders[0].seq == 4
