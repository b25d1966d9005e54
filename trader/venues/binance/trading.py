"""All orders of one account at the venue: what the core wants of them, and what the venue says.

Commands come together as one decision made them. What belongs together at the venue is asked for
together; what the venue says of an order, by whatever road and under whatever name, comes through
`tell`, which keeps in step what is remembered and lets follow what waits for it.
"""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from trader.model.envelope import Message
from trader.model.orders import (
    CancelOrder,
    OrderCanceled,
    OrderExpired,
    OrderFilled,
    OrderRejected,
    ReplaceOrder,
    SubmitOrder,
)
from trader.model.units import INT64_MAX, Nanoseconds
from trader.venues.binance import reports
from trader.venues.binance.busts import Busts
from trader.venues.binance.changing import Changing, rejected, wanted
from trader.venues.binance.correspondence import Correspondence
from trader.venues.binance.families import How, Plan, can_stay, is_pair, plans
from trader.venues.binance.foreign import Foreign
from trader.venues.binance.frames import Execution
from trader.venues.binance.grid import Grid
from trader.venues.binance.history import History
from trader.venues.binance.inquiry import Inquiries, Patience
from trader.venues.binance.ledger import Ledger, Ticket
from trader.venues.binance.names import order_of
from trader.venues.binance.placing import Placing, kept, kept_all
from trader.venues.binance.recasting import Recasting, refused
from trader.venues.binance.terms import Terms, unsupported
from trader.venues.binance.waiting import Waiting
from trader.venues.execution_client import Turn

_ENDS: Final = (OrderCanceled, OrderExpired, OrderRejected)
_GONE: Final = frozenset({"CANCELED", "EXPIRED"})
_REPLACED: Final = "REPLACED"


