"""The gateway: the socket between the core and a venue, and the only place from which orders leave.

It does what an execution client says and tells it what happens. A new connection begins a new
epoch: once the venue has agreed to report, the core is told so as if it had been started again,
asks about every order without an answer, and is halted until it and the venue agree.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

import anyio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from actors.runtime.supervisor import Ready
from trader.errors import TraderdError, VenueFault
from trader.model.envelope import Message
from trader.model.units import SECOND_NS, Nanoseconds
from trader.venues.execution_client import ExecutionClient, Outgoing, Turn

FRAMES_MAX: Final = 1_024
"""Frames that may wait for the socket; one more means that the venue has stopped reading."""
FRAME_BYTES_MAX: Final = 4 << 20
PING_S: Final = 10
PONG_S: Final = 20
SLEEP_S_MAX: Final = 60


class Gateway:
    """One venue's connection, begun anew each time it breaks.

    `begin` makes the next epoch durable and returns it; `begun` hears of it when orders may leave.
    """

    def __init__(
        self,
        url: str,
        client: ExecutionClient,
        *,
        clock: Callable[[], Nanoseconds],
        put: Callable[[Message], None],
        begin: Callable[[], int],
        begun: Callable[[int], None],
    ) -> None:
        self._url: Final = url
        self._client: Final = client
        self._clock: Final = clock
        self._put: Final = put
        self._begin: Final = begin
        self._begun: Final = begun
        self._epoch = 0
        self._outbox: deque[Outgoing] = deque()
        self._stuck = False
        self._changed = anyio.Event()
        self._filled = anyio.Event()
        self._emptied = anyio.Event()

    async def run(self, ready: Ready) -> None:
        """Talks until it is cancelled; raises VenueFault when the connection breaks."""
        try:
            async with connect(
                self._url,
                max_size=FRAME_BYTES_MAX,
                ping_interval=PING_S,
                ping_timeout=PONG_S,
                open_timeout=PONG_S,
                close_timeout=1,
            ) as socket:
                await self._talk(socket, ready)
        except (OSError, WebSocketException) as error:
            raise VenueFault(f"no connection to the venue: {error}", where=self._url) from error
        finally:
            # What waited for this connection never leaves through another one.
            self._outbox.clear()
            self._emptied.set()
            self._take(self._client.lose(self._clock()))
            self._changed.set()

    def perform(self, effects: Iterable[Message]) -> None:
        """Effects of committed steps, in their order."""
        self._take(self._client.perform(effects, self._clock()))
        self._changed.set()

    async def rest(self) -> None:
        """Returns when it is known what became of every order that was sent."""
        while self._outbox or self._client.busy:
            await self._changed.wait()

    async def flush(self) -> None:
        """Returns when nothing waits to be sent, or nothing can be sent any more."""
        while self._outbox:
            await self._emptied.wait()

    async def send(self, socket: ClientConnection, frame: bytes) -> None:
        """Lets one frame's bytes leave."""
        await socket.send(frame, text=True)

    def hear(self, frame: bytes) -> None:
        """Takes one frame in."""
        self._take(self._client.hear(frame, self._clock()))

    async def _talk(self, socket: ClientConnection, ready: Ready) -> None:
        self._epoch = self._begin()
        self._stuck = False
        self._take(self._client.greet(self._epoch, self._clock()))
        await _together(lambda: self._read(socket, ready), lambda: self._write(socket), self._tick)

    async def _read(self, socket: ClientConnection, ready: Ready) -> None:
        is_open = False
        while True:
            self.hear(await socket.recv(decode=False))
            self._changed.set()
            if self._client.ready and not is_open:
                is_open = True
                self._begun(self._epoch)
                ready()

    async def _write(self, socket: ClientConnection) -> None:
        while True:
            while self._outbox:
                outgoing = self._outbox[0]
                await self.send(socket, outgoing.frame)
                self._outbox.popleft()
                for message in outgoing.sent:
                    self._put(message)
            self._emptied.set()
            await self._filled.wait()
            self._filled = anyio.Event()

    async def _tick(self) -> None:
        while True:
            wait_s = (self._client.due - self._clock()) / SECOND_NS
            with anyio.move_on_after(max(0, min(SLEEP_S_MAX, wait_s))):
                await self._changed.wait()
            # Whoever else waits for a change looks again when time has passed as well.
            self._changed.set()
            self._changed = anyio.Event()
            if self._stuck:
                raise VenueFault("the venue does not take what we send", where=self._url)
            if self._client.due <= self._clock():
                self._take(self._client.tick(self._clock()))

    def _take(self, turn: Turn) -> None:
        """Passes messages on and queues frames; the caller owes the ticker a word of the change."""
        for message in turn.messages:
            self._put(message)
        if not turn.frames:
            return
        if len(self._outbox) + len(turn.frames) > FRAMES_MAX:
            self._stuck = True
            return
        self._outbox.extend(turn.frames)
        self._emptied = anyio.Event()
        self._filled.set()


async def _together(*parts: Callable[[], Awaitable[None]]) -> None:
    """Runs all parts until one fails, and raises what that one raised, bare."""
    failures: list[Exception] = []
    async with anyio.create_task_group() as tasks:

        async def watched(part: Callable[[], Awaitable[None]]) -> None:
            try:
                await part()
            except (TraderdError, OSError, WebSocketException) as error:
                failures.append(error)
                tasks.cancel_scope.cancel()

        for part in parts:
            tasks.start_soon(watched, part)
    if failures:
        raise failures[0]
