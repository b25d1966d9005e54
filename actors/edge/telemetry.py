"""What a running daemon says: one JSON document a line, for people's eyes and programs alike."""

from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum
from typing import Any, Final, TypeAlias

from msgspec import Struct

from actors.runtime.step_record import Step
from trader.model.account import DifferenceAccepted, DifferenceFound, ForeignAdopted, ForeignFound
from trader.model.control import (
    InstrumentChanged,
    InstrumentHalted,
    InstrumentResumed,
    LimitBreached,
    LimitChanged,
    LimitRejected,
    StrategyDisabled,
    StrategyFaulted,
    StrategyRearmed,
    TradingStateChanged,
)
from trader.model.orders import DecisionRecorded, OrderApproved, OrderEvent
from trader.model.units import Nanoseconds
from trader.ops.logs import Sink, logger

Listener: TypeAlias = Callable[[Mapping[str, Any]], None]

_OPEN: Final = (None, "", 0)
_UNSAID: Final = frozenset({"inputs"})
"""Numbers by their bits, for programs."""
_TOLD: Final = (
    DecisionRecorded,
    OrderApproved,
    OrderEvent,
    TradingStateChanged,
    DifferenceFound,
    DifferenceAccepted,
    ForeignFound,
    ForeignAdopted,
    InstrumentChanged,
    InstrumentHalted,
    InstrumentResumed,
    LimitBreached,
    LimitChanged,
    LimitRejected,
    StrategyDisabled,
    StrategyFaulted,
    StrategyRearmed,
)


class Telemetry:
    """Writes events to the log; whoever listens hears each of them too."""

    def __init__(self, sink: Sink, clock: Callable[[], Nanoseconds]) -> None:
        self.listeners: Final[list[Listener]] = []
        self._log = logger(sink)
        self._clock: Final = clock

    def bind(self, **fields: object) -> None:
        """What stands in every line from now on: which run, which session."""
        self._log = self._log.bind(**fields)

    def say(self, event: str, **fields: object) -> None:
        """One event, with its instant."""
        ts = self._clock()
        for listen in self.listeners:
            listen({"ts": ts, "event": event, **fields})
        self._log.msg(event, ts=ts, **fields)

    def shout(self, event: str, **fields: object) -> Mapping[str, Any]:
        """Writes an event from another thread, past whoever listens; returns it."""
        made = self.make(event, **fields)
        self.write(made)
        return made

    def make(self, event: str, **fields: object) -> Mapping[str, Any]:
        """An event with its instant, of which nobody knows yet."""
        return {"ts": self._clock(), "event": event, **fields}

    def write(self, event: Mapping[str, Any]) -> None:
        """Writes an event, past whoever listens."""
        self._log.msg(**event)

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
            cause = f"{envelope.cause[0]}.{envelope.cause[1]}"
            named = {"event": _snake(type(body).__name__), "seq": envelope.seq, "cause": cause}
            yield {**named, **_fields(about)}


def _snake(name: str) -> str:
    """The name as an event's.

    >>> _snake("OrderFilled")
    'order_filled'
    """
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).removeprefix("_")


def _fields(body: Struct) -> dict[str, Any]:
    """What a message says, without what it leaves open; enumerations by their names."""
    said = {name: getattr(body, name) for name in body.__struct_fields__ if name not in _UNSAID}
    return {
        name: value.name.lower() if isinstance(value, IntEnum) else value
        for name, value in said.items()
        if isinstance(value, IntEnum) or value not in _OPEN
    }
