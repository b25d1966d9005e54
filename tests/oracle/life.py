"""What happens to an order at the venue, whatever it is matched on.

It starts, is filled, changed and ended, and so are its children and its group. The choices made
stand in `tests.oracle.venue`.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from fractions import Fraction

from tests.oracle.market import Bar, Instrument
from tests.oracle.orders import Change, Ended, Fill, Order, Replaced, Report, VenueRules
from tests.oracle.splits import split_lots, split_price


class Life:
    def __init__(self, rules: VenueRules, instruments: Iterable[Instrument]) -> None:
        self.rules = rules
        self.orders: dict[int, Order] = {}
        self.reports: list[Report] = []
        self._live: dict[int, Order] = {}  # in order of arrival
        self._units = {each.name: each.unit for each in instruments}
        self._under_way: dict[str, Bar] = {}
        self._is_met: dict[str, bool] = {}  # if trading was on since the opening under way
        self._market: dict[str, int] = {}
        self._left: dict[str, int | None] = {}
        self._allowed: dict[int, int] = {}  # what orders may fill in the pass under way
        self._over: list[Order] = []  # past their only moment in the pass under way
        self._after_opening: list[Callable[[], None]] = []
        self._is_certain = True
        self.met: Counter[str] = Counter()
        """How often each kind of thing happened, in words."""

    def _working(self, instrument: str) -> list[Order]:
        """Orders of an instrument that have not ended, in order of arrival."""
        return [o for o in self._live.values() if o.instrument == instrument]

    def _is_inside(self, instrument: str, ts: int) -> bool:
        bar = self._under_way.get(instrument)
        return bar is not None and bar.ts_open < ts < bar.ts_close

    def _room(self, order: Order) -> int:
        """The lots an order may still fill: of a child, no more than its parent has opened."""
        size = order.size
        if order.parent is not None and not order.is_orphan:
            size = opened(order, self.orders[order.parent])
        return 0 if order.ended else size - order.filled

    def _join(self, order: Order, ts: int) -> None:
        """An order has arrived: it ignores the inside it falls into, else it may start."""
        bar = self._under_way.get(order.instrument)
        order.ignores = bar if bar is not None and ts > bar.ts_open else None
        if self._room(order) > 0:
            market = self._market.get(order.instrument)
            self._start(order, market, ts, bar if order.ignores is None else None)

    def _start(self, order: Order, market: int | None, ts: int, bar: Bar | None) -> None:
        """An order begins to work, after the opening of `bar` if that is given."""
        order.started = ts if order.started is None else order.started
        if market is not None and order.is_trigger and order.is_beyond(market):
            order.triggered = True
            order.triggered_in = bar
        elif order.time_in_force == "GTX" and bar is not None and self._is_met[order.instrument]:
            if not order.met_opening and order.allows(bar.open):
                self._refuse_taking(order)
            order.met_opening = True

    def _refuse_taking(self, order: Order) -> None:
        self._end(order, "REJECTED" if order.filled == 0 else "CANCELED", "post_only")

    def _change(self, order: Order, change: Change, ts: int) -> None:
        size = order.size if change.size is None else change.size
        if order.parent is not None and order.is_orphan:
            opened = self.orders[order.parent].filled - order.taken
            size = min(size, max(order.size, opened))
        if size <= order.filled:
            self._end(order, "CANCELED", "nothing_left")
            return
        limit = order.limit_ticks if change.limit_ticks is None else change.limit_ticks
        stop = order.stop_ticks if change.stop_ticks is None else change.stop_ticks
        is_new = size > order.size or (limit, stop) != (order.limit_ticks, order.stop_ticks)
        order.size, order.limit_ticks, order.stop_ticks = size, limit, stop
        self.reports.append(Replaced(order, size, limit, stop, is_answer=True))
        if is_new:
            self._go_last(order)
            order.met_opening = False
            self._join(order, ts)

    def _go_last(self, order: Order) -> None:
        """Last in the order of arrival; its children stay behind it."""
        del self._live[order.number]
        self._live[order.number] = order
        for child in self._children(order):
            self._go_last(child)

    def _fill(self, order: Order, room: int, ticks: int, market: int, ts: int, taker: bool) -> None:
        """Fill what room and the bar's volume allow, and do what follows from it."""
        left = self._left[order.instrument]
        lots = room if left is None else min(room, left)
        if lots <= 0 or (order.time_in_force == "FOK" and lots < order.size - order.filled):
            return
        if left is not None:
            self._left[order.instrument] = left - lots
        value = lots * ticks * self._units[order.instrument]
        fee = self.rules.fee(value, lots, taker)
        self.reports.append(Fill(order, ts, order.side * lots, ticks, fee, taker))
        place = "inside" if ts == self._under_way[order.instrument].ts_close else "opening"
        self.met[f"{order.order_type} {order.time_in_force} {place}"] += 1
        idle = [child for child in self._children(order) if opened(child, order) == 0]
        order.filled += lots
        order.status = "FILLED" if order.filled == order.size else "PARTIALLY_FILLED"
        if order.ended:
            del self._live[order.number]
        self._reduce_group(order, lots)
        bar = self._under_way[order.instrument]
        if place == "inside":
            self._is_certain = self._is_certain and self._is_first(order, bar)
            self._after_fill(order, idle, market, ts, None)
        else:
            self._after_opening.append(lambda: self._after_fill(order, idle, market, ts, bar))

    def _after_fill(
        self, order: Order, idle: list[Order], market: int, ts: int, bar: Bar | None
    ) -> None:
        """Children that were idle start; an order that is filled leaves its children."""
        for child in idle:
            if not child.ended and self._room(child) > 0:
                if child.triggered and not child.has_rested:
                    child.triggered_in = bar
                self._start(child, market, ts, bar)
        if order.ended:
            self._leave_children(order)

    def _reduce_group(self, order: Order, lots: int) -> None:
        """The others of its group are for fewer lots by what it has filled."""
        for other in self._working(order.instrument):
            is_other = other is not order and not other.ended
            if order.group and other.group == order.group and is_other:
                other.taken += lots
                self._allowed[other.number] = self._allowed.get(other.number, 0) - lots
                if other.size - lots <= other.filled:
                    self._end(other, "CANCELED", "group")
                else:
                    self._resize(other, other.size - lots)

    def _children(self, parent: Order) -> list[Order]:
        """Those that work, in the order in which they were sent."""
        found = [o for o in self._live.values() if o.parent == parent.number]
        return sorted(found, key=lambda order: order.number)

    def _reject(self, order: Order, reason: str) -> None:
        order.status = "REJECTED"
        self.reports.append(Ended(order, "REJECTED", reason))

    def _end(self, order: Order, status: str, reason: str) -> None:
        order.status = status
        del self._live[order.number]
        self.reports.append(Ended(order, status, reason))
        self._leave_children(order)

    def _split(self, instrument: str, ratio: Fraction) -> None:
        """Every order is for other lots at other prices; one without a lot left is CANCELED."""
        for order in self.orders.values():
            if order.instrument == instrument:
                order.lots = split_lots(order.lots, ratio)
                order.size = split_lots(order.size, ratio)
                order.filled = split_lots(order.filled, ratio)
                order.taken = split_lots(order.taken, ratio)
                order.limit_ticks = split_price(order.limit_ticks, ratio)
                order.stop_ticks = split_price(order.stop_ticks, ratio)
        for order in self._working(instrument):
            if not order.ended and order.size <= order.filled:
                self._end(order, "CANCELED", "split")

    def _leave_children(self, parent: Order) -> None:
        """A parent has ended: its children keep what it has opened."""
        for child in self._children(parent):
            if not child.is_orphan and child.size > child.filled:
                self._parent_ended(child, parent)

    def _parent_ended(self, child: Order, parent: Order) -> None:
        child.is_orphan = True
        size = opened(child, parent)
        if size <= child.filled:
            self._end(child, "CANCELED", "parent_ended")
        elif size < child.size:
            self._resize(child, size)

    def _resize(self, order: Order, size: int) -> None:
        order.size = size
        self.reports.append(Replaced(order, size, order.limit_ticks, order.stop_ticks))

    def _is_first(self, parent: Order, bar: Bar) -> bool:
        """True if a parent that fills inside surely does so before any stop among its children."""
        children = self._children(parent)
        if not children:
            return True
        stops = [child.stop_ticks for child in children if child.stop_ticks is not None]
        if not stops or not parent.is_limit or parent.limit_ticks is None:
            return False
        sides = [price - bar.open for price in (parent.limit_ticks, *stops)]
        return all(side > 0 for side in sides) or all(side < 0 for side in sides)


def opened(child: Order, parent: Order) -> int:
    """The lots that a child may fill in all: of those the parent fills after what it closes.

    The group of the child has closed some of them already.
    """
    closing = max(0, parent.ordered - child.taken - child.size)
    return min(child.size, max(0, parent.filled - child.taken - closing))
