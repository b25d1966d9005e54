"""The promise of a core actor: a message and the time in, messages out, and one declared state.

An actor keeps all that matters in `state`, one msgspec Struct: that is what is snapshotted,
hashed and rebuilt. What it keeps elsewhere must follow from its configuration, and `bind` renews
whatever points into the state after it was replaced.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar

import msgspec

from trader.model.envelope import Message
from trader.model.units import Nanoseconds

Handler: TypeAlias = Callable[[Any, Nanoseconds], Sequence[Message]]
State = TypeVar("State")

NOTHING: Final[tuple[Message, ...]] = ()


class Actor(Protocol):
    """What the reactor needs of an actor."""

    name: str

    @property
    def handlers(self) -> Mapping[type, Handler]:
        """The method for each type of message that the graph may send here."""

    def dump(self) -> bytes:
        """The declared state as bytes, the same bytes for the same state."""

    def load(self, data: bytes) -> None:
        """Takes the state that `dump` wrote."""


class Stateful(Generic[State]):
    """An actor whose whole state is the struct `state`."""

    state: State

    def dump(self) -> bytes:
        """The state as MessagePack; floats keep their bits."""
        return msgspec.msgpack.encode(self.state)

    def load(self, data: bytes) -> None:
        """Takes back a dumped state; raises `msgspec.ValidationError` if it is another's."""
        self.state = msgspec.msgpack.decode(data, type=type(self.state))
        self.bind()

    def bind(self) -> None:
        """Renews what points into the state; most actors keep no such thing."""
