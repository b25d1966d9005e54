"""Whoever hears the venue's market data reads its rules too: a grid may have become another."""

import json
from typing import Any

from tests.venues.binance.test_market_client import QUOTE, hear
from tests.venues.binance.wire import GRID, KEYS, MS, NAME, START
from trader.calendars.sessions import UTC, Days
from trader.model.control import InstrumentReported
from trader.model.units import MINUTE_NS
from trader.venues.binance.correspondence import Correspondence
from trader.venues.binance.market_client import BinanceMarket, Wanted
from trader.venues.execution_client import Reply, Turn


def market(every: int | None) -> BinanceMarket:
    wanted = Wanted(grid=GRID, sessions=Days(UTC), quotes=True)
    line = Correspondence(KEYS, 100 * MS, has_rest=True)
    return BinanceMarket([wanted], line, read_rules_every_ns=every)


def answer(client: BinanceMarket, turn: Turn, status: str, now: int) -> Turn:
    """What comes of the answer to the question for the rules, which is the only one."""
    [call] = [each for each in turn.calls if each.path.endswith("exchangeInfo")]
    symbol: dict[str, Any] = {
        "symbol": "BTCUSDT",
        "status": status,
        "baseAsset": "BTC",
        "quoteAsset": "USDT",
        "filters": [
            {"filterType": "PRICE_FILTER", "tickSize": "0.01"},
            {"filterType": "LOT_SIZE", "stepSize": "0.00001"},
        ],
    }
    body = json.dumps({"symbols": [symbol]}).encode()
    return client.returned(call.id, Reply(status=200, headers={}, body=body), now)


def test_they_are_read_at_each_connection_and_again_after_a_while() -> None:
    client = market(MINUTE_NS)
    [first] = answer(client, client.greet(START), "TRADING", START).messages
    hear(client, START, result=None, id=1)
    # A market that is quiet for so long would be asked whether it lives.
    hear(client, START + MINUTE_NS // 2, stream="btcusdt@bookTicker", data={"u": 1, **QUOTE})

    assert client.due == START + MINUTE_NS
    [halted] = answer(client, client.tick(client.due), "HALT", client.due).messages

    assert isinstance(first, InstrumentReported)
    assert isinstance(halted, InstrumentReported)
    assert (first.instrument, first.listed.versions[0].is_trading) == (NAME, True)
    assert halted.listed.versions[0].status == "HALT"
    client.lose(START + MINUTE_NS)
    again = client.greet(START + 2 * MINUTE_NS)
    assert answer(client, again, "HALT", START + 2 * MINUTE_NS).messages == []


def test_who_is_not_told_to_read_them_does_not() -> None:
    turn = market(None).greet(START)

    assert [each.path for each in turn.calls if each.path.endswith("exchangeInfo")] == []
