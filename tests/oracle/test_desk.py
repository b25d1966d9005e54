"""Targets into orders, and stops beside them.

ATR(1) is the last true range: after a bar from 98 to 102 it is 4, and stops with k = 1 stand 4
away from the close.
"""

from fractions import Fraction

import pytest

from tests.oracle.cases import Row, Told, bars, decided, flat, run_script, statuses, told
from tests.oracle.exits import AtrStop
from tests.oracle.orders import VenueRules
from tests.oracle.strategies import Actions, Cancel, Send, Target

TENTH = VenueRules(participation=Fraction(1, 10))
STOP = AtrStop(1, Fraction(1))
WIDE = (100, 102, 98, 100, 1_000)
ONE = flat(100, 10)  # gives one lot
Sent = tuple[str, int, str]  # order type, lots, status


def sent(rows: list[Row], at_bar: Actions, rules: VenueRules | None = None) -> list[Sent]:
    result = run_script(bars(*rows), at_bar, rules)
    return [(o.order_type, o.lots, o.status) for o in result.orders]


@pytest.mark.parametrize(
    ("targets", "orders"),
    [
        # one lot of ten was filled between the two targets
        ((10, 15), [(10, "FILLED"), (5, "FILLED")]),
        ((10, 4), [(10, "CANCELED"), (3, "FILLED")]),
        ((10, 1), [(10, "CANCELED")]),
        ((10, 0), [(10, "CANCELED"), (-1, "FILLED")]),
        ((10, -10), [(10, "CANCELED"), (-11, "FILLED")]),
        ((-10, -4), [(-10, "CANCELED"), (-3, "FILLED")]),
        ((-10, 10), [(-10, "CANCELED"), (11, "FILLED")]),
        # the same again changes nothing
        ((10, 10), [(10, "FILLED")]),
    ],
)
def test_a_new_target_cancels_what_is_opposite_and_orders_the_rest(
    targets: tuple[int, int], orders: list[tuple[int, str]]
) -> None:
    rows = [flat(100), ONE, flat(100)]
    at_bar: Actions = {0: (Target(targets[0]),), 1: (Target(targets[1]),)}

    assert sent(rows, at_bar, TENTH) == [("market", lots, status) for lots, status in orders]


def test_a_return_to_a_target_takes_its_exit_back() -> None:
    rows = [flat(100), flat(100), flat(100), flat(100)]
    at_bar: Actions = {0: (Target(10),), 1: (Target(0), Target(10)), 2: (Target(0),)}

    assert sent(rows, at_bar) == [
        ("market", 10, "FILLED"),
        ("market", -10, "CANCELED"),
        ("market", -10, "FILLED"),
    ]


def test_orders_of_ones_own_do_not_count_as_open_lots_but_their_fills_count() -> None:
    rows = [flat(100), flat(100), flat(100)]
    at_bar: Actions = {0: (Send("o", "market", 3), Target(10)), 1: (Target(10), Target(11))}
    result = run_script(bars(*rows), at_bar)

    assert told(result) == [(1, 1, 3, 100), (1, 1, 10, 100), (2, 2, -2, 100)]
    assert decided(result) == [(1, 10, "scripted"), (2, 11, "scripted")]


@pytest.mark.parametrize(
    ("target", "k", "close", "stop_ticks"),
    [
        (10, Fraction(1), 100, 96),
        (-10, Fraction(1), 100, 104),
        (10, Fraction(5, 8), 100, 98),  # 2.5 is rounded to the even 2
        (10, Fraction(7, 8), 100, 96),  # 3.5 is rounded to the even 4
        (10, Fraction(30), 100, 1),
        (-10, Fraction(30), 100, 220),
    ],
)
def test_a_stop_is_sent_with_its_entry(
    target: int, k: Fraction, close: int, stop_ticks: int
) -> None:
    rows = [flat(100), (100, 102, 98, close, 9), flat(100)]
    result = run_script(bars(*rows), {1: (Target(target),)}, stop=AtrStop(1, k))

    entry, stop = result.orders
    assert (entry.order_type, entry.lots, entry.parent) == ("market", target, None)
    assert (stop.order_type, stop.lots, stop.parent) == ("stop", -target, entry.order)
    assert (stop.stop_ticks, stop.seq, stop.status) == (stop_ticks, 2, "ACCEPTED")