class Trading:
    """Orders, by what has become of them."""

    def __init__(
        self, line: Correspondence, grids: Sequence[Grid], patience: Patience, foreign: Foreign
    ) -> None:
        self.ledger: Final = Ledger()
        self.inquiries: Final = Inquiries(line, patience, self._cancel_one, self._found)
        self.history: Final = History(
            line,
            grids,
            patience.ask_again_ns,
            self._remembered,
            foreign,
            lambda: self.inquiries.open,
        )
        self.busts: Final = Busts(line, grids, patience.absent_after_ns, self._remembered)
        self._patience: Final = patience
        self._placing: Final = Placing(
            line, self.ledger, patience.valid_ms, self.tell, self.inquiries.start
        )
        self._changing: Final = Changing(line, self.inquiries, patience.valid_ms, self.tell)
        self._recasting: Final = Recasting(line, self.inquiries, self._send_now, self.tell)
        self._waiting: Final = Waiting(self.ledger, self._send_now, self.tell)
        self._later: Final[dict[str, tuple[CancelOrder | ReplaceOrder, Grid]]] = {}
        self._withheld: Final[dict[str, tuple[Ticket, list[Message], Nanoseconds]]] = {}

    @property
    def due(self) -> Nanoseconds:
        """When `tick` has something to do."""
        waits = [until for _, _, until in self._withheld.values()]
        return min(self.inquiries.due, self.history.due, self.busts.due, *waits, INT64_MAX)

    @property
    def is_settled(self) -> bool:
        """Whether no order is asked about, and no fill may be missing."""
        return not self.inquiries.open and not self.history.is_open

    def tick(self, now: Nanoseconds) -> Turn:
        """Asks again about what is not known; takes back what has lost its stop."""
        turn = self.inquiries.tick(now) + self.history.tick(now) + self.busts.tick(now)
        for id_, (stop, messages, until) in list(self._withheld.items()):
            if until <= now:
                self._withheld[id_] = stop, messages, INT64_MAX
                partner = self.ledger.get(id_)
                assert partner is not None, id_
                turn += self._changing.cancel([partner], now)
        return turn

    def forget(self) -> None:
        """The connection is gone: whatever is not known is asked anew on the next one."""
        self.inquiries.forget()
        self.history.forget()
        self.busts.forget()
        self._waiting.forget()
        self._withheld.clear()
        self._later.clear()

    def follow_up(self, now: Nanoseconds) -> Turn:
        """Does what was wanted of orders while a change of them was under way, and is not now."""
        cancels, changes = [], []
        for id_, (command, grid) in list(self._later.items()):
            ticket = self.ledger.of(id_, grid)
            if ticket.next is not None:
                continue
            del self._later[id_]
            if ticket.ended:
                continue
            if isinstance(command, CancelOrder):
                cancels.append((command, grid))
            else:
                changes.append((command, grid))
        # Those of a pair were wanted together.
        turn = self.cancel(cancels, now) if cancels else Turn()
        return turn + self.replace(changes, now) if changes else turn

    # -- new orders -------------------------------------------------------------------------------

    def submit(self, orders: Sequence[tuple[SubmitOrder, Grid]], now: Nanoseconds) -> Turn:
        """Places the orders of one decision."""
        turn, good = Turn(), []
        grids = {order.client_order_id: grid for order, grid in orders}
        for order, _ in orders:
            text = unsupported(order)
            if text:
                turn += kept(order.client_order_id, "unsupported", text, now)
            else:
                good.append(order)
        for plan in plans(good, lambda group: bool(self.ledger.group(group))):
            turn += self._carry_out(plan, grids, now)
        return turn

    def _carry_out(self, plan: Plan, grids: dict[str, Grid], now: Nanoseconds) -> Turn:
        if plan.how is How.REFUSE:
            return kept_all(plan.orders, "unsupported", "group", now)
        parent = self.ledger.get(plan.orders[0].parent)
        if plan.how is How.WAIT and parent is None:
            return kept_all(plan.orders, "unknown_parent", "its parent does not work", now)
        tickets = [
            self._placing.ticket(order, grids[order.client_order_id]) for order in plan.orders
        ]
        if plan.how is How.WAIT and parent is not None:
            return self._waiting.hold(parent, tickets, now)
        if plan.how is How.JOIN:
            return self._join(plan.orders[0], tickets[0], now)
        if plan.how is How.LIST:
            self._waiting.list_with(tickets[0], tickets[1:])
        return self._placing.send(tickets, plan.orders[0].ts_decided, now)

    def _join(self, order: SubmitOrder, ticket: Ticket, now: Nanoseconds) -> Turn:
        """An order of a group of which the venue has others already.

        One that rests becomes the other half of a pair; one that takes what there is takes the
        place of the others, which hold what it needs.
        """
        others = [each for each in self.ledger.group(ticket.group) if each is not ticket]
        first = others[0]
        terms = ticket.terms
        assert terms is not None, ticket
        is_free = all(
            each.terms is not None and each.next is None and each.heard and each.can_be_renamed
            for each in others
        ) and not (any(map(self._waiting.is_listed, others)) or self.inquiries.is_asking(others))
        if is_free and not terms.rests and len(self._partners(first)) == len(others) - 1:
            return self._recasting.recast(others, {each.id: None for each in others}, now, [ticket])
        alone = first.terms
        left = None if alone is None else replace(alone, lots=first.left)
        if is_free and len(others) == 1 and left is not None and is_pair(left, terms):
            return self._recasting.recast(others, {}, now, [ticket])
        self.ledger.end(ticket)
        return kept_all([order], "unsupported", "group", now)

    def _send_now(self, tickets: Sequence[Ticket], now: Nanoseconds) -> Turn:
        return self._placing.send(tickets, now, now)

    # -- cancels ----------------------------------------------------------------------------------

    def cancel(self, commands: Sequence[tuple[CancelOrder, Grid]], now: Nanoseconds) -> Turn:
        """Takes orders back, those of a list together."""
        tickets = []
        for command, grid in commands:
            ticket = self.ledger.of(command.client_order_id, grid)
            if ticket.next is None:
                tickets.append(ticket)
            else:
                self._later[ticket.id] = command, grid
        asked = {ticket.id for ticket in tickets}
        done: set[str] = set()
        turn = Turn()
        for ticket in tickets:
            if ticket.id not in done:
                partners = self._partners(ticket)
                done |= {ticket.id, *(each.id for each in partners)}
                wanted_too = [each for each in partners if each.id in asked]
                turn += self._cancel(ticket, wanted_too, len(partners), now)
        return turn

    def _cancel(self, ticket: Ticket, too: list[Ticket], partners: int, now: Nanoseconds) -> Turn:
        """Cancels an order and those of its list that are to be canceled too."""
        if self._waiting.is_held(ticket):
            self._waiting.take(ticket)
            gone = OrderCanceled(client_order_id=ticket.id, reason="canceled", ts_event=now)
            return self.tell(ticket, [gone], now)
        for each in (ticket, *too):
            each.wants_cancel = self._waiting.is_listed(each)
        if len(too) == partners or any(map(self._is_entry, (ticket, *too))):
            return self._changing.cancel([ticket, *too], now)
        if self._waiting.is_listed(ticket):
            ticket.wants_cancel = False
            return refused(ticket, "listed", now)
        pair = [ticket, *self._partners(ticket)]
        if self.inquiries.is_asking(pair):
            # One of them may have filled: what is placed anew must be known to be still wanted.
            command = CancelOrder(
                client_order_id=ticket.id,
                instrument=ticket.grid.instrument,
                request_id="",
                reason="",
            )
            self._later[ticket.id] = command, ticket.grid
            return Turn()
        return self._recasting.recast(pair, {ticket.id: None}, now)

    def _is_entry(self, ticket: Ticket) -> bool:
        """Whether the others of its list protect it: they end with it, and none is placed anew."""
        partners = self.ledger.partners(ticket)
        return self._waiting.is_parent(ticket) or any(each.parent == ticket.id for each in partners)

    def _cancel_one(self, ticket: Ticket, now: Nanoseconds) -> Turn:
        return self._cancel(ticket, [], len(self._partners(ticket)), now)

    def _partners(self, ticket: Ticket) -> list[Ticket]:
        """The other orders of its list at the venue, which those that wait here have left."""
        if self._waiting.is_held(ticket):
            return []
        return [each for each in self.ledger.partners(ticket) if not self._waiting.is_held(each)]

    # -- changes ----------------------------------------------------------------------------------

    def replace(self, commands: Sequence[tuple[ReplaceOrder, Grid]], now: Nanoseconds) -> Turn:
        """Changes orders, those of a pair together."""
        turn = Turn()
        by_id = {command.client_order_id: command for command, _ in commands}
        done: set[str] = set()
        for command, grid in commands:
            ticket = self.ledger.of(command.client_order_id, grid)
            if ticket.id in done:
                continue
            partners = self._partners(ticket)
            if ticket.next is not None:
                self._later.setdefault(ticket.id, (command, grid))
            elif self._waiting.is_held(ticket):
                turn += self._change_held(ticket, command, now)
            elif self._waiting.is_listed(ticket):
                turn += rejected(ticket, "listed", now)
            elif partners and not self._waiting.is_parent(ticket):
                pair = [ticket, *partners]
                if self.inquiries.is_asking(pair):
                    self._later.setdefault(ticket.id, (command, grid))
                    continue
                done |= {each.id for each in pair}
                turn += self._replace_pair(pair, by_id, now)
            else:
                turn += self._changing.change(ticket, command, now)
        return turn

    def _change_held(self, ticket: Ticket, command: ReplaceOrder, now: Nanoseconds) -> Turn:
        """Changes an order that waits here, which nobody at the venue has to hear of."""
        terms = wanted(ticket, command)
        if terms is None or terms.lots <= 0:
            self._waiting.take(ticket)
            gone = OrderCanceled(client_order_id=ticket.id, reason="canceled", ts_event=now)
            return self.tell(ticket, [gone], now)
        ticket.terms = replace(terms, lots=terms.lots + ticket.executed)
        ticket.lots = ticket.whole
        return self.tell(ticket, [reports.resized(ticket, now)], now)

    def _replace_pair(
        self, pair: list[Ticket], commands: dict[str, ReplaceOrder], now: Nanoseconds
    ) -> Turn:
        wishes: dict[str, Terms | None] = {}
        for ticket in pair:
            if ticket.id in commands:
                terms = wanted(ticket, commands[ticket.id])
                wishes[ticket.id] = terms if terms is not None and terms.lots > 0 else None
        left = [
            wishes.get(each.id, replace(each.terms, lots=each.left))
            for each in pair
            if each.terms is not None and each.can_be_renamed
        ]
        if len(left) == len(pair) and can_stay(left):
            return self._recasting.recast(pair, wishes, now)
        turn = Turn()
        for ticket in pair:
            if ticket.id in commands:
                turn += rejected(ticket, "unsupported", now)
        return turn

    # -- what the venue says ----------------------------------------------------------------------

    def ask(self, client_order_id: str, grid: Grid, now: Nanoseconds) -> Turn:
        """Asks what became of an order."""
        return self.inquiries.start(self.ledger.of(client_order_id, grid), now)

    def hear(self, report: Execution, grid: Grid, now: Nanoseconds) -> Turn:
        """An event about an order."""
        name = reports.name_of(report)
        id_, count = order_of(name)
        ticket = self.ledger.get(id_)
        if ticket is None:
            found = reports.of_execution(report, id_, grid)
            if found is None or count:
                return self.ask(id_, grid, now)
            self._note(id_, found, grid)
            return Turn(messages=found)
        is_current = name == ticket.name
        ticket.heard = True
        if is_current:
            ticket.list_id = report.list_id
            ticket.pends = ticket.pends and report.status == reports.PENDING
            ticket.executed = max(ticket.executed, grid.lots(report.executed))
        if report.kind == _REPLACED:
            lots = grid.lots(report.size)
            if not is_current or not ticket.shrink(lots, report.ts_ms):
                return Turn()  # something later has overtaken it
        if report.kind not in _GONE:
            return self._passed_on(ticket, report, now)
        if not is_current or ticket.next is not None:
            return Turn()  # it goes on, or will be told of, under another name
        # What its pair has ended did not wait any more, whatever was heard of its parent.
        is_over = reports.is_triggered_end(report)
        lapsed = None if is_over else self._waiting.lapsed(ticket, now)
        return self._passed_on(ticket, report, now) if lapsed is None else lapsed

    def _passed_on(self, ticket: Ticket, report: Execution, now: Nanoseconds) -> Turn:
        found = reports.of_execution(report, ticket.id, ticket.grid, ticket.past)
        if found is None:
            return self.inquiries.start(ticket, now)
        if reports.is_triggered_end(report) and self._withhold(ticket, found, now):
            return Turn()
        return self.tell(ticket, found, now)

    def _remembered(self, id_: str, messages: list[Message], now: Nanoseconds) -> Turn:
        """Fills of which the account's history tells."""
        ticket = self.ledger.get(id_)
        if ticket is None or ticket.ended:
            return Turn(messages=messages)
        # How much of the order that leaves, and whether any, only a question tells.
        return Turn(messages=messages) + self.inquiries.start(ticket, now)

    def _found(self, ticket: Ticket, messages: list[Message], now: Nanoseconds) -> Turn:
        """What a question has found of an order; whom a list's children wait for shows in that."""
        self._waiting.find([ticket, *self.ledger.partners(ticket)])
        return self.tell(ticket, messages, now)

    def _note(self, id_: str, messages: list[Message], grid: Grid) -> None:
        self.history.note(id_, messages, grid)
        for message in messages:
            if isinstance(message, OrderFilled):
                self.busts.note(message, grid)

    def _withhold(self, ticket: Ticket, found: list[Message], now: Nanoseconds) -> bool:
        """A stop whose pair has begun to fill: its end is told when the other has ended too.

        What the other has left would stand without a stop, so it is taken back after a moment.
        """
        terms = ticket.terms
        for partner in self._partners(ticket):
            if terms is not None and terms.is_stop and partner.left > 0:
                self._withheld[partner.id] = ticket, found, now + self._patience.ask_again_ns
                self.ledger.end(ticket)
                return True
        return False

    def tell(self, ticket: Ticket, messages: list[Message], now: Nanoseconds) -> Turn:
        """Passes on what became of an order, and lets follow what waits for it."""
        has_filled = any(isinstance(each, OrderFilled) for each in messages)
        if has_filled and ticket.told == OrderRejected.__name__:
            ticket.told = ""  # it was only concluded that it had never arrived
        if ticket.told:
            messages = [each for each in messages if not isinstance(each, _ENDS)]
        self._note(ticket.id, messages, ticket.grid)
        self.history.number(ticket.id, *ticket.numbers)
        turn = Turn(messages=messages)
        is_full = has_filled and ticket.terms is not None and ticket.left <= 0
        ends = [type(each).__name__ for each in messages if isinstance(each, _ENDS)]
        if not is_full and not ends:
            return turn
        self.ledger.end(ticket)
        ticket.told = ends[0] if ends else ticket.told
        if ticket.id in self._withheld:
            stop, held, _ = self._withheld.pop(ticket.id)
            turn += self.tell(stop, held, now)
        return turn + self._waiting.ended(ticket, now)
