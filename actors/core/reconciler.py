"""The reconciler: holds the venue's view beside ours, and speaks before anybody trades.

At every start it asks for the whole account. It says `Reconciled` once the venue has answered, no
order is in doubt, the working orders are the same on both sides, and every position is what it
was when we first looked plus what we have traded since. Everything else is a difference.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from actors.runtime.actor import NOTHING, Handler, Stateful
from trader.logic.lifecycle import TERMINAL
from trader.model.account import (
    AccountReported,
    DifferenceFound,
    OrderReport,
    PositionReport,
    QueryAccount,
    Reconciled,
)
from trader.model.control import RunStarted
from trader.model.envelope import Message
from trader.model.orders import (
    OrderAccepted,
    OrderApproved,
    OrderBusted,
    OrderCanceled,
    OrderEvent,
    OrderExpired,
    OrderFilled,
    OrderInDoubt,
    OrderRejected,
    OrderStatus,
)
from trader.model.units import Lots, Nanoseconds


class ReconcilerState(Struct):
    """Both views: our working orders and traded lots, the venue's orders and positions."""

    ours: dict[str, bool] = {}
    traded: dict[str, Lots] = {}
    opening: dict[str, Lots] = {}
    in_doubt: dict[str, bool] = {}
    their_orders: dict[str, bool] = {}
    their_positions: dict[str, Lots] = {}
    answered: bool = False
    done: bool = False


class Reconciler(Stateful):
    """Compares, and lets trading begin only on agreement."""

    name = "reconciler"
    state: ReconcilerState

    def __init__(self) -> None:
        self.state = ReconcilerState()

    @property
    def handlers(self) -> Mapping[type, Handler]:
        """The start, the venue's reports, and what becomes of our orders."""
        events = (OrderAccepted, OrderCanceled, OrderExpired, OrderRejected, OrderInDoubt)
        return {
            RunStarted: self._on_start,
            OrderReport: self._on_order,
            PositionReport: self._on_position,
            AccountReported: self._on_account,
            OrderApproved: self._on_approved,
            OrderFilled: self._on_filled,
            OrderBusted: self._on_busted,
            **dict.fromkeys(events, self._on_event),
        }

    def _on_start(self, started: RunStarted, now: Nanoseconds) -> Sequence[Message]:
        del now
        state = self.state
        state.answered = state.done = False
        state.their_orders, state.their_positions = {}, {}
        return (QueryAccount(request_id=f"account-{started.epoch}"),)

    def _on_order(self, report: OrderReport, now: Nanoseconds) -> Sequence[Message]:
        del now
        self.state.their_orders[report.client_order_id] = True
        return NOTHING

    def _on_position(self, report: PositionReport, now: Nanoseconds) -> Sequence[Message]:
        del now
        self.state.their_positions[report.instrument] = report.lots
        return NOTHING

    def _on_account(self, reported: AccountReported, now: Nanoseconds) -> Sequence[Message]:
        del reported, now
        self.state.answered = True
        return self._compare()

    def _on_approved(self, approved: OrderApproved, now: Nanoseconds) -> Sequence[Message]:
        del now
        self.state.ours[approved.order.client_order_id] = True
        return NOTHING

    def _on_filled(self, fill: OrderFilled, now: Nanoseconds) -> Sequence[Message]:
        traded = self.state.traded
        traded[fill.instrument] = traded.get(fill.instrument, 0) + fill.last_lots
        return self._on_event(fill, now)

    def _on_busted(self, bust: OrderBusted, now: Nanoseconds) -> Sequence[Message]:
        del now
        self.state.traded[bust.instrument] -= bust.last_lots
        return NOTHING

    def _on_event(self, event: OrderEvent, now: Nanoseconds) -> Sequence[Message]:
        del now
        state = self.state
        if event.status is OrderStatus.IN_DOUBT:
            state.in_doubt[event.client_order_id] = True
            return NOTHING
        state.in_doubt.pop(event.client_order_id, None)
        if event.status in TERMINAL:
            state.ours.pop(event.client_order_id, None)
        return NOTHING if state.done else self._compare()

    def _compare(self) -> Sequence[Message]:
        """Says nothing until the venue has answered and every doubt is resolved."""
        state = self.state
        if not state.answered or state.in_doubt:
            return NOTHING
        state.done = True
        for instrument, lots in state.their_positions.items():
            # What was there before our first trade is the owner's, not a difference.
            state.opening.setdefault(instrument, lots - state.traded.get(instrument, 0))
        differences = [*self._order_differences(), *self._position_differences()]
        if differences:
            return differences
        return (Reconciled(orders=len(state.ours), positions=len(state.their_positions)),)

    def _order_differences(self) -> list[DifferenceFound]:
        state = self.state
        return [
            DifferenceFound(
                kind="order",
                key=id_,
                ours="working" if id_ in state.ours else "unknown",
                theirs="working" if id_ in state.their_orders else "unknown",
            )
            for id_ in {**state.ours, **state.their_orders}
            if (id_ in state.ours) != (id_ in state.their_orders)
        ]

    def _position_differences(self) -> list[DifferenceFound]:
        state = self.state
        found = []
        for instrument, theirs in state.their_positions.items():
            ours = state.opening[instrument] + state.traded.get(instrument, 0)
            if ours != theirs:
                found.append(
                    DifferenceFound(
                        kind="position", key=instrument, ours=str(ours), theirs=str(theirs)
                    )
                )
        return found
