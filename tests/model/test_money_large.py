"""Amounts of more digits than the decimal context has: exact, or refused, never rounded."""

from decimal import Decimal

import pytest

from trader.model.money import MoneyScale, money_scale, places_of


def test_a_long_amount_is_exact() -> None:
    scale = MoneyScale(places=29, half={})

    assert scale.of(Decimal("1.23456789012345678901234567891")) == 123456789012345678901234567891


def test_a_long_amount_that_would_round_is_refused() -> None:
    with pytest.raises(ValueError, match="no multiple"):
        MoneyScale(places=2, half={}).of(Decimal("123456789012345678901234567890.123"))


def test_a_long_amount_is_written_exactly() -> None:
    assert MoneyScale(places=2, half={}).text(10**30 + 1) == "10000000000000000000000000000.01"


def test_the_places_of_a_long_amount() -> None:
    assert places_of(Decimal("1.23456789012345678901234567891")) == 29


def test_a_fine_grid_is_divided_exactly() -> None:
    tick, lot = Decimal("0.123456789012345"), Decimal("0.123456789012345")
    scale = money_scale([("X.v", tick, lot)], Decimal(1), fees=False)

    assert 2 * scale.half["X.v"] == 123456789012345**2 * 10 ** (scale.places - 30)
