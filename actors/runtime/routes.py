"""Turns the topology, which is data, into the lists of handlers that delivery walks through.

A route says which roles get a message of a type from a source. Of the role `strategy` there are
many: a message about one instrument or one strategy reaches only those it concerns, so the others
cost it nothing. Ports are receivers outside the core (the gateway, the timers).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Final, Protocol, TypeAlias

from actors.runtime.actor import Actor, Handler
from actors.runtime.recorder import Record
from trader.model.envelope import Message

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


class Outlet:
    """Where the messages of one source go, by type, and for some types by what they concern.

    What comes from outside is an input; only what the core says itself is recorded.
    """

    __slots__ = ("keyed", "plain", "records", "source")

    def __init__(self, source: str, records: Mapping[type, Record]) -> None:
        self.source = source
        self.records = records
        self.plain: dict[type, tuple[Receiver, ...]] = {}
        self.keyed: dict[type, tuple[Callable[[Message], str], dict[str, tuple[Receiver, ...]]]]
        self.keyed = {}

    def receivers(self, message: Message) -> tuple[Receiver, ...]:
        """Who gets this message, in the graph's order."""
        found = self.plain.get(type(message))
        if found is not None:
            return found
        key, by_key = self.keyed[type(message)]
        return by_key.get(key(message), by_key[""])


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
    names = [*{source: None for source, _ in routes}, *(s.name for s in strategies)]
    outlets = {name: Outlet(name, {} if name == WORLD else records) for name in names}
    by_name = {actor.name: actor for actor in actors}

    def plain(role: str, kind: type) -> Receiver:
        if role in ports:
            return Receiver(role, ports[role], outlets[WORLD])
        return Receiver(role, by_name[role].handlers[kind], outlets[role])

    def expand(kind: type, roles: tuple[str, ...], concerned: Sequence[StrategyLike]) -> Iterator[Receiver]:
        for role in roles:
            if role == STRATEGY:
                for s in concerned:
                    yield Receiver(s.name, s.handlers[kind], outlets[s.name])
            else:
                yield plain(role, kind)

    for (source, kind), roles in routes.items():
        outlet = outlets[source]
        field = _key_field(kind) if STRATEGY in roles else ""
        if not field:
            outlet.plain[kind] = tuple(expand(kind, roles, strategies))
            continue
        by_key = {"": tuple(expand(kind, roles, ()))}
        for key in {_key_of(s, field): None for s in strategies}:
            mine = [s for s in strategies if _key_of(s, field) == key]
            by_key[key] = tuple(expand(kind, roles, mine))
        outlet.keyed[kind] = (attrgetter(field), by_key)
    for s in strategies:
        outlets[s.name].plain, outlets[s.name].keyed = outlets[STRATEGY].plain, outlets[STRATEGY].keyed
    return outlets


def _key_field(kind: type) -> str:
    """What a message concerns: one strategy, else one instrument, else everybody (empty)."""
    fields = getattr(kind, "__struct_fields__", ())
    return next((name for name in ("strategy", "instrument") if name in fields), "")


def _key_of(strategy: StrategyLike, field: str) -> str:
    return strategy.instrument if field == "instrument" else strategy.name.partition(":")[2]
