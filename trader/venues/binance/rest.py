"""Requests over REST, and what comes back: bytes for whoever owns an HTTP client.

A request is the same as over the WebSocket API and ends in the same ways, so its answer is made a
frame like any other. What is signed is the query string as it stands on the wire, so it is built
once, percent-encoded, and never taken apart again. Everything goes into the query, of every verb.
"""

from typing import Final
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Raw

from trader.model.units import MILLISECOND_NS, SECOND_NS, Nanoseconds
from trader.venues.binance.frames import ErrorBody, ErrorData, Frame
from trader.venues.binance.methods import METHODS, Access
from trader.venues.binance.requests import Request
from trader.venues.binance.signing import Keys, Value
from trader.venues.execution_client import Call, Reply

OK: Final = 200
_LIMITED: Final = frozenset({403, 418, 429})
_TEXT_MAX: Final = 200
_SECONDS_MAX: Final = 7


def call_of(request: Request, keys: Keys, stamp_ms: int, id_: str = "") -> Call:
    """The request as it goes over REST, signed if it has to be; it must have such a way."""
    method = METHODS[request.method]
    assert method.verb, request.method
    pairs = list(request.params.items())
    if method.access is Access.PUBLIC:
        return Call(id=id_, verb=method.verb, path=method.path, query=_encoded(pairs))
    query = _encoded([*pairs, ("timestamp", stamp_ms)])
    signature = _encoded([("signature", keys.sign(query))])
    return Call(
        id=id_,
        verb=method.verb,
        path=method.path,
        query=query + b"&" + signature,
        headers=(("X-MBX-APIKEY", keys.key),),
    )


def frame_of(reply: Reply, now: Nanoseconds, id_: str = "") -> Frame:
    """The reply as a frame. A body that is not what it should be proves nothing: it has code 0."""
    if reply.status == OK:
        if _is_json(reply.body):
            return Frame(id=id_, status=OK, result=Raw(reply.body))
        return Frame(id=id_, status=OK, error=_unreadable(reply))
    try:
        error = msgspec.json.decode(reply.body, type=ErrorBody)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        error = _unreadable(reply)
    seconds = reply.headers.get("retry-after", "")
    if seconds.isdecimal() and len(seconds) <= _SECONDS_MAX and reply.status in _LIMITED:
        until = (now + int(seconds) * SECOND_NS) // MILLISECOND_NS
        error = ErrorBody(error.code, error.text, ErrorData(retry_after=until))
    return Frame(id=id_, status=reply.status, error=error)


def must_pause(reply: Reply) -> bool:
    """Whether the venue, or what stands before it, blocks us: with or without a code."""
    return reply.status in _LIMITED


def _encoded(pairs: list[tuple[str, Value]]) -> bytes:
    return urlencode(pairs, quote_via=quote).encode("ascii")


def _is_json(body: bytes) -> bool:
    try:
        msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _unreadable(reply: Reply) -> ErrorBody:
    return ErrorBody(0, reply.body[:_TEXT_MAX].decode("ascii", "backslashreplace"))
