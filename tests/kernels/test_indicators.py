"""Indicators against plain lists, exact fractions and the statistics module."""

import statistics
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import isclose
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernels import slow
from trader.kernels.indicators import (
    READY,
    Atr,
    Bands,
    Ema,
    Rsi,
    Sma,
    Vwap,
    ZScore,
    atr,
    bands,
    ema,
    recursive_average,
    rsi,
    sma,
    vwap,
    z_score,
    zscore,
)
from trader.kernels.kernel import HOLD
from trader.model.market import BarClosed

CLOSES = st.lists(st.integers(1, 10**9), min_size=1, max_size=60)
N = st.integers(1, 15)
EPS = 2.0**-52


def stepped(values: list[float], n: int, alpha: float) -> list[float | None]:
    """The kernel's averages, None until there is one."""
    out: list[float | None] = []
    average = 0.0
    for count, value in enumerate(values, 1):
        average = recursive_average(average, count, n, alpha, value)
        out.append(average if count >= n else None)
    return out


def exactly(values: list[int], n: int, alpha: Fraction) -> Fraction:
    """The last average as a weighted sum of all values, in fractions."""
    average = Fraction(sum(values[:n]), n)
    for value in values[n:]:
        average = (1 - alpha) * average + alpha * value
    return average


def test_an_average_of_three_worked_by_hand() -> None:
    """Seeded by (10 + 20 + 60) / 3, then half way to each new value."""
    assert stepped([10.0, 20.0, 60.0, 50.0, 0.0], 3, 0.5) == [None, None, 30.0, 40.0, 20.0]


@given(CLOSES, N)
def test_exponential_averages_equal_the_list_to_the_bit(closes: list[int], n: int) -> None:
    values = [float(close) for close in closes]

    assert stepped(values, n, 2.0 / (n + 1)) == slow.emas(closes, n)


@given(CLOSES, N)
def test_wilders_averages_equal_the_list_to_the_bit(closes: list[int], n: int) -> None:
    values = [float(close) for close in closes]

    assert stepped(values, n, 1.0 / n) == slow.averages(values, n, 1.0 / n)


@given(CLOSES, N, st.booleans())
def test_averages_stay_near_the_exact_ones(closes: list[int], n: int, wilder: bool) -> None:
    alpha = Fraction(1, n) if wilder else Fraction(2, n + 1)
    [*_, last] = stepped([float(close) for close in closes], n, float(alpha))

    if last is not None:
        assert isclose(last, exactly(closes, n, alpha), rel_tol=1e-12)


@given(st.integers(1, 10**9), N, st.integers(1, 40))
def test_the_average_of_one_price_is_that_price(close: int, n: int, rows: int) -> None:
    """Without this a quiet market would drift, and cross."""
    averages = stepped([float(close)] * rows, n, 2.0 / (n + 1))

    assert [average for average in averages if average is not None and average != close] == []


def told(step: Callable[[Any, BarClosed], int], state: Any, field: str, bars: Any) -> list[Any]:
    """The field after each bar, None where the step has nothing to say."""
    out = []
    for each in bars:
        said = step(state, each)
        assert said in {HOLD, READY}
        out.append(None if said == HOLD else getattr(state, field))
    return out


def flat(closes: Sequence[int]) -> list[BarClosed]:
    return [slow.bar(close) for close in closes]


# (low, up to the close, up to the high, volume) of bars whose close lies inside them.
BARS = st.lists(
    st.tuples(
        st.integers(1, 10**9), st.integers(0, 60), st.integers(0, 60), st.sampled_from([0, 1, 9])
    ).map(lambda b: slow.bar(b[0] + b[1], high=b[0] + b[1] + b[2], low=b[0], lots=b[3])),
    min_size=1,
    max_size=60,
)
TIGHT = st.lists(st.integers(96, 104), min_size=1, max_size=60)


@given(CLOSES | TIGHT, N)
def test_simple_averages_equal_the_list_to_the_bit(closes: list[int], n: int) -> None:
    assert told(sma, Sma(n=n), "sma", flat(closes)) == slow.smas(closes, n)


@given(CLOSES | TIGHT, N)
def test_the_step_of_an_average_equals_the_list_to_the_bit(closes: list[int], n: int) -> None:
    assert told(ema, Ema(n=n), "ema", flat(closes)) == slow.emas(closes, n)


@given(CLOSES | TIGHT, N)
def test_relative_strength_equals_the_list_to_the_bit(closes: list[int], n: int) -> None:
    assert told(rsi, Rsi(n=n), "rsi", flat(closes)) == slow.rsis(closes, n)


@given(BARS, N)
def test_average_ranges_equal_the_list_to_the_bit(bars: list[BarClosed], n: int) -> None:
    ranges = [(each.high_ticks, each.low_ticks, each.close_ticks) for each in bars]

    assert told(atr, Atr(n=n), "atr", bars) == slow.atrs(ranges, n)


@given(CLOSES | TIGHT, N)
def test_scores_equal_the_list_to_the_bit(closes: list[int], n: int) -> None:
    assert told(zscore, ZScore(n=n), "z", flat(closes)) == slow.z_scores(closes, n)


