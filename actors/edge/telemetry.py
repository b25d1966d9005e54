"""What a running daemon says: one JSON document a line, for people's eyes and programs alike."""

from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum
from typing import Any, Final, TextIO

import msgspec
from msgspec import Struct

from actors.runtime.step_record import Step
from trader.model.account import DifferenceFound
from trader.model.control import (
    LimitBreached,
    LimitChanged,
    LimitRejected,
    StrategyDisabled,
    StrategyFaulted,
    StrategyRearmed,
    TradingStateChanged,
)
from trader.model.orders import OrderApproved, OrderEvent
from trader.model.units import Nanoseconds

_OPEN: Final = (None, "", 0)
_TOLD: Final = (
    OrderApproved,
    OrderEvent,
    TradingStateChanged,
    DifferenceFound,
    LimitBreached,
    LimitChanged,
    LimitRejected,
    StrategyDisabled,
    StrategyFaulted,
    StrategyRearmed,
)


class Telemetry:
    """Writes lines to a stream; a reader that has gone away disturbs nobody."""

    def __init__(
        self,
        stream: TextIO,
        clock: Callable[[], Nanoseconds],
        listen: Callable[[Mapping[str, Any]], None],
    ) -> None:
        """`listen` gets every event too, as a document."""
        self._stream: Final = stream
        self._clock: Final = clock
        self._listen: Final = listen

    def say(self, event: str, **fields: object) -> None:
        """One line; `ts` and `event` stand first."""
        document = {"ts": self._clock(), "event": event, **fields}
        self._listen(document)
        line = msgspec.json.encode(document)
        try:
            self._stream.write(line.decode() + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            return

    def tell(self, step: Step) -> None:
        """A line for each output of a step that a person would want to hear of."""
        for event in events_of(step):
            self.say(**event)


def events_of(step: Step) -> Iterator[dict[str, Any]]:
    """What a person would want to hear of a step's outputs; `event` names the kind."""
    for envelope in step.kept:
        body = envelope.body
        if isinstance(body, _TOLD):
            about = body.order if isinstance(body, OrderApproved) else body
            yield {"event": _snake(type(body).__name__), "seq": envelope.seq, **_fields(about)}


def _snake(name: str) -> str:
    """The name as an event's.

    >>> _snake("OrderFilled")
    'order_filled'
    """
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).removeprefix("_")


def _fields(body: Struct) -> dict[str, Any]:
    """What a message says, without what it leaves open; enumerations by their names."""
    said = {name: getattr(body, name) for name in body.__struct_fields__}
    return {
        name: value.name.lower() if isinstance(value, IntEnum) else value
        for name, value in said.items()
        if isinstance(value, IntEnum) or value not in _OPEN
    }
