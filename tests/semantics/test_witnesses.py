"""Runs that were once wrong, each as small as it gets: what must happen, and that both say so."""

from fractions import Fraction

from tests.oracle.cases import HOUR_NS, START, Told, X, bar, bars, flat, told, unit_instrument
from tests.oracle.exits import AtrStop, TakeProfit, Trailing
from tests.oracle.filters import Filters
from tests.oracle.gate import Limits
from tests.oracle.market import DAY_NS, Bar, Happenings, Source, Split
from tests.oracle.orders import VenueRules
from tests.oracle.run import OracleRun
from tests.oracle.strategies import (
    Actions,
    Cancel,
    EmaCross,
    Lots,
    Scripted,
    Send,
    Strategy,
    Target,
)
from tests.semantics.witnessing import STOP, TENTH, WIDE, agreed, sale, scripted


def test_a_bar_is_a_price_before_anybody_decides_on_it() -> None:
    """The first bar, and the one after a weekend of four days, are as fresh as any other."""
    market = (*bars(flat(100), interval=DAY_NS), *bars(flat(100), flat(100), interval=DAY_NS))
    later = tuple(
        Bar(each.ts_open + 5 * k * DAY_NS, each.ts_close + 5 * k * DAY_NS, 100, 100, 100, 100, 9)
        for k, each in enumerate(market)
    )
    result = agreed(
        OracleRun(
            Fraction(10_000),
            (unit_instrument(X),),
            (Source(X, later),),
            (Strategy("s", X, Scripted({0: (Target(3),), 1: (Target(5),)})),),
        )
    )

    assert [fill.lots for fill in result.fills] == [3, 2]


def test_two_sales_of_one_opening_both_lower_the_stop() -> None:
    """Ten with a stop; three and two are sold at once, and five are left for the stop to sell."""
    market = bars(flat(100), WIDE, flat(100), flat(100), (100, 100, 90, 99, 9))
    result = scripted(market, {1: (Target(10),), 2: (sale("a", 3), sale("b", 2))})

    assert told(result)[-1] == (4, 5, -5, 96)
    assert result.positions["s", X].lots == 0


def test_a_stop_is_not_lowered_below_what_is_left() -> None:
    """A turn and a stop meet one gap: twenty short are bought back to ten, whose stop stays."""
    fall, rise = flat(90), (91, 104, 91, 91, 9)
    market = bars(flat(100), WIDE, WIDE, fall, flat(91), rise)
    result = scripted(market, {1: (Target(10),), 2: (Target(-10),)})

    sold_out: list[Told] = [(3, 3, -10, 90), (3, 3, -20, 90), (4, 4, 10, 91), (5, 6, 10, 104)]
    assert told(result)[1:] == sold_out


def test_a_stop_that_sells_through_zero_ends_its_target_too() -> None:
    """Three of ten are sold at the opening at which the stop sells all ten."""
    own = Send("o", "stop", -3, stop_ticks=96)
    market = bars(flat(100), WIDE, flat(100), flat(90), flat(91))
    result = scripted(market, {1: (own, Target(10))})

    assert [(d.target, d.reason) for d in result.decisions] == [(10, "scripted"), (0, "atr_stop")]
    assert result.positions["s", X].lots == 0


def test_a_bar_that_only_orders_lets_go_of_an_ended_target() -> None:
    """The stop ends it inside bar 2; bar 3 has an order, but no target; bar 4 asks again."""
    ask, other = Target(10), Send("o", "limit", 1, limit_ticks=1)
    market = bars(flat(100), WIDE, (100, 101, 95, 99, 9), WIDE, WIDE, WIDE)
    result = scripted(market, {1: (ask,), 2: (ask,), 3: (other,), 4: (ask,)})

    assert [(d.seq, d.target) for d in result.decisions] == [(2, 10), (2, 0), (5, 10)]


def test_a_cross_that_a_filter_withheld_lets_go_of_an_ended_target() -> None:
    """Stopped out inside the bar that crosses down above the trend; the next one crosses up."""
    ten = flat(10)
    rows = (ten, ten, ten, ten, (10, 20, 10, 20, 9), (20, 20, 15, 15, 9), (15, 25, 15, 25, 9))
    run = OracleRun(
        Fraction(10_000),
        (unit_instrument(X),),
        (Source(X, bars(*rows)),),
        (Strategy("s", X, EmaCross(1, 2, Lots(5), trend=4), (AtrStop(1, Fraction(1, 8)),)),),
    )

    assert [(d.seq, d.target, d.reason) for d in agreed(run).decisions] == [
        (5, 5, "cross_up"),
        (5, 0, "atr_stop"),
        (6, 0, "cross_against_trend"),
        (7, 5, "cross_up"),
    ]


def test_a_name_whose_order_was_denied_is_free_again() -> None:
    """Also after the midnight at which ended orders are forgotten."""
    wall, cross = Send("w", "limit", -1, limit_ticks=105), Send("c", "market", 1)
    market = bars(*[flat(100)] * 30)
    at_bar: Actions = {0: (wall, cross), 26: (Cancel("c"), Cancel("w")), 27: (cross,)}
    result = scripted(market, at_bar, exits=())

    assert [order.status for order in result.orders] == ["CANCELED", "DENIED", "FILLED"]


