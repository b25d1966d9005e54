"""The order manager: every order's life, from a target or a request to its end.

It derives client order ids from the decision, so that a replay derives the same and a restart
knows its own orders. It applies the table of `trader.logic.lifecycle` to what the venue reports,
books nothing itself, and passes each event on with what the venue does not know. An order without
an answer is in doubt: it counts as working, is asked for by its id, and is never sent again.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from actors.runtime.actor import NOTHING, Handler, Stateful
from trader.logic.desk import Desk, Order, protection_side, target_open
from trader.logic.lifecycle import ENDED, TRANSITIONS, is_duplicate, transition
from trader.model.account import (
    DifferenceFound,
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
    CancelOrder,
    CancelRejected,
    CancelRequested,
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
    OrderType,
    QueryOrder,
    ReplaceOrder,
    ReplaceRejected,
    ReplaceRequested,
    SubmitOrder,
    TargetPosition,
    TimeInForce,
)
from trader.model.units import Lots, Nanoseconds

_TARGET: Final = OrderRole.TARGET
_PROTECTION: Final = OrderRole.PROTECTION
_IN_DOUBT: Final = OrderStatus.IN_DOUBT
_APPROVED: Final = OrderStatus.APPROVED
_MARKET: Final = OrderType.MARKET
_STOP: Final = OrderType.STOP
_LIMIT: Final = OrderType.LIMIT
_GTC: Final = TimeInForce.GTC
_UNANSWERED: Final = frozenset(
    {
        _APPROVED,
        OrderStatus.SUBMITTED,
        _IN_DOUBT,
        OrderStatus.PENDING_CANCEL,
        OrderStatus.PENDING_REPLACE,
    }
)

_WORKING: Final = frozenset({OrderStatus.ACCEPTED, OrderStatus.PARTIALLY_FILLED})


class OrderManagerState(Struct):
    """All orders of the session by id, the desks by strategy, and what was ignored."""

    orders: dict[str, Order]
    desks: dict[str, Desk]
    epoch: int = 1
    duplicates: int = 0


class OrderManager(Stateful[OrderManagerState]):
    """Makes orders, follows them, and keeps them in step with targets and positions."""

    name = "order_manager"

    def __init__(self, strategies: Mapping[str, str], *, account: str, patient: bool) -> None:
        """`strategies`: instrument by strategy. `patient` is for where cancels take time.

        A new target then waits for their answers before it makes an order.
        """
        desks = {name: Desk(instrument=instrument) for name, instrument in strategies.items()}
        self.state = OrderManagerState(orders={}, desks=desks)
        self._account = account
        self._patient = patient

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
                cancels += self._cancel(id_, order, "target_changed")
        if self._patient and self._cancels_pending(desk):
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
        entry = self._make(target.strategy, desk, size, _TARGET, ref=target.ref_ticks, now=now)
        made: list[Message] = [entry]
        if target.protection and target.lots * size > 0:
            lots = min(abs(target.lots), abs(size)) * (-1 if size > 0 else 1)
            for stop in target.protection:
                away = stop.distance_ticks if lots > 0 else -stop.distance_ticks
                made.append(
                    self._make(
                        target.strategy,
                        desk,
                        lots,
                        _PROTECTION,
                        ref=target.ref_ticks,
                        now=now,
                        stop=max(1, target.ref_ticks + away),
                        parent=entry.client_order_id,
                    )
                )
        return made

    def _on_request(self, request: OrderRequested, now: Nanoseconds) -> Sequence[Message]:
        desk = self.state.desks[request.strategy]
        if not request.lots or request.key in desk.keys:
            return NOTHING
        order = self._make(
            request.strategy,
            desk,
            request.lots,
            OrderRole.EXPLICIT,
            ref=request.ref_ticks,
            now=now,
            limit=request.limit_ticks,
            stop=request.stop_ticks,
        )
        desk.keys[request.key] = order.client_order_id
        return (order,)

    def _on_cancel_key(self, wish: CancelKey, now: Nanoseconds) -> Sequence[Message]:
        del now
        id_ = self.state.desks[wish.strategy].keys.get(wish.key)
        return NOTHING if id_ is None else self._cancel(id_, self.state.orders[id_], "asked_for")

    def _make(  # noqa: PLR0913 - the fields in which orders differ, named at each call
        self,
        strategy: str,
        desk: Desk,
        lots: Lots,
        role: OrderRole,
        *,
        ref: int,
        now: Nanoseconds,
        limit: int | None = None,
        stop: int | None = None,
        parent: str = "",
    ) -> SubmitOrder:
        desk.count += 1
        id_ = f"{self._account}-{strategy}-{self.state.epoch}-{desk.count}"
        kind = _MARKET if stop is None else _STOP
        self.state.orders[id_] = Order(strategy=strategy, lots=lots, role=role)
        desk.working.append(id_)
        return SubmitOrder(
            client_order_id=id_,
            strategy=strategy,
            instrument=desk.instrument,
            lots=lots,
            order_type=kind if limit is None else _LIMIT,
            limit_ticks=limit,
            stop_ticks=stop,
            time_in_force=_GTC,
            role=role,
            parent=parent,
            ref_ticks=ref,
            ts_decided=now,
        )

    def _cancel(self, id_: str, order: Order, reason: str) -> list[Message]:
        """The cancel of a working order; one in doubt is cancelled once it is known to live."""
        if order.cancel_wanted or order.status >= ENDED:
            return []
        order.cancel_wanted = True
        if order.status is _IN_DOUBT:
            return []
        instrument = self.state.desks[order.strategy].instrument
        request = f"{id_}-c"
        cancel = CancelOrder(
            client_order_id=id_, instrument=instrument, request_id=request, reason=reason
        )
        event = CancelRequested(client_order_id=id_, request_id=request)
        return [*self._advance(event, order), cancel]

    # -- verdicts and reports -------------------------------------------------------------------

    def _on_approved(self, approved: OrderApproved, now: Nanoseconds) -> Sequence[Message]:
        del now
        self.state.orders[approved.order.client_order_id].status = _APPROVED
        return NOTHING

    def _on_denied(self, denied: OrderDenied, now: Nanoseconds) -> Sequence[Message]:
        del now
        id_ = denied.client_order_id
        order = self.state.orders[id_]
        order.status = OrderStatus.DENIED
        self._close(id_, order)
        return NOTHING

    def _on_report(self, event: OrderEvent, now: Nanoseconds) -> Sequence[Message]:
        order = self.state.orders.get(event.client_order_id)
        if order is None:
            return (_unknown(event),)
        before = order.status
        passed = self._advance(event, order)
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
        if order.cancel_wanted and order.status in _WORKING:
            order.cancel_wanted = False
            if not isinstance(event, CancelRejected):
                out += self._cancel(event.client_order_id, order, "asked_for")
        if isinstance(event, ReplaceRejected):
            order.cut = 0
        if order.cut and order.status in _WORKING:
            out += self._lower(event.client_order_id, order)
        desk = self.state.desks[order.strategy]
        if desk.waiting is not None and not self._cancels_pending(desk):
            out += self._aim(desk.waiting, desk, now)
        if before is _IN_DOUBT and not self._in_doubt():
            out.append(DoubtsResolved())
        return out

    def _in_doubt(self) -> int:
        orders = self.state.orders
        working = (id_ for desk in self.state.desks.values() for id_ in desk.working)
        return sum(orders[id_].status is _IN_DOUBT for id_ in working)

    def _on_query_own(self, query: QueryOwn, now: Nanoseconds) -> Sequence[Message]:
        del query, now
        traded: dict[str, Lots] = {}
        for desk in self.state.desks.values():
            traded[desk.instrument] = traded.get(desk.instrument, 0) + desk.position
        working = [id_ for desk in self.state.desks.values() for id_ in desk.working]
        return (OwnReported(working=tuple(working), in_doubt=self._in_doubt(), traded=traded),)

    def _on_filled(self, fill: OrderFilled, now: Nanoseconds) -> Sequence[Message]:
        order = self.state.orders.get(fill.client_order_id)
        if order is None:
            return (_unknown(fill),)
        if fill.trade_id in order.trades:
            self.state.duplicates += 1
            return NOTHING
        if OrderFilled not in TRANSITIONS[order.status]:
            # What nobody books must not be remembered as booked: it could be taken back again.
            return (_contradiction(fill, order),)
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
            return (_unknown(event),)
        order.trades.remove(event.trade_id)
        order.lots_filled -= event.last_lots
        return self._on_report(event, now)

    def _advance(self, event: OrderEvent, order: Order) -> list[Message]:
        """Moves the order by the table; the event as it goes on, or the difference it makes."""
        kind = type(event)
        status = transition(order.status, kind, lots=order.lots, lots_filled=order.lots_filled)
        if status is None:
            if is_duplicate(order.status, kind):
                self.state.duplicates += 1
                return []
            return [_contradiction(event, order)]
        was_open = order.status < ENDED
        order.status = status
        if was_open and status >= ENDED:
            self._close(event.client_order_id, order)
        elif status < ENDED and not was_open:
            # A fill came for an order that we had only concluded to be absent: it works after all.
            self.state.desks[order.strategy].working.append(event.client_order_id)
        # The type checker sees the base; every event that is made belongs to the union.
        passed: Any = replace(
            event,
            strategy=order.strategy,
            instrument=self.state.desks[order.strategy].instrument,
            status=status,
            lots_filled=order.lots_filled,
        )
        return [passed]

    def _close(self, id_: str, order: Order) -> None:
        desk = self.state.desks[order.strategy]
        desk.working.remove(id_)
        if desk.keys:
            desk.keys = {key: held for key, held in desk.keys.items() if held != id_}

    def _cancels_pending(self, desk: Desk) -> bool:
        orders = (self.state.orders[id_] for id_ in desk.working)
        return any(order.cancel_wanted and order.role is _TARGET for order in orders)

    # -- positions ------------------------------------------------------------------------------

    def _on_position(self, changed: PositionChanged, now: Nanoseconds) -> Sequence[Message]:
        desk = self.state.desks[changed.strategy]
        before, desk.position = desk.position, changed.lots
        out: list[Message] = []
        if before and (not changed.lots or before * changed.lots < 0):
            for id_ in protection_side(desk, self.state.orders, before):
                out += self._cancel(id_, self.state.orders[id_], "position_closed")
        elif abs(changed.lots) < abs(before) and changed.role is not _PROTECTION:
            out += self._shrink(desk, before, abs(before) - abs(changed.lots))
        if changed.role is _TARGET:
            still = target_open(desk, self.state.orders) if desk.working else 0
            beyond = changed.lots + still - desk.target
            if beyond * changed.last_lots > 0:
                # A stop's fill and a target's fill crossed: together they went too far.
                ref = changed.last_ticks
                out.append(self._make(changed.strategy, desk, -beyond, _TARGET, ref=ref, now=now))
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
                out += self._cancel(id_, order, "position_reduced")
                continue
            order.cut += taken
            if order.status in _WORKING:
                out += self._lower(id_, order)
        return out

    def _lower(self, id_: str, order: Order) -> list[Message]:
        """The replacement that takes the wanted cut off a working order."""
        instrument = self.state.desks[order.strategy].instrument
        request = f"{id_}-r"
        smaller = order.lots + (order.cut if order.lots < 0 else -order.cut)
        event = ReplaceRequested(client_order_id=id_, request_id=request)
        command = ReplaceOrder(
            client_order_id=id_, instrument=instrument, request_id=request, lots=smaller
        )
        return [*self._advance(event, order), command]

    # -- control --------------------------------------------------------------------------------

    def _on_cancel_all(self, command: CancelAll, now: Nanoseconds) -> Sequence[Message]:
        del now
        out: list[Message] = []
        for name, desk in self.state.desks.items():
            if command.strategy in {"", name}:
                for id_ in list(desk.working):
                    out += self._cancel(id_, self.state.orders[id_], command.reason)
        return out

    def _on_faulted(self, fault: StrategyFaulted, now: Nanoseconds) -> Sequence[Message]:
        """Its entries are taken back; the stops of a position that stays keep protecting it."""
        del now
        out: list[Message] = []
        desk = self.state.desks[fault.strategy]
        desk.waiting = None
        for id_ in list(desk.working):
            order = self.state.orders[id_]
            if order.role is not _PROTECTION:
                out += self._cancel(id_, order, "strategy_faulted")
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
                    out += self._advance(OrderInDoubt(client_order_id=id_), order)
                out.append(QueryOrder(client_order_id=id_, instrument=desk.instrument))
        return out


def _unknown(event: OrderEvent) -> DifferenceFound:
    return DifferenceFound(
        kind="unknown_order",
        key=event.client_order_id,
        ours="nothing",
        theirs=type(event).__name__,
    )


def _contradiction(event: OrderEvent, order: Order) -> DifferenceFound:
    return DifferenceFound(
        kind="contradiction",
        key=event.client_order_id,
        ours=order.status.name,
        theirs=type(event).__name__,
    )
