"""Taking an order back, and changing it: smaller where it stands, else canceled and placed anew.

The venue can make an order smaller, which then keeps its place and its name. For any other change
it cancels the order and takes another one in its stead, in one request. Both halves of the answer
are examined: the first may have been done without the second. Orders of a pair are changed
together (see `recasting`).
"""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Raw
from msgspec.structs import replace

from trader.model.envelope import Message
from trader.model.orders import (
    OrderCanceled,
    OrderReplaced,
    ReplaceOrder,
    ReplaceRejected,
)
from trader.model.units import Nanoseconds
from trader.venues.binance import reports, requests
from trader.venues.binance.correspondence import Correspondence, Question
from trader.venues.binance.frames import (
    Amendment,
    Canceled,
    ErrorBody,
    Swapped,
    body,
)
from trader.venues.binance.grid import instant
from trader.venues.binance.inquiry import Cancel, Inquiries
from trader.venues.binance.ledger import Ticket
from trader.venues.binance.outcomes import CANCEL_REFUSED
from trader.venues.binance.requests import Leg
from trader.venues.binance.terms import Terms
from trader.venues.execution_client import Turn

_DONE: Final = "SUCCESS"

Tell = Callable[[Ticket, list[Message], Nanoseconds], Turn]


class Changing:
    """Cancels and changes orders one by one; `tell` passes on what became of it."""

    def __init__(
        self, line: Correspondence, inquiries: Inquiries, valid_ms: int, tell: Tell
    ) -> None:
        self._line = line
        self._inquiries = inquiries
        self._valid_ms = valid_ms
        self._tell = tell

    # -- cancels ----------------------------------------------------------------------------------

    def cancel(self, tickets: Sequence[Ticket], now: Nanoseconds) -> Turn:
        """Takes an order back, or all orders of a list, which the venue ends together."""
        first = tickets[0]
        return self._line.ask(
            Question(
                request=requests.cancel(first.name, first.grid),
                answered=lambda raw, at: self._canceled(tickets, raw, at),
                refused=lambda _, at: self._inquire(tickets, at, Cancel.REFUSED),
                unknown=lambda at: self._inquire(tickets, at, Cancel.UNKNOWN),
                acts=True,
                urgent=True,
            ),
            now,
        )

    def _canceled(self, tickets: Sequence[Ticket], raw: Raw, now: Nanoseconds) -> Turn:
        answer = body(raw, Canceled)
        by_name = {each.original_id: each for each in answer.reports or (answer,)}
        turn = Turn()
        for ticket in tickets:
            report = by_name.get(ticket.name)
            if report is None or ticket.grid.lots(report.executed) > ticket.executed:
                # It tells of another order, or of fills that have not come: ask.
                turn += self._inquiries.start(ticket, now, Cancel.UNKNOWN)
                continue
            canceled = reports.ended(ticket.id, "CANCELED", "", instant(report.ts_ms))
            turn += self._tell(ticket, canceled, now)
        return turn

    def _inquire(self, tickets: Sequence[Ticket], now: Nanoseconds, cancel: Cancel) -> Turn:
        turn = Turn()
        for ticket in tickets:
            turn += self._inquiries.start(ticket, now, cancel)
        return turn

    # -- changes ----------------------------------------------------------------------------------

    def change(self, ticket: Ticket, command: ReplaceOrder, now: Nanoseconds) -> Turn:
        """Makes an order what is wanted; one of which nothing would be left is canceled."""
        terms = wanted(ticket, command)
        if terms is None:
            return rejected(ticket, "unknown_order", now)
        if terms.lots <= 0:
            return self.cancel([ticket], now)
        if not ticket.can_be_renamed:
            return rejected(ticket, "unsupported", now)
        if is_only_smaller(ticket, terms):
            return self._amend(ticket, terms, now)
        return self._swap(ticket, terms, now)

    def _amend(self, ticket: Ticket, terms: Terms, now: Nanoseconds) -> Turn:
        lots = ticket.executed + terms.lots
        return self._line.ask(
            Question(
                request=requests.amend(ticket.name, lots, ticket.grid),
                answered=lambda raw, at: self._amended(ticket, raw, at),
                refused=lambda error, at: self._not_amended(ticket, terms, error, at),
                unknown=lambda at: self._in_the_dark(ticket, terms, at),
                acts=True,
                urgent=True,
            ),
            now,
        )

    def _amended(self, ticket: Ticket, raw: Raw, now: Nanoseconds) -> Turn:
        answer = body(raw, Amendment)
        assert ticket.terms is not None, ticket
        ticket.terms = replace(ticket.terms, lots=ticket.grid.lots(answer.order.size))
        ticket.lots, ticket.sized_ms = ticket.whole, answer.ts_ms
        told = OrderReplaced(
            client_order_id=ticket.id,
            lots=ticket.terms.sign * ticket.whole,
            ts_event=instant(answer.ts_ms),
        )
        return self._tell(ticket, [told], now)

    def _not_amended(
        self, ticket: Ticket, terms: Terms, error: ErrorBody, now: Nanoseconds
    ) -> Turn:
        """Not every symbol lets orders shrink: those that may not are placed anew."""
        if error.code == CANCEL_REFUSED or ticket.ended:
            return rejected(ticket, str(error.code), now) + self._inquiries.start(ticket, now)
        return self._swap(ticket, terms, now)

    def _swap(self, ticket: Ticket, terms: Terms, now: Nanoseconds) -> Turn:
        if not self._line.may_place(now):
            return rejected(ticket, "not_sent", now)
        name, ticket.next, ticket.renamed_at = ticket.new_name(), terms, now
        request = requests.swap(
            ticket.name,
            Leg(name, terms),
            ticket.grid,
            self._valid_ms,
            is_whole=not ticket.executed,
        )
        return self._line.ask(
            Question(
                request=replace(request, at=now),
                answered=lambda raw, at: self._swapped(ticket, name, terms, raw, at),
                refused=lambda error, at: self._not_swapped(ticket, error, at),
                unknown=lambda at: self._in_the_dark(ticket, terms, at),
                halved=lambda error, at: self._half_swapped(ticket, terms, error, at),
                acts=True,
                once=True,
            ),
            now,
        )

    def _swapped(self, ticket: Ticket, name: str, terms: Terms, raw: Raw, now: Nanoseconds) -> Turn:
        answer = body(raw, Swapped)
        if answer.placed.client_id != name:
            return self._in_the_dark(ticket, terms, now)
        grid = ticket.grid
        had = ticket.executed
        ticket.executed = max(had, grid.lots(answer.canceled.executed))
        has_crossed = ticket.executed > had
        ticket.rename(name, terms)
        ticket.executed = grid.lots(answer.placed.executed)
        ticket.list_id, ticket.lots = answer.placed.list_id, ticket.whole
        told = reports.of_placed(answer.placed, ticket.id, grid)
        told.insert(1, reports.resized(ticket, instant(answer.placed.ts_ms)))
        turn = self._tell(ticket, told, now)
        # What filled while we asked makes the whole larger than was wanted: the core is told so,
        # and the fill, which has not come, is asked for.
        return turn + self._inquiries.start(ticket, now) if has_crossed else turn

    def _not_swapped(self, ticket: Ticket, error: ErrorBody, now: Nanoseconds) -> Turn:
        """Neither half was done."""
        ticket.next = None
        return rejected(ticket, str(error.code), now) + self._inquiries.start(ticket, now)

    def _half_swapped(
        self, ticket: Ticket, terms: Terms, error: ErrorBody, now: Nanoseconds
    ) -> Turn:
        """One half was done, or none: the answer says of each what became of it."""
        data = error.data
        if data is None or data.new_result == _DONE:
            return self._in_the_dark(ticket, terms, now)
        if data.cancel_result != _DONE:
            return self._not_swapped(ticket, error, now)
        canceled = body(data.cancel_response, Canceled)
        ticket.next = None
        if ticket.grid.lots(canceled.executed) > ticket.executed:
            return self._inquiries.start(ticket, now)
        gone = OrderCanceled(
            client_order_id=ticket.id, reason="replace_failed", ts_event=instant(canceled.ts_ms)
        )
        return self._tell(ticket, [gone], now)

    def _in_the_dark(self, ticket: Ticket, terms: Terms, now: Nanoseconds) -> Turn:
        """Nobody knows whether it was changed: the core learns what it is now."""
        ticket.next = terms
        return self._inquiries.start(ticket, now)


def wanted(ticket: Ticket, command: ReplaceOrder) -> Terms | None:
    """The terms of what shall be left of an order; None where nobody knows what it is."""
    terms = ticket.terms
    if terms is None or ticket.ended:
        return None
    whole = ticket.whole if command.lots is None else abs(command.lots)
    limit, stop = command.limit_ticks, command.stop_ticks
    return replace(
        terms,
        lots=whole - ticket.filled,
        limit_ticks=terms.limit_ticks if limit is None else limit,
        stop_ticks=terms.stop_ticks if stop is None else stop,
    )


def is_only_smaller(ticket: Ticket, terms: Terms) -> bool:
    """Whether an order keeps its prices and gets fewer lots."""
    assert ticket.terms is not None, ticket
    return terms.lots < ticket.left and replace(terms, lots=0) == replace(ticket.terms, lots=0)


def rejected(ticket: Ticket, code: str, now: Nanoseconds) -> Turn:
    """A change that was not done."""
    answer = ReplaceRejected(client_order_id=ticket.id, code=code, ts_event=now)
    return Turn(messages=[answer])
