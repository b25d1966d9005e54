"""The promise of a venue's codec: one conversation, told what happens, saying what to do.

A client owns no socket and no clock. Whoever does tells it what left the core, what arrived and
what time it is, and gets a turn: what to send and messages for the core, each in order. Commands
go in by `perform`: submit, cancel, replace, query, and the question for the whole account, which is
answered by its orders and positions. What the venue says of its own accord, the stream, comes out
of `hear` in the same words as what it answers.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from msgspec import Struct, field

from trader.model.envelope import Message
from trader.model.units import Nanoseconds


class Outgoing(Struct, frozen=True):
    """A frame to send; `sent` is what becomes true once its bytes have left.

    One that `places` asks for a new order, and may not leave late.
    """

    frame: bytes
    sent: tuple[Message, ...] = ()
    places: bool = False


class Call(Struct, frozen=True, kw_only=True):
    """An HTTP request: verb, path, query string as it is to be sent, and headers.

    One that `places` asks for a new order, and may not leave late.
    """

    id: str = ""
    verb: str
    path: str
    query: bytes
    headers: tuple[tuple[str, str], ...] = ()
    places: bool = False

    def __repr__(self) -> str:
        return f"Call({self.verb} {self.path})"


class Reply(Struct, frozen=True, kw_only=True):
    """What came of a call; the names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Turn(Struct):
    """What to do next: frames for the venue, messages for the core, and calls by HTTP."""

    frames: list[Outgoing] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    def __add__(self, other: "Turn") -> "Turn":
        return Turn(
            self.frames + other.frames, self.messages + other.messages, self.calls + other.calls
        )


class Figures(Struct, frozen=True, kw_only=True):
    """Our clock less the venue's, and what is left of each of its limits, as a share of it.

    Of a limit that is counted also what is `used`, and the most.
    """

    clock_skew_ns: Nanoseconds
    headroom: Mapping[str, float]
    used: Mapping[str, tuple[int, int]] = {}


class ExecutionClient(Protocol):
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

    def perform(self, messages: Iterable[Message], now: Nanoseconds) -> Turn:
        """Effects left the core together, those of one decision among them side by side."""

    def hear(self, frame: bytes, now: Nanoseconds) -> Turn:
        """A frame arrived."""

    def returned(self, id_: str, reply: Reply | None, now: Nanoseconds) -> Turn:
        """A call has ended; without a reply nobody knows what came of it."""

    def tick(self, now: Nanoseconds) -> Turn:
        """Time passed: deadlines, and questions to repeat."""

    def lose(self, now: Nanoseconds) -> Turn:
        """The connection broke: whatever had no answer is in doubt."""
