"""Splits: what they keep, and what they cost at most."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.logic.splits import cash_in_lieu, split_half_ticks, split_lots, split_ticks

ratios = st.tuples(st.integers(1, 50), st.integers(1, 50))
sizes = st.integers(-(10**9), 10**9)
prices = st.integers(1, 2**40)


@pytest.mark.parametrize(
    ("lots", "ratio", "after"),
    [
        (100, (7, 1), 700),
        (-100, (7, 1), -700),
        (15, (1, 10), 1),
        (-15, (1, 10), -1),  # toward zero on both sides
        (9, (1, 10), 0),
        (3, (3, 2), 4),
        (0, (7, 1), 0),
    ],
)
def test_lots_are_whole_ones(lots: int, ratio: tuple[int, int], after: int) -> None:
    assert split_lots(lots, *ratio) == after


@pytest.mark.parametrize(
    ("ticks", "ratio", "after"),
    [
        (64_570, (7, 1), 9_224),  # 9224.29
        (5, (2, 1), 2),  # 2.5, to the even one
        (7, (2, 1), 4),  # 3.5
        (100, (1, 10), 1_000),
        (1, (7, 1), 1),  # never nothing
    ],
)
def test_prices_are_whole_ticks(ticks: int, ratio: tuple[int, int], after: int) -> None:
    assert split_ticks(ticks, *ratio) == after


def test_a_mark_is_in_half_ticks_and_has_no_least() -> None:
    assert [split_half_ticks(mark, 2, 1) for mark in (1, 2, 3, 5)] == [0, 1, 2, 2]


@given(sizes, sizes, ratios)
def test_lots_keep_their_side_and_their_order(one: int, other: int, ratio: tuple[int, int]) -> None:
    """So what is filled of an order never exceeds it."""
    least, most = sorted((abs(one), abs(other)))

    assert split_lots(least, *ratio) <= split_lots(most, *ratio)
    assert split_lots(-one, *ratio) == -split_lots(one, *ratio)
    assert abs(split_lots(one, *ratio) * ratio[1] - one * ratio[0]) < ratio[1]


@given(prices, ratios)
def test_a_price_moves_by_half_a_tick_at_most(ticks: int, ratio: tuple[int, int]) -> None:
    """But for the least price, which is one tick."""
    numerator, denominator = ratio
    after = split_ticks(ticks, numerator, denominator)

    assert after == 1 or 2 * abs(after * numerator - ticks * denominator) <= numerator


@given(sizes, ratios)
def test_there_and_back_again_where_nothing_was_lost(lots: int, ratio: tuple[int, int]) -> None:
    numerator, denominator = ratio
    after = split_lots(lots * denominator, numerator, denominator)

    assert after == lots * numerator
    assert split_lots(after, denominator, numerator) == lots * denominator


@given(st.integers(-(10**6), 10**6), prices, ratios)
def test_whole_lots_pay_nothing_and_keep_their_cost(
    lots: int, price: int, ratio: tuple[int, int]
) -> None:
    lots *= ratio[1]

    assert cash_in_lieu(lots, lots * price, ratio, mark=2 * price, half=5) == (0, 0)


@given(
    st.integers(-(10**6), 10**6).filter(bool),
    st.integers(1, 10**7),
    st.integers(1, 10**7),
    ratios,
    st.integers(1, 1_000),
)
def test_a_fraction_is_paid_at_the_mark_and_takes_its_share_of_the_cost(
    lots: int, price: int, mark: int, ratio: tuple[int, int], half: int
) -> None:
    """Both to less than one unit, and never more than that."""
    numerator, denominator = ratio
    cost = lots * price
    paid, released = cash_in_lieu(lots, cost, ratio, mark=mark, half=half)
    left = lots * numerator - split_lots(lots, numerator, denominator) * denominator

    assert paid * lots >= 0
    assert 0 <= abs(left) * mark * half - abs(paid) * denominator < denominator
    assert 0 <= abs(cost * left) - abs(released * lots * numerator) < abs(lots) * numerator
    assert released * cost >= 0


@given(st.integers(1, 40), st.integers(41, 60), prices)
def test_a_position_that_becomes_nothing_is_sold_whole(lots: int, of: int, price: int) -> None:
    cost = lots * price
    paid, released = cash_in_lieu(lots, cost, (1, of), mark=2 * price * of, half=1)

    assert released == cost
    assert paid == 2 * cost


@given(sizes, prices, ratios)
def test_what_an_account_is_worth_changes_by_rounding_alone(
    lots: int, price: int, ratio: tuple[int, int]
) -> None:
    """Half a half tick for each lot after the split, and what is paid down to whole money."""
    numerator, denominator = ratio
    before = lots * 2 * price
    mark = split_half_ticks(2 * price, numerator, denominator)
    paid, _ = cash_in_lieu(lots, lots * price, ratio, mark=mark, half=1)
    after = split_lots(lots, numerator, denominator) * mark + paid

    assert 2 * denominator * abs(after - before) <= abs(lots) * numerator + 2 * denominator
