"""User events: what the venue tells an account about its orders and balances."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct

from sims.servers.binance.accounts import Account
from sims.servers.binance.amounts import product, text_of
from sims.servers.binance.orders import Order, Trade

Event = Mapping[str, object]
NS_PER_MS: Final = 1_000_000
NS_PER_US: Final = 1_000
# A time of 15 digits or more is in microseconds: in milliseconds it would be far off.
MICROSECONDS_FROM: Final = 10**14
MILLISECOND: Final = "MILLISECOND"
UNITS: Final = {MILLISECOND: NS_PER_MS, "MICROSECOND": NS_PER_US}


class Timed(dict[str, object]):
    """An event with its times in milliseconds, which can tell them in another unit as well."""

    def __init__(self, body: Mapping[str, object], **times_ns: int) -> None:
        super().__init__(body)
        self._times_ns: Final = times_ns
        self.update(self._in(NS_PER_MS))

    def at(self, unit: int) -> Event:
        """Return the event with its times in units of so many nanoseconds."""
        return self | self._in(unit)

    def _in(self, unit: int) -> dict[str, int]:
        return {name: ns // unit for name, ns in self._times_ns.items()}


class ExecutionType(StrEnum):
    """What happened to an order."""

    NEW = "NEW"
    TRADE = "TRADE"
    CANCELED = "CANCELED"
    REPLACED = "REPLACED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    TRADE_PREVENTION = "TRADE_PREVENTION"


class Prevention(Struct, frozen=True, kw_only=True):
    """A trade of an account with itself that did not happen."""

    match_id: int
    counter: Order
    price: int
    quantity: int


class Execution(Struct, frozen=True, kw_only=True):
    """One thing that happened to an order; `trade` is there only for a TRADE, and so on."""

    kind: ExecutionType
    execution_id: int
    ts_ns: int
    trade: Trade | None = None
    prevention: Prevention | None = None
    reject_reason: str = "NONE"


def execution_report(order: Order, execution: Execution) -> Timed:
    """Describe `execution` as an `executionReport`, with the order as it stands after it."""
    now = execution.ts_ns
    head: dict[str, object] = {"e": "executionReport", "E": now, **_terms(order)}
    report = head | {
        "x": execution.kind.value,
        "X": order.status.value,
        "r": execution.reject_reason,
        "i": order.order_id,
        **_trade(execution.trade),
        "z": text_of(order.executed),
        "T": now,
        "I": execution.execution_id,
        "w": order.is_open and order.has_arrived,
        "M": False,
        "O": order.created_ns,
        "Z": text_of(order.executed_quote),
        "Q": text_of(order.terms.quote_quantity),
        "V": order.terms.self_trade.value,
        **_strategy(order),
        **_prevention(order, execution.prevention),
    }
    times = {"E": now, "T": now, "O": order.created_ns}
    if order.working_ns is not None:
        times["W"] = order.working_ns
    if order.expiry_reason is not None:
        report["eR"] = order.expiry_reason
    return Timed(report, **times)


def account_position(account: Account, assets: Iterable[str]) -> Timed:
    """Describe the balances of `assets`, absolutely, as an `outboundAccountPosition`."""
    now = account.changed_ns
    balances = {asset: account.balance(asset) for asset in assets}
    body = {
        "e": "outboundAccountPosition",
        "E": now,
        "u": now,
        "B": [
            {"a": asset, "f": text_of(balance.free), "l": text_of(balance.locked)}
            for asset, balance in balances.items()
        ],
    }
    return Timed(body, E=now, u=now)


def balance_update(asset: str, units: int, ts_ns: int) -> Timed:
    """Say that money has come or gone beside all orders, as a `balanceUpdate`."""
    sign = "-" if units < 0 else ""
    body = {
        "e": "balanceUpdate",
        "E": ts_ns,
        "a": asset,
        "d": f"{sign}{text_of(abs(units))}",
        "T": ts_ns,
    }
    return Timed(body, E=ts_ns, T=ts_ns)


def stream_terminated(ts_ns: int) -> Timed:
    """Say that a subscription has ended while its connection lives on."""
    return Timed({"e": "eventStreamTerminated"}, E=ts_ns)


def server_shutdown(ts_ns: int) -> Timed:
    """Say that the server is about to end its connections."""
    return Timed({"e": "serverShutdown"}, E=ts_ns)


def _terms(order: Order) -> Event:
    terms = order.terms
    return {
        "s": terms.symbol,
        "c": order.client_order_id,
        "S": terms.side.value,
        "o": terms.order_type.value,
        "f": terms.time_in_force.value,
        "q": text_of(terms.quantity),
        "p": text_of(terms.price),
        "P": text_of(terms.stop_price),
        "F": text_of(0),
        "g": order.list_id,
        "C": order.original_client_order_id,
    }


def _strategy(order: Order) -> Event:
    values = {"j": order.terms.strategy_id, "J": order.terms.strategy_type}
    return {name: value for name, value in values.items() if value is not None}


def _prevention(order: Order, prevention: Prevention | None) -> Event:
    if prevention is None:
        return {}
    quantity = text_of(prevention.quantity)
    return {
        "v": prevention.match_id,
        "A": text_of(order.prevented),
        "B": quantity,
        "u": prevention.match_id,
        "U": prevention.counter.order_id,
        "Cs": prevention.counter.terms.symbol,
        "pl": quantity,
        "pL": text_of(prevention.price),
        "pY": text_of(product(prevention.price, prevention.quantity)),
    }


def _trade(trade: Trade | None) -> Event:
    if trade is None:
        zero = text_of(0)
        return {"l": zero, "L": zero, "n": "0", "N": None, "t": -1, "m": False, "Y": zero}
    return {
        "l": text_of(trade.quantity),
        "L": text_of(trade.price),
        "n": text_of(trade.commission),
        "N": trade.commission_asset,
        "t": trade.trade_id,
        "m": trade.is_maker,
        "Y": text_of(trade.quote),
    }
