"""The gate: holds an order against the rules that concern it, and remembers what it let through.

The rules are made for every instrument and kind of order beforehand, and made anew when a limit,
the trading state or a suspension changes. They point into the account's state, which is all that
has to be kept.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

from msgspec.structs import replace

from trader.logic.rules.case import Case
from trader.logic.rules.counting import Counting
from trader.logic.rules.limits import Facts
from trader.logic.rules.listing import listed_filters
from trader.logic.rules.policy import rules
from trader.logic.rules.view import Account, Denial, Resting, Rule, Sent, Standing, View
from trader.model.control import TradingState
from trader.model.orders import OrderRole, ReplaceOrder, SubmitOrder
from trader.model.units import INT64_MAX, Lots, Nanoseconds, Ticks

_TARGET: Final = OrderRole.TARGET
_PROTECTION: Final = OrderRole.PROTECTION
_HALTED: Final = TradingState.HALTED
_ACTIVE: Final = TradingState.ACTIVE
_FLATTENING: Final = TradingState.FLATTENING
_MEASURED: Final = ("position_max", "gross_max", "concentration_max", "sector_max")
"""The limits that look at how far an order could lead."""
_UNKNOWN: Final = Denial("instrument_restricted", "nobody configured this instrument")


class Desk(NamedTuple):
    """What is asked of one instrument's orders, by their kind, and what the rules are given."""

    view: View
    market: tuple[Rule, ...]
    priced: tuple[Rule, ...]
    protective: tuple[Rule, ...]


