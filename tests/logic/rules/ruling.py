"""A gate for tests: two instruments at 100 ticks, and what happens to orders in them."""

from typing import Any, Final

from trader.logic.rules.gate import Gate
from trader.logic.rules.limits import Facts, Limits
from trader.logic.rules.view import Account, Denial, Exposure
from trader.model.control import TradingState
from trader.model.market import BarClosed, Quote
from trader.model.orders import (
    OrderFilled,
    OrderReplaced,
    OrderRole,
    OrderStatus,
    OrderType,
    SubmitOrder,
    TimeInForce,
)
from trader.model.units import MINUTE_NS, NONE, Lots, Nanoseconds, Ticks

A: Final = "A.v"
B: Final = "B.v"
NOW: Final = 2 * MINUTE_NS
ACTIVE: Final = TradingState.ACTIVE
REDUCING: Final = TradingState.REDUCING
FLATTENING: Final = TradingState.FLATTENING
HALTED: Final = TradingState.HALTED
PARTLY: Final = OrderStatus.PARTIALLY_FILLED
FILLED: Final = OrderStatus.FILLED
CANCELED: Final = OrderStatus.CANCELED


def facts(name: str = A, half: int = 1, **fields: Any) -> Facts:
    return Facts(name=name, half=half, **fields)


def cold(
    *instruments: Facts, trading: TradingState = ACTIVE, halted: str | None = None, **limits: Any
) -> Gate:
    """Without a price. In A half a tick x lot is worth 1, in B 2."""
    known = instruments or (facts(), facts(B, 2))
    account = Account(
        exposures={each.name: Exposure(half=each.half) for each in known},
        limits=Limits(**limits),
        trading=trading,
        halted={} if halted is None else {A: halted},
    )
    return Gate(account, known)


def ruled(
    *instruments: Facts,
    price: Ticks = 100,
    trading: TradingState = ACTIVE,
    halted: str | None = None,
    **limits: Any,
) -> Gate:
    """With a price in every instrument."""
    gate = cold(*instruments, trading=trading, halted=halted, **limits)
    for name in gate.account.exposures:
        priced(gate, price, name)
    return gate


def priced(gate: Gate, ticks: Ticks, name: str = A, ts: Nanoseconds = NOW) -> None:
    """A bar has closed there."""
    bar = BarClosed(name, MINUTE_NS, ticks, ticks, ticks, ticks, 1, ts - MINUTE_NS, ts)
    gate.account.exposures[name].last = bar


def quoted(gate: Gate, bid: Ticks, ask: Ticks, name: str = A) -> None:
    gate.account.exposures[name].last = Quote(name, bid, ask, NONE, NONE, NOW)


def order(lots: Lots, id_: str = "o", **fields: Any) -> SubmitOrder:
    """A market order that strategy `one` asked for itself, in A."""
    usual: dict[str, Any] = {
        "strategy": "one",
        "instrument": A,
        "order_type": OrderType.MARKET,
        "limit_ticks": None,
        "stop_ticks": None,
        "time_in_force": TimeInForce.GTC,
        "role": OrderRole.EXPLICIT,
        "parent": "",
        "ref_ticks": 100,
        "ts_decided": 0,
    }
    return SubmitOrder(client_order_id=id_, lots=lots, **{**usual, **fields})


def limit(lots: Lots, ticks: Ticks, id_: str = "o", **fields: Any) -> SubmitOrder:
    return order(lots, id_, order_type=OrderType.LIMIT, limit_ticks=ticks, **fields)


def stop(lots: Lots, ticks: Ticks, id_: str = "o", **fields: Any) -> SubmitOrder:
    return order(lots, id_, order_type=OrderType.STOP, stop_ticks=ticks, **fields)


def stop_limit(
    lots: Lots, stop_ticks: Ticks, ticks: Ticks, id_: str = "o", **fields: Any
) -> SubmitOrder:
    kind = OrderType.STOP_LIMIT
    return order(lots, id_, order_type=kind, stop_ticks=stop_ticks, limit_ticks=ticks, **fields)


def target(lots: Lots, id_: str = "o", **fields: Any) -> SubmitOrder:
    return order(lots, id_, role=OrderRole.TARGET, **fields)


def guard(lots: Lots, id_: str = "g", ticks: Ticks = 90, **fields: Any) -> SubmitOrder:
    """A protective stop."""
    return stop(lots, ticks, id_, role=OrderRole.PROTECTION, **fields)


def judged(gate: Gate, one: SubmitOrder, now: Nanoseconds = NOW) -> Denial | None:
    """What the gate says; what it lets pass is approved."""
    return gate.admit(one, now)


def codes(gate: Gate, *orders: SubmitOrder, now: Nanoseconds = NOW) -> list[str]:
    """For each order in turn the rule that denies it, or nothing."""
    said = [judged(gate, one, now) for one in orders]
    return [denial.code if denial else "" for denial in said]


def asked(gate: Gate, *orders: SubmitOrder, now: Nanoseconds = NOW) -> list[str]:
    """The same, each as if the others had never been."""
    said = [gate.judge(one, now) for one in orders]
    return [denial.code if denial else "" for denial in said]


def fill(lots: Lots, id_: str = "o", status: OrderStatus = FILLED, **fields: Any) -> OrderFilled:
    usual: dict[str, Any] = {"strategy": "one", "instrument": A, "trade_id": "t"}
    return OrderFilled(
        client_order_id=id_,
        last_lots=lots,
        last_ticks=100,
        status=status,
        **{**usual, **fields},
    )


def holds(gate: Gate, lots: Lots, strategy: str = "one", instrument: str = A) -> Gate:
    """The strategy has bought or sold so many, with orders nobody here knows of."""
    gate.counting.fill(fill(lots, "before", strategy=strategy, instrument=instrument))
    return gate


def replaced(lots: Lots, id_: str = "o", **prices: Any) -> OrderReplaced:
    return OrderReplaced(client_order_id=id_, instrument=A, lots=lots, **prices)
