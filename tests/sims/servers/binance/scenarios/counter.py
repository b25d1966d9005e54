"""A client at the counter of a troubled venue, on a real socket, who hears what happens to main."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
import anyio
from websockets.asyncio.client import ClientConnection, connect

from sims.servers.binance.engine import Engine
from sims.servers.binance.scenarios.clock import SkewedClock
from sims.servers.binance.scenarios.reading import Script
from sims.servers.binance.server import Venue, serve
from tests.sims.servers.binance.desk import MAIN, OTHER, Clock, Document, limit, signed

NAMED: Final = {"symbol": "BTCUSDT", "origClientOrderId": "mine"}
SOON_S: Final = 0.2


class Counter:
    """Asks over the WebSocket API; `frames` holds answers and events as they came."""

    def __init__(
        self, venue: Venue, engine: Engine, clock: Clock, socket: ClientConnection
    ) -> None:
        self.venue: Final = venue
        self.engine: Final = engine
        self.clock: Final = clock
        self.socket: Final = socket
        self.frames: Final[list[Document]] = []

    async def say(self, method: str, params: Document, name: str = "asked") -> None:
        """Ask and do not wait."""
        text = json.dumps({"id": name, "method": method, "params": params})
        await self.socket.send(text)

    async def ask(self, method: str, params: Document) -> Document:
        """Ask and return the answer; events before it are kept."""
        await self.say(method, params)
        return await self.answer()

    async def sign(self, method: str, **params: Any) -> Document:
        """Ask with a signature of the clock's time."""
        return await self.ask(method, signed(params, self.clock.ms))

    async def answer(self, name: str = "asked") -> Document:
        """Return the next answer to `name`."""
        while (frame := await self.next()).get("id") != name:
            pass
        return frame

    async def next(self) -> Document:
        """Return the next frame."""
        frame: Document = json.loads(await self.socket.recv())
        self.frames.append(frame)
        return frame

    async def is_quiet(self) -> bool:
        """Say whether nothing comes for a while."""
        with anyio.move_on_after(SOON_S):
            await self.next()
            return False
        return True

    async def executions(self, count: int) -> list[str]:
        """Return what the next so many reports say has happened."""
        told: list[str] = []
        while len(told) < count:
            event = (await self.next()).get("event", {})
            if event.get("e") == "executionReport":
                told.append(event["x"])
        return told

    async def place(self, **changes: str) -> Document:
        """Place the order that is called mine."""
        return await self.ask("order.place", self.mine(**changes))

    def mine(self, **changes: str) -> Document:
        """Return the signed parameters of an order that is called mine."""
        return signed(limit(newClientOrderId="mine") | changes, self.clock.ms)

    def known(self) -> str | None:
        """Return the status of the order that is called mine, as the engine knows it."""
        orders = [each for each in self.engine.orders.values() if each.client_order_id == "mine"]
        return orders[-1].status.value if orders else None

    async def admin(self, verb: str, path: str, document: object = None) -> tuple[int, Any]:
        """Ask the administrator."""
        url = f"{self.venue.http}/admin/{path}"
        async with (
            aiohttp.ClientSession() as session,
            session.request(verb, url, json=document) as response,
        ):
            return response.status, await response.json()

    async def do(self, **deed: object) -> Document:
        """Do a deed now."""
        status, told = await self.admin("POST", "deeds", deed)
        assert status == 200, told
        return dict(told[0])


@asynccontextmanager
async def at(*rules: Any, deeds: Any = (), seed: int = 1) -> AsyncIterator[Counter]:
    """Open a venue in which these rules strike, and a client who has subscribed."""
    clock = Clock()
    engine = Engine(now=SkewedClock(clock), accounts=(MAIN, OTHER))
    script = Script(seed=seed, rules=rules, deeds=deeds)
    with anyio.fail_after(20):
        async with serve(engine, script=script) as venue, connect(venue.url) as socket:
            counter = Counter(venue, engine, clock, socket)
            await counter.sign("userDataStream.subscribe.signature")
            yield counter
