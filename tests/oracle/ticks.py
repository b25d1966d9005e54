"""The simulated venue on quotes, prints and books.

A quote, or a book, is a state: its sizes are there for all our orders in order of arrival, until
the next row renews them. A print is an event: its size serves, in order of arrival, the limits that
it goes through, and once it has passed it is gone.

An order *comes* when it arrives, is changed (another price, more lots), is triggered, or starts to
work as a child. Then it takes what stands there, if that is fresh; else the next row is the first
market that it meets. What is left of a limit rests. All children that a fill lets work begin then,
and come one after the other: the last may find nothing left for it. A print serves those that work
when it comes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from tests.oracle.life import Life
from tests.oracle.market import Instrument, Sessions
from tests.oracle.orders import Accepted, Change, Fill, Order, Refused, VenueRules
from tests.oracle.shown import Shown

SECOND_NS: Final = 1_000_000_000


@dataclass(frozen=True)
class Quote:
    """A price that is None is no market on that side; lots that are None are without limit."""

    bid: int | None
    ask: int | None
    bid_lots: int | None
    ask_lots: int | None

    @property
    def is_crossed(self) -> bool:
        return self.bid is not None and self.ask is not None and self.bid > self.ask


@dataclass(frozen=True)
class Print:
    """A trade of somebody else; `side` is the aggressor's, 0 if nobody says."""

    ticks: int
    lots: int
    side: int = 0


