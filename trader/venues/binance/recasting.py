"""Changing a pair: the venue ends both orders when one is canceled, so both are placed anew.

Between the two requests the position stands without them, for as long as an answer takes. What
fills meanwhile comes off both, as it would have if they had stayed. In the same way one that comes
later joins one that stands alone, and one that takes what there is gets what they have locked.
"""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Raw, Struct
from msgspec.structs import replace

from trader.model.envelope import Message
from trader.model.orders import CancelRejected, OrderCanceled, OrderRejected
from trader.model.units import Lots, Nanoseconds
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


class _Cast(Struct, frozen=True):
    """A change under way: who, to what, what each had filled before, and who joins them."""

    pair: Sequence[Ticket]
    wishes: Wishes
    had: Mapping[str, int]
    joining: Sequence[Ticket]


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

    def recast(
        self,
        pair: Sequence[Ticket],
        wishes: Wishes,
        now: Nanoseconds,
        joining: Sequence[Ticket] = (),
    ) -> Turn:
        """Takes both back, and places what shall be left of them; who has no wish stays.

        Those who are `joining` have never been at the venue, and are placed with the rest.
        """
        had = {ticket.id: ticket.executed for ticket in pair}
        cast = _Cast(pair, wishes, had, joining)
        for ticket in pair:
            assert ticket.terms is not None, ticket
            ticket.next = wishes.get(ticket.id) or ticket.terms
        return self._line.ask(
            Question(
                request=requests.cancel(pair[0].name, pair[0].grid),
                answered=lambda raw, at: self._canceled(cast, raw, at),
                refused=lambda _, at: self._lost(cast, at, Cancel.REFUSED),
                unknown=lambda at: self._lost(cast, at, Cancel.UNKNOWN),
                acts=True,
                urgent=True,
            ),
            now,
        )

    def _canceled(self, cast: _Cast, raw: Raw, now: Nanoseconds) -> Turn:
        answer = body(raw, Canceled)
        named = {report.original_id: report for report in answer.reports or (answer,)}
        for ticket in cast.pair:
            if ticket.name in named:
                executed = ticket.grid.lots(named[ticket.name].executed)
                ticket.executed = max(ticket.executed, executed)
        # One that had ended before is neither gone now nor to be placed anew.
        over = [
            ticket
            for ticket in cast.pair
            if ticket.ended or ticket.left <= 0 or (answer.reports and ticket.name not in named)
        ]
        # Before any of them is renamed, which begins a new count of what it has filled.
        crossed = {each.id: _crossed(cast, each) for each in (*cast.pair, *cast.joining)}
        turn, ready = self._ask(cast, over, now, Cancel.UNKNOWN), []
        for ticket in cast.pair:
            if any(ticket is each for each in over):
                continue
            assert ticket.terms is not None, ticket
            is_wished = ticket.id in cast.wishes
            wish = cast.wishes.get(ticket.id, ticket.terms)
            before = 0 if is_wished else cast.had[ticket.id]
            left = 0 if wish is None else wish.lots - before - crossed[ticket.id]
            if left <= 0 or wish is None:
                ticket.next = None
                gone = OrderCanceled(client_order_id=ticket.id, reason="canceled", ts_event=now)
                turn += self._tell(ticket, [gone], now)
                continue
            ticket.rename(ticket.new_name(), replace(wish, lots=left))
            ticket.untold = is_wished
            ready.append(ticket)
        for ticket in cast.joining:
            assert ticket.terms is not None, ticket
            left = ticket.terms.lots - crossed[ticket.id]
            if left > 0:
                ticket.terms = replace(ticket.terms, lots=left)
                ready.append(ticket)
                continue
            gone = OrderCanceled(client_order_id=ticket.id, reason="group", ts_event=now)
            turn += self._tell(ticket, [gone], now)
        return turn + self._send(ready, now) if ready else turn

    def _lost(self, cast: _Cast, now: Nanoseconds, cancel: Cancel) -> Turn:
        """They were not taken back, or nobody knows: what they are now is asked for."""
        turn = self._ask(cast, cast.pair, now, cancel)
        for ticket in cast.joining:
            gone = OrderRejected(
                client_order_id=ticket.id,
                code="not_sent",
                text="its group could not be changed",
                ts_event=now,
            )
            turn += self._tell(ticket, [gone], now)
        return turn

    def _ask(
        self, cast: _Cast, tickets: Sequence[Ticket], now: Nanoseconds, cancel: Cancel
    ) -> Turn:
        turn = Turn()
        for ticket in tickets:
            is_cancel = ticket.id in cast.wishes and cast.wishes[ticket.id] is None
            if cancel is Cancel.REFUSED:
                ticket.next = None
                if ticket.id in cast.wishes and not is_cancel:
                    turn += rejected(ticket, "refused", now)
            turn += self._inquiries.start(ticket, now, cancel if is_cancel else Cancel.NONE)
        return turn


def _crossed(cast: _Cast, ticket: Ticket) -> Lots:
    """What filled meanwhile on an order's side, which comes off all of that side."""
    assert ticket.terms is not None, ticket
    return sum(
        each.executed - cast.had[each.id]
        for each in cast.pair
        if each.terms is not None and each.terms.sign == ticket.terms.sign
    )


def refused(ticket: Ticket, code: str, now: Nanoseconds) -> Turn:
    """A cancel that was not done."""
    answer = CancelRejected(client_order_id=ticket.id, code=code, ts_event=now)
    return Turn(messages=[answer])
