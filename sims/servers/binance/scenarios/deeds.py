"""What a scenario does once, at its time or when it is asked to."""

from enum import StrEnum
from typing import Literal

from msgspec import Struct

from sims.servers.binance.amounts import amount
from sims.servers.binance.markets import MarketStatus
from sims.servers.binance.orders import OrderType, Side, TimeInForce


class Surface(StrEnum):
    """Which connections a deed strikes."""

    ALL = "all"
    WS_API = "ws_api"
    STREAMS = "streams"


class Deed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do"):
    """What every deed has: when it is done, counted from the venue's start."""

    at_s: float = 0.0


class Halt(Deed, frozen=True, kw_only=True, tag="halt"):
    """A symbol changes its status."""

    symbol: str
    status: MarketStatus = MarketStatus.HALT


class Resume(Deed, frozen=True, kw_only=True, tag="resume"):
    """A symbol trades again."""

    symbol: str


class ChangeFilter(Deed, frozen=True, kw_only=True, tag="change_filter"):
    """A symbol's rules change; what is not named stays as it is."""

    symbol: str
    tick: str | None = None
    step: str | None = None
    price_max: str | None = None
    quantity_max: str | None = None
    notional_min: str | None = None
    notional_max: str | None = None

    @property
    def changes(self) -> dict[str, int]:
        """The rules that change, in units of 10^-8."""
        names = ("tick", "step", "price_max", "quantity_max", "notional_min", "notional_max")
        texts = {name: getattr(self, name) for name in names}
        return {name: amount(text) for name, text in texts.items() if text is not None}


class Bust(Deed, frozen=True, kw_only=True, tag="bust"):
    """A trade of an account never was; without an id its last one."""

    symbol: str
    account: str = "main"
    trade_id: int | None = None


class HumanOrder(Deed, frozen=True, kw_only=True, tag="human_order"):
    """Somebody places an order on an account by hand."""

    symbol: str
    side: Side
    quantity: str
    account: str = "main"
    type: OrderType = OrderType.MARKET
    price: str | None = None
    time_in_force: TimeInForce = TimeInForce.GTC


class HumanCancel(Deed, frozen=True, kw_only=True, tag="human_cancel"):
    """Somebody cancels an order of an account by hand; without an id all of them."""

    symbol: str
    account: str = "main"
    order_id: int | None = None


class Transfer(Deed, frozen=True, kw_only=True, tag="transfer"):
    """Money comes to an account, or goes if it is below zero."""

    asset: str
    amount: str
    account: str = "main"


class Skew(Deed, frozen=True, kw_only=True, tag="skew"):
    """The venue's clock is so far ahead, or behind if it is below zero."""

    ms: int


class Silence(Deed, frozen=True, kw_only=True, tag="silence"):
    """Connections of this moment say nothing more, but stay alive."""

    surface: Surface = Surface.ALL
    for_s: float | None = None


class HalfOpen(Deed, frozen=True, kw_only=True, tag="half_open"):
    """Connections of this moment are dead, and nobody is told; not even pings come."""

    surface: Surface = Surface.ALL
    for_s: float | None = None


class Disconnect(Deed, frozen=True, kw_only=True, tag="disconnect"):
    """Connections end: with a word before, or just so."""

    surface: Surface = Surface.ALL
    how: Literal["announced", "cut"] = "cut"


AnyDeed = (
    Halt
    | Resume
    | ChangeFilter
    | Bust
    | HumanOrder
    | HumanCancel
    | Transfer
    | Skew
    | Silence
    | HalfOpen
    | Disconnect
)
