"""Fewer points, sums by period, bins of holding times."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.config.notation import instant
from trader.report.sampling import (
    MONTHS_OF_TABLES,
    deltas,
    growth,
    histogram,
    periods,
    picked,
    summed,
    telling,
)

CURVES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=500)


@given(CURVES, st.integers(10, 80))
def test_drawn_rows_keep_the_ends_and_the_extremes(values: list[float], points: int) -> None:
    curve = np.array(values)

    rows = telling(curve, -curve, points=points)

    assert rows.tolist() == sorted(set(rows.tolist()))
    assert len(rows) <= max(points, 6) + 1
    assert (rows[0], rows[-1]) == (0, len(curve) - 1)
    assert (curve[rows].min(), curve[rows].max()) == (curve.min(), curve.max())


@pytest.mark.parametrize(
    ("until", "word", "names"),
    [
        ("2020-01-01T03:00:00Z", "hour", ["2020-01-01 00:00", "2020-01-01 02:00"]),
        ("2020-01-31", "day", ["2020-01-01", "2020-01-30"]),
        ("2021-03-01", "month", ["2020-01", "2021-02"]),
        ("2029-01-01", "year", ["2020", "2028"]),
    ],
)
def test_a_midnight_ends_the_period_before_it(until: str, word: str, names: list[str]) -> None:
    rows = np.array([instant("2020-01-01T00:30:00Z"), instant(until)])

    cut = periods(rows, MONTHS_OF_TABLES)

    assert (cut.word, cut.names) == (word, names)
    assert (cut.of_rows.tolist(), cut.last.tolist()) == ([0, 1], [0, 1])


def test_amounts_count_to_their_period_and_those_outside_to_the_nearest() -> None:
    days = [instant(f"2020-01-{day:02}") for day in (2, 3, 12)]
    cut = periods(np.array(days), MONTHS_OF_TABLES)
    at = [days[0] - 10**15, days[0], days[0] + 1, days[2] + 10**15]

    totals = summed(np.array(at), np.array([1.0, 2.0, 4.0, 8.0]), cut)

    assert cut.names == ["2020-01-01", "2020-01-02", "2020-01-11"]
    assert totals.tolist() == [3.0, 4.0, 8.0]


def test_growth_is_over_the_end_of_the_period_before() -> None:
    equity = np.array([100.0, 110.0, 0.0, 5.0])

    assert growth(equity, np.array([1, 2, 3]), 100.0) == [pytest.approx(0.1), -1.0, None]


def test_holding_times_fall_between_round_times() -> None:
    found = histogram([0.5, 60, 119, 300, 1e9], [True, True, False, False, True])

    assert [(each.label, each.won, each.lost) for each in found if each.won + each.lost] == [
        ("under 1 s", 1, 0),
        ("1 min – 2 min", 1, 1),
        ("5 min – 15 min", 0, 1),
        ("over 4 y", 1, 0),
    ]
    assert histogram([], []) == []


def test_the_largest_are_picked_in_their_own_order() -> None:
    assert picked([1.0, -9.0, 3.0, 8.0], 2) == [1, 3]
    assert picked([1.0, 2.0], 2) == [0, 1]


@given(st.lists(st.integers(-(10**12), 10**12)))
def test_steps_add_up_again(values: list[int]) -> None:
    assert np.cumsum(deltas(np.array(values, np.int64))).tolist() == values
