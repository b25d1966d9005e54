"""Placing orders, alone or as a list: once, and with every way in which that can end.

An order whose request ends without an answer is in doubt and is asked about; it is never placed
again. One that did not leave at all, for want of a connection, by the end of its epoch, or because
the venue has no words for it, certainly does not exist and is told as rejected.
"""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Raw
from msgspec.structs import replace

from trader.model.envelope import Message
from trader.model.orders import (
    OrderCanceled,
    OrderInDoubt,
    OrderRejected,
    OrderSubmitted,
    SubmitOrder,
)
from trader.model.units import Nanoseconds
from trader.venues.binance import reports, requests
from trader.venues.binance.correspondence import Correspondence, Question
from trader.venues.binance.frames import ErrorBody, ListPlaced, Placed, body
from trader.venues.binance.grid import Grid
from trader.venues.binance.ledger import Ledger, Ticket
from trader.venues.binance.requests import Leg, Request
from trader.venues.binance.terms import terms_of
from trader.venues.execution_client import Turn

TEXT_MAX: Final = 200

Tell = Callable[[Ticket, list[Message], Nanoseconds], Turn]


class Placing:
    """Sends new orders; `tell` passes on what became of them, `ask` begins to ask about one."""

    def __init__(
        self,
        line: Correspondence,
        ledger: Ledger,
        valid_ms: int,
        tell: Tell,
        ask: Callable[[Ticket, Nanoseconds], Turn],
    ) -> None:
        self._line = line
        self._ledger = ledger
        self._valid_ms = valid_ms
        self._tell = tell
        self._ask = ask

    def ticket(self, order: SubmitOrder, grid: Grid) -> Ticket:
        """Begins to remember an order that is about to leave, or waits for its parent."""
        return self._ledger.open(
            Ticket(
                id=order.client_order_id,
                grid=grid,
                terms=terms_of(order),
                name=order.client_order_id,
                lots=abs(order.lots),
                parent=order.parent,
                group=order.group,
                made=True,
            )
        )

    def send(self, tickets: Sequence[Ticket], at: Nanoseconds, now: Nanoseconds) -> Turn:
        """Places one order, a pair, or an entry with its children, signed with the instant `at`."""
        request = replace(self._request([_leg(each) for each in tickets], tickets), at=at)
        return self._line.ask(
            Question(
                request=request,
                answered=lambda raw, at: self._placed(tickets, raw, at, now),
                refused=lambda error, at: self.rejected(tickets, error, at),
                unknown=lambda at: self._doubts(tickets, at, now),
                acts=True,
                once=True,
                sent=tuple(
                    OrderSubmitted(client_order_id=each.id, ts_event=now)
                    for each in tickets
                    if not each.heard
                ),
            ),
            now,
        )

    def _request(self, legs: list[Leg], tickets: Sequence[Ticket]) -> Request:
        grid = tickets[0].grid
        match legs:
            case [leg]:
                return requests.place(leg.name, leg.terms, grid, self._valid_ms)
            case [entry, child] if tickets[1].parent == tickets[0].id:
                return requests.oto(entry, child, grid, self._valid_ms)
            case [first, second]:
                return requests.oco((first, second), grid, self._valid_ms)
            case _:
                entry, first, second = legs
                return requests.otoco(entry, (first, second), grid, self._valid_ms)

    def _placed(
        self, tickets: Sequence[Ticket], raw: Raw, now: Nanoseconds, asked: Nanoseconds
    ) -> Turn:
        is_list = len(tickets) > 1
        placed = body(raw, ListPlaced).reports if is_list else (body(raw, Placed),)
        by_name = {each.client_id: each for each in placed}
        turn = Turn()
        for ticket in tickets:
            report = by_name.get(ticket.name)
            if report is None:
                turn += self._doubt(ticket, now, asked)
                continue
            ticket.heard, ticket.list_id = True, report.list_id
            grid = ticket.grid
            ticket.executed = max(ticket.executed, grid.lots(report.executed))
            told = reports.of_placed(report, ticket.id, grid)
            if ticket.untold or ticket.whole != ticket.lots:
                told.insert(1, reports.resized(ticket, now))
                ticket.lots, ticket.untold = ticket.whole, False
            turn += self._tell(ticket, told, now)
        return turn

    def rejected(self, tickets: Sequence[Ticket], error: ErrorBody, now: Nanoseconds) -> Turn:
        """The venue refused all of them; one that has filled under a former name was not refused.

        It was canceled to be placed anew.
        """
        turn = Turn()
        for ticket in tickets:
            end: Message = OrderRejected(
                client_order_id=ticket.id,
                code=str(error.code),
                text=error.text[:TEXT_MAX],
                ts_event=now,
            )
            if ticket.filled:
                end = OrderCanceled(
                    client_order_id=ticket.id, reason="replace_failed", ts_event=now
                )
            turn += self._tell(ticket, [end], now)
        return turn

    def _doubts(self, tickets: Sequence[Ticket], now: Nanoseconds, asked: Nanoseconds) -> Turn:
        turn = Turn()
        for ticket in tickets:
            turn += self._doubt(ticket, now, asked)
        return turn

    def _doubt(self, ticket: Ticket, now: Nanoseconds, asked: Nanoseconds) -> Turn:
        """Asks about the order; a doubt is told only where nothing was heard of it at all."""
        inquiry = self._ask(ticket, now)
        if ticket.heard:
            return inquiry
        ticket.heard = True
        doubt = OrderInDoubt(client_order_id=ticket.id, waited_ns=now - asked, ts_event=now)
        return Turn(messages=[doubt]) + inquiry


def kept(id_: str, code: str, text: str, now: Nanoseconds) -> Turn:
    """An order that did not leave, and why."""
    rejected = OrderRejected(client_order_id=id_, code=code, text=text, ts_event=now)
    return Turn(messages=[rejected])


def kept_all(orders: Sequence[SubmitOrder], code: str, text: str, now: Nanoseconds) -> Turn:
    """Orders that did not leave, all for one reason."""
    turn = Turn()
    for order in orders:
        turn += kept(order.client_order_id, code, text, now)
    return turn


def _leg(ticket: Ticket) -> Leg:
    assert ticket.terms is not None, ticket
    return Leg(ticket.name, ticket.terms)
