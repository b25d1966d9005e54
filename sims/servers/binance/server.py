"""The venue on a socket: one port, told apart by path.

`/api/v3/...` is REST, `/ws-api/v3` the WebSocket API, `/ws...` and `/stream...` carry market
streams. Requests are executed in the order in which they arrive, unless the gate holds one back.
A request that has arrived is carried out even if its client is gone by then, as on the real
venue. The engine belongs to the caller: it outlives connections, and this server too.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

import anyio
import msgspec
from aiohttp import web
from anyio.abc import TaskGroup

from sims.servers.binance import refusals, rest
from sims.servers.binance.connection import Connection, Manner
from sims.servers.binance.engine import Engine
from sims.servers.binance.gate import Interference, Verdict, carry
from sims.servers.binance.limits import Limits
from sims.servers.binance.line import CLOSE_S, Line, Pulse
from sims.servers.binance.protocol import Protocol, Reply, refused
from sims.servers.binance.reports import MILLISECOND, UNITS, Event
from sims.servers.binance.request import Request, read
from sims.servers.binance.scenarios import admin
from sims.servers.binance.scenarios.admin import Admin
from sims.servers.binance.scenarios.director import Director
from sims.servers.binance.scenarios.inward import Inward
from sims.servers.binance.scenarios.outward import Courier
from sims.servers.binance.scenarios.reading import Script
from sims.servers.binance.scenarios.scenario import NS_PER_S, Scenario
from sims.servers.binance.scenarios.wires import Wires
from sims.servers.binance.session import Session
from sims.servers.binance.streams import Streams, StreamSession

WS_API: Final = "/ws-api/v3"
STREAM_ROOTS: Final = frozenset({"ws", "stream"})
BEAT_S: Final = 0.01
NO_PAGE: Final = "<html><body><h1>404 Not Found</h1></body></html>\n"
NOTHING_HAPPENS: Final = Script()
PULSE: Final = Pulse()
REQUESTS_KEPT: Final = 100_000


class Venue:
    """A venue that accepts connections; `received` holds its last requests, as they arrived.

    `interference` may be exchanged at any time and applies to what arrives from then on.
    """

    def __init__(
        self,
        engine: Engine,
        limits: Limits | None,
        interference: Interference | None,
        pulse: Pulse,
        script: Script,
    ) -> None:
        loop = asyncio.get_running_loop()
        self.scenario: Final = Scenario(_elapsed_ns, script.seed, script.rules)
        self.interference = interference or Inward(self.scenario).interference
        self.received: Final[deque[Request]] = deque(maxlen=REQUESTS_KEPT)
        self.host = ""
        self.port = 0
        self._engine: Final = engine
        self._protocol: Final = Protocol(engine, limits)
        self._streams: Final = Streams(engine)
        self._pulse: Final = pulse
        self._clients: Final[dict[Line, Connection | StreamSession]] = {}
        self._scopes: Final[set[anyio.CancelScope]] = set()
        self._later: Final = loop.call_later
        wires = Wires(self._clients, engine.now, self._later)
        self._director: Final = Director(engine, wires, _elapsed_ns, script.deeds)
        self._admin: Final = Admin(self.scenario, self._director)
        self._timer: asyncio.TimerHandle | None = None

    @property
    def url(self) -> str:
        """Where the WebSocket API is."""
        return f"{self.ws}{WS_API}"

    @property
    def ws(self) -> str:
        """The address of everything that is a WebSocket, without a path."""
        return f"ws://{self.host}:{self.port}"

    @property
    def http(self) -> str:
        """The address of REST, without a path."""
        return f"http://{self.host}:{self.port}"

    def bind(self, host: str, port: int) -> None:
        """Remember the address at which connections are accepted."""
        self.host, self.port = host, port

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Serve one HTTP request, which may become a WebSocket."""
        path, _, query = request.raw_path.partition("?")
        if path == WS_API:
            return await self._converse(request, parse_qs(query))
        if path.split("/")[1] in STREAM_ROOTS:
            return await self._stream(request)
        if path.startswith(f"{admin.ROOT}/"):
            status, document = self._admin.answer(request.method, path, await request.read())
            body = msgspec.json.encode(document)
            return web.Response(status=status, body=body, content_type="application/json")
        form = await request.text() if request.content_type == rest.FORM_TYPE else ""
        asked = rest.read(request.method, request.raw_path, form, request.headers)
        if asked is None:
            return web.Response(status=HTTPStatus.NOT_FOUND, text=NO_PAGE, content_type="text/html")
        if isinstance(asked, Request):
            return await self._answer(request, asked)
        return _response(Reply(outcome=asked))

    async def stop(self) -> None:
        """Take leave of every client, and drop every request that is still held back."""
        lines = list(self._clients)
        for line in lines:
            self._clients[line].say_shutdown(self._engine.now())
            line.close()
        with anyio.move_on_after(CLOSE_S):
            for line in lines:
                await line.written.wait()
        for scope in tuple(self._scopes):
            scope.cancel()

    def beat(self) -> None:
        """Do what is due: deeds of the scenario, and what the streams have saved up.

        It does so again and again until `rest`.
        """
        self._timer = self._later(BEAT_S, self.beat)
        self._director.tick()
        self._streams.publisher.tick()

    def rest(self) -> None:
        """Let the streams tell nothing more by themselves."""
        if self._timer is not None:
            self._timer.cancel()

    async def _answer(self, request: web.BaseRequest, asked: Request) -> web.StreamResponse:
        self.received.append(asked)
        with anyio.CancelScope() as scope:
            self._scopes.add(scope)
            try:
                reply = await carry(self.interference, asked, self._perform)
                if isinstance(reply, Reply):
                    asked.answered = True
                    return _response(reply)
                if reply is not Verdict.CLOSE:
                    # The client waits for as long as it likes; the server's end ends it too.
                    await anyio.sleep_forever()
            finally:
                self._scopes.discard(scope)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _perform(self, asked: Request) -> Reply:
        # Each HTTP request is a session of its own, to which nothing is sent.
        return self._protocol.perform(asked, Session(_ignore, unit=asked.unit))

    async def _converse(
        self, request: web.BaseRequest, query: dict[str, list[str]]
    ) -> web.StreamResponse:
        unit = UNITS.get(query.get("timeUnit", [MILLISECOND])[0].upper())
        if unit is None:
            return _response(Reply(outcome=refusals.BAD_TIME_UNIT))
        line = Line(request, self._pulse)
        socket = await line.open()
        manner = Manner(
            since_ns=self._engine.now(),
            shows_limits=query.get("returnRateLimits") != ["false"],
            unit=unit,
        )
        courier = Courier(self.scenario, self._later)
        connection = Connection(line, self._protocol, courier, manner)
        self._protocol.connect()
        deliver = connection.session.deliver
        self._engine.listen(deliver)
        try:
            async with self._serving(line, connection) as tasks:
                async for frame in line.read():
                    asked = read(frame)
                    if isinstance(asked, Request):
                        self.received.append(asked)
                        tasks.start_soon(connection.process, asked, self.interference)
                    else:
                        connection.send(refused(asked.id, asked.refusal))
        finally:
            self._engine.forget(deliver)
        return socket

    async def _stream(self, request: web.BaseRequest) -> web.StreamResponse:
        line = Line(request, self._pulse)
        socket = await line.open()
        courier = Courier(self.scenario, self._later)
        session = self._streams.open(request.raw_path, line.send, line.cut, courier)
        try:
            async with self._serving(line, session):
                async for frame in line.read():
                    session.receive(frame)
        finally:
            session.close()
        return socket

    @asynccontextmanager
    async def _serving(
        self, line: Line, client: Connection | StreamSession
    ) -> AsyncIterator[TaskGroup]:
        self._clients[line] = client
        try:
            async with anyio.create_task_group() as tasks:
                self._scopes.add(tasks.cancel_scope)
                tasks.start_soon(line.write)
                tasks.start_soon(line.beat)
                yield tasks
                line.close()
            self._scopes.discard(tasks.cancel_scope)
        finally:
            line.close()
            del self._clients[line]


@asynccontextmanager
async def serve(  # noqa: PLR0913 - what a test may want otherwise
    engine: Engine,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    interference: Interference | None = None,
    limits: Limits | None = None,
    pulse: Pulse = PULSE,
    script: Script = NOTHING_HAPPENS,
) -> AsyncIterator[Venue]:
    """Accept connections to `engine` at `host`; port 0 takes any free one.

    Without an `interference` of a test the rules of `script` strike, and those that come later.
    """
    venue = Venue(engine, limits, interference, pulse, script)
    runner = web.ServerRunner(web.Server(venue.handle), shutdown_timeout=CLOSE_S)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        venue.bind(*runner.addresses[0][:2])
        venue.beat()
        yield venue
        await venue.stop()
    finally:
        venue.rest()
        await runner.cleanup()


def _response(reply: Reply) -> web.Response:
    response = rest.respond(reply)
    return web.Response(status=response.status, headers=response.headers, body=response.body)


def _elapsed_ns() -> int:
    """Return the time of the loop, which no skew moves."""
    return int(anyio.current_time() * NS_PER_S)


def _ignore(_event: Event) -> None:
    """Nobody is there to hear it."""
