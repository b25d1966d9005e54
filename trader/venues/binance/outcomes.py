"""What an error answer proves about the request, and what to do: one table.

Only the codes below prove that a request was not carried out. A code that we do not know proves
nothing, and neither does a body that cannot be read, nor a status of 500 and above: the order may
live. Unknown is not no.
"""

from enum import Enum
from types import MappingProxyType
from typing import Final

from trader.venues.binance.frames import ErrorBody

ENGINE_REFUSED: Final = -2010
CANCEL_REFUSED: Final = -2011
NO_SUCH_ORDER: Final = -2013
OVERLOADED: Final = -1008
TOO_MANY_ORDERS: Final = -1015
HALVES: Final = frozenset({-2021, -2022})
"""A cancel with a new order of which one half failed, or both; each has an answer of its own."""
DUPLICATE: Final = "Duplicate order sent."


class Outcome(Enum):
    """What became of a request that was answered by an error."""

    UNKNOWN = "unknown"
    """It may have been carried out: ask about the order, and do not send it again."""
    REFUSED = "refused"
    """It was not, and would not be if it were sent again."""
    LATER = "later"
    """It was not; the same thing may be asked after a while."""
    SILENCE = "silence"
    """It was not; ask nothing at all until the venue allows it again."""
    CLOCK = "clock"
    """It was not, for our clock or the way to the venue: compare the clocks."""
    CREDENTIALS = "credentials"
    """It was not, and nothing that we sign will be: a person has to look at the keys."""


_ROWS: Final = (
    (Outcome.SILENCE, (-1003,)),  # weight used up (429) or banned (418)
    (
        Outcome.LATER,
        (OVERLOADED, TOO_MANY_ORDERS, -1034),
    ),  # overloaded, too many orders or connections
    (Outcome.CLOCK, (-1021,)),  # outside of the validity that we signed
    (Outcome.CREDENTIALS, (-1002, -1022, -2014, -2015)),  # signature, key, address, permission
    (
        Outcome.REFUSED,
        (
            -1010,  # the engine, said by the message
            -1013,  # a filter, or refused before the engine
            -1016,  # no longer served
            -1020,  # not supported
            *range(-1130, -1099),  # malformed
            -1135,  # no JSON
            -1145,  # restrictions of a cancel
            -1191,  # too many subscriptions
            -1194,  # unit of time
            -1220,  # the symbol's status
            ENGINE_REFUSED,
            CANCEL_REFUSED,
            NO_SUCH_ORDER,
            -2026,  # archived
            -2035,  # subscribed already
            -2036,  # not subscribed
            -2038,  # an amendment
            -2039,  # the two ids of an order do not agree
            -2042,  # too many subscriptions of one connection
            -2043,  # no reference price
        ),
    ),
)
OUTCOMES: Final = MappingProxyType({code: outcome for outcome, codes in _ROWS for code in codes})
"""By code; what is not in here is UNKNOWN, as are -1000, -1001, -1006 and -1007."""

_SERVER_FAULTS: Final = 500


def judge(status: int, error: ErrorBody) -> Outcome:
    """What an error answer with this HTTP status, or its like, proves.

    >>> judge(400, ErrorBody(-1013)).value, judge(504, ErrorBody(-1007)).value
    ('refused', 'unknown')
    >>> judge(503, ErrorBody(OVERLOADED)).value, judge(502, ErrorBody(-1013)).value
    ('later', 'unknown')
    """
    if status >= _SERVER_FAULTS and error.code != OVERLOADED:
        return Outcome.UNKNOWN
    if error.code == ENGINE_REFUSED and error.text == DUPLICATE:
        # The id is that of an open order: probably our own earlier attempt, which lives.
        return Outcome.UNKNOWN
    return OUTCOMES.get(error.code, Outcome.UNKNOWN)
