"""Placing, asking and canceling: bodies as documented, refusals with their exact texts."""

import pytest

from tests.sims.servers.binance.desk import (
    START_MS,
    Clock,
    Desk,
    Document,
    limit,
    market,
    outcome,
    stop,
)

ACK = {
    "symbol": "BTCUSDT",
    "orderId": 1,
    "orderListId": -1,
    "clientOrderId": "mine",
    "transactTime": START_MS,
}
RESTING = {
    "price": "50000.00000000",
    "origQty": "0.10000000",
    "executedQty": "0.00000000",
    "origQuoteOrderQty": "0.00000000",
    "cummulativeQuoteQty": "0.00000000",
    "status": "NEW",
    "timeInForce": "GTC",
    "type": "LIMIT",
    "side": "BUY",
    "selfTradePreventionMode": "NONE",
}
RESULT = ACK | RESTING | {"workingTime": START_MS}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        (limit(newOrderRespType="ACK"), ACK),
        (limit(newOrderRespType="RESULT"), RESULT),
        (limit(newOrderRespType="FULL"), RESULT | {"fills": []}),
        (limit(), RESULT | {"fills": []}),
        (stop(), ACK),
    ],
)
def test_an_answer_tells_as_much_as_was_asked(
    desk: Desk, params: Document, expected: Document
) -> None:
    answer = desk.place(params | {"newClientOrderId": "mine"})

    assert answer["status"] == 200
    assert answer["result"] == expected


def test_a_stop_order_tells_its_trigger_and_that_it_does_not_work_yet(desk: Desk) -> None:
    result = desk.place(stop(newOrderRespType="RESULT"))["result"]
    queried = desk.sign("order.status", {"symbol": "BTCUSDT", "orderId": 1})["result"]

    assert (result["stopPrice"], "workingTime" in result) == ("55000.00000000", False)
    assert (queried["isWorking"], queried["workingTime"]) == (False, -1)


def test_a_market_order_tells_its_fills(desk: Desk) -> None:
    result = desk.place(market(side="SELL"))["result"]

    assert (result["status"], result["cummulativeQuoteQty"]) == ("FILLED", "6000.00000000")
    assert result["fills"] == [
        {
            "price": "60000.00000000",
            "qty": "0.10000000",
            "commission": "0.00000000",
            "commissionAsset": "USDT",
            "tradeId": 1,
        }
    ]


def mandatory(name: str) -> str:
    return f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."


def illegal(name: str, pattern: str) -> str:
    return f"Illegal characters found in parameter '{name}'; legal range is '{pattern}'."


@pytest.mark.parametrize(
    ("params", "code", "text"),
    [
        (limit(symbol="LTCBTC"), -1121, "Invalid symbol."),
        (limit(symbol=""), -1102, mandatory("symbol")),
        (limit(side="HOLD"), -1117, "Invalid side."),
        (limit(side=""), -1102, mandatory("side")),
        (limit(type="STOP"), -1116, "Invalid orderType."),
        (limit(type=""), -1102, mandatory("type")),
        (limit(timeInForce="DAY"), -1115, "Invalid timeInForce."),
        (limit(timeInForce=""), -1102, mandatory("timeInForce")),
        (limit(price=""), -1102, mandatory("price")),
        (limit(quantity=""), -1102, mandatory("quantity")),
        (stop(stopPrice=""), -1102, mandatory("stopPrice")),
        (market(timeInForce="GTC"), -1106, "Parameter 'timeInForce' sent when not required."),
        (market(price="1.00"), -1106, "Parameter 'price' sent when not required."),
        (stop(price="1.00"), -1106, "Parameter 'price' sent when not required."),
        (limit(stopPrice="1.00"), -1106, "Parameter 'stopPrice' sent when not required."),
        (
            limit(price="1e3"),
            -1100,
            illegal("price", r"^([0-9]{1,20})(\.[0-9]{1,20})?$"),
        ),
        (limit(quantity="0.100000001"), -1111, "Parameter 'quantity' has too much precision."),
        (limit(quantity="0.000001"), -1013, "Filter failure: LOT_SIZE"),
        (limit(price="50000.001"), -1013, "Filter failure: PRICE_FILTER"),
        (limit(quantity="0.00001"), -1013, "Filter failure: NOTIONAL"),
        (
            limit(newClientOrderId="a b"),
            -1100,
            illegal("newClientOrderId", "^[a-zA-Z0-9-_]{1,36}$"),
        ),
        (
            limit(colour="red"),
            -1104,
            "Not all sent parameters were read; read '9' parameter(s) but was sent '10'.",
        ),
        (
            limit(newOrderRespType="ALL"),
            -1130,
            "Data sent for parameter 'newOrderRespType' is not valid.",
        ),
        (
            limit(quantity="2.10000"),
            -2010,
            "Account has insufficient balance for requested action.",
        ),
        (stop(stopPrice="60000.00"), -2010, "Order would trigger immediately."),
        (
            market(quoteOrderQty="100"),
            -1106,
            "Parameter 'quantity' sent when not required.",
        ),
        (market(quantity="", quoteOrderQty="0.50"), -1013, "Filter failure: LOT_SIZE"),
        (
            limit(type="STOP_LOSS_LIMIT"),
            -1102,
            "Mandatory parameter 'stopPrice' was not sent, was empty/null, or malformed.",
        ),
        (limit(icebergQty="0.01"), -2010, "Iceberg orders are not supported for this symbol."),
        (
            stop(stopPrice="", trailingDelta="100"),
            -2010,
            "Trailing stop orders are not supported for this symbol.",
        ),
        (
            limit(type="LIMIT_MAKER", timeInForce="", price="60000.00"),
            -2010,
            "Order would immediately match and take.",
        ),
        (
            limit(type="TAKE_PROFIT", timeInForce="", price="", stopPrice="60000.00"),
            -2010,
            "Order would trigger immediately.",
        ),
        (limit(price="300000.01"), -1013, "Filter failure: PERCENT_PRICE_BY_SIDE"),
        (
            limit(selfTradePreventionMode="X"),
            -1130,
            "Data sent for parameter 'selfTradePreventionMode' is not valid.",
        ),
    ],
)  # fmt: skip
def test_an_order_that_cannot_be_is_refused_and_leaves_no_trace(
    desk: Desk, params: Document, code: int, text: str
) -> None:
    assert outcome(desk.place({name: each for name, each in params.items() if each})) == (
        400,
        code,
        text,
    )
    assert desk.events() == []
    assert desk.engine.orders == {}


