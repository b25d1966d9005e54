"""Requests become answers: one table of methods, whichever way a request came.

What a request does is the same over REST and over the WebSocket API; only the frame around its
answer differs. To perform and to frame are apart from reading and sending, so that whoever owns
the socket can stand between them: a request may be delayed, dropped, or carried out without
anybody being told.
"""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from sims.servers.binance import refusals
from sims.servers.binance.authentication import authenticate
from sims.servers.binance.engine import Engine
from sims.servers.binance.limits import Limits, Reading
from sims.servers.binance.methods.call import Call, Outcome
from sims.servers.binance.methods.table import METHODS, Method
from sims.servers.binance.params import Params
from sims.servers.binance.refusals import Refusal, RefusedError
from sims.servers.binance.request import Request, RequestId
from sims.servers.binance.session import Session

Answer = dict[str, object]

OK: Final = 200
CONNECTION_WEIGHT: Final = 2


class Reply(Struct, frozen=True, kw_only=True):
    """What came of a request, and what the meters show that it has moved."""

    outcome: Outcome
    readings: Sequence[Reading] = ()

    @property
    def status(self) -> int:
        """The status of HTTP that says how it went."""
        return self.outcome.status if isinstance(self.outcome, Refusal) else OK


OUTCOME_UNKNOWN: Final = Reply(outcome=refusals.OUTCOME_UNKNOWN)


class Protocol:
    """Carries out requests on one engine, for any number of sessions."""

    def __init__(self, engine: Engine, limits: Limits | None = None) -> None:
        self._engine: Final = engine
        self._limits: Final = limits or Limits(engine)

    def connect(self) -> None:
        """Count the weight of a new connection."""
        self._limits.charge(CONNECTION_WEIGHT, self._engine.now())

    def perform(self, request: Request, session: Session) -> Reply:
        """Carry out `request`; events go out through the sessions."""
        assert not request.executed, request
        request.executed = True
        call = Call(
            engine=self._engine,
            limits=self._limits,
            session=session,
            params=Params(request.params),
            now=self._engine.now(),
            unit=session.unit,
        )
        method = METHODS.get(request.method)
        outcome = refusals.UNSUPPORTED if method is None else _perform(method, request, call)
        counts_orders = method is not None and method.counts_orders and call.signer is not None
        account = call.account.name if counts_orders else None
        reply = Reply(outcome=outcome, readings=self._limits.readings(account, call.now))
        request.status = reply.status
        return reply

    def execute(self, request: Request, session: Session) -> Answer:
        """Carry out a request of the WebSocket API and return its answer."""
        return framed(request, self.perform(request, session), shows_limits=session.shows_limits)


def framed(request: Request, reply: Reply, *, shows_limits: bool) -> Answer:
    """Return the frame that answers `request` over the WebSocket API."""
    if isinstance(reply.outcome, Refusal):
        answer = refused(request.id, reply.outcome)
    else:
        answer = {"id": request.id, "status": OK, "result": reply.outcome}
    asked = request.params.get("returnRateLimits")
    if reply.readings and (shows_limits if asked is None else asked in (True, "true")):
        answer["rateLimits"] = [reading.describe() for reading in reply.readings]
    return answer


def refused(request_id: RequestId, refusal: Refusal) -> Answer:
    """Return the answer that tells `refusal`."""
    error: dict[str, object] = {"code": refusal.code, "msg": refusal.text}
    if refusal.data is not None:
        error["data"] = refusal.data
    return {"id": request_id, "status": refusal.status, "error": error}


def _perform(method: Method, request: Request, call: Call) -> Outcome:
    try:
        call.params.flag("returnRateLimits")
        weight = method.weigh(call.params)
        if refusal := call.limits.charge(weight, call.now):
            return refusal
        if method.is_signed:
            call.signer = authenticate(call.engine.accounts, request, call.session, call.now)
        outcome = method.handle(call)
    except RefusedError as error:
        return error.refusal
    if method.is_free_on_success and not isinstance(outcome, Refusal):
        call.limits.refund(weight, call.now)
    return outcome
