"""A stream's name says what it tells of; what is no name means nothing."""

import pytest

from sims.servers.binance.publishing.channels import Channel, Kind, channel

BTC = "BTCUSDT"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("btcusdt@trade", Channel(Kind.TRADE, BTC)),
        ("btcusdt@aggTrade", Channel(Kind.AGGREGATE, BTC)),
        ("btcusdt@bookTicker", Channel(Kind.BEST, BTC)),
        ("btcusdt@ticker", Channel(Kind.DAY, BTC)),
        ("btcusdt@miniTicker", Channel(Kind.MINI_DAY, BTC)),
        ("btcusdt@avgPrice", Channel(Kind.AVERAGE, BTC)),
        ("btcusdt@kline_1m", Channel(Kind.KLINE, BTC, interval="1m")),
        ("btcusdt@kline_1M", Channel(Kind.KLINE, BTC, interval="1M")),
        ("btcusdt@depth", Channel(Kind.DIFF, BTC)),
        ("btcusdt@depth@1000ms", Channel(Kind.DIFF, BTC)),
        ("btcusdt@depth@100ms", Channel(Kind.DIFF, BTC, period_ms=100)),
        ("btcusdt@depth5", Channel(Kind.PARTIAL, BTC, levels=5)),
        ("btcusdt@depth20@100ms", Channel(Kind.PARTIAL, BTC, levels=20, period_ms=100)),
        ("btcusdt@ticker_4h", Channel(Kind.WINDOW, BTC, interval="4h")),
        ("!miniTicker@arr", Channel(Kind.ALL_MINI_DAYS)),
        ("!ticker_1d@arr", Channel(Kind.ALL_WINDOWS, interval="1d")),
    ],
)
def test_a_name_says_what_is_told(name: str, expected: Channel) -> None:
    assert channel(name, {BTC}) == expected


@pytest.mark.parametrize(
    "name",
    [
        "",
        "btcusdt",
        "BTCUSDT@trade",
        "ltcusdt@trade",
        "btcusdt@kline_7m",
        "btcusdt@kline_1m ",
        "btcusdt@depth6",
        "btcusdt@depth@250ms",
        "btcusdt@aggtrade",
        "btcusdt@ticker_2h",
        "!ticker@arr",
        "!ticker_2h@arr",
        "!serverShutdown",
    ],
)
def test_what_is_no_name_means_nothing(name: str) -> None:
    assert channel(name, {BTC}) is None
