"""The venue on a socket: one port, one path, each request in a task of its own.

Requests are executed in the order in which they arrive, unless the gate holds one back; answers
come as they are ready. A request that has arrived is carried out even if its client is gone by
then, as on the real venue. The engine belongs to the caller: it outlives connections, and this
server too.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs, urlsplit

import anyio
from anyio.abc import TaskGroup
from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as listen
from websockets.exceptions import ConnectionClosedError
from websockets.http11 import Request as Handshake
from websockets.http11 import Response

from sims.servers.binance.connection import Connection
from sims.servers.binance.engine import Engine
from sims.servers.binance.gate import Interference
from sims.servers.binance.limits import Limits
from sims.servers.binance.protocol import Protocol, Request, read

PATH: Final = "/ws-api/v3"
PING_S: Final = 20
PONG_S: Final = 60
MILLISECOND: Final = "MILLISECOND"
FRAME_BYTES_MAX: Final = 1 << 16
UNTOUCHED: Final = Interference()


class Venue:
    """A venue that accepts connections; `received` holds every request, in order of arrival.

    `interference` may be exchanged at any time and applies to what arrives from then on.
    """

    def __init__(self, engine: Engine, protocol: Protocol, interference: Interference) -> None:
        self.interference = interference
        self.received: Final[list[Request]] = []
        self.host = ""
        self.port = 0
        self._engine: Final = engine
        self._protocol: Final = protocol
        self._scopes: Final[set[anyio.CancelScope]] = set()

    @property
    def url(self) -> str:
        """Where the WebSocket API is."""
        return f"ws://{self.host}:{self.port}{PATH}"

    def bind(self, host: str, port: int) -> None:
        """Remember the address at which connections are accepted."""
        self.host, self.port = host, port

    async def handle(self, socket: ServerConnection) -> None:
        """Serve one connection until its client leaves and its last request is done."""
        self._protocol.connect()
        shows_limits = _query(socket).get("returnRateLimits") != ["false"]
        connection = Connection(socket, self._protocol, shows_limits=shows_limits)
        deliver = connection.session.deliver
        self._engine.listen(deliver)
        try:
            async with anyio.create_task_group() as tasks:
                self._scopes.add(tasks.cancel_scope)
                tasks.start_soon(connection.write)
                await self._read(socket, connection, tasks)
                connection.close()
            self._scopes.discard(tasks.cancel_scope)
        finally:
            connection.close()
            self._engine.forget(deliver)

    def stop(self) -> None:
        """Drop every request that is still held back."""
        for scope in self._scopes:
            scope.cancel()

    async def _read(
        self, socket: ServerConnection, connection: Connection, tasks: TaskGroup
    ) -> None:
        try:
            async for frame in socket:
                request = read(frame)
                if isinstance(request, Request):
                    self.received.append(request)
                    tasks.start_soon(connection.process, request, self.interference)
                else:
                    connection.send(request)
        except ConnectionClosedError:
            # A client that is killed says no farewell; what it asked for is still done.
            return


@asynccontextmanager
async def serve(
    engine: Engine,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    interference: Interference = UNTOUCHED,
    limits: Limits | None = None,
) -> AsyncIterator[Venue]:
    """Accept connections to `engine` at `host`; port 0 takes any free one."""
    venue = Venue(engine, Protocol(engine, limits), interference)
    async with listen(
        venue.handle,
        host,
        port,
        process_request=_refuse_handshake,
        ping_interval=PING_S,
        ping_timeout=PONG_S,
        max_size=FRAME_BYTES_MAX,
    ) as server:
        bound_host, bound_port = next(iter(server.sockets)).getsockname()[:2]
        venue.bind(bound_host, bound_port)
        try:
            yield venue
        finally:
            venue.stop()


def _refuse_handshake(socket: ServerConnection, handshake: Handshake) -> Response | None:
    if urlsplit(handshake.path).path != PATH:
        return socket.respond(HTTPStatus.NOT_FOUND, "no such path\n")
    if parse_qs(urlsplit(handshake.path).query).get("timeUnit", [MILLISECOND]) != [MILLISECOND]:
        return socket.respond(HTTPStatus.BAD_REQUEST, "times are in milliseconds here\n")
    return None


def _query(socket: ServerConnection) -> dict[str, list[str]]:
    assert socket.request is not None
    return parse_qs(urlsplit(socket.request.path).query)
