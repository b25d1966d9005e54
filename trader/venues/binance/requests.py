"""What we ask of the venue: each request's method and parameters.

An order is signed with the instant of its decision and a short validity. So an order that was held
up on its way, by a stopped process or a dead line, is refused by the venue instead of trading late.

What we cannot ask for exactly is not asked for at all: an order that would mean something else at
the venue is none of it.
"""

from typing import Final

from msgspec import Struct

from trader.model.orders import OrderType, SubmitOrder, TimeInForce
from trader.model.units import MILLISECOND_NS, Nanoseconds
from trader.venues.binance.grid import Grid
from trader.venues.binance.signing import Params, Value


class Request(Struct, frozen=True):
    """A method and its parameters, before they are signed."""

    method: str
    params: Params


def _timed(now: Nanoseconds, **params: Value) -> dict[str, Value]:
    return {**params, "timestamp": now // MILLISECOND_NS}


def subscribe(now: Nanoseconds) -> Request:
    """Tell this connection what happens to the account."""
    return Request("userDataStream.subscribe.signature", _timed(now))


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
    params = _timed(
        order.ts_decided,
        symbol=grid.symbol,
        side="BUY" if order.lots > 0 else "SELL",
        type=_TYPES[order.order_type],
        quantity=grid.size_text(order.lots),
        newClientOrderId=order.client_order_id,
        newOrderRespType="FULL",
        recvWindow=window_ms,
    )
    if order.order_type is OrderType.LIMIT:
        assert order.limit_ticks is not None, order
        params |= {"timeInForce": order.time_in_force.name}
        params |= {"price": grid.price_text(order.limit_ticks)}
    if order.order_type is OrderType.STOP:
        assert order.stop_ticks is not None, order
        params |= {"stopPrice": grid.price_text(order.stop_ticks)}
    return Request("order.place", params)


def cancel(client_order_id: str, grid: Grid, now: Nanoseconds) -> Request:
    """Take an order back."""
    named = _timed(now, symbol=grid.symbol, origClientOrderId=client_order_id)
    return Request("order.cancel", named)


def order_status(client_order_id: str, grid: Grid, now: Nanoseconds) -> Request:
    """What became of an order."""
    named = _timed(now, symbol=grid.symbol, origClientOrderId=client_order_id)
    return Request("order.status", named)


def open_orders(grid: Grid, now: Nanoseconds) -> Request:
    """The orders that work in a symbol."""
    return Request("openOrders.status", _timed(now, symbol=grid.symbol))


def trades(order_id: int, grid: Grid, now: Nanoseconds) -> Request:
    """The fills of an order, which the venue knows by its own id."""
    return Request("myTrades", _timed(now, symbol=grid.symbol, orderId=order_id))


def account(now: Nanoseconds) -> Request:
    """What the account holds."""
    return Request("account.status", _timed(now, omitZeroBalances="true"))


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
