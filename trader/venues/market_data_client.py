"""The promise of a codec for market data: what to send, and what the market says.

Like an execution client it owns no socket and no clock. Whoever does tells it what arrived and what
time it is, and gets a turn.
"""

from typing import Protocol

from trader.model.units import Nanoseconds
from trader.venues.execution_client import Reply, Turn


class MarketDataClient(Protocol):
    """A venue's side of the market data. Its nonsense and its silence raise VenueFault."""

    @property
    def ready(self) -> bool:
        """Whether the venue has agreed to tell everything that was asked for."""

    @property
    def due(self) -> Nanoseconds:
        """When `tick` has something to do, at the latest."""

    def greet(self, now: Nanoseconds) -> Turn:
        """A new connection stands: asks for all streams."""

    def hear(self, frame: bytes, now: Nanoseconds) -> Turn:
        """A frame arrived."""

    def returned(self, id_: str, reply: Reply | None, now: Nanoseconds) -> Turn:
        """A call has ended; without a reply nobody knows what came of it."""

    def tick(self, now: Nanoseconds) -> Turn:
        """Time passed: what was not sent yet, who is silent, snapshots to ask for again."""

    def lose(self, now: Nanoseconds) -> Turn:
        """The connection broke: books have to be joined anew."""
