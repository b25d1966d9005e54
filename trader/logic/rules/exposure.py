"""What all positions may be worth together, at the worst that open orders could make of them."""

from typing import Final

from trader.logic.rules.case import Case
from trader.logic.rules.view import Account, Denial, Rule, View, reduces
from trader.model.orders import OrderRole, SubmitOrder
from trader.model.units import Money, Nanoseconds

_PROTECTION: Final = OrderRole.PROTECTION


def gross_exceeds_max(case: Case) -> Rule | None:
    """No order that raises what the worst cases of all instruments are worth beyond this."""
    most, half = case.limits.gross_max, case.facts.half
    if most is None or case.protective:
        return None

    def rule(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
        del order, now
        own = view.exposure
        gross = view.worst * view.mark * half
        for exposure in view.account.exposures.values():
            if exposure is not own:
                gross += exposure.worth()
        if gross <= most or view.worst <= own.worst():
            return None
        return Denial("gross_exceeds_max", f"worst case {gross} quanta, allowed {most}")

    return rule


def concentration_exceeds_max(case: Case) -> Rule | None:
    """No order that raises an instrument's worst case beyond this share of the equity."""
    if case.limits.concentration_max is None or case.protective:
        return None
    num, den = case.limits.concentration_max
    half = case.facts.half

    def rule(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
        del order, now
        equity, worth = view.account.equity, view.worst * view.mark * half
        if worth * den <= num * equity or view.worst <= view.exposure.worst():
            return None
        return Denial("concentration_exceeds_max", f"worst case {worth} quanta of {equity}")

    return rule


def sector_exceeds_max(case: Case) -> Rule | None:
    """No order that raises a sector's worst cases together beyond this share of the equity."""
    if case.limits.sector_max is None or case.protective or not case.facts.sector:
        return None
    num, den = case.limits.sector_max
    half, name = case.facts.half, case.facts.sector
    others = tuple(each for each in case.sector if each != case.facts.name)

    def rule(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
        del order, now
        account, own = view.account, view.exposure
        worth = view.worst * view.mark * half
        worth += sum(account.exposures[each].worth() for each in others)
        if worth * den <= num * account.equity or view.worst <= own.worst():
            return None
        detail = f"worst case of {name} {worth} quanta of {account.equity}"
        return Denial("sector_exceeds_max", detail)

    return rule


def balance_insufficient(case: Case) -> Rule | None:
    """With `borrow: false`, no buys that could cost more than the cash, and nothing sold short.

    A buy costs its limit or stop, else the last price; fees are not in it.
    """
    if case.limits.borrow or case.protective:
        return None
    half = case.facts.half

    def rule(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
        del now
        lots, exposure, account = order.lots, view.exposure, view.account
        if reduces(order, view):
            return None
        if lots < 0:
            short = exposure.lots + exposure.sells + lots
            return Denial("balance_insufficient", f"worst case {short} lots") if short < 0 else None
        own = order.limit_ticks or order.stop_ticks
        cost = lots * (2 * own if own else view.mark) * half + _reserved(account)
        if cost <= account.cash:
            return None
        return Denial("balance_insufficient", f"{cost} quanta of {account.cash}")

    return rule


def _reserved(account: Account) -> Money:
    """What open buys could cost."""
    cost = 0
    for resting in account.resting.values():
        order = resting.order
        if order.lots > 0 and order.role is not _PROTECTION:
            exposure = account.exposures[order.instrument]
            own = order.limit_ticks or order.stop_ticks
            price = 2 * max(own, resting.asked_ticks or 0) if own else exposure.price()[0]
            cost += resting.room * price * exposure.half
    return cost


def short_forbidden(case: Case) -> Rule | None:
    """No order after which an instrument that may not be sold short could be short."""
    if case.facts.shortable or case.protective:
        return None

    def rule(order: SubmitOrder, view: View, now: Nanoseconds) -> Denial | None:
        del now
        exposure, lots = view.exposure, order.lots
        short = exposure.lots + exposure.sells + lots
        if lots > 0 or short >= 0:
            return None
        return Denial("short_forbidden", f"worst case {short} lots")

    return rule
