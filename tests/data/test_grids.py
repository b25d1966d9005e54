"""Ticks and lots that recorded numbers show."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.data.grids import finest, lot_of, tick_of
from trader.data.recording import MemoryRows


def rows(*prices: float | None, times: int = 1) -> MemoryRows:
    frame = pl.DataFrame({"price": list(prices) * times, "note": ["x"] * (len(prices) * times)})
    return MemoryRows(frame=frame.with_columns(pl.col("price").cast(pl.Float64)))


@pytest.mark.parametrize(
    ("prices", "times", "tick"),
    [
        ((1.5, 2.25, None), 1, "0.01"),
        ((100.0, 250.0), 1, "1"),
        ((5000.25, 5001.5, 5002.75), 100, "0.25"),
        ((5000.25, 5001.5, 5002.75), 1, "0.01"),
        ((100.0, 250.0), 100, "50"),
        ((1.23456789,), 1, "0.00000001"),
        ((1.123456789,), 1, None),
        ((), 1, "1"),
        ((None,), 1, "1"),
    ],
)
def test_a_tick_is_the_largest_step_of_enough_prices(
    prices: tuple[float | None, ...], times: int, tick: str | None
) -> None:
    found = tick_of(rows(*prices, times=times), ("price", "nowhere", "note"))

    assert found == (None if tick is None else Decimal(tick))


def test_a_lot_is_the_last_place_however_many_sizes_there_are() -> None:
    """Shares come by the hundred, and yet one may be traded."""
    assert lot_of(rows(100, 300, times=200), ("price",)) == 1
    assert lot_of(rows(0.25, 3), ("price",)) == Decimal("0.01")


@pytest.mark.parametrize(
    ("price", "step"), [(1.1, "0.00000001"), (60_000.0, "0.0000001"), (2e12, "10")]
)
def test_the_finest_step_still_counts_the_largest_number(price: float, step: str) -> None:
    assert finest(rows(price), ("price",)) == Decimal(step)


@given(st.integers(0, 6), st.lists(st.integers(1, 10**8), min_size=1, max_size=20))
def test_all_prices_are_on_the_grid_that_is_found(places: int, counts: list[int]) -> None:
    prices = [count / 10**places for count in counts]
    tick = tick_of(rows(*prices), ("price",))

    assert tick is not None
    assert all(Decimal(count).scaleb(-places) % tick == 0 for count in counts)
