"""A connection to a venue, whatever is talked about: a socket, calls beside it, and the time.

A client without a socket says what to send and what a frame means; here is the socket. What it
wants to send waits in a bounded outbox, what it has to tell goes on at once, and it is asked again
when its next deadline passes. The line breaks as one: whatever fails ends all of it, and the client
is told.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Final, Protocol

import anyio
from anyio.abc import TaskGroup
from msgspec import Struct
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from actors.runtime.calls import Calls, calling
from actors.runtime.lease import Lease
from trader.errors import TraderdError, VenueFault
from trader.model.envelope import Message
from trader.model.units import SECOND_NS, Nanoseconds
from trader.venues.execution_client import Call, Outgoing, Reply, Turn

FRAMES_MAX: Final = 1_024
"""Frames that may wait for the socket; one more means that the venue has stopped reading."""
FRAME_BYTES_MAX: Final = 4 << 20
PING_S: Final = 10
PONG_S: Final = 20
SLEEP_S_MAX: Final = 60


class Client(Protocol):
    """What both promises, of execution and of market data, have in common."""

    @property
    def due(self) -> Nanoseconds:
        """When `tick` has something to do, at the latest."""

    def hear(self, frame: bytes, now: Nanoseconds) -> Turn:
        """A frame arrived."""

    def returned(self, id_: str, reply: Reply | None, now: Nanoseconds) -> Turn:
        """A call has ended."""

    def tick(self, now: Nanoseconds) -> Turn:
        """Time passed."""

    def lose(self, now: Nanoseconds) -> Turn:
        """The connection broke."""


class Way(Struct, frozen=True):
    """Where the socket is, and where calls go; without that none can be made."""

    url: str
    rest: str | None = None


class Speaker(Protocol):
    """Whose line it is."""

    def greet(self) -> Turn:
        """The connection stands: what to begin with."""

    def hear(self, frame: bytes) -> None:
        """Takes one frame in."""

    def heard(self) -> None:
        """A frame was taken in and all that follows from it was done."""

    async def send(self, socket: ClientConnection, frame: bytes) -> None:
        """Lets one frame's bytes leave."""


class Line:
    """One client's connection."""

    def __init__(
        self,
        way: Way,
        client: Client,
        *,
        clock: Callable[[], Nanoseconds],
        put: Callable[[Message], None],
        lease: Lease | None = None,
    ) -> None:
        """`lease`: what must hold when an order leaves; begun with each connection."""
        self.changed = anyio.Event()
        """Set and renewed whenever something came, left or fell due."""
        self.outbox: Final[deque[Outgoing]] = deque()
        self._way: Final = way
        self._client: Final = client
        self._clock: Final = clock
        self._put: Final = put
        self._lease: Final = lease or Lease()
        self._stuck = False
        self._filled = anyio.Event()
        self._emptied = anyio.Event()
        self._tasks: TaskGroup | None = None
        self._calls: Calls | None = None

    async def talk(self, speaker: Speaker) -> None:
        """Connects and talks until it is cancelled; raises VenueFault when the line breaks."""
        url, rest = self._way.url, self._way.rest
        try:
            async with AsyncExitStack() as stack:
                if rest is not None:
                    self._calls = await stack.enter_async_context(calling(rest))
                opened = connect(
                    url,
                    max_size=FRAME_BYTES_MAX,
                    ping_interval=PING_S,
                    ping_timeout=PONG_S,
                    open_timeout=PONG_S,
                    close_timeout=1,
                )
                await self._together(await stack.enter_async_context(opened), speaker)
        except (OSError, WebSocketException) as error:
            raise VenueFault(f"no connection to the venue: {error}", where=url) from error
        finally:
            # What waited for this connection never leaves through another one.
            self.outbox.clear()
            self._emptied.set()
            self._tasks = self._calls = None
            self.take(self._client.lose(self._clock()))
            self.changed.set()

    def take(self, turn: Turn) -> None:
        """Passes messages on, queues frames and begins calls."""
        for message in turn.messages:
            self._put(message)
        for call in turn.calls:
            self._begin(call)
        if not turn.frames:
            return
        if len(self.outbox) + len(turn.frames) > FRAMES_MAX:
            self._stuck = True
            return
        self.outbox.extend(turn.frames)
        self._emptied = anyio.Event()
        self._filled.set()

    async def flush(self) -> None:
        """Returns when nothing waits to be sent, or nothing can be sent any more."""
        while self.outbox:
            await self._emptied.wait()

    # -- the parts of a conversation --------------------------------------------------------------

    async def _together(self, socket: ClientConnection, speaker: Speaker) -> None:
        """Runs all parts until one fails, and raises what that one raised, bare."""
        failures: list[Exception] = []
        self._stuck = False
        async with anyio.create_task_group() as tasks:
            self._tasks = tasks

            async def watched(part: Callable[[], Awaitable[None]]) -> None:
                try:
                    await part()
                except (TraderdError, OSError, WebSocketException) as error:
                    failures.append(error)
                    tasks.cancel_scope.cancel()

            self._lease.begin()
            self.take(speaker.greet())
            tasks.start_soon(watched, lambda: self._read(socket, speaker))
            tasks.start_soon(watched, lambda: self._write(socket, speaker))
            tasks.start_soon(watched, self._tick)
            tasks.start_soon(watched, self._renew)
        if failures:
            raise failures[0]

    async def _read(self, socket: ClientConnection, speaker: Speaker) -> None:
        while True:
            speaker.hear(await socket.recv(decode=False))
            self.changed.set()
            speaker.heard()

    async def _write(self, socket: ClientConnection, speaker: Speaker) -> None:
        while True:
            while self.outbox:
                outgoing = self.outbox[0]
                if outgoing.places and not self._lease.holds():
                    raise self._woken()
                await speaker.send(socket, outgoing.frame)
                self.outbox.popleft()
                for message in outgoing.sent:
                    self._put(message)
            self._emptied.set()
            await self._filled.wait()
            self._filled = anyio.Event()

    async def _renew(self) -> None:
        while True:
            await anyio.sleep(self._lease.every_s)
            if not self._lease.renew():
                raise self._woken()

    def _woken(self) -> VenueFault:
        return VenueFault("this process stood still for longer than its lease", where=self._way.url)

    async def _tick(self) -> None:
        while True:
            wait_s = (self._client.due - self._clock()) / SECOND_NS
            with anyio.move_on_after(max(0, min(SLEEP_S_MAX, wait_s))):
                await self.changed.wait()
            # Whoever else waits for a change looks again when time has passed as well.
            self.changed.set()
            self.changed = anyio.Event()
            if self._stuck:
                raise VenueFault("the venue does not take what we send", where=self._way.url)
            if self._client.due <= self._clock():
                self.take(self._client.tick(self._clock()))

    def _begin(self, call: Call) -> None:
        """A call beside the socket; nobody makes it without a line, or if it would be late."""
        is_late = call.places and not self._lease.holds()
        if self._tasks is None or self._calls is None or is_late:
            self.take(self._client.returned(call.id, None, self._clock()))
            return
        self._tasks.start_soon(self._call, self._calls, call)

    async def _call(self, calls: Calls, call: Call) -> None:
        reply = await calls.make(call)
        self.take(self._client.returned(call.id, reply, self._clock()))
        self.changed.set()
