"""Orders that wait for what their parent fills: protection that cannot rest at the venue yet.

They leave when their parent has ended, for what it opened and no more, a stop and a limit as a
pair. An entry that takes what there is ends within moments. One that rests is in a list with its
children, and the venue lets them live when it has filled; if it ends before that, the venue ends
the children with it, and what it had opened is protected from here.
"""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec.structs import replace

from trader.model.envelope import Message
from trader.model.orders import OrderCanceled
from trader.model.units import Lots, Nanoseconds
from trader.venues.binance.families import is_pair
from trader.venues.binance.ledger import Ledger, Ticket
from trader.venues.execution_client import Turn


class Waiting:
    """Children by their parent; `send` lets orders leave together, `tell` passes messages on."""

    def __init__(
        self,
        ledger: Ledger,
        send: Callable[[Sequence[Ticket], Nanoseconds], Turn],
        tell: Callable[[Ticket, list[Message], Nanoseconds], Turn],
    ) -> None:
        self._ledger = ledger
        self._send = send
        self._tell = tell
        self._held: Final[dict[str, list[Ticket]]] = {}
        self._listed: Final[dict[str, list[str]]] = {}

    def hold(self, parent: Ticket, children: Sequence[Ticket], now: Nanoseconds) -> Turn:
        """Children wait here; not at all if their parent has ended."""
        self._held.setdefault(parent.id, []).extend(children)
        return self.ended(parent, now) if parent.ended else Turn()

    def list_with(self, parent: Ticket, children: Sequence[Ticket]) -> None:
        """Children wait at the venue, in one list with their parent."""
        self._listed[parent.id] = [child.id for child in children]

    def find(self, family: Sequence[Ticket]) -> None:
        """Of a list as the venue has it, what pends there waits for the one that does not."""
        children = [each for each in family if each.pends]
        parents = [each for each in family if not each.pends]
        if children and len(parents) == 1:
            for child in children:
                child.parent = parents[0].id
            self.list_with(parents[0], children)

    def is_held(self, ticket: Ticket) -> bool:
        """Whether an order waits here, so that the venue does not know it."""
        return any(each is ticket for each in self._held.get(ticket.parent, ()))

    def is_listed(self, ticket: Ticket) -> bool:
        """Whether an order waits at the venue for its parent."""
        return ticket.id in self._listed.get(ticket.parent, ())

    def is_parent(self, ticket: Ticket) -> bool:
        """Whether orders wait for this one."""
        return ticket.id in self._held or ticket.id in self._listed

    def take(self, ticket: Ticket) -> None:
        """An order that waits here does so no longer."""
        self._held[ticket.parent].remove(ticket)

    def lapsed(self, ticket: Ticket, now: Nanoseconds) -> Turn | None:
        """The venue ended an order that waited there with its parent: it waits here instead.

        None for one that did not wait.
        """
        if not self.is_listed(ticket):
            return None
        self._listed[ticket.parent].remove(ticket.id)
        self._held.setdefault(ticket.parent, []).append(ticket)
        parent = self._ledger.get(ticket.parent)
        return self.ended(parent, now) if parent is not None and parent.ended else Turn()

    def filled(self, parent: Ticket) -> None:
        """The parent has filled whole: what waited at the venue lives there from now on."""
        self._listed.pop(parent.id, None)

    def ended(self, parent: Ticket, now: Nanoseconds) -> Turn:
        """The parent has ended: its children leave, once all of them wait here."""
        if parent.left <= 0:
            self.filled(parent)
        if self._listed.get(parent.id):
            return Turn()
        self._listed.pop(parent.id, None)
        children = [child for child in self._held.pop(parent.id, []) if not child.ended]
        turn, ready = Turn(), []
        for child in children:
            lots = _opened(parent, child)
            is_stuck = child.heard and not child.can_be_renamed
            if not lots or child.wants_cancel or is_stuck:
                gone = OrderCanceled(client_order_id=child.id, reason="parent_ended", ts_event=now)
                turn += self._tell(child, [gone], now)
                continue
            assert child.terms is not None, child
            terms = replace(child.terms, lots=lots)
            if child.heard:
                child.rename(child.new_name(), terms)
            else:
                child.terms = terms
            ready.append(child)
        return turn + self._leave(ready, now)

    def forget(self) -> None:
        """The connection is gone, and with it whoever waited here: it has never been sent."""
        self._held.clear()
        self._listed.clear()

    def _leave(self, ready: list[Ticket], now: Nanoseconds) -> Turn:
        terms = [child.terms for child in ready if child.terms is not None]
        if len(terms) == 2 and is_pair(*terms):  # noqa: PLR2004
            return self._send(ready, now)
        turn = Turn()
        for child in ready:
            turn += self._send([child], now)
        return turn


def _opened(parent: Ticket, child: Ticket) -> Lots:
    """What a parent has opened for a child: one that is larger closes something first."""
    assert child.terms is not None, child
    ordered = parent.past + (parent.terms.lots if parent.terms is not None else parent.executed)
    closing = max(0, ordered - child.terms.lots)
    return min(child.terms.lots, max(0, parent.filled - closing))
