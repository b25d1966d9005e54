"""Each kind of order on its way: what it waits for, what it pays, how it ends."""

import pytest

from sims.servers.binance.markets import MarketStatus
from tests.sims.servers.binance.desk import Desk, Document, limit, market, outcome, stop

REST = limit(newClientOrderId="mine")


def conditional(**changes: str) -> Document:
    return (
        limit(type="STOP_LOSS_LIMIT", side="SELL", price="54000.00", stopPrice="55000.00") | changes
    )


def state(desk: Desk, name: str = "mine") -> Document:
    answer = desk.sign("order.status", {"symbol": "BTCUSDT", "origClientOrderId": name})
    result: Document = answer["result"]
    return result


@pytest.mark.parametrize(
    ("order_type", "side", "stop_price", "price", "reached"),
    [
        ("STOP_LOSS_LIMIT", "SELL", "55000.00", "54000.00", "55000.00"),
        ("STOP_LOSS_LIMIT", "BUY", "65000.00", "66000.00", "65000.00"),
        ("TAKE_PROFIT_LIMIT", "SELL", "65000.00", "64000.00", "65000.00"),
        ("TAKE_PROFIT_LIMIT", "BUY", "55000.00", "56000.00", "55000.00"),
    ],
)
def test_a_condition_is_met_and_the_order_arrives_with_its_limit(
    desk: Desk, order_type: str, side: str, stop_price: str, price: str, reached: str
) -> None:
    placed = desk.place(conditional(type=order_type, side=side, stopPrice=stop_price, price=price))
    assert "status" not in placed["result"]
    [first] = desk.executions()

    desk.engine.mark("BTCUSDT", "60000.01")
    assert desk.executions() == []
    desk.engine.mark("BTCUSDT", reached)

    assert first == ("NEW", "NEW")
    assert desk.executions() == [("NEW", "NEW"), ("TRADE", "FILLED")]


@pytest.mark.parametrize(("side", "reached"), [("SELL", "65000.00"), ("BUY", "55000.00")])
def test_a_profit_is_taken_at_the_market(desk: Desk, side: str, reached: str) -> None:
    desk.place(stop(type="TAKE_PROFIT", side=side, stopPrice=reached))
    desk.engine.mark("BTCUSDT", reached)

    assert desk.executions()[-1] == ("TRADE", "FILLED")


def test_a_stop_whose_limit_is_passed_rests_and_says_that_it_is_in_the_book(desk: Desk) -> None:
    desk.place(conditional(price="56000.00"))
    waiting, _ = desk.events()
    desk.engine.mark("BTCUSDT", "55000.00")
    arrived, _ = desk.events()

    assert (waiting["w"], "W" in waiting) == (False, False)
    assert (arrived["x"], arrived["w"], arrived["X"], "W" in arrived) == ("NEW", True, "NEW", True)
    desk.engine.mark("BTCUSDT", "56000.00")
    assert desk.events()[0]["m"]


def test_a_maker_never_takes(desk: Desk) -> None:
    maker = limit(type="LIMIT_MAKER", timeInForce="")
    assert desk.place(maker)["status"] == 200
    desk.engine.mark("BTCUSDT", "50000.00")

    [trade] = [event for event in desk.events() if event.get("x") == "TRADE"]
    assert trade["m"]


def test_money_is_spent_in_whole_steps(desk: Desk) -> None:
    answer = desk.place(market(quantity="", quoteOrderQty="100"))["result"]

    assert (answer["origQty"], answer["cummulativeQuoteQty"]) == ("0.00166000", "99.60000000")
    assert (answer["origQuoteOrderQty"], answer["status"]) == ("100.00000000", "FILLED")
    assert desk.events()[0]["Q"] == "100.00000000"


def test_an_account_can_spend_all_that_it_has(desk: Desk) -> None:
    assert desk.place(market(quantity="1.66666"))["result"]["status"] == "FILLED"
    assert outcome(desk.place(market(quantity="0.00009")))[1] == -2010


