"""The life of an order as one literal table, and the few words needed to read it.

`TRANSITIONS[status][event]` is the status after the event, or one of two computed ones: FILL
(what a fill leaves depends on what is left) and WORKING (back to work, part filled or not). An
event that the row of its status lacks is a contradiction between the venue and us: it is reported
as a difference and never raised. A late repetition of what we already know is a duplicate.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Final, TypeAlias

from trader.model.orders import (
    CancelRejected,
    CancelRequested,
    OrderAccepted,
    OrderApproved,
    OrderBusted,
    OrderCanceled,
    OrderDenied,
    OrderExpired,
    OrderFilled,
    OrderInDoubt,
    OrderRejected,
    OrderReplaced,
    OrderStatus,
    OrderSubmitted,
    ReplaceRejected,
    ReplaceRequested,
)


class Computed(Enum):
    """A status that depends on how much of the order is filled."""

    FILL = "fill"
    WORKING = "working"


Row: TypeAlias = Mapping[type, OrderStatus | Computed]

S = OrderStatus
FILL: Final = Computed.FILL
WORKING: Final = Computed.WORKING

ENDED: Final = S.DENIED
"""The first of the statuses in which an order has ended: `status >= ENDED`."""

_ANSWERS: Final[Row] = {
    OrderAccepted: S.ACCEPTED,
    OrderRejected: S.REJECTED,
    OrderFilled: FILL,
    OrderCanceled: S.CANCELED,
    OrderExpired: S.EXPIRED,
    OrderInDoubt: S.IN_DOUBT,
}
_ENDS: Final[Row] = {OrderFilled: FILL, OrderCanceled: S.CANCELED, OrderExpired: S.EXPIRED}
_REQUESTS: Final[Row] = {CancelRequested: S.PENDING_CANCEL, ReplaceRequested: S.PENDING_REPLACE}

TRANSITIONS: Final[Mapping[OrderStatus, Row]] = {
    S.INITIALIZED: {OrderDenied: S.DENIED, OrderApproved: S.APPROVED},
    S.DENIED: {},
    S.APPROVED: {**_ANSWERS, OrderSubmitted: S.SUBMITTED, CancelRequested: S.PENDING_CANCEL},
    S.SUBMITTED: {**_ANSWERS, CancelRequested: S.PENDING_CANCEL},
    S.IN_DOUBT: {
        **_ANSWERS,
        OrderAccepted: WORKING,
        CancelRequested: S.IN_DOUBT,
        CancelRejected: S.IN_DOUBT,
        OrderReplaced: WORKING,
        ReplaceRejected: WORKING,
        OrderBusted: S.IN_DOUBT,
    },
    S.ACCEPTED: {
        **_ENDS,
        **_REQUESTS,
        OrderReplaced: S.ACCEPTED,
        OrderRejected: S.REJECTED,
        OrderBusted: S.ACCEPTED,
    },
    S.PARTIALLY_FILLED: {
        **_ENDS,
        **_REQUESTS,
        OrderReplaced: S.PARTIALLY_FILLED,
        OrderBusted: S.PARTIALLY_FILLED,
    },
    S.PENDING_CANCEL: {
        **_ENDS,
        OrderBusted: S.PENDING_CANCEL,
        OrderRejected: S.REJECTED,
        OrderAccepted: S.PENDING_CANCEL,
        OrderReplaced: S.PENDING_CANCEL,
        ReplaceRejected: S.PENDING_CANCEL,
        CancelRejected: WORKING,
        OrderInDoubt: S.IN_DOUBT,
    },
    S.PENDING_REPLACE: {
        **_ENDS,
        OrderBusted: S.PENDING_REPLACE,
        OrderRejected: S.REJECTED,
        OrderReplaced: WORKING,
        ReplaceRejected: WORKING,
        CancelRequested: S.PENDING_CANCEL,
        OrderInDoubt: S.IN_DOUBT,
    },
    S.FILLED: {OrderBusted: S.FILLED},
    S.CANCELED: {OrderFilled: FILL, OrderBusted: S.CANCELED},
    S.REJECTED: {OrderFilled: FILL, OrderBusted: S.REJECTED},
    S.EXPIRED: {OrderFilled: FILL, OrderBusted: S.EXPIRED},
}

_LATE: Final = frozenset({OrderAccepted, CancelRejected, ReplaceRejected, OrderReplaced})
_LATE_IN: Final = frozenset(
    {S.ACCEPTED, S.PARTIALLY_FILLED, S.PENDING_REPLACE, S.FILLED, S.CANCELED, S.REJECTED, S.EXPIRED}
)
_BEFORE_SENDING: Final = frozenset({S.INITIALIZED, S.DENIED, S.APPROVED})
_PENDING: Final = frozenset({S.PENDING_CANCEL, S.PENDING_REPLACE})
_KEPT_BY_A_FILL: Final = frozenset({S.CANCELED, S.EXPIRED})
_FILLED, _PARTIALLY_FILLED, _ACCEPTED = S.FILLED, S.PARTIALLY_FILLED, S.ACCEPTED
_REPEATED: Final[Mapping[type, OrderStatus]] = {
    OrderCanceled: S.CANCELED,
    OrderExpired: S.EXPIRED,
    OrderRejected: S.REJECTED,
}


def transition(
    status: OrderStatus, event: type, *, lots: int, lots_filled: int
) -> OrderStatus | None:
    """The status after the event, given what is filled after it; None for a contradiction."""
    after = TRANSITIONS[status].get(event)
    if isinstance(after, Computed):
        return computed(after, status, lots, lots_filled)
    return after


def computed(after: Computed, status: OrderStatus, lots: int, lots_filled: int) -> OrderStatus:
    """The status that depends on what is filled after the event."""
    if after is WORKING:
        return _PARTIALLY_FILLED if lots_filled else _ACCEPTED
    if status in _KEPT_BY_A_FILL:
        return status
    if abs(lots_filled) >= abs(lots):
        return _FILLED
    return status if status in _PENDING else _PARTIALLY_FILLED


def is_duplicate(status: OrderStatus, event: type) -> bool:
    """True where the event only repeats what the status says, or comes too late to matter."""
    if event is OrderSubmitted:
        # An answer may overtake the note that the bytes left.
        return status not in _BEFORE_SENDING
    return (event in _LATE and status in _LATE_IN) or _REPEATED.get(event) is status
