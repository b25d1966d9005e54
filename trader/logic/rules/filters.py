"""What the instrument's venue would refuse anyway, found before it is sent."""

from trader.logic.rules.case import Case
from trader.logic.rules.limits import NO_FILTERS, Facts
from trader.logic.rules.view import Denial, Rule, View
from trader.model.orders import SubmitOrder
from trader.model.units import Nanoseconds


def filter_violated(case: Case) -> Rule | None:
    """No size, price or worth that the venue does not take; no order is exempt from that.

    It looks at the whole of an order, also where a change of what is left is judged.
    """
    facts = case.facts
    if facts.filters == NO_FILTERS:
        return None

    def rule(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
        del now
        detail = _size(order, view, facts) or _prices(order, facts) or _worth(order, view, facts)
        return Denial("filter_violated", detail) if detail else None

    return rule


def _size(order: SubmitOrder, view: View, facts: Facts) -> str:
    filters, size = facts.filters, abs(order.lots) + view.done
    if filters.lots_min is not None and size < filters.lots_min:
        return f"{size} lots, at least {filters.lots_min}"
    if filters.lots_max is not None and size > filters.lots_max:
        return f"{size} lots, at most {filters.lots_max}"
    if filters.lots_step is not None and size % filters.lots_step:
        return f"{size} lots, in steps of {filters.lots_step}"
    return ""


def _prices(order: SubmitOrder, facts: Facts) -> str:
    filters = facts.filters
    for ticks in (order.limit_ticks, order.stop_ticks):
        if ticks is None:
            continue
        if filters.ticks_min is not None and ticks < filters.ticks_min:
            return f"{ticks} ticks, at least {filters.ticks_min}"
        if filters.ticks_max is not None and ticks > filters.ticks_max:
            return f"{ticks} ticks, at most {filters.ticks_max}"
    return ""


def _worth(order: SubmitOrder, view: View, facts: Facts) -> str:
    least = facts.filters.notional_min
    if least is None:
        return ""
    own = order.limit_ticks or order.stop_ticks
    notional = (abs(order.lots) + view.done) * (2 * own if own else view.mark) * facts.half
    return f"{notional} quanta, at least {least}" if notional < least else ""