@pytest.mark.parametrize(
    ("mode", "maker", "taker"),
    [
        ("NONE", "FILLED", "FILLED"),
        ("EXPIRE_TAKER", "NEW", "EXPIRED_IN_MATCH"),
        ("EXPIRE_MAKER", "EXPIRED_IN_MATCH", "NEW"),
        ("EXPIRE_BOTH", "EXPIRED_IN_MATCH", "EXPIRED_IN_MATCH"),
        ("DECREMENT", "EXPIRED_IN_MATCH", "EXPIRED_IN_MATCH"),
    ],
)
def test_an_account_need_not_trade_with_itself(
    desk: Desk, mode: str, maker: str, taker: str
) -> None:
    desk.place(limit(newClientOrderId="maker", price="59999.00"))
    desk.engine.quote("BTCUSDT", {}, {})
    desk.events()
    desk.place(
        limit(
            newClientOrderId="taker",
            side="SELL",
            price="59999.00",
            selfTradePreventionMode=mode,
        )
    )

    assert (state(desk, "maker")["status"], state(desk, "taker")["status"]) == (maker, taker)
    prevented = [event for event in desk.events() if event.get("x") == "TRADE_PREVENTION"]
    assert [(event["X"], event["pl"]) for event in prevented] == [
        ("EXPIRED_IN_MATCH", "0.10000000") for name in (maker, taker) if name == "EXPIRED_IN_MATCH"
    ]


@pytest.mark.parametrize(
    ("maker", "taker", "statuses", "locked"),
    [
        ("0.30000", "0.10000", ("NEW", "EXPIRED_IN_MATCH"), ("0.00000000", "11999.80000000")),
        ("0.10000", "0.30000", ("EXPIRED_IN_MATCH", "NEW"), ("0.20000000", "0.00000000")),
    ],
)
def test_the_larger_order_lives_on_with_what_the_smaller_leaves_it(
    desk: Desk, maker: str, taker: str, statuses: tuple[str, str], locked: tuple[str, str]
) -> None:
    desk.place(limit(newClientOrderId="maker", price="59999.00", quantity=maker))
    desk.engine.quote("BTCUSDT", {}, {})
    desk.events()
    desk.place(
        limit(
            newClientOrderId="taker",
            side="SELL",
            price="59999.00",
            quantity=taker,
            selfTradePreventionMode="DECREMENT",
        )
    )

    assert (state(desk, "maker")["status"], state(desk, "taker")["status"]) == statuses
    assert state(desk, "taker")["preventedQuantity"] == "0.10000000"
    assert (desk.balance("BTC")[1], desk.balance("USDT")[1]) == locked
    prevented = [event for event in desk.events() if event.get("x") == "TRADE_PREVENTION"]
    assert [(event["A"], event["B"]) for event in prevented] == [("0.10000000",) * 2] * 2


def test_an_account_that_prevents_itself_holds_no_more_than_it_has(desk: Desk) -> None:
    desk.engine.quote("BTCUSDT", {}, {6_000_000_000_000: 10_000_000})
    desk.place(limit(side="SELL", quantity="1.00000", price="60000.00"))
    desk.engine.quote("BTCUSDT", {}, {30_000_000_000_000: 900_000_000})

    desk.place(market(quantity="1.00000", selfTradePreventionMode="EXPIRE_MAKER"))

    usdt, _ = desk.balance("USDT")
    assert float(usdt) >= 0


def test_an_amended_order_keeps_its_place_and_frees_what_it_no_longer_needs(desk: Desk) -> None:
    desk.place(REST)
    desk.place(limit(newClientOrderId="second"))
    desk.events()

    answer = desk.sign(
        "order.amend.keepPriority",
        {
            "symbol": "BTCUSDT",
            "origClientOrderId": "mine",
            "newQty": "0.05",
            "newClientOrderId": "less",
        },
    )

    amended = answer["result"]["amendedOrder"]
    assert (amended["origClientOrderId"], amended["clientOrderId"]) == ("mine", "less")
    assert (amended["qty"], amended["status"]) == ("0.05000000", "NEW")
    [report, position] = desk.events()
    assert (report["x"], report["X"], report["q"], report["c"], report["C"]) == (
        "REPLACED", "NEW", "0.05000000", "less", "mine",
    )  # fmt: skip
    assert position["B"][1] == {"a": "USDT", "f": "92500.00000000", "l": "7500.00000000"}
    desk.engine.mark("BTCUSDT", "50000.00", "0.05000")
    assert (state(desk, "less")["status"], state(desk, "second")["status"]) == ("FILLED", "NEW")