class Gate:
    """Judges orders for one account; `account` is all it knows."""

    def __init__(self, account: Account, facts: Sequence[Facts]) -> None:
        self._facts = facts
        self.bind(account)

    def bind(self, account: Account) -> None:
        """Judges by this account from now on."""
        self.account = account
        self.counting = Counting(account)
        self._standings = account.standings
        self.renew()

    def renew(self) -> None:
        """Makes the rules anew."""
        limits = self.account.limits
        self._measures = any(getattr(limits, name) is not None for name in _MEASURED)
        self._desks = {facts.name: self._desk(facts) for facts in self._facts}
        self._paced_ns = 0 if limits.orders_max is None else limits.orders_window_ns
        self._kept_ns = max(
            limits.intent_window_ns or 0, limits.repeats_window_ns if limits.repeats_max else 0
        )
        self._looks_back = bool(self._paced_ns or self._kept_ns)

    def _desk(self, facts: Facts) -> Desk:
        account = self.account
        listed = listed_filters(account.listed.get(facts.name), facts.steps)

        def made(*, priced: bool = False, protective: bool = False) -> tuple[Rule, ...]:
            return rules(
                Case(
                    limits=account.limits,
                    facts=facts,
                    trading=account.trading,
                    sector=tuple(each.name for each in self._facts if each.sector == facts.sector),
                    halted=facts.name in account.halted,
                    listed=listed,
                    priced=priced,
                    protective=protective,
                )
            )

        nobody = Standing(instrument=facts.name)
        exposure = account.exposures[facts.name]
        view = View(account, exposure, nobody, measures=self._measures)
        return Desk(view, made(), made(priced=True), made(protective=True))

    def judge(self, order: SubmitOrder, now: Nanoseconds) -> Denial | None:
        """The first rule's no, if any says it."""
        desk = self._desks.get(order.instrument)
        if desk is None:
            return _UNKNOWN
        view, market, priced, protective = desk
        standing = self._standings.get(order.strategy)
        if standing is None:
            standing = self.counting.standing(order.strategy, order.instrument)
        view.face(standing, order.lots)
        if order.role is _PROTECTION:
            asked = protective
        else:
            asked = market if order.limit_ticks is None else priced
        for rule in asked:
            denial = rule(order, view, now)
            if denial is not None:
                return denial
        return None

    def admit(self, order: SubmitOrder, now: Nanoseconds) -> Denial | None:
        """Judges an order; one that passes counts from now on."""
        denial = self.judge(order, now)
        if denial is not None:
            return denial
        self.account.seen[order.client_order_id] = True
        if self._looks_back and order.role is not _PROTECTION:
            self._pace(order, now)
        self.counting.approve(order)
        return None

    def change(self, command: ReplaceOrder, now: Nanoseconds) -> Denial | None:
        """Judges a replacement; one that passes counts from now on.

        What only lowers an order, or moves protection, passes; else the order is judged as it would
        be, and while it is, it is left out of all that is counted. Of an order that does not work,
        or on the other side, the venue has to say what is wrong.
        """
        resting = self.account.resting.get(command.client_order_id)
        if resting is None:
            return None
        order = resting.order
        lots = order.lots if command.lots is None else command.lots
        size = abs(lots)
        if lots * order.lots < 0 or size <= resting.done:
            return None
        limit = _moved(command.limit_ticks, order.limit_ticks)
        stop = _moved(command.stop_ticks, order.stop_ticks)
        is_moved = limit is not None or stop is not None
        raised = size if size > resting.size else 0
        if not (raised or (is_moved and order.role is not _PROTECTION)):
            return None
        wanted = replace(
            order,
            client_order_id=command.request_id,
            lots=resting.side * (size - resting.done),
            limit_ticks=order.limit_ticks if limit is None else limit,
            stop_ticks=order.stop_ticks if stop is None else stop,
        )
        denial = self._judge_without(resting, wanted, now)
        if denial is None:
            if self._looks_back and order.role is not _PROTECTION:
                self._pace(wanted, now)
            self.counting.ask(resting, raised, stop if order.limit_ticks is None else limit)
        return denial

    def _judge_without(
        self, resting: Resting, wanted: SubmitOrder, now: Nanoseconds
    ) -> Denial | None:
        room, exposure = resting.room, self.account.exposures[wanted.instrument]
        self.counting.give(resting, 0)
        view = self._desks[wanted.instrument].view
        exposure.orders -= 1
        view.changed, view.done = 1, resting.done
        denial = self.judge(wanted, now)
        view.changed = view.done = 0
        exposure.orders += 1
        self.counting.give(resting, room)
        return denial

    def _pace(self, order: SubmitOrder, now: Nanoseconds) -> None:
        """Remembers that something was let through, as long as some rule looks back."""
        if self._paced_ns:
            at = self.account.approved_at
            before = now - self._paced_ns
            if at and at[0] <= before:
                del at[: len(at) if at[-1] <= before else bisect_right(at, before)]
            at.append(now)
        if self._kept_ns:
            standing = self._standings[order.strategy]
            recent = standing.recent
            before = now - self._kept_ns
            if recent and recent[0][0] <= before:
                gone = len(recent) if recent[-1][0] <= before else _older(recent, before)
                del recent[:gone]
            recent.append((now, standing.lots, order.lots, order.limit_ticks, order.stop_ticks))

    def recall(self, order: SubmitOrder) -> str:
        """Why an order that was let through must not leave after all; empty if it may.

        That is so where trading has been halted or reduced since, in the same step.
        """
        account = self.account
        if account.trading is _HALTED:
            return "trading_halted"
        if account.trading is _ACTIVE or order.role is _PROTECTION:
            return ""
        standing = self.counting.standing(order.strategy, order.instrument)
        exposure = account.exposures[order.instrument]
        if account.trading is _FLATTENING:
            # All but what closes the position is being canceled.
            resting = account.resting.get(order.client_order_id)
            is_aimed = order.role is _TARGET and resting is not None and not resting.leaving
            leaves = is_aimed and _ends(standing.aimed, standing.lots)
        elif order.lots > 0:
            leaves = _ends(standing.buys, standing.lots) and _ends(exposure.buys, exposure.lots)
        else:
            leaves = _ends(standing.sells, standing.lots) and _ends(exposure.sells, exposure.lots)
        return "" if leaves else "reducing_only"


def _ends(lots: Lots, held: Lots) -> bool:
    """Whether so many signed lots make a position smaller without turning it."""
    return lots * held < 0 and abs(lots) <= abs(held)


def _older(recent: list[Sent], before: Nanoseconds) -> int:
    """How many were sent at that instant or earlier."""
    return bisect_right(recent, (before, INT64_MAX, 0, None, None))


def _moved(wanted: Ticks | None, now: Ticks | None) -> Ticks | None:
    """The price that an order is to have, if it is another one."""
    return None if wanted == now else wanted
