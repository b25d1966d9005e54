"""What happens to orders when they arrive and when the price moves, as the account is told."""

import pytest

from sims.servers.binance.engine import Engine
from sims.servers.binance.paying import Fees
from tests.sims.servers.binance.desk import MAIN, Clock, Desk, Document, limit, market, stop

NEW = ("NEW", "NEW")
PART = ("TRADE", "PARTIALLY_FILLED")
FILLED = ("TRADE", "FILLED")
CANCELED = ("CANCELED", "CANCELED")
EXPIRED = ("EXPIRED", "EXPIRED")


@pytest.mark.parametrize(
    ("params", "available", "expected", "reason"),
    [
        (market(), None, [NEW, FILLED], None),
        (market(side="SELL"), None, [NEW, FILLED], None),
        (market(), "0.04", [NEW, PART, EXPIRED], "INSUFFICIENT_LIQUIDITY"),
        (market(), "0", [NEW, EXPIRED], "INSUFFICIENT_LIQUIDITY"),
        (limit(), None, [NEW], None),
        (limit(price="60000.00"), None, [NEW, FILLED], None),
        (limit(price="59999.99"), None, [NEW], None),
        (limit(side="SELL", price="60000.00"), None, [NEW, FILLED], None),
        (limit(side="SELL", price="60000.01"), None, [NEW], None),
        (limit(price="61000.00"), "0.04", [NEW, PART], None),
        (limit(timeInForce="IOC"), None, [NEW, EXPIRED], "UNFILLED_IOC_QUANTITY_EXPIRED"),
        (
            limit(timeInForce="IOC", price="61000.00"),
            "0.04",
            [NEW, PART, EXPIRED],
            "UNFILLED_IOC_QUANTITY_EXPIRED",
        ),
        (limit(timeInForce="IOC", price="61000.00"), None, [NEW, FILLED], None),
        (limit(timeInForce="FOK"), None, [NEW, EXPIRED], "UNFILLED_FOK_ORDER_EXPIRED"),
        (
            limit(timeInForce="FOK", price="61000.00"),
            "0.09999",
            [NEW, EXPIRED],
            "UNFILLED_FOK_ORDER_EXPIRED",
        ),
        (limit(timeInForce="FOK", price="61000.00"), "0.1", [NEW, FILLED], None),
        (stop(), None, [NEW], None),
    ],
)
def test_an_order_meets_the_market_on_arrival(
    desk: Desk,
    params: Document,
    available: str | None,
    expected: list[tuple[str, str]],
    reason: str | None,
) -> None:
    desk.engine.mark("BTCUSDT", "60000.00", available)

    assert desk.place(params)["status"] == 200

    events = desk.events()
    reports = [event for event in events if event["e"] == "executionReport"]
    assert [(report["x"], report["X"]) for report in reports] == expected
    assert reports[-1].get("eR") == reason
    assert events[-1]["e"] == "outboundAccountPosition"


@pytest.mark.parametrize(
    ("params", "path", "expected"),
    [
        (limit(), ["50000.01", "50000.00"], [[], [FILLED]]),
        (limit(), ["50000.01", "40000.00"], [[], [FILLED]]),
        (limit(side="SELL", price="61000.00"), ["60999.99", "61000.00"], [[], [FILLED]]),
        (stop(), ["55000.01", "55000.00"], [[], [NEW, FILLED]]),
        (stop(), ["40000.00"], [[NEW, FILLED]]),
        (
            stop(side="BUY", stopPrice="65000.00"),
            ["64999.99", "65000.01"],
            [[], [NEW, FILLED]],
        ),
    ],
)
def test_a_waiting_order_trades_when_the_price_arrives(
    desk: Desk, params: Document, path: list[str], expected: list[list[tuple[str, str]]]
) -> None:
    desk.place(params)
    desk.events()

    told = []
    for price in path:
        desk.engine.mark("BTCUSDT", price)
        told.append(desk.executions())

    assert told == expected


def test_who_waited_gets_the_limit_price_and_who_takes_gets_the_market_price(desk: Desk) -> None:
    taken = desk.place(limit(price="61000.00"))["result"]["fills"]
    desk.place(limit(price="59000.00"))
    desk.engine.mark("BTCUSDT", "58000.00")

    waited = [event for event in desk.events() if event.get("x") == "TRADE"][-1]
    assert [fill["price"] for fill in taken] == ["60000.00000000"]
    assert (waited["L"], waited["m"]) == ("59000.00000000", True)
    assert desk.balance("USDT") == ("88100.00000000", "0.00000000")
    assert desk.balance("BTC") == ("1.20000000", "0.00000000")


