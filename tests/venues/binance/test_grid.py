"""Texts of the wire as whole numbers, or the venue's fault."""

from decimal import Decimal

import pytest

from tests.venues.binance.wire import GRID, NAME, SCALE, STEPS
from trader.errors import VenueFault
from trader.venues.binance.grid import grid_of, instant


def test_prices_and_sizes_are_exact() -> None:
    assert GRID.ticks("60000.01000000") == 6_000_001
    assert GRID.lots("0.00001") == 1
    assert GRID.price_text(6_000_001) == "60000.01"
    assert GRID.price_text(6_000_000) == "60000"
    assert GRID.size_text(-1) == "0.00001"


@pytest.mark.parametrize(
    "text",
    ["", "-1", "1e5", "NaN", "Infinity", "0.001", "1.", ".5", " 1", "1\n", "0x1", "٣", "9" * 21],
)
def test_what_is_no_price_on_the_grid_is_the_venues_fault(text: str) -> None:
    with pytest.raises(VenueFault):
        GRID.ticks(text)


@pytest.mark.parametrize("text", ["0.000001", "99999999999999999999"])
def test_what_is_no_size_on_the_grid_is_the_venues_fault(text: str) -> None:
    with pytest.raises(VenueFault):
        GRID.lots(text)


def test_a_price_of_zero_is_none() -> None:
    with pytest.raises(VenueFault, match="zero"):
        GRID.ticks("0.00000000")


def test_a_balance_is_whole_lots_and_the_rest_is_dust() -> None:
    assert GRID.held("0.00001", "0.000019") == 2
    assert GRID.held() == 0


def test_a_fee_is_money_rounded_up() -> None:
    assert SCALE.places == 8
    assert GRID.fee("0.00000001", "USDT", 1) == 1
    assert GRID.fee("0.000000001", "USDT", 1) == 1
    assert GRID.fee("0.00000001", "BTC", 6_000_000) == 60_000
    assert GRID.fee("5", "BNB", 6_000_000) == 0
    assert GRID.fee("0", None, 6_000_000) == 0


def test_a_trade_beyond_counting_is_a_fault() -> None:
    GRID.check_worth(1_000, 6_000_000)
    with pytest.raises(VenueFault, match="beyond"):
        GRID.check_worth(10**12, 6_000_000)


@pytest.mark.parametrize("ms", [-1, 10**16])
def test_a_time_outside_of_our_count_is_a_fault(ms: int) -> None:
    with pytest.raises(VenueFault):
        instant(ms)


def test_a_symbol_must_be_priced_in_the_accounts_currency() -> None:
    with pytest.raises(ValueError, match="does not end in USD"):
        grid_of(symbol="BTCEUR", venue="binance", quote="USD", steps=STEPS, scale=SCALE)
    with pytest.raises(ValueError, match="does not end in"):
        grid_of(symbol="USDT", venue="binance", quote="USDT", steps=STEPS, scale=SCALE)
    assert (GRID.instrument, GRID.base, GRID.tick) == (NAME, "BTC", Decimal("0.01"))