@pytest.mark.parametrize(
    ("quantity", "code", "text"),
    [
        ("0.20000", -2038, "Order amend (quantity increase) is not supported."),
        ("0.10000", -2038, "The requested action would change no state; rejecting."),
        ("0.00001", -1013, "Filter failure: NOTIONAL"),
    ],
)
def test_an_amendment_can_only_make_an_order_smaller(
    desk: Desk, quantity: str, code: int, text: str
) -> None:
    desk.place(REST)
    params = {"symbol": "BTCUSDT", "orderId": 1, "newQty": quantity}

    assert outcome(desk.sign("order.amend.keepPriority", params)) == (400, code, text)


def test_an_order_of_which_more_has_traded_than_shall_be_left_ends(desk: Desk) -> None:
    desk.place(REST)
    desk.engine.mark("BTCUSDT", "50000.00", "0.05000")
    params = {"symbol": "BTCUSDT", "orderId": 1, "newQty": "0.05"}

    answer = desk.sign("order.amend.keepPriority", params)["result"]["amendedOrder"]

    assert (answer["status"], answer["executedQty"]) == ("EXPIRED", "0.05000000")
    assert desk.balance("USDT")[1] == "0.00000000"


def replace(**changes: str) -> Document:
    params = {"cancelReplaceMode": "STOP_ON_FAILURE", "cancelOrigClientOrderId": "mine"}
    return limit(newClientOrderId="new", price="51000.00") | params | changes


def test_one_order_takes_the_place_of_another(desk: Desk) -> None:
    desk.place(REST)

    result = desk.sign("order.cancelReplace", replace())["result"]

    assert (result["cancelResult"], result["newOrderResult"]) == ("SUCCESS", "SUCCESS")
    assert result["cancelResponse"]["origClientOrderId"] == "mine"
    assert result["newOrderResponse"]["clientOrderId"] == "new"


@pytest.mark.parametrize(
    ("changes", "expected", "halves"),
    [
        ({"cancelOrigClientOrderId": "none"}, (400, -2022), ("FAILURE", "NOT_ATTEMPTED")),
        (
            {"cancelOrigClientOrderId": "none", "cancelReplaceMode": "ALLOW_FAILURE"},
            (409, -2021),
            ("FAILURE", "SUCCESS"),
        ),
        ({"quantity": "9"}, (409, -2021), ("SUCCESS", "FAILURE")),
        (
            {
                "cancelOrigClientOrderId": "none",
                "cancelReplaceMode": "ALLOW_FAILURE",
                "quantity": "9",
            },
            (400, -2022),
            ("FAILURE", "FAILURE"),
        ),
    ],
)
def test_either_half_of_a_replacement_may_fail(
    desk: Desk, changes: Document, expected: tuple[int, int], halves: tuple[str, str]
) -> None:
    desk.place(REST)

    answer = desk.sign("order.cancelReplace", replace(**changes))

    assert outcome(answer)[:2] == expected
    data = answer["error"]["data"]
    assert (data["cancelResult"], data["newOrderResult"]) == halves
    if halves[0] == "FAILURE":
        assert data["cancelResponse"] == {"code": -2011, "msg": "Unknown order sent."}


def test_a_replacement_that_a_filter_forbids_leaves_the_old_order(desk: Desk) -> None:
    desk.place(REST)

    answer = desk.sign("order.cancelReplace", replace(price="51000.001"))

    assert outcome(answer)[1:] == (-1013, "Filter failure: PRICE_FILTER")
    assert state(desk)["status"] == "NEW"


def test_a_tested_order_leaves_no_trace(desk: Desk) -> None:
    assert desk.sign("order.test", limit())["result"] == {}
    rates = desk.sign("order.test", limit(computeCommissionRates="true"))["result"]
    assert set(rates) == {
        "standardCommissionForOrder", "specialCommissionForOrder", "taxCommissionForOrder",
        "discount",
    }  # fmt: skip
    assert outcome(desk.sign("order.test", limit(quantity="0")))[1] == -1013
    assert desk.engine.orders == {}


def test_all_open_orders_in_a_symbol_are_canceled(desk: Desk) -> None:
    desk.place(limit())
    desk.place(limit(symbol="ETHUSDT", price="2000.00"))
    desk.place(stop())

    bodies = desk.sign("openOrders.cancelAll", {"symbol": "BTCUSDT"})["result"]

    assert [(body["orderId"], body["status"]) for body in bodies] == [
        (1, "CANCELED"),
        (3, "CANCELED"),
    ]
    again = desk.sign("openOrders.cancelAll", {"symbol": "BTCUSDT"})
    assert outcome(again) == (400, -2011, "Unknown order sent.")


