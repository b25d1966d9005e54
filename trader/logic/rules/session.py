"""Whether the market is there: halts of an instrument, trading hours, the age of its price."""

from trader.calendars.sessions import Days
from trader.logic.rules.case import Case
from trader.logic.rules.view import Denial, Rule, View, reduces
from trader.model.orders import SubmitOrder
from trader.model.units import Nanoseconds


def instrument_halted(case: Case) -> Rule | None:
    """Nothing is sent while the venue has suspended trading in the instrument, but protection."""
    return None if not case.halted or case.protective else _suspended


def _suspended(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
    del now
    return Denial("instrument_halted", view.account.halted[order.instrument] or "suspended")


def market_closed(case: Case) -> Rule | None:
    """With `closed_orders: deny`, nothing but protection is sent out of its calendar's sessions."""
    sessions = case.facts.sessions
    if case.limits.closed_orders != "deny" or case.protective or isinstance(sessions, Days):
        return None

    def rule(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
        del order, view
        if sessions.is_open(now):
            return None
        return Denial("market_closed", f"no session of {sessions.name}")

    return rule


def price_stale(case: Case) -> Rule | None:
    """No order on a price that is missing or too old, unless it makes a position smaller.

    Only the time counts in which the market was open.
    """
    sessions = case.facts.sessions
    allowed = case.limits.stale_after
    age_max = case.facts.stale_after_ns if allowed is None else allowed

    def rule(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
        if now - view.ts <= age_max:
            return None
        if reduces(order, view):
            return None
        if not view.mark:
            return Denial("price_stale", "no price yet")
        age = sessions.open_ns_between(view.ts, now)
        if age <= age_max:
            return None
        return Denial("price_stale", f"last price is {age} ns old")

    return rule
