"""The promise of a venue's codec: one conversation, told what happens, saying what to do.

A dialogue owns no socket and no clock. Whoever does tells it what left the core, what arrived and
what time it is, and gets a turn: frames to send and messages for the core, each in order.
"""

from typing import Protocol

from msgspec import Struct, field

from trader.model.envelope import Message
from trader.model.units import Nanoseconds


class Outgoing(Struct, frozen=True):
    """A frame to send; `sent` is what becomes true once its bytes have left."""

    frame: bytes
    sent: Message | None = None


class Turn(Struct):
    """What to do next: frames for the venue, messages for the core."""

    frames: list[Outgoing] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    def __add__(self, other: "Turn") -> "Turn":
        return Turn(self.frames + other.frames, self.messages + other.messages)


class Dialogue(Protocol):
    """A venue's side of the gateway. Only the venue's nonsense raises: VenueFault."""

    @property
    def ready(self) -> bool:
        """Whether the venue has agreed to tell us what happens, so that orders may leave."""

    @property
    def busy(self) -> bool:
        """Whether what became of some order is still to be told."""

    @property
    def due(self) -> Nanoseconds:
        """When `tick` has something to do, at the latest."""

    def greet(self, epoch: int, now: Nanoseconds) -> Turn:
        """A new connection stands. Only orders whose id carries `epoch` leave through it."""

    def perform(self, message: Message, now: Nanoseconds) -> Turn:
        """An effect left the core."""

    def hear(self, frame: bytes, now: Nanoseconds) -> Turn:
        """A frame arrived."""

    def tick(self, now: Nanoseconds) -> Turn:
        """Time passed: deadlines, and questions to repeat."""

    def lose(self, now: Nanoseconds) -> Turn:
        """The connection broke: whatever had no answer is in doubt."""
