"""The mechanics of orders: how one is made, moved through its life, changed and taken back.

Whoever deals decides what is wanted; here stands what that means for the order, its desk and the
venue. An event that the table of `trader.logic.lifecycle` does not know is a duplicate, counted
and ignored, or a contradiction, which is told as a difference and never raised.

What is wanted of an order that cannot be asked for now, since it does not work yet or an answer is
still to come, waits with the order: the newest wish counts, and is sent when the answer is there.
"""

from collections.abc import Container
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from trader.logic.changes import is_answer, lacking, merged, repeats
from trader.logic.cover import Cover
from trader.logic.desk import Change, Desk, Guard, Order, members
from trader.logic.lifecycle import ENDED, FILL, TRANSITIONS, computed, is_duplicate
from trader.logic.lifecycle import WORKING as WORKS
from trader.model.account import DifferenceFound
from trader.model.envelope import Message
from trader.model.orders import (
    CancelOrder,
    CancelRejected,
    CancelRequested,
    OrderAccepted,
    OrderCanceled,
    OrderEvent,
    OrderExpired,
    OrderFilled,
    OrderRejected,
    OrderReplaced,
    OrderRole,
    OrderStatus,
    OrderType,
    ReplaceOrder,
    ReplaceRejected,
    ReplaceRequested,
    SubmitOrder,
    TargetDropped,
    TimeInForce,
)
from trader.model.units import Lots, Nanoseconds, Ticks

_TARGET: Final = OrderRole.TARGET
_PROTECTION: Final = OrderRole.PROTECTION
_IN_DOUBT: Final = OrderStatus.IN_DOUBT
_PENDING_CANCEL: Final = OrderStatus.PENDING_CANCEL
_PENDING_REPLACE: Final = OrderStatus.PENDING_REPLACE
_MARKET: Final = OrderType.MARKET
_GTC: Final = TimeInForce.GTC
_DAY: Final = TimeInForce.DAY

WORKING: Final = frozenset({OrderStatus.ACCEPTED, OrderStatus.PARTIALLY_FILLED})


class Orders(Struct):
    """All orders of the session and ended ones of the last, by id; the desks, by strategy."""

    orders: dict[str, Order]
    desks: dict[str, Desk]
    epoch: int = 1
    duplicates: int = 0


class Wish(Struct, frozen=True, kw_only=True):
    """An order that is wanted: its size, why, its terms, and the price it was decided at."""

    lots: Lots
    role: OrderRole
    ref_ticks: Ticks
    order_type: OrderType = _MARKET
    limit_ticks: Ticks | None = None
    stop_ticks: Ticks | None = None
    time_in_force: TimeInForce = _GTC
    reduce_only: bool = False
    group: str = ""
    parent: str = ""
    reason: str = ""
    guards: tuple[Guard, ...] = ()