def test_no_entry_without_a_stop_that_can_be_placed() -> None:
    result = run_script(bars(flat(100), flat(100)), {0: (Target(10),)}, stop=STOP)

    assert decided(result) == [(1, 10, "warming_up")]
    assert result.orders == ()


@pytest.mark.parametrize(
    ("at_bar", "rows", "fills", "decisions"),
    [
        # bought and stopped out in one bar, which is known before its close is decided
        (
            {1: (Target(10),)},
            [(100, 101, 95, 99, 9)],
            [(2, 2, 10, 100), (2, 3, -10, 96)],
            [(2, 10, "scripted"), (2, 0, "atr_stop")],
        ),
        (
            {1: (Target(-10),)},
            [(100, 105, 99, 99, 9)],
            [(2, 2, -10, 100), (2, 3, 10, 104)],
            [(2, -10, "scripted"), (2, 0, "atr_stop")],
        ),
        # flat at an opening: the stop is gone before the inside
        (
            {1: (Target(10),), 2: (Target(0),)},
            [flat(100), (100, 101, 90, 99, 9)],
            [(2, 2, 10, 100), (3, 3, -10, 100)],
            [(2, 10, "scripted"), (3, 0, "scripted")],
        ),
        # lowered at an opening: the stop is lowered before the inside
        (
            {1: (Target(10),), 2: (Target(4),)},
            [flat(100), (100, 101, 90, 99, 9)],
            [(2, 2, 10, 100), (3, 3, -6, 100), (3, 4, -4, 96)],
            [(2, 10, "scripted"), (3, 4, "scripted"), (3, 0, "atr_stop")],
        ),
        # turned: the old stop is gone, the new one works in the same bar; ATR is 0 by then
        (
            {1: (Target(10),), 2: (Target(-10),)},
            [WIDE, (99, 105, 95, 99, 9)],
            [(2, 2, 10, 100), (3, 3, -20, 99), (3, 4, 10, 104)],
            [(2, 10, "scripted"), (3, -10, "scripted"), (3, 0, "atr_stop")],
        ),
        # a gap meets the stop and the exit at one opening: both fill, and the desk buys back
        (
            {1: (Target(10),), 2: (Target(0),)},
            [flat(100), flat(90), flat(91)],
            [(2, 2, 10, 100), (3, 3, -10, 90), (3, 3, -10, 90), (4, 4, 10, 91)],
            [(2, 10, "scripted"), (3, 0, "scripted")],
        ),
        # the same on the way to the other side, whose target and stop stay
        (
            {1: (Target(10),), 2: (Target(-10),)},
            [WIDE, flat(90), flat(91), (91, 104, 91, 91, 9)],
            [(2, 2, 10, 100), (3, 3, -10, 90), (3, 3, -20, 90), (4, 4, 10, 91), (5, 6, 10, 104)],
            [(2, 10, "scripted"), (3, -10, "scripted"), (5, 0, "atr_stop")],
        ),
    ],
)
def test_a_stop_follows_the_position(
    at_bar: Actions,
    rows: list[Row],
    fills: list[Told],
    decisions: list[tuple[int, int, str]],
) -> None:
    result = run_script(bars(flat(100), WIDE, *rows), at_bar, stop=STOP)

    assert told(result) == fills
    assert decided(result) == decisions


def test_a_stop_that_ends_the_position_ends_an_entry_under_way() -> None:
    """Ten are held; the opening that should add ten gives twelve lots, ten to the older stop.

    When that is reported the other two are already filled; they are sold at the next opening.
    """
    rows = [flat(100), WIDE, WIDE, flat(90, 120), flat(91)]
    at_bar: Actions = {1: (Target(10),), 2: (Target(20),)}
    result = run_script(bars(*rows), at_bar, TENTH, stop=STOP)

    assert told(result) == [(2, 2, 10, 100), (3, 3, -10, 90), (3, 3, 2, 90), (4, 4, -2, 91)]
    assert statuses(result) == ["FILLED", "FILLED", "CANCELED", "CANCELED", "FILLED"]
    assert decided(result)[2:] == [(3, 0, "atr_stop")]


