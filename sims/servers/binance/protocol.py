"""The WebSocket API without its socket: a frame becomes a request, a request an answer.

`read` and `execute` are apart so that whoever owns the socket can stand between them: a request
may be delayed, dropped, or carried out without anybody being told.
"""

import json
from collections.abc import Mapping
from typing import Final, NoReturn

from msgspec import Struct

from sims.servers.binance import refusals
from sims.servers.binance.authentication import authenticate
from sims.servers.binance.engine import Engine
from sims.servers.binance.limits import Limits
from sims.servers.binance.methods.call import Call, Outcome
from sims.servers.binance.methods.table import METHODS, Method
from sims.servers.binance.params import Params
from sims.servers.binance.refusals import Refusal, RefusedError
from sims.servers.binance.session import Session

Answer = dict[str, object]
RequestId = str | int | None

ID_LENGTH_MAX: Final = 36
OK: Final = 200
CONNECTION_WEIGHT: Final = 2
PLACEMENT: Final = "order.place"
VERSION_PREFIX: Final = "v3/"


class Request(Struct, kw_only=True):
    """A request as it arrived, and what became of it.

    `executed` says that the venue has acted on it, even if only to refuse it; `status` is that
    of the answer which it then made; `answered` says that this answer was handed to the connection.
    """

    id: RequestId
    method: str
    params: Mapping[str, object]
    executed: bool = False
    status: int | None = None
    answered: bool = False


def read(frame: str | bytes) -> Request | Answer:
    """Read one frame; what is no request gets its answer at once."""
    try:
        # A fraction stays the text it was: signatures are made over what the sender wrote.
        document = json.loads(frame, parse_float=str, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return refused(None, refusals.BAD_JSON)
    if not isinstance(document, dict):
        return refused(None, refusals.BAD_JSON)
    request_id = document.get("id")
    if not _is_id(request_id):
        return refused(None, refusals.bad_member("id", "an integer, a string or null"))
    method, params = document.get("method"), document.get("params", {})
    if not isinstance(method, str):
        return refused(request_id, refusals.bad_member("method", "a string"))
    if not isinstance(params, dict):
        return refused(request_id, refusals.bad_member("params", "an object"))
    return Request(id=request_id, method=method.removeprefix(VERSION_PREFIX), params=params)


class Protocol:
    """Carries out requests on one engine, for any number of sessions."""

    def __init__(self, engine: Engine, limits: Limits | None = None) -> None:
        self._engine: Final = engine
        self._limits: Final = limits or Limits(engine)

    def connect(self) -> None:
        """Count the weight of a new connection."""
        self._limits.charge(CONNECTION_WEIGHT, self._engine.now())

    def execute(self, request: Request, session: Session) -> Answer:
        """Carry out `request` and return its answer; events go out through the sessions."""
        assert not request.executed, request
        request.executed = True
        call = Call(
            engine=self._engine,
            limits=self._limits,
            session=session,
            params=Params(request.params),
            now=self._engine.now(),
        )
        method = METHODS.get(request.method)
        outcome = refusals.UNSUPPORTED if method is None else _perform(method, call)
        if isinstance(outcome, Refusal):
            request.status = outcome.status
            answer = refused(request.id, outcome)
        else:
            request.status = OK
            answer = {"id": request.id, "status": OK, "result": outcome}
        return answer | self._limits_shown(request, call)

    def _limits_shown(self, request: Request, call: Call) -> Answer:
        asked = request.params.get("returnRateLimits")
        shows_limits = call.session.shows_limits if asked is None else asked in (True, "true")
        if not shows_limits:
            return {}
        is_placement = request.method == PLACEMENT
        account = call.signer.name if call.signer and is_placement else None
        return {"rateLimits": self._limits.describe(account, call.now)}


def refused(request_id: RequestId, refusal: Refusal) -> Answer:
    """Return the answer that tells `refusal`."""
    error: dict[str, object] = {"code": refusal.code, "msg": refusal.text}
    if refusal.data is not None:
        error["data"] = refusal.data
    return {"id": request_id, "status": refusal.status, "error": error}


def _perform(method: Method, call: Call) -> Outcome:
    try:
        call.params.flag("returnRateLimits")
        weight = method.weigh(call.params)
        if refusal := call.limits.charge(weight, call.now):
            return refusal
        if method.is_signed:
            call.signer = authenticate(call.engine, call.params, call.now)
        outcome = method.handle(call)
    except RefusedError as error:
        return error.refusal
    if method.is_free_on_success and not isinstance(outcome, Refusal):
        call.limits.refund(weight, call.now)
    return outcome


def _is_id(value: object) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, str):
        return len(value) <= ID_LENGTH_MAX
    return value is None or isinstance(value, int)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
