"""What is remembered of each order of ours at the venue: its name there, its terms, its fills.

All of it was told by the venue or sent to it, and can be told again: whoever has forgotten it asks.
"""

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from trader.model.units import Lots, Nanoseconds
from trader.venues.binance.grid import Grid
from trader.venues.binance.names import LENGTH_MAX, name_of
from trader.venues.binance.terms import Terms

ENDED_MAX: Final = 1_024
"""How many orders that have ended are remembered."""


class Ticket(Struct, kw_only=True):
    """One order. `past` is what filled under former names, `executed` what filled under this one.

    `lots` is what the core takes it to be for, in all, or 0 if that is not known, and `sized_ms`
    when the venue has made it so small; `count` is that of its newest name, of which nobody may
    know yet whether the venue has it. `next` are the terms that it gets under that name, for which
    it was asked at `renamed_at`; the core is `untold` of them until it has them. One that `pends`
    was found to wait at the venue for its parent, and `wants_cancel` if it shall not live after
    that. It was `made` here, and
    not in a life before this one; it is `heard` of once the venue has shown that it knows it. That
    it has `ended` is `told` to the core in one word, though different roads have different ones.
    `numbers` are those that a question has found it under.
    """

    id: str
    grid: Grid
    terms: Terms | None = None
    name: str
    count: int = 0
    past: Lots = 0
    executed: Lots = 0
    lots: Lots = 0
    sized_ms: int = 0
    parent: str = ""
    group: str = ""
    list_id: int = -1
    next: Terms | None = None
    renamed_at: Nanoseconds = 0
    untold: bool = False
    pends: bool = False
    wants_cancel: bool = False
    made: bool = False
    heard: bool = False
    ended: bool = False
    told: str = ""
    numbers: tuple[int, ...] = ()

    @property
    def filled(self) -> Lots:
        """Unsigned lots that are filled, under whatever name."""
        return self.past + self.executed

    @property
    def left(self) -> Lots:
        """Unsigned lots that are still to be filled."""
        return 0 if self.terms is None else self.terms.lots - self.executed

    @property
    def whole(self) -> Lots:
        """Unsigned lots in all: what is filled and what may be."""
        return 0 if self.terms is None else self.past + self.terms.lots

    @property
    def can_be_renamed(self) -> bool:
        """Whether there is a name for it that is short enough."""
        return len(name_of(self.id, self.count + 1)) <= LENGTH_MAX

    @property
    def is_renaming(self) -> bool:
        """Whether it may go on under its newest name, of which nothing was heard."""
        return self.next is not None and self.name != name_of(self.id, self.count)

    def new_name(self) -> str:
        """A name that the venue has never heard."""
        assert self.can_be_renamed, self
        self.count += 1
        return name_of(self.id, self.count)

    def shrink(self, lots: Lots, ts_ms: int) -> bool:
        """The venue has made it so small under this name; False if that is not the latest."""
        if ts_ms < self.sized_ms:
            return False
        self.sized_ms = ts_ms
        if self.terms is not None:
            self.terms = replace(self.terms, lots=lots)
            self.lots = self.whole
        return True

    def rename(self, name: str, terms: Terms) -> None:
        """It goes on under another name, for what is left of it."""
        self.past += self.executed
        self.executed = 0
        self.name, self.terms, self.next = name, terms, None


class Ledger:
    """The orders, by their own ids."""

    def __init__(self) -> None:
        self._tickets: Final[dict[str, Ticket]] = {}
        self._ended: Final[dict[str, bool]] = {}

    def open(self, ticket: Ticket) -> Ticket:
        """Begins to remember an order."""
        self._tickets[ticket.id] = ticket
        return ticket

    def get(self, client_order_id: str) -> Ticket | None:
        """What is remembered of an order."""
        return self._tickets.get(client_order_id)

    def of(self, client_order_id: str, grid: Grid) -> Ticket:
        """What is remembered of an order, or the beginning of it."""
        found = self._tickets.get(client_order_id)
        if found is not None:
            return found
        return self.open(Ticket(id=client_order_id, grid=grid, name=client_order_id))

    def end(self, ticket: Ticket) -> None:
        """The order has ended; of those that have, the latest are remembered."""
        ticket.ended = True
        self._ended[ticket.id] = True
        if len(self._ended) > ENDED_MAX:
            eldest = next(iter(self._ended))
            del self._ended[eldest]
            self._tickets.pop(eldest, None)

    def partners(self, ticket: Ticket) -> list[Ticket]:
        """The other orders of its list that have not ended."""
        if ticket.list_id < 0:
            return []
        return [
            each
            for each in self._tickets.values()
            if each.list_id == ticket.list_id
            and each.grid.symbol == ticket.grid.symbol
            and each is not ticket
            and not each.ended
        ]

    def group(self, name: str) -> list[Ticket]:
        """The orders of a group that have not ended."""
        return [each for each in self._tickets.values() if each.group == name and not each.ended]
