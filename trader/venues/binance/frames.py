"""A frame's bytes as an answer or an event, with the fields that concern us and no others.

The venue adds fields, events and reasons several times a year, so what we do not know is passed
over. What we need and cannot find is its fault.
"""

from typing import Any, Final, TypeVar

import msgspec
from msgspec import Raw, Struct, field

from trader.errors import VenueFault

T = TypeVar("T")
_NOTHING: Final = Raw(b"")


class RateLimit(Struct, frozen=True, kw_only=True):
    """A limit as the venue tells it; without a count where it only describes it."""

    kind: str = field(name="rateLimitType")
    interval: str
    number: int = field(name="intervalNum")
    limit: int
    count: int | None = None


class ErrorData(Struct, frozen=True, kw_only=True):
    """What goes with an error: when a limit ends, in milliseconds, or how far a change came."""

    retry_after: int = field(name="retryAfter", default=0)
    cancel_result: str = field(name="cancelResult", default="")
    new_result: str = field(name="newOrderResult", default="")
    cancel_response: Raw = field(name="cancelResponse", default=_NOTHING)
    new_response: Raw = field(name="newOrderResponse", default=_NOTHING)


class ErrorBody(Struct, frozen=True):
    """What the venue says went wrong."""

    code: int
    text: str = field(name="msg", default="")
    data: ErrorData | None = None


class Event(Struct, frozen=True):
    """The kind of an event; what else is in it depends on that."""

    kind: str = field(name="e", default="")


class Frame(Struct, frozen=True, kw_only=True):
    """Either an answer, known by its id, or an event."""

    id: int | str | None = None
    status: int = 0
    result: Raw = Raw(b"null")
    error: ErrorBody | None = None
    event: Raw = _NOTHING
    limits: tuple[RateLimit, ...] = field(name="rateLimits", default=())

    @property
    def is_event(self) -> bool:
        """Whether the venue says something of its own accord."""
        return bool(bytes(self.event))


class Execution(Struct, frozen=True, kw_only=True):
    """An `executionReport`. `original_id` is the order's own id where `client_id` is a cancel's.

    `size` and `executed` are the order's after it; `prevented` is what will never trade because it
    would have met an order of the same owner.
    """

    symbol: str = field(name="s")
    client_id: str = field(name="c")
    original_id: str | None = field(name="C", default="")
    side: str = field(name="S")
    kind: str = field(name="x")
    status: str = field(name="X", default="")
    order_id: int = field(name="i")
    list_id: int = field(name="g", default=-1)
    size: str = field(name="q", default="0")
    price: str = field(name="p", default="0")
    executed: str = field(name="z", default="0")
    prevented: str = field(name="A", default="0")
    trade_id: int = field(name="t", default=-1)
    allocation_id: int = field(name="a", default=-1)
    last_size: str = field(name="l", default="0")
    last_price: str = field(name="L", default="0")
    commission: str | None = field(name="n", default="0")
    commission_asset: str | None = field(name="N", default=None)
    is_maker: bool = field(name="m", default=False)
    reject_reason: str = field(name="r", default="")
    expiry_reason: str = field(name="eR", default="")
    ts_ms: int = field(name="T")


class Fill(Struct, frozen=True, kw_only=True):
    """One of the trades that filled a new order at once."""

    trade_id: int = field(name="tradeId")
    price: str
    size: str = field(name="qty")
    commission: str = "0"
    commission_asset: str | None = field(name="commissionAsset", default=None)


class Placed(Struct, frozen=True, kw_only=True):
    """The answer to a new order; an acknowledgement has no status."""

    client_id: str = field(name="clientOrderId")
    order_id: int = field(name="orderId")
    list_id: int = field(name="orderListId", default=-1)
    ts_ms: int = field(name="transactTime")
    status: str = ""
    side: str = ""
    executed: str = field(name="executedQty", default="0")
    expiry_reason: str = field(name="expiryReason", default="")
    fills: tuple[Fill, ...] = ()


