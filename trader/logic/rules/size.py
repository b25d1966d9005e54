"""How large one order may be, and one position.

What only makes a position smaller passes: a limit must not lock in what it forbids.
"""

from trader.logic.rules.case import Case
from trader.logic.rules.view import Denial, Rule, View, reduces
from trader.model.orders import SubmitOrder
from trader.model.units import Nanoseconds


def lots_exceed_max(case: Case) -> Rule | None:
    """No single order of more lots."""
    most = case.limits.lots_max
    if most is None or case.protective:
        return None

    def rule(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
        del now
        if -most <= order.lots <= most or reduces(order, view):
            return None
        return Denial("lots_exceed_max", f"{abs(order.lots)} lots, allowed {most}")

    return rule


def notional_exceeds_max(case: Case) -> Rule | None:
    """No single order worth more: at its own price, limit or stop, else at the last one."""
    most, half = case.limits.notional_max, case.facts.half
    if most is None or case.protective:
        return None
    bound = most // half

    def rule(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
        del now
        own = order.limit_ticks or order.stop_ticks
        worth = abs(order.lots) * (2 * own if own else view.mark)
        if worth <= bound or reduces(order, view):
            return None
        return Denial("notional_exceeds_max", f"{worth * half} quanta, allowed {most}")

    return rule


def position_exceeds_max(case: Case) -> Rule | None:
    """No order with which all that is open on its side could lead beyond so many lots.

    That counts the stops of a position which the order turns: both may fill in one gap. A
    protective order with a parent never works for more than that one opened.
    """
    most = case.limits.position_max
    if most is None:
        return None

    def rule(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
        del now
        if view.reach <= most or reduces(order, view):
            return None
        return Denial("position_exceeds_max", f"worst case {view.reach} lots, allowed {most}")

    if not case.protective:
        return rule
    return lambda order, view, now: None if order.parent else rule(order, view, now)
