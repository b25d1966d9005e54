"""The gateway: the way from the core to a venue, and the only place from which orders leave.

It does what an execution client says and tells it what happens. A new connection begins a new
epoch: once the venue has agreed to report, the core is told so as if it had been started again,
asks about every order without an answer, and is halted until it and the venue agree.
"""

from collections.abc import Callable, Iterable
from typing import Final

from websockets.asyncio.client import ClientConnection

from actors.runtime.lease import Lease
from actors.runtime.line import Line, Way
from actors.runtime.supervisor import Ready
from trader.model.envelope import Message
from trader.model.units import Nanoseconds
from trader.venues.execution_client import ExecutionClient, Turn


class Gateway:
    """One venue's connection, begun anew each time it breaks.

    `begin` makes the next epoch durable and returns it; `begun` hears of it when orders may leave.

    A process that stood still for longer than its lease sends no order when it wakes: the
    connection breaks, and what was on its way is asked about. Cancels still leave.
    """

    def __init__(  # noqa: PLR0913 - what the daemon lends it
        self,
        way: Way,
        client: ExecutionClient,
        *,
        clock: Callable[[], Nanoseconds],
        put: Callable[[Message], None],
        begin: Callable[[], int],
        begun: Callable[[int], None],
        lease: Lease | None = None,
    ) -> None:
        self._client: Final = client
        self._clock: Final = clock
        self._begin: Final = begin
        self._begun: Final = begun
        self._line: Final = Line(way, client, clock=clock, put=put, lease=lease)
        self._epoch = 0
        self._is_open = False
        self._ready: Ready = _nothing

    async def run(self, ready: Ready) -> None:
        """Talks until it is cancelled; raises VenueFault when the connection breaks."""
        self._ready = ready
        await self._line.talk(self)

    def perform(self, effects: Iterable[Message]) -> None:
        """Effects of committed steps, in their order."""
        self._line.take(self._client.perform(effects, self._clock()))
        self._line.changed.set()

    async def rest(self) -> None:
        """Returns when it is known what became of every order that was sent."""
        while self._line.outbox or self._client.busy:
            await self._line.changed.wait()

    async def flush(self) -> None:
        """Returns when nothing waits to be sent, or nothing can be sent any more."""
        await self._line.flush()

    def greet(self) -> Turn:
        """A new connection is a new epoch."""
        self._epoch = self._begin()
        self._is_open = False
        return self._client.greet(self._epoch, self._clock())

    async def send(self, socket: ClientConnection, frame: bytes) -> None:
        """Lets one frame's bytes leave."""
        await socket.send(frame, text=True)

    def hear(self, frame: bytes) -> None:
        """Takes one frame in."""
        self._line.take(self._client.hear(frame, self._clock()))

    def heard(self) -> None:
        """Looks whether the venue has agreed to report, so that orders may leave."""
        if self._client.ready and not self._is_open:
            self._is_open = True
            self._begun(self._epoch)
            self._ready()


def _nothing() -> None:
    """Nobody waits yet."""
