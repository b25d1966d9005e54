"""What an order asks of the venue: the core's numbers and the venue's words.

What has no words at the venue is told by `unsupported`, and is never asked for: an order that would
mean something else there is none of it. The venue knows no end of a day: whoever wants one takes
the order back himself. Its take-profit orders are not used: a profit is taken by a limit.
"""

from types import MappingProxyType
from typing import Final

from msgspec import Struct

from trader.errors import VenueFault
from trader.model.orders import OrderType, SubmitOrder, TimeInForce
from trader.model.units import Lots, Ticks
from trader.venues.binance.frames import OrderState
from trader.venues.binance.grid import Grid

LIMIT: Final = "LIMIT"
MAKER: Final = "LIMIT_MAKER"
STOP: Final = "STOP_LOSS"
STOP_LIMIT: Final = "STOP_LOSS_LIMIT"
GTC: Final = "GTC"


class Terms(Struct, frozen=True, kw_only=True):
    """An order at the venue: `lots` are unsigned, `sign` is 1 to buy and -1 to sell.

    `life` is its time in force, empty where its kind has none.
    """

    sign: int
    lots: Lots
    kind: str
    life: str = ""
    limit_ticks: Ticks | None = None
    stop_ticks: Ticks | None = None

    @property
    def side(self) -> str:
        """The venue's word for the sign."""
        return "BUY" if self.sign > 0 else "SELL"

    @property
    def is_stop(self) -> bool:
        """Whether a price triggers it."""
        return self.stop_ticks is not None

    @property
    def rests(self) -> bool:
        """Whether it stays until it is filled or canceled, so that a list can hold it."""
        return self.kind in {MAKER, STOP} or self.life == GTC


_MARKET = OrderType.MARKET
_KINDS: Final = MappingProxyType(
    {
        (_MARKET, TimeInForce.GTC): ("MARKET", ""),
        (_MARKET, TimeInForce.DAY): ("MARKET", ""),
        (_MARKET, TimeInForce.IOC): ("MARKET", ""),
        (OrderType.LIMIT, TimeInForce.GTC): (LIMIT, GTC),
        (OrderType.LIMIT, TimeInForce.DAY): (LIMIT, GTC),
        (OrderType.LIMIT, TimeInForce.IOC): (LIMIT, "IOC"),
        (OrderType.LIMIT, TimeInForce.FOK): (LIMIT, "FOK"),
        (OrderType.LIMIT, TimeInForce.GTX): (MAKER, ""),
        (OrderType.STOP, TimeInForce.GTC): (STOP, ""),
        (OrderType.STOP, TimeInForce.DAY): (STOP, ""),
        (OrderType.STOP_LIMIT, TimeInForce.GTC): (STOP_LIMIT, GTC),
        (OrderType.STOP_LIMIT, TimeInForce.DAY): (STOP_LIMIT, GTC),
        (OrderType.STOP_LIMIT, TimeInForce.IOC): (STOP_LIMIT, "IOC"),
        (OrderType.STOP_LIMIT, TimeInForce.FOK): (STOP_LIMIT, "FOK"),
    }
)
"""The venue's kind and time in force. A market order takes what there is and never rests, so it may
say so in three ways.
"""
_LIMITED: Final = frozenset({LIMIT, MAKER, STOP_LIMIT})
_SIGNS: Final = MappingProxyType({"BUY": 1, "SELL": -1})


def unsupported(order: SubmitOrder) -> str:
    """What of the order cannot be said to the venue; empty if all of it can."""
    if (order.order_type, order.time_in_force) not in _KINDS:
        return f"time in force {order.time_in_force.name} of a {order.order_type.name}"
    return ""


def terms_of(order: SubmitOrder) -> Terms:
    """The terms of an order of which nothing is `unsupported`."""
    kind, life = _KINDS[order.order_type, order.time_in_force]
    has_limit = kind in _LIMITED
    has_stop = kind in {STOP, STOP_LIMIT}
    assert not has_limit or order.limit_ticks is not None, order
    assert not has_stop or order.stop_ticks is not None, order
    return Terms(
        sign=sign_of(order.lots),
        lots=abs(order.lots),
        kind=kind,
        life=life,
        limit_ticks=order.limit_ticks if has_limit else None,
        stop_ticks=order.stop_ticks if has_stop else None,
    )


def terms_of_state(state: OrderState, grid: Grid) -> Terms:
    """The terms of an order as a query tells it."""
    return Terms(
        sign=side_sign(state.side),
        lots=grid.lots(state.size),
        kind=state.type,
        life=state.life if state.type in {LIMIT, STOP_LIMIT} else "",
        limit_ticks=grid.ticks(state.price) if state.type in _LIMITED else None,
        stop_ticks=grid.ticks(state.stop_price) if state.type in {STOP, STOP_LIMIT} else None,
    )


def sign_of(lots: Lots) -> int:
    """1 for lots that are bought, -1 for lots that are sold."""
    return 1 if lots > 0 else -1


def side_sign(side: str) -> int:
    """1 for the venue's word for buying, -1 for its word for selling."""
    if side not in _SIGNS:
        raise VenueFault(f"{side[:20]!r} is no side")
    return _SIGNS[side]
