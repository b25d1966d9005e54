"""Keeps what the rules see up to date: what was approved, and what became of it.

What an order may still fill is its *room*. It counts on its side of its instrument and, but for
protection, of its strategy. A child on the other side than its parent has room for the most that
this has opened for it: until then no subset of fills reaches further with it than without. A child
on the same side counts whole. Orders of a group have together the room of the one that has most.
"""

from typing import Final

from msgspec.structs import replace

from trader.logic.external import foreign_order
from trader.logic.lifecycle import ENDED
from trader.logic.rules.view import Account, Exposure, Group, Resting, Sent, Standing
from trader.logic.splits import split_half_ticks, split_lots, split_ticks
from trader.model.account import ForeignAdopted
from trader.model.control import SplitEffective
from trader.model.market import Quote
from trader.model.orders import (
    OrderBusted,
    OrderFilled,
    OrderReplaced,
    OrderRole,
    OrderStatus,
    SubmitOrder,
)
from trader.model.units import INT64_MAX, NONE, Lots, Ticks

_TARGET: Final = OrderRole.TARGET
_PROTECTION: Final = OrderRole.PROTECTION
_SETTLED: Final = (OrderStatus.ACCEPTED, OrderStatus.PARTIALLY_FILLED)
"""Statuses of an order of which nothing is asked any more."""


