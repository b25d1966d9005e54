"""The short way of market data: what becomes of the rows of one source is found once for them all.

Most rows cause nothing, and to find the way of each would be a good part of its cost.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeAlias

from actors.runtime.actor import NOTHING, Handler
from actors.runtime.routes import MarketKey, Outlet, Receiver, Route, is_strategy
from trader.model.envelope import Message
from trader.model.units import Nanoseconds

Passes: TypeAlias = Callable[[Any], bool]
"""Takes a row that goes through the feed as it came; False leaves it to the feed's handler."""


class Keeper(Protocol):
    """Where somebody who only keeps a source's last row finds it when he needs it."""

    last: Any


Keepers: TypeAlias = Mapping[str, Callable[[type, MarketKey], Keeper | None]]
"""By actor: where the rows of a source are left for it, if that is all it does with them."""
NO_KEEPERS: Final[Keepers] = MappingProxyType({})


class _Nobody:
    """The keeper of rows that nobody keeps."""

    __slots__ = ("last",)

    last: Any


class Lane:
    """One source's rows: the feed's short answer, where the last is left, and who hears of each.

    The actor that hears `first`, with its outlet, stands apart from the others: Python calls a
    function the fast way only from a place where no other one is called.
    """

    __slots__ = ("first", "keeper", "outlet", "passes", "ways")

    def __init__(self) -> None:
        self.passes: Passes = never
        self.keeper: Keeper = _Nobody()
        self.first: Handler = _nobody_hears
        self.outlet = Outlet("")
        self.ways: list[tuple[Handler, Receiver]] = []

    def find(
        self, kind: type, about: MarketKey, route: Route | None, passes: Passes, keepers: Keepers
    ) -> None:
        """Finds the way anew; it is another one once an actor's state was replaced."""
        self.passes, self.keeper, self.ways = passes, _Nobody(), []
        self.first = _nobody_hears
        if route is None:
            return
        for receiver in route.concerned.get(about, route.everybody):
            keeps = keepers.get(receiver.actor)
            keeper = keeps(kind, about) if keeps is not None else None
            if keeper is not None:
                # Who only keeps a row hears it before all, as the graph has it: it may be left.
                assert self.first is _nobody_hears, receiver.actor
                assert not self.ways, receiver.actor
                self.keeper = keeper
            elif self.first is _nobody_hears and not self.ways and not is_strategy(receiver):
                self.first, self.outlet = receiver.handle, receiver.outlet
            else:
                self.ways.append((receiver.handle, receiver))


def _nobody_hears(row: Message, now: Nanoseconds) -> Sequence[Message]:
    """Of rows that are for strategies alone."""
    del row, now
    return NOTHING


def never(row: Any) -> bool:  # noqa: ANN401 - a row of any kind
    """Every row of the kind is the feed's to look at."""
    del row
    return False
