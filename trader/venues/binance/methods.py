"""What can be asked of the venue, by either way: one table of methods.

The name is that of the WebSocket API. What a request weighs is the venue's figure; some weigh
according to what is asked.
"""

from enum import Enum
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from trader.venues.binance.signing import Params


class Access(Enum):
    """What proves who asks."""

    PUBLIC = "public"
    SIGNED = "signed"
    SESSION = "session"
    """Nothing but the logon of the connection."""


class Need(Enum):
    """What a request is for: what may use the weight that is kept back, and what may not."""

    PLACE = "place"
    WAY_OUT = "way out"
    """Cancels, and questions about what became of orders and of the account."""
    MARKET = "market"


class Method(Struct, frozen=True):
    """One method; a verb of "" has no way by REST."""

    verb: str
    path: str
    weight: int
    need: Need
    access: Access = Access.SIGNED


_API: Final = "/api/v3/"
_PUBLIC, _SESSION = Access.PUBLIC, Access.SESSION
_PLACE, _OUT, _MARKET = Need.PLACE, Need.WAY_OUT, Need.MARKET

METHODS: Final = MappingProxyType(
    {
        "time": Method("GET", _API + "time", 1, _OUT, _PUBLIC),
        "exchangeInfo": Method("GET", _API + "exchangeInfo", 20, _MARKET, _PUBLIC),
        "depth": Method("GET", _API + "depth", 250, _MARKET, _PUBLIC),
        "klines": Method("GET", _API + "klines", 2, _MARKET, _PUBLIC),
        "ticker.book": Method("GET", _API + "ticker/bookTicker", 2, _MARKET, _PUBLIC),
        "session.logon": Method("", "", 2, _OUT),
        "userDataStream.subscribe": Method("", "", 2, _OUT, _SESSION),
        "userDataStream.subscribe.signature": Method("", "", 2, _OUT),
        "order.place": Method("POST", _API + "order", 1, _PLACE),
        "order.cancel": Method("DELETE", _API + "order", 1, _OUT),
        "order.status": Method("GET", _API + "order", 4, _OUT),
        "order.cancelReplace": Method("POST", _API + "order/cancelReplace", 1, _PLACE),
        "order.amend.keepPriority": Method("PUT", _API + "order/amend/keepPriority", 4, _OUT),
        "orderList.place.oco": Method("POST", _API + "orderList/oco", 1, _PLACE),
        "orderList.place.oto": Method("POST", _API + "orderList/oto", 1, _PLACE),
        "orderList.place.otoco": Method("POST", _API + "orderList/otoco", 1, _PLACE),
        "openOrders.status": Method("GET", _API + "openOrders", 80, _OUT),
        "openOrders.cancelAll": Method("DELETE", _API + "openOrders", 1, _OUT),
        "allOrders": Method("GET", _API + "allOrders", 20, _OUT),
        "myTrades": Method("GET", _API + "myTrades", 20, _OUT),
        "account.status": Method("GET", _API + "account", 20, _OUT),
    }
)

_DEPTHS: Final = ((100, 5), (500, 25), (1_000, 50))
_OPEN_OF_A_SYMBOL: Final = 6
_TRADES_OF_AN_ORDER: Final = 5


def weight_of(method: str, params: Params) -> int:
    """What a request takes of the weight that the venue allows.

    >>> weight_of("depth", {"symbol": "X", "limit": 1000}), weight_of("depth", {"limit": 5000})
    (50, 250)
    >>> weight_of("openOrders.status", {"symbol": "X"}), weight_of("myTrades", {"orderId": 1})
    (6, 5)
    """
    if method == "depth":
        limit = int(params.get("limit", 100))
        return next((weight for up_to, weight in _DEPTHS if limit <= up_to), METHODS[method].weight)
    if method == "openOrders.status" and "symbol" in params:
        return _OPEN_OF_A_SYMBOL
    if method == "myTrades" and "orderId" in params:
        return _TRADES_OF_AN_ORDER
    return METHODS[method].weight
