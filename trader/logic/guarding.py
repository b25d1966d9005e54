"""Keeps every position covered: no lots without their stop, and no stop for lots that are gone.

An entry takes its protective orders along as children in one group. What it opens they cover, each
of them all of it; what one of them fills, and what leaves the position by another way, none of
them covers any longer. After every change of a position the sum of what is covered is held
against it, and what is too much is cut, from the oldest entry first.
"""

from collections.abc import Iterator
from typing import Final

from trader.logic.cover import Cover
from trader.logic.dealing import Dealing, Wish
from trader.logic.desk import Change, Desk, Guard, Order, members, protective_ticks, target_open
from trader.model.envelope import Message
from trader.model.orders import (
    OrderRole,
    OrderStatus,
    OrderType,
    Protection,
    TargetPosition,
    TrailStops,
)
from trader.model.units import Lots, Nanoseconds, Ticks

_TARGET: Final = OrderRole.TARGET
_PROTECTION: Final = OrderRole.PROTECTION
_EXPLICIT: Final = OrderRole.EXPLICIT
_CANCELED: Final = OrderStatus.CANCELED
_FILLED: Final = OrderStatus.FILLED
_STOP: Final = OrderType.STOP
_MARKET: Final = OrderType.MARKET
_LATE: Final = frozenset({"unknown_parent", "absent"})
_HALTED: Final = "trading_halted"


def guards(target: TargetPosition, size: Lots) -> tuple[Guard, ...]:
    """What an order of this size takes along: it covers what the order opens of the target."""
    if target.lots * size <= 0:
        return ()
    lots = min(abs(target.lots), abs(size)) * (-1 if size > 0 else 1)
    return tuple([_guard(lots, target.ref_ticks, each) for each in target.protection])


def _guard(lots: Lots, ref_ticks: Ticks, protection: Protection) -> Guard:
    ticks = protective_ticks(ref_ticks, -1 if lots > 0 else 1, protection)
    return Guard(protection.kind, lots, ticks, ref_ticks, protection.reason)


