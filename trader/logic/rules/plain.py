"""Against plain error: the state that trading is in, orders sent twice, forbidden instruments."""

from typing import Final

from trader.logic.rules.case import Case
from trader.logic.rules.view import Denial, Rule, View, reduces, reduces_own
from trader.model.control import TradingState
from trader.model.orders import OrderRole, SubmitOrder
from trader.model.units import Nanoseconds

_ACTIVE: Final = TradingState.ACTIVE
_HALTED: Final = TradingState.HALTED
_REDUCING: Final = TradingState.REDUCING
_FLATTENING: Final = TradingState.FLATTENING
_PROTECTION: Final = OrderRole.PROTECTION


def trading_halted(case: Case) -> Rule | None:
    """Nothing leaves while halted."""
    return _halted if case.trading is _HALTED else None


def _halted(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
    del order, view, now
    return Denial("trading_halted", "trading is halted")


def reducing_only(case: Case) -> Rule | None:
    """While reducing, only what makes the position smaller: the strategy's, and the account's.

    While flattening the strategy's alone counts, since strategies that stand against each other
    could never end otherwise; and for a protective order too, which waits for what is held. Beside
    an order that flattens only others of its target count: all else is being canceled.
    """
    if case.trading is _ACTIVE or case.trading is _HALTED:
        return None
    if case.trading is _FLATTENING and not case.protective:
        return _flattens
    both = case.trading is _REDUCING and not case.protective

    def rule(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
        del now
        if reduces_own(order, view) and (not both or reduces(order, view)):
            return None
        return _builds_up(order, view)

    return rule


def _flattens(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
    del now
    standing, lots = view.standing, order.lots
    also = standing.aimed if standing.aimed * lots > 0 else 0
    held = standing.lots
    if held * lots < 0 and abs(lots + also) <= abs(held):
        return None
    return _builds_up(order, view)


def _builds_up(order: SubmitOrder, view: View) -> Denial:
    own, all_ = view.standing.lots, view.exposure.lots
    return Denial("reducing_only", f"{order.lots} lots at a position of {own}, of all {all_}")


def duplicate_client_order_id(case: Case) -> Rule | None:
    """An id is used once in a session."""
    del case
    return _used_twice


def _used_twice(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
    del now
    if order.client_order_id not in view.account.seen:
        return None
    return Denial("duplicate_client_order_id", order.client_order_id)


def intent_duplicate(case: Case) -> Rule | None:
    """A strategy does not send the same lots at the same prices again within the window."""
    window = case.limits.intent_window_ns
    if window is None or case.protective:
        return None

    def rule(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
        recent = view.standing.recent
        if not recent or now - recent[-1][0] >= window:
            return None
        asked = (order.lots, order.limit_ticks, order.stop_ticks)
        for ts, _, *sent in reversed(recent):
            if now - ts >= window:
                break
            if tuple(sent) == asked:
                return Denial("intent_duplicate", f"sent {now - ts} ns ago as well")
        return None

    return rule


def instrument_restricted(case: Case) -> Rule | None:
    """In a restricted instrument positions only become smaller."""
    if case.facts.name not in case.limits.restricted or case.protective:
        return None

    def rule(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
        del now
        if reduces(order, view):
            return None
        return Denial("instrument_restricted", f"{order.instrument} is restricted")

    return rule