def test_a_stop_filled_in_part_goes_on_at_the_next_opening() -> None:
    """A bar of twenty-five lots: twenty buy at the open, five are left for the stop inside."""
    rows = [flat(100), WIDE, (100, 101, 95, 99, 250), flat(99)]
    result = run_script(bars(*rows), {1: (Target(20),)}, TENTH, stop=STOP)

    assert told(result) == [(2, 2, 20, 100), (2, 3, -5, 96), (3, 3, -15, 99)]
    assert statuses(result) == ["FILLED", "FILLED"]
    assert decided(result) == [(2, 20, "scripted"), (3, 0, "atr_stop")]


def test_an_entry_that_is_taken_back_leaves_its_stop_for_what_was_filled() -> None:
    rows = [flat(100), WIDE, flat(100, 40), flat(100, 40), flat(100, 40)]
    at_bar: Actions = {1: (Target(20),), 2: (Target(4),)}
    result = run_script(bars(*rows), at_bar, TENTH, stop=STOP)

    assert [(o.lots, o.size, o.status) for o in result.orders] == [
        (20, 20, "CANCELED"),
        (-20, 4, "ACCEPTED"),
    ]


def test_several_stops_are_lowered_oldest_first_and_by_no_other_stop() -> None:
    """Ten at 100 (stop 96), five more (stop 98 after a range of 2); down to eight; both stops."""
    narrow = (100, 101, 99, 100, 1_000)
    rows = [
        flat(100),
        WIDE,
        narrow,
        flat(100),
        flat(100),
        (100, 100, 97, 99, 9),
        (99, 99, 96, 99, 9),
    ]
    at_bar: Actions = {1: (Target(10),), 2: (Target(15),), 3: (Target(8),)}
    result = run_script(bars(*rows), at_bar, stop=STOP)

    stops = [(o.stop_ticks, o.lots, o.size) for o in result.orders if o.order_type == "stop"]
    assert stops == [(96, -10, 3), (98, -5, 5)]
    assert told(result)[3:] == [(5, 6, -5, 98), (6, 7, -3, 96)]
    assert decided(result)[3:] == [(6, 0, "atr_stop")]


def test_a_turn_that_rests_at_zero_keeps_the_stop_of_what_is_to_come() -> None:
    """Short ten; the buy of twenty fills ten first. The new stop outlives the moment at zero."""
    rows = [flat(100), WIDE, WIDE, flat(100, 100), flat(100, 100), (100, 100, 95, 99, 200)]
    at_bar: Actions = {1: (Target(-10),), 2: (Target(10),)}
    result = run_script(bars(*rows), at_bar, TENTH, stop=STOP)

    assert told(result) == [
        (2, 2, -10, 100),
        (3, 3, 10, 100),
        (4, 4, 10, 100),
        (5, 6, -10, 96),
    ]
    assert statuses(result) == ["FILLED", "CANCELED", "FILLED", "FILLED"]


def test_a_turn_taken_back_before_it_has_turned_leaves_no_stop() -> None:
    """Short ten; five of the turn's twenty are bought when the target becomes 0.

    The next opening is beyond the stop of those five, which have only closed.
    """
    rows = [flat(100), WIDE, WIDE, flat(100, 50), flat(90, 900), flat(89, 900)]
    at_bar: Actions = {1: (Target(-10),), 2: (Target(10),), 3: (Target(0),)}
    result = run_script(bars(*rows), at_bar, TENTH, stop=STOP)

    assert told(result) == [(2, 2, -10, 100), (3, 3, 5, 100), (4, 4, 5, 90)]
    assert [o.status for o in result.orders if o.order_type == "stop"] == ["CANCELED", "CANCELED"]


def test_a_stop_that_was_filled_before_it_is_lowered_has_sold_too_much() -> None:
    """An older stop of three and the stop of ten meet one gap; the desk buys three back."""
    own = Send("o", "stop", -3, stop_ticks=96)
    rows = [flat(100), WIDE, flat(100), flat(90), flat(91)]
    result = run_script(bars(*rows), {1: (own, Target(10))}, stop=STOP)

    assert told(result) == [(2, 2, 10, 100), (3, 3, -3, 90), (3, 3, -10, 90), (4, 4, 3, 91)]
    assert decided(result)[1:] == [(3, 0, "atr_stop")]