@given(CLOSES | TIGHT, N, st.sampled_from([1.0, 2.0, 2.5]))
def test_bands_equal_the_lists_to_the_bit(closes: list[int], n: int, k: float) -> None:
    means, deviations = slow.smas(closes, n), slow.deviations(closes, n)
    both = [
        None if mean is None or std is None else (mean, std)
        for mean, std in zip(means, deviations, strict=True)
    ]

    seen = {
        field: told(bands, Bands(n=n, k=k), field, flat(closes))
        for field in ("mean", "std", "upper", "lower")
    }

    assert seen == {
        "mean": means,
        "std": deviations,
        "upper": [b and b[0] + k * b[1] for b in both],
        "lower": [b and b[0] - k * b[1] for b in both],
    }


@given(BARS)
def test_the_mean_price_equals_the_list_to_the_bit(bars: list[BarClosed]) -> None:
    assert told(vwap, Vwap(), "vwap", bars) == slow.vwaps(bars)


@given(BARS)
def test_the_mean_price_is_near_the_exact_one(bars: list[BarClosed]) -> None:
    volume = sum(each.lots for each in bars)
    paid = sum(
        Fraction(each.high_ticks + each.low_ticks + each.close_ticks, 3) * each.lots
        for each in bars
    )
    [*_, last] = told(vwap, Vwap(), "vwap", bars)

    assert (last is None) == (volume == 0)
    assert last is None or isclose(last, paid / volume, rel_tol=1e-13)


def test_a_session_begins_without_the_one_before() -> None:
    state = Vwap()
    told(vwap, state, "vwap", [slow.bar(100), slow.bar(200)])
    state.begin()

    assert state == Vwap()
    assert told(vwap, state, "vwap", [slow.bar(50, lots=0), slow.bar(70)]) == [None, 70.0]


def test_strength_worked_by_hand() -> None:
    """Rises of 3 and 0, falls of 0 and 1: averages 1.5 and 0.5, three of four parts rise.

    Then a fall of 2 makes averages of 0.75 and 1.25.
    """
    state = Rsi(n=2)

    assert told(rsi, state, "rsi", flat([10, 13, 12, 10])) == [None, None, 75.0, 37.5]
    assert (state.gain, state.loss) == (0.75, 1.25)


@pytest.mark.parametrize(
    ("closes", "value"),
    [([7] * 6, 0.0), ([1, 2, 3, 4, 5, 6], 100.0), ([6, 5, 4, 3, 2, 1], 0.0), ([1, 2, 1], 50.0)],
)
def test_strength_at_its_ends(closes: list[int], value: float) -> None:
    """Where nothing moves it is 0, as with nothing but falls."""
    assert told(rsi, Rsi(n=2), "rsi", flat(closes))[-1] == value


@pytest.mark.parametrize(
    ("high", "low", "before", "widest"),
    [
        (110, 100, 105, 10.0),  # the bar's own range
        (110, 100, 95, 15.0),  # a gap up
        (110, 100, 125, 25.0),  # a gap down
        (100, 100, 100, 0.0),
        (100, 100, 97, 3.0),
    ],
)
def test_true_ranges_worked_by_hand(high: int, low: int, before: int, widest: float) -> None:
    """The bar's range, reaching to the close before it; with n = 1 that is the average."""
    bars = [slow.bar(before), slow.bar(low, high=high, low=low)]

    assert told(atr, Atr(n=1), "atr", bars) == [None, widest]
    assert told(atr, Atr(n=1), "atr", [*bars, slow.bar(low)])[-1] == 0.0


def test_bands_worked_by_hand() -> None:
    """Of 2, 2, 6 and 6; the first close has left the window, and nothing of it stays."""
    state = Bands(n=4, k=2.0)
    told(bands, state, "mean", flat([9, 2, 2, 6, 6]))

    assert (state.mean, state.std, state.upper, state.lower) == (4.0, 2.0, 8.0, 0.0)


@pytest.mark.parametrize(
    ("window", "z"),
    [
        ([0, 0, 0, 0, 5], 2.0),  # mean 1, deviation 2
        ([0, 0, 0, 0, -5], -2.0),
        ([5, 0, 0, 0, 0], -0.5),
        ([7, 7, 7], 0.0),  # no deviation at all
        ([7], 0.0),
        ([0, 2], 1.0),
        ([-3, 0, 3], 3 / 6**0.5),
    ],
)
def test_z_scores_worked_by_hand(window: list[int], z: float) -> None:
    squares = sum(x * x for x in window)

    assert z_score(len(window), sum(window), squares, window[-1]) == pytest.approx(z, rel=1e-15)


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=40))
def test_z_scores_equal_those_of_the_statistics_module(window: list[int]) -> None:
    """Off by the rounding of the close and the mean alone: the deviation does not cancel."""
    n, x = len(window), window[-1]
    deviation = statistics.pstdev(window)
    mean = statistics.mean(map(Fraction, window))
    z = z_score(n, sum(window), sum(value * value for value in window), x)

    if not deviation:
        assert z == 0.0
    else:
        exact = float(x - mean) / deviation
        slack = 4 * EPS * (abs(exact) + (abs(x) + abs(float(mean))) / deviation)
        assert abs(z - exact) <= slack


@given(st.lists(st.integers(-(10**9), 10**9), min_size=2, max_size=30))
def test_a_mirrored_window_has_the_mirrored_score(window: list[int]) -> None:
    """To the bit, so that long and short rules are the same rule."""
    squares = sum(x * x for x in window)
    z = z_score(len(window), sum(window), squares, window[-1])

    assert z_score(len(window), -sum(window), squares, -window[-1]) == -z