class TickVenue(Life):
    """One instrument; `has_quotes` and `has_prints` say what is told of it."""

    def __init__(
        self,
        rules: VenueRules,
        instrument: Instrument,
        *,
        has_quotes: bool,
        has_prints: bool,
        by_volume: bool = False,
        stale_after_ns: int = 60 * SECOND_NS,
        sessions: Sessions | None = None,
    ) -> None:
        super().__init__(rules, [instrument])
        self._has_quotes = has_quotes
        self._has_prints = has_prints
        self._by_volume = by_volume
        self._is_book = False
        self._ahead: dict[int, int | None] = {}  # None while nobody knows
        self._stale_after_ns = stale_after_ns
        self._shown: Shown | None = None
        self._last_print: int | None = None
        self._halted = False
        self._sessions = sessions

    # -- commands ------------------------------------------------------------------------------

    def arrive(self, order: Order, ts: int) -> None:
        self.orders[order.number] = order
        if order.time_in_force == "GTX" and order.order_type != "limit":
            self._reject(order, "post_only")
        elif order.parent is not None and order.parent not in self._live:
            self._reject(order, "unknown_parent")
        else:
            self._live[order.number] = order
            self.reports.append(Accepted(order))
            self._join(order, ts)

    def cancel(self, order: Order, ts: int) -> None:
        del ts
        if order.ended:
            self.reports.append(Refused(order, "cancel"))
        else:
            self._end(order, "CANCELED", "asked_for")

    def replace(self, order: Order, change: Change, ts: int) -> None:
        if order.ended:
            self.reports.append(Refused(order, "replace"))
        else:
            self._change(order, change, ts)

    def close_session(self, instruments: Iterable[str], ts: int) -> None:
        del instruments
        for order in list(self._live.values()):
            is_old = order.started is not None and order.started < ts
            if order.time_in_force == "DAY" and is_old and not order.ended:
                self._end(order, "EXPIRED", "session_closed")

    def halt(self, instrument: str, *, is_over: bool) -> None:
        del instrument
        self._halted = not is_over

    def split(self, instrument: str, numerator: int, denominator: int) -> None:
        """Orders are carried across; what stands is worth nothing until the next row."""
        self._split(instrument, Fraction(numerator, denominator))
        self._ahead.clear()
        self._shown = None
        self._last_print = None

    # -- rows ----------------------------------------------------------------------------------

    def quote(self, row: Quote, ts: int) -> None:
        if row.is_crossed:
            return
        asks = {} if row.ask is None else {row.ask: row.ask_lots}
        bids = {} if row.bid is None else {row.bid: row.bid_lots}
        self._shown = Shown(ts, {1: asks, -1: bids})
        self._meet_row(ts)

    def book(self, bids: dict[int, int], asks: dict[int, int], ts: int) -> None:
        """A whole new state of the book."""
        self._is_book = True
        self._shown = Shown(ts, {1: dict(asks), -1: dict(bids)})
        self._meet_row(ts)

    def trade(self, row: Print, ts: int) -> None:
        self._last_print = row.ticks
        if self._rests_all(ts):
            return
        left = row.lots
        working = [each for each in self._live.values() if self._room(each) > 0]
        for order, waits in [(each, each.is_trigger) for each in working]:
            if order.ended or self._room(order) <= 0:
                continue
            if waits:
                if order.is_trigger and order.is_beyond(row.ticks):
                    order.triggered = True
                    self._take_part(order, ts)
            elif self._is_judged(order):
                left -= self._judge_by_print(order, row, left, ts)
            elif order.is_limit:
                left -= self._go_through(order, row, left, ts)
            elif not self._has_quotes:
                left -= self._take_print(order, row, left, ts)

    def _is_judged(self, order: Order) -> bool:
        """True if a print is the first market that an order meets which asks for that."""
        is_asking = order.time_in_force in ("IOC", "FOK", "GTX")
        return is_asking and not self._has_quotes and not order.met_opening

    def _judge_by_print(self, order: Order, row: Print, left: int, ts: int) -> int:
        order.met_opening = True
        takes = order.is_market or order.allows(row.ticks)
        lots = min(self._room(order), left) if takes else 0
        if order.time_in_force == "GTX":
            if lots > 0:
                self._refuse_taking(order)
            return 0
        if order.time_in_force == "FOK" and lots < order.size - order.filled:
            lots = 0
        if lots > 0:
            ticks = self.rules.worsened(row.ticks, order.side) if order.is_market else row.ticks
            self._book(order, lots, ticks, ts, taker=True)
        if not order.ended:
            self._end(order, "CANCELED", order.time_in_force.lower())
        return lots

    def _rests_all(self, ts: int) -> bool:
        """Nothing fills or is triggered: it is suspended, or its market is closed."""
        is_open = self._sessions is None or any(o <= ts < c for o, c in self._sessions)
        return self._halted or not is_open

    def _meet_row(self, ts: int) -> None:
        if self._rests_all(ts):
            return
        for order in list(self._live.values()):
            if order.ended or self._room(order) <= 0:
                continue
            if order.is_trigger:
                if not self._is_reached(order, ts):
                    continue
                order.triggered = True
            self._take_part(order, ts)
        for order in self._live.values():
            self._look_ahead(order)

    def _look_ahead(self, order: Order) -> None:
        """How much waits in front of a limit that rests; it never becomes more."""
        if not self._by_volume or not order.is_limit or not self._rests(order):
            return
        displayed, before = self._displayed(order), self._ahead.get(order.number)
        if displayed is not None:
            self._ahead[order.number] = displayed if before is None else min(before, displayed)

    def _displayed(self, order: Order) -> int | None:
        """The size shown at a limit's own price; None if nobody knows."""
        if self._shown is None or order.limit_ticks is None:
            return None
        own = self._shown.displayed[-order.side]
        if order.limit_ticks in own:
            return own[order.limit_ticks]
        best = max(own, default=None) if order.side > 0 else min(own, default=None)
        if self._is_book or best is None:
            return 0
        return 0 if order.side * (order.limit_ticks - best) > 0 else None

    def _is_reached(self, order: Order, ts: int) -> bool:
        """True if the market is beyond a stop: the last print, or else the opposite quote."""
        if self._rests_all(ts):
            return False
        if self._has_prints:
            return self._last_print is not None and order.is_beyond(self._last_print)
        if self._shown is None or not self._is_fresh(ts) or not self._shown.offers[order.side]:
            return False
        return order.is_beyond(self._shown.best_first(order.side)[0])

    def _is_fresh(self, ts: int) -> bool:
        return self._shown is not None and ts - self._shown.ts <= self._stale_after_ns

    def _take_part(self, order: Order, ts: int) -> None:
        """An order looks at what stands there."""
        if self._rests_all(ts) or not self._is_fresh(ts):
            return
        is_first, order.met_opening = not order.met_opening, True
        if order.time_in_force == "GTX" and is_first and self._could_take(order):
            self._refuse_taking(order)
            return
        if order.is_limit and not is_first:
            self._fill_resting(order, ts)
            self._look_ahead(order)
            return
        if order.time_in_force == "FOK" and self._within_reach(order) < order.size - order.filled:
            self._end(order, "CANCELED", "fok")
            return
        self._walk(order, ts)
        self._ahead.pop(order.number, None)
        self._look_ahead(order)
        if order.takes_one_opening and not order.ended:
            self._end(order, "CANCELED", order.time_in_force.lower())

    def _could_take(self, order: Order) -> bool:
        return self._within_reach(order) > 0

    def _levels(self, order: Order) -> Iterable[int]:
        """The prices that an order may take, the best first."""
        assert self._shown is not None
        for price in self._shown.best_first(order.side):
            if order.is_market or order.allows(price):
                yield price

    def _within_reach(self, order: Order) -> int:
        """How many lots the order could fill now."""
        assert self._shown is not None
        room = self._room(order)
        sizes = [self._shown.offers[order.side][price] for price in self._levels(order)]
        return room if None in sizes else min(room, sum(size for size in sizes if size is not None))

    def _walk(self, order: Order, ts: int) -> None:
        assert self._shown is not None
        shown = self._shown
        for price in list(self._levels(order)):
            if order.ended:
                return
            ticks = self.rules.worsened(price, order.side) if order.is_market else price
            self._take(order, shown, price, ticks, ts, taker=True)

    def _fill_resting(self, order: Order, ts: int) -> None:
        """A limit that rests fills at its limit against all that has come to it, at once."""
        assert self._shown is not None
        assert order.limit_ticks is not None
        sizes = self._shown.offers[order.side]
        left = lots = self._within_reach(order)
        for price in list(self._levels(order)):
            size = sizes[price]
            if size is not None:
                sizes[price] = size - min(size, left)
                left -= min(size, left)
        if lots > 0:
            self._book(order, lots, order.limit_ticks, ts, taker=False)

    def _take(
        self, order: Order, shown: Shown, price: int, ticks: int, ts: int, *, taker: bool
    ) -> None:
        size = shown.offers[order.side].get(price)
        lots = self._room(order) if size is None else min(self._room(order), size)
        if lots > 0:
            if size is not None:
                shown.offers[order.side][price] = size - lots
            self._book(order, lots, ticks, ts, taker=taker)

    def _go_through(self, order: Order, row: Print, left: int, ts: int) -> int:
        """The lots of a print that goes to a resting limit which it passes."""
        if not order.is_limit or order.limit_ticks is None:
            return 0
        beyond = order.side * (row.ticks - order.limit_ticks)
        if not self._rests(order) or beyond > 0:
            return 0
        if beyond == 0:
            ahead = self._ahead.get(order.number)
            if not self._by_volume or ahead is None or row.side == order.side:
                return 0
            first = min(ahead, left)
            self._ahead[order.number] = ahead - first
            left -= first
        lots = min(self._room(order), left)
        if lots > 0:
            self._book(order, lots, order.limit_ticks, ts, taker=False)
        return lots

    def _rests(self, order: Order) -> bool:
        return order.met_opening or not self._has_quotes

    def _take_print(self, order: Order, row: Print, left: int, ts: int) -> int:
        lots = min(self._room(order), left)
        if lots > 0:
            ticks = self.rules.worsened(row.ticks, order.side)
            self._book(order, lots, ticks, ts, taker=True)
        return lots

    # -- orders --------------------------------------------------------------------------------

    def _join(self, order: Order, ts: int) -> None:
        if self._room(order) > 0:
            self._come(order, ts)

    def _come(self, order: Order, ts: int, *, is_new: bool = True) -> None:
        """An order may work; a `new` one has met no market yet."""
        order.started = ts if order.started is None else order.started
        order.met_opening = order.met_opening and not is_new
        self._ahead.pop(order.number, None)
        if order.is_trigger:
            is_blind = self._has_quotes and not self._is_fresh(ts)
            if is_blind or not self._is_reached(order, ts):
                return
            order.triggered = True
        self._take_part(order, ts)

    def _book(self, order: Order, lots: int, ticks: int, ts: int, *, taker: bool) -> None:
        """A fill, and what follows from it."""
        value = lots * ticks * self._units[order.instrument]
        fee = self.rules.fee(value, lots, taker)
        self.reports.append(Fill(order, ts, order.side * lots, ticks, fee, taker))
        rooms = {child: self._room(child) for child in self._children(order)}
        idle = [child for child, room in rooms.items() if room <= 0]
        order.filled += lots
        order.status = "FILLED" if order.filled == order.size else "PARTIALLY_FILLED"
        if order.ended:
            del self._live[order.number]
        self._reduce_group(order, lots)
        begun = [child for child in idle if not child.ended and self._room(child) > 0]
        new = [child for child in begun if child.started is None]
        for child in new:
            child.started = ts
        for child in begun:
            if not child.ended and self._room(child) > 0:
                self._come(child, ts, is_new=child in new)
        if order.ended:
            self._leave_children(order)
