"""Writes the messages that are outputs into the tables, one method for each type.

Its only state beside the tables is the name of each open order's approval: it is the cause of
whatever the venue will report about that order. A run without an end writes no tables, which would
grow for as long as it lives; what happened stands in its journal, and fills them when it is played.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from trader.logic.lifecycle import ENDED
from trader.logic.tables import INPUTS_MAX, Table, Tables
from trader.model.account import EquitySampled, PositionAdjusted
from trader.model.control import TradingStateChanged
from trader.model.envelope import Name
from trader.model.orders import (
    CancelRejected,
    CancelRequested,
    DecisionRecorded,
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
    OrderStatus,
    OrderSubmitted,
    ReplaceRejected,
    ReplaceRequested,
    SubmitOrder,
    TargetPosition,
)
from trader.model.units import NONE, Nanoseconds

Record: TypeAlias = Callable[[Name, Nanoseconds, Name, Any], None]

_APPROVED: Final = OrderStatus.APPROVED
_DENIED: Final = OrderStatus.DENIED
_NO_INPUTS: Final = (0,) * INPUTS_MAX
_MAY_END: Final = (
    OrderSubmitted,
    OrderAccepted,
    OrderRejected,
    CancelRequested,
    CancelRejected,
    ReplaceRequested,
    ReplaceRejected,
    OrderReplaced,
    OrderBusted,
    OrderCanceled,
    OrderExpired,
    OrderInDoubt,
    OrderFilled,
)
OUTPUTS: Final = (
    TargetPosition,
    DecisionRecorded,
    SubmitOrder,
    OrderApproved,
    OrderDenied,
    *_MAY_END,
    PositionAdjusted,
    TradingStateChanged,
    EquitySampled,
)
"""The messages that are outputs: each is named, and enters the tables of a run that has an end."""


class Approvals:
    """Names the outputs and follows the approvals of open orders; keeps nothing else of them."""

    def __init__(self) -> None:
        self.approvals: dict[str, Name] = {}

    @property
    def records(self) -> Mapping[type, Record]:
        """What to do with each message that is an output, by its type."""
        return {
            **dict.fromkeys(OUTPUTS, _keep_nothing),
            OrderApproved: self._keep_approval,
            **dict.fromkeys(_MAY_END, self._follow),
        }

    def approval(self, client_order_id: str) -> Name:
        """The name of the order's approval; (0, 0) for an order that this run did not approve."""
        return self.approvals.get(client_order_id, (0, 0))

    def _keep_approval(self, name: Name, ts: Nanoseconds, cause: Name, m: OrderApproved) -> None:
        del ts, cause
        self.approvals[m.order.client_order_id] = name

    def _follow(self, name: Name, ts: Nanoseconds, cause: Name, m: OrderEvent) -> None:
        del name, ts, cause
        if m.status >= ENDED:
            self.approvals.pop(m.client_order_id, None)


def _keep_nothing(name: Name, ts: Nanoseconds, cause: Name, message: object) -> None:
    """It was named, and that is all."""


