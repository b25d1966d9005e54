"""What a person may tell a running daemon, and the message that each word becomes.

Whatever is told is an input of the core like every other: it is in the journal with who said it and
why, and a replay hears it again. What cannot be meant is refused here, before it becomes one.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias

from actors.assembly import Core
from trader.config.spelling import nearest
from trader.errors import UsageError
from trader.model.control import (
    CancelById,
    CloseInstrument,
    PauseStrategy,
    RearmStrategy,
    SetLimit,
    SetTradingState,
    TradingState,
)
from trader.model.envelope import Message
from trader.model.orders import OrderStatus
from trader.ops.protocol import Act

Making: TypeAlias = Callable[[Act, Core, str], Message]

_ENDED: Final = OrderStatus.DENIED
_UNSAID: Final = "asked by an operator"


def message_of(act: Act, core: Core, by: str) -> Message:
    """What the core is told; raises UsageError for what cannot be meant."""
    making = VERBS.get(act.verb)
    if making is None:
        raise UsageError(f"unknown act {act.verb!r}", hint=nearest(act.verb, VERBS))
    return making(act, core, by)


def _moves_to(state: TradingState) -> Making:
    def make(act: Act, core: Core, by: str) -> Message:
        del core
        return SetTradingState(state=state, by=by, reason=act.reason or act.verb)

    return make


def _resume(act: Act, core: Core, by: str) -> Message:
    """Of one strategy, which starts anew if it raised; or of the account, once both sides agree."""
    if act.target:
        return RearmStrategy(strategy=_strategy(act, core), by=by, reason=_reason(act))
    accept = act.value == "accept"
    if accept and not act.reason:
        raise UsageError("whoever accepts a difference says why", hint="give --reason")
    return SetTradingState(
        state=TradingState.ACTIVE, by=by, reason=act.reason or act.verb, accept=accept
    )


def _pause(act: Act, core: Core, by: str) -> Message:
    return PauseStrategy(strategy=_strategy(act, core), by=by, reason=_reason(act))


def _close(act: Act, core: Core, by: str) -> Message:
    known = core.risk.state.exposures
    if act.target not in known:
        raise UsageError(f"no instrument {act.target!r}", hint=nearest(act.target, known))
    return CloseInstrument(instrument=act.target, by=by, reason=_reason(act))


def _cancel(act: Act, core: Core, by: str) -> Message:
    order = core.order_manager.state.orders.get(act.target)
    if order is None:
        hint = "`traderd orders` lists those that work"
        raise UsageError(f"no order {act.target!r}", hint=hint)
    if order.status >= _ENDED:
        raise UsageError(f"the order {act.target} has ended as {order.status.name.lower()}")
    return CancelById(client_order_id=act.target, by=by, reason=_reason(act))


def _set_limit(act: Act, core: Core, by: str) -> Message:
    """Tightening is taken at once; whoever loosens a limit says why."""
    old = core.risk.state.spelled.get(act.target)
    if old is None:
        raise UsageError(
            f"no limit {act.target!r} is set", hint=nearest(act.target, core.risk.state.spelled)
        )
    if not act.reason and not tightens(act.target, old, act.value):
        raise UsageError(
            f"{act.target} is {old} now: another value than a tighter one needs a reason",
            hint="give one with --reason",
        )
    return SetLimit(limit=act.target, value=act.value, by=by, reason=_reason(act))


def tightens(limit: str, old: str, new: str) -> bool:
    """Whether the new value of a limit surely allows less than the old one.

    >>> tightens("lots_max", "100", "50"), tightens("lots_max", "100", "200")
    (True, False)
    >>> tightens("orders_window_ns", "100", "50"), tightens("borrow", "true", "false")
    (False, True)
    """
    if limit == "borrow":
        return new == "false"
    if not limit.endswith("_max") and limit != "collar":
        return False
    try:
        return Decimal(new) <= Decimal(old)
    except InvalidOperation:
        return False


def _strategy(act: Act, core: Core) -> str:
    known = core.order_manager.state.desks
    if act.target not in known:
        raise UsageError(f"no strategy {act.target!r}", hint=nearest(act.target, known))
    return act.target


def _reason(act: Act) -> str:
    return act.reason or _UNSAID


VERBS: Final[Mapping[str, Making]] = {
    "halt": _moves_to(TradingState.HALTED),
    "reduce": _moves_to(TradingState.REDUCING),
    "flatten": _moves_to(TradingState.FLATTENING),
    "kill": _moves_to(TradingState.FLATTENING),
    "resume": _resume,
    "pause": _pause,
    "close": _close,
    "cancel": _cancel,
    "set-limit": _set_limit,
}
"""Each act by its word."""
