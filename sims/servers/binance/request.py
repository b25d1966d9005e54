"""A request, whichever way it came, and how one is read from a frame of the WebSocket API."""

import json
from collections.abc import Mapping
from typing import Final, NoReturn

from msgspec import Struct

from sims.servers.binance import refusals
from sims.servers.binance.refusals import Refusal
from sims.servers.binance.reports import NS_PER_MS
from sims.servers.binance.signing import payload

RequestId = str | int | None

ID_LENGTH_MAX: Final = 36
VERSION_PREFIX: Final = "v3/"


class Request(Struct, kw_only=True):
    """A request as it arrived, and what became of it.

    `key` is the API key that came with it. `raw` is what a REST request has signed; over the
    WebSocket API it is None, and the parameters themselves are signed. `unit` is how many
    nanoseconds the times of a REST answer count in. `executed` says that the venue has acted on
    it, even if only to refuse it; `status` is that of the answer which it then made; `answered`
    says that this answer was handed to the connection.
    """

    id: RequestId = None
    method: str
    params: Mapping[str, object]
    key: str | None = None
    raw: str | None = None
    unit: int = NS_PER_MS
    executed: bool = False
    status: int | None = None
    answered: bool = False

    @property
    def is_rest(self) -> bool:
        """Say whether it came as an HTTP request of its own."""
        return self.raw is not None

    @property
    def signed_text(self) -> str:
        """The text over which its signature is made."""
        return payload(self.params) if self.raw is None else self.raw


class Unreadable(Struct, frozen=True):
    """A frame that is no request, with the id to answer to, if it has one."""

    id: RequestId
    refusal: Refusal


def read(frame: str | bytes) -> Request | Unreadable:
    """Read one frame of the WebSocket API."""
    try:
        # A fraction stays the text it was: signatures are made over what the sender wrote.
        document = json.loads(frame, parse_float=str, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return Unreadable(None, refusals.BAD_JSON)
    if not isinstance(document, dict):
        return Unreadable(None, refusals.BAD_JSON)
    request_id = document.get("id")
    if not _is_id(request_id):
        return Unreadable(None, refusals.bad_member("id", "an integer, a string or null"))
    method, params = document.get("method"), document.get("params", {})
    if not isinstance(method, str):
        return Unreadable(request_id, refusals.bad_member("method", "a string"))
    if not isinstance(params, dict):
        return Unreadable(request_id, refusals.bad_member("params", "an object"))
    return Request(
        id=request_id,
        method=method.removeprefix(VERSION_PREFIX),
        params=params,
        key=_key(params),
    )


def _key(params: Mapping[str, object]) -> str | None:
    key = params.get("apiKey")
    return key if isinstance(key, str) and key else None


def _is_id(value: object) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, str):
        return len(value) <= ID_LENGTH_MAX
    return value is None or isinstance(value, int)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