class Dealing:
    """Moves the orders of one account; `state` is all it knows."""

    def __init__(self, state: Orders, account: str) -> None:
        self.state = state
        self._account = account

    def make(self, strategy: str, desk: Desk, wish: Wish, now: Nanoseconds) -> SubmitOrder:
        """A new order, under an id that a replay derives again."""
        desk.count += 1
        id_ = f"{self._account}-{strategy}-{self.state.epoch}-{desk.count}"
        order = self.state.orders[id_] = Order(strategy, wish.lots, wish.role)
        order.reason = wish.reason
        if wish.order_type is not _MARKET:
            order.order_type = wish.order_type
            order.limit_ticks = wish.limit_ticks
            order.stop_ticks = wish.stop_ticks
        if wish.group:
            order.group = wish.group
        if wish.parent:
            order.parent = wish.parent
        if wish.guards:
            order.guards = wish.guards
        if wish.time_in_force is _DAY:
            order.for_day = True
        desk.working.append(id_)
        return SubmitOrder(
            client_order_id=id_,
            strategy=strategy,
            instrument=desk.instrument,
            lots=wish.lots,
            order_type=wish.order_type,
            limit_ticks=wish.limit_ticks,
            stop_ticks=wish.stop_ticks,
            time_in_force=wish.time_in_force,
            role=wish.role,
            parent=wish.parent,
            ref_ticks=wish.ref_ticks,
            ts_decided=now,
            group=wish.group,
            reduce_only=wish.reduce_only,
            reason=wish.reason,
        )

    def advance(self, event: OrderEvent, order: Order) -> list[Message]:
        """Moves the order by the table; the event as it goes on, or the difference it makes."""
        kind = type(event)
        before = order.status
        status = TRANSITIONS[before].get(kind)
        if status is None:
            if is_duplicate(before, kind):
                self.state.duplicates += 1
                return []
            return [contradiction(event, order)]
        if status is FILL or status is WORKS:
            status = computed(status, before, order.lots, order.lots_filled)
        if kind is OrderAccepted:
            order.arrived = True
        order.status = status
        desk = self.state.desks[order.strategy]
        if status >= ENDED:
            if before < ENDED:
                self.close(event.client_order_id, desk)
        elif before >= ENDED:
            # A fill came for an order that we had only concluded to be absent: it works after all.
            desk.working.append(event.client_order_id)
        return [told(event, order, desk.instrument)]

    def close(self, id_: str, desk: Desk) -> None:
        """Takes an order that has ended off its desk."""
        desk.working.remove(id_)
        if desk.keys:
            desk.keys = {key: held for key, held in desk.keys.items() if held != id_}

    def drop(self, strategy: str, desk: Desk) -> Message:
        """The target is 0 from now on, for everybody who counts on it."""
        desk.target = 0
        return TargetDropped(strategy=strategy, instrument=desk.instrument)

    def cancel(self, id_: str, order: Order, reason: str) -> list[Message]:
        """The cancel of a working order; one in doubt is cancelled once it is known to live."""
        if order.cancel_wanted or order.status >= ENDED:
            return []
        order.cancel_wanted = True
        if order.status is _IN_DOUBT or order.status is _PENDING_CANCEL:
            return []
        instrument = self.state.desks[order.strategy].instrument
        request = f"{id_}-c"
        cancel = CancelOrder(
            client_order_id=id_, instrument=instrument, request_id=request, reason=reason
        )
        event = CancelRequested(client_order_id=id_, request_id=request)
        return [*self.advance(event, order), cancel]

    def end_day(self, strategies: Container[str]) -> list[Message]:
        """Takes back what these strategies wanted until their session closes."""
        out: list[Message] = []
        for id_, order in self.state.orders.items():
            if order.for_day and order.strategy in strategies:
                out += self.cancel(id_, order, "session_closed")
        return out

    def forget(self, strategies: Container[str]) -> None:
        """Of these strategies' orders those go that had ended before the session that ends now."""
        kept: dict[str, Order] = {}
        for id_, order in self.state.orders.items():
            if order.status < ENDED or order.strategy not in strategies:
                kept[id_] = order
            elif not order.aged:
                order.aged = True
                kept[id_] = order
        self.state.orders = kept

    # -- changes --------------------------------------------------------------------------------

    def urge(self, id_: str, order: Order, reason: str = "nothing_left") -> list[Message]:
        """Asks for what is wanted of a working order, if that is something new.

        An order of which nothing shall be left is canceled for this `reason`.
        """
        change = lacking(order, self.cover(order))
        if change is None:
            if order.status in WORKING:
                order.wish = None  # it is that, and what becomes of it later nobody wished for
            return []
        if change.lots is not None and abs(change.lots) <= order.done:
            return self.cancel(id_, order, reason)
        if order.status not in WORKING:
            return []
        order.wish, order.asked = None, change
        request = f"{id_}-r"
        event = ReplaceRequested(client_order_id=id_, request_id=request)
        command = ReplaceOrder(
            client_order_id=id_,
            instrument=self.state.desks[order.strategy].instrument,
            request_id=request,
            lots=change.lots,
            limit_ticks=change.limit_ticks,
            stop_ticks=change.stop_ticks,
        )
        return [*self.advance(event, order), command]

    def cover(self, order: Order) -> Cover | None:
        """The cover that a protective order belongs to."""
        if order.role is not _PROTECTION:
            return None
        return self.state.desks[order.strategy].covers.get(order.group)

    def resized(self, event: OrderReplaced, order: Order) -> list[Message]:
        """An order is what the venue says it is, because we asked or by its group or parent."""
        if OrderReplaced not in TRANSITIONS[order.status]:
            return self.advance(event, order)
        if event.lots * order.lots <= 0:
            return [contradiction(event, order)]
        asked = order.asked
        if asked is None and order.status in WORKING and repeats(event, order):
            self.state.duplicates += 1
            return []
        answered = asked is not None and is_answer(event, asked, order)
        order.lots = event.lots
        order.due = 0
        if event.limit_ticks is not None:
            order.limit_ticks = event.limit_ticks
        if event.stop_ticks is not None:
            order.stop_ticks = event.stop_ticks
        if asked is not None and answered:
            self._answered(asked, order)
        elif order.status is _PENDING_REPLACE:
            return [told(event, order, self.state.desks[order.strategy].instrument)]
        return self.advance(event, order)

    def _answered(self, asked: Change, order: Order) -> None:
        order.asked = None
        order.reason = asked.reason or order.reason
        if asked.lots is None or order.role is _PROTECTION:
            return
        crossed = order.taken - asked.taken
        if crossed:
            # Its group took these lots while we asked, and the size we asked for gave them back.
            size = max(order.done, min(abs(order.lots), abs(asked.lots) - crossed))
            lower = Change(lots=size if order.lots > 0 else -size)
            order.wish = merged(order.wish or Change(), lower)

    def resume(self, event: OrderEvent, order: Order) -> list[Message]:
        """What had to wait until the order works: its cancel, or a change."""
        id_ = event.client_order_id
        if order.cancel_wanted:
            order.cancel_wanted, order.asked = False, None
            return [] if type(event) is CancelRejected else self.cancel(id_, order, "asked_for")
        if type(event) is ReplaceRejected:
            return self._refused(event, order)
        order.asked = None
        return self.urge(id_, order)

    def _refused(self, event: ReplaceRejected, order: Order) -> list[Message]:
        """A change was refused: only what is newer is asked for.

        Where a venue cannot change orders, a protective one is canceled and made anew.
        """
        asked, order.asked = order.asked, None
        id_ = event.client_order_id
        if event.code == "unsupported" and order.role is _PROTECTION:
            order.wish = order.wish or asked
            order.renewed = True
            return self.cancel(id_, order, "replaced")
        return [] if order.wish is None else self.urge(id_, order)

    def share(self, desk: Desk, order: Order, lots: Lots) -> None:
        """A member of a group has filled unsigned lots: the venue takes them off the others.

        It does not off one that had not arrived by then: we would have heard of that before.
        """
        for _, other in members(desk, self.state.orders, order.group):
            if other is not order and other.arrived:
                other.taken += lots
                other.due += max(0, min(lots, other.expected - other.done))

    # -- counts ---------------------------------------------------------------------------------

    def held(self) -> dict[str, Lots]:
        """The lots that the account has traded in each instrument, all strategies together."""
        held: dict[str, Lots] = {}
        for desk in self.state.desks.values():
            held[desk.instrument] = held.get(desk.instrument, 0) + desk.position
        return held

    def in_doubt(self) -> int:
        """How many orders nobody knows the truth about."""
        orders = self.state.orders
        working = (id_ for desk in self.state.desks.values() for id_ in desk.working)
        return sum(orders[id_].status is _IN_DOUBT for id_ in working)

    def cancels_pending(self, desk: Desk) -> bool:
        """Whether a target order of the desk still waits for the answer to its cancel."""
        orders = (self.state.orders[id_] for id_ in desk.working)
        return any(order.cancel_wanted and order.role is _TARGET for order in orders)


