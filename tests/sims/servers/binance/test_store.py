"""A venue that was stopped or killed starts again and knows all that it has told."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from sims.servers.binance.engine import Engine
from sims.servers.binance.markets import EUROS
from sims.servers.binance.store import Store
from tests.sims.servers.binance.desk import MAIN, OTHER, Clock, Desk, limit, market, stop
from trader.errors import UsageError

PAIR = {
    "symbol": "BTCUSDT", "side": "SELL", "quantity": "0.3", "aboveType": "LIMIT_MAKER",
    "abovePrice": "65000.00", "belowType": "STOP_LOSS", "belowStopPrice": "55000.00",
    "aboveClientOrderId": "take", "belowClientOrderId": "exit",
}  # fmt: skip


def opened(clock: Clock) -> Desk:
    return Desk(Engine(now=clock, accounts=(MAIN, OTHER)), clock)


def told(desk: Desk) -> list[Any]:
    """All that an account can ask for."""
    asked: list[Any] = []
    for spec in (MAIN, OTHER):
        # Without the time of the last change, which is not remembered.
        account = desk.sign("account.status", {}, spec)["result"]
        asked += [account["balances"], desk.sign("openOrders.status", {}, spec)["result"]]
        for symbol in ("BTCUSDT", "ETHUSDT"):
            asked.append(desk.sign("myTrades", {"symbol": symbol}, spec)["result"])
    asked.append(desk.sign("allOrderLists", {})["result"])
    for order in desk.engine.orders.values():
        key = {"symbol": order.terms.symbol, "orderId": order.order_id}
        spec = MAIN if order.account.name == "main" else OTHER
        asked.append(desk.sign("order.status", key, spec)["result"])
        for method in ("order.amendments", "myPreventedMatches"):
            asked.append(desk.sign(method, key, spec)["result"])
    return asked


def busy(desk: Desk) -> None:
    desk.engine.mark("BTCUSDT", "60000.00", "0.15")
    desk.place(limit(newClientOrderId="rests"))
    desk.place(limit(newClientOrderId="gone"))
    desk.place(limit(price="61000.00", newClientOrderId="part", quantity="0.20000"))
    desk.place(stop())
    desk.place(market(side="SELL", quantity="0.01"), OTHER)
    desk.place(limit(symbol="ETHUSDT", price="3000.00", quantity="0.0100"))
    desk.sign("order.cancel", {"symbol": "BTCUSDT", "origClientOrderId": "gone"})
    desk.sign("orderList.place.oco", PAIR)
    rests = {"symbol": "BTCUSDT", "origClientOrderId": "rests", "newQty": "0.09"}
    desk.sign("order.amend.keepPriority", rests)
    crossed = {"side": "SELL", "price": "50000.00", "selfTradePreventionMode": "DECREMENT"}
    desk.engine.quote("BTCUSDT", {}, {})
    desk.place(limit(quantity="0.0500") | crossed)


@pytest.mark.parametrize("is_killed", [False, True])
def test_what_was_told_is_known_again(tmp_path: Path, clock: Clock, is_killed: bool) -> None:
    first, path = opened(clock), tmp_path / "state"
    with Store(path, first.engine):
        busy(first)
        expected = told(first)
        torn = path.read_bytes() + b'{"orders": {"1": {"acc'
    if is_killed:
        path.write_bytes(torn)

    second = opened(clock)
    with Store(path, second.engine):
        assert told(second) == expected
    third = opened(clock)
    with Store(path, third.engine):
        assert told(third) == expected


def test_ids_go_on_and_names_are_still_taken(tmp_path: Path, clock: Clock) -> None:
    first, path = opened(clock), tmp_path / "state"
    with Store(path, first.engine):
        busy(first)
        updates = first.engine.markets["BTCUSDT"].book.update_id

    second = opened(clock)
    with Store(path, second.engine):
        second.subscribe()
        before = second.sign("myTrades", {"symbol": "BTCUSDT"})["result"]
        assert second.place(limit(newClientOrderId="rests"))["error"]["code"] == -2010
        again = second.place(market(newClientOrderId="again", quantity="0.01"))["result"]
        [report, *_] = [event for event in second.events() if "x" in event]

    assert again["orderId"] == len(first.engine.orders) + 1
    assert again["fills"][0]["tradeId"] > max(each["id"] for each in before)
    assert report["I"] > len(first.engine.orders)
    assert second.engine.markets["BTCUSDT"].book.update_id > updates


def test_what_waited_still_waits_in_its_place(tmp_path: Path, clock: Clock) -> None:
    first, path = opened(clock), tmp_path / "state"
    with Store(path, first.engine):
        for name in ("older", "younger"):
            first.place(limit(newClientOrderId=name))
        first.place(stop(newClientOrderId="stop", quantity="0.05000"))
    second = opened(clock)
    with Store(path, second.engine):
        second.subscribe()
        second.engine.mark("BTCUSDT", "50000.00", "0.3")
        reports = [event for event in second.events() if event.get("x") == "TRADE"]

    assert [(each["c"], each["l"]) for each in reports] == [
        ("older", "0.10000000"), ("younger", "0.10000000"), ("stop", "0.05000000"),
    ]  # fmt: skip


def test_a_price_goes_on_from_where_it_was(tmp_path: Path, clock: Clock) -> None:
    first, path = opened(clock), tmp_path / "state"
    with Store(path, first.engine):
        first.engine.mark("BTCUSDT", "65432.10")
    second = opened(clock)
    with Store(path, second.engine):
        assert second.ask("ticker.price", symbol="BTCUSDT")["result"]["price"] == "65432.10000000"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no state of a venue"),
        ('{"version":2}\n', "no state of a venue"),
        ('{"version":1}\n{"orders"\n{}\n', "line 2 is damaged"),
        ('{"version":1}\n{"balances":{"third":{}}}\n', "account third, which is not open"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_mistake(
    tmp_path: Path, clock: Clock, text: str, message: str
) -> None:
    path = tmp_path / "state"
    path.write_text(text)

    with pytest.raises(UsageError, match=message), Store(path, opened(clock).engine):
        raise AssertionError


def test_orders_in_a_symbol_that_is_gone_are_a_mistake(tmp_path: Path, clock: Clock) -> None:
    first, path = opened(clock), tmp_path / "state"
    with Store(path, first.engine):
        busy(first)

    with (
        pytest.raises(UsageError, match="orders in BTCUSDT, which is not traded"),
        Store(path, Engine(now=clock, symbols=(EUROS,), accounts=(MAIN, OTHER))),
    ):
        raise AssertionError


def test_the_file_stays_small_when_it_is_opened_again(tmp_path: Path, clock: Clock) -> None:
    first, path = opened(clock), tmp_path / "state"
    with Store(path, first.engine):
        first.place(limit(newClientOrderId="rests"))
        for _ in range(50):
            first.engine.mark("BTCUSDT", "50000.00", "0.001")
    with Store(path, opened(clock).engine):
        pass

    assert len(path.read_bytes().splitlines()) == 3
    assert all(msgspec.json.decode(line) for line in path.read_bytes().splitlines())


def test_a_pair_still_excludes_each_other_after_a_restart(tmp_path: Path, clock: Clock) -> None:
    first, path = opened(clock), tmp_path / "state"
    with Store(path, first.engine):
        first.sign("orderList.place.oco", PAIR)

    second = opened(clock)
    with Store(path, second.engine):
        second.engine.mark("BTCUSDT", "65000.00")

        [list_] = second.sign("allOrderLists", {})["result"]
        assert list_["listOrderStatus"] == "ALL_DONE"
        assert [order.status.value for order in second.engine.orders.values()] == [
            "FILLED",
            "EXPIRED",
        ]
        assert second.balance("BTC") == ("0.70000000", "0.00000000")


def test_a_folder_is_no_file_to_remember_in(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the venue can keep nothing there: is a directory"):
        Store(tmp_path, opened(Clock()).engine).__enter__()
