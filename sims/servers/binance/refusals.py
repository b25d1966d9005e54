"""What the venue says when it does not do what it was asked: codes and exact texts.

A refusal is a value. The engine returns it; only while a request's parameters are read is it
carried by `RefusedError`, so that reading can stop at the first bad one.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct


class Refusal(Struct, frozen=True):
    """An error answer: the venue's code and text, and the HTTP-like status beside it."""

    code: int
    text: str
    status: int = 400
    data: Mapping[str, object] | None = None


class RefusedError(Exception):
    """A request's parameters cannot be read; carries the refusal to answer with."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal


OUTCOME_UNKNOWN: Final = Refusal(
    -1007,
    "Timeout waiting for response from backend server. "
    "Send status unknown; execution status unknown.",
    status=504,
)
RETIRED: Final = Refusal(-1016, "This service is no longer available.", status=410)
UNSUPPORTED: Final = Refusal(-1020, "This operation is not supported.")
LATE: Final = Refusal(-1021, "Timestamp for this request is outside of the recvWindow.")
EARLY: Final = Refusal(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
BAD_SIGNATURE: Final = Refusal(-1022, "Signature for this request is not valid.")
BAD_TIME_IN_FORCE: Final = Refusal(-1115, "Invalid timeInForce.")
BAD_TYPE: Final = Refusal(-1116, "Invalid orderType.")
BAD_SIDE: Final = Refusal(-1117, "Invalid side.")
BAD_INTERVAL: Final = Refusal(-1120, "Invalid interval.")
BAD_SYMBOL: Final = Refusal(-1121, "Invalid symbol.")
BAD_COMBINATION: Final = Refusal(-1128, "Combination of optional parameters invalid.")
WINDOW_TOO_LONG: Final = Refusal(-1127, "More than 24 hours between startTime and endTime.")
BAD_JSON: Final = Refusal(-1135, "Invalid JSON Request")
BAD_RESTRICTIONS: Final = Refusal(
    -1145,
    "`cancelRestrictions` has to be either `ONLY_NEW` or `ONLY_PARTIALLY_FILLED`.",
)
BAD_TIME_UNIT: Final = Refusal(
    -1194, "Invalid value for time unit; expected either MICROSECOND or MILLISECOND."
)
INSUFFICIENT_BALANCE: Final = Refusal(
    -2010, "Account has insufficient balance for requested action."
)
DUPLICATE_ORDER: Final = Refusal(-2010, "Duplicate order sent.")
MARKET_CLOSED: Final = Refusal(-2010, "Market is closed.")
WOULD_TRIGGER: Final = Refusal(-2010, "Order would trigger immediately.")
BAD_LIST: Final = Refusal(-2010, "Unsupported order combination")
WOULD_MATCH: Final = Refusal(-2010, "Order would immediately match and take.")
BAD_PRICE_RELATION: Final = Refusal(
    -2010, "The relationship of the prices for the orders is not correct."
)

CANCEL_UNKNOWN: Final = Refusal(-2011, "Unknown order sent.")
CANCEL_RESTRICTED: Final = Refusal(-2011, "Order was not canceled due to cancel restrictions.")
AMEND_UNKNOWN: Final = Refusal(-2038, "Unknown order sent.")
AMEND_INCREASE: Final = Refusal(-2038, "Order amend (quantity increase) is not supported.")
AMEND_NOTHING: Final = Refusal(-2038, "The requested action would change no state; rejecting.")
AMENDMENTS_EXHAUSTED: Final = Refusal(-2038, "Filter failure: MAX_NUM_ORDER_AMENDS")
NO_SUCH_LIST: Final = Refusal(-2018, "Order list does not exist.")
NO_SUCH_ORDER: Final = Refusal(-2013, "Order does not exist.")
NOT_LOGGED_ON: Final = Refusal(-2015, "Invalid API-key, IP, or permissions for action.", status=401)
LOGON_UNSUPPORTED: Final = Refusal(-4056, "HMAC_SHA256 API key is not supported.", status=400)
DUPLICATE_PARAMETER: Final = Refusal(-1101, "Duplicate values for a parameter detected.")
BAD_KEY_FORMAT: Final = Refusal(-2014, "API-key format invalid.", status=401)
UNKNOWN_KEY: Final = Refusal(-2015, "Invalid API-key, IP, or permissions for action.", status=401)
ALREADY_SUBSCRIBED: Final = Refusal(-2035, "User Data Stream subscription already active.")
NOT_SUBSCRIBED: Final = Refusal(-2036, "User Data Stream subscription not active.")
CLIENT_ID_MISMATCH: Final = Refusal(-2039, "Client order ID is not correct for this order ID.")
SUBSCRIPTIONS_EXHAUSTED: Final = Refusal(
    -2042, "Maximum subscription ID reached for this connection."
)


def half_replaced(data: Mapping[str, object]) -> Refusal:
    """Refuse a cancelReplace of which one half was done."""
    return Refusal(-2021, "Order cancel-replace partially failed.", status=409, data=data)


def not_replaced(data: Mapping[str, object]) -> Refusal:
    """Refuse a cancelReplace of which nothing was done."""
    return Refusal(-2022, "Order cancel-replace failed.", data=data)


def filter_failure(name: str) -> Refusal:
    """Refuse an order that a symbol's filter forbids."""
    return Refusal(-1013, f"Filter failure: {name}")


