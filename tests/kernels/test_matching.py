"""How a bar fills an order, row by row of the rules, and against every price that the bar holds."""

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.kernels.matching import (
    joined_limit,
    limit_met,
    limit_passed,
    share,
    stop_met,
    stop_reached,
    worsened,
)

# One lot has a side already.
BUY, SELL = 1, -1
SIDES = st.sampled_from([BUY, SELL, 5, -5])
PRICES = st.integers(80, 120)
RANGES = st.tuples(PRICES, PRICES).map(sorted)

BP = 10_000


@pytest.mark.parametrize(
    ("ticks", "lots", "rate", "unit", "slip", "price"),
    [
        (1_000, BUY, 0, BP, 0, 1_000),  # no slippage at all
        (1_000, SELL, 0, BP, 0, 1_000),
        (1_000, BUY, 0, BP, 2, 1_002),  # in ticks
        (1_000, SELL, 0, BP, 2, 998),
        (10_000, BUY, 5, BP, 0, 10_005),  # 5 bps are exactly five ticks
        (10_001, BUY, 5, BP, 0, 10_007),  # 5.0005 ticks count as six
        (10_001, SELL, 5, BP, 0, 9_995),
        (10_000, BUY, 5, BP, 3, 10_008),  # both together
        (9_999, BUY, 15, 10 * BP, 0, 10_001),  # 1.5 bps of it are 1.49985 ticks: two
        (1, BUY, 1, BP, 0, 2),  # a trifle still costs a whole tick
        (3, SELL, 0, BP, 2, 1),  # a sell ends at one tick
        (3, SELL, 0, BP, 7, 1),
        (1, SELL, 1, BP, 0, 1),
    ],
)
def test_a_price_is_worsened_against_the_trader(
    ticks: int, lots: int, rate: int, unit: int, slip: int, price: int
) -> None:
    assert worsened(ticks, lots, rate, unit, slip) == price


@given(
    st.integers(1, 10**9),
    st.integers(0, 10**9),
    st.sampled_from([BP, 10 * BP, BP * 10**9]),
    st.integers(0, 100),
)
def test_slippage_is_the_next_whole_tick_away(ticks: int, rate: int, unit: int, slip: int) -> None:
    away = ceil(ticks * Fraction(rate, unit)) + slip

    assert worsened(ticks, BUY, rate, unit, slip) == ticks + away
    assert worsened(ticks, SELL, rate, unit, slip) == max(1, ticks - away)


@pytest.mark.parametrize(
    ("lots", "limit", "opened", "met"),
    [
        (BUY, 100, 99, True),  # through
        (BUY, 100, 100, True),  # at
        (BUY, 100, 101, False),
        (SELL, 100, 101, True),
        (SELL, 100, 100, True),
        (SELL, 100, 99, False),
    ],
)
def test_a_limit_fills_at_an_opening_at_or_through_it(
    lots: int, limit: int, opened: int, met: bool
) -> None:
    assert limit_met(lots, limit, opened) is met


@pytest.mark.parametrize(
    ("lots", "low", "high", "touch", "passed"),
    [
        (BUY, 99, 105, 0, True),
        (BUY, 100, 105, 0, False),  # reaching it is not going through it
        (BUY, 100, 105, 1, True),  # with touch_fills it is enough
        (BUY, 101, 105, 1, False),
        (SELL, 95, 101, 0, True),
        (SELL, 95, 100, 0, False),
        (SELL, 95, 100, 1, True),
        (SELL, 95, 99, 1, False),
    ],
)
def test_inside_a_bar_a_limit_of_100_must_be_gone_through(
    lots: int, low: int, high: int, touch: int, passed: bool
) -> None:
    assert limit_passed(lots, 100, low, high, touch) is passed


@pytest.mark.parametrize(
    ("lots", "opened", "met"),
    [
        (BUY, 101, True),
        (BUY, 100, True),
        (BUY, 99, False),
        (SELL, 99, True),
        (SELL, 100, True),
        (SELL, 101, False),
    ],
)
def test_a_stop_of_100_triggers_at_an_opening_at_or_through_it(
    lots: int, opened: int, met: bool
) -> None:
    assert stop_met(lots, 100, opened) is met


@pytest.mark.parametrize(
    ("lots", "low", "high", "reached"),
    [
        (BUY, 90, 100, True),  # reaching it is enough for a stop
        (BUY, 90, 99, False),
        (SELL, 100, 110, True),
        (SELL, 101, 110, False),
    ],
)
def test_inside_a_bar_a_stop_of_100_must_be_reached(
    lots: int, low: int, high: int, reached: bool
) -> None:
    assert stop_reached(lots, 100, low, high) is reached


@pytest.mark.parametrize(
    ("lots", "limit", "low", "high", "price"),
    [
        (BUY, 100, 90, 110, 100),  # inside the bar: at the limit
        (BUY, 100, 80, 95, 95),  # the bar never was so dear
        (SELL, 100, 90, 110, 100),
        (SELL, 100, 105, 120, 105),  # the bar never was so cheap
    ],
)
def test_a_limit_that_joins_later_fills_at_no_price_outside_the_bar(
    lots: int, limit: int, low: int, high: int, price: int
) -> None:
    assert joined_limit(lots, limit, low, high) == price


@given(SIDES, PRICES, RANGES)
def test_a_bar_does_what_some_price_inside_it_would(lots: int, level: int, span: list[int]) -> None:
    """Without a path, anything that the range allows has happened."""
    low, high = span
    inside = range(low, high + 1)
    better = level - 1 if lots > 0 else level + 1

    assert limit_passed(lots, level, low, high, 1) == any(limit_met(lots, level, p) for p in inside)
    assert limit_passed(lots, level, low, high, 0) == any(
        limit_met(lots, better, p) for p in inside
    )
    assert stop_reached(lots, level, low, high) == any(stop_met(lots, level, p) for p in inside)


@given(SIDES, PRICES, RANGES)
def test_a_joined_limit_fills_at_the_worst_price_it_allows_inside_the_bar(
    lots: int, limit: int, span: list[int]
) -> None:
    low, high = span
    allowed = [p for p in range(low, high + 1) if limit_met(lots, limit, p)]

    if allowed:
        assert joined_limit(lots, limit, low, high) == (max if lots > 0 else min)(allowed)


@pytest.mark.parametrize(
    ("bar_lots", "rate", "unit", "lots"),
    [
        (1_000, 1, 10, 100),
        (1_009, 1, 10, 100),  # rounded down
        (9, 1, 10, 0),  # nothing of a thin bar
        (0, 1, 10, 0),
        (7, 1, 1, 7),
    ],
)
def test_a_bar_gives_its_share(bar_lots: int, rate: int, unit: int, lots: int) -> None:
    assert share(bar_lots, rate, unit) == lots


@given(st.integers(0, 10**12), st.integers(0, 10**9))
def test_a_share_is_rounded_down_and_never_more_than_the_bar(bar_lots: int, rate: int) -> None:
    given_lots = share(bar_lots, rate, 10**9)

    assert given_lots == floor(bar_lots * Fraction(rate, 10**9))
    assert given_lots <= bar_lots
