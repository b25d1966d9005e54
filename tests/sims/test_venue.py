"""The venue's rules on bars, each as a case that was worked out by hand."""

from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

import pytest

from sims.venue import VenueRules
from tests.sims.floor import Floor, Said, order
from tests.sims.making import START
from trader.model.orders import Liquidity, SubmitOrder
from trader.model.units import MINUTE_NS

Prices: TypeAlias = tuple[int, int, int, int]

FREE = VenueRules()
TOUCH = VenueRules(touch=1)
SLIP = VenueRules(slippage=(1, 1000), slippage_ticks=1)
TENTH = VenueRules(participation=(1, 10))
QUIET: Prices = (101, 104, 96, 102)


def m(lots: int) -> SubmitOrder:
    return order("o", lots)


def at(lots: int, limit: int) -> SubmitOrder:
    return order("o", lots, limit=limit)


def stop(lots: int, ticks: int) -> SubmitOrder:
    return order("o", lots, stop=ticks)


# -- what fills, when, at what price --------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "bar", "rules", "fills"),
    [
        # market: at the next opening, worsened by ceil(1001 / 1000) + 1 = 3 ticks
        (m(5), QUIET, FREE, [("open", 5, 101)]),
        (m(5), (1001, 1001, 1001, 1001), SLIP, [("open", 5, 1004)]),
        (m(-5), (1001, 1001, 1001, 1001), SLIP, [("open", -5, 998)]),
        (m(5), (1000, 1000, 1000, 1000), SLIP, [("open", 5, 1002)]),
        (m(-5), (3, 3, 3, 3), replace(FREE, slippage_ticks=9), [("open", -5, 1)]),
        (m(5), (3, 3, 3, 3), replace(FREE, slippage_ticks=9), [("open", 5, 12)]),
        # limit: an open at or through it fills at the open, never worsened
        (at(5, 101), QUIET, SLIP, [("open", 5, 101)]),
        (at(5, 103), QUIET, SLIP, [("open", 5, 101)]),
        (at(-5, 101), QUIET, SLIP, [("open", -5, 101)]),
        (at(-5, 98), QUIET, SLIP, [("open", -5, 101)]),
        # limit: inside, a price through it fills at the limit
        (at(5, 100), QUIET, SLIP, [("inside", 5, 100)]),
        (at(5, 97), QUIET, FREE, [("inside", 5, 97)]),
        (at(5, 96), QUIET, FREE, []),
        (at(5, 96), QUIET, TOUCH, [("inside", 5, 96)]),
        (at(5, 95), QUIET, TOUCH, []),
        (at(-5, 103), QUIET, SLIP, [("inside", -5, 103)]),
        (at(-5, 104), QUIET, FREE, []),
        (at(-5, 104), QUIET, TOUCH, [("inside", -5, 104)]),
        (at(-5, 105), QUIET, TOUCH, []),
        # stop: an open at or through it fills at the open, worsened
        (stop(5, 101), QUIET, FREE, [("open", 5, 101)]),
        (stop(5, 99), QUIET, FREE, [("open", 5, 101)]),
        (stop(-5, 101), QUIET, replace(FREE, slippage_ticks=2), [("open", -5, 99)]),
        (stop(-5, 103), QUIET, FREE, [("open", -5, 101)]),
        # stop: inside, a price that reaches it fills at the stop, worsened, also out of the bar
        (stop(5, 104), QUIET, FREE, [("inside", 5, 104)]),
        (stop(5, 104), QUIET, replace(FREE, slippage_ticks=2), [("inside", 5, 106)]),
        (stop(5, 105), QUIET, FREE, []),
        (stop(-5, 96), QUIET, FREE, [("inside", -5, 96)]),
        (stop(-5, 96), QUIET, SLIP, [("inside", -5, 94)]),
        (stop(-5, 95), QUIET, FREE, []),
    ],
)
def test_an_order_meets_a_bar(
    sent: SubmitOrder, bar: Prices, rules: VenueRules, fills: list[tuple[str, int, int]]
) -> None:
    floor = Floor(rules)
    assert floor.send(sent) == [("o", "accepted")]

    opening = [("open", *said[1:]) for said in floor.opens(*bar)]
    inside = [("inside", *said[1:]) for said in floor.closes()]

    assert opening + inside == fills
    assert (list(floor.book.orders) == []) is bool(fills)


@pytest.mark.parametrize(("lots", "ticks"), [(-5, 100), (-5, 101), (5, 100), (5, 99)])
def test_a_stop_the_market_is_beyond_already_fills_at_the_next_opening(
    lots: int, ticks: int
) -> None:
    """The last close is the market; the next opening alone would not have triggered it."""
    floor = Floor()
    floor.flat(100)
    floor.send(stop(lots, ticks))

    best = 200 if lots < 0 else 50
    assert floor.opens(best, best, best, best) == [("o", lots, best)]


