"""The limits as small functions: an order and what risk knows, in; a denial or nothing, out.

The order of `RULES` is the order of the policy: the first rule that says no decides, and its code
is the reason. A limit that is not set has no rule in a run's list and costs nothing.
Protective orders reduce: they never work for more than their entry has filled, so the rules about
size and exposure do not concern them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from msgspec import Struct

from trader.model.control import TradingState
from trader.model.orders import OrderRole, OrderType, SubmitOrder
from trader.model.units import SECOND_NS, Lots, Money, Nanoseconds, Ticks

_ACTIVE: Final = TradingState.ACTIVE
_HALTED: Final = TradingState.HALTED
_STOP: Final = OrderType.STOP
_PROTECTION: Final = OrderRole.PROTECTION


class Limits(Struct, frozen=True, kw_only=True):
    """What the owner allows; None is no limit. Drawdown is the fraction num / den of the peak."""

    lots_max: Lots | None = None
    notional_max: Money | None = None
    position_max: Lots | None = None
    gross_max: Money | None = None
    orders_max: int | None = None
    orders_window_ns: Nanoseconds = SECOND_NS
    long_only: tuple[str, ...] = ()
    drawdown_max: tuple[int, int] | None = None
    stale_after_ns: Nanoseconds | None = None


class Resting(Struct):
    """An approved order that may still fill; `left` is signed, `side` its sign at the start."""

    instrument: str
    left: Lots
    side: int
    role: OrderRole
    limit_ticks: Ticks | None


@dataclass(slots=True, kw_only=True)
class Exposure:
    """One instrument: the account's lots, what open orders may add on each side, its price."""

    tick_lot: Money
    stale_after_ns: Nanoseconds
    lots: Lots = 0
    buys: Lots = 0
    sells: Lots = 0
    ticks: Ticks = 0
    ts: Nanoseconds = 0

    def reach(self, lots: Lots) -> Lots:
        """How far the position can go on the side of `lots`, if all that is open there fills."""
        if lots > 0:
            return self.lots + self.buys + lots
        return -(self.lots + self.sells + lots)

    def worst(self, lots: Lots = 0) -> Lots:
        """The largest |position| that any subset of the open orders and `lots` more can make."""
        long = self.lots + self.buys + max(lots, 0)
        short = self.lots + self.sells + min(lots, 0)
        return max(abs(long), abs(short))


class RiskView(Struct):
    """What the rules see: the trading state, exposures, open orders, ids and recent approvals."""

    exposures: dict[str, Exposure]
    resting: dict[str, Resting] = {}
    seen: dict[str, bool] = {}
    approved_at: list[Nanoseconds] = []
    trading: TradingState = _HALTED
    version: int = 1


class Denial(Struct, frozen=True):
    """A rule said no; `detail` is what a person needs to see why."""

    code: str
    detail: str


Rule: TypeAlias = Callable[[SubmitOrder, RiskView, Nanoseconds], Denial | None]


def trading_halted(order: SubmitOrder, view: RiskView, now: Nanoseconds) -> Denial | None:
    """Nothing leaves while halted; while reducing, only what makes a position smaller."""
    del now
    if view.trading is _ACTIVE:
        return None
    if view.trading is _HALTED:
        return Denial("trading_halted", "trading is halted")
    if _reduces(order, view):
        return None
    held = view.exposures[order.instrument].lots
    return Denial("reducing_only", f"{order.lots} lots do not reduce a position of {held}")


def duplicate_client_order_id(
    order: SubmitOrder, view: RiskView, now: Nanoseconds
) -> Denial | None:
    """An id is used once."""
    del now
    if order.client_order_id not in view.seen:
        return None
    return Denial("duplicate_client_order_id", order.client_order_id)


def price_stale(order: SubmitOrder, view: RiskView, now: Nanoseconds) -> Denial | None:
    """No order on a price that is missing or too old, unless it only makes a position smaller."""
    exposure = view.exposures[order.instrument]
    age = now - exposure.ts
    if (exposure.ticks and age <= exposure.stale_after_ns) or _reduces(order, view):
        return None
    return Denial(
        "price_stale", f"last price is {age} ns old" if exposure.ticks else "no price yet"
    )


def self_trade(order: SubmitOrder, view: RiskView, now: Nanoseconds) -> Denial | None:
    """No order that could trade with a resting limit of this account."""
    del now
    if order.order_type is _STOP:
        return None
    for id_, resting in view.resting.items():
        limit = resting.limit_ticks
        if limit is None or resting.instrument != order.instrument:
            continue
        if resting.left * order.lots >= 0:
            continue
        own = order.limit_ticks
        if own is None or (own >= limit if order.lots > 0 else own <= limit):
            return Denial("self_trade", f"would meet {id_} at {limit} ticks")
    return None


