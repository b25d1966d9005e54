"""Whether the price can be meant: the collar around the market, and our own orders in its way."""

from typing import Final

from trader.logic.rules.case import Case
from trader.logic.rules.view import Denial, Resting, Rule, View
from trader.model.orders import OrderRole, OrderType, SubmitOrder
from trader.model.units import Nanoseconds, Ticks

_PROTECTION: Final = OrderRole.PROTECTION
_STOP: Final = OrderType.STOP
_STOP_LIMIT: Final = OrderType.STOP_LIMIT


def price_off_market(case: Case) -> Rule | None:
    """No limit further from the last price than the collar, on either side of it."""
    if case.limits.collar is None or not case.priced or case.protective:
        return None
    num, den = case.limits.collar

    def rule(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
        del now
        limit = order.limit_ticks
        assert limit is not None, order
        mark = view.mark
        if abs(2 * limit - mark) * den <= num * mark:
            return None
        return Denial("price_off_market", f"limit {limit}, last price {mark / 2:g} ticks")

    return rule


def self_trade(case: Case) -> Rule | None:
    """No order that could trade with a limit of this account, whichever strategy's it is.

    A stop is left out: it waits, and trades later with whoever is there then. So is what protects
    a strategy against its own market orders: else whoever takes profits could never add to a
    position. And so is what somebody else has placed past us: nobody may leave an order in the book
    with which no strategy can close its position.
    """
    del case
    return _meets


def _meets(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
    del now
    if not view.exposure.limits or order.order_type is _STOP:
        return None
    name, lots = order.instrument, order.lots
    for id_, resting in view.account.resting.items():
        theirs = resting.order
        if theirs.limit_ticks is None or theirs.instrument != name or theirs.lots * lots >= 0:
            continue
        if resting.size <= resting.done or resting.theirs:
            continue
        limit = _reach(resting, theirs.limit_ticks)
        own = order.limit_ticks
        if own is None:
            protects = theirs.role is _PROTECTION and theirs.strategy == order.strategy
            meets = not protects and not _waits(theirs, view.mark)
        else:
            meets = own >= limit if lots > 0 else own <= limit
        if meets:
            return Denial("self_trade", f"would meet {id_} at {limit} ticks")
    return None


def _reach(resting: Resting, limit: Ticks) -> Ticks:
    """The price nearest to the market that it has or may be about to have."""
    asked = resting.asked_ticks
    if asked is None:
        return limit
    return max(limit, asked) if resting.order.lots > 0 else min(limit, asked)


def _waits(order: SubmitOrder, mark: int) -> bool:
    """Whether a stop-limit is no limit yet: the last price has not reached its stop.

    One whose limit lies short of its stop may have been triggered before and rest in the book.
    """
    limit, stop = order.limit_ticks, order.stop_ticks
    if order.order_type is not _STOP_LIMIT or limit is None or stop is None:
        return False
    if order.lots > 0:
        return limit >= stop and mark < 2 * stop
    return limit <= stop and mark > 2 * stop
