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
from tests.oracle.orders import Change, Order
from tests.oracle.rules import Rule
from tests.oracle.splits import split_price
from tests.oracle.strategies import Lots, Scripted, Send, Strategy
from tests.oracle.tickets import Role, Sent, Ticket, merged


class Wire(Protocol):
    """The way to the venue."""

    has_latency: bool

    def submit(self, order: Order) -> None: ...
    def cancel(self, order: Order) -> None: ...
    def replace(self, order: Order, change: Change) -> None: ...


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
    """One strategy at work; it hears bars of `interval_ns`."""

    setup: Strategy
    rule: Rule | None
    policies: tuple[Policy, ...]
    interval_ns: int
    target: int = 0
    ended: int = 0  # the side of the target that an exit has ended
    waits: bool = False  # for cancels, before it looks at the gap again
    close: int = 0
    guards: tuple[Guard, ...] = ()  # of the decision that made the target
    held: Held | None = None
    bars_counted: int = 0
    fills_counted: int = 0
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
    ) -> Ticket:
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
        ticket = Ticket(order, role, sent, reason, order.size, limit, stop)
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

    def _guards(self, trader: Trader, side: int) -> tuple[Guard, ...]:
        """The nearest stop and the nearest limit for an entry decided now on this side."""
        stops = [
            Guard("stop", max(1, trader.close - side * policy.distance), policy.reason)
            for policy in trader.policies
            if policy.gives_stop
        ]
        limits = [
            Guard("limit", max(1, trader.close + side * policy.distance), policy.reason)
            for policy in trader.policies
            if policy.gives_limit
        ]
        nearest = [max(stops, key=lambda each: side * each.ticks)] if stops else []
        nearest += [min(limits, key=lambda each: side * each.ticks)] if limits else []
        return tuple(nearest)

    def _protect(self, trader: Trader, entry: Ticket, now: Moment) -> None:
        """Send what protects an entry along with it, at the prices of its decision."""
        side, lots = sign_of(trader.target), min(abs(trader.target), entry.size)
        if not trader.guards:
            return
        cover = Cover(side, f"entry {entry.order.number}", lots, entry)
        trader.covers.append(cover)
        for guard in trader.guards:
            self._guard(trader, cover, guard, lots, now)

    def _guard(self, trader: Trader, cover: Cover, guard: Guard, lots: int, now: Moment) -> None:
        """Send an order of a cover, as a child of its entry while that works."""
        entry = cover.entry
        is_child = entry is not None and cover.holds == 0
        order = Send(
            tag="",
            order_type=guard.order_type,
            lots=-cover.side * lots,
            limit_ticks=guard.ticks if guard.order_type == "limit" else None,
            stop_ticks=guard.ticks if guard.order_type == "stop" else None,
            group=cover.group,
            reduce_only=True,
        )
        parent = entry.order.number if entry is not None and is_child else None
        ticket = self._send(trader, Role.PROTECTIVE, order, parent, guard.reason, now)
        ticket.cover = cover
        cover.orders.append(ticket)

    def _trail(self, trader: Trader, side: int, level: int, now: Moment) -> None:
        """Move the stops of this side up to the level; make one for what has none."""
        covers = [cover for cover in trader.covers if cover.side == side]
        for cover in covers:
            for ticket in cover.orders:
                stop = ticket.stop_aimed_at if ticket.sent.order_type == "stop" else None
                if ticket.works and stop is not None and side * (level - stop) > 0:
                    ticket.next_reason = "trailing"
                    self._want(ticket, Change(stop_ticks=level))
        if side * trader.target <= 0:
            return
        guard = Guard("stop", level, "trailing")
        for cover in covers:
            if cover.holds > 0 and cover.stop is None:
                self._guard(trader, cover, guard, cover.holds, now)
        uncovered = side * self._ledger.lots(trader.key) - sum(each.holds for each in covers)
        if uncovered <= 0:
            return
        own = next((cover for cover in covers if cover.entry is None and cover.stop), None)
        if own is None:
            cover = Cover(side, f"cover {len(self._by_order) + 1}", uncovered, None)
            trader.covers.append(cover)
            self._guard(trader, cover, guard, uncovered, now)
        else:
            own.lots += uncovered
            self._let_grow(own)

    def _tend_covers(self, trader: Trader, ticket: Ticket, lots: int, after: int) -> None:
        """A fill of `lots` is known: what covers hold, and what must be cut from them."""
        for cover in trader.covers:
            if cover.entry is ticket:
                self._let_grow(cover)
        if ticket.cover is not None:
            ticket.cover.filled += lots
            for other in ticket.cover.orders:
                if other is not ticket:
                    other.reduced(lots)
        for side in (1, -1):
            self._cut(trader, side, max(0, side * after))
        if ticket.cover is not None and ticket.cover.side * after <= 0:
            self._uncover(trader, ticket.cover.side)
        trader.covers = [cover for cover in trader.covers if cover.works]

    def _uncover(self, trader: Trader, side: int) -> None:
        """An exit has closed the position: nothing protects this side any more."""
        for cover in trader.covers:
            if cover.side == side:
                for order in cover.orders:
                    if order.lots_open:  # else the venue ends it by itself
                        self._cancel(order)

    def _let_grow(self, cover: Cover) -> None:
        """A stop that is nobody's child is for all that its cover holds."""
        stop = cover.stop
        if stop is not None and stop.sent.parent is None:
            stop.aim = max(stop.aim, stop.booked + cover.holds)
            self._ask(stop)

    def _cut(self, trader: Trader, side: int, held: int, *, orders: bool = True) -> None:
        """Take what covers hold too much off them, the oldest first."""
        covers = [cover for cover in trader.covers if cover.side == side]
        beyond = sum(cover.holds for cover in covers) - held
        for cover in covers:
            lots = max(0, min(beyond, cover.holds))
            beyond -= lots
            cover.cut += lots
            if lots and orders:
                for order in cover.orders:
                    self._shrink(order, lots)

    def _fit(self, trader: Trader, position: int) -> None:
        """After a split: no order of a cover is for more than that may still close."""
        for side in (1, -1):
            self._cut(trader, side, max(0, side * position), orders=False)
        for cover in trader.covers:
            coming = cover.lots - cover.opened if cover.entry and not cover.entry.is_over else 0
            for order in cover.orders:
                beyond = order.aim - order.booked - cover.holds - coming
                if beyond > 0:
                    self._shrink(order, beyond)

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
            ticket.aim = change.size
        ticket.wanted = merged(ticket.wanted, replace(change, size=None))
        self._ask(ticket)

    def _ask(self, ticket: Ticket) -> None:
        """Send the change that is wanted, if that can be now."""
        change = ticket.ask()
        if change is not None:
            self._wire.replace(ticket.order, change)

    def _sizer(self, trader: Trader) -> Callable[[], int]:
        """The lots of a full position at the last mark; none if equity is not positive."""
        plan = trader.setup.plan
        assert not isinstance(plan, Scripted)
        size, instrument = plan.size, trader.setup.instrument

        def lots() -> int:
            if isinstance(size, Lots):
                return size.lots
            lot_value = self._ledger.marks[instrument] * self._ledger.units[instrument]
            equity = self._ledger.equity()
            if equity <= 0 or lot_value <= 0:
                return 0
            return int(size.weight * equity / lot_value)

        return lots


def sign_of(lots: int) -> int:
    return (lots > 0) - (lots < 0)
