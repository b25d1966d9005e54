"""Writes the messages that are outputs into the tables, one method for each type.

Its only state beside the tables is the name of each open order's approval: it is the cause of
whatever the venue will report about that order.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from trader.logic.lifecycle import TERMINAL
from trader.logic.tables import INPUTS_MAX, Tables
from trader.model.account import EquitySampled
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

_NO_INPUTS: Final = (0,) * INPUTS_MAX


class Recorder:
    """The output tables of one run, and how each message enters them."""

    def __init__(self, tables: Tables) -> None:
        self.tables: Final = tables
        self.approvals: dict[str, Name] = {}
        by_name = tables.tables
        self._orders = by_name["orders"].append
        self._statuses = by_name["statuses"].append
        self._denials = by_name["denials"].append
        self._fills = by_name["fills"].append
        self._decisions = by_name["decisions"].append
        self._states = by_name["states"].append
        self._equity = by_name["equity"].append
        self.records: Final[Mapping[type, Record]] = {
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
            OrderReplaced: self._status,
            OrderBusted: self._status,
            OrderCanceled: self._status,
            OrderExpired: self._status,
            OrderInDoubt: self._status,
            OrderFilled: self._filled,
            TradingStateChanged: self._state,
            EquitySampled: self._equity_row,
        }

    def approval(self, client_order_id: str) -> Name:
        """The name of the order's approval; (0, 0) for an order that this run did not approve."""
        return self.approvals.get(client_order_id, (0, 0))

    def _decision(self, name: Name, ts: Nanoseconds, cause: Name, m: Any) -> None:
        index = self.tables.index
        inputs = m.inputs if len(m.inputs) == INPUTS_MAX else (*m.inputs, *_NO_INPUTS)[:INPUTS_MAX]
        self._decisions(
            *name,
            ts,
            *cause,
            index("strategies", m.strategy),
            index("instruments", m.instrument),
            m.lots,
            index("reasons", m.reason),
            *inputs,
        )

    def _order(self, name: Name, ts: Nanoseconds, cause: Name, m: SubmitOrder) -> None:
        index = self.tables.index
        self._orders(
            *name,
            ts,
            *cause,
            index("orders", m.client_order_id),
            index("strategies", m.strategy),
            index("instruments", m.instrument),
            m.order_type,
            m.lots,
            NONE if m.limit_ticks is None else m.limit_ticks,
            NONE if m.stop_ticks is None else m.stop_ticks,
            m.time_in_force,
            m.role,
            index("orders", m.parent) if m.parent else NONE,
        )

    def _approved(self, name: Name, ts: Nanoseconds, cause: Name, m: OrderApproved) -> None:
        client_order_id = m.order.client_order_id
        self.approvals[client_order_id] = name
        order = self.tables.index("orders", client_order_id)
        self._statuses(*name, ts, *cause, order, OrderStatus.APPROVED, 0)

    def _denied(self, name: Name, ts: Nanoseconds, cause: Name, m: OrderDenied) -> None:
        index = self.tables.index
        order = index("orders", m.client_order_id)
        self._statuses(*name, ts, *cause, order, OrderStatus.DENIED, 0)
        self._denials(
            *name,
            ts,
            *cause,
            order,
            index("strategies", m.strategy),
            index("instruments", m.instrument),
            m.lots,
            index("codes", m.code),
        )

    def _status(self, name: Name, ts: Nanoseconds, cause: Name, m: OrderEvent) -> None:
        order = self.tables.index("orders", m.client_order_id)
        self._statuses(*name, ts, *cause, order, m.status, m.lots_filled)
        if m.status in TERMINAL:
            self.approvals.pop(m.client_order_id, None)

    def _filled(self, name: Name, ts: Nanoseconds, cause: Name, m: OrderFilled) -> None:
        index = self.tables.index
        self._fills(
            *name,
            m.ts_event,
            *cause,
            index("orders", m.client_order_id),
            index("trades", m.trade_id),
            index("strategies", m.strategy),
            index("instruments", m.instrument),
            m.last_lots,
            m.last_ticks,
            m.fee,
            m.liquidity,
        )
        self._status(name, ts, cause, m)

    def _state(self, name: Name, ts: Nanoseconds, cause: Name, m: TradingStateChanged) -> None:
        index = self.tables.index
        self._states(*name, ts, *cause, m.state, m.previous, index("codes", m.code), index("codes", m.by))

    def _equity_row(self, name: Name, ts: Nanoseconds, cause: Name, m: EquitySampled) -> None:
        self._equity(*name, ts, *cause, m.equity, m.cash, m.realized, m.unrealized, m.peak)
