"""The venue on real sockets: several clients, lost answers, broken lines, and what remains."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Any

import anyio
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from sims.servers.binance.engine import Engine
from sims.servers.binance.gate import Interference, Verdict, once
from sims.servers.binance.line import FRAMES_MAX
from sims.servers.binance.orders import NewOrder, Order, OrderType, Side
from sims.servers.binance.server import Venue, serve
from tests.sims.servers.binance.desk import MAIN, OTHER, START_MS, Document, limit, market, signed

pytestmark = pytest.mark.anyio

PLACE = "order.place"
ROUND = NewOrder(symbol="BTCUSDT", side=Side.BUY, order_type=OrderType.MARKET, quantity=10_000)
NAMED = {"symbol": "BTCUSDT", "origClientOrderId": "mine"}


@pytest.fixture
async def venue(engine: Engine) -> AsyncIterator[Venue]:
    with anyio.fail_after(20):
        async with serve(engine) as venue:
            yield venue


async def send(socket: ClientConnection, name: str, method: str, params: Document) -> None:
    await socket.send(json.dumps({"id": name, "method": method, "params": params}))


async def receive(socket: ClientConnection) -> Document:
    document: Document = json.loads(await socket.recv())
    return document


async def ask(socket: ClientConnection, method: str, params: Document) -> Document:
    """Ask, and read until the answer comes; events before it are dropped."""
    await send(socket, "asked", method, params)
    while (frame := await receive(socket)).get("id") != "asked":
        pass
    return frame


async def drain(socket: ClientConnection) -> None:
    while True:
        await socket.recv()


def struck(hook: str, verdict: Verdict) -> Interference:
    """Return interference that strikes the first order at one of the hooks."""
    strike = once(PLACE, verdict)
    if hook == "before_execute":
        return Interference(before_execute=strike)
    return Interference(before_answer=strike)


async def place(socket: ClientConnection, params: Document) -> Document:
    return await ask(socket, PLACE, signed(params))


async def status(socket: ClientConnection) -> Document:
    return await ask(socket, "order.status", signed(NAMED))


async def subscribe(socket: ClientConnection, **spec: Any) -> None:
    answer = await ask(socket, "userDataStream.subscribe.signature", signed({}, **spec))
    assert answer["status"] == 200


async def test_an_order_goes_round(venue: Venue) -> None:
    async with connect(venue.url) as socket:
        await subscribe(socket)
        await send(socket, "b7", PLACE, signed(market(newClientOrderId="mine")))

        frames = [await receive(socket) for _ in range(4)]

    assert [frame.get("event", {}).get("x") for frame in frames] == ["NEW", "TRADE", None, None]
    assert (frames[3]["id"], frames[3]["result"]["status"]) == ("b7", "FILLED")
    assert [(each.method, each.executed, each.answered) for each in venue.received] == [
        ("userDataStream.subscribe.signature", True, True),
        (PLACE, True, True),
    ]


async def test_an_answer_may_precede_the_events_it_tells_of(venue: Venue) -> None:
    venue.interference = Interference(answers_first=True)
    async with connect(venue.url) as socket:
        await subscribe(socket)
        await send(socket, "b7", PLACE, signed(market()))

        frames = [await receive(socket) for _ in range(4)]

    assert [frame.get("id") for frame in frames] == ["b7", None, None, None]


async def test_everyone_who_subscribed_hears_of_a_price(venue: Venue, engine: Engine) -> None:
    async with connect(venue.url) as first, connect(venue.url) as second:
        await place(first, limit(newClientOrderId="mine"))
        await subscribe(first)
        await subscribe(second)

        engine.mark("BTCUSDT", "49000.00")

        told = [(await receive(socket))["event"] for socket in (first, second)]
    assert told[0] == told[1]
    assert (told[0]["c"], told[0]["X"]) == ("mine", "FILLED")


async def test_nobody_hears_of_another_account(venue: Venue) -> None:
    async with connect(venue.url) as first, connect(venue.url) as second:
        await subscribe(second, spec=OTHER)
        await place(first, market())
        await send(second, "t", "time", {})

        assert (await receive(second))["id"] == "t"


async def test_the_end_of_a_subscription_is_told(venue: Venue) -> None:
    async with connect(venue.url) as socket:
        await subscribe(socket)
        await send(socket, "u", "userDataStream.unsubscribe", {})
        ended = await receive(socket)
        answer = await receive(socket)
        await send(socket, "p", PLACE, signed(market()))

        assert ended["event"]["e"] == "eventStreamTerminated"
        assert (answer["id"], answer["result"]) == ("u", {})
        assert (await receive(socket))["id"] == "p"


@pytest.mark.parametrize("hook", ["before_execute", "before_answer"])
async def test_an_executed_order_whose_answer_is_lost_can_be_found(venue: Venue, hook: str) -> None:
    venue.interference = struck(hook, Verdict.LOSE)
    async with connect(venue.url) as socket:
        await send(socket, "lost", PLACE, signed(limit(newClientOrderId="mine")))

        found = await status(socket)

    assert found["result"]["status"] == "NEW"
    assert [(each.executed, each.status, each.answered) for each in venue.received] == [
        (True, 200, False),
        (True, 200, True),
    ]


async def test_an_order_that_was_never_seen_does_not_exist(venue: Venue) -> None:
    venue.interference = Interference(before_execute=once(PLACE, Verdict.REFUSE_UNSEEN))
    async with connect(venue.url) as socket:
        await send(socket, "unseen", PLACE, signed(limit(newClientOrderId="mine")))

        found = await status(socket)

    assert found["error"]["code"] == -2013
    assert (venue.received[0].executed, venue.received[0].status) == (False, None)


@pytest.mark.parametrize(
    ("hook", "status_after"), [("before_execute", None), ("before_answer", "NEW")]
)
async def test_a_broken_line_leaves_what_was_done_before_it(
    venue: Venue, hook: str, status_after: str | None
) -> None:
    venue.interference = struck(hook, Verdict.CLOSE)
    async with connect(venue.url) as socket:
        with pytest.raises(ConnectionClosedError):
            await place(socket, limit(newClientOrderId="mine"))

    async with connect(venue.url) as socket:
        found = await status(socket)

    assert found.get("result", {}).get("status") == status_after


@pytest.mark.parametrize(("hook", "exists"), [("before_execute", 0), ("before_answer", 1)])
async def test_an_unknown_outcome_may_be_either(
    venue: Venue, engine: Engine, hook: str, exists: int
) -> None:
    venue.interference = struck(hook, Verdict.UNKNOWN)
    async with connect(venue.url) as socket:
        answer = await place(socket, limit(newClientOrderId="mine"))

    assert (answer["status"], answer["error"]["code"]) == (504, -1007)
    assert len(engine.orders) == exists


async def test_a_request_that_is_held_back_lets_the_others_pass(venue: Venue) -> None:
    gate = Held(PLACE)
    venue.interference = Interference(before_answer=gate)
    async with connect(venue.url) as socket:
        await send(socket, "slow", PLACE, signed(limit(newClientOrderId="mine")))
        await send(socket, "quick", "order.status", signed(NAMED))
        first = await receive(socket)
        gate.opens.set()
        second = await receive(socket)

    assert (first["id"], first["result"]["status"]) == ("quick", "NEW")
    assert (second["id"], second["status"]) == ("slow", 200)


async def test_a_request_outlives_the_client_that_sent_it(venue: Venue, engine: Engine) -> None:
    gate = Held(PLACE)
    venue.interference = Interference(before_execute=gate)
    placed = anyio.Event()
    engine.listen(lambda _account, _event: placed.set())
    async with connect(venue.url) as socket:
        await send(socket, "x", PLACE, signed(limit(newClientOrderId="mine")))
        await gate.reached.wait()
        socket.transport.abort()

    gate.opens.set()
    await placed.wait()

    async with connect(venue.url) as socket:
        assert (await status(socket))["result"]["status"] == "NEW"
    assert venue.received[0].executed


async def test_a_client_that_sends_an_id_twice_is_seen(venue: Venue) -> None:
    async with connect(venue.url) as socket:
        for name in ("a", "b", "a"):
            await place(socket, market(newClientOrderId=name))

    ids = Counter(
        each.params["newClientOrderId"] for each in venue.received if each.method == PLACE
    )
    assert ids == {"a": 2, "b": 1}


async def test_the_engine_outlives_the_server(engine: Engine) -> None:
    async with serve(engine) as venue, connect(venue.url) as socket:
        await place(socket, limit(newClientOrderId="mine"))

    async with serve(engine) as venue, connect(venue.url) as socket:
        assert (await status(socket))["result"]["status"] == "NEW"


async def test_a_server_stops_although_a_request_is_held_back(engine: Engine) -> None:
    gate = Held("time")
    with anyio.fail_after(5):
        async with serve(engine, interference=Interference(before_answer=gate)) as venue:
            socket = await connect(venue.url)
            await send(socket, "x", "time", {})
            await gate.reached.wait()
        await socket.close()


async def test_a_client_that_does_not_listen_is_cut_off(venue: Venue, engine: Engine) -> None:
    async with connect(venue.url) as socket:
        await subscribe(socket)
        # Nothing here waits, so the server cannot write before its queue is full.
        for _ in range(FRAMES_MAX // 3 + 1):
            assert isinstance(engine.place(engine.accounts[MAIN.key], ROUND), Order)

        with pytest.raises(ConnectionClosedError):
            await drain(socket)


async def test_frames_that_are_no_requests_are_answered(venue: Venue) -> None:
    async with connect(venue.url) as socket:
        await socket.send(b"{")
        answer = await receive(socket)

    assert (answer["id"], answer["error"]["code"]) == (None, -1135)
    assert not venue.received


async def test_limits_can_be_switched_off_for_a_connection(venue: Venue) -> None:
    async with connect(f"{venue.url}?returnRateLimits=false") as socket:
        assert "rateLimits" not in await ask(socket, "time", {})
        assert "rateLimits" in await ask(socket, "time", {"returnRateLimits": True})


async def test_a_connection_may_ask_for_microseconds(venue: Venue) -> None:
    async with connect(f"{venue.url}?timeUnit=MICROSECOND") as socket:
        await subscribe(socket)
        answer = await place(socket, market())
        listed = await ask(socket, "allOrders", signed({"symbol": "BTCUSDT"}))
        told = await ask(socket, "time", {})

    now = START_MS * 1_000
    assert answer["result"]["transactTime"] == answer["result"]["workingTime"] == now
    assert [each["time"] for each in listed["result"]] == [now]
    assert told["result"] == {"serverTime": now}


async def test_events_may_come_in_microseconds_too(venue: Venue) -> None:
    async with (
        connect(f"{venue.url}?timeUnit=microsecond") as fine,
        connect(venue.url) as coarse,
    ):
        await subscribe(fine)
        await subscribe(coarse)
        await place(coarse, market())
        first = (await receive(fine))["event"]

    assert {name: first[name] for name in "ETOW"} == dict.fromkeys("ETOW", START_MS * 1_000)


@pytest.mark.parametrize(("path", "code"), [("/nowhere", 404), ("/ws-api/v3?timeUnit=DAY", 400)])
async def test_what_is_not_served_is_refused_at_the_door(
    venue: Venue, path: str, code: int
) -> None:
    with pytest.raises(InvalidStatus) as caught:
        await connect(f"ws://{venue.host}:{venue.port}{path}")

    assert caught.value.response.status_code == code


class Held:
    """A hook that holds every request of one method until it is opened."""

    def __init__(self, method: str) -> None:
        self.reached = anyio.Event()
        self.opens = anyio.Event()
        self._method = method

    async def __call__(self, method: str, _params: Mapping[str, object]) -> Verdict:
        if method == self._method:
            self.reached.set()
            await self.opens.wait()
        return Verdict.PROCEED