class Counting:
    """Counts for one account."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def standing(self, strategy: str, instrument: str) -> Standing:
        """Where the strategy stands in its instrument."""
        standing = self.account.standings.get(strategy)
        if standing is None:
            standing = self.account.standings[strategy] = Standing(instrument=instrument)
        return standing

    # -- orders ---------------------------------------------------------------------------------

    def approve(self, order: SubmitOrder) -> None:
        """The order may leave: from now on it counts."""
        account, id_, lots = self.account, order.client_order_id, order.lots
        size = lots if lots > 0 else -lots
        resting = account.resting[id_] = Resting(order, size, ordered=size)
        exposure = account.exposures[order.instrument]
        exposure.orders += 1
        if order.limit_ticks is not None:
            exposure.limits += 1
        if order.group:
            guard = order.role is _PROTECTION
            exposure.groups.setdefault(order.group, Group(guard=guard)).members.append(id_)
        if order.parent:
            self._join(resting)
            size = _room(resting)
        self._give(resting, size, exposure)

    def _join(self, child: Resting) -> None:
        """A child of a parent that still works, on its other side, waits for what that opens."""
        order = child.order
        parent = self.account.resting.get(order.parent)
        if parent is None:
            return
        parent.children = (*parent.children, order.client_order_id)
        if parent.order.lots * order.lots < 0:
            child.parent_size = parent.ordered
            child.granted = _granted(parent, child)

    def give(self, resting: Resting, room: Lots) -> None:
        """From now on the order may fill so many lots, unsigned."""
        self._give(resting, room, self.account.exposures[resting.order.instrument])

    def _give(self, resting: Resting, room: Lots, exposure: Exposure) -> None:
        more = room - resting.room
        if not more:
            return
        resting.room = room
        order = resting.order
        role, is_buy = order.role, order.lots > 0
        if not is_buy:
            more = -more
        if order.group:
            more = self._regroup(exposure, exposure.groups[order.group])
        elif role is _PROTECTION:
            _guard(exposure, more, is_buy=is_buy)
        elif is_buy:
            exposure.buys += more
        else:
            exposure.sells += more
        if role is _PROTECTION:
            return
        standing = self.account.standings.get(order.strategy)
        if standing is None:
            standing = self.standing(order.strategy, order.instrument)
        if is_buy:
            standing.buys += more
        else:
            standing.sells += more
        if role is _TARGET and not resting.leaving:
            standing.aimed += more

    def leave(self, id_: str, *, leaving: bool) -> None:
        """We have asked for a target order's cancel, or it was refused.

        It may still fill and counts for every limit, but its target counts on it no more.
        """
        resting = self.account.resting.get(id_)
        if resting is None or resting.role is not _TARGET or resting.leaving is leaving:
            return
        resting.leaving = leaving
        lots = resting.room * resting.side
        standing = self.standing(resting.order.strategy, resting.instrument)
        standing.aimed += -lots if leaving else lots

    def _regroup(self, exposure: Exposure, group: Group) -> Lots:
        """Counts a group anew: on each side the most that one of its orders may fill.

        What that adds: only the side of the order of which the room has changed can be another.
        """
        buys = sells = 0
        for id_ in group.members:
            resting = self.account.resting[id_]
            room = resting.room
            if resting.order.lots > 0:
                if room > buys:  # noqa: PLR1730 - a call costs as much again
                    buys = room
            elif room > sells:
                sells = room
        more_buys, more_sells = buys - group.buys, group.sells - sells
        if group.guard:
            exposure.guard_buys += more_buys
            exposure.guard_sells += more_sells
        else:
            exposure.buys += more_buys
            exposure.sells += more_sells
        group.buys, group.sells = buys, sells
        return more_buys + more_sells

    def end(self, id_: str) -> None:
        """The order has ended: it counts no more."""
        resting = self.account.resting.get(id_)
        if resting is not None:
            self._end(id_, resting, self.account.exposures[resting.order.instrument])

    def _end(self, id_: str, resting: Resting, exposure: Exposure) -> None:
        self._give(resting, 0, exposure)
        del self.account.resting[id_]
        order = resting.order
        exposure.orders -= 1
        if order.limit_ticks is not None:
            exposure.limits -= 1
        if order.group:
            group = exposure.groups[order.group]
            group.members.remove(id_)
            if not group.members:
                del exposure.groups[order.group]

    # -- fills ----------------------------------------------------------------------------------

    def fill(self, fill: OrderFilled) -> Resting | None:
        """Lots have changed hands; the order that filled, if it still counted."""
        lots, id_ = fill.last_lots, fill.client_order_id
        account = self.account
        exposure = account.exposures[fill.instrument]
        exposure.lots += lots
        # A call is saved wherever the strategy is known already: nearly always.
        standing = account.standings.get(fill.strategy)
        if standing is None:
            standing = self.standing(fill.strategy, fill.instrument)
        standing.lots += lots
        resting = account.resting.get(id_)
        if resting is None:
            return None
        resting.done += lots if lots > 0 else -lots
        for child in resting.children:
            self._grant(resting, child)
        if fill.status >= ENDED:
            self._end(id_, resting, exposure)
        else:
            self._give(resting, _room(resting), exposure)
        return resting

    def _grant(self, parent: Resting, id_: str) -> None:
        child = self.account.resting.get(id_)
        if child is not None and child.parent_size:
            child.granted = max(child.granted, _granted(parent, child))
            self.give(child, _room(child))

    def bust(self, event: OrderBusted) -> None:
        """A fill was taken back: an order that still works may fill those lots again."""
        lots = event.last_lots
        self.account.exposures[event.instrument].lots -= lots
        self.standing(event.strategy, event.instrument).lots -= lots
        resting = self.account.resting.get(event.client_order_id)
        if resting is not None:
            resting.done = max(0, resting.done - abs(lots))
            self.give(resting, _room(resting))

    def adopt(self, event: ForeignAdopted) -> None:
        """Somebody else has traded; of the order behind it counts what it may still fill."""
        account, left = self.account, event.lots_left
        account.exposures[event.instrument].lots += event.last_lots
        self.standing(event.strategy, event.instrument).lots += event.last_lots
        if left is None:
            return
        id_ = event.client_order_id
        self.end(id_)
        if left:
            self.approve(foreign_order(event, left))
            account.resting[id_].theirs = True

    # -- changes --------------------------------------------------------------------------------

    def ask(self, resting: Resting, size: Lots, ticks: Ticks | None) -> None:
        """A larger size or another price is on its way: until the answer the worse one counts.

        `ticks` is the limit, or the stop of an order without one.
        """
        resting.asked, resting.asked_ticks = size, ticks
        resting.size = max(resting.size, size)
        if size and resting.parent_size:
            self._widen(resting)
        self.give(resting, _room(resting))

    def _widen(self, child: Resting) -> None:
        """A larger child waits for less of its parent; of a past one we know no more."""
        parent = self.account.resting.get(child.order.parent)
        granted = INT64_MAX if parent is None else _granted(parent, child)
        child.granted = max(child.granted, granted)

    def refuse(self, id_: str) -> None:
        """The venue did not replace the order: it is as it was confirmed last."""
        resting = self.account.resting.get(id_)
        if resting is not None:
            resting.asked, resting.asked_ticks = 0, None
            resting.size = abs(resting.order.lots)
            self.give(resting, _room(resting))

    def replaced(self, event: OrderReplaced) -> None:
        """The order is of this size, and at these prices.

        What its group or parent did to it may come before the answer to what we have asked.
        """
        resting = self.account.resting.get(event.client_order_id)
        if resting is None:
            return
        size, order = abs(event.lots), resting.order
        limit, stop = event.limit_ticks, event.stop_ticks
        is_met = limit is not None or stop is not None or size == resting.asked
        if is_met or event.status in _SETTLED:
            resting.asked, resting.asked_ticks = 0, None
        resting.size = max(size, resting.asked)
        resting.order = replace(
            order,
            lots=event.lots,
            limit_ticks=order.limit_ticks if limit is None else limit,
            stop_ticks=order.stop_ticks if stop is None else stop,
        )
        self.give(resting, _room(resting))

    # -- splits ---------------------------------------------------------------------------------

    def split(self, event: SplitEffective) -> None:
        """Counts an instrument's sizes and prices in the new lots and ticks."""
        ratio = event.numerator, event.denominator
        account, name = self.account, event.instrument
        exposure = account.exposures[name]
        exposure.lots = 0
        for standing in account.standings.values():
            if standing.instrument == name:
                _split_standing(standing, *ratio)
                exposure.lots += standing.lots
        for resting in account.resting.values():
            if resting.order.instrument == name:
                self.give(resting, 0)
                _split_resting(resting, *ratio)
        for resting in account.resting.values():
            if resting.order.instrument == name:
                self.give(resting, _room(resting))
        mark, ts = exposure.price()
        if mark:
            mark = split_half_ticks(mark, *ratio)
            exposure.last = Quote(name, mark // 2, mark - mark // 2, NONE, NONE, ts)


def _room(resting: Resting) -> Lots:
    """What the order may fill now."""
    room = resting.granted
    if room > resting.size:  # noqa: PLR1730 - a call costs as much again
        room = resting.size
    room -= resting.done
    return room if room > 0 else 0  # noqa: FURB136 - as above


def _granted(parent: Resting, child: Resting) -> Lots:
    """What a parent lets its child fill: what it has filled, less what it closes first."""
    closing = child.parent_size - child.size
    opened = parent.done - closing if closing > 0 else parent.done
    return opened if opened > 0 else 0  # noqa: FURB136 - as above


def _guard(exposure: Exposure, more: Lots, *, is_buy: bool) -> None:
    if is_buy:
        exposure.guard_buys += more
    else:
        exposure.guard_sells += more


def _split_standing(standing: Standing, numerator: int, denominator: int) -> None:
    """Its open orders are counted anew."""
    ratio = numerator, denominator

    def sent(one: Sent) -> Sent:
        ts, held, lots, limit, stop = one
        held, lots = split_lots(held, *ratio), split_lots(lots, *ratio)
        return ts, held, lots, _ticks(limit, *ratio), _ticks(stop, *ratio)

    standing.lots = split_lots(standing.lots, *ratio)
    standing.target = split_lots(standing.target, *ratio)
    standing.recent = [sent(one) for one in standing.recent]


def _split_resting(resting: Resting, numerator: int, denominator: int) -> None:
    """An order that is left without lots keeps its side until the venue has ended it."""
    ratio = numerator, denominator
    order = resting.order
    resting.order = replace(
        order,
        lots=split_lots(order.lots, *ratio) or order.lots,
        limit_ticks=_ticks(order.limit_ticks, *ratio),
        stop_ticks=_ticks(order.stop_ticks, *ratio),
        ref_ticks=split_ticks(order.ref_ticks, *ratio),
    )
    for name in ("size", "done", "parent_size", "asked", "ordered"):
        setattr(resting, name, split_lots(getattr(resting, name), *ratio))
    if resting.granted != INT64_MAX:
        resting.granted = split_lots(resting.granted, *ratio)
    resting.asked_ticks = _ticks(resting.asked_ticks, *ratio)


def _ticks(ticks: Ticks | None, numerator: int, denominator: int) -> Ticks | None:
    return None if ticks is None else split_ticks(ticks, numerator, denominator)
