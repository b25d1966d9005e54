"""The order manager: every order's life, from a target or a request to its end.

It derives client order ids from the decision, so that a replay derives the same and a restart
knows its own orders. It applies the table of `trader.logic.lifecycle` to what the venue reports,
books nothing itself, and passes each event on with what the venue does not know. An order without
an answer is in doubt: it counts as working, is asked for by its id, and is never sent again.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from actors.runtime.actor import NOTHING, Handler, Stateful
from trader.logic.aiming import Aiming
from trader.logic.changes import merged
from trader.logic.clearing import Clearing
from trader.logic.dealing import WORKING, Dealing, Orders, Wish, contradiction, unknown, why_ended
from trader.logic.desk import Change, Desk, Order
from trader.logic.desk_splits import split_desk, split_order
from trader.logic.external import External
from trader.logic.guarding import Guarding
from trader.logic.ignoring import Ignoring
from trader.logic.lifecycle import ENDED, TRANSITIONS
from trader.logic.owing import Owing
from trader.model.account import (
    DoubtsResolved,
    ForeignAdopted,
    OwnReported,
    PositionChanged,
    QueryOwn,
)
from trader.model.control import (
    CancelById,
    CloseInstrument,
    PauseStrategy,
    RunStarted,
    SessionClosed,
    SplitEffective,
    StrategyFaulted,
    SubmitByHand,
    TradingStateChanged,
)
from trader.model.envelope import Message
from trader.model.orders import (
    CancelAll,
    CancelKey,
    CancelRejected,
    Flatten,
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
    QueryOrder,
    ReplaceKey,
    ReplaceRejected,
    TargetPosition,
    TrailStops,
)
from trader.model.units import Nanoseconds

_TARGET: Final = OrderRole.TARGET
_PROTECTION: Final = OrderRole.PROTECTION
_EXPLICIT: Final = OrderRole.EXPLICIT
_IN_DOUBT: Final = OrderStatus.IN_DOUBT
_PENDING_CANCEL: Final = OrderStatus.PENDING_CANCEL
_PENDING_REPLACE: Final = OrderStatus.PENDING_REPLACE
_APPROVED: Final = OrderStatus.APPROVED
_UNANSWERED: Final = frozenset(
    {
        _APPROVED,
        OrderStatus.SUBMITTED,
        _IN_DOUBT,
        _PENDING_CANCEL,
        _PENDING_REPLACE,
    }
)

_ASKED: Final = frozenset({_IN_DOUBT, _PENDING_CANCEL, _PENDING_REPLACE})
_UTC: Final = "UTC"
NO_CALENDARS: Final[Mapping[str, str]] = MappingProxyType({})


class OrderManager(Stateful[Orders]):
    """Makes orders, follows them, and keeps them in step with targets and positions."""

    name = "order_manager"

    def __init__(
        self,
        strategies: Mapping[str, str],
        *,
        account: str,
        patient: bool,
        ends_days: bool = False,
        calendars: Mapping[str, str] = NO_CALENDARS,
    ) -> None:
        """`strategies`: instrument by strategy. `patient` is for where cancels take time.

        A new target then waits for their answers before it makes an order. `calendars`: by
        instrument whose sessions it follows, where that is not the UTC day. With `ends_days` it
        takes back itself what is for the day when that ends.
        """
        desks = {name: Desk(instrument=instrument) for name, instrument in strategies.items()}
        self.state = Orders(orders={}, desks=desks)
        self._dealing = Dealing(self.state, account)
        self._guarding = Guarding(self._dealing)
        self._aiming = Aiming(self._dealing, self._guarding, patient=patient)
        self._owing = Owing(self._dealing, self._guarding)
        self._clearing = Clearing(self._dealing, self._aiming)
        self._external = External(self._dealing)
        self._calendars = calendars
        self._ends_days = ends_days
        self.ignored: Final = Ignoring()

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
            TargetPosition: self._aiming.on_target,
            OrderRequested: self._on_request,
            ReplaceKey: self._on_replace_key,
            CancelKey: self._on_cancel_key,
            TrailStops: self._guarding.on_trail,
            OrderApproved: self._on_approved,
            OrderDenied: self._on_denied,
            **dict.fromkeys(reports, self._on_report),
            OrderFilled: self._on_filled,
            OrderReplaced: self._on_replaced,
            OrderBusted: self._on_busted,
            PositionChanged: self._on_position,
            SplitEffective: self._on_split,
            CancelAll: self._clearing.on_cancel_all,
            Flatten: self._clearing.on_flatten,
            CloseInstrument: self._clearing.on_close,
            PauseStrategy: self._clearing.on_pause,
            CancelById: self._clearing.on_cancel,
            SubmitByHand: self._external.on_submit,
            ForeignAdopted: self._external.on_adopted,
            StrategyFaulted: self._on_faulted,
            TradingStateChanged: self._owing.on_trading_state,
            SessionClosed: self._on_session_closed,
            RunStarted: self._on_start,
            QueryOwn: self._on_query_own,
        }

    # -- orders of a strategy's own -------------------------------------------------------------

    def _on_request(self, request: OrderRequested, now: Nanoseconds) -> Sequence[Message]:
        strategy = request.strategy
        desk = self.state.desks[strategy]
        if not request.lots or request.key in desk.keys:
            return self.ignored.note(request, now)
        # A parent that does not work is none that the venue knows: it will say so.
        parent = desk.keys.get(request.parent, f"{strategy}:{request.parent}")
        wish = Wish(
            lots=request.lots,
            role=_EXPLICIT,
            ref_ticks=request.ref_ticks,
            order_type=request.order_type,
            limit_ticks=request.limit_ticks,
            stop_ticks=request.stop_ticks,
            time_in_force=request.time_in_force,
            reduce_only=request.reduce_only,
            group=f"{strategy}:{request.group}" if request.group else "",
            parent=parent if request.parent else "",
            reason=request.key,
        )
        # A strategy that was told to leave the market asks for something once it may again.
        desk.leaves = False
        order = self._dealing.make(strategy, desk, wish, now)
        desk.keys[request.key] = order.client_order_id
        return (order,)

    def _own(self, strategy: str, key: str) -> tuple[str, Order] | None:
        """The working order that a strategy placed under this key."""
        id_ = self.state.desks[strategy].keys.get(key)
        return None if id_ is None else (id_, self.state.orders[id_])

    def _on_replace_key(self, wanted: ReplaceKey, now: Nanoseconds) -> Sequence[Message]:
        own = self._own(wanted.strategy, wanted.key)
        if own is None:
            return self.ignored.note(wanted, now)
        id_, order = own
        newer = Change(wanted.lots, wanted.limit_ticks, wanted.stop_ticks)
        order.wish = merged(newer, order.wish)
        return self._dealing.urge(id_, order)

    def _on_cancel_key(self, wanted: CancelKey, now: Nanoseconds) -> Sequence[Message]:
        own = self._own(wanted.strategy, wanted.key)
        if own is None:
            return self.ignored.note(wanted, now)
        return self._dealing.cancel(*own, "asked_for")

    # -- verdicts and reports -------------------------------------------------------------------

    def _on_approved(self, approved: OrderApproved, now: Nanoseconds) -> Sequence[Message]:
        id_ = approved.order.client_order_id
        order = self.state.orders[id_]
        order.status = _APPROVED
        return self._guarding.protect(id_, order, now) if order.guards else NOTHING

    def _on_denied(self, denied: OrderDenied, now: Nanoseconds) -> Sequence[Message]:
        id_ = denied.client_order_id
        order = self.state.orders[id_]
        order.status = OrderStatus.DENIED
        desk = self.state.desks[order.strategy]
        self._dealing.close(id_, desk)
        out = self._guarding.ended(id_, order, now, denied.code)
        return [*out, *self._aiming.aim(desk, now)] if desk.waits else out

    def _on_report(self, event: OrderEvent, now: Nanoseconds) -> Sequence[Message]:
        order = self.state.orders.get(event.client_order_id)
        if order is None:
            return (unknown(event),)
        before = order.status
        passed = self._dealing.advance(event, order)
        desk = self.state.desks[order.strategy]
        if desk.covers or desk.waits or order.group or order.wish:
            return self._follow(event, order, before, passed, now)
        if before in _ASKED:
            return self._follow(event, order, before, passed, now)
        return passed

    def _follow(
        self,
        event: OrderEvent,
        order: Order,
        before: OrderStatus,
        passed: list[Message],
        now: Nanoseconds,
    ) -> list[Message]:
        """What passes on, and what had to wait for it: a change, a cancel, a target, a doubt."""
        desk = self.state.desks[order.strategy]
        status = order.status
        if not passed:
            return passed
        if status >= ENDED:
            if desk.covers and before < ENDED:
                why = why_ended(event)
                passed += self._guarding.ended(event.client_order_id, order, now, why)
        elif status in WORKING and (
            order.asked or order.wish or order.cancel_wanted or order.group
        ):
            passed += self._dealing.resume(event, order)
        if desk.waits and type(event) is not OrderFilled:
            # After a fill the portfolio speaks first: until then the position is the old one.
            passed += self._aiming.aim(desk, now)
        if before is _IN_DOUBT and not self._dealing.in_doubt():
            passed.append(DoubtsResolved())
        return passed

    def _on_query_own(self, query: QueryOwn, now: Nanoseconds) -> Sequence[Message]:
        del query, now
        working = [id_ for desk in self.state.desks.values() for id_ in desk.working]
        return (
            OwnReported(
                working=tuple(working),
                in_doubt=self._dealing.in_doubt(),
                traded=self._dealing.held(),
            ),
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
        if order.group or self.state.desks[order.strategy].covers:
            self._guarding.filled(fill.client_order_id, order, fill.last_lots)
        return self._on_report(fill, now)

    def _on_replaced(self, event: OrderReplaced, now: Nanoseconds) -> Sequence[Message]:
        order = self.state.orders.get(event.client_order_id)
        if order is None:
            return (unknown(event),)
        before = order.status
        return self._follow(event, order, before, self._dealing.resized(event, order), now)

    def _on_busted(self, event: OrderBusted, now: Nanoseconds) -> Sequence[Message]:
        order = self.state.orders.get(event.client_order_id)
        if order is None or event.trade_id not in order.trades:
            return (unknown(event),)
        order.trades.remove(event.trade_id)
        order.lots_filled -= event.last_lots
        self._guarding.filled(event.client_order_id, order, -event.last_lots)
        return self._on_report(event, now)

    # -- positions ------------------------------------------------------------------------------

    def _on_position(self, changed: PositionChanged, now: Nanoseconds) -> Sequence[Message]:
        desk = self.state.desks[changed.strategy]
        before, desk.position = desk.position, changed.lots
        desk.last_ticks, desk.unguarded = changed.last_ticks, False
        role = changed.role
        out: list[Message] = []
        if desk.covers:
            side = -1 if changed.last_lots > 0 else 1
            stopped = side if role is _PROTECTION and changed.lots * side <= 0 else 0
            out = self._guarding.balance(changed.strategy, desk, now, stopped=stopped)
        if desk.own or role is _EXPLICIT:
            self._guarding.count_own(desk, before, role)
        if desk.waits:
            return [*out, *self._aiming.aim(desk, now)]
        # With nothing open at its target, a desk has nothing to bring back.
        settled = not desk.working and changed.lots == desk.target
        if not settled and (role is not _EXPLICIT or desk.leaves):
            out += self._aiming.undo(changed, desk, now)
        if role is _TARGET and desk.aim is not None and desk.aim.protection:
            out += self._guarding.complete(desk.aim, desk, now)
        return out

    def _on_split(self, split: SplitEffective, now: Nanoseconds) -> Sequence[Message]:
        ratio = split.numerator, split.denominator
        desks = self.state.desks
        for order in self.state.orders.values():
            if desks[order.strategy].instrument == split.instrument:
                split_order(order, ratio)
        out: list[Message] = []
        for name, desk in desks.items():
            if desk.instrument == split.instrument:
                split_desk(desk, self.state.orders, ratio)
                out += self._guarding.balance(name, desk, now, anew=True)
                if desk.aim is not None and desk.aim.protection and not desk.waits:
                    out += self._guarding.complete(desk.aim, desk, now)
        return out

    # -- control --------------------------------------------------------------------------------

    def _on_faulted(self, fault: StrategyFaulted, now: Nanoseconds) -> Sequence[Message]:
        del now
        desk = self.state.desks[fault.strategy]
        desk.waits = False
        return self._aiming.take_back(desk, "strategy_faulted", {})

    def _on_session_closed(self, closed: SessionClosed, now: Nanoseconds) -> Sequence[Message]:
        """Forgets orders that ended before this session: so long may a venue repeat itself.

        A venue of the world knows no sessions of ours, so what is for the day is taken back here.
        """
        del now
        desks, calendars = self.state.desks, self._calendars
        theirs = [
            name
            for name, desk in desks.items()
            if calendars.get(desk.instrument, _UTC) == closed.calendar
        ]
        out = self._dealing.end_day(theirs) if self._ends_days else NOTHING
        self._dealing.forget(theirs)
        return out

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
