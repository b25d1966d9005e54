"""What the instrument's venue would refuse anyway, found before it is sent.

Both hold: the filters that were configured, and what the venue says itself while it is listened
to. So the tighter one of each two bounds decides.
"""

from collections.abc import Iterator
from typing import Final

from trader.logic.rules.case import Case
from trader.logic.rules.limits import NO_FILTERS, Filters
from trader.logic.rules.view import Denial, Rule, View
from trader.model.orders import OrderType, SubmitOrder
from trader.model.units import Lots, Money, Nanoseconds

_MARKET: Final = OrderType.MARKET


def filter_violated(case: Case) -> Rule | None:
    """No size, price or worth that the venue does not take; no order is exempt from that.

    It looks at the whole of an order, also where a change of what is left is judged.
    """
    asked = tuple(each for each in (case.facts.filters, case.listed) if each != NO_FILTERS)
    half = case.facts.half
    if not asked:
        return None

    def rule(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
        del now
        for filters in asked:
            detail = next(_violations(order, view, filters, half), "")
            if detail:
                return Denial("filter_violated", detail)
        return None

    return rule


def _violations(order: SubmitOrder, view: View, filters: Filters, half: Money) -> Iterator[str]:
    size = abs(order.lots) + view.done
    yield from _size(size, filters.lots_min, filters.lots_max, filters.lots_step)
    if order.order_type is _MARKET:
        yield from _size(
            size, filters.market_lots_min, filters.market_lots_max, filters.market_lots_step
        )
    yield from _prices(order, filters)
    yield from _band(order, view, filters)
    yield from _worth(order, view, filters, half)
    most = filters.orders_max
    if most is not None and view.exposure.orders >= most:
        yield f"{view.exposure.orders} open orders, at most {most}"


def _size(size: Lots, least: Lots | None, most: Lots | None, step: Lots | None) -> Iterator[str]:
    if least is not None and size < least:
        yield f"{size} lots, at least {least}"
    if most is not None and size > most:
        yield f"{size} lots, at most {most}"
    if step is not None and size % step:
        yield f"{size} lots, in steps of {step}"


def _prices(order: SubmitOrder, filters: Filters) -> Iterator[str]:
    for ticks in (order.limit_ticks, order.stop_ticks):
        if ticks is None:
            continue
        if filters.ticks_min is not None and ticks < filters.ticks_min:
            yield f"{ticks} ticks, at least {filters.ticks_min}"
        if filters.ticks_max is not None and ticks > filters.ticks_max:
            yield f"{ticks} ticks, at most {filters.ticks_max}"


def _band(order: SubmitOrder, view: View, filters: Filters) -> Iterator[str]:
    """A limit too far from the last price, as far as one is known."""
    band = filters.buy_band if order.lots > 0 else filters.sell_band
    limit = order.limit_ticks
    if band is None or limit is None or not view.mark:
        return
    (least, least_of), (most, most_of) = band
    if 2 * limit * least_of < view.mark * least:
        yield f"{limit} ticks, at least {least}/{least_of} of the last price"
    if 2 * limit * most_of > view.mark * most:
        yield f"{limit} ticks, at most {most}/{most_of} of the last price"


def _worth(order: SubmitOrder, view: View, filters: Filters, half: Money) -> Iterator[str]:
    least, most = filters.notional_min, filters.notional_max
    if order.order_type is _MARKET:
        least = None if filters.notional_min_spares_market else least
        most = None if filters.notional_max_spares_market else most
    if least is None and most is None:
        return
    own = order.limit_ticks or order.stop_ticks
    notional = (abs(order.lots) + view.done) * (2 * own if own else view.mark) * half
    if least is not None and notional < least:
        yield f"{notional} quanta, at least {least}"
    if most is not None and notional > most:
        yield f"{notional} quanta, at most {most}"
