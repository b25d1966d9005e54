"""Lists: one order cancels another, or brings another to the market."""

from typing import Any

import pytest

from tests.sims.servers.binance.desk import START_MS, Desk, Document, limit, market, outcome

PAIR = {
    "symbol": "BTCUSDT",
    "side": "SELL",
    "quantity": "0.5",
    "aboveType": "LIMIT_MAKER",
    "abovePrice": "65000.00",
    "belowType": "STOP_LOSS",
    "belowStopPrice": "55000.00",
    "aboveClientOrderId": "take",
    "belowClientOrderId": "stop",
    "listClientOrderId": "pair",
}
ENTRY = {
    "symbol": "BTCUSDT",
    "workingType": "LIMIT",
    "workingSide": "BUY",
    "workingTimeInForce": "GTC",
    "workingPrice": "59000.00",
    "workingQuantity": "0.5",
    "workingClientOrderId": "entry",
    "listClientOrderId": "entry-list",
}
STOP = {
    "pendingType": "STOP_LOSS",
    "pendingSide": "SELL",
    "pendingStopPrice": "55000.00",
    "pendingQuantity": "0.5",
    "pendingClientOrderId": "stop",
}
MARKET_FIRST = {"workingType": "MARKET", "workingPrice": None, "workingTimeInForce": None}
BRACKET = {
    "pendingSide": "SELL",
    "pendingQuantity": "0.5",
    "pendingAboveType": "LIMIT_MAKER",
    "pendingAbovePrice": "65000.00",
    "pendingAboveClientOrderId": "take",
    "pendingBelowType": "STOP_LOSS",
    "pendingBelowStopPrice": "55000.00",
    "pendingBelowClientOrderId": "stop",
}


def told(desk: Desk) -> list[tuple[Any, ...]]:
    """What was told of orders and lists, in order."""
    return [
        (event["e"][0], event["l"], event["L"])
        if event["e"] == "listStatus"
        else (event["c"], event["x"], event["X"])
        for event in desk.events()
        if event["e"] != "outboundAccountPosition"
    ]


def status(desk: Desk, name: str) -> str:
    answer = desk.sign("order.status", {"symbol": "BTCUSDT", "origClientOrderId": name})
    text: str = answer["result"]["status"]
    return text


def oco(desk: Desk, **changes: str) -> Document:
    return desk.sign("orderList.place.oco", PAIR | changes)


def test_a_pair_locks_its_quantity_once(desk: Desk) -> None:
    result = oco(desk)["result"]

    assert told(desk) == [
        ("l", "EXEC_STARTED", "EXECUTING"),
        ("take", "NEW", "NEW"),
        ("stop", "NEW", "NEW"),
    ]
    assert desk.balance("BTC") == ("0.50000000", "0.50000000")
    assert (result["contingencyType"], result["listStatusType"]) == ("OCO", "EXEC_STARTED")
    assert [each["clientOrderId"] for each in result["orders"]] == ["take", "stop"]
    assert [each["status"] for each in result["orderReports"]] == ["NEW", "NEW"]
    assert {each["orderListId"] for each in result["orderReports"]} == {0}


@pytest.mark.parametrize(
    ("price", "winner", "loser"),
    [("65000.00", "take", "stop"), ("55000.00", "stop", "take")],
)
def test_who_trades_first_lets_the_other_expire(
    desk: Desk, price: str, winner: str, loser: str
) -> None:
    oco(desk)
    desk.events()

    desk.engine.mark("BTCUSDT", price)

    events = told(desk)
    assert events[0] == (loser, "EXPIRED", "EXPIRED")
    assert events[-1] == ("l", "ALL_DONE", "ALL_DONE")
    assert (status(desk, winner), status(desk, loser)) == ("FILLED", "EXPIRED")
    assert desk.balance("BTC") == ("0.50000000", "0.00000000")
    [closed] = desk.sign("allOrderLists", {})["result"]
    assert closed["listOrderStatus"] == "ALL_DONE"


