"""What an error answer proves about the request: that it was refused, or nothing.

Only the codes below prove a refusal. A code that we do not know proves nothing, and neither does
a status of 500 and above: the order may live. Unknown is not no.
"""

from typing import Final

from trader.venues.binance.frames import ErrorBody

CANCEL_REFUSED: Final = -2011
NO_SUCH_ORDER: Final = -2013
ENGINE_REFUSED: Final = -2010
DUPLICATE: Final = "Duplicate order sent."
OVERLOADED: Final = -1008
TOO_MANY_REQUESTS: Final = -1003

_REFUSALS: Final = frozenset(
    {
        -1002,  # not authorized
        TOO_MANY_REQUESTS,
        OVERLOADED,
        -1013,  # a filter, or refused before the engine
        -1015,  # too many orders
        -1016,  # no longer served
        -1020,  # not supported
        -1021,  # outside of the validity we signed: it did not reach the engine
        -1022,  # signature
        -1034,  # too many connections
        *range(-1130, -1099),  # malformed
        -1135,
        -1145,
        -1191,
        -1194,
        -1220,
        ENGINE_REFUSED,
        CANCEL_REFUSED,
        NO_SUCH_ORDER,
        -2014,  # key format
        -2015,  # key, address or permission
        -2039,  # the two ids of an order do not agree
        -2043,
    }
)
_SERVER_FAULTS: Final = 500


def is_refusal(status: int, error: ErrorBody) -> bool:
    """Whether the request has certainly not been carried out.

    >>> is_refusal(400, ErrorBody(-1013)), is_refusal(504, ErrorBody(-1007))
    (True, False)
    >>> is_refusal(400, ErrorBody(-2010, DUPLICATE))
    False
    """
    if error.code == OVERLOADED:
        return True
    if status >= _SERVER_FAULTS or error.code not in _REFUSALS:
        return False
    # A duplicate is probably our own earlier attempt, so it may be alive.
    return not (error.code == ENGINE_REFUSED and error.text == DUPLICATE)