class ListPlaced(Struct, frozen=True, kw_only=True):
    """The answer to a list of orders: a report for each."""

    reports: tuple[Placed, ...] = field(name="orderReports")


class Canceled(Struct, frozen=True, kw_only=True):
    """The answer to a cancel: an order, or a list with a report for each of its orders."""

    original_id: str = field(name="origClientOrderId", default="")
    ts_ms: int = field(name="transactTime", default=0)
    executed: str = field(name="executedQty", default="0")
    reports: tuple["Canceled", ...] = field(name="orderReports", default=())


class Swapped(Struct, frozen=True, kw_only=True):
    """The answer to a cancel and a new order in its place."""

    canceled: Canceled = field(name="cancelResponse")
    placed: Placed = field(name="newOrderResponse")


class Amended(Struct, frozen=True, kw_only=True):
    """The answer to a smaller size: the order as it is now."""

    client_id: str = field(name="clientOrderId")
    size: str = field(name="qty")
    executed: str = field(name="executedQty", default="0")


class Amendment(Struct, frozen=True, kw_only=True):
    """What wraps an amended order."""

    order: Amended = field(name="amendedOrder")
    ts_ms: int = field(name="transactTime")


class OrderState(Struct, frozen=True, kw_only=True):
    """An order as a query tells it, open or ended."""

    symbol: str
    client_id: str = field(name="clientOrderId")
    order_id: int = field(name="orderId")
    list_id: int = field(name="orderListId", default=-1)
    status: str
    side: str
    size: str = field(name="origQty")
    executed: str = field(name="executedQty")
    type: str = ""
    life: str = field(name="timeInForce", default="")
    price: str = "0"
    stop_price: str = field(name="stopPrice", default="0")
    ts_ms: int = field(name="updateTime")
    expiry_reason: str = field(name="expiryReason", default="")


class OwnTrade(Struct, frozen=True, kw_only=True):
    """A fill as a query tells it."""

    trade_id: int = field(name="id")
    order_id: int = field(name="orderId")
    price: str
    size: str = field(name="qty")
    commission: str = "0"
    commission_asset: str | None = field(name="commissionAsset", default=None)
    ts_ms: int = field(name="time")
    is_buyer: bool = field(name="isBuyer")
    is_maker: bool = field(name="isMaker", default=False)


class Balance(Struct, frozen=True):
    """What the account has of an asset."""

    asset: str
    free: str
    locked: str = "0"


class AccountStatus(Struct, frozen=True, kw_only=True):
    """The account's balances."""

    balances: tuple[Balance, ...]
    ts_ms: int = field(name="updateTime", default=0)


class Time(Struct, frozen=True):
    """The venue's time."""

    ms: int = field(name="serverTime")


def read_frame(data: bytes) -> Frame:
    """The frame; raises VenueFault for anything that is none."""
    return decoded(data, Frame)


def body(raw: Raw, kind: type[T]) -> T:
    """An answer's result or an event as what it has to be; raises VenueFault if it is not."""
    return decoded(bytes(raw), kind)


def decoded(data: bytes, kind: type[T]) -> T:
    """Bytes as what they have to be; raises VenueFault if they are not."""
    try:
        decoder = _DECODERS.get(kind)
        if decoder is None:
            decoder = _DECODERS.setdefault(kind, msgspec.json.Decoder(kind))
        return decoder.decode(data)  # type: ignore[no-any-return]
    except _BROKEN as error:
        text = f"the venue sent no {_NAMES.get(kind, 'frame')}: {error}"
        raise VenueFault(text, where=data[:80].decode("ascii", "backslashreplace")) from None


_BROKEN: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_DECODERS: Final[dict[Any, msgspec.json.Decoder[Any]]] = {}
"""Made once: a decoder that is made for each message costs more than the message."""
_NAMES: Final[dict[Any, str]] = {
    Execution: "executionReport",
    Placed: "order",
    OrderState: "order",
    AccountStatus: "account",
}
