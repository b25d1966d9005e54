"""What is done to a venue at run time, by its administrator or at its time, over real sockets."""

import json

import anyio
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, ConnectionClosedOK

from sims.servers.binance.amounts import amount
from sims.servers.binance.orders import Side
from sims.servers.binance.scenarios.deeds import Halt, Resume
from tests.sims.servers.binance.desk import signed
from tests.sims.servers.binance.scenarios.counter import NAMED, Counter, at

pytestmark = pytest.mark.anyio


async def balance(counter: Counter, asset: str) -> str:
    result = (await counter.sign("account.status"))["result"]
    return str(next(each["free"] for each in result["balances"] if each["asset"] == asset))


async def test_a_symbol_may_be_halted_and_trade_again() -> None:
    async with at() as counter:
        await counter.place()
        await counter.do(do="halt", symbol="BTCUSDT", status="CANCEL_ONLY")
        refused = await counter.place(newClientOrderId="late")
        assert refused["error"] == {"code": -2010, "msg": "Market is closed."}
        assert (await counter.sign("order.cancel", **NAMED))["status"] == 200
        [symbol] = (await counter.ask("exchangeInfo", {"symbol": "BTCUSDT"}))["result"]["symbols"]
        assert symbol["status"] == "CANCEL_ONLY"
        await counter.do(do="resume", symbol="BTCUSDT")
        assert (await counter.place())["status"] == 200


async def test_a_deed_is_done_at_its_time() -> None:
    deeds = [Resume(symbol="BTCUSDT", at_s=0.2), Halt(symbol="BTCUSDT")]
    async with at(deeds=deeds) as counter:
        await anyio.sleep(0.05)
        assert (await counter.place())["error"]["code"] == -2010
        await anyio.sleep(0.3)
        assert (await counter.place())["status"] == 200


async def test_what_was_done_can_be_read() -> None:
    deeds = [Halt(symbol="LTCUSDT"), Halt(symbol="BTCUSDT", at_s=0.01)]
    async with at(deeds=deeds) as counter:
        await counter.do(do="resume", symbol="BTCUSDT")
        await anyio.sleep(0.1)
        status, told = await counter.admin("GET", "deeds")

    assert status == 200
    assert [(each["deed"]["do"], each.get("error")) for each in told[:1]] == [
        ("halt", "there is no LTCUSDT")
    ]
    assert {each["deed"]["do"] for each in told[1:]} == {"halt", "resume"}
    assert [each["outcome"] for each in told[1:]] == [{}, {}]


async def test_a_filter_may_change() -> None:
    async with at() as counter:
        await counter.do(do="change_filter", symbol="BTCUSDT", tick="0.1", notional_min="6000")
        assert (await counter.place(price="50000.01"))["error"]["msg"].endswith("PRICE_FILTER")
        assert (await counter.place(price="50000.10"))["error"]["msg"].endswith("NOTIONAL")
        [symbol] = (await counter.ask("exchangeInfo", {"symbol": "BTCUSDT"}))["result"]["symbols"]
        assert symbol["filters"][0]["tickSize"] == "0.10000000"


async def test_a_trade_may_be_busted() -> None:
    async with at() as counter:
        await counter.place(price="61000.00")
        assert await balance(counter, "USDT") == "94000.00000000"
        counter.frames.clear()
        told = await counter.do(do="bust", symbol="BTCUSDT")
        events = [(await counter.next())["event"] for _ in range(4)]

        assert told == {"trade_id": 1, "order_id": 1}
        assert [(each["a"], each["d"]) for each in events if each["e"] == "balanceUpdate"] == [
            ("BTC", "-0.10000000"), ("USDT", "6000.00000000"),
        ]  # fmt: skip
        assert (await counter.sign("myTrades", symbol="BTCUSDT"))["result"] == []
        assert await balance(counter, "USDT") == "100000.00000000"
        status, error = await counter.admin("POST", "deeds", {"do": "bust", "symbol": "BTCUSDT"})
        assert (status, error) == (400, {"error": "there is no such trade, or its money is gone"})


async def test_money_may_come_and_go() -> None:
    async with at() as counter:
        await counter.do(do="transfer", asset="USDT", amount="-99999.5")
        assert await balance(counter, "USDT") == "0.50000000"
        status, error = await counter.admin(
            "POST", "deeds", {"do": "transfer", "asset": "USDT", "amount": "-1"}
        )
        assert (status, error) == (400, {"error": "the account has less USDT"})
        await counter.do(do="transfer", asset="EUR", amount="7")
        assert await balance(counter, "EUR") == "7.00000000"


async def test_a_human_may_trade_on_the_account() -> None:
    async with at() as counter:
        await counter.place()
        told = await counter.do(
            do="human_order", symbol="BTCUSDT", side="BUY", quantity="0.5", type="LIMIT",
            price="40000",
        )  # fmt: skip
        assert told == {"order_id": 2, "status": "NEW"}
        orders = (await counter.sign("openOrders.status"))["result"]
        assert orders[1]["clientOrderId"].startswith("web_")
        assert await counter.do(do="human_cancel", symbol="BTCUSDT") == {"order_ids": [1, 2]}
        assert (await counter.sign("openOrders.status"))["result"] == []
        sold = await counter.do(do="human_order", symbol="BTCUSDT", side="SELL", quantity="1")
        assert sold == {"order_id": 3, "status": "FILLED"}
        status, error = await counter.admin(
            "POST",
            "deeds",
            {"do": "human_order", "symbol": "BTCUSDT", "side": "SELL", "quantity": "1"},
        )
        assert (status, error["error"][:31]) == (400, "Account has insufficient balance"[:31])