def test_scarce_liquidity_goes_to_the_better_price_and_then_to_the_older_order(desk: Desk) -> None:
    for name, price in [("a", "50000.00"), ("b", "50001.00"), ("c", "50001.00")]:
        desk.place(limit(price=price, newClientOrderId=name))
    desk.events()

    desk.engine.mark("BTCUSDT", "49000.00", "0.15")
    first = [(event["c"], event["z"]) for event in desk.events() if "x" in event]
    desk.engine.mark("BTCUSDT", "49000.00", "0.15")
    second = [(event["c"], event["z"]) for event in desk.events() if "x" in event]

    assert first == [("b", "0.10000000"), ("c", "0.05000000")]
    assert second == [("c", "0.10000000"), ("a", "0.10000000")]


def test_a_stop_is_told_twice_as_new_and_works_only_the_second_time(desk: Desk) -> None:
    desk.place(stop())
    desk.clock.ms += 5
    desk.engine.mark("BTCUSDT", "54000.00")

    before, after, trade = [event for event in desk.events() if "x" in event]
    assert (before["w"], "W" in before) == (False, False)
    assert (after["w"], after["W"] - after["O"]) == (True, 5)
    assert (trade["L"], trade["w"], trade["P"]) == ("54000.00000000", False, "55000.00000000")


def test_a_triggered_stop_that_the_account_cannot_pay_is_rejected(desk: Desk) -> None:
    desk.place(stop(side="BUY", stopPrice="65000.00", quantity="1.50000"))
    desk.events()

    desk.engine.mark("BTCUSDT", "70000.00")

    [_, rejected] = [event for event in desk.events() if "x" in event]
    assert (rejected["x"], rejected["X"], rejected["r"]) == (
        "REJECTED",
        "REJECTED",
        "INSUFFICIENT_BALANCES",
    )
    assert desk.balance("USDT") == ("100000.00000000", "0.00000000")


@pytest.mark.parametrize("params", [limit(), limit(price="61000.00"), stop()])
def test_a_canceled_order_gives_back_what_it_had_locked(desk: Desk, params: Document) -> None:
    desk.engine.mark("BTCUSDT", "60000.00", "0.04")
    desk.place(params | {"newClientOrderId": "mine"})
    spent = params.get("price") == "61000.00"

    desk.sign("order.cancel", {"symbol": "BTCUSDT", "origClientOrderId": "mine"})

    assert desk.executions()[-1] == CANCELED
    assert desk.balance("USDT")[1] == desk.balance("BTC")[1] == "0.00000000"
    assert desk.balance("USDT")[0] == ("97600.00000000" if spent else "100000.00000000")


@pytest.mark.parametrize(
    ("side", "asset", "commission", "usdt"),
    [("BUY", "BTC", "0.00010000", "94000.00000000"), ("SELL", "USDT", "6.00000000", None)],
)
def test_commission_is_taken_from_what_the_order_receives(
    clock: Clock, side: str, asset: str, commission: str, usdt: str | None
) -> None:
    engine = Engine(now=clock, fees=Fees(taker_ppm=1_000, maker_ppm=500))
    desk = Desk(engine, clock)
    desk.subscribe()

    [fill] = desk.place(market(side=side))["result"]["fills"]

    [trade] = [event for event in desk.events() if event.get("x") == "TRADE"]
    assert (trade["n"], trade["N"]) == (commission, asset)
    assert (fill["commission"], fill["commissionAsset"]) == (commission, asset)
    assert desk.balance("USDT", MAIN)[0] == (usdt or "105994.00000000")


def test_a_report_has_every_letter_that_is_always_there(desk: Desk) -> None:
    desk.place(market(newClientOrderId="mine"))

    new, trade, position = desk.events()
    always = set("eEscSofqpPFgCxXrilzLnNTtIwmMOZYQV")
    assert new.keys() == trade.keys() == always | {"W"}
    assert new | {"E": 0, "T": 0, "O": 0, "W": 0} == {
        "e": "executionReport",
        "E": 0,
        "s": "BTCUSDT",
        "c": "mine",
        "S": "BUY",
        "o": "MARKET",
        "f": "GTC",
        "q": "0.10000000",
        "p": "0.00000000",
        "P": "0.00000000",
        "F": "0.00000000",
        "g": -1,
        "C": "",
        "x": "NEW",
        "X": "NEW",
        "r": "NONE",
        "i": 1,
        "l": "0.00000000",
        "z": "0.00000000",
        "L": "0.00000000",
        "n": "0",
        "N": None,
        "T": 0,
        "t": -1,
        "I": 1,
        "w": True,
        "m": False,
        "M": False,
        "O": 0,
        "Z": "0.00000000",
        "Y": "0.00000000",
        "Q": "0.00000000",
        "W": 0,
        "V": "NONE",
    }
    assert [trade[letter] for letter in "lLzYZntIwm"] == [
        "0.10000000",
        "60000.00000000",
        "0.10000000",
        "6000.00000000",
        "6000.00000000",
        "0.00000000",
        1,
        2,
        False,
        False,
    ]
    assert position["B"] == [
        {"a": "BTC", "f": "1.10000000", "l": "0.00000000"},
        {"a": "USDT", "f": "94000.00000000", "l": "0.00000000"},
    ]