def test_a_part_fill_is_enough_to_let_the_other_expire(desk: Desk) -> None:
    oco(desk)

    desk.engine.mark("BTCUSDT", "65000.00", "0.10000")

    assert (status(desk, "take"), status(desk, "stop")) == ("PARTIALLY_FILLED", "EXPIRED")
    assert desk.balance("BTC") == ("0.50000000", "0.40000000")


def test_a_pair_of_purchases_locks_the_dearer(desk: Desk) -> None:
    oco(
        desk, side="BUY", aboveType="STOP_LOSS_LIMIT", aboveStopPrice="65000.00",
        abovePrice="66000.00", aboveTimeInForce="GTC", belowType="LIMIT_MAKER",
        belowPrice="55000.00", belowStopPrice="",
    )  # fmt: skip
    assert desk.balance("USDT") == ("67000.00000000", "33000.00000000")

    desk.engine.mark("BTCUSDT", "55000.00")

    assert desk.balance("USDT") == ("72500.00000000", "0.00000000")


@pytest.mark.parametrize("name", ["take", "stop"])
def test_a_cancel_of_one_takes_the_other_along(desk: Desk, name: str) -> None:
    oco(desk)

    desk.sign("order.cancel", {"symbol": "BTCUSDT", "origClientOrderId": name})

    assert [order.status.value for order in desk.engine.orders.values()] == ["CANCELED"] * 2
    assert told(desk)[-1] == ("l", "ALL_DONE", "ALL_DONE")
    assert desk.balance("BTC") == ("1.00000000", "0.00000000")


@pytest.mark.parametrize("key", [{"orderListId": 0}, {"listClientOrderId": "pair"}])
def test_a_list_is_found_and_canceled_by_either_name(desk: Desk, key: Document) -> None:
    oco(desk)
    assert [each["orderListId"] for each in desk.sign("openOrderLists.status", {})["result"]] == [0]
    asked = {"origClientOrderId": "pair"} if "listClientOrderId" in key else key
    assert desk.sign("orderList.status", asked)["result"]["listStatusType"] == "EXEC_STARTED"

    result = desk.sign("orderList.cancel", {"symbol": "BTCUSDT"} | key)["result"]

    assert [each["status"] for each in result["orderReports"]] == ["CANCELED", "CANCELED"]
    assert desk.sign("openOrderLists.status", {})["result"] == []
    again = desk.sign("orderList.cancel", {"symbol": "BTCUSDT"} | key)
    assert outcome(again)[1:] == (-2011, "Unknown order sent.")


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        (
            {"belowStopPrice": "64000.00", "belowType": "TAKE_PROFIT"},
            -2010,
            "Order would trigger immediately.",
        ),
        ({"belowType": "LIMIT_MAKER", "belowStopPrice": "", "belowPrice": "1"}, -2010,
         "Unsupported order combination"),
        ({"belowType": "MARKET", "belowStopPrice": ""}, -2010, "Unsupported order combination"),
        ({"abovePrice": "59000.00"}, -2010,
         "The relationship of the prices for the orders is not correct."),
        ({"quantity": "2"}, -2010, "Account has insufficient balance for requested action."),
        ({"quantity": "0"}, -1013, "Filter failure: LOT_SIZE"),
        ({"belowClientOrderId": "take"}, -2010, "Duplicate order sent."),
    ],
)  # fmt: skip
def test_a_list_comes_in_as_a_whole_or_not_at_all(
    desk: Desk, changes: Document, code: int, text: str
) -> None:
    answer = oco(desk, **changes)

    assert outcome(answer)[1] == code
    if "trigger" not in text:
        assert outcome(answer)[2] == text
    assert desk.engine.orders == {}
    assert desk.balance("BTC") == ("1.00000000", "0.00000000")