def test_an_order_of_ones_own_that_sells_lowers_the_stop() -> None:
    rows = [flat(100), WIDE, flat(100), (100, 100, 90, 99, 9), flat(99)]
    at_bar: Actions = {1: (Target(10),), 2: (Send("o", "market", -3),)}
    result = run_script(bars(*rows), at_bar, stop=STOP)

    assert told(result) == [(2, 2, 10, 100), (3, 3, -3, 100), (3, 4, -7, 96)]


def test_a_position_that_is_sold_leaves_the_stop_of_an_entry_that_is_still_to_come() -> None:
    """Ten held, ten more wanted at a bar without volume for them; the ten held are sold.

    The sale is older than the entry and takes the ten lots of its opening. The stop of what was
    sold goes; the other one sells in the bar whose opening fills its entry.
    """
    rows = [flat(100), WIDE, WIDE, flat(100, 100), flat(100, 100), (100, 100, 90, 99, 100)]
    at_bar: Actions = {1: (Target(10),), 2: (Send("o", "market", -10), Target(20))}
    result = run_script(bars(*rows), at_bar, TENTH, stop=STOP)

    assert told(result)[:3] == [(2, 2, 10, 100), (3, 3, -10, 100), (4, 4, 10, 100)]
    assert told(result)[3:] == [(5, 6, -10, 96)]
    assert statuses(result) == ["FILLED", "CANCELED", "FILLED", "FILLED", "FILLED"]


def test_stops_are_lowered_only_as_far_as_they_are_for_more_than_is_left() -> None:
    """Ten with a stop and five bought beside it; selling the five leaves the stop as it is."""
    rows = [flat(100), WIDE, flat(100), flat(100), (100, 100, 90, 99, 9)]
    at_bar: Actions = {1: (Target(10), Send("b", "market", 5)), 2: (Send("s", "market", -5),)}
    result = run_script(bars(*rows), at_bar, stop=STOP)

    assert told(result)[3:] == [(4, 5, -10, 96)]


def test_a_stop_that_ends_the_target_after_the_position_was_sold_is_bought_back() -> None:
    """An older order of one's own and the stop meet one gap, each for all that is held."""
    own = Send("o", "stop", -10, stop_ticks=96)
    rows = [flat(100), WIDE, flat(100), flat(90), flat(91)]
    result = run_script(bars(*rows), {1: (own, Target(10))}, stop=STOP)

    assert told(result) == [(2, 2, 10, 100), (3, 3, -10, 90), (3, 3, -10, 90), (4, 4, 10, 91)]
    assert decided(result)[1:] == [(3, 0, "atr_stop")]


def test_a_fill_that_a_cancel_came_too_late_for_is_taken_back() -> None:
    """The same opening fills the stop and two lots of an entry; the stop is known first."""
    rows = [flat(100), WIDE, WIDE, flat(90, 120), flat(91)]
    at_bar: Actions = {1: (Target(10),), 2: (Target(20),)}
    result = run_script(bars(*rows), at_bar, TENTH, stop=STOP)

    assert told(result)[2:] == [(3, 3, 2, 90), (4, 4, -2, 91)]


def test_a_script_lets_go_of_what_a_stop_has_ended_before_it_takes_it_again() -> None:
    """Asked for at each bar; the stop ends it inside bar 2, and bar 4 does not ask."""
    ask = (Target(10),)
    rows = [flat(100), WIDE, (100, 101, 95, 99, 9), WIDE, WIDE, WIDE, WIDE]
    result = run_script(bars(*rows), {1: ask, 2: ask, 3: ask, 5: ask}, stop=STOP)

    assert decided(result) == [(2, 10, "scripted"), (2, 0, "atr_stop"), (6, 10, "scripted")]


def test_a_tag_is_taken_while_its_order_works() -> None:
    far = Send("o", "limit", 1, limit_ticks=1)
    near = Send("o", "market", 2)
    at_bar: Actions = {0: (far, near), 1: (Cancel("o"), near), 2: (near,), 3: (near,)}
    result = run_script(bars(*[flat(100)] * 5), at_bar)

    assert [(o.order_type, o.seq, o.status) for o in result.orders] == [
        ("limit", 1, "CANCELED"),
        ("market", 3, "FILLED"),
        ("market", 4, "FILLED"),
    ]