def _reduces(order: SubmitOrder, view: RiskView) -> bool:
    """Whether the order makes the position smaller, whatever else is open on its side."""
    exposure = view.exposures[order.instrument]
    leaving = abs(order.lots + (exposure.buys if order.lots > 0 else exposure.sells))
    return exposure.lots * order.lots < 0 and leaving <= abs(exposure.lots)


def lots_exceed_max(lots_max: Lots) -> Rule:
    """No single order above so many lots, unless it only makes a position smaller."""

    def rule(order: SubmitOrder, view: RiskView, now: Nanoseconds) -> Denial | None:
        del now
        if order.role is _PROTECTION or abs(order.lots) <= lots_max:
            return None
        if _reduces(order, view):
            return None
        return Denial("lots_exceed_max", f"{abs(order.lots)} lots, allowed {lots_max}")

    return rule


def notional_exceeds_max(notional_max: Money) -> Rule:
    """No single order worth more, unless it only makes a position smaller."""

    def rule(order: SubmitOrder, view: RiskView, now: Nanoseconds) -> Denial | None:
        del now
        if order.role is _PROTECTION:
            return None
        exposure = view.exposures[order.instrument]
        ticks = order.limit_ticks or order.stop_ticks or exposure.ticks
        notional = abs(order.lots * ticks) * exposure.tick_lot
        if notional <= notional_max or _reduces(order, view):
            return None
        return Denial("notional_exceeds_max", f"{notional} quanta, allowed {notional_max}")

    return rule


def position_exceeds_max(position_max: Lots) -> Rule:
    """No order with which its side's open orders together could go beyond so many lots."""

    def rule(order: SubmitOrder, view: RiskView, now: Nanoseconds) -> Denial | None:
        del now
        if order.role is _PROTECTION:
            return None
        reach = view.exposures[order.instrument].reach(order.lots)
        if reach <= position_max:
            return None
        return Denial("position_exceeds_max", f"worst case {reach} lots, allowed {position_max}")

    return rule


def gross_exceeds_max(gross_max: Money) -> Rule:
    """No order that raises what the worst cases of all instruments are worth beyond this."""

    def rule(order: SubmitOrder, view: RiskView, now: Nanoseconds) -> Denial | None:
        del now
        if order.role is _PROTECTION:
            return None
        before = sum(_worth(exposure, 0) for exposure in view.exposures.values())
        exposure = view.exposures[order.instrument]
        gross = before - _worth(exposure, 0) + _worth(exposure, order.lots)
        if gross <= gross_max or gross <= before:
            return None
        return Denial("gross_exceeds_max", f"worst case {gross} quanta, allowed {gross_max}")

    return rule


def _worth(exposure: Exposure, lots: Lots) -> Money:
    return exposure.worst(lots) * abs(exposure.ticks) * exposure.tick_lot


def short_forbidden(long_only: tuple[str, ...]) -> Rule:
    """No order after which an instrument that may not be sold short could be short."""

    def rule(order: SubmitOrder, view: RiskView, now: Nanoseconds) -> Denial | None:
        del now
        if order.role is _PROTECTION or order.instrument not in long_only:
            return None
        exposure = view.exposures[order.instrument]
        short = exposure.lots + exposure.sells + min(order.lots, 0)
        if short >= 0 or order.lots > 0:
            return None
        return Denial("short_forbidden", f"worst case {short} lots")

    return rule


def rate_exceeds_max(orders_max: int, window_ns: Nanoseconds) -> Rule:
    """No more approvals than so many in any window of this length."""

    def rule(order: SubmitOrder, view: RiskView, now: Nanoseconds) -> Denial | None:
        if order.role is _PROTECTION:
            return None
        recent = view.approved_at
        while recent and recent[0] <= now - window_ns:
            del recent[0]
        if len(recent) < orders_max:
            return None
        return Denial("rate_exceeds_max", f"{len(recent)} orders in {window_ns} ns")

    return rule


ALWAYS: Final[tuple[Rule, ...]] = (
    trading_halted,
    duplicate_client_order_id,
    price_stale,
    self_trade,
)


def rules(limits: Limits) -> tuple[Rule, ...]:
    """A run's rules in the order of the policy: against plain error, then each set limit."""
    built: list[Rule] = list(ALWAYS)
    sized: Mapping[Callable[[int], Rule], int | None] = {
        lots_exceed_max: limits.lots_max,
        notional_exceeds_max: limits.notional_max,
        position_exceeds_max: limits.position_max,
        gross_exceeds_max: limits.gross_max,
    }
    built += [make(bound) for make, bound in sized.items() if bound is not None]
    if limits.long_only:
        built.append(short_forbidden(limits.long_only))
    if limits.orders_max is not None:
        built.append(rate_exceeds_max(limits.orders_max, limits.orders_window_ns))
    return tuple(built)
