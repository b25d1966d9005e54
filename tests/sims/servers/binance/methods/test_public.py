"""What anybody may ask."""

import pytest

from sims.servers.binance.amounts import amount
from sims.servers.binance.engine import Engine
from sims.servers.binance.markets import SYMBOLS, SymbolRules
from tests.sims.servers.binance.desk import START_MS, Clock, Desk, Document


def test_the_venue_is_there_and_tells_the_time(desk: Desk) -> None:
    assert desk.ask("ping")["result"] == {}
    assert desk.ask("time")["result"] == {"serverTime": START_MS}


@pytest.mark.parametrize(
    ("params", "symbols"),
    [
        ({}, ["BTCUSDT", "ETHUSDT", "IBMUSD"]),
        ({"symbol": "ETHUSDT"}, ["ETHUSDT"]),
        ({"symbols": ["IBMUSD", "BTCUSDT"]}, ["IBMUSD", "BTCUSDT"]),
        ({"symbols": '["IBMUSD","BTCUSDT"]'}, ["IBMUSD", "BTCUSDT"]),
        ({"permissions": "SPOT", "symbolStatus": "TRADING"}, ["BTCUSDT", "ETHUSDT", "IBMUSD"]),
        ({"permissions": '["MARGIN","SPOT"]'}, ["BTCUSDT", "ETHUSDT", "IBMUSD"]),
        ({"permissions": ["MARGIN"]}, []),
        ({"symbolStatus": "HALT"}, []),
    ],
)
def test_symbols_are_described_as_asked(clock: Clock, params: Document, symbols: list[str]) -> None:
    share = SymbolRules(
        symbol="IBMUSD",
        base="IBM",
        quote="USD",
        tick=amount("0.0001"),
        step=amount("1"),
        price_opening=amount("82.0600"),
    )
    desk = Desk(Engine(now=clock, symbols=(*SYMBOLS, share)), clock)

    result = desk.ask("exchangeInfo", **params)["result"]

    assert [each["symbol"] for each in result["symbols"]] == symbols


def test_permissions_need_not_be_told(desk: Desk) -> None:
    told = desk.ask("exchangeInfo", symbol="BTCUSDT", showPermissionSets=False)["result"]

    assert "permissionSets" not in told["symbols"][0]


def test_a_symbol_tells_its_filters(desk: Desk) -> None:
    result = desk.ask("exchangeInfo", symbol="BTCUSDT")["result"]

    [symbol] = result["symbols"]
    assert symbol["orderTypes"] == [
        "LIMIT",
        "MARKET",
        "STOP_LOSS",
        "STOP_LOSS_LIMIT",
        "TAKE_PROFIT",
        "TAKE_PROFIT_LIMIT",
        "LIMIT_MAKER",
    ]
    assert (symbol["permissions"], symbol["permissionSets"]) == ([], [["SPOT"]])
    filters = {each.pop("filterType"): each for each in symbol["filters"]}
    assert filters == {
        "PRICE_FILTER": {
            "minPrice": "0.01000000",
            "maxPrice": "1000000.00000000",
            "tickSize": "0.01000000",
        },
        "LOT_SIZE": {
            "minQty": "0.00001000",
            "maxQty": "9000.00000000",
            "stepSize": "0.00001000",
        },
        "MARKET_LOT_SIZE": {
            "minQty": "0.00000000",
            "maxQty": "120.00000000",
            "stepSize": "0.00000000",
        },
        "PERCENT_PRICE_BY_SIDE": {
            "bidMultiplierUp": "5",
            "bidMultiplierDown": "0.2",
            "askMultiplierUp": "5",
            "askMultiplierDown": "0.2",
            "avgPriceMins": 0,
        },
        "NOTIONAL": {
            "minNotional": "5.00000000",
            "applyMinToMarket": True,
            "maxNotional": "9000000.00000000",
            "applyMaxToMarket": False,
            "avgPriceMins": 0,
        },
        "MAX_NUM_ORDERS": {"maxNumOrders": 200},
        "MAX_NUM_ORDER_LISTS": {"maxNumOrderLists": 20},
        "MAX_NUM_ALGO_ORDERS": {"maxNumAlgoOrders": 5},
        "MAX_NUM_ORDER_AMENDS": {"maxNumOrderAmends": 10},
    }
    assert [each["limit"] for each in result["rateLimits"]] == [6_000, 100, 200_000, 300_000]


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("ping", {"x": 1}, -1104),
        ("time", {"x": 1}, -1104),
        ("exchangeInfo", {"x": 1}, -1104),
        ("exchangeInfo", {"symbol": "NONE"}, -1121),
        ("exchangeInfo", {"symbols": ["BTCUSDT", "NONE"]}, -1121),
        ("exchangeInfo", {"symbol": "BTCUSDT", "symbols": []}, -1128),
        ("exchangeInfo", {"symbols": "BTCUSDT"}, -1130),
    ],
)
def test_what_nobody_can_answer_is_refused(
    desk: Desk, method: str, params: Document, code: int
) -> None:
    assert desk.ask(method, **params)["error"]["code"] == code