def test_what_is_pending_comes_when_the_working_order_is_filled(desk: Desk) -> None:
    desk.sign("orderList.place.oto", ENTRY | STOP)
    assert told(desk) == [
        ("l", "EXEC_STARTED", "EXECUTING"),
        ("stop", "NEW", "PENDING_NEW"),
        ("entry", "NEW", "NEW"),
    ]
    assert desk.balance("BTC")[1] == "0.00000000"

    desk.engine.mark("BTCUSDT", "59000.00")
    assert told(desk) == [
        ("entry", "TRADE", "FILLED"),
        ("l", "UPDATED", "EXECUTING"),
        ("stop", "NEW", "NEW"),
    ]
    assert desk.balance("BTC") == ("1.00000000", "0.50000000")

    desk.engine.mark("BTCUSDT", "55000.00")
    assert status(desk, "stop") == "FILLED"


def test_what_is_pending_ends_with_the_working_order(desk: Desk) -> None:
    desk.sign("orderList.place.oto", ENTRY | STOP | {"workingTimeInForce": "IOC"})

    assert told(desk)[1:] == [
        ("stop", "NEW", "PENDING_NEW"),
        ("entry", "NEW", "NEW"),
        ("entry", "EXPIRED", "EXPIRED"),
        ("stop", "EXPIRED", "EXPIRED"),
        ("l", "ALL_DONE", "ALL_DONE"),
    ]


def test_what_is_pending_is_canceled_with_the_working_order(desk: Desk) -> None:
    desk.sign("orderList.place.oto", ENTRY | STOP)

    desk.sign("order.cancel", {"symbol": "BTCUSDT", "origClientOrderId": "entry"})

    assert [order.status.value for order in desk.engine.orders.values()] == ["CANCELED"] * 2
    assert desk.balance("USDT") == ("100000.00000000", "0.00000000")


@pytest.mark.parametrize(
    ("pending", "reason"),
    [
        ({"pendingStopPrice": "59500.00"}, "STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY"),
        ({"pendingQuantity": "3"}, "INSUFFICIENT_BALANCES"),
    ],
)
def test_what_is_pending_may_come_too_late(desk: Desk, pending: Document, reason: str) -> None:
    desk.sign("orderList.place.oto", ENTRY | STOP | pending)
    desk.events()

    desk.engine.mark("BTCUSDT", "59000.00")

    [rejected] = [event for event in desk.events() if event.get("x") == "REJECTED"]
    assert (rejected["c"], rejected["r"], rejected["X"]) == ("stop", reason, "REJECTED")


@pytest.mark.parametrize(("price", "winner"), [("65000.00", "take"), ("55000.00", "stop")])
def test_an_entry_brings_both_of_its_exits(desk: Desk, price: str, winner: str) -> None:
    desk.sign("orderList.place.otoco", ENTRY | BRACKET)
    desk.engine.mark("BTCUSDT", "59000.00")
    assert (status(desk, "take"), status(desk, "stop")) == ("NEW", "NEW")
    assert desk.balance("BTC") == ("1.00000000", "0.50000000")

    desk.engine.mark("BTCUSDT", price)

    assert status(desk, winner) == "FILLED"
    assert desk.balance("BTC") == ("1.00000000", "0.00000000")
    assert told(desk)[-1] == ("l", "ALL_DONE", "ALL_DONE")


def test_an_exit_that_is_rejected_takes_the_other_along(desk: Desk) -> None:
    desk.sign("orderList.place.otoco", ENTRY | BRACKET | {"pendingQuantity": "3"})

    desk.engine.mark("BTCUSDT", "59000.00")

    assert {status(desk, "take"), status(desk, "stop")} == {"REJECTED", "EXPIRED"}
    assert told(desk)[-1] == ("l", "ALL_DONE", "ALL_DONE")


def test_a_list_is_canceled_with_all_that_is_open(desk: Desk) -> None:
    oco(desk)

    [body] = desk.sign("openOrders.cancelAll", {"symbol": "BTCUSDT"})["result"]

    assert (body["orderListId"], body["listStatusType"]) == (0, "ALL_DONE")
    assert len(body["orderReports"]) == 2


