"""Market data over real sockets: asked for, heard, and begun anew after a break."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from time import time_ns  # noqa: TID251 - the venue runs on the real clock
from typing import Any

import anyio
import pytest

from actors.edge.market_stream import MarketStream
from actors.runtime.line import Way
from sims.servers.binance.amounts import amount
from sims.servers.binance.engine import Engine
from sims.servers.binance.server import Venue, serve
from tests.venues.binance.wire import GRID, KEYS
from trader.calendars.sessions import UTC, Days
from trader.errors import VenueFault
from trader.model.envelope import Message
from trader.model.market import BookDelta, Quote, Trade
from trader.model.units import SECOND_NS
from trader.venues.binance.correspondence import Correspondence
from trader.venues.binance.market_client import BinanceMarket, Wanted

pytestmark = pytest.mark.anyio


class Listener:
    """A market stream and what it has brought."""

    def __init__(self, venue: Venue, **wanted: Any) -> None:
        self.got: list[Message] = []
        self.ready = anyio.Event()
        self.ended = anyio.Event()
        line = Correspondence(KEYS, SECOND_NS, has_rest=True)
        client = BinanceMarket([Wanted(grid=GRID, sessions=Days(UTC), **wanted)], line)
        way = Way(f"{venue.ws}/stream", venue.http)
        self.stream = MarketStream(way, client, clock=time_ns, put=self._put)
        self._news = anyio.Event()

    async def first(self, kind: type[Message]) -> Any:
        """The first message of a kind."""
        while not (found := [each for each in self.got if isinstance(each, kind)]):
            await self._news.wait()
        return found[0]

    def _put(self, message: Message) -> None:
        self.got.append(message)
        self._news.set()
        self._news = anyio.Event()


@pytest.fixture
async def stage() -> AsyncIterator[tuple[Engine, Venue]]:
    engine = Engine(now=time_ns)
    with anyio.fail_after(20):
        async with serve(engine) as venue:
            yield engine, venue


@asynccontextmanager
async def listening(listener: Listener) -> AsyncIterator[list[VenueFault]]:
    """The stream at work; the faults with which it ended."""
    faults: list[VenueFault] = []

    async def run() -> None:
        try:
            await listener.stream.run(listener.ready.set)
        except VenueFault as fault:
            faults.append(fault)
            listener.ended.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run)
        await listener.ready.wait()
        yield faults
        tasks.cancel_scope.cancel()


def quote(engine: Engine, bid: str) -> None:
    units, tick = amount(bid), amount("0.01")
    engine.quote("BTCUSDT", {units: amount("2")}, {units + tick: amount("3")})


async def test_what_is_asked_for_is_heard_in_ticks_and_lots(stage: tuple[Engine, Venue]) -> None:
    engine, venue = stage
    listener = Listener(venue, quotes=True, trades=True, depth=True)
    async with listening(listener):
        quote(engine, "60000.00")
        heard: Quote = await listener.first(Quote)
        assert (heard.bid_ticks, heard.ask_ticks) == (6_000_000, 6_000_001)
        assert (heard.bid_lots, heard.ask_lots) == (200_000, 300_000)
        assert await listener.first(BookDelta)
        engine.mark("BTCUSDT", "60010.00")

    kinds = {type(each) for each in listener.got}
    assert kinds <= {Quote, Trade, BookDelta}


async def test_a_line_that_breaks_is_a_fault_and_the_next_one_hears_again() -> None:
    engine = Engine(now=time_ns)
    with anyio.fail_after(20):
        async with AsyncExitStack() as stack:
            async with serve(engine) as venue:
                port = venue.port
                listener = Listener(venue, quotes=True)
                faults = await stack.enter_async_context(listening(listener))
            await listener.ended.wait()
            assert "shut down" in str(faults[0])

        listener.ready = anyio.Event()
        async with serve(engine, port=port), listening(listener):
            quote(engine, "60001.00")
            heard: Quote = await listener.first(Quote)
            assert heard.bid_ticks == 6_000_100


async def test_a_venue_that_cannot_be_reached_is_a_fault() -> None:
    async with serve(Engine(now=time_ns)) as venue:
        listener = Listener(venue, quotes=True)
    with pytest.raises(VenueFault, match="no connection"):
        await listener.stream.run(lambda: None)
