"""Lots from a weight of the equity."""

from fractions import Fraction
from math import trunc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.kernels.sizing import weighted_lots


@pytest.mark.parametrize(
    ("equity", "half_ticks", "half", "rate", "unit", "lots"),
    [
        # Half of 100,000.00; at 123.45 a lot is worth 24,690 half ticks, each half a cent.
        (20_000_000, 24_690, 1, 1, 2, 405),
        (1_000, 200, 1, 1, 1, 5),  # exactly five lots
        (999, 200, 1, 1, 1, 4),  # one quantum short of the fifth
        (1_000, 201, 1, 1, 1, 4),  # a mid price between two ticks
        (1_000, 200, 1, 3, 2, 7),  # weights above 1 are allowed: 7.5 toward zero
        (199, 200, 1, 1, 1, 0),  # less than one lot
        (0, 200, 1, 1, 1, 0),
        (-5_000, 200, 1, 1, 1, 0),  # nothing to weigh
        (1_000, 0, 1, 1, 1, 0),
        (1_000, -200, 1, 1, 1, 0),  # a price that is none
        (10**18, 2, 1, 10**9, 10**9, 5 * 10**17),  # equity x weight beyond int64
    ],
)
def test_sizes_worked_by_hand(
    equity: int, half_ticks: int, half: int, rate: int, unit: int, lots: int
) -> None:
    assert weighted_lots(equity, half_ticks, half, rate, unit) == lots


@given(
    st.integers(1, 10**18),
    st.integers(1, 10**10),
    st.integers(1, 10**6),
    st.integers(1, 10**10),
    st.sampled_from([1, 10, 10**9]),
)
def test_a_size_is_the_exact_share_toward_zero(
    equity: int, half_ticks: int, half: int, rate: int, unit: int
) -> None:
    """So that no lot is bought that the weight does not pay for."""
    weight, worth = Fraction(rate, unit), half_ticks * half

    lots = weighted_lots(equity, half_ticks, half, rate, unit)

    assert lots == trunc(weight * equity / worth)
    assert lots * worth <= weight * equity < (lots + 1) * worth
