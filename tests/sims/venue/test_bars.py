"""The venue's rules on bars, each as a case that was worked out by hand."""

from dataclasses import replace
from typing import TypeAlias

import pytest

from sims.venue import VenueRules
from tests.sims.venue.floor import START, Floor, order
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


# -- arriving late -------------------------------------------------------------------------------


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
    floor.passes()
    floor.send(order("l", 1, limit=97), order("s", -1, stop=97))

    assert floor.closes() == []
    assert floor.bar(101, 104, 96, 102) == [("l", 1, 97), ("s", -1, 97)]


# -- who gives and who takes ----------------------------------------------------------------------


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


def test_fills_are_numbered_and_bear_the_instant_of_their_moment() -> None:
    floor = Floor()
    floor.send(order("a", 1), order("b", 1, limit=97))
    floor.bar(*QUIET)

    told = [(fill.trade_id, fill.ts_event) for fill in floor.fills]
    assert told == [("1", START), ("2", START + MINUTE_NS)]
