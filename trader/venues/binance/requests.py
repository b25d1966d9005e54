"""What we ask of the venue: each request's method and parameters.

An order is signed with the instant of its decision and a short validity. So an order that was held
up on its way, by a stopped process or a dead line, is refused by the venue instead of trading late.
"""

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from trader.model.units import Lots, Nanoseconds
from trader.venues.binance.grid import Grid
from trader.venues.binance.signing import Value
from trader.venues.binance.terms import LIMIT, MAKER, Terms


class Leg(NamedTuple):
    """An order of a list: its name and its terms."""

    name: str
    terms: Terms


Pair: TypeAlias = tuple[Leg, Leg]


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


def place(name: str, terms: Terms, grid: Grid, window_ms: int) -> Request:
    """Place an order."""
    params = _head(grid, window_ms) | {"side": terms.side, "quantity": grid.size_text(terms.lots)}
    return Request("order.place", params | _leg("", name, terms, grid))


def oco(legs: Pair, grid: Grid, window_ms: int) -> Request:
    """Place a stop and a limit of which one ends the other."""
    terms = legs[0].terms
    params = _head(grid, window_ms) | {
        "side": terms.side,
        "quantity": grid.size_text(terms.lots),
    }
    return Request("orderList.place.oco", params | _pair("", legs, grid))


def oto(entry: Leg, child: Leg, grid: Grid, window_ms: int) -> Request:
    """Place an order, and another one that comes to life when the first has filled."""
    params = _entry(entry, grid, window_ms) | {
        "pendingSide": child.terms.side,
        "pendingQuantity": grid.size_text(child.terms.lots),
    }
    return Request("orderList.place.oto", params | _leg("pending", *child, grid))


def otoco(entry: Leg, children: Pair, grid: Grid, window_ms: int) -> Request:
    """Place an order, and a pair that comes to life when the first has filled."""
    terms = children[0].terms
    params = _entry(entry, grid, window_ms) | {
        "pendingSide": terms.side,
        "pendingQuantity": grid.size_text(terms.lots),
    }
    return Request("orderList.place.otoco", params | _pair("pending", children, grid))


def swap(name: str, leg: Leg, grid: Grid, window_ms: int, *, is_whole: bool) -> Request:
    """Cancel an order and place another one in its stead, or do neither.

    `is_whole` says that nothing of it has filled: it is left alone if something has by then.
    """
    params = _head(grid, window_ms) | {
        "cancelReplaceMode": "STOP_ON_FAILURE",
        "cancelOrigClientOrderId": name,
        "side": leg.terms.side,
        "quantity": grid.size_text(leg.terms.lots),
    }
    if is_whole:
        params["cancelRestrictions"] = "ONLY_NEW"
    return Request("order.cancelReplace", params | _leg("", *leg, grid))


def amend(name: str, lots: Lots, grid: Grid) -> Request:
    """Make an order smaller, which keeps its place in the queue and its name."""
    params = _named(name, grid) | {"newClientOrderId": name, "newQty": grid.size_text(lots)}
    return Request("order.amend.keepPriority", params)


def cancel(name: str, grid: Grid) -> Request:
    """Take an order back."""
    return Request("order.cancel", _named(name, grid))


def order_status(name: str, grid: Grid) -> Request:
    """What became of an order."""
    return Request("order.status", _named(name, grid))


def order_by_number(order_id: int, grid: Grid) -> Request:
    """The order that has this number at the venue."""
    return Request("order.status", {"symbol": grid.symbol, "orderId": order_id})


def open_orders(grid: Grid) -> Request:
    """The orders that work in a symbol."""
    return Request("openOrders.status", {"symbol": grid.symbol})


def orders_since(order_id: int, grid: Grid) -> Request:
    """All orders of a symbol from this one on, open and ended."""
    return Request("allOrders", {"symbol": grid.symbol, "orderId": order_id})


def trades_since(trade_id: int, grid: Grid) -> Request:
    """The account's fills in a symbol from this one on."""
    return Request("myTrades", {"symbol": grid.symbol, "fromId": trade_id, "limit": 1_000})


def trades(order_id: int, grid: Grid) -> Request:
    """The fills of an order, which the venue knows by its own id."""
    return Request("myTrades", {"symbol": grid.symbol, "orderId": order_id})


def book_ticker(grid: Grid) -> Request:
    """The best prices of a symbol."""
    return Request("ticker.book", {"symbol": grid.symbol})


def depth(symbol: str) -> Request:
    """A snapshot of a book, as deep as the venue has it."""
    return Request("depth", {"symbol": symbol, "limit": 5_000})


def exchange_info(symbols: Iterable[str]) -> Request:
    """The rules of some symbols."""
    listed = ",".join(f'"{symbol}"' for symbol in symbols)
    return Request("exchangeInfo", {"symbols": f"[{listed}]"})


def klines(grid: Grid, interval: str, start_ms: int, limit: int) -> Request:
    """Bars from an instant on, the one under way among them."""
    return Request(
        "klines",
        {"symbol": grid.symbol, "interval": interval, "startTime": start_ms, "limit": limit},
    )


def account() -> Request:
    """What the account holds."""
    return Request("account.status", {"omitZeroBalances": "true"})


def _named(name: str, grid: Grid) -> dict[str, Value]:
    return {"symbol": grid.symbol, "origClientOrderId": name}


def _head(grid: Grid, window_ms: int) -> dict[str, Value]:
    return {"symbol": grid.symbol, "newOrderRespType": "FULL", "recvWindow": window_ms}


def _entry(entry: Leg, grid: Grid, window_ms: int) -> dict[str, Value]:
    return (
        _head(grid, window_ms)
        | {
            "workingSide": entry.terms.side,
            "workingQuantity": grid.size_text(entry.terms.lots),
        }
        | _leg("working", *entry, grid)
    )


def _pair(prefix: str, legs: Pair, grid: Grid) -> dict[str, Value]:
    """A stop and a limit, told apart by which of them lies above the market."""
    stop, limit = legs if legs[0].terms.is_stop else legs[::-1]
    above, below = (stop, limit) if stop.terms.sign > 0 else (limit, stop)
    return _leg(f"{prefix}Above", *_maker(above), grid) | _leg(
        f"{prefix}Below", *_maker(below), grid
    )


def _maker(leg: Leg) -> Leg:
    """A limit in a pair may only rest."""
    if leg.terms.kind != LIMIT:
        return leg
    return Leg(leg.name, replace(leg.terms, kind=MAKER, life=""))


def _leg(prefix: str, name: str, terms: Terms, grid: Grid) -> dict[str, Value]:
    """One order's own parameters, under names that begin with the prefix."""
    leg: dict[str, Value] = {"type": terms.kind}
    if terms.life:
        leg["timeInForce"] = terms.life
    if terms.limit_ticks is not None:
        leg["price"] = grid.price_text(terms.limit_ticks)
    if terms.stop_ticks is not None:
        leg["stopPrice"] = grid.price_text(terms.stop_ticks)
    if not prefix:
        return leg | {"newClientOrderId": name}
    prefix = prefix[0].lower() + prefix[1:]
    leg["clientOrderId"] = name
    return {f"{prefix}{key[0].upper()}{key[1:]}": value for key, value in leg.items()}
