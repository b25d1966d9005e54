"""Changing a pair: the venue ends both orders when one is canceled, so both are placed anew.

Between the two requests the position stands without them, for as long as an answer takes. What
fills meanwhile comes off both, as it would have if they had stayed.
"""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Raw
from msgspec.structs import replace

from trader.model.envelope import Message
from trader.model.orders import CancelRejected, OrderCanceled
from trader.model.units import Nanoseconds
from trader.venues.binance import requests
from trader.venues.binance.changing import rejected
from trader.venues.binance.correspondence import Correspondence, Question
from trader.venues.binance.frames import Canceled, body
from trader.venues.binance.inquiry import Cancel, Inquiries
from trader.venues.binance.ledger import Ticket
from trader.venues.binance.terms import Terms
from trader.venues.execution_client import Turn

Wishes = Mapping[str, Terms | None]
"""By order: the terms of what shall be left of it; None takes it back."""


class Recasting:
    """Changes pairs; `send` places orders together, `tell` passes messages on."""

    def __init__(
        self,
        line: Correspondence,
        inquiries: Inquiries,
        send: Callable[[Sequence[Ticket], Nanoseconds], Turn],
        tell: Callable[[Ticket, list[Message], Nanoseconds], Turn],
    ) -> None:
        self._line = line
        self._inquiries = inquiries
        self._send = send
        self._tell = tell

    def recast(self, pair: Sequence[Ticket], wishes: Wishes, now: Nanoseconds) -> Turn:
        """Takes both back, and places what shall be left of them; who has no wish stays."""
        had = {ticket.id: ticket.executed for ticket in pair}
        for ticket in pair:
            assert ticket.terms is not None, ticket
            ticket.next = wishes.get(ticket.id) or ticket.terms
        return self._line.ask(
            Question(
                request=requests.cancel(pair[0].name, pair[0].grid),
                answered=lambda raw, at: self._canceled(pair, wishes, had, raw, at),
                refused=lambda _, at: self._lost(pair, wishes, at, Cancel.REFUSED),
                unknown=lambda at: self._lost(pair, wishes, at, Cancel.UNKNOWN),
                acts=True,
                urgent=True,
            ),
            now,
        )

    def _canceled(
        self,
        pair: Sequence[Ticket],
        wishes: Wishes,
        had: Mapping[str, int],
        raw: Raw,
        now: Nanoseconds,
    ) -> Turn:
        answer = body(raw, Canceled)
        for report in answer.reports or (answer,):
            for ticket in pair:
                if report.original_id == ticket.name:
                    executed = ticket.grid.lots(report.executed)
                    ticket.executed = max(ticket.executed, executed)
        crossed = sum(ticket.executed - had[ticket.id] for ticket in pair)
        turn, ready = Turn(), []
        for ticket in pair:
            assert ticket.terms is not None, ticket
            wish = wishes.get(ticket.id, ticket.terms)
            before = had[ticket.id] if ticket.id not in wishes else 0
            left = 0 if wish is None else wish.lots - before - crossed
            if left <= 0 or wish is None:
                ticket.next = None
                gone = OrderCanceled(client_order_id=ticket.id, reason="canceled", ts_event=now)
                turn += self._tell(ticket, [gone], now)
                continue
            ticket.rename(ticket.new_name(), replace(wish, lots=left))
            ticket.untold = ticket.id in wishes
            ready.append(ticket)
        return turn + self._send(ready, now) if ready else turn

    def _lost(
        self, pair: Sequence[Ticket], wishes: Wishes, now: Nanoseconds, cancel: Cancel
    ) -> Turn:
        """They were not taken back, or nobody knows: what they are now is asked for."""
        turn = Turn()
        for ticket in pair:
            is_cancel = ticket.id in wishes and wishes[ticket.id] is None
            if cancel is Cancel.REFUSED:
                ticket.next = None
                if ticket.id in wishes and not is_cancel:
                    turn += rejected(ticket, "refused", now)
            turn += self._inquiries.start(ticket, now, cancel if is_cancel else Cancel.NONE)
        return turn


def refused(ticket: Ticket, code: str, now: Nanoseconds) -> Turn:
    """A cancel that was not done."""
    answer = CancelRejected(client_order_id=ticket.id, code=code, ts_event=now)
    return Turn(messages=[answer])