class Guarding:
    """Makes, moves, cuts and renews the protective orders of one account."""

    def __init__(self, dealing: Dealing) -> None:
        self._dealing = dealing

    # -- an entry and its orders ----------------------------------------------------------------

    def protect(self, id_: str, order: Order, now: Nanoseconds) -> list[Message]:
        """The orders that go with an entry, once it may leave: none for one that may not."""
        desk = self._dealing.state.desks[order.strategy]
        taken, order.guards = order.guards, ()
        lots = abs(taken[0].lots)
        side = -1 if taken[0].lots > 0 else 1
        desk.covers[id_] = Cover(side=side, lots=lots, closing=abs(order.lots) - lots)
        return [self.place(order.strategy, desk, each, (id_, id_), now) for each in taken]

    def complete(self, target: TargetPosition, desk: Desk, now: Nanoseconds) -> list[Message]:
        """Protects what is held, or will be opened, of a target by orders made for another one."""
        side = 1 if desk.target > 0 else -1
        held = desk.position * side
        own = desk.own if held > 0 else 0
        coming = side * target_open(desk, self._dealing.state.orders)
        lots = min(held + coming, abs(desk.target)) - own
        bare = min(held, abs(desk.target)) - own
        for cover in desk.covers.values():
            if cover.side == side:
                bare -= cover.held
                lots -= cover.left
        out: list[Message] = []
        if bare > 0 and not desk.unguarded:
            out = self._adopt(target, desk, side * bare, now)
            lots -= bare
        if lots > 0:
            along = [self._dealing.state.orders[id_].guards for id_ in desk.working]
            lots -= sum(abs(taken[0].lots) for taken in along if taken)
        return out + self._lead(target, desk, side * lots, now) if lots > 0 else out

    def _adopt(
        self, target: TargetPosition, desk: Desk, lots: Lots, now: Nanoseconds
    ) -> list[Message]:
        """Lots that are held without protection get what protects the target."""
        key, cover = self.own(target.strategy, desk, lots)
        out: list[Message] = []
        work = set()
        for id_, each in self._members(desk, key):
            out += self._dealing.urge(id_, each)
            if not each.cancel_wanted:
                work.add(each.order_type)
        for guard in guards(target, cover.side * cover.held):
            if guard.order_type not in work:
                out.append(self.place(target.strategy, desk, guard, (key, ""), now))
        return out

    def _lead(
        self, target: TargetPosition, desk: Desk, lots: Lots, now: Nanoseconds
    ) -> list[Message]:
        """Open orders that will open so many lots of the target take its protection along."""
        out: list[Message] = []
        for id_ in list(desk.working):
            order = self._dealing.state.orders[id_]
            if order.role is not _TARGET or order.cancel_wanted or order.left * lots <= 0:
                continue
            if id_ not in desk.covers and not order.guards:
                part = min(abs(lots), abs(order.left)) * (1 if lots > 0 else -1)
                order.guards = guards(target, part)
                out += self.protect(id_, order, now)
                lots -= part
        return out

    def own(self, strategy: str, desk: Desk, lots: Lots) -> tuple[str, Cover]:
        """The cover of lots that no entry took along, so many signed ones more."""
        side = 1 if lots > 0 else -1
        key = f"{strategy}{'+' if side > 0 else '-'}"
        cover = desk.covers.setdefault(key, Cover(side=side, lots=0))
        cover.lots += abs(lots)
        cover.opened += abs(lots)
        cover.loose = True
        return key, cover

    def place(
        self, strategy: str, desk: Desk, guard: Guard, family: tuple[str, str], now: Nanoseconds
    ) -> Message:
        """A protective order; its family are its group and its parent."""
        group, parent = family
        is_stop = guard.order_type is _STOP
        wish = Wish(
            lots=guard.lots,
            role=_PROTECTION,
            ref_ticks=guard.ref_ticks,
            order_type=guard.order_type,
            limit_ticks=None if is_stop or guard.order_type is _MARKET else guard.ticks,
            stop_ticks=guard.ticks if is_stop else None,
            reduce_only=True,
            group=group,
            parent=parent,
            reason=guard.reason,
        )
        return self._dealing.make(strategy, desk, wish, now)

    def filled(self, id_: str, order: Order, lots: Lots) -> None:
        """An order has filled signed lots more (fewer, if the venue took a fill back)."""
        desk = self._dealing.state.desks[order.strategy]
        cover = desk.covers.get(id_)
        if cover is not None:
            cover.open(order.lots_filled)
            return
        if not order.group:
            return
        lots = lots if order.lots > 0 else -lots
        cover = self._dealing.cover(order)
        if cover is not None:
            cover.filled += lots
        if lots > 0:
            self._dealing.share(desk, order, lots)

    def ended(self, id_: str, order: Order, now: Nanoseconds, why: str = "") -> list[Message]:
        """An order has ended: an entry opens nothing more, a protective one protects no more.

        `why` is the code or the reason that came with it.
        """
        desk = self._dealing.state.desks[order.strategy]
        cover = desk.covers.get(id_)
        if cover is not None:
            if cover.opened < cover.lots:
                cover.end()
                self._orphan(desk, id_, cover)
            self._drop(desk, id_)
            return []
        cover = self._dealing.cover(order)
        if cover is None:
            return []
        out: list[Message] = []
        # A child that came after its entry had filled is as good as one that came in time; and so
        # is one that waited for that, and was lost on the way.
        late = why in _LATE and order.parent and order.group not in desk.working
        if late or (order.renewed and order.status is _CANCELED):
            out = self._renew(order, desk, cover, now)
        else:
            if why == _HALTED:
                desk.owe(order)
            if self._is_refused(order, desk) and cover.left > 0:
                desk.unguarded = True
                if why != _HALTED:
                    cover.refused = order.reason
                    out = self._give_up(order, desk, cover, now)
        self._drop(desk, order.group)
        return out

    def _orphan(self, desk: Desk, key: str, cover: Cover) -> None:
        """What an entry leaves unopened the venue takes off its children."""
        for _, member in self._members(desk, key):
            if member.parent and member.arrived:
                member.due += max(0, member.expected - member.done - cover.left)

    def _is_refused(self, order: Order, desk: Desk) -> bool:
        """Whether a stop has ended that should work, and no other one does in its place."""
        if not order.is_stop or order.cancel_wanted or order.status is _FILLED:
            return False
        if order.expected <= order.done:
            return False
        return not any(each.is_stop for _, each in self._members(desk, order.group))

    def _give_up(self, order: Order, desk: Desk, cover: Cover, now: Nanoseconds) -> list[Message]:
        """What cannot be protected is not entered, or is left again.

        An entry that was to turn the position first is not made, but what it was to close still is.
        """
        out: list[Message] = []
        if order.group in desk.working:
            entry = self._dealing.state.orders[order.group]
            out += self._dealing.cancel(order.group, entry, "unprotected")
            if desk.position * cover.side < 0:
                out.append(self._dealing.drop(order.strategy, desk))
                desk.waits = True
                desk.aim = TargetPosition(
                    strategy=order.strategy,
                    instrument=desk.instrument,
                    lots=0,
                    ref_ticks=desk.last_ticks,
                    reason="unprotected",
                )
        return out + self.leave(order.strategy, desk, order.group, cover, now)

    def leave(
        self, strategy: str, desk: Desk, key: str, cover: Cover, now: Nanoseconds
    ) -> list[Message]:
        """Closes at the market what a stop was refused for; an order that does it is enlarged."""
        leaving = any(each.order_type is _MARKET for _, each in self._members(desk, key))
        if not cover.refused or cover.held <= 0 or leaving:
            return []
        cover.loose = True
        guard = Guard(_MARKET, -cover.side * cover.held, 0, desk.last_ticks, cover.refused)
        return [self.place(strategy, desk, guard, (key, ""), now)]

    def _renew(self, order: Order, desk: Desk, cover: Cover, now: Nanoseconds) -> list[Message]:
        """The order that stands for one that could not be changed."""
        wish = order.wish or Change()
        works = order.group in desk.working
        lots = cover.left if works and order.parent else cover.held
        ticks = order.limit_ticks if order.stop_ticks is None else order.stop_ticks
        if lots <= 0 or ticks is None:
            return []
        parent = order.parent if works else ""
        cover.loose |= not parent
        reason = wish.reason or order.reason
        guard = Guard(
            order.order_type,
            -cover.side * lots,
            wish.stop_ticks or ticks,
            desk.last_ticks,
            reason,
        )
        return [self.place(order.strategy, desk, guard, (order.group, parent), now)]

    def _members(self, desk: Desk, key: str) -> Iterator[tuple[str, Order]]:
        return members(desk, self._dealing.state.orders, key)

    def _drop(self, desk: Desk, key: str) -> None:
        """Forgets a cover whose orders and entry have all ended, unless it has still to be left."""
        cover = desk.covers[key]
        if key in desk.working or any(self._members(desk, key)):
            return
        if not cover.refused or cover.held <= 0:
            del desk.covers[key]

    # -- a position and its orders --------------------------------------------------------------

    def count_own(self, desk: Desk, before: Lots, role: OrderRole) -> None:
        """How much of the position comes from orders of the strategy's own and is not covered."""
        held = desk.position
        same = before * held > 0
        if role is _EXPLICIT:
            desk.own = max(0, abs(held) - abs(before)) + desk.own if same else abs(held)
        elif not same:
            desk.own = 0
        side = 1 if held > 0 else -1
        covered = sum(cover.held for cover in desk.covers.values() if cover.side == side)
        desk.own = max(0, min(desk.own, abs(held) - covered))

    def balance(
        self, strategy: str, desk: Desk, now: Nanoseconds, *, stopped: int = 0, anew: bool = False
    ) -> list[Message]:
        """Cuts what covers more than the position, and tends to whatever grows with it.

        `anew` looks at every order, whatever has changed: a split rounds each number by itself.

        An entry that still works keeps its protection, unless an exit has just closed the position
        of its side (`stopped`): then the target ends, and the entry with it. What that still opens
        no cover holds.
        """
        long, short = min(0, -desk.position), min(0, desk.position)
        tended = bool(stopped) or anew
        for cover in desk.covers.values():
            if cover.side > 0:
                long += cover.held
            else:
                short += cover.held
            tended |= cover.loose or bool(cover.refused)
        if not tended and long <= 0 and short <= 0:
            return []
        beyond = {1: long, -1: short}
        out: list[Message] = []
        for key, cover in list(desk.covers.items()):
            cut = max(0, min(beyond[cover.side], cover.held))
            cover.cut += cut
            beyond[cover.side] -= cut
            if cut or cover.loose or anew or cover.side == stopped:
                out += self._fit(desk, key, cover, is_stopped=cover.side == stopped)
            if cover.side == stopped:
                del desk.covers[key]
            elif cover.refused:
                out += self.leave(strategy, desk, key, cover, now)
                self._drop(desk, key)
        return out

    def _fit(self, desk: Desk, key: str, cover: Cover, *, is_stopped: bool) -> list[Message]:
        """Brings the orders of a cover to what it has left, or to nothing."""
        closed = desk.position * cover.side <= 0
        reason = "position_closed" if closed else "position_reduced"
        out: list[Message] = []
        for id_, order in self._members(desk, key):
            out += self._dealing.urge(id_, order, reason)
            if is_stopped and order.expected > order.done:
                out += self._dealing.cancel(id_, order, reason)
        return out

    def on_trail(self, wanted: TrailStops, now: Nanoseconds) -> list[Message]:
        """Moves every stop of a side that is further away, and makes those that are missing."""
        desk = self._dealing.state.desks[wanted.strategy]
        side, level = wanted.side, wanted.stop_ticks
        out: list[Message] = []
        if desk.position * side <= 0:
            return out
        for id_ in list(desk.working):
            order = self._dealing.state.orders[id_]
            if order.role is not _PROTECTION or order.cancel_wanted or order.lots * side > 0:
                continue
            if order.stop_ticks is not None and side * (level - _stands(order, side)) > 0:
                order.wish = Change(stop_ticks=level, reason=wanted.reason)
                out += self._dealing.urge(id_, order)
        if desk.target * side > 0 and not desk.unguarded:
            out += self._complete(wanted, desk, now)
        return out

    def _complete(self, wanted: TrailStops, desk: Desk, now: Nanoseconds) -> list[Message]:
        """Stops for the lots that none covers: in their entry's group, else in one of their own."""
        out: list[Message] = []
        bare = abs(desk.position)
        for key, cover in desk.covers.items():
            if cover.side == wanted.side:
                bare -= cover.held
                if not cover.refused:
                    out += self._stop_at(wanted, desk, key, cover, now)
        if bare > 0:
            desk.own = 0
            key, cover = self.own(wanted.strategy, desk, wanted.side * bare)
            for id_, order in self._members(desk, key):
                out += self._dealing.urge(id_, order)
            out += self._stop_at(wanted, desk, key, cover, now)
        return out

    def _stop_at(
        self, wanted: TrailStops, desk: Desk, key: str, cover: Cover, now: Nanoseconds
    ) -> list[Message]:
        """A stop for a cover that has none."""
        # One that is being canceled is none any more.
        stops = (m.is_stop and not m.cancel_wanted for _, m in self._members(desk, key))
        if cover.held <= 0 or any(stops):
            return []
        cover.loose = True
        lots = -cover.side * cover.held
        guard = Guard(_STOP, lots, wanted.stop_ticks, wanted.ref_ticks, wanted.reason)
        return [self.place(wanted.strategy, desk, guard, (key, ""), now)]


def _stands(order: Order, side: int) -> Ticks:
    """Where a stop will stand once all that is asked and wished for has come."""
    ways = (order.stop_ticks, *(c.stop_ticks for c in (order.asked, order.wish) if c is not None))
    return max((ticks for ticks in ways if ticks is not None), key=lambda ticks: side * ticks)
