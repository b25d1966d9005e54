"""Indicators against plain lists, exact fractions and the statistics module."""

import statistics
from fractions import Fraction
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernels import slow
from trader.kernels.indicators import recursive_average, true_range, z_score

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


@pytest.mark.parametrize(
    ("high", "low", "before", "widest"),
    [
        (110, 100, 105, 10),  # the bar's own range
        (110, 100, 95, 15),  # a gap up
        (110, 100, 125, 25),  # a gap down
        (100, 100, 100, 0),
        (100, 100, 97, 3),
    ],
)
def test_true_ranges_worked_by_hand(high: int, low: int, before: int, widest: int) -> None:
    assert true_range(high, low, before) == widest


@given(st.integers(1, 10**9), st.integers(0, 10**6), st.integers(1, 10**9))
def test_a_true_range_spans_the_bar_and_the_close_before(low: int, span: int, before: int) -> None:
    high = low + span

    assert true_range(high, low, before) == max(high, before) - min(low, before)


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
