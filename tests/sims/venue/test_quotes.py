"""Orders on quotes: what they take when they come, what fills them when they rest."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sims.venue import VenueRules
from tests.sims.venue.floor import FOK, GTX, IOC, X, order
from tests.sims.venue.ticker import Ticker
from trader.calendars.sessions import Calendar
from trader.model.orders import TimeInForce
from trader.model.units import DAY_NS, SECOND_NS

BY_VOLUME = VenueRules(by_volume=True)
Way = Callable[[Ticker], object]


# -- what stands when an order comes -------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (order("o", 8), [("o", 8, 101)]),
        (order("o", -8), [("o", -8, 99)]),
        # More than is shown: the rest waits.
        (order("o", 14), [("o", 10, 101)]),
        (order("o", 8, limit=101), [("o", 8, 101)]),
        (order("o", 8, limit=105), [("o", 8, 101)]),  # at the quote, not at the limit
        (order("o", 8, limit=100), []),
        (order("o", -8, limit=99), [("o", -8, 99)]),
        (order("o", -8, limit=100), []),
        # A stop beyond the market is a market order at once.
        (order("o", 8, stop=101), [("o", 8, 101)]),
        (order("o", 8, stop=102), []),
        (order("o", -8, stop=99), [("o", -8, 99)]),
        (order("o", -8, stop=98), []),
        (order("o", 8, stop=101, limit=101), [("o", 8, 101)]),
        (order("o", 8, stop=101, limit=100), []),
        # Whoever wants one market only.
        (order("o", 14, tif=IOC), [("o", 10, 101), ("o", "canceled", "ioc")]),
        (order("o", 8, limit=100, tif=IOC), [("o", "canceled", "ioc")]),
        (order("o", 8, tif=FOK), [("o", 8, 101)]),
        (order("o", 14, tif=FOK), [("o", "canceled", "fok")]),
        (order("o", 8, limit=100, tif=FOK), [("o", "canceled", "fok")]),
        (order("o", 8, limit=101, tif=GTX), [("o", "OrderRejected", "post_only")]),
        (order("o", 8, limit=100, tif=GTX), []),
        (order("o", -8, limit=99, tif=GTX), [("o", "OrderRejected", "post_only")]),
    ],
)
def test_an_order_takes_what_stands(sent: object, said: list[object]) -> None:
    ticker = Ticker()
    ticker.quote(99, 101)

    assert ticker.send(sent) == said  # type: ignore[arg-type]


def test_what_was_taken_is_gone_until_the_next_row() -> None:
    """One size serves all of our orders, in order of arrival."""
    ticker = Ticker()
    ticker.quote(99, 101)

    assert ticker.send(order("a", 7), order("b", 7)) == [("a", 7, 101), ("b", 3, 101)]
    assert ticker.send(order("c", 7), order("d", -7)) == [("d", -7, 99)]
    assert ticker.quote(99, 102, ask_lots=8) == [("b", 4, 102), ("c", 4, 102)]
    assert ticker.quote(99, 103) == [("c", 3, 103)]


def test_slippage_worsens_who_takes_whatever_is_there_and_nobody_else() -> None:
    ticker = Ticker(rules=VenueRules(slippage_ticks=2))
    ticker.quote(99, 101)

    assert ticker.send(order("o", 8)) == [("o", 8, 103)]
    assert ticker.send(order("l", -8, limit=99)) == [("l", -8, 99)]


@pytest.mark.parametrize(("seconds", "said"), [(60, [("o", 8, 101)]), (61, [])])
def test_a_quote_that_is_too_old_cannot_be_taken(seconds: int, said: list[object]) -> None:
    ticker = Ticker(rules=VenueRules(stale_after_ns=60 * SECOND_NS))
    ticker.quote(99, 101)
    ticker.waits(seconds)

    assert ticker.send(order("o", 8)) == said


@pytest.mark.parametrize("tif", [IOC, FOK])
def test_without_a_fresh_market_the_next_row_is_the_first_one_met(tif: object) -> None:
    ticker = Ticker()

    assert ticker.send(order("o", 8, tif=tif)) == []  # type: ignore[arg-type]
    assert ticker.quote(99, 101) == [("o", 8, 101)]


def test_a_limit_that_came_before_the_first_quote_takes_it() -> None:
    ticker = Ticker()
    ticker.send(order("o", 8, limit=105))

    ticker.quote(99, 101)

    assert ticker.fills() == [("o", 8, 101, "TAKER")]


def test_a_side_without_a_market_gives_nothing_and_is_a_market_met() -> None:
    ticker = Ticker()
    ticker.quote(99, None)

    assert ticker.send(order("m", 8), order("i", 8, tif=IOC)) == [("i", "canceled", "ioc")]
    assert ticker.quote(99, 101) == [("m", 8, 101)]


def test_a_size_that_nobody_told_is_enough_for_all() -> None:
    ticker = Ticker()
    ticker.quote(99, 101, ask_lots=None)

    assert ticker.send(order("o", 10_000)) == [("o", 10_000, 101)]


# -- resting --------------------------------------------------------------------------------------


def resting(rules: VenueRules | None = None, *, prints: bool = True) -> Ticker:
    """A buy of 8 and then one of 5 rest at 99, which is the best bid; 10 are shown there."""
    ticker = Ticker(rules=rules, prints=prints)
    ticker.quote(99, 101)
    assert ticker.send(order("a", 8, limit=99), order("b", 5, limit=99)) == []
    return ticker


@pytest.mark.parametrize(
    ("way", "said"),
    [
        # The market comes to the limit, or goes beyond it: at the limit, as far as it reaches.
        (lambda t: t.quote(98, 99), [("a", 8, 99), ("b", 2, 99)]),
        (lambda t: t.quote(96, 97, ask_lots=9), [("a", 8, 99), ("b", 1, 99)]),
        (lambda t: t.quote(98, 100), []),
        # A print through the limit, by whomever.
        (lambda t: t.trade(98, 9, 1), [("a", 8, 99), ("b", 1, 99)]),
        (lambda t: t.trade(98, 9, -1), [("a", 8, 99), ("b", 1, 99)]),
        # At the limit it is the volume ahead that decides, which is not looked at here.
        (lambda t: t.trade(99, 900, -1), []),
        (lambda t: t.trade(100, 900, -1), []),
        (lambda t: t.trade(98, 0, -1), []),
    ],
)
def test_who_rests_is_filled_at_its_own_price(way: Way, said: list[object]) -> None:
    ticker = resting()

    assert way(ticker) == said
    assert all(fill[3] == "MAKER" for fill in ticker.fills())


@pytest.mark.parametrize(
    ("ways", "said"),
    [
        # Ten are ahead of a; ten and a's eight are ahead of b.
        ([lambda t: t.trade(99, 10, -1)], []),
        ([lambda t: t.trade(99, 13, -1)], [("a", 3, 99)]),
        ([lambda t: t.trade(99, 20, -1)], [("a", 8, 99), ("b", 2, 99)]),
        ([lambda t: t.trade(99, 10, 0), lambda t: t.trade(99, 1, 0)], [("a", 1, 99)]),
        # Who buys at our price does not take from the bids.
        ([lambda t: t.trade(99, 100, 1)], []),
        # What is canceled ahead of us was ahead of us; what joins is behind us.
        (
            [lambda t: t.quote(99, 101, 4), lambda t: t.trade(99, 5, -1)],
            [("a", 1, 99)],
        ),
        (
            [
                lambda t: t.quote(99, 101, 4),
                lambda t: t.quote(99, 101, 90),
                lambda t: t.trade(99, 5, -1),
            ],
            [("a", 1, 99)],
        ),
        # Better than the best: nobody is ahead.
        ([lambda t: t.quote(98, 101), lambda t: t.trade(99, 3, -1)], [("a", 3, 99)]),
        # Behind the best nobody shows how many there are, so what was known stays known.
        (
            [lambda t: t.quote(100, 101), lambda t: t.trade(99, 12, -1)],
            [("a", 2, 99)],
        ),
    ],
)
def test_at_its_own_price_the_volume_ahead_trades_first(
    ways: list[Way], said: list[object]
) -> None:
    ticker = resting(BY_VOLUME)

    told = [each for way in ways for each in way(ticker)]  # type: ignore[attr-defined]

    assert told == said


def test_behind_the_best_nothing_is_known_and_nothing_fills() -> None:
    ticker = Ticker(rules=BY_VOLUME, prints=True)
    ticker.quote(99, 101)
    ticker.send(order("o", 8, limit=98))

    assert ticker.trade(98, 100, -1) == []
    assert ticker.quote(98, 101, 3) == []
    assert ticker.trade(98, 5, -1) == [("o", 2, 98)]


def test_a_new_price_begins_behind_all_that_is_shown() -> None:
    ticker = resting(BY_VOLUME)
    ticker.trade(99, 10, -1)

    ticker.replace("a", 8, limit=98)
    ticker.replace("a", None, limit=99)

    assert ticker.trade(99, 3, -1) == [("b", 3, 99)]
    assert ticker.quote(99, 101, 4) == []
    assert ticker.trade(99, 7, -1) == [("b", 2, 99), ("a", 1, 99)]


def test_a_replacement_that_reaches_the_market_takes_it() -> None:
    ticker = resting()

    ticker.replace("b", None, limit=101)

    assert ticker.fills() == [("b", 5, 101, "TAKER")]


def test_what_was_canceled_fills_no_more() -> None:
    ticker = resting()

    assert ticker.cancel("a") == [("a", "canceled", "asked_for")]
    assert ticker.quote(98, 99) == [("b", 5, 99)]


# -- stops ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prints", "ways", "said"),
    [
        (False, [lambda t: t.quote(100, 102)], []),
        (False, [lambda t: t.quote(100, 103)], [("o", 8, 103)]),
        (False, [lambda t: t.quote(100, 105, 10, 3)], [("o", 3, 105)]),
        # Where trades are told, quotes trigger nothing; the print does, and the quote is taken.
        (True, [lambda t: t.quote(100, 105)], []),
        (True, [lambda t: t.trade(102)], []),
        (True, [lambda t: t.trade(103)], [("o", 8, 101)]),
        (True, [lambda t: t.trade(104), lambda t: t.quote(100, 107)], [("o", 8, 101)]),
    ],
)
def test_what_triggers_a_stop(*, prints: bool, ways: list[Way], said: list[object]) -> None:
    ticker = Ticker(prints=prints)
    ticker.quote(99, 101)
    assert ticker.send(order("o", 8, stop=103)) == []

    told = [each for way in ways for each in way(ticker)]  # type: ignore[attr-defined]

    assert told == said


def test_a_stop_that_is_triggered_while_nothing_can_be_taken_takes_the_next_row() -> None:
    ticker = Ticker(prints=True)
    ticker.quote(99, 101)
    ticker.send(order("o", 8, stop=103))
    ticker.waits(100)

    assert ticker.trade(103) == []
    assert ticker.quote(90, 92) == [("o", 8, 92)]


def test_a_stop_limit_that_is_triggered_rests_at_its_limit() -> None:
    ticker = Ticker()
    ticker.quote(99, 101)
    ticker.send(order("o", 8, stop=103, limit=104))

    assert ticker.quote(104, 105) == []
    assert ticker.quote(102, 103) == [("o", 8, 104)]
    assert ticker.fills()[-1][3] == "MAKER"


# -- families -------------------------------------------------------------------------------------


def test_protection_works_from_the_fill_of_its_entry_on() -> None:
    ticker = Ticker()
    ticker.quote(99, 101, 10, 4)
    bracket = (
        order("e", 10, limit=101),
        order("s", -10, stop=98, parent="e", group="g"),
        order("t", -10, limit=103, parent="e", group="g"),
    )
    ticker.send(*bracket)
    assert ticker.fills() == [("e", 4, 101, "TAKER")]

    assert ticker.quote(103, 105) == [("t", -4, 103), ("s", "replaced", -6)]
    assert ticker.quote(99, 101) == [("e", 6, 101)]
    assert ticker.quote(98, 100) == [("s", -6, 98), ("t", "canceled", "group")]


def test_a_child_whose_parent_a_print_filled_meets_the_quote_that_stands() -> None:
    ticker = Ticker(prints=True)
    ticker.quote(99, 101)
    ticker.send(order("e", 5, limit=98), order("t", -5, limit=99, parent="e"))

    assert ticker.trade(97) == [("e", 5, 98), ("t", -5, 99)]


# -- halts and splits -----------------------------------------------------------------------------


def test_nothing_fills_while_trading_is_suspended() -> None:
    ticker = resting()
    ticker.venue.halted(X)

    assert ticker.send(order("m", 5)) == []
    assert ticker.quote(90, 91) == []
    assert ticker.trade(90) == []
    ticker.venue.resumed(X)
    assert ticker.quote(98, 99) == [("a", 8, 99), ("b", 2, 99)]


def test_nothing_fills_while_its_market_is_closed() -> None:
    """Four rows come a second apart, of which the session holds the last."""
    ticker = resting()
    begins, ends = np.array([ticker.now + 4 * SECOND_NS]), np.array([ticker.now + DAY_NS])
    ticker.book.sessions = Calendar("C", begins, ends, ts_from=0, ts_to=ticker.now + DAY_NS)

    assert ticker.send(order("m", 5), order("s", 1, stop=120)) == []
    assert ticker.quote(90, 91) == []
    assert ticker.trade(90) == []
    assert ticker.quote(119, 120) == []
    assert ticker.quote(98, 99) == [("a", 8, 99), ("b", 2, 99)]


def test_a_split_makes_the_standing_quote_worthless() -> None:
    ticker = Ticker()
    ticker.quote(99, 101)
    ticker.send(order("r", 5, limit=98))

    assert ticker.split(2, 1) == []
    assert ticker.send(order("o", 8)) == []
    assert ticker.quote(48, 49, 9, 9) == [("r", 9, 49)]


# -- whatever comes -------------------------------------------------------------------------------

MOVES = st.one_of(
    st.tuples(st.just("quote"), st.integers(95, 105), st.integers(0, 4), st.integers(0, 12)),
    st.tuples(st.just("trade"), st.integers(94, 107), st.integers(-1, 1), st.integers(0, 12)),
    st.tuples(
        st.just("send"),
        st.integers(-9, 9).filter(bool),
        st.none() | st.integers(95, 106),
        st.none() | st.integers(95, 106),
    ),
)


@given(st.lists(MOVES, max_size=40), st.booleans(), st.sampled_from(TimeInForce))
def test_no_row_gives_more_than_it_shows_and_no_limit_is_passed(
    moves: list[tuple[Any, ...]], by_volume: bool, tif: TimeInForce
) -> None:
    """A row's size is all that our orders fill while it stands, prints beside."""
    ticker = Ticker(rules=VenueRules(by_volume=by_volume), prints=True)
    limits: dict[str, int | None] = {}
    shown = {1: 0, -1: 0}
    for number, (kind, a, b, c) in enumerate(moves):
        before = len(ticker.fills())
        if kind == "quote":
            ticker.quote(a, a + b, c, c)
            shown = {1: c, -1: c}
        elif kind == "trade":
            ticker.trade(a, c, b)
        else:
            limits[str(number)] = b
            ticker.send(order(str(number), a, limit=b, stop=c, tif=tif))
        filled = ticker.fills()[before:]
        for side in (1, -1):
            lots = sum(abs(lots) for _, lots, _, _ in filled if lots * side > 0)
            shown[side] += (c if kind == "trade" else 0) - lots
            assert shown[side] >= 0
        for id_, lots, ticks, _ in filled:
            limit = limits[id_]
            assert limit is None or (ticks - limit) * lots <= 0