async def test_the_clock_may_be_wrong() -> None:
    async with at() as counter:
        await counter.do(do="skew", ms=7_000)
        late = await counter.place()
        assert late["error"]["code"] == -1021
        assert (await counter.ask("time", {}))["result"]["serverTime"] == counter.clock.ms + 7_000
        await counter.do(do="skew", ms=0)
        assert (await counter.place())["status"] == 200


@pytest.mark.parametrize("do", ["silence", "half_open"])
async def test_connections_may_fall_silent_without_closing(do: str) -> None:
    async with at() as counter:
        assert await counter.do(do=do, surface="ws_api", for_s=0.3) == {"connections": 1}
        await counter.say("order.place", counter.mine())
        assert await counter.is_quiet()
        # Who is only silent has heard; who is dead has not.
        assert (counter.known() is not None) is (do == "silence")
        await anyio.sleep(0.2)
        assert (await counter.ask("ping", {}))["status"] == 200


@pytest.mark.parametrize(("do", "is_alive"), [("silence", True), ("half_open", False)])
async def test_only_who_is_alive_answers_pings(do: str, is_alive: bool) -> None:
    async with at() as counter, connect(counter.venue.ws + "/ws/btcusdt@trade") as socket:
        await counter.do(do=do, surface="streams")
        counter.engine.flow("BTCUSDT", Side.BUY, amount("0.1"), amount("60000"))
        pong = await socket.ping()
        with anyio.move_on_after(0.2) as waiting:
            await pong
        assert waiting.cancelled_caught is not is_alive
        with anyio.move_on_after(0.1) as waiting:
            await socket.recv()
        assert waiting.cancelled_caught
        # A new connection is well.
        async with connect(counter.venue.ws + "/ws/btcusdt@trade") as other:
            counter.engine.flow("BTCUSDT", Side.BUY, amount("0.1"), amount("60000"))
            assert json.loads(await other.recv())["t"] == 2
        socket.transport.abort()


@pytest.mark.parametrize("how", ["cut", "announced"])
async def test_connections_may_end(how: str) -> None:
    async with at() as counter, connect(counter.venue.ws + "/stream") as socket:
        assert await counter.do(do="disconnect", surface="streams", how=how) == {"connections": 1}
        if how == "cut":
            with pytest.raises(ConnectionClosedError):
                await socket.recv()
        else:
            assert json.loads(await socket.recv())["stream"] == "!serverShutdown"
            with pytest.raises((ConnectionClosedError, ConnectionClosedOK)):
                await socket.recv()
        assert (await counter.ask("ping", {}))["status"] == 200


async def test_rules_come_and_go() -> None:
    async with at() as counter:
        rules = [
            {"do": "answer", "what": "order.*", "code": -1008},
            {"do": "delay", "what": "ping", "ms": 1, "to_s": 60},
        ]
        assert await counter.admin("POST", "rules", rules) == (200, [1, 2])
        assert (await counter.place())["error"]["code"] == -1008
        _, told = await counter.admin("GET", "rules")
        assert [(each["number"], each["seen"], each["struck"]) for each in told] == [
            (1, 1, 1), (2, 0, 0),
        ]  # fmt: skip
        assert await counter.admin("DELETE", "rules") == (200, [])
        assert (await counter.place())["status"] == 200
        assert await counter.admin("POST", "rules", {"do": "lose", "what": "ping"}) == (200, [3])


@pytest.mark.parametrize(
    ("verb", "path", "document", "status", "error"),
    [
        ("POST", "rules", {"do": "explode", "what": "*"}, 400, "Invalid value 'explode'"),
        ("POST", "rules", {"do": "lose"}, 400, "missing required field `what`"),
        ("POST", "rules", {"do": "lose", "what": "*", "share": 2}, 400, "share is no part of one"),
        ("POST", "deeds", {"do": "halt", "symbol": "LTCUSDT"}, 400, "there is no LTCUSDT"),
        (
            "POST",
            "deeds",
            {"do": "transfer", "asset": "BTC", "amount": "1", "account": "x"},
            400,
            "there is no account x",
        ),
        ("POST", "deeds", {"do": "transfer", "asset": "BTC", "amount": "x"}, 400, "decimal"),
        (
            "POST",
            "deeds",
            {"do": "change_filter", "symbol": "BTCUSDT", "tick": "0"},
            400,
            "is no money",
        ),
        (
            "POST",
            "deeds",
            {"do": "change_filter", "symbol": "BTCUSDT", "tick": "0.1", "step": "0.0000001"},
            400,
            "would be no money",
        ),
        ("GET", "words", None, 404, "no GET /admin/words"),
    ],
)
async def test_what_cannot_be_asked_is_refused(
    verb: str, path: str, document: object, status: int, error: str
) -> None:
    async with at() as counter:
        told, answer = await counter.admin(verb, path, document)
        assert told == status
        assert error in answer["error"]


async def test_a_signed_request_can_be_old_by_a_skew() -> None:
    async with at() as counter:
        await counter.do(do="skew", ms=-2_000)
        ahead = await counter.ask("account.status", signed({}, counter.clock.ms))
        assert "ahead of the server" in ahead["error"]["msg"]
