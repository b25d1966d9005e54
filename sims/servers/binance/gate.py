"""Interference: what a test lets happen between a client and the engine.

The server asks twice about every request, before it is executed and before it is answered, and
does what the verdict says; a refusal is a verdict too, and what the client is told. A hook may
wait as long as it likes; other requests pass it.
"""

from collections.abc import Awaitable, Callable, Mapping
from enum import Enum, auto

from msgspec import Struct, structs

from sims.servers.binance.protocol import OUTCOME_UNKNOWN, Reply
from sims.servers.binance.refusals import Refusal
from sims.servers.binance.request import Request


class Verdict(Enum):
    """What happens to a request.

    PROCEED        nothing unusual
    LOSE           it is executed, and never answered
    REFUSE_UNSEEN  it is neither executed nor answered; means LOSE once it is executed
    CLOSE          the connection breaks, here and now
    UNKNOWN        it goes no further, and is answered that its outcome is unknown
    TWICE          it is executed twice; means PROCEED once it is executed
    """

    PROCEED = auto()
    LOSE = auto()
    REFUSE_UNSEEN = auto()
    CLOSE = auto()
    UNKNOWN = auto()
    TWICE = auto()


Hook = Callable[[str, Mapping[str, object]], Awaitable[Verdict | Refusal]]


async def proceed(_method: str, _params: Mapping[str, object]) -> Verdict | Refusal:
    """Interfere with nothing."""
    return Verdict.PROCEED


class Interference(Struct, frozen=True, kw_only=True):
    """The two hooks; each is called with a request's method and parameters.

    With `answers_first` the events that a request causes on its own connection follow its answer
    instead of preceding it; both happen on the real wire.
    """

    before_execute: Hook = proceed
    before_answer: Hook = proceed
    answers_first: bool = False


def once(method: str, verdict: Verdict) -> Hook:
    """Return a hook that strikes the first request of `method` and none after it."""
    waiting = [verdict]

    async def hook(called: str, _params: Mapping[str, object]) -> Verdict | Refusal:
        return waiting.pop() if called == method and waiting else Verdict.PROCEED

    return hook


async def carry(
    gate: Interference, request: Request, perform: Callable[[Request], Reply]
) -> Reply | Verdict:
    """Take a request through the gate, the engine and the gate again.

    Returns what it is to be answered; or LOSE, REFUSE_UNSEEN or CLOSE, and then it is not answered.
    """
    verdict = await gate.before_execute(request.method, request.params)
    reply = OUTCOME_UNKNOWN
    if verdict in {Verdict.PROCEED, Verdict.LOSE, Verdict.TWICE}:
        reply = perform(request)
        if verdict is Verdict.LOSE:
            return verdict
        if verdict is Verdict.TWICE:
            perform(structs.replace(request, executed=False))
        verdict = await gate.before_answer(request.method, request.params)
    match verdict:
        case Refusal():
            return Reply(outcome=verdict)
        case Verdict.UNKNOWN:
            return OUTCOME_UNKNOWN
        case Verdict.PROCEED | Verdict.TWICE:
            return reply
        case _:
            return verdict
