"""Market events as the messages of the core, in ticks and lots."""

import json
from decimal import Decimal
from typing import Any

import pytest
from msgspec import Raw

from tests.shared_data import shared
from tests.venues.binance.wire import GRID, NAME
from trader.errors import VenueFault
from trader.model.market import BarClosed, Quote, Trade
from trader.model.money import money_scale
from trader.model.units import MINUTE_NS, NONE
from trader.venues.binance import market
from trader.venues.binance.grid import Grid, grid_of

MS = 1_000_000
CANDLE: dict[str, Any] = {
    "t": 60_000,
    "T": 119_999,
    "s": "BTCUSDT",
    "i": "1m",
    "o": "60000.00",
    "h": "60002.00",
    "l": "59999.00",
    "c": "60001.00",
    "v": "1.5",
    "n": 4,
    "x": True,
    "q": "90000.0",
}


def raw(event: dict[str, Any]) -> Raw:
    return Raw(json.dumps(event).encode())


def test_best_prices_are_a_quote_as_of_their_arrival() -> None:
    event = {"u": 1, "s": "BTCUSDT", "b": "60000.00", "B": "0.5", "a": "60000.01", "A": "2"}

    assert market.quote(raw(event), GRID, 7) == [
        Quote(NAME, 6_000_000, 6_000_001, 50_000, 200_000, 7)
    ]


def test_a_side_without_a_size_is_no_side() -> None:
    event = {"b": "0.00000000", "B": "0.00000000", "a": "60000.01", "A": "2"}

    assert market.quote(raw(event), GRID, 7) == [Quote(NAME, NONE, 6_000_001, 0, 200_000, 7)]


@pytest.mark.parametrize(("is_buyer_maker", "side"), [(True, -1), (False, 1)])
def test_a_print_has_the_side_of_its_taker(is_buyer_maker: bool, side: int) -> None:
    event = {"e": "trade", "t": 5, "p": "60000", "q": "0.1", "T": 9, "m": is_buyer_maker, "M": True}

    assert market.trade(raw(event), GRID, 1) == [Trade(NAME, 6_000_000, 10_000, side, 5, 9 * MS)]
    aggregate = event | {"a": 6}
    assert market.aggregate(raw(aggregate), GRID, 1) == [
        Trade(NAME, 6_000_000, 10_000, side, 6, 9 * MS)
    ]


def test_a_bar_is_told_when_it_has_closed() -> None:
    assert market.bar(raw({"e": "kline", "k": CANDLE | {"x": False}}), GRID, 1) == []
    assert market.bar(raw({"e": "kline", "k": CANDLE}), GRID, 1) == [
        BarClosed(
            NAME,
            MINUTE_NS,
            6_000_000,
            6_000_200,
            5_999_900,
            6_000_100,
            150_000,
            60_000 * MS,
            120_000 * MS,
        )
    ]


@pytest.mark.parametrize(
    ("make", "event"),
    [
        (market.quote, {"b": "60000.001", "B": "1", "a": "1", "A": "1"}),
        (market.quote, {"b": "NaN", "B": "1", "a": "1", "A": "1"}),
        (market.quote, {"b": "0", "B": "1", "a": "1", "A": "1"}),
        (market.quote, {"b": 60000, "B": "1", "a": "1", "A": "1"}),
        (market.trade, {"t": 1, "p": "1", "q": "0.000001", "T": 1, "m": True}),
        (market.trade, {"t": 1, "p": "1", "q": "1", "T": -1, "m": True}),
        (market.bar, {"k": CANDLE | {"h": "1e308"}}),
        (market.bar, {"k": {}}),
        (market.bar, {}),
    ],
)
def test_nonsense_is_the_venues_fault(make: market.Make, event: dict[str, Any]) -> None:
    with pytest.raises(VenueFault):
        make(raw(event), GRID, 1)


def grid(symbol: str, quote: str, tick: str, lot: str) -> Grid:
    steps = Decimal(tick), Decimal(lot)
    scale = money_scale([(f"{symbol}.binance", *steps)], Decimal(1), fees=True)
    return grid_of(symbol=symbol, venue="binance", quote=quote, steps=steps, scale=scale)


def recorded(name: str) -> Raw:
    return Raw(shared(f"wire/open/binance/{name}").read_bytes())


def test_recorded_events_are_understood() -> None:
    eth = grid("ETHBTC", "BTC", "0.00000001", "0.00000001")
    [print_] = market.aggregate(recorded("stream_agg_trade.json"), eth, 1)
    assert print_ == Trade(
        "ETHBTC.binance", 10_281_118, 815_632_997, 1, 70_232, 1_499_405_254_324 * MS
    )
    assert market.bar(recorded("stream_kline.json"), eth, 1) == []

    bnb = grid("BNBBTC", "BTC", "0.001", "1")
    [print_] = market.trade(recorded("stream_trade.json"), bnb, 1)
    assert print_ == Trade("BNBBTC.binance", 1, 100, -1, 12_345, 123_456_785 * MS)

    future = grid("BTCUSD_200626", "USD_200626", "0.1", "1")
    [best] = market.quote(recorded("stream_book_ticker.json"), future, 1)
    assert best == Quote("BTCUSD_200626.binance", 95_481, 95_485, 52, 11, 1)
