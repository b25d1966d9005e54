"""Ticks and lots against exact fractions."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.data.grid import TICKS_MAX, Float64s, floored, nearest

UNITS = tuple(
    map(Decimal, ("1", "0.5", "0.25", "0.05", "0.01", "0.0001", "0.00001", "1E-8", "12.5"))
)
units = st.sampled_from(UNITS)
sizes = st.floats(min_value=1e-9, max_value=1e12, allow_nan=False)


def one(value: float) -> Float64s:
    return np.array([value], dtype=np.float64)


def is_off(quotient: float) -> bool:
    """The rule in exact arithmetic."""
    distance = abs(Fraction(quotient) - round(Fraction(quotient)))
    return distance > max(Fraction(1e-6), 4 * Fraction(math.ulp(quotient)))


@given(st.integers(1, TICKS_MAX), units)
def test_decimal_multiple_comes_back_whole(count: int, unit: Decimal) -> None:
    """However the nearest float64 of the decimal was rounded."""
    price = one(float(count * unit))

    multiples, off = nearest(price, unit)

    assert (multiples[0], off[0]) == (count, False)
    assert floored(price, unit)[0] == count


@given(sizes, units)
def test_multiple_is_the_quotient_rounded_half_to_even(value: float, unit: Decimal) -> None:
    """And the off-grid test is the exact one."""
    quotient = value / float(unit)

    multiples, off = nearest(one(value), unit)

    assert multiples[0] == round(Fraction(quotient))
    assert off[0] == is_off(quotient)


@given(sizes, units)
def test_volume_is_rounded_down_unless_it_is_on_the_grid(value: float, unit: Decimal) -> None:
    """Half a lot more is not a lot."""
    quotient = value / float(unit)
    expected = math.floor(quotient) if is_off(quotient) else round(Fraction(quotient))

    assert floored(one(value), unit)[0] == expected


@given(st.integers(1, 2**30), st.integers(1, 999), units)
def test_price_between_two_ticks_is_off_grid(count: int, thousandths: int, unit: Decimal) -> None:
    """A thousandth of a tick is no noise."""
    price = float((count + Decimal(thousandths) / 1_000) * unit)

    assert nearest(one(price), unit)[1][0]


@pytest.mark.parametrize(
    ("price", "ticks"),
    [(0.5, 0), (1.5, 2), (2.5, 2), (3.4999, 3), (3.5001, 4)],
)
def test_half_goes_to_the_even_neighbour(price: float, ticks: int) -> None:
    """As IEEE 754 has it."""
    multiples, off = nearest(one(price), Decimal(1))

    assert (multiples[0], off[0]) == (ticks, True)


@pytest.mark.parametrize(
    ("distance", "off"), [(0.9e-6, False), (1.1e-6, True), (-0.9e-6, False), (-1.1e-6, True)]
)
def test_tolerance_is_a_millionth_of_a_tick(distance: float, off: bool) -> None:
    """On either side."""
    multiples, marks = nearest(one(100 + distance), Decimal(1))

    assert (multiples[0], marks[0]) == (100, off)


def test_quotient_beyond_float64_is_infinite_and_on_the_grid() -> None:
    """So that the bound, and not the grid, is what the message names."""
    multiples, off = nearest(one(1e308), Decimal("1E-8"))

    assert (multiples[0], off[0]) == (math.inf, False)
    assert floored(one(1e308), Decimal("1E-8"))[0] == math.inf