@pytest.mark.parametrize(
    ("params", "ids"),
    [
        ({}, [1, 2, 3]),
        ({"limit": 2}, [2, 3]),
        ({"orderId": 2}, [2, 3]),
        ({"orderId": 1, "limit": 1}, [1]),
        ({"startTime": 1_781_000_000_000}, [1, 2, 3]),
        ({"startTime": 1_781_000_000_001}, []),
        ({"endTime": 1_780_999_999_999}, []),
        ({"endTime": 1_781_000_000_000}, [1, 2, 3]),
        ({"startTime": 1_781_000_000_000_000}, [1, 2, 3]),
        ({"startTime": 1_781_000_000_000_001}, []),
        ({"endTime": 1_780_999_999_999_999}, []),
    ],
)
def test_orders_are_listed_open_or_ended(desk: Desk, params: Document, ids: list[int]) -> None:
    for order in (market(), limit(), limit(timeInForce="IOC")):
        desk.place(order)
    desk.place(limit(symbol="ETHUSDT", price="2000.00"))

    found = desk.sign("allOrders", {"symbol": "BTCUSDT"} | params)["result"]

    assert [each["orderId"] for each in found] == ids


def test_an_account_knows_what_it_pays_and_how_many_orders_are_unfilled(desk: Desk) -> None:
    desk.place(limit())

    counts = desk.sign("account.rateLimits.orders", {})["result"]
    rates = desk.sign("account.commission", {"symbol": "BTCUSDT"})["result"]

    assert [(each["intervalNum"], each["count"]) for each in counts] == [(10, 1), (1, 1)]
    assert rates["standardCommission"]["taker"] == "0.00000000"


def test_orders_are_counted_against_their_filters(desk: Desk) -> None:
    for _ in range(5):
        assert desk.place(stop(quantity="0.01"))["status"] == 200

    assert outcome(desk.place(stop(quantity="0.01")))[2] == "Filter failure: MAX_NUM_ALGO_ORDERS"
    assert desk.place(limit(quantity="0.01"))["status"] == 200


def test_open_orders_are_counted_too(desk: Desk) -> None:
    for number in range(200):
        desk.clock.ms += 200
        assert desk.place(limit(quantity="0.001"))["status"] == 200, number

    assert outcome(desk.place(limit(quantity="0.001")))[2] == "Filter failure: MAX_NUM_ORDERS"


def test_an_order_is_amended_ten_times_and_no_more(desk: Desk) -> None:
    desk.place(REST)
    quantities = [f"0.0{number}" for number in range(99, 87, -1)]
    key = {"symbol": "BTCUSDT", "orderId": 1}

    answers = [
        desk.sign("order.amend.keepPriority", key | {"newQty": quantity})
        for quantity in quantities[:11]
    ]

    assert [answer["status"] for answer in answers] == [200] * 10 + [400]
    assert outcome(answers[-1])[1:] == (-2038, "Filter failure: MAX_NUM_ORDER_AMENDS")


def test_an_order_carries_the_name_of_its_strategy(desk: Desk) -> None:
    answer = desk.place(limit(strategyId="7", strategyType="1000001"))["result"]
    event = desk.events()[0]

    assert (answer["strategyId"], answer["strategyType"]) == (7, 1_000_001)
    assert (event["j"], event["J"]) == (7, 1_000_001)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cancelOrigClientOrderId": None}, -1102),
        ({"cancelReplaceMode": "SOMETIMES"}, -1130),
        ({"symbol": "NONE"}, -1121),
    ],
)
def test_a_replacement_must_say_what_it_replaces(desk: Desk, changes: Document, code: int) -> None:
    params = {name: text for name, text in (replace() | changes).items() if text is not None}

    assert outcome(desk.sign("order.cancelReplace", params))[1] == code


def test_a_halted_symbol_lets_nobody_in_and_everybody_out(desk: Desk) -> None:
    desk.place(REST)
    desk.engine.markets["BTCUSDT"].status = MarketStatus.HALT

    assert outcome(desk.sign("order.test", limit()))[2] == "Market is closed."
    assert outcome(desk.sign("order.cancelReplace", replace()))[2] == "Market is closed."
    named = {"symbol": "BTCUSDT", "origClientOrderId": "mine"}
    assert desk.sign("order.cancel", named)["result"]["status"] == "CANCELED"
