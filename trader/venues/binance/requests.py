"""What we ask of the venue: each request's method and parameters.

An order is signed with the instant of its decision and a short validity. So an order that was held
up on its way, by a stopped process or a dead line, is refused by the venue instead of trading late.

What we cannot ask for exactly is not asked for at all: an order that would mean something else at
the venue is none of it.
"""

from typing import Final

from msgspec import Struct

from trader.model.orders import OrderType, SubmitOrder, TimeInForce
from trader.model.units import Nanoseconds
from trader.venues.binance.grid import Grid
from trader.venues.binance.signing import Value


class Request(Struct, frozen=True):
    """A method and its parameters, before it is signed; `at` is the instant to sign it with.

    Without one it is signed with the instant at which it leaves.
    """

    method: str
    params: dict[str, Value] = {}
    at: Nanoseconds | None = None


def time() -> Request:
    """What time it is at the venue."""
    return Request("time")


def logon() -> Request:
    """Make everything that this connection asks from now on ours."""
    return Request("session.logon")


def subscribe() -> Request:
    """Tell this connection, which has logged on, what happens to the account."""
    return Request("userDataStream.subscribe")


def subscribe_signed() -> Request:
    """Tell this connection, which has not logged on, what happens to the account."""
    return Request("userDataStream.subscribe.signature")


def unsupported(order: SubmitOrder) -> str:
    """What of the order `place` cannot say to the venue; empty if it can say all of it."""
    kind = order.order_type
    if kind not in _TYPES:
        return f"order type {kind.name}"
    if order.time_in_force not in _LIVES[kind]:
        return f"time in force {order.time_in_force.name} of a {kind.name}"
    if order.group:
        return "group"
    return "parent" if order.parent else ""


def place(order: SubmitOrder, grid: Grid, window_ms: int) -> Request:
    """Place an order that is worth nothing `window_ms` after its decision.

    It has to be one of which nothing is `unsupported`.
    """
    params: dict[str, Value] = {
        "symbol": grid.symbol,
        "side": "BUY" if order.lots > 0 else "SELL",
        "type": _TYPES[order.order_type],
        "quantity": grid.size_text(order.lots),
        "newClientOrderId": order.client_order_id,
        "newOrderRespType": "FULL",
        "recvWindow": window_ms,
    }
    if order.order_type is OrderType.LIMIT:
        assert order.limit_ticks is not None, order
        params |= {"timeInForce": order.time_in_force.name}
        params |= {"price": grid.price_text(order.limit_ticks)}
    if order.order_type is OrderType.STOP:
        assert order.stop_ticks is not None, order
        params |= {"stopPrice": grid.price_text(order.stop_ticks)}
    return Request("order.place", params, order.ts_decided)


def cancel(client_order_id: str, grid: Grid) -> Request:
    """Take an order back."""
    return Request("order.cancel", _named(client_order_id, grid))


def order_status(client_order_id: str, grid: Grid) -> Request:
    """What became of an order."""
    return Request("order.status", _named(client_order_id, grid))


def open_orders(grid: Grid) -> Request:
    """The orders that work in a symbol."""
    return Request("openOrders.status", {"symbol": grid.symbol})


def trades(order_id: int, grid: Grid) -> Request:
    """The fills of an order, which the venue knows by its own id."""
    return Request("myTrades", {"symbol": grid.symbol, "orderId": order_id})


def account() -> Request:
    """What the account holds."""
    return Request("account.status", {"omitZeroBalances": "true"})


def _named(client_order_id: str, grid: Grid) -> dict[str, Value]:
    return {"symbol": grid.symbol, "origClientOrderId": client_order_id}


_TYPES: Final = {
    OrderType.MARKET: "MARKET",
    OrderType.LIMIT: "LIMIT",
    OrderType.STOP: "STOP_LOSS",
}
_LIVES: Final = {
    OrderType.MARKET: frozenset({TimeInForce.GTC, TimeInForce.DAY, TimeInForce.IOC}),
    OrderType.LIMIT: frozenset({TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK}),
    OrderType.STOP: frozenset({TimeInForce.GTC}),
}
"""How long each may be meant to work. A market order takes what there is and never rests, so it may
say so in three ways; the venue knows no end of a day.
"""
