"""Which prices wait for another one, and within what band nobody has to look."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.logic.jumps import Price, Stream
from trader.model.market import BarClosed, Quote, Trade
from trader.model.units import NONE

FIFTH = (1, 5)


def trade(ticks: int) -> Trade:
    return Trade("A", ticks, 1, 1, 1, 0)


def quote(bid: int, ask: int) -> Quote:
    return Quote("A", bid, ask, 1, 1, 0)


def bar(low: int, high: int, close: int) -> BarClosed:
    return BarClosed("A", 60, close, high, low, close, 1, 0, 60)


def after(*prices: Price) -> Stream:
    stream = Stream()
    for price in prices:
        stream.look(price, FIFTH)
    return stream


@pytest.mark.parametrize(
    ("before", "price", "passes"),
    [
        ([], trade(5), True),  # the first is believed
        ([trade(100)], trade(120), True),
        ([trade(100)], trade(121), False),
        ([trade(100)], trade(80), True),
        ([trade(100)], trade(79), False),
        ([quote(99, 101)], quote(80, 120), True),
        ([quote(99, 101)], quote(79, 101), False),
        ([quote(99, 101)], quote(99, 121), False),
        ([quote(100, 101)], quote(81, 120), True),  # 100.5 less, plus a fifth: 80.4 to 120.6
        ([quote(100, 101)], quote(80, 120), False),
        ([bar(50, 150, 100)], bar(80, 120, 100), True),  # the close is what remains
        ([bar(50, 150, 100)], bar(79, 120, 100), False),
        ([trade(100), trade(500)], trade(599), True),  # confirmed
        ([trade(100), trade(500)], trade(601), False),
        ([trade(100), trade(500)], trade(100), True),  # it was a slip
        ([trade(100), trade(500), trade(100)], trade(500), False),  # and is forgotten
    ],
)
def test_a_price_is_near_the_last_one_or_the_one_in_doubt(
    before: list[Price], price: Price, *, passes: bool
) -> None:
    stream = after(*before)

    assert stream.look(price, FIFTH) is passes
    assert stream.doubts is not passes
    assert (stream.low > stream.high) is not passes  # the next one after a jump is looked at


def test_the_band_is_a_third_of_a_jump_to_either_side() -> None:
    """Within it any two prices are near each other: 2/3 of a fifth of 300 is 40."""
    stream = after(trade(300))

    assert (stream.low, stream.high) == (280, 320)


def test_what_passed_within_the_band_is_the_last_price() -> None:
    stream = after(trade(300))
    stream.latest = trade(310)

    assert stream.look(trade(372), FIFTH)  # a fifth of 310 is 62
    stream = after(trade(300))
    stream.latest = trade(310)
    assert not stream.look(trade(373), FIFTH)


def test_a_split_scales_the_last_price_and_forgets_the_doubted_one() -> None:
    stream = after(trade(700), trade(9_000))
    stream.split(7, 1)

    assert (stream.mark, stream.doubted) == (200, NONE)
    assert stream.look(trade(119), FIFTH)
    empty = Stream()
    empty.split(7, 1)
    assert empty == Stream()


@given(st.integers(1, 2**40), st.integers(1, 10**9), st.data())
def test_no_price_of_the_band_has_jumped_from_another(
    ticks: int, billionths: int, data: st.DataObject
) -> None:
    jump = (billionths, 10**9)
    stream = Stream()
    stream.look(trade(ticks), jump)
    inside = st.integers(stream.low, stream.high) if stream.low <= stream.high else st.just(ticks)
    one, two = data.draw(inside), data.draw(inside)

    assert abs(two - one) * 10**9 <= billionths * one
