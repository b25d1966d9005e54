"""Market data as a venue streams them: one connection for all of it, begun anew at each break.

It does what a market data client says: asks for the streams, joins books, notices who is silent.
Nothing here is decided and nothing is kept; what the market says goes to the inbox as it comes.
"""

from collections.abc import Callable
from typing import Final

from websockets.asyncio.client import ClientConnection

from actors.runtime.line import Line, Way
from actors.runtime.supervisor import Ready
from trader.model.envelope import Message
from trader.model.units import Nanoseconds
from trader.venues.execution_client import Turn
from trader.venues.market_data_client import MarketDataClient


class MarketStream:
    """One venue's market data."""

    def __init__(
        self,
        way: Way,
        client: MarketDataClient,
        *,
        clock: Callable[[], Nanoseconds],
        put: Callable[[Message], None],
    ) -> None:
        self._client: Final = client
        self._clock: Final = clock
        self._line: Final = Line(way, client, clock=clock, put=put)
        self._ready: Ready | None = None

    async def run(self, ready: Ready) -> None:
        """Listens until it is cancelled; raises VenueFault when the connection breaks."""
        self._ready = ready
        await self._line.talk(self)

    def greet(self) -> Turn:
        """Asks for all streams."""
        return self._client.greet(self._clock())

    async def send(self, socket: ClientConnection, frame: bytes) -> None:
        """Lets one frame's bytes leave."""
        await socket.send(frame, text=True)

    def hear(self, frame: bytes) -> None:
        """Takes one frame in."""
        self._line.take(self._client.hear(frame, self._clock()))

    def heard(self) -> None:
        """Looks whether every stream was confirmed."""
        if self._ready is not None and self._client.ready:
            self._ready()
            self._ready = None
