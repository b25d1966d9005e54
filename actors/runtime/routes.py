"""Turns the topology, which is data, into the lists of handlers that delivery walks through.

A route says which roles get a message of a type from a source. Of the role `strategy` there are
many: a message about one instrument or one strategy reaches only those it concerns, so the others
cost it nothing. Ports are receivers outside the core (the gateway, the timers).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Final, Protocol, TypeAlias

from actors.runtime.actor import NOTHING, Actor, Handler
from actors.runtime.recorder import Record
from trader.model.envelope import Message
from trader.model.units import Nanoseconds

Routes: TypeAlias = Mapping[tuple[str, type], tuple[str, ...]]

STRATEGY: Final = "strategy"
WORLD: Final = "world"


class StrategyLike(Actor, Protocol):
    """A strategy's actor also tells the instrument it trades."""

    instrument: str


class Receiver:
    """A handler, the actor behind it, and where that actor's own messages go."""

    __slots__ = ("actor", "handle", "outlet")

    def __init__(self, actor: str, handle: Handler, outlet: "Outlet") -> None:
        self.actor = actor
        self.handle = handle
        self.outlet = outlet


class Route:
    """What becomes of one type of message from one source: how it is recorded, who gets it.

    `everybody` gets it, unless `key` tells what it concerns and `concerned` has somebody for that.
    """

    __slots__ = ("concerned", "everybody", "key", "record")

    def __init__(self, record: Record | None, everybody: tuple[Receiver, ...]) -> None:
        self.record = record
        self.everybody = everybody
        self.key: Callable[[Message], str] | None = None
        self.concerned: dict[str, tuple[Receiver, ...]] = {}

    def receivers(self, message: Message) -> tuple[Receiver, ...]:
        """Who gets this message, in the graph's order."""
        if self.key is None:
            return self.everybody
        return self.concerned.get(self.key(message), self.everybody)

    def remove(self, actor: str) -> None:
        """Lets an actor hear nothing more; it keeps its place, for the route may be under way."""
        for receivers in (self.everybody, *self.concerned.values()):
            for receiver in receivers:
                if receiver.actor == actor:
                    receiver.handle = _deaf


class Outlet:
    """Where the messages of one source go, by their type."""

    __slots__ = ("routes", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self.routes: dict[type, Route] = {}


def _deaf(message: Message, now: Nanoseconds) -> Sequence[Message]:
    """The handler of an actor that was taken out."""
    del message, now
    return NOTHING


def role_of(name: str) -> str:
    """The role in the graph of an actor with this name.

    >>> role_of("strategy:cross"), role_of("risk")
    ('strategy', 'risk')
    """
    return name.partition(":")[0]


def compile_routes(
    routes: Routes,
    actors: Sequence[Actor],
    strategies: Sequence[StrategyLike],
    ports: Mapping[str, Handler],
    records: Mapping[type, Record],
) -> dict[str, Outlet]:
    """The outlet of every source that the routes name, by role, and by name for each strategy."""
    sources = [*{source: None for source, _ in routes}, *(s.name for s in strategies)]
    outlets = {source: Outlet(source) for source in sources}
    by_name = {actor.name: actor for actor in actors}

    def receivers(
        kind: type, roles: tuple[str, ...], concerned: Sequence[StrategyLike]
    ) -> Iterator[Receiver]:
        for role in roles:
            if role == STRATEGY:
                yield from (Receiver(s.name, s.handlers[kind], outlets[s.name]) for s in concerned)
            elif role in ports:
                yield Receiver(role, ports[role], outlets[WORLD])
            else:
                yield Receiver(role, by_name[role].handlers[kind], outlets[role])

    for (source, kind), roles in routes.items():
        field = _key_field(kind) if STRATEGY in roles else ""
        # What comes from outside is an input; only what the core says itself is recorded.
        record = None if source == WORLD else records.get(kind)
        route = Route(record, tuple(receivers(kind, roles, () if field else strategies)))
        if field:
            route.key = attrgetter(field)
            for key in {_key_of(s, field): None for s in strategies}:
                mine = [s for s in strategies if _key_of(s, field) == key]
                route.concerned[key] = tuple(receivers(kind, roles, mine))
        outlets[source].routes[kind] = route
    for s in strategies:
        outlets[s.name].routes = outlets[STRATEGY].routes
    return outlets


def _key_field(kind: type) -> str:
    """What a message concerns: one strategy, else one instrument, else everybody (empty)."""
    fields = getattr(kind, "__struct_fields__", ())
    return next((name for name in ("strategy", "instrument") if name in fields), "")


def _key_of(strategy: StrategyLike, field: str) -> str:
    return strategy.instrument if field == "instrument" else strategy.name.partition(":")[2]