def told(event: OrderEvent, order: Order, instrument: str) -> Message:
    """The event as it goes on: with what the venue does not know."""
    # The type checker sees the base; every event that is made belongs to the union.
    passed: Any
    if type(event) is OrderFilled:
        passed = replace(
            event,
            strategy=order.strategy,
            instrument=instrument,
            status=order.status,
            lots_filled=order.lots_filled,
            role=order.role,
            reason=order.reason,
        )
    else:
        passed = replace(
            event,
            strategy=order.strategy,
            instrument=instrument,
            status=order.status,
            lots_filled=order.lots_filled,
        )
    return passed  # type: ignore[no-any-return]


def unknown(event: OrderEvent) -> DifferenceFound:
    """The venue speaks of an order that we do not know."""
    return DifferenceFound(
        kind="unknown_order",
        key=event.client_order_id,
        ours="nothing",
        theirs=type(event).__name__,
    )


def contradiction(event: OrderEvent, order: Order) -> DifferenceFound:
    """The venue says what cannot be after what it said before."""
    return DifferenceFound(
        kind="contradiction",
        key=event.client_order_id,
        ours=order.status.name,
        theirs=type(event).__name__,
    )


def why_ended(event: OrderEvent) -> str:
    """The code or the reason with which an order has ended."""
    if type(event) is OrderRejected:
        return event.code
    return event.reason if type(event) is OrderCanceled or type(event) is OrderExpired else ""
