"""The venue's filters as versions of an instrument, and as bounds in our own numbers."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from tests.shared_data import shared
from trader.errors import VenueFault
from trader.model.instrument import Band, InstrumentVersion
from trader.venues.binance.exchange_info import (
    ExchangeInfo,
    SymbolInfo,
    instrument_of,
    version_of,
)
from trader.venues.binance.frames import RateLimit, decoded

PRICE = {
    "filterType": "PRICE_FILTER",
    "minPrice": "0.01000000",
    "maxPrice": "1000000.00000000",
    "tickSize": "0.01000000",
}
LOTS = {
    "filterType": "LOT_SIZE",
    "minQty": "0.00001000",
    "maxQty": "9000.00000000",
    "stepSize": "0.00001000",
}
NOTIONAL = {"filterType": "NOTIONAL", "minNotional": "5.00000000", "applyMinToMarket": True}
ORDERS = {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200}


def symbol(*filters: dict[str, Any], **changes: Any) -> SymbolInfo:
    whole = {"symbol": "BTCUSDT", "baseAsset": "BTC", "quoteAsset": "USDT", "filters": filters}
    return msgspec.convert(whole | changes, SymbolInfo)


FULL = symbol(PRICE, LOTS, NOTIONAL, ORDERS, {"filterType": "OF_NEXT_YEAR", "limit": 1})
VERSION = InstrumentVersion(
    since=7,
    tick=Decimal("0.01"),
    lot=Decimal("0.00001"),
    size_min=Decimal("0.00001"),
    size_max=Decimal(9_000),
    price_min=Decimal("0.01"),
    price_max=Decimal(1_000_000),
    notional_min=Decimal(5),
    orders_max=200,
    status="TRADING",
)


def test_filters_are_a_version_from_now_on() -> None:
    assert version_of(FULL, 7) == VERSION


def test_a_bound_of_zero_is_none() -> None:
    open_ended = symbol(
        PRICE | {"minPrice": "0.00000000", "maxPrice": "0"}, LOTS | {"maxQty": "0.00000000"}
    )

    assert version_of(open_ended, 7) == InstrumentVersion(
        since=7,
        tick=Decimal("0.01"),
        lot=Decimal("0.00001"),
        size_min=Decimal("0.00001"),
        status="TRADING",
    )


def test_the_older_filter_of_worth_counts_too() -> None:
    older = symbol(PRICE, LOTS, {"filterType": "MIN_NOTIONAL", "minNotional": "10"})
    assert version_of(older, 7).notional_min == Decimal(10)


@pytest.mark.parametrize("status", ["HALT", "BREAK", "CANCEL_ONLY", "OF_NEXT_YEAR"])
def test_a_symbol_that_does_not_trade_says_so(status: str) -> None:
    assert not version_of(symbol(PRICE, LOTS, status=status), 7).is_trading


@pytest.mark.parametrize(
    "filters", [(), (PRICE,), (LOTS,), (PRICE | {"tickSize": "0"}, LOTS)], ids=repr
)
def test_a_symbol_without_steps_is_the_venues_fault(filters: tuple[dict[str, Any], ...]) -> None:
    with pytest.raises(VenueFault, match="no steps"):
        version_of(symbol(*filters), 7)


def test_only_what_has_changed_makes_another_version() -> None:
    instrument = instrument_of(FULL, "binance", 7)
    assert instrument.name == "BTCUSDT.binance"
    assert instrument.followed_by(version_of(FULL, 9)) is instrument

    finer = version_of(symbol(PRICE | {"tickSize": "0.00100000"}, LOTS, NOTIONAL, ORDERS), 9)
    changed = instrument.followed_by(finer)
    assert changed.versions == (VERSION, finer)
    assert (changed.version(8).tick, changed.version(9).tick) == (Decimal("0.01"), Decimal("0.001"))


MARKET = {
    "filterType": "MARKET_LOT_SIZE",
    "minQty": "0.00000000",
    "maxQty": "120.00000000",
    "stepSize": "0.00000000",
}
BY_SIDE = {
    "filterType": "PERCENT_PRICE_BY_SIDE",
    "bidMultiplierUp": "5",
    "bidMultiplierDown": "0.2",
    "askMultiplierUp": "4",
    "askMultiplierDown": "0.3",
    "avgPriceMins": 0,
}


def test_market_orders_have_sizes_of_their_own() -> None:
    version = version_of(symbol(PRICE, LOTS, MARKET), 7)

    assert (version.market_size_min, version.market_size_max, version.market_lot) == (
        None, Decimal(120), None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("worth", "spares"),
    [
        (NOTIONAL, (False, False)),
        (NOTIONAL | {"applyMinToMarket": False, "applyMaxToMarket": False}, (True, True)),
        ({"filterType": "MIN_NOTIONAL", "minNotional": "5", "applyToMarket": False}, (True, False)),
    ],
)
def test_bounds_of_worth_say_whether_market_orders_are_meant(
    worth: dict[str, Any], spares: tuple[bool, bool]
) -> None:
    version = version_of(symbol(PRICE, LOTS, worth), 7)

    assert version.notional_min == Decimal(5)
    assert (version.notional_min_spares_market, version.notional_max_spares_market) == spares


@pytest.mark.parametrize(
    ("percent", "band"),
    [
        (BY_SIDE, ("0.2", "5", "0.3", "4")),
        (
            {"filterType": "PERCENT_PRICE", "multiplierUp": "1.5", "multiplierDown": "0.50"},
            ("0.5", "1.5", "0.5", "1.5"),
        ),
        (BY_SIDE | {"avgPriceMins": 5}, None),  # of an average that nobody here knows
        ({"filterType": "PERCENT_PRICE", "multiplierUp": "2", "avgPriceMins": 1}, None),
    ],
)
def test_limits_lie_within_multiples_of_the_last_price(
    percent: dict[str, Any], band: tuple[str, ...] | None
) -> None:
    found = version_of(symbol(PRICE, LOTS, percent), 7).band

    if band is None:
        assert found is None
    else:
        names = ("buy_min", "buy_max", "sell_min", "sell_max")
        assert found == Band(**dict(zip(names, map(Decimal, band), strict=True)))


def test_recorded_rules_are_understood() -> None:
    data = shared("wire/open/binance/rest_exchange_info.json").read_bytes()
    info = decoded(data, ExchangeInfo)

    [eth] = info.symbols
    version = version_of(eth, 1)
    assert (version.tick, version.lot) == (Decimal("0.00001"), Decimal("0.0001"))
    assert (version.notional_min, version.orders_max) == (Decimal("0.0001"), 200)
    assert eth.has_oco
    assert info.limits[0] == RateLimit(
        kind="REQUEST_WEIGHT", interval="MINUTE", number=1, limit=1_200
    )
