"""Positions, their cost, and what fills realize: exact, whatever the order of the fills."""

from fractions import Fraction
from math import trunc
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trader.kernels.accounting import booked, closed_lots, released_cost, truncated

SIZES = st.integers(1, 10**6)
LOTS = st.integers(-(10**6), 10**6).filter(bool)
TICKS = st.integers(1, 10**9)
FILLS = st.lists(st.tuples(LOTS, TICKS), max_size=30)


def after_fill(position: int, cost: int, lots: int, ticks: int) -> tuple[int, int]:
    """Realized and cost, said in fractions: close what the fill closes, open what it does not."""
    closing = 0
    if position * lots < 0:
        closing = min(abs(position), abs(lots)) * (1 if lots > 0 else -1)
    released = trunc(Fraction(cost) * -closing / position) if closing else 0
    return -closing * ticks - released, cost - released + (lots - closing) * ticks


@pytest.mark.parametrize(
    ("position", "cost", "lots", "ticks", "cost_then", "realized"),
    [
        (0, 0, 10, 100, 1000, 0),  # opens long
        (0, 0, -10, 100, -1000, 0),  # opens short
        (10, 1000, 5, 130, 1650, 0),  # adds
        (-10, -1000, -5, 130, -1650, 0),  # adds to a short
        (10, 1000, -4, 120, 600, 80),  # closes a part
        (-10, -1000, 4, 80, -600, 80),  # closes a part of a short
        (3, 100, -1, 40, 67, 7),  # a third of 100 released is 33, toward zero
        (-3, -100, 1, 20, -67, 13),  # and of -100 it is -33
        (10, 1000, -10, 90, 0, -100),  # closes all, at a loss
        (10, 1000, -25, 110, -1650, 100),  # through zero: closes 10, opens 15
        (-10, -1000, 25, 90, 1350, 100),  # through zero from below
        (7, -20, -3, 5, -12, 23),  # released sums can leave a long with negative cost
    ],
)
def test_fills_worked_by_hand(
    position: int, cost: int, lots: int, ticks: int, cost_then: int, realized: int
) -> None:
    assert booked(position, cost, lots, ticks) == (realized, cost_then)


@pytest.mark.parametrize(
    ("position", "lots", "closed"),
    [(0, 5, 0), (5, 3, 0), (-5, -3, 0), (5, -3, 3), (5, -8, 5), (-5, 3, 3), (-5, 8, 5), (5, 0, 0)],
)
def test_a_fill_closes_no_more_than_there_is(position: int, lots: int, closed: int) -> None:
    assert closed_lots(position, lots) == closed


@settings(max_examples=300)
@given(FILLS)
def test_flow_is_realized_less_cost_at_every_moment(fills: list[tuple[int, int]]) -> None:
    """And where nothing is held, nothing is left in the cost."""
    position = cost = realized = flow = 0
    for lots, ticks in fills:
        gained, cost = booked(position, cost, lots, ticks)
        realized += gained
        position += lots
        flow -= lots * ticks

        assert flow == realized - cost
        assert position or not cost


@settings(max_examples=300)
@given(st.integers(-(10**6), 10**6), st.integers(-(10**15), 10**15), LOTS, TICKS)
def test_a_fill_does_what_the_fractions_say(
    position: int, cost: int, lots: int, ticks: int
) -> None:
    held = cost if position else 0

    assert booked(position, held, lots, ticks) == after_fill(position, held, lots, ticks)


@given(SIZES, st.integers(-(10**18), 10**18), st.data())
def test_released_cost_is_rounded_toward_zero(size: int, cost: int, data: st.DataObject) -> None:
    """It misses the exact share by less than one tick x lot, on both sides alike."""
    closed = data.draw(st.integers(1, size))
    exact = Fraction(cost) * closed / size

    assert released_cost(size, cost, closed) == trunc(exact)
    assert released_cost(-size, cost, closed) == trunc(exact)
    assert abs(exact - released_cost(size, cost, closed)) < 1


@given(SIZES, st.integers(-(10**18), 10**18))
def test_a_full_close_releases_all(size: int, cost: int) -> None:
    assert released_cost(size, cost, size) == cost


@given(
    st.integers(10, 10**6),
    st.integers(-(10**15), 10**15),
    st.lists(st.integers(1, 10**6), max_size=12),
)
def test_closing_in_parts_releases_all_as_well(size: int, cost: int, parts: list[int]) -> None:
    """What a partial close misses comes back with the later ones."""
    left, rest, released = size, cost, 0
    for part in [*parts, size]:
        closed = min(part, left)
        if closed:
            share = released_cost(left, rest, closed)
            left, rest, released = left - closed, rest - share, released + share

    assert (left, rest, released) == (0, 0, cost)


@settings(max_examples=300)
@given(st.integers(1, 2**31), st.integers(-(2**62), 2**62), st.data())
def test_no_product_on_the_way_leaves_int64(size: int, cost: int, data: st.DataObject) -> None:
    """Numpy's integers raise where a compiled gear's would wrap; cost * closed would by far."""
    closed = data.draw(st.integers(1, size))
    position, held, part = (cast("int", np.int64(value)) for value in (size, cost, closed))
    with np.errstate(over="raise"):
        assert released_cost(position, held, part) == trunc(Fraction(cost) * closed / size)


@given(st.integers(-(2**63), 2**63), st.integers(1, 2**40))
def test_division_is_rounded_toward_zero(a: int, b: int) -> None:
    assert truncated(a, b) == trunc(Fraction(a, b))
