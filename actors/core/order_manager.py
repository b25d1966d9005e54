"""The order manager: every order's life, from a target or a request to its end.

It derives client order ids from the decision, so that a replay derives the same and a restart
knows its own orders. It applies the table of `trader.logic.lifecycle` to what the venue reports,
books nothing itself, and passes each event on with what the venue does not know. An order without
an answer is in doubt: it counts as working, is asked for by its id, and is never sent again.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from actors.runtime.actor import NOTHING, Handler, Stateful
from trader.logic.dealing import WORKING, Dealing, Orders, Wish, contradiction, unknown
from trader.logic.desk import Desk, Order, Stop, protection_side, target_open
from trader.logic.lifecycle import ENDED, TRANSITIONS
from trader.model.account import (
    DoubtsResolved,
    OwnReported,
    PositionChanged,
    QueryOwn,
)
from trader.model.control import RunStarted, SessionClosed, StrategyFaulted
from trader.model.envelope import Message
from trader.model.orders import (
    CancelAll,
    CancelKey,
    CancelRejected,
    OrderAccepted,
    OrderApproved,
    OrderBusted,
    OrderCanceled,
    OrderDenied,
    OrderEvent,
    OrderExpired,
    OrderFilled,
    OrderInDoubt,
    OrderRejected,
    OrderReplaced,
    OrderRequested,
    OrderRole,
    OrderStatus,
    OrderSubmitted,
    Protection,
    QueryOrder,
    ReplaceRejected,
    TargetPosition,
)
from trader.model.units import Lots, Nanoseconds, Ticks

_TARGET: Final = OrderRole.TARGET
_PROTECTION: Final = OrderRole.PROTECTION
_IN_DOUBT: Final = OrderStatus.IN_DOUBT
_APPROVED: Final = OrderStatus.APPROVED
_UNANSWERED: Final = frozenset(
    {
        _APPROVED,
        OrderStatus.SUBMITTED,
        _IN_DOUBT,
        OrderStatus.PENDING_CANCEL,
        OrderStatus.PENDING_REPLACE,
    }
)


class OrderManager(Stateful[Orders]):
    """Makes orders, follows them, and keeps them in step with targets and positions."""

    name = "order_manager"

    def __init__(self, strategies: Mapping[str, str], *, account: str, patient: bool) -> None:
        """`strategies`: instrument by strategy. `patient` is for where cancels take time.

        A new target then waits for their answers before it makes an order.
        """
        desks = {name: Desk(instrument=instrument) for name, instrument in strategies.items()}
        self.state = Orders(orders={}, desks=desks)
        self._dealing = Dealing(self.state, account)
        self._patient = patient

    def bind(self) -> None:
        """Deals in the state that was loaded."""
        self._dealing.state = self.state

    @property
    def handlers(self) -> Mapping[type, Handler]:
        """Wishes of strategies, verdicts of risk, reports of the venue, changes of positions."""
        reports = (
            OrderSubmitted,
            OrderAccepted,
            OrderRejected,
            OrderCanceled,
            OrderExpired,
            CancelRejected,
            ReplaceRejected,
            OrderInDoubt,
        )
        return {
            TargetPosition: self._on_target,
            OrderRequested: self._on_request,
            CancelKey: self._on_cancel_key,
            OrderApproved: self._on_approved,
            OrderDenied: self._on_denied,
            **dict.fromkeys(reports, self._on_report),
            OrderFilled: self._on_filled,
            OrderReplaced: self._on_replaced,
            OrderBusted: self._on_busted,
            PositionChanged: self._on_position,
            CancelAll: self._on_cancel_all,
            StrategyFaulted: self._on_faulted,
            SessionClosed: self._on_session_closed,
            RunStarted: self._on_start,
            QueryOwn: self._on_query_own,
        }

    # -- wishes ---------------------------------------------------------------------------------

    def _on_target(self, target: TargetPosition, now: Nanoseconds) -> Sequence[Message]:
        desk = self.state.desks[target.strategy]
        desk.target = target.lots
        orders = self.state.orders
        gap = target.lots - desk.position - target_open(desk, orders)
        if not desk.working:
            return self._toward(target, desk, gap, now)
        cancels: list[Message] = []
        for id_ in list(desk.working):
            order = orders[id_]
            if order.role is _TARGET and order.left * gap < 0:
                cancels += self._dealing.cancel(id_, order, "target_changed")
        if self._patient and self._dealing.cancels_pending(desk):
            desk.waiting = target
            return cancels
        return [*cancels, *self._aim(target, desk, now)]

    def _aim(self, target: TargetPosition, desk: Desk, now: Nanoseconds) -> Sequence[Message]:
        size = target.lots - desk.position - target_open(desk, self.state.orders)
        return self._toward(target, desk, size, now)

    def _toward(
        self, target: TargetPosition, desk: Desk, size: Lots, now: Nanoseconds
    ) -> Sequence[Message]:
        """The order of `size` that reaches the target, and the stops that go with it."""
        desk.waiting = None
        if not size:
            return NOTHING
        stops: tuple[Stop, ...] = ()
        if target.protection and target.lots * size > 0:
            lots = min(abs(target.lots), abs(size)) * (-1 if size > 0 else 1)
            stops = tuple(_stop(lots, target.ref_ticks, p) for p in target.protection)
        wish = Wish(lots=size, role=_TARGET, ref_ticks=target.ref_ticks, stops=stops)
        return (self._dealing.make(target.strategy, desk, wish, now),)

    def _aim_again(self, desk: Desk, now: Nanoseconds) -> Sequence[Message]:
        """Makes the order that waited for cancels, once all of them are answered."""
        if desk.waiting is None or self._dealing.cancels_pending(desk):
            return NOTHING
        return self._aim(desk.waiting, desk, now)

    def _on_request(self, request: OrderRequested, now: Nanoseconds) -> Sequence[Message]:
        desk = self.state.desks[request.strategy]
        if not request.lots or request.key in desk.keys:
            return NOTHING
        wish = Wish(
            lots=request.lots,
            role=OrderRole.EXPLICIT,
            ref_ticks=request.ref_ticks,
            limit_ticks=request.limit_ticks,
            stop_ticks=request.stop_ticks,
        )
        order = self._dealing.make(request.strategy, desk, wish, now)
        desk.keys[request.key] = order.client_order_id
        return (order,)

    def _on_cancel_key(self, wish: CancelKey, now: Nanoseconds) -> Sequence[Message]:
        del now
        id_ = self.state.desks[wish.strategy].keys.get(wish.key)
        return (
            NOTHING
            if id_ is None
            else self._dealing.cancel(id_, self.state.orders[id_], "asked_for")
        )

    # -- verdicts and reports -------------------------------------------------------------------

    def _on_approved(self, approved: OrderApproved, now: Nanoseconds) -> Sequence[Message]:
        id_ = approved.order.client_order_id
        order = self.state.orders[id_]
        order.status = _APPROVED
        return self._dealing.protect(id_, order, now) if order.stops else NOTHING

    def _on_denied(self, denied: OrderDenied, now: Nanoseconds) -> Sequence[Message]:
        del now
        id_ = denied.client_order_id
        order = self.state.orders[id_]
        order.status = OrderStatus.DENIED
        self._dealing.close(id_, self.state.desks[order.strategy])
        return NOTHING

    def _on_report(self, event: OrderEvent, now: Nanoseconds) -> Sequence[Message]:
        order = self.state.orders.get(event.client_order_id)
        if order is None:
            return (unknown(event),)
        before = order.status
        passed = self._dealing.advance(event, order)
        desk = self.state.desks[order.strategy]
        waits = order.cancel_wanted or order.cut or desk.waiting is not None
        if passed and (waits or before is _IN_DOUBT):
            passed += self._follow(event, order, before, now)
        return passed

    def _follow(
        self, event: OrderEvent, order: Order, before: OrderStatus, now: Nanoseconds
    ) -> list[Message]:
        """What had to wait for this answer: a cancel, a replacement, a target, the reconciler."""
        out: list[Message] = []
        if order.cancel_wanted and order.status in WORKING:
            order.cancel_wanted = False
            if not isinstance(event, CancelRejected):
                out += self._dealing.cancel(event.client_order_id, order, "asked_for")
        if isinstance(event, ReplaceRejected):
            order.cut = 0
        if order.cut and order.status in WORKING:
            out += self._dealing.lower(event.client_order_id, order)
        desk = self.state.desks[order.strategy]
        if not isinstance(event, OrderFilled):
            # After a fill the portfolio speaks first: until then the position is the old one.
            out += self._aim_again(desk, now)
        if before is _IN_DOUBT and not self._dealing.in_doubt():
            out.append(DoubtsResolved())
        return out

    def _on_query_own(self, query: QueryOwn, now: Nanoseconds) -> Sequence[Message]:
        del query, now
        traded: dict[str, Lots] = {}
        for desk in self.state.desks.values():
            traded[desk.instrument] = traded.get(desk.instrument, 0) + desk.position
        working = [id_ for desk in self.state.desks.values() for id_ in desk.working]
        return (
            OwnReported(working=tuple(working), in_doubt=self._dealing.in_doubt(), traded=traded),
        )

    def _on_filled(self, fill: OrderFilled, now: Nanoseconds) -> Sequence[Message]:
        order = self.state.orders.get(fill.client_order_id)
        if order is None:
            return (unknown(fill),)
        if fill.trade_id in order.trades:
            self.state.duplicates += 1
            return NOTHING
        if OrderFilled not in TRANSITIONS[order.status]:
            # What nobody books must not be remembered as booked: it could be taken back again.
            return (contradiction(fill, order),)
        order.trades.append(fill.trade_id)
        order.lots_filled += fill.last_lots
        return self._on_report(replace(fill, role=order.role), now)

    def _on_replaced(self, event: OrderReplaced, now: Nanoseconds) -> Sequence[Message]:
        order = self.state.orders.get(event.client_order_id)
        if order is not None:
            order.cut = max(0, order.cut - abs(order.lots - event.lots))
            order.lots = event.lots
        return self._on_report(event, now)

    def _on_busted(self, event: OrderBusted, now: Nanoseconds) -> Sequence[Message]:
        order = self.state.orders.get(event.client_order_id)
        if order is None or event.trade_id not in order.trades:
            return (unknown(event),)
        order.trades.remove(event.trade_id)
        order.lots_filled -= event.last_lots
        return self._on_report(event, now)

    # -- positions ------------------------------------------------------------------------------

    def _on_position(self, changed: PositionChanged, now: Nanoseconds) -> Sequence[Message]:
        desk = self.state.desks[changed.strategy]
        before, desk.position = desk.position, changed.lots
        out: list[Message] = []
        if before and (not changed.lots or before * changed.lots < 0):
            for id_ in protection_side(desk, self.state.orders, before):
                out += self._dealing.cancel(id_, self.state.orders[id_], "position_closed")
        elif abs(changed.lots) < abs(before) and changed.role is not _PROTECTION:
            out += self._shrink(desk, before, abs(before) - abs(changed.lots))
        if desk.waiting is not None:
            out += self._aim_again(desk, now)
        elif changed.role is _TARGET:
            still = target_open(desk, self.state.orders) if desk.working else 0
            beyond = changed.lots + still - desk.target
            if beyond * changed.last_lots > 0:
                # A stop's fill and a target's fill crossed: together they went too far.
                wish = Wish(lots=-beyond, role=_TARGET, ref_ticks=changed.last_ticks)
                out.append(self._dealing.make(changed.strategy, desk, wish, now))
        return out

    def _shrink(self, desk: Desk, position: Lots, lots: Lots) -> list[Message]:
        """Takes `lots` off the protection of a position that became smaller, oldest stop first.

        No more than the stops exceed what is left: what they never covered needs no cut.
        """
        stops = [
            (i, self.state.orders[i]) for i in protection_side(desk, self.state.orders, position)
        ]
        lots = min(lots, sum(order.kept for _, order in stops) - abs(desk.position))
        out: list[Message] = []
        for id_, order in stops:
            taken = min(lots, order.kept)
            if taken <= 0:
                continue
            lots -= taken
            if taken == order.kept:
                out += self._dealing.cancel(id_, order, "position_reduced")
                continue
            order.cut += taken
            if order.status in WORKING:
                out += self._dealing.lower(id_, order)
        return out

    # -- control --------------------------------------------------------------------------------

    def _on_cancel_all(self, command: CancelAll, now: Nanoseconds) -> Sequence[Message]:
        del now
        out: list[Message] = []
        for name, desk in self.state.desks.items():
            if command.strategy in {"", name}:
                out += self._take_back(desk, command.reason)
        return out

    def _on_faulted(self, fault: StrategyFaulted, now: Nanoseconds) -> Sequence[Message]:
        del now
        desk = self.state.desks[fault.strategy]
        desk.waiting = None
        return self._take_back(desk, "strategy_faulted")

    def _take_back(self, desk: Desk, reason: str) -> list[Message]:
        """Cancels what could build up a position; the stops of one that stays go on protecting it.

        The stops of an entry end with it, at the venue.
        """
        out: list[Message] = []
        for id_ in list(desk.working):
            order = self.state.orders[id_]
            if order.role is not _PROTECTION:
                out += self._dealing.cancel(id_, order, reason)
        return out

    def _on_session_closed(self, closed: SessionClosed, now: Nanoseconds) -> Sequence[Message]:
        del closed, now
        orders = self.state.orders
        self.state.orders = {k: o for k, o in orders.items() if o.status < ENDED}
        return NOTHING

    def _on_start(self, started: RunStarted, now: Nanoseconds) -> Sequence[Message]:
        """After a restart nobody knows what was sent: whatever lacks an answer is asked for."""
        del now
        self.state.epoch = started.epoch
        out: list[Message] = []
        for desk in self.state.desks.values():
            for id_ in list(desk.working):
                order = self.state.orders[id_]
                if order.status in _UNANSWERED:
                    out += self._dealing.advance(OrderInDoubt(client_order_id=id_), order)
                out.append(QueryOrder(client_order_id=id_, instrument=desk.instrument))
        return out


def _stop(lots: Lots, ref_ticks: Ticks, protection: Protection) -> Stop:
    away = protection.distance_ticks if lots > 0 else -protection.distance_ticks
    return Stop(lots, max(1, ref_ticks + away), ref_ticks)