def illegal_characters(name: str, pattern: str) -> Refusal:
    """Refuse a parameter whose text does not match its pattern."""
    return Refusal(
        -1100, f"Illegal characters found in parameter '{name}'; legal range is '{pattern}'."
    )


def missing(name: str) -> Refusal:
    """Refuse a request without a parameter that it must have."""
    return Refusal(
        -1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
    )


def missing_both(first: str, second: str) -> Refusal:
    """Refuse a request that has neither of two parameters."""
    return Refusal(-1102, f"Param '{first}' or '{second}' must be sent, but both were empty/null!")


def too_great(name: str, bound: int) -> Refusal:
    """Refuse a parameter beyond its bound."""
    return Refusal(-1102, f"'{name}' contains unexpected value. Cannot be greater than '{bound}'.")


def unread(read: int, sent: int) -> Refusal:
    """Refuse a request with parameters that its method does not know."""
    return Refusal(
        -1104,
        f"Not all sent parameters were read; read '{read}' parameter(s) but was sent '{sent}'.",
    )


def not_required(name: str) -> Refusal:
    """Refuse a parameter that does not belong to this kind of order."""
    return Refusal(-1106, f"Parameter '{name}' sent when not required.")


def too_precise(name: str) -> Refusal:
    """Refuse a number with more decimal places than the venue keeps."""
    return Refusal(-1111, f"Parameter '{name}' has too much precision.")


def invalid(name: str) -> Refusal:
    """Refuse a parameter whose value is none of those that exist."""
    return Refusal(-1130, f"Data sent for parameter '{name}' is not valid.")


def bad_member(name: str, wanted: str) -> Refusal:
    """Refuse a frame whose member has the wrong JSON type."""
    return Refusal(-1135, f"Invalid '{name}' in JSON request; expected {wanted}.")


def unsupported_type(words: str) -> Refusal:
    """Refuse an order type that exists but is not enabled on the symbol."""
    return Refusal(-2010, f"{words} orders are not supported for this symbol.")


def too_much_weight(limit: int, window: str, data: Mapping[str, object]) -> Refusal:
    """Refuse a request beyond the address's weight."""
    return Refusal(
        -1003,
        f"Too much request weight used; current limit is {limit} request weight per {window}. "
        "Please use WebSocket Streams for live updates to avoid polling the API.",
        status=429,
        data=data,
    )


def too_many_requests(limit: int, window: str, data: Mapping[str, object]) -> Refusal:
    """Refuse a request beyond the address's number of them."""
    return Refusal(
        -1003,
        f"Too many requests; current limit is {limit} requests per {window}.",
        status=429,
        data=data,
    )


def banned(until_ms: object, data: Mapping[str, object]) -> Refusal:
    """Refuse an address that did not stop when it was told to."""
    return Refusal(
        -1003,
        f"Way too much request weight used; IP banned until {until_ms}. "
        "Please use WebSocket Streams for live updates to avoid bans.",
        status=418,
        data=data,
    )


def too_many_orders(limit: int, window: str, data: Mapping[str, object]) -> Refusal:
    """Refuse an order beyond the account's count of unfilled ones."""
    return Refusal(
        -1015,
        f"Too many new orders; current limit is {limit} orders per {window}.",
        status=429,
        data=data,
    )
