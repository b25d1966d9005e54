"""Bars come after the first price of their instrument, which is asked for where that can be."""

from typing import Any

import msgspec
import pytest

from tests.venues.binance.test_catch_up import START as MINUTE
from tests.venues.binance.test_catch_up import row
from tests.venues.binance.test_market_client import QUOTE, hear, market
from trader.model.market import BarClosed, Quote
from trader.model.units import MILLISECOND_NS, MINUTE_NS, NONE, SECOND_NS
from trader.venues.binance.market_client import BinanceMarket
from trader.venues.execution_client import Reply, Turn

NOW = MINUTE + 2 * MINUTE_NS + 10 * SECOND_NS
PAST = {"bars": (MINUTE_NS,), "since": {MINUTE_NS: MINUTE}}
PRICES = {"symbol": "BTCUSDT", "bidPrice": "1.00", "bidQty": "2", "askPrice": "1.01", "askQty": "0"}
PRINT = {"t": 7, "p": "1.00", "q": "2", "T": NOW // MILLISECOND_NS, "m": False}
BAR = {
    "k": {
        "t": MINUTE // MILLISECOND_NS,
        "T": MINUTE // MILLISECOND_NS + 59_999,
        **dict.fromkeys("ohlc", "1.00"),
        "v": "3",
        "x": True,
    }
}


def paths(turn: Turn) -> list[str]:
    return [call.path.rpartition("/")[2] for call in turn.calls]


def answer(client: BinanceMarket, turn: Turn, document: object, now: int = NOW) -> Turn:
    [call] = turn.calls
    reply = Reply(status=200, headers={}, body=msgspec.json.encode(document))
    return client.returned(call.id, reply, now)


def kinds(turn: Turn) -> list[type]:
    return [type(each) for each in turn.messages]


@pytest.mark.parametrize("wanted", [{"quotes": True}, {"quotes": False, "depth": True}])
def test_the_past_is_asked_for_when_the_price_is_there(wanted: dict[str, Any]) -> None:
    client = market(**PAST, **wanted)
    asked = client.greet(NOW)
    assert paths(asked) == ["bookTicker"]

    told = answer(client, asked, PRICES)
    assert told.messages == [Quote("BTCUSDT.binance", 100, NONE, 200_000, 0, NOW)]
    assert paths(told) == ["klines"]
    assert kinds(answer(client, told, [row(0), row(1), row(2)])) == [BarClosed, BarClosed]


def test_a_quote_of_the_stream_is_newer_than_the_answer() -> None:
    client = market(**PAST)
    asked = client.greet(NOW)
    first = hear(client, NOW, stream="btcusdt@bookTicker", data=QUOTE)

    assert (kinds(first), paths(first)) == ([Quote], ["klines"])
    assert answer(client, asked, PRICES) == Turn()
    assert kinds(hear(client, NOW, stream="btcusdt@bookTicker", data=QUOTE)) == [Quote]


def test_a_bar_that_closes_before_the_price_comes_with_those_before_it() -> None:
    client = market(**PAST)
    asked = client.greet(NOW)

    assert hear(client, NOW, stream="btcusdt@kline_1m", data=BAR) == Turn()
    told = answer(client, asked, PRICES)
    assert kinds(answer(client, told, [row(0), row(1), row(2)])) == [BarClosed, BarClosed]
    assert hear(client, NOW, stream="btcusdt@kline_1m", data=BAR) == Turn()


def test_without_an_answer_it_is_asked_again_until_a_price_is_there() -> None:
    client = market(**PAST)
    [call] = client.greet(NOW).calls
    client.returned(call.id, None, NOW)
    assert client.due == NOW + SECOND_NS
    assert client.tick(NOW + SECOND_NS - 1).calls == []
    again = client.tick(NOW + SECOND_NS)
    assert paths(again) == ["bookTicker"]

    hear(client, NOW, stream="btcusdt@bookTicker", data=QUOTE)
    [call] = again.calls
    client.returned(call.id, None, NOW + SECOND_NS)
    assert client.tick(NOW + 3 * SECOND_NS).calls == []


def test_each_connection_asks_anew() -> None:
    client = market(**PAST)
    answer(client, client.greet(NOW), PRICES)
    client.lose(NOW)

    assert paths(client.greet(NOW)) == ["bookTicker"]


def test_where_only_prints_come_the_first_one_is_waited_for_once() -> None:
    """An old print must not come again: somebody could trade at it."""
    client = market(**PAST, quotes=False, trades=True)
    assert client.greet(NOW).calls == []
    first = hear(client, NOW, stream="btcusdt@trade", data=PRINT)
    assert paths(first) == ["klines"]
    client.lose(NOW)

    assert paths(client.greet(NOW)) == ["klines"]


def test_bars_that_are_their_own_price_wait_for_nothing() -> None:
    client = market(**PAST, quotes=False)

    assert paths(client.greet(NOW)) == ["klines"]


def test_bars_without_a_past_are_told_as_they_come() -> None:
    client = market(bars=(MINUTE_NS,))
    client.greet(NOW)

    assert kinds(hear(client, NOW, stream="btcusdt@kline_1m", data=BAR)) == [BarClosed]
