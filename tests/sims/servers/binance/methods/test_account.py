"""What an account owns and what it has traded."""

import pytest

from tests.sims.servers.binance.desk import START_MS, Clock, Desk, Document, market

HOUR_MS = 3_600_000


def test_an_account_tells_its_balances_and_fees(desk: Desk) -> None:
    result = desk.sign("account.status", {})["result"]

    assert result["accountType"] == "SPOT"
    assert result["commissionRates"]["taker"] == "0.00000000"
    assert result["balances"] == [
        {"asset": "BTC", "free": "1.00000000", "locked": "0.00000000"},
        {"asset": "USDT", "free": "100000.00000000", "locked": "0.00000000"},
    ]


def test_what_is_spent_may_be_left_out(desk: Desk) -> None:
    desk.place(market(side="SELL", quantity="1.00000"))

    every = desk.sign("account.status", {})["result"]["balances"]
    some = desk.sign("account.status", {"omitZeroBalances": True})["result"]["balances"]

    assert [each["asset"] for each in every] == ["BTC", "USDT"]
    assert some == [{"asset": "USDT", "free": "160000.00000000", "locked": "0.00000000"}]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, [1, 2, 3]),
        ({"orderId": 2}, [2]),
        ({"fromId": 2}, [2, 3]),
        ({"fromId": 1, "limit": 2}, [1, 2]),
        ({"limit": 2}, [2, 3]),
        ({"startTime": START_MS + HOUR_MS}, [2, 3]),
        ({"endTime": START_MS + HOUR_MS}, [1, 2]),
        ({"startTime": START_MS, "endTime": START_MS + HOUR_MS, "limit": 1}, [1]),
        ({"symbol": "ETHUSDT"}, []),
    ],
)
def test_trades_are_chosen_by_order_id_or_time(
    desk: Desk, clock: Clock, params: Document, expected: list[int]
) -> None:
    for _ in range(3):
        desk.place(market())
        clock.ms += HOUR_MS

    answer = desk.sign("myTrades", {"symbol": "BTCUSDT"} | params)

    assert [trade["id"] for trade in answer["result"]] == expected


def test_a_trade_tells_both_sides_of_the_money(desk: Desk) -> None:
    desk.place(market())

    assert desk.sign("myTrades", {"symbol": "BTCUSDT"})["result"] == [
        {
            "symbol": "BTCUSDT",
            "id": 1,
            "orderId": 1,
            "orderListId": -1,
            "price": "60000.00000000",
            "qty": "0.10000000",
            "quoteQty": "6000.00000000",
            "commission": "0.00000000",
            "commissionAsset": "BTC",
            "time": START_MS,
            "isBuyer": True,
            "isMaker": False,
            "isBestMatch": True,
        }
    ]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"fromId": 1, "startTime": 1}, -1128),
        ({"orderId": 1, "endTime": 1}, -1128),
        ({"startTime": 0, "endTime": 86_400_001}, -1127),
        ({"symbol": None}, -1102),
    ],
)
def test_combinations_that_are_not_documented_are_refused(
    desk: Desk, params: Document, code: int
) -> None:
    assert desk.sign("myTrades", {"symbol": "BTCUSDT"} | params)["error"]["code"] == code
