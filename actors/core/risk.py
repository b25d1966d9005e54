"""Risk: every order passes here, or does not pass. It sees the worst case, not the likely one.

It keeps its own view of exposure from what it approved and what was filled, so that it never has
to believe a strategy. The rules are functions in `trader.logic.limits`.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from actors.runtime.actor import NOTHING, Handler, Stateful
from trader.logic.lifecycle import ENDED
from trader.logic.limits import Exposure, Limits, Resting, RiskView, rules
from trader.model.account import EquityMarked
from trader.model.control import LimitBreached, SessionClosed, TradingState, TradingStateChanged
from trader.model.envelope import Message
from trader.model.market import BarClosed
from trader.model.orders import (
    OrderApproved,
    OrderBusted,
    OrderCanceled,
    OrderDenied,
    OrderEvent,
    OrderExpired,
    OrderFilled,
    OrderRejected,
    OrderReplaced,
    OrderRole,
    SubmitOrder,
)
from trader.model.units import Lots, Money, Nanoseconds

_PROTECTION: Final = OrderRole.PROTECTION
_HALTED: Final = TradingState.HALTED


class Risk(Stateful[RiskView]):
    """Approves or denies; trips the breakers."""

    name = "risk"

    def __init__(
        self,
        tick_lots: Mapping[str, Money],
        stale_after_ns: Mapping[str, Nanoseconds],
        limits: Limits,
    ) -> None:
        """`tick_lots`: money in a tick x lot by instrument; prices older than theirs are stale."""
        self.state = RiskView(
            exposures={
                name: Exposure(tick_lot=worth, stale_after_ns=stale_after_ns[name])
                for name, worth in tick_lots.items()
            }
        )
        self._limits = limits
        self._rules = rules(limits)
        self.bind()

    def bind(self) -> None:
        """Renews the short cut to the exposures."""
        self._exposures = self.state.exposures

    @property
    def handlers(self) -> Mapping[type, Handler]:
        """Orders to judge, prices, fills and ends of orders, equity and the trading state."""
        ends = (OrderCanceled, OrderExpired, OrderRejected)
        return {
            BarClosed: self._on_bar,
            SubmitOrder: self._on_submit,
            OrderFilled: self._on_filled,
            OrderBusted: self._on_busted,
            OrderReplaced: self._on_replaced,
            **dict.fromkeys(ends, self._on_end),
            EquityMarked: self._on_equity,
            TradingStateChanged: self._on_trading_state,
            SessionClosed: self._on_session_closed,
        }

    def _on_bar(self, bar: BarClosed, now: Nanoseconds) -> Sequence[Message]:
        exposure = self._exposures[bar.instrument]
        exposure.ticks = bar.close_ticks
        exposure.ts = now
        return NOTHING

    def _on_submit(self, order: SubmitOrder, now: Nanoseconds) -> Sequence[Message]:
        view = self.state
        for rule in self._rules:
            denial = rule(order, view, now)
            if denial is not None:
                return (
                    OrderDenied(
                        client_order_id=order.client_order_id,
                        strategy=order.strategy,
                        instrument=order.instrument,
                        lots=order.lots,
                        code=denial.code,
                        detail=denial.detail,
                    ),
                )
        view.seen[order.client_order_id] = True
        if self._limits.orders_max is not None and order.role is not _PROTECTION:
            view.approved_at.append(now)
        view.resting[order.client_order_id] = resting = Resting(
            instrument=order.instrument,
            left=order.lots,
            side=1 if order.lots > 0 else -1,
            role=order.role,
            limit_ticks=order.limit_ticks,
        )
        self._count(self._exposures[order.instrument], resting, order.lots)
        return (OrderApproved(order=order, limits_version=view.version),)

    def _count(self, exposure: Exposure, resting: Resting, lots: Lots) -> None:
        """Adds to what open orders may still fill on the order's side (negative: takes out)."""
        if resting.role is _PROTECTION:
            return
        if resting.side > 0:
            exposure.buys += lots
        else:
            exposure.sells += lots

    def _on_filled(self, fill: OrderFilled, now: Nanoseconds) -> Sequence[Message]:
        del now
        lots = fill.last_lots
        exposure = self._exposures[fill.instrument]
        exposure.lots += lots
        resting = self.state.resting.get(fill.client_order_id)
        if resting is not None:
            resting.left -= lots
            self._count(exposure, resting, -lots)
            if fill.status >= ENDED:
                self._forget(fill.client_order_id, resting)
        return NOTHING

    def _on_busted(self, event: OrderBusted, now: Nanoseconds) -> Sequence[Message]:
        del now
        self._exposures[event.instrument].lots -= event.last_lots
        return NOTHING

    def _on_replaced(self, event: OrderReplaced, now: Nanoseconds) -> Sequence[Message]:
        del now
        resting = self.state.resting.get(event.client_order_id)
        if resting is not None:
            left = event.lots - event.lots_filled
            exposure = self._exposures[resting.instrument]
            self._count(exposure, resting, left - resting.left)
            resting.left = left
        return NOTHING

    def _on_end(self, event: OrderEvent, now: Nanoseconds) -> Sequence[Message]:
        del now
        resting = self.state.resting.get(event.client_order_id)
        if resting is not None:
            self._forget(event.client_order_id, resting)
        return NOTHING

    def _forget(self, id_: str, resting: Resting) -> None:
        if resting.left:
            self._count(self._exposures[resting.instrument], resting, -resting.left)
        del self.state.resting[id_]

    def _on_equity(self, marked: EquityMarked, now: Nanoseconds) -> Sequence[Message]:
        """The drawdown breaker: peak - equity beyond the allowed fraction of the peak."""
        del now
        allowed = self._limits.drawdown_max
        if allowed is None or self.state.trading is _HALTED:
            return NOTHING
        num, den = allowed
        lost = marked.peak - marked.equity
        if lost * den <= num * marked.peak:
            return NOTHING
        return (LimitBreached(limit="drawdown_max", value=lost, bound=num * marked.peak // den),)

    def _on_trading_state(
        self, changed: TradingStateChanged, now: Nanoseconds
    ) -> Sequence[Message]:
        del now
        self.state.trading = changed.state
        return NOTHING

    def _on_session_closed(self, closed: SessionClosed, now: Nanoseconds) -> Sequence[Message]:
        """Ids of ended orders are forgotten with the session; those still open stay."""
        del closed, now
        self.state.seen = dict.fromkeys(self.state.resting, True)
        return NOTHING
