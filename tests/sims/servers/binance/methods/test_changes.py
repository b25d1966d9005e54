"""An account is told what became of its orders besides trades."""

import pytest

from tests.sims.servers.binance.desk import START_MS, Desk, Document, limit, outcome


def amended(desk: Desk) -> None:
    desk.place(limit(newClientOrderId="a"))
    for quantity in ("0.09", "0.08"):
        params = {"symbol": "BTCUSDT", "orderId": 1, "newQty": quantity}
        desk.sign("order.amend.keepPriority", params)


def test_amendments_are_told_in_turn(desk: Desk) -> None:
    amended(desk)

    rows = desk.sign("order.amendments", {"symbol": "BTCUSDT", "orderId": 1})["result"]
    ids = [row["executionId"] for row in rows]
    params = {"symbol": "BTCUSDT", "orderId": 1, "fromExecutionId": ids[1]}
    later = desk.sign("order.amendments", params)["result"]

    assert rows[0] == {
        "symbol": "BTCUSDT",
        "orderId": 1,
        "executionId": ids[0],
        "origClientOrderId": "a",
        "newClientOrderId": rows[1]["origClientOrderId"],
        "origQty": "0.10000000",
        "newQty": "0.09000000",
        "time": START_MS,
    }
    assert later == rows[1:]


def test_there_are_none_of_an_order_that_does_not_exist(desk: Desk) -> None:
    missing = desk.sign("order.amendments", {"symbol": "BTCUSDT", "orderId": 7})

    assert outcome(missing)[1] == -2013


def prevented(desk: Desk) -> None:
    desk.place(limit(newClientOrderId="maker", price="59999.00"))
    desk.engine.quote("BTCUSDT", {}, {})
    for mode in ("EXPIRE_TAKER", "EXPIRE_MAKER"):
        desk.place(limit(side="SELL", price="59998.00", selfTradePreventionMode=mode))


@pytest.mark.parametrize(
    ("params", "ids"),
    [
        ({"orderId": 1}, [1, 2]),
        ({"orderId": 3}, [2]),
        ({"orderId": 1, "limit": 1}, [1]),
        ({"orderId": 1, "fromPreventedMatchId": 2}, [2]),
        ({"preventedMatchId": 1}, [1]),
        ({"preventedMatchId": 9}, []),
    ],
)
def test_prevented_matches_are_told_to_both_of_their_orders(
    desk: Desk, params: Document, ids: list[int]
) -> None:
    prevented(desk)

    rows = desk.sign("myPreventedMatches", {"symbol": "BTCUSDT"} | params)["result"]

    assert [row["preventedMatchId"] for row in rows] == ids


def test_a_prevented_match_names_its_orders_and_its_price(desk: Desk) -> None:
    prevented(desk)

    params = {"symbol": "BTCUSDT", "preventedMatchId": 2}
    [row] = desk.sign("myPreventedMatches", params)["result"]

    assert row == {
        "symbol": "BTCUSDT",
        "preventedMatchId": 2,
        "takerOrderId": 3,
        "makerSymbol": "BTCUSDT",
        "makerOrderId": 1,
        "tradeGroupId": 2,
        "selfTradePreventionMode": "EXPIRE_MAKER",
        "price": "59999.00000000",
        "makerPreventedQuantity": "0.10000000",
        "transactTime": START_MS,
    }
    assert outcome(desk.sign("myPreventedMatches", {"symbol": "BTCUSDT"}))[1] == -1102
