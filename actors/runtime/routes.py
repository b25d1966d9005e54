"""Turns the topology, which is data, into the lists of handlers that delivery walks through.

A route says which roles get a message of a type from a source. Of the role `strategy` there are
many: a message about one instrument or one strategy reaches only those it concerns, so the others
cost it nothing. Ports are receivers outside the core (the gateway, the timers).
"""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from operator import attrgetter
from types import MappingProxyType
from typing import Final, Protocol, TypeAlias

from actors.runtime.actor import NOTHING, Actor, Handler
from actors.runtime.recorder import Record
from trader.model.envelope import Message
from trader.model.units import Nanoseconds

Routes: TypeAlias = Mapping[tuple[str, type], tuple[str, ...]]

MarketKey: TypeAlias = str | tuple[str, int]
"""What rows of history are about: an instrument, of bars with their interval."""
Listeners: TypeAlias = Mapping[type, Mapping[MarketKey, Container[str]]]
"""Of each kind of market data and each thing it can be about, the names of who hears it."""
NO_LISTENERS: Final[Listeners] = MappingProxyType({})

STRATEGY: Final = "strategy"
WORLD: Final = "world"
ORDER_MANAGER: Final = "order_manager"


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
        self.key: Callable[[Message], MarketKey] | None = None
        self.concerned: dict[MarketKey, tuple[Receiver, ...]] = {}

    def receivers(self, message: Message) -> tuple[Receiver, ...]:
        """Who gets this message, in the graph's order."""
        everybody, key = self.everybody, self.key
        return everybody if key is None else self.concerned.get(key(message), everybody)

    def remove(self, actor: str) -> None:
        """Lets an actor hear nothing more; it keeps its place, for the route may be under way."""
        for receivers in (self.everybody, *self.concerned.values()):
            for receiver in receivers:
                if receiver.actor == actor:
                    receiver.handle = _deaf

    def restore(self, actor: str, handle: Handler) -> None:
        """Lets an actor that was taken out hear again."""
        for receivers in (self.everybody, *self.concerned.values()):
            for receiver in receivers:
                if receiver.actor == actor:
                    receiver.handle = handle


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


def is_strategy(receiver: Receiver) -> bool:
    """Whether a strategy is behind it: only of those an error is their own."""
    return role_of(receiver.actor) == STRATEGY


def compile_routes(
    routes: Routes,
    actors: Sequence[Actor],
    strategies: Sequence[StrategyLike],
    ports: Mapping[str, Handler],
    records: Mapping[type, Record],
    listeners: Listeners = NO_LISTENERS,
) -> dict[str, Outlet]:
    """The outlet of every source that the routes name, by role, and by name for each strategy.

    An actor hears what it has a handler for. Clean market data, of the kinds in `listeners`,
    reach those of a route's roles who are named there.
    """
    sources = [*{source: None for source, _ in routes}, *(s.name for s in strategies)]
    outlets = {source: Outlet(source) for source in sources}
    wiring = _Wiring({actor.name: actor for actor in actors}, strategies, ports, outlets)
    for (source, kind), roles in routes.items():
        record = _record(source, kind, routes, records)
        if source != WORLD and kind in listeners:
            route = wiring.market_route(record, kind, roles, listeners[kind])
        else:
            route = wiring.route(record, kind, roles)
        outlets[source].routes[kind] = route
    for s in strategies:
        outlets[s.name].routes = outlets[STRATEGY].routes
    return outlets


class _Wiring:
    """Finds the receivers of a route among the actors and ports."""

    def __init__(
        self,
        actors: Mapping[str, Actor],
        strategies: Sequence[StrategyLike],
        ports: Mapping[str, Handler],
        outlets: Mapping[str, Outlet],
    ) -> None:
        self._actors = actors
        self._strategies = strategies
        self._ports = ports
        self._outlets = outlets

    def route(self, record: Record | None, kind: type, roles: tuple[str, ...]) -> Route:
        """To everybody, but of the strategies to those whom a message concerns."""
        strategies = self._strategies
        heard = STRATEGY in roles and any(kind in s.handlers for s in strategies)
        field = _key_field(kind) if heard else ""
        route = Route(record, tuple(self._receivers(kind, roles, () if field else strategies)))
        if field:
            route.key = attrgetter(field)
            for key in {_key_of(s, field): None for s in strategies}:
                mine = [s for s in strategies if _key_of(s, field) == key]
                route.concerned[key] = tuple(self._receivers(kind, roles, mine))
        return route

    def market_route(
        self,
        record: Record | None,
        kind: type,
        roles: tuple[str, ...],
        names: Mapping[MarketKey, Container[str]],
    ) -> Route:
        """Of clean market data: to those who listen to what they are about, and to no other."""
        route = Route(record, ())
        is_bar = "interval_ns" in getattr(kind, "__struct_fields__", ())
        route.key = attrgetter("instrument", "interval_ns") if is_bar else attrgetter("instrument")
        everybody = tuple(self._receivers(kind, roles, self._strategies))
        for about, hearing in names.items():
            route.concerned[about] = tuple(r for r in everybody if r.actor in hearing)
        return route

    def _receivers(
        self, kind: type, roles: tuple[str, ...], strategies: Sequence[StrategyLike]
    ) -> Iterator[Receiver]:
        for role in roles:
            if role in self._ports:
                yield Receiver(role, self._ports[role], self._outlets[WORLD])
                continue
            for actor in strategies if role == STRATEGY else (self._actors[role],):
                handle = actor.handlers.get(kind)
                if handle is not None:
                    yield Receiver(actor.name, handle, self._outlets[actor.name])


def _record(
    source: str, kind: type, routes: Routes, records: Mapping[type, Record]
) -> Record | None:
    """How a message is recorded, if it is: only what the core says itself is an output.

    What the order manager passes on with all that it knows of an order is one where it does so.
    """
    passed_on = ORDER_MANAGER in routes[source, kind] and (ORDER_MANAGER, kind) in routes
    return None if source == WORLD or passed_on else records.get(kind)


def _key_field(kind: type) -> str:
    """What a message concerns: one strategy, else one instrument, else everybody (empty)."""
    fields = getattr(kind, "__struct_fields__", ())
    return next((name for name in ("strategy", "instrument") if name in fields), "")


def _key_of(strategy: StrategyLike, field: str) -> str:
    return strategy.instrument if field == "instrument" else strategy.name.partition(":")[2]