@pytest.mark.parametrize(("lots", "ticks"), [(-5, 99), (5, 101)])
def test_a_stop_the_market_has_not_reached_waits(lots: int, ticks: int) -> None:
    floor = Floor()
    floor.flat(100)
    floor.send(stop(lots, ticks))

    assert floor.flat(100) == []
    assert floor.flat(ticks) == [("o", lots, ticks)]


def test_before_there_is_a_market_no_stop_is_beyond_it() -> None:
    floor = Floor()
    floor.send(stop(-5, 100))

    assert floor.flat(101) == []


# -- arriving late, leaving late ------------------------------------------------------------------


def test_an_order_that_arrives_at_the_instant_of_an_opening_takes_part_in_the_inside() -> None:
    """It has missed the opening: a limit or stop can fill inside, a market order waits."""
    floor = Floor()
    floor.opens(101, 104, 96, 102)
    floor.send(order("m", 1), order("l", 1, limit=97), order("s", -1, stop=97))

    assert floor.closes() == [("l", 1, 97), ("s", -1, 97)]
    assert floor.flat(90) == [("m", 1, 90)]


@pytest.mark.parametrize(("lots", "limit", "price"), [(5, 110, 104), (-5, 90, 96), (5, 104, 104)])
def test_a_late_limit_fills_at_no_price_outside_the_bar(lots: int, limit: int, price: int) -> None:
    """It is through all of the bar, which it joined after the opening."""
    floor = Floor()
    floor.opens(101, 104, 96, 102)
    floor.send(at(lots, limit))

    assert floor.closes() == [("o", lots, price)]


def test_a_late_stop_beyond_the_open_is_a_market_order() -> None:
    """The market is the open of the bar under way, not what comes of it."""
    floor = Floor()
    floor.opens(101, 104, 96, 102)
    floor.send(order("beyond", -1, stop=101), order("not yet", -1, stop=100))

    assert floor.closes() == [("not yet", -1, 100)]
    assert floor.flat(120) == [("beyond", -1, 120)]


def test_an_order_that_arrives_inside_a_bar_ignores_that_bar() -> None:
    floor = Floor()
    floor.opens(101, 104, 96, 102)
    floor.now += 1
    floor.send(order("l", 1, limit=97), order("s", -1, stop=97))

    assert floor.closes() == []
    assert floor.bar(101, 104, 96, 102) == [("l", 1, 97), ("s", -1, 97)]


def test_a_cancel_inside_a_bar_acts_after_the_bars_fills() -> None:
    floor = Floor()
    floor.send(order("filled", 1, limit=97), order("left", 1, limit=50))
    floor.opens(101, 104, 96, 102)
    floor.now += 1
    assert floor.cancel("filled") + floor.cancel("left") == []

    assert floor.closes() == [("filled", 1, 97), ("left", "canceled", "asked_for")]


def test_a_cancel_between_bars_or_at_an_opening_acts_at_once() -> None:
    floor = Floor()
    floor.send(order("a", 1), order("b", 1, limit=97))

    assert floor.cancel("a") == [("a", "canceled", "asked_for")]
    assert floor.opens(101, 104, 96, 102) == []
    assert floor.cancel("b") == [("b", "canceled", "asked_for")]
    assert floor.closes() == []


def test_nobody_cancels_or_lowers_what_is_not_there() -> None:
    floor = Floor()
    floor.send(order("gone", 1))
    floor.flat(100)

    for id_ in ("gone", "never"):
        assert floor.cancel(id_) == [(id_, "CancelRejected", "unknown_order")]
        assert floor.lower(id_, 1) == [(id_, "ReplaceRejected", "unknown_order")]


def test_lowering_between_bars_acts_at_once_and_never_below_what_is_filled() -> None:
    floor = Floor(TENTH)
    floor.send(order("a", -20), order("b", 20, limit=50), order("c", 20, limit=50))
    floor.flat(100, lots=80)  # eight of a

    assert floor.lower("b", 5) == [("b", "replaced", 5)]
    assert floor.lower("b", 9) == [("b", "replaced", 5)]
    assert floor.lower("c", 0) == [("c", "canceled", "nothing_left")]
    assert floor.lower("a", -12) == [("a", "replaced", -12)]
    assert floor.flat(100, lots=20) == [("a", -2, 100)]
    assert floor.lower("a", -10) == [("a", "canceled", "nothing_left")]


def test_lowering_inside_a_bar_acts_after_the_bars_fills() -> None:
    floor = Floor()
    floor.send(order("a", 10, limit=97), order("b", 10, limit=50))
    floor.opens(101, 104, 96, 102)
    floor.now += 1
    assert floor.lower("a", 4) + floor.lower("b", 4) == []

    assert floor.closes() == [("a", 10, 97), ("b", "replaced", 4)]
    assert floor.flat(50) == [("b", 4, 50)]


# -- volume ---------------------------------------------------------------------------------------


def test_a_bar_gives_its_share_and_the_rest_keeps_working() -> None:
    """A tenth of 59 is 5, of 9 is 0; without volume there is nothing."""
    floor = Floor(TENTH)
    floor.send(m(8))

    said = [floor.flat(ticks, lots) for ticks, lots in ((101, 59), (102, 9), (103, 0), (104, 99))]
    assert said == [[("o", 5, 101)], [], [], [("o", 3, 104)]]