def test_a_list_that_is_not_there_is_not_found(desk: Desk) -> None:
    missing = desk.sign("orderList.status", {"orderListId": 7})

    assert outcome(missing)[1:] == (-2018, "Order list does not exist.")


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("orderList.place.oto", ENTRY | STOP | {"workingType": "STOP_LOSS"}, -1106),
        ("orderList.place.oto", ENTRY | STOP | MARKET_FIRST, -2010),
        ("orderList.place.otoco", ENTRY | BRACKET | MARKET_FIRST, -2010),
        ("orderList.place.otoco", ENTRY | BRACKET | {"pendingAbovePrice": "54000.00"}, -2010),
        ("orderList.cancel", {"symbol": "BTCUSDT"}, -1102),
        ("orderList.status", {}, -1102),
        ("orderList.place.oco", PAIR | {"symbol": "NONE"}, -1121),
    ],
)
def test_a_list_that_cannot_be_is_refused(
    desk: Desk, method: str, params: Document, code: int
) -> None:
    asked = {name: text for name, text in params.items() if text is not None}

    assert outcome(desk.sign(method, asked))[1] == code
    assert desk.engine.orders == {}


def test_lists_are_counted_and_have_a_name_each(desk: Desk) -> None:
    assert oco(desk, quantity="0.01")["status"] == 200
    again = oco(desk, quantity="0.01", aboveClientOrderId="a", belowClientOrderId="b")
    assert outcome(again)[1:] == (-2010, "Duplicate order sent.")
    for number in range(19):
        names = {"listClientOrderId": f"l{number}", "workingClientOrderId": f"w{number}"}
        pending = {"pendingType": "MARKET", "pendingStopPrice": None, "pendingClientOrderId": None}
        quantities = {"workingQuantity": "0.01", "pendingQuantity": "0.01"}
        params = ENTRY | STOP | names | pending | quantities
        asked = {name: text for name, text in params.items() if text is not None}
        assert desk.sign("orderList.place.oto", asked)["status"] == 200
        desk.clock.ms += 10_000

    last = oco(desk, listClientOrderId="x", aboveClientOrderId="a", belowClientOrderId="b")
    assert outcome(last)[2] == "Filter failure: MAX_NUM_ORDER_LISTS"


@pytest.mark.parametrize(
    ("params", "ids"),
    [
        ({}, [0, 1]),
        ({"limit": 1}, [1]),
        ({"fromId": 1}, [1]),
        ({"fromId": 0, "limit": 1}, [0]),
        ({"startTime": START_MS, "endTime": START_MS}, [0, 1]),
        ({"startTime": START_MS + 1}, []),
        ({"endTime": START_MS - 1}, []),
    ],
)
def test_lists_are_listed(desk: Desk, params: Document, ids: list[int]) -> None:
    oco(desk, quantity="0.1")
    desk.sign("orderList.place.oto", ENTRY | STOP | {"pendingClientOrderId": "later"})

    listed = desk.sign("allOrderLists", params)["result"]

    assert [each["orderListId"] for each in listed] == ids


def test_a_pair_of_which_one_gets_smaller_still_holds_for_the_other(desk: Desk) -> None:
    oco(desk)

    key = {"symbol": "BTCUSDT", "origClientOrderId": "take", "newQty": "0.1"}
    assert desk.sign("order.amend.keepPriority", key)["status"] == 200
    assert desk.balance("BTC") == ("0.50000000", "0.50000000")
    desk.place(market(side="SELL", quantity="0.5"))
    desk.engine.mark("BTCUSDT", "55000.00")

    assert status(desk, "stop") == "FILLED"
    assert desk.balance("BTC") == ("0.00000000", "0.00000000")


@pytest.mark.parametrize("mode", ["EXPIRE_MAKER", "DECREMENT"])
def test_a_pair_that_would_have_traded_with_its_own_account_is_no_pair_any_more(
    desk: Desk, mode: str
) -> None:
    oco(desk)
    desk.engine.quote("BTCUSDT", {}, {})

    desk.place(limit(price="65000.00", quantity="0.1", selfTradePreventionMode=mode))

    assert status(desk, "stop") == "EXPIRED"
    left = "0.40000000" if mode == "DECREMENT" else "0.00000000"
    assert desk.balance("BTC")[1] == left
