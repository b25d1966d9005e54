"""The gateway on a real socket: what leaves, what comes back, and how a connection ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from websockets.asyncio.client import ClientConnection

from actors.edge.gateway import Gateway
from actors.runtime.lease import Lease
from actors.runtime.line import FRAMES_MAX, Way
from sims.servers.binance.engine import Engine
from sims.servers.binance.gate import Interference, Verdict, once
from sims.servers.binance.server import Venue, serve
from tests.venues.binance.wire import EPOCH, GRID, KEYS, NAME, PATIENCE, START, order, query
from trader.errors import VenueFault
from trader.model.account import AccountReported, QueryAccount
from trader.model.envelope import Message
from trader.model.orders import (
    CancelOrder,
    OrderAccepted,
    OrderCanceled,
    OrderFilled,
    OrderInDoubt,
    OrderRejected,
    OrderSubmitted,
)
from trader.venues.binance.dialogue import BinanceDialogue

pytestmark = pytest.mark.anyio


def clock() -> int:
    """The loop's own time, counted from the start of the tests' epoch."""
    return START + int(anyio.current_time() * 1_000_000_000)


class Desk:
    """Whoever is behind the gateway: gets messages, and epochs as they begin."""

    def __init__(self, url: str, kind: type[Gateway] = Gateway) -> None:
        self.got: list[Message] = []
        self.epochs: list[int] = []
        self.ready = anyio.Event()
        self.gateway = kind(
            Way(url),
            BinanceDialogue(KEYS, [GRID], PATIENCE),
            clock=clock,
            put=self._put,
            begin=lambda: EPOCH,
            begun=self.epochs.append,
        )
        self._news = anyio.Event()

    async def until(self, kind: type[Message]) -> Message:
        """The first message of a kind."""
        while not (found := [each for each in self.got if isinstance(each, kind)]):
            await self._news.wait()
        return found[0]

    def _put(self, message: Message) -> None:
        self.got.append(message)
        self._news.set()
        self._news = anyio.Event()


@pytest.fixture
async def venue() -> AsyncIterator[Venue]:
    with anyio.fail_after(20):
        async with serve(Engine(now=clock)) as venue:
            yield venue


@asynccontextmanager
async def connected(desk: Desk) -> AsyncIterator[list[VenueFault]]:
    """The gateway at work; the faults with which it ended."""
    faults: list[VenueFault] = []

    async def run() -> None:
        try:
            await desk.gateway.run(desk.ready.set)
        except VenueFault as fault:
            faults.append(fault)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run)
        await desk.ready.wait()
        yield faults
        tasks.cancel_scope.cancel()


async def test_an_order_goes_out_and_its_fill_comes_back(venue: Venue) -> None:
    desk = Desk(venue.url)
    async with connected(desk):
        desk.gateway.perform([order(ts_decided=clock()), QueryAccount(request_id="q")])
        await desk.gateway.flush()
        await desk.until(OrderFilled)
        await desk.until(AccountReported)

    assert desk.epochs == [EPOCH]
    assert isinstance(desk.got[0], OrderSubmitted)


async def test_it_rests_when_every_order_has_its_end(venue: Venue) -> None:
    """Also where the end has to be asked for."""
    desk = Desk(venue.url)
    venue.interference = Interference(
        answers_first=True, before_answer=once("order.place", Verdict.LOSE)
    )
    async with connected(desk):
        desk.gateway.perform([order(ts_decided=clock())])
        await desk.gateway.rest()

        assert [request.method for request in venue.received][-1] == "myTrades"
        assert OrderFilled in [type(message) for message in desk.got]


async def test_without_a_connection_nothing_leaves_later(venue: Venue) -> None:
    desk = Desk(venue.url)
    desk.gateway.perform([order(ts_decided=clock())])
    assert [type(message) for message in desk.got] == [OrderRejected]
    await desk.gateway.flush()

    async with connected(desk):
        desk.gateway.perform([QueryAccount(request_id="q")])
        await desk.until(AccountReported)

    assert "order.place" not in [request.method for request in venue.received]


async def test_a_line_that_is_cut_is_a_fault_and_a_doubt(venue: Venue) -> None:
    desk = Desk(venue.url)
    venue.interference = Interference(before_execute=once("order.place", Verdict.CLOSE))
    async with connected(desk) as faults:
        desk.gateway.perform([order(ts_decided=clock())])
        await desk.until(OrderInDoubt)

    assert "no connection to the venue" in str(faults[0])


async def test_a_venue_that_cannot_be_reached_is_a_fault() -> None:
    async with serve(Engine(now=clock)) as venue:
        url = venue.url
    for wrong in (url, url.replace("/ws-api/v3", "/elsewhere")):
        with pytest.raises(VenueFault, match="no connection"):
            await Desk(wrong).gateway.run(lambda: None)


async def test_a_venue_that_speaks_nonsense_is_a_fault(venue: Venue) -> None:
    class Garbled(Gateway):
        """Hears every frame wrongly once it has subscribed."""

        count = 0

        def hear(self, frame: bytes) -> None:
            self.count += 1
            super().hear(frame if self.count <= 2 else b"<html>")

    desk = Desk(venue.url, Garbled)
    async with connected(desk) as faults:
        desk.gateway.perform([order(ts_decided=clock())])
        await desk.until(OrderInDoubt)

    assert "no frame" in str(faults[0])


async def test_a_venue_that_takes_nothing_is_a_fault(venue: Venue) -> None:
    class Blocked(Gateway):
        """Never gets a frame off after it has subscribed."""

        count = 0

        async def send(self, socket: ClientConnection, frame: bytes) -> None:
            self.count += 1
            if self.count > 2:
                await anyio.sleep_forever()
            await super().send(socket, frame)

    desk = Desk(venue.url, Blocked)
    ended = anyio.Event()
    async with anyio.create_task_group() as tasks:

        async def run() -> None:
            with pytest.raises(VenueFault, match="does not take"):
                await desk.gateway.run(desk.ready.set)
            ended.set()

        tasks.start_soon(run)
        await desk.ready.wait()
        desk.gateway.perform(query(count) for count in range(FRAMES_MAX + 1))
        await ended.wait()


async def test_deadlines_pass_on_their_own(venue: Venue) -> None:
    """The answer is lost, and the question is asked again without anybody's doing."""
    desk = Desk(venue.url)
    venue.interference = Interference(before_answer=once("account.status", Verdict.LOSE))
    async with connected(desk):
        desk.gateway.perform([QueryAccount(request_id="q")])
        await desk.until(AccountReported)

    asked = [request.method for request in venue.received]
    assert asked.count("account.status") == 2


class _Sleep:
    """The clock of a lease, by which this process can have slept."""

    def __init__(self) -> None:
        self.ns = 0

    def __call__(self) -> int:
        return self.ns


async def test_when_it_wakes_late_cancels_leave_and_new_orders_do_not(venue: Venue) -> None:
    sleep = _Sleep()

    class Sleeper(Gateway):
        def __init__(self, *parts: Any, **named: Any) -> None:
            super().__init__(*parts, lease=Lease(15, sleep), **named)

    desk = Desk(venue.url, Sleeper)
    async with connected(desk) as faults:
        desk.gateway.perform([order(limit=5_000_000, ts_decided=clock())])
        await desk.until(OrderAccepted)
        sleep.ns += 15_000_000_000
        id_ = f"main-x-{EPOCH}-1"
        desk.gateway.perform(
            [CancelOrder(client_order_id=id_, instrument=NAME, request_id="", reason="")]
        )
        await desk.until(OrderCanceled)
        desk.gateway.perform([order(2, ts_decided=clock())])
        await desk.until(OrderInDoubt)

    assert [str(fault) for fault in faults if "longer than its lease" in str(fault)]
    asked = [request.method for request in venue.received]
    assert asked.count("order.place") == asked.count("order.cancel") == 1