def test_an_opening_is_served_in_order_of_arrival_whatever_the_side() -> None:
    floor = Floor(TENTH)
    floor.send(order("a", 4), order("b", -4), order("c", 1))

    assert floor.flat(101, lots=50) == [("a", 4, 101), ("b", -1, 101)]
    assert floor.flat(102, lots=50) == [("b", -3, 102), ("c", 1, 102)]


def test_the_opening_is_served_before_the_inside() -> None:
    floor = Floor(TENTH)
    floor.send(order("a", 4, limit=98), order("b", 4, limit=99), order("c", 3))

    assert floor.bar(101, 104, 96, 102, lots=50) == [("c", 3, 101), ("a", 2, 98)]


@pytest.mark.parametrize(
    ("bar", "lots", "said"),
    [
        ((101, 104, 94, 102), 50, [("o", -5, 95)]),  # reached inside
        ((94, 104, 94, 102), 50, [("o", -5, 94)]),  # met by the open
        ((101, 104, 94, 102), 0, []),  # a price triggers also where nothing is given
    ],
)
def test_the_rest_of_a_triggered_stop_is_a_market_order(
    bar: Prices, lots: int, said: list[Said]
) -> None:
    floor = Floor(TENTH)
    floor.send(stop(-8, 95))

    assert floor.bar(*bar, lots=lots) == said
    assert floor.flat(120) == [("o", -8 + len(said) * 5, 120)]


def test_without_a_share_volume_is_unlimited() -> None:
    floor = Floor()
    floor.send(m(10**9))

    assert floor.flat(100, lots=0) == [("o", 10**9, 100)]


# -- who gives and who takes, and what it costs ---------------------------------------------------


TAKER, MAKER = Liquidity.TAKER, Liquidity.MAKER


@pytest.mark.parametrize(
    ("sent", "bars", "sides"),
    [
        (m(5), [QUIET], [TAKER]),
        (stop(-5, 96), [QUIET], [TAKER]),
        (at(5, 101), [QUIET], [TAKER]),  # the first opening it meets
        (at(5, 97), [QUIET], [MAKER]),  # later and inside
        (at(5, 90), [QUIET, (89, 89, 89, 89)], [MAKER]),  # a later opening
    ],
)
def test_a_limit_takes_only_at_the_first_opening_it_meets(
    sent: SubmitOrder, bars: list[Prices], sides: list[Liquidity]
) -> None:
    floor = Floor()
    floor.send(sent)
    for prices in bars:
        floor.bar(*prices)

    assert [fill.liquidity for fill in floor.fills] == sides


def test_a_limit_filled_in_part_at_its_first_opening_makes_the_rest() -> None:
    floor = Floor(TENTH)
    floor.send(at(18, 101))
    floor.bar(*QUIET)
    floor.bar(*QUIET)

    assert [fill.liquidity for fill in floor.fills] == [TAKER, MAKER]


@pytest.mark.parametrize(
    ("rules", "lots", "expected"),
    [
        # Three lots at 7 with two quanta in a tick x lot are worth 42 quanta.
        (VenueRules(), 3, 0),
        (VenueRules(taker=Fraction(1, 42)), 3, 1),
        (VenueRules(taker=Fraction(1, 41)), 3, 2),  # 1.02 rounded up
        (VenueRules(taker=Fraction(1, 41)), -3, 2),
        (VenueRules(taker=Fraction(-1, 41)), 3, -1),  # -1.02 rounded up
        (VenueRules(taker=Fraction(-1, 43)), 3, 0),  # -0.98 rounded up
        (VenueRules(maker=Fraction(1, 2)), 3, 0),  # a taker pays as a taker
        (VenueRules(per_lot=Fraction(5, 2)), -3, 8),
        (VenueRules(taker=Fraction(1, 42), per_lot=Fraction(5, 2)), 3, 9),  # the sum is rounded
        (VenueRules(taker=Fraction(1, 42), fee_quanta=100), 3, 100),
        (VenueRules(per_lot=Fraction(40), fee_quanta=100), 3, 200),
    ],
)
def test_a_fee_is_rounded_up_once(rules: VenueRules, lots: int, expected: int) -> None:
    floor = Floor(rules)
    floor.send(m(lots))
    floor.flat(7)

    assert [fill.fee for fill in floor.fills] == [expected]


def test_a_fee_counts_the_notional_in_money() -> None:
    floor = Floor(VenueRules(taker=Fraction(1, 10)), half=50)
    floor.send(m(3))
    floor.flat(7)

    assert [fill.fee for fill in floor.fills] == [210]


def test_fills_are_numbered_and_bear_the_instant_of_their_moment() -> None:
    floor = Floor()
    floor.send(order("a", 1), order("b", 1, limit=97))
    floor.bar(*QUIET)

    told = [(fill.trade_id, fill.ts_event) for fill in floor.fills]
    assert told == [("1", START), ("2", START + MINUTE_NS)]