def test_an_open_client_id_is_refused_again(desk: Desk) -> None:
    desk.place(limit(newClientOrderId="mine"))

    again = desk.place(limit(newClientOrderId="mine"))

    assert outcome(again) == (400, -2010, "Duplicate order sent.")
    assert len(desk.engine.orders) == 1


@pytest.mark.parametrize("key", [{"orderId": 1}, {"origClientOrderId": "mine"}])
def test_an_order_is_told_by_either_id(desk: Desk, key: Document) -> None:
    desk.place(limit(newClientOrderId="mine"))

    result = desk.sign("order.status", {"symbol": "BTCUSDT"} | key)["result"]

    times = {"time": START_MS, "updateTime": START_MS, "workingTime": START_MS}
    plain = {"stopPrice": "0.00000000", "icebergQty": "0.00000000", "isWorking": True}
    expected = ACK | RESTING | times | plain
    del expected["transactTime"]
    assert result == expected


def test_an_expired_order_tells_why(desk: Desk) -> None:
    desk.place(limit(timeInForce="IOC"))

    result = desk.sign("order.status", {"symbol": "BTCUSDT", "orderId": "1"})["result"]

    assert result["expiryReason"] == "UNFILLED_IOC_QUANTITY_EXPIRED"


@pytest.mark.parametrize("method", ["order.status", "order.cancel"])
def test_an_order_must_be_named(desk: Desk, method: str) -> None:
    assert outcome(desk.sign(method, {"symbol": "BTCUSDT"})) == (
        400,
        -1102,
        "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!",
    )


@pytest.mark.parametrize(
    ("method", "params", "code", "text"),
    [
        ("order.status", {"orderId": 9}, -2013, "Order does not exist."),
        ("order.status", {"origClientOrderId": "z"}, -2013, "Order does not exist."),
        (
            "order.status",
            {"orderId": 1, "origClientOrderId": "z"},
            -2039,
            "Client order ID is not correct for this order ID.",
        ),
        ("order.cancel", {"origClientOrderId": "z"}, -2011, "Unknown order sent."),
        (
            "order.cancel",
            {"orderId": 1, "cancelRestrictions": "ONLY_PARTIALLY_FILLED"},
            -2011,
            "Order was not canceled due to cancel restrictions.",
        ),
        (
            "order.cancel",
            {"orderId": 1, "cancelRestrictions": "NEVER"},
            -1145,
            "`cancelRestrictions` has to be either `ONLY_NEW` or `ONLY_PARTIALLY_FILLED`.",
        ),
    ],
)
def test_an_order_that_does_not_fit_is_refused(
    desk: Desk, method: str, params: Document, code: int, text: str
) -> None:
    desk.place(limit())

    assert outcome(desk.sign(method, {"symbol": "BTCUSDT"} | params)) == (400, code, text)


def test_a_cancel_keeps_the_fills_and_gives_the_order_a_new_name(desk: Desk, clock: Clock) -> None:
    desk.engine.mark("BTCUSDT", "50000.00", "0.04")
    desk.place(limit(newClientOrderId="mine"))
    clock.ms += 7
    desk.events()

    params = {"symbol": "BTCUSDT", "origClientOrderId": "mine", "newClientOrderId": "end"}
    result = desk.sign("order.cancel", params)["result"]

    [report, _] = desk.events()
    assert result == RESTING | {
        "symbol": "BTCUSDT",
        "origClientOrderId": "mine",
        "orderId": 1,
        "orderListId": -1,
        "clientOrderId": "end",
        "transactTime": START_MS + 7,
        "status": "CANCELED",
        "executedQty": "0.04000000",
        "cummulativeQuoteQty": "2000.00000000",
    }
    assert [report[letter] for letter in "cCxXzw"] == [
        "end",
        "mine",
        "CANCELED",
        "CANCELED",
        "0.04000000",
        False,
    ]
    again = desk.sign("order.cancel", {"symbol": "BTCUSDT", "orderId": 1})
    assert outcome(again) == (400, -2011, "Unknown order sent.")


def test_open_orders_are_listed_by_symbol_or_all(desk: Desk) -> None:
    desk.place(limit(newClientOrderId="a"))
    desk.place(limit(symbol="ETHUSDT", price="2000.00", newClientOrderId="b"))
    desk.place(market())

    one = desk.sign("openOrders.status", {"symbol": "BTCUSDT"})
    every = desk.sign("openOrders.status", {})

    assert [order["clientOrderId"] for order in one["result"]] == ["a"]
    assert [order["clientOrderId"] for order in every["result"]] == ["a", "b"]
    assert desk.sign("openOrders.status", {"symbol": "X"})["error"]["code"] == -1121
