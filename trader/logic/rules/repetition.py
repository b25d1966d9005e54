"""How many orders there may be, how often, and to what end."""

from bisect import bisect_right
from typing import Final

from trader.logic.rules.case import Case
from trader.logic.rules.view import Denial, Rule, View, reduces
from trader.model.orders import OrderRole, SubmitOrder
from trader.model.units import INT64_MAX, Nanoseconds

_TARGET: Final = OrderRole.TARGET


def open_orders_exceed_max(case: Case) -> Rule | None:
    """No more open orders than so many of the instrument, and in all.

    Protective orders count, but are not denied; neither is what makes a position smaller.
    """
    limits = case.limits
    if case.protective or (limits.open_orders_max, limits.open_orders_total_max) == (None, None):
        return None
    most = INT64_MAX if limits.open_orders_max is None else limits.open_orders_max
    in_all = INT64_MAX if limits.open_orders_total_max is None else limits.open_orders_total_max

    def rule(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
        del now
        here, all_ = view.exposure.orders, len(view.account.resting) - view.changed
        if (here < most and all_ < in_all) or reduces(order, view):
            return None
        return Denial("open_orders_exceed_max", f"{here} open here, {all_} in all")

    return rule


def rate_exceeds_max(case: Case) -> Rule | None:
    """No more approvals than so many in any window of this length."""
    most, window = case.limits.orders_max, case.limits.orders_window_ns
    if most is None or case.protective:
        return None

    def rule(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
        del order
        recent = view.account.approved_at
        if len(recent) < most:
            return None
        count = len(recent) - bisect_right(recent, now - window)
        if count < most:
            return None
        return Denial("rate_exceeds_max", f"{count} orders in {window} ns")

    return rule


def repeat_exceeds_max(case: Case) -> Rule | None:
    """A strategy that sends so many orders within the window to no end is disabled.

    To no end is that its position is again what it was before the first of them. A person lets it
    trade again.
    """
    most, window = case.limits.repeats_max, case.limits.repeats_window_ns
    if most is None or case.protective:
        return None

    def rule(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
        del order
        standing = view.standing
        recent = standing.recent
        if standing.disabled:
            return Denial(standing.disabled, "disabled until a person lets it trade again")
        if len(recent) < most:
            return None
        ts, held, *_ = recent[-most]
        if now - ts >= window or held != standing.lots:
            return None
        return Denial("repeat_exceeds_max", f"{most} orders in {now - ts} ns, position {held}")

    return rule


def parent_overrun(case: Case) -> Rule | None:
    """An order of a target lies between nothing and what the target still lacks.

    It lacks what neither the position has nor open target orders may fill. Risk counts this itself:
    from the target as the strategy told it, from approvals and fills.
    """
    return None if case.protective else _overrun


def _overrun(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
    del now
    if order.role is not _TARGET:
        return None
    standing, lots = view.standing, order.lots
    lacking = standing.target - standing.lots - standing.aimed
    if 0 < lots <= lacking or lacking <= lots < 0:
        return None
    return Denial("parent_overrun", f"{lots} lots, the target lacks {lacking}")
