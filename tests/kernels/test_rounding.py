"""Half to even, and nothing but whole numbers on the way."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.kernels.rounding import half_even, scaled


@pytest.mark.parametrize(
    ("a", "b", "whole"),
    [
        (7, 2, 4),  # 3.5
        (5, 2, 2),  # 2.5
        (-5, 2, -2),
        (-7, 2, -4),
        (8, 3, 3),
        (7, 3, 2),
        (-7, 3, -2),
        (0, 5, 0),
        (6, 3, 2),
    ],
)
def test_quotients_worked_by_hand(a: int, b: int, whole: int) -> None:
    assert half_even(a, b) == whole


@given(st.integers(), st.integers(1, 10**20))
def test_a_quotient_is_the_exact_one_rounded(a: int, b: int) -> None:
    assert half_even(a, b) == round(Fraction(a, b))


@given(st.integers(), st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_value_is_scaled_before_it_is_rounded(value: int, up: int, down: int) -> None:
    assert scaled(value, up, down) == round(Fraction(value * up, down))
