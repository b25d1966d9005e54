"""Amounts survive the way through text exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sims.servers.binance.amounts import amount, product, text_of


@pytest.mark.parametrize(
    ("text", "units"),
    [("0", 0), ("1", 100_000_000), ("0.00000001", 1), ("60000.10", 6_000_010_000_000)],
)
def test_a_decimal_text_is_read_exactly(text: str, units: int) -> None:
    assert amount(text) == units


@pytest.mark.parametrize("text", ["", "-1", "1e3", ".5", "1.", "1.000000001", "1\n", "٣", "nan"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a decimal number|finer than"):
        amount(text)


@given(st.integers(min_value=0, max_value=10**24))
def test_writing_and_reading_gives_the_same_amount(units: int) -> None:
    assert amount(text_of(units)) == units


def test_a_product_is_exact() -> None:
    assert text_of(product(amount("60000.01"), amount("0.00001"))) == "0.60000010"