def test_a_lot_that_no_stop_is_for_after_a_split_gets_one() -> None:
    """Nine become six, their stops of five and four three and two; at 94 x 3 / 2 is the third."""
    market = bars(
        flat(100), (100, 102, 97, 99, 1_000), flat(100), flat(160), (160, 160, 140, 150, 9)
    )
    split = Happenings(X, (Split(START + 3 * HOUR_NS, 2, 3),))
    result = scripted(market, {1: (Target(5), Target(9))}, happenings=(split,))

    assert [(order.lots, order.stop_ticks) for order in result.orders if order.stop_ticks] == [
        (-5, 94),
        (-4, 94),
        (-1, 141),
    ]
    assert [fill.lots for fill in result.fills] == [5, 4, -3, -2, -1]


def test_a_stop_that_waited_for_cancels_is_trailed_to_where_the_others_stand() -> None:
    """At 102 by the wide bar at which its target was made; the level has been 108 since."""
    calm = (110, 111, 109, 110, 0)
    rise = (flat(100), flat(100), (100, 101, 99, 100, 9), (100, 110, 100, 110, 9), calm, calm)
    market = bars(flat(100), WIDE, *rise, (110, 117, 109, 110, 0), *[calm] * 9)
    result = scripted(
        market,
        {1: (Target(5),), 8: (Target(0), Target(9))},
        [Trailing(1, Fraction(1))],
        rules=VenueRules(participation=Fraction(1)),
        latency_ns=HOUR_NS + 7,
    )

    assert [order.stop_last for order in result.orders[1::3]] == [108, 108]


def test_what_a_refused_stop_was_for_is_left_with_the_next_fill() -> None:
    """A gap of six hours makes the price stale; two sales of ten were one too many.

    Five of the ten that are held too many are part of the target: their stop is denied, and so is
    the order that would leave them. The next sale makes it one that only lowers the position.
    """
    late = tuple(bar(k, flat(90)) for k in (10, 11))
    market = (*bars(flat(100), WIDE, flat(100), (100, 100, 100, 100, 0)), *late)
    result = scripted(
        market,
        {1: (Target(10),), 2: (Target(0),), 3: (Target(-5),)},
        rules=VenueRules(participation=Fraction(1)),
        limits=Limits(stale_ns={X: 2 * HOUR_NS}),
    )

    assert [order.lots for order in result.orders] == [10, -10, -10, -5, 5, 10, 5, 5, 5]
    assert result.denials == ((7, "price_stale"), (8, "price_stale"))
    assert [fill.lots for fill in result.fills] == [10, -10, -10, -5, 10, 5]


def test_a_stop_of_which_a_group_leaves_nothing_is_the_venue_s_to_end() -> None:
    """Seven of nine are sold; before the stop hears of it the take-profit has sold all nine."""
    market = bars(flat(100), WIDE, *[flat(100)] * 3, (100, 106, 100, 100, 1_000), flat(100))
    result = scripted(
        market,
        {1: (Target(9),), 2: (sale("o", 7),)},
        (STOP, TakeProfit(1, Fraction(1))),
        latency_ns=HOUR_NS,
    )

    assert [fill.lots for fill in result.fills] == [9, -7, -9]
    assert [order.status for order in result.orders[1:3]] == ["CANCELED", "FILLED"]


def test_a_stop_that_is_being_made_smaller_ends_with_its_position() -> None:
    """Seven of nine are sold, and the take-profit sells two before both are made two.

    The venue takes two off the stop and then makes it two again, for a position that is gone.
    """
    rise, fall = (106, 106, 100, 100, 20), (100, 100, 90, 100, 1_000)
    market = bars(flat(100), WIDE, *[flat(100)] * 3, rise, flat(100), fall)
    result = scripted(
        market,
        {1: (Target(9),), 2: (sale("o", 7),)},
        (STOP, TakeProfit(1, Fraction(1))),
        rules=TENTH,
        latency_ns=HOUR_NS,
    )

    assert [fill.lots for fill in result.fills] == [9, -7, -2]
    assert [order.status for order in result.orders[1:3]] == ["CANCELED", "CANCELED"]


def test_what_leads_back_from_a_turn_meets_the_next_opening() -> None:
    """The venue takes no stop at 104, so the short is not entered; the long is sold all the same.

    That does not wait for the cancel of the turn, which takes no time.
    """
    limits = Limits(filters={X: Filters(ticks_max=103)})
    at_bar: Actions = {1: (Target(5),), 2: (Target(-5),)}
    market = bars(flat(100), WIDE, WIDE, flat(99), flat(98))
    result = scripted(market, at_bar, (STOP, TakeProfit(1, Fraction(1, 2))), limits=limits)

    assert told(result) == [(2, 2, 5, 100), (3, 3, -5, 99)]
    assert [order.lots for order in result.orders] == [5, -5, -5, -10, 5, -5, 5]


def test_what_is_under_way_when_a_split_comes_is_told_before_it() -> None:
    """Bought in the third hour, which is known after four and a half; the split comes at four.

    The stop that was sent at three comes then, too, and is of ten lots at half its price.
    """
    at_bar: Actions = {
        0: (Send("a", "market", 5),),
        2: (Send("b", "stop", -5, stop_ticks=90),),
    }
    market = (*bars(*[flat(100)] * 4), *[bar(k, flat(50)) for k in range(4, 9)])
    split = Happenings(X, (Split(START + 4 * HOUR_NS, 2, 1),))
    result = scripted(market, at_bar, (), latency_ns=3 * HOUR_NS // 2, happenings=(split,))

    assert told(result) == [(4, 3, 5, 100)]
    assert result.positions["s", X].lots == 10
    assert [(order.lots, order.size, order.stop_last) for order in result.orders] == [
        (5, 0, None),
        (-5, 10, 45),
    ]
