"""How a desk deals: orders go out through risk and the wire, and protect what is held.

What is decided and why stands in `tests.oracle.desk`, with all the choices made.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Protocol

from tests.oracle.covers import Cover
from tests.oracle.exits import Held, Policy
from tests.oracle.gate import Gate
from tests.oracle.ledger import Key, Ledger
from tests.oracle.orders import Change, Fill, Order
from tests.oracle.rules import Rule
from tests.oracle.splits import split_price
from tests.oracle.strategies import Lots, Replace, Scripted, Send, Strategy
from tests.oracle.tickets import WORKING, Role, Sent, Ticket, merged


class Wire(Protocol):
    """The way to the venue."""

    has_latency: bool

    def submit(self, order: Order) -> None: ...
    def cancel(self, order: Order) -> None: ...
    def replace(self, order: Order, change: Change) -> None: ...


class NoMark(Exception):
    """Nothing has marked the instrument."""


@dataclass(frozen=True)
class Moment:
    """When something is handled: the instant, and the number of the last row delivered."""

    ts: int
    seq: int


@dataclass(frozen=True)
class Guard:
    """An order that goes with an entry."""

    order_type: str
    ticks: int
    reason: str

    def split(self, ratio: Fraction) -> "Guard":
        return replace(self, ticks=split_price(self.ticks, ratio) or 1)


@dataclass(eq=False)
class Trader:
    """One strategy at work; it hears bars of `interval_ns`.

    `aim` is what orders are sent for: the target, or 0 where its entry could not be protected.
    """

    setup: Strategy
    rule: Rule | None
    policies: tuple[Policy, ...]
    interval_ns: int
    target: int = 0
    aim: int = 0
    ended: int = 0  # the side of the target that an exit has ended
    waits: bool = False  # for cancels, before it looks at the gap again
    close: int = 0
    decided_at: int | None = None  # the price of the decision that made the aim
    filled_at: int | None = None  # the price of the last fill
    guards: tuple[Guard, ...] = ()  # of the decision that made the target
    held: Held | None = None
    bars_counted: int = 0
    fills_counted: int = 0
    is_out: bool = False  # it had to leave the market, and decides nothing more
    occasions: int = 0  # decisions and reports for which something could be sent
    unguarded: bool = False  # a stop was refused, and nothing has filled since
    own: int = 0  # lots of the position that its own orders opened, which no cover holds
    covers: list[Cover] = field(default_factory=list)  # the oldest entry's first
    tickets: list[Ticket] = field(default_factory=list)  # of orders that work
    tags: dict[str, Ticket] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        return (self.setup.name, self.setup.instrument)

    def open_tickets(self, role: Role, side: int) -> list[Ticket]:
        return [t for t in self.tickets if t.role is role and side * t.lots_open > 0]


class Dealing:
    """The orders of all strategies of the account."""

    def __init__(self, ledger: Ledger, wire: Wire, gate: Gate) -> None:
        self.tickets: list[Ticket] = []
        self.denials: list[tuple[int, str]] = []
        self._ledger = ledger
        self._wire = wire
        self._gate = gate
        self._by_order: dict[int, tuple[Trader, Ticket]] = {}

    def _send(
        self,
        trader: Trader,
        role: Role,
        wanted: Send,
        parent: int | None,
        reason: str,
        now: Moment,
        *,
        at: int | None,
    ) -> Ticket:
        """`at` is the price at which it is decided."""
        group = f"{trader.setup.name} {role} {wanted.group}" if wanted.group else ""
        order = Order(
            number=len(self._by_order) + 1,
            ts=now.ts,
            seq=now.seq,
            strategy=trader.setup.name,
            instrument=trader.setup.instrument,
            order_type=wanted.order_type,
            lots=wanted.lots,
            limit_ticks=wanted.limit_ticks,
            stop_ticks=wanted.stop_ticks,
            parent=parent,
            size=abs(wanted.lots),
            time_in_force=wanted.time_in_force,
            group=group,
            reduce_only=wanted.reduce_only,
        )
        kind, limit, stop = wanted.order_type, wanted.limit_ticks, wanted.stop_ticks
        sent = Sent(kind, wanted.lots, limit, stop, parent)
        ticket = Ticket(order, role, sent, reason, order.size, limit, stop, decided_at=at)
        self._by_order[order.number] = (trader, ticket)
        self.tickets.append(ticket)
        code = self._gate.judge(ticket, now.ts)
        if code is None:
            ticket.become("APPROVED")
            trader.tickets.append(ticket)
            if self._wire.has_latency:
                ticket.become("SUBMITTED")
            self._wire.submit(order)
        else:
            ticket.become("DENIED")
            self.denials.append((order.number, code))
        return ticket

    def _forget(self, trader: Trader, ticket: Ticket) -> None:
        """It is over, as far as we know."""
        self._gate.on_gone(ticket)
        if ticket in trader.tickets:
            trader.tickets.remove(ticket)

    def _cancel(self, ticket: Ticket) -> None:
        if ticket.works:
            ticket.ask_cancel()
            self._wire.cancel(ticket.order)

    def _shrink(self, ticket: Ticket, lots: int) -> None:
        if ticket.works:
            if ticket.aim - lots <= ticket.booked:
                self._cancel(ticket)
            else:
                ticket.aim -= lots
                self._ask(ticket)

    def _want(self, ticket: Ticket, change: Change) -> None:
        """Ask for other prices or, of a script's own order, another size."""
        if change.size is not None:
            ticket.aim = ticket.wished = change.size
        ticket.wanted = merged(ticket.wanted, replace(change, size=None))
        self._ask(ticket)

    def _change_own(self, ticket: Ticket, action: Replace) -> None:
        """Ask for it; a price that the order has not cannot be given to it.

        A size that is filled already is no change that could be refused or wait for another.
        """
        size = None if action.lots is None else abs(action.lots)
        if size is not None and size <= ticket.booked:
            self._cancel(ticket)
            return
        limit = None if ticket.limit_ticks is None else action.limit_ticks
        stop = None if ticket.stop_ticks is None else action.stop_ticks
        self._want(ticket, Change(size, limit, stop))

    def _ask(self, ticket: Ticket) -> None:
        """Send the change that is wanted, if that can be now; what leaves nothing is a cancel."""
        if ticket.status in WORKING and ticket.aim <= ticket.booked < ticket.expected:
            self._cancel(ticket)
            return
        expected = ticket.expected
        change = ticket.ask()
        if change is None:
            return
        asked, ticket.asked = ticket.asked, None
        code = self._gate.judge_change(ticket, change, self._gate.ts)
        ticket.asked = asked
        if code is None:
            self._wire.replace(ticket.order, change)
        else:
            ticket.denied(expected)

    def _cross(self, trader: Trader, ticket: Ticket, lots: int) -> None:
        """Changes that are asked for of others in its group were asked without knowing this."""
        for other in trader.tickets if ticket.order.group else ():
            is_member = other is not ticket and other.order.group == ticket.order.group
            if is_member and other.has_arrived and other.asked is not None:
                other.crossed += lots

    def _sizer(self, trader: Trader) -> Callable[[], int]:
        """The lots of a full position at the last mark; none if equity is not positive."""
        plan = trader.setup.plan
        assert not isinstance(plan, Scripted)
        size, instrument = plan.size, trader.setup.instrument

        def lots() -> int:
            if isinstance(size, Lots):
                return size.lots
            if instrument not in self._ledger.marks:
                raise NoMark
            lot_value = self._ledger.marks[instrument] * self._ledger.units[instrument]
            equity = self._ledger.equity()
            if equity <= 0 or lot_value <= 0:
                return 0
            return int(size.weight * equity / lot_value)

        return lots

    # -- what a desk that can be stopped looks at ------------------------------------------------

    def _on_booked(self, now: Moment) -> None:
        """A fill is booked; nothing has followed from it yet."""

    def _on_marked(self, ticket: Ticket, fill: Fill, now: Moment) -> None:
        """A fill is booked, and its covers and its target were seen to."""

    def _on_gone(self, now: Moment) -> None:
        """An order has ended unfilled; nothing has followed from it yet."""


def sign_of(lots: int) -> int:
    return (lots > 0) - (lots < 0)
