"""What protects a position: covers of entries, and covers of what was found bare.

What is decided and why stands in `tests.oracle.desk`, with all the choices made.
"""

from dataclasses import dataclass

from tests.oracle.covers import Cover
from tests.oracle.dealing import Dealing, Guard, Moment, Trader, sign_of
from tests.oracle.orders import Change
from tests.oracle.strategies import Send
from tests.oracle.tickets import Role, Ticket


@dataclass(frozen=True)
class Plan:
    """What shall be protected: lots that are held, and what orders will open of a target."""

    side: int
    bare: int
    entries: tuple[tuple[Ticket, int], ...]
    guards: tuple[Guard, ...]


class Covering(Dealing):
    """Sends stops and limits along with entries, and keeps them as large as what is held."""

    def _guards(self, trader: Trader, side: int) -> tuple[Guard, ...]:
        """The nearest stop and the nearest limit for an entry decided now on this side."""
        stops = [policy for policy in trader.policies if policy.gives_stop]
        limits = [policy for policy in trader.policies if policy.gives_limit]
        found: list[Guard] = []
        for kind, of_kind, way in (("stop", stops, -side), ("limit", limits, side)):
            if of_kind:
                nearest = min(of_kind, key=lambda policy: policy.distance)
                price = max(1, trader.close + way * nearest.distance)
                found.append(Guard(kind, price, nearest.reason))
        return tuple(found)

    def _protect(
        self, trader: Trader, entry: Ticket, lots: int, guards: tuple[Guard, ...], now: Moment
    ) -> None:
        """Send what protects `lots` of an entry along with it, at the prices of its decision."""
        if not guards:
            return
        cover = Cover(entry.side, f"entry {entry.order.number}", lots, entry)
        trader.covers.append(cover)
        for guard in guards:
            self._guard(trader, cover, guard, lots, now)

    def _plan(self, trader: Trader, sent: int) -> Plan:
        """What is held of the target, or will be, and nothing protects, but for what is sent now.

        An order of the target that is sent now brings its own protection along.
        """
        side = sign_of(trader.aim)
        if side == 0 or not trader.guards:
            return Plan(0, 0, (), ())
        covers = [cover for cover in trader.covers if cover.side == side]
        position = self._ledger.lots(trader.key)
        own = trader.own if side * position > 0 else 0
        held = min(max(0, side * position), abs(trader.aim))
        bare = held - sum(cover.holds for cover in covers) - own
        bare = 0 if trader.unguarded else max(0, bare)
        coming = sum(side * t.lots_open for t in trader.tickets if t.role is Role.TARGET)
        will_be = min(abs(trader.aim), side * (position + sent) + coming)
        brought = min(abs(trader.aim), max(0, side * sent))
        lacks = will_be - sum(cover.left for cover in covers) - own - bare - brought
        entries = []
        for ticket in trader.open_tickets(Role.TARGET, side):
            if lacks > 0 and all(cover.entry is not ticket for cover in covers):
                lots = min(lacks, abs(ticket.lots_open))
                lacks -= lots
                entries.append((ticket, lots))
        return Plan(side, bare, tuple(entries), trader.guards)

    def _adopt(self, trader: Trader, plan: Plan, now: Moment) -> None:
        """Protect what the plan says, whatever has been refused since."""
        if plan.bare:
            self._cover_bare(trader, plan.side, plan.bare, plan.guards, now)
        for ticket, lots in plan.entries:
            self._protect(trader, ticket, lots, plan.guards, now)

    def _cover_bare(
        self, trader: Trader, side: int, lots: int, guards: tuple[Guard, ...], now: Moment
    ) -> None:
        """Let the cover without an entry hold so much more; there is one for each side."""
        own = next((c for c in trader.covers if c.side == side and c.entry is None), None)
        if own is None:
            own = Cover(side, f"cover {len(self._by_order) + 1}", 0, None)
            trader.covers.append(own)
        own.lots += lots
        self._let_grow(own)
        for guard in guards:
            if not any(o.sent.order_type == guard.order_type and o.works for o in own.orders):
                self._guard(trader, own, guard, own.holds, now)

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
        at = trader.filled_at
        ticket = self._send(trader, Role.PROTECTIVE, order, parent, guard.reason, now, at=at)
        ticket.cover, ticket.occasion = cover, trader.occasions
        cover.orders.append(ticket)
        if ticket.is_over:
            self._lose(trader, ticket, self.denials[-1][1], now)

    def _lose(self, trader: Trader, ticket: Ticket, why: str, now: Moment) -> None:
        """A stop cannot be had: nothing more is entered for it, and what is held is left.

        In a halt nothing can be left either.
        """
        cover = ticket.cover
        is_lost = ticket.sent.order_type == "stop" and not ticket.is_cancel_sent
        if cover is None or cover not in trader.covers or not is_lost:
            return
        others = [o for o in cover.orders if o.sent.order_type == "stop" and not o.is_over]
        if others or ticket.expected <= ticket.booked or cover.left == 0:
            return
        trader.unguarded = True
        if why == "trading_halted":
            return
        cover.refused = ticket.reason
        if cover.entry is not None and not cover.entry.is_over:
            self._cancel(cover.entry)
            if cover.side * self._ledger.lots(trader.key) < 0:
                trader.aim, trader.guards, trader.waits = 0, (), True
                trader.decided_at = trader.filled_at
        self._leave(trader, cover, now)

    def _leave(self, trader: Trader, cover: Cover, now: Moment) -> None:
        """Close what a cover holds whose stop was refused; one such order at a time."""
        leaves = any(o.sent.order_type == "market" and not o.is_over for o in cover.orders)
        if cover.refused and cover.holds > 0 and not leaves:
            self._guard(trader, cover, Guard("market", 0, cover.refused), cover.holds, now)

    def _send_alone(self, trader: Trader, ticket: Ticket, now: Moment) -> None:
        """A child that came after its entry had filled is sent again without it."""
        cover = ticket.cover
        if cover is not None and cover in trader.covers and cover.holds > 0:
            kind, is_stop = ticket.sent.order_type, ticket.sent.order_type == "stop"
            price = ticket.stop_aimed_at if is_stop else ticket.limit_ticks
            assert price is not None
            reason = ticket.next_reason or ticket.reason
            self._guard(trader, cover, Guard(kind, price, reason), cover.holds, now)

    def _trail(self, trader: Trader, side: int, level: int, now: Moment) -> None:
        """Move the stops of this side up to the level, those sent first; make what is missing."""
        covers = [cover for cover in trader.covers if cover.side == side]
        tickets = [ticket for cover in covers for ticket in cover.orders]
        for ticket in sorted(tickets, key=lambda each: (each.order.ts, each.occasion)):
            stop = ticket.stop_aimed_at if ticket.sent.order_type == "stop" else None
            if ticket.works and stop is not None and side * (level - stop) > 0:
                ticket.next_reason = "trailing"
                self._want(ticket, Change(stop_ticks=level))
        if side * trader.aim <= 0:
            return
        if trader.unguarded:
            return
        guard = Guard("stop", level, "trailing")
        for cover in covers:
            if cover.holds > 0 and cover.stop is None and not cover.refused:
                self._guard(trader, cover, guard, cover.holds, now)
        uncovered = side * self._ledger.lots(trader.key) - sum(each.holds for each in covers)
        if uncovered > 0:
            self._cover_bare(trader, side, uncovered, (guard,), now)
            trader.own = 0
        self._forget_covers(trader)

    def _tend_covers(
        self, trader: Trader, ticket: Ticket, lots: int, after: int, now: Moment
    ) -> None:
        """A fill of `lots` is known: what covers hold, and what must be cut from them."""
        if ticket.cover is not None:
            self._share(ticket.cover, ticket, lots)
        for side in (1, -1):
            self._cut(trader, side, max(0, side * after))
        if ticket.cover is not None:
            self._spend(ticket.cover, ticket, lots)
            if ticket.cover.side * after <= 0:
                self._uncover(trader, ticket, ticket.cover, lots)
        for cover in trader.covers:
            self._let_grow(cover)
            self._leave(trader, cover, now)
        self._count_own(trader, ticket, lots, after)
        self._forget_covers(trader)

    def _forget_covers(self, trader: Trader) -> None:
        """What a cover held of which nothing works any more is bare."""
        trader.covers = [cover for cover in trader.covers if cover.works]

    def _count_own(self, trader: Trader, ticket: Ticket, lots: int, after: int) -> None:
        """Lots that its own orders opened are its own to protect; what leaves, leaves first."""
        side, before = sign_of(after), after - ticket.side * lots
        if side * before <= 0:
            trader.own = 0
        if ticket.role is Role.OWN and ticket.side == side:
            trader.own += min(lots, abs(after))
        covered = sum(cover.holds for cover in trader.covers if cover.side == side)
        trader.own = max(0, min(trader.own, abs(after) - covered))

    def _share(self, cover: Cover, filled: Ticket, lots: int) -> None:
        """What one order of a cover has filled the others are not for any more."""
        cover.filled += lots
        for other in cover.orders:
            if other is filled:
                continue
            if other.has_arrived:
                other.reduced(lots)
            else:
                self._shrink(other, lots)

    def _spend(self, cover: Cover, filled: Ticket, lots: int) -> None:
        """Nothing may be left of an order, though a change under way gives back what is taken.

        The venue gives no child more than its parent has opened, but others what was asked for.
        """
        if all(order.sent.parent is not None for order in cover.orders):
            return
        for order in cover.orders:
            keeps = cover.holds if order.sent.parent is None else cover.left
            shared = lots if order is not filled else 0
            if keeps == 0 and (order.size - order.booked > shared or not order.has_arrived):
                self._cancel(order)

    def _uncover(self, trader: Trader, closed_by: Ticket, its: Cover, lots: int) -> None:
        """An exit has closed the position: nothing protects this side any more, nor does itself.

        What the group's fill leaves nothing of the venue ends by itself; a change under way may
        still be refused.
        """
        side = its.side
        for cover in trader.covers:
            if cover.side == side:
                for order in cover.orders:
                    shared = lots if cover is its and order is not closed_by else 0
                    if order.size - order.booked > shared or not order.has_arrived:
                        self._cancel(order)
        trader.covers = [cover for cover in trader.covers if cover.side != side]

    def _let_grow(self, cover: Cover) -> None:
        """An order that is nobody's child is for all that its cover holds."""
        for order in cover.orders:
            if order.works and order.sent.parent is None:
                order.aim = max(order.aim, order.booked + cover.holds)
                self._ask(order)

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