class Recorder(Approvals):
    """The output tables of one run, and how each message enters them."""

    def __init__(self, tables: Tables) -> None:
        super().__init__()
        self.tables: Final = tables
        names = tables.names
        self._orders, self._trades = names["orders"], names["trades"]
        self._strategies, self._instruments = names["strategies"], names["instruments"]
        self._reasons, self._codes = names["reasons"], names["codes"]
        # Packing and taking in are two calls of C; a method between them costs as much again.
        by_name = tables.tables
        self._put_orders, self._orders_row = _door(by_name["orders"])
        self._put_statuses, self._statuses_row = _door(by_name["statuses"])
        self._put_replacements, self._replacements_row = _door(by_name["replacements"])
        self._put_denials, self._denials_row = _door(by_name["denials"])
        self._put_fills, self._fills_row = _door(by_name["fills"])
        self._put_adjustments, self._adjustments_row = _door(by_name["adjustments"])
        self._put_decisions, self._decisions_row = _door(by_name["decisions"])
        self._put_states, self._states_row = _door(by_name["states"])
        self._put_equity, self._equity_row = _door(by_name["equity"])

    @property
    def records(self) -> Mapping[type, Record]:
        """How each message enters its tables, by its type."""
        return {
            TargetPosition: self._decision,
            DecisionRecorded: self._decision,
            SubmitOrder: self._order,
            OrderApproved: self._approved,
            OrderDenied: self._denied,
            OrderSubmitted: self._status,
            OrderAccepted: self._status,
            OrderRejected: self._status,
            CancelRequested: self._status,
            CancelRejected: self._status,
            ReplaceRequested: self._status,
            ReplaceRejected: self._status,
            OrderReplaced: self._replaced,
            OrderBusted: self._status,
            OrderCanceled: self._status,
            OrderExpired: self._status,
            OrderInDoubt: self._status,
            OrderFilled: self._filled,
            PositionAdjusted: self._adjusted,
            TradingStateChanged: self._state,
            EquitySampled: self._equity_sample,
        }

    def _decision(
        self, name: Name, ts: Nanoseconds, cause: Name, m: TargetPosition | DecisionRecorded
    ) -> None:
        (seq, n), (cause_seq, cause_n) = name, cause
        inputs = m.inputs if len(m.inputs) == INPUTS_MAX else (*m.inputs, *_NO_INPUTS)[:INPUTS_MAX]
        self._put_decisions(
            self._decisions_row(
                seq,
                n,
                ts,
                cause_seq,
                cause_n,
                self._strategies[m.strategy],
                self._instruments[m.instrument],
                m.lots,
                self._reasons[m.reason],
                *inputs,
            )
        )

    def _order(self, name: Name, ts: Nanoseconds, cause: Name, m: SubmitOrder) -> None:
        (seq, n), (cause_seq, cause_n) = name, cause
        orders = self._orders
        self._put_orders(
            self._orders_row(
                seq,
                n,
                ts,
                cause_seq,
                cause_n,
                # As a look-up would do, which calls somebody for a name that is new; this one is.
                orders.setdefault(m.client_order_id, len(orders)),
                self._strategies[m.strategy],
                self._instruments[m.instrument],
                m.order_type,
                m.lots,
                NONE if m.limit_ticks is None else m.limit_ticks,
                NONE if m.stop_ticks is None else m.stop_ticks,
                m.time_in_force,
                m.role,
                orders[m.parent] if m.parent else NONE,
            )
        )

    def _approved(self, name: Name, ts: Nanoseconds, cause: Name, m: OrderApproved) -> None:
        (seq, n), (cause_seq, cause_n) = name, cause
        client_order_id = m.order.client_order_id
        self.approvals[client_order_id] = name
        order = self._orders[client_order_id]
        self._put_statuses(self._statuses_row(seq, n, ts, cause_seq, cause_n, order, _APPROVED, 0))

    def _denied(self, name: Name, ts: Nanoseconds, cause: Name, m: OrderDenied) -> None:
        (seq, n), (cause_seq, cause_n) = name, cause
        order = self._orders[m.client_order_id]
        self._put_statuses(self._statuses_row(seq, n, ts, cause_seq, cause_n, order, _DENIED, 0))
        strategy, instrument = self._strategies[m.strategy], self._instruments[m.instrument]
        code = self._codes[m.code]
        self._put_denials(
            self._denials_row(
                seq, n, ts, cause_seq, cause_n, order, strategy, instrument, m.lots, code
            )
        )

    def _status(self, name: Name, ts: Nanoseconds, cause: Name, m: OrderEvent) -> None:
        (seq, n), (cause_seq, cause_n) = name, cause
        order = self._orders[m.client_order_id]
        self._put_statuses(
            self._statuses_row(seq, n, ts, cause_seq, cause_n, order, m.status, m.lots_filled)
        )
        if m.status >= ENDED:
            self.approvals.pop(m.client_order_id, None)

    def _replaced(self, name: Name, ts: Nanoseconds, cause: Name, m: OrderReplaced) -> None:
        """What the order is from now on; NONE stands for what stays as it was."""
        (seq, n), (cause_seq, cause_n) = name, cause
        self._put_replacements(
            self._replacements_row(
                seq,
                n,
                ts,
                cause_seq,
                cause_n,
                self._orders[m.client_order_id],
                m.lots,
                NONE if m.limit_ticks is None else m.limit_ticks,
                NONE if m.stop_ticks is None else m.stop_ticks,
            )
        )
        self._status(name, ts, cause, m)

    def _filled(self, name: Name, ts: Nanoseconds, cause: Name, m: OrderFilled) -> None:
        (seq, n), (cause_seq, cause_n) = name, cause
        order, trades = self._orders[m.client_order_id], self._trades
        self._put_fills(
            self._fills_row(
                seq,
                n,
                m.ts_event,
                cause_seq,
                cause_n,
                order,
                trades.setdefault(m.trade_id, len(trades)),  # as above
                self._strategies[m.strategy],
                self._instruments[m.instrument],
                m.last_lots,
                m.last_ticks,
                m.fee,
                m.liquidity,
            )
        )
        status = m.status
        self._put_statuses(
            self._statuses_row(seq, n, ts, cause_seq, cause_n, order, status, m.lots_filled)
        )
        if status >= ENDED:
            self.approvals.pop(m.client_order_id, None)

    def _adjusted(self, name: Name, ts: Nanoseconds, cause: Name, m: PositionAdjusted) -> None:
        (seq, n), (cause_seq, cause_n) = name, cause
        self._put_adjustments(
            self._adjustments_row(
                seq,
                n,
                ts,
                cause_seq,
                cause_n,
                self._strategies[m.strategy],
                self._instruments[m.instrument],
                m.lots,
                m.cost,
                m.income,
                self._reasons[m.reason],
            )
        )

    def _state(self, name: Name, ts: Nanoseconds, cause: Name, m: TradingStateChanged) -> None:
        (seq, n), (cause_seq, cause_n) = name, cause
        self._put_states(
            self._states_row(
                seq,
                n,
                ts,
                cause_seq,
                cause_n,
                m.state,
                m.previous,
                self._codes[m.code],
                self._codes[m.by],
            )
        )

    def _equity_sample(self, name: Name, ts: Nanoseconds, cause: Name, m: EquitySampled) -> None:
        (seq, n), (cause_seq, cause_n) = name, cause
        self._put_equity(
            self._equity_row(
                seq, n, ts, cause_seq, cause_n, m.equity, m.cash, m.realized, m.unrealized, m.peak
            )
        )


def _door(table: Table) -> tuple[Callable[[bytes], None], Callable[..., bytes]]:
    """How rows enter a table: take in the bytes, make the bytes."""
    return table.data.frombytes, table.pack
