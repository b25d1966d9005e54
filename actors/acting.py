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
from trader.logic.external import PREFIX
from trader.model.control import (
    CancelById,
    CloseInstrument,
    PauseStrategy,
    RearmStrategy,
    SetLimit,
    SetTradingState,
    SubmitByHand,
    TradingState,
)
from trader.model.envelope import Message
from trader.model.money import plain
from trader.model.orders import OrderRole, OrderStatus
from trader.model.units import INT64_MAX, Ticks
from trader.ops.protocol import Act

Making: TypeAlias = Callable[[Act, Core, str], Message]

_ENDED: Final = OrderStatus.DENIED
_PROTECTS: Final = {
    True: ("the stop", "without it that is closed at the market at once"),
    False: ("the target", "nothing takes its place until the strategy decides anew"),
}
"""A protective order, by whether it is a stop: what it is, and what follows its end."""
REASON_MAX: Final = 500
"""So many characters of a reason stand in the journal at most."""
_SIDES: Final = ("buy", "sell")
_UNSAID: Final = "asked by an operator"


def message_of(act: Act, core: Core, by: str) -> Message:
    """What the core is told; raises UsageError for what cannot be meant."""
    making = VERBS.get(act.verb)
    if making is None:
        raise UsageError(f"unknown act {act.verb!r}", hint=nearest(act.verb, VERBS))
    if len(act.reason) > REASON_MAX or not act.reason.isprintable():
        raise UsageError("no such reason", hint=f"a line of at most {REASON_MAX} characters")
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
    name = _strategy(act, core)
    if name.startswith(PREFIX):
        hint = "`traderd halt` stops orders by hand as well"
        raise UsageError(f"{name} is what people trade: there is nothing to pause", hint=hint)
    return PauseStrategy(strategy=name, by=by, reason=_reason(act))


def _close(act: Act, core: Core, by: str) -> Message:
    name = _instrument(act.target, core)
    if core.trading_state() is TradingState.HALTED:
        hint = "`traderd resume` first, or `traderd flatten`"
        raise UsageError("while trading is halted nothing can be closed", hint=hint)
    return CloseInstrument(instrument=name, by=by, reason=_reason(act))


def _cancel(act: Act, core: Core, by: str) -> Message:
    order = core.order_manager.state.orders.get(act.target)
    if order is None:
        hint = "`traderd orders` lists those that work"
        raise UsageError(f"no order {act.target!r}", hint=hint)
    if order.status >= _ENDED:
        raise UsageError(f"the order {act.target} has ended as {order.status.name.lower()}")
    is_protective = order.role is OrderRole.PROTECTION
    if is_protective and order.status is OrderStatus.IN_DOUBT:
        raise UsageError(f"nobody knows yet whether {act.target} works", hint="wait for an answer")
    if is_protective and order.is_stop and core.trading_state() is TradingState.HALTED:
        raise UsageError(
            f"{act.target} is a stop: while trading is halted nothing can close what it protects",
            hint="`traderd resume` first, or `traderd flatten`",
        )
    if is_protective and not act.reason:
        what, then = _PROTECTS[order.is_stop]
        raise UsageError(
            f"{act.target} is {what} of what {order.strategy} holds: {then}",
            hint="if that is meant, give --reason",
        )
    return CancelById(client_order_id=act.target, by=by, reason=_reason(act))


def _submit(act: Act, core: Core, by: str) -> Message:
    """An order in whole lots; who places it and why stand in the journal beside it."""
    name = _instrument(act.target, core)
    if act.side not in _SIDES:
        raise UsageError(f"no side {act.side!r}", hint="buy or sell")
    if act.lots <= 0:
        raise UsageError(f"an order of {act.lots} lots", hint="a whole number above zero")
    exposure = core.risk.state.exposures[name]
    mark = max(0, exposure.price()[0])
    limit = _limit(act.limit, core.risk.steps[name].tick) if act.limit else None
    if 2 * act.lots * max(mark, 2 * (limit or 1)) * exposure.half > INT64_MAX:
        raise UsageError("an order beyond all counting")
    return SubmitByHand(
        instrument=name,
        lots=act.lots if act.side == "buy" else -act.lots,
        limit_ticks=limit,
        ref_ticks=mark // 2,
        by=by,
        reason=_reason(act),
    )


def _limit(text: str, tick: Decimal) -> Ticks:
    """A price on the grid; what lies between two ticks is not rounded for anybody."""
    try:
        price = Decimal(text)
    except InvalidOperation:
        price = Decimal(0)
    if not price.is_finite() or price <= 0 or price > INT64_MAX * tick:
        raise UsageError(f"no price {text!r}", hint="a number above zero")
    if price % tick:
        raise UsageError(f"{text} lies between two ticks of {plain(tick)}")
    return int(price / tick)


def _instrument(name: str, core: Core) -> str:
    known = core.risk.state.exposures
    if name not in known:
        raise UsageError(f"no instrument {name!r}", hint=nearest(name, known))
    return name


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
    "submit": _submit,
    "cancel": _cancel,
    "set-limit": _set_limit,
}
"""Each act by its word."""
