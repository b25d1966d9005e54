"""The venue of a whole run: instruments on ticks each by themselves, all others on bars."""

from collections.abc import Iterable

from tests.oracle.orders import Change, Order
from tests.oracle.tape.rows import Book, TapeRun
from tests.oracle.ticks import Print, Quote, TickVenue
from tests.oracle.venue import Venue


class TapeVenue(TickVenue):
    """Counts where and how orders are filled."""

    _during = ""
    _served: Order | None = None

    def arrive(self, order: Order, ts: int) -> None:
        self._begin("at arrival")
        if self._has_quotes and self._shown is not None and not self._is_fresh(ts):
            self.met["stale market waits"] += 1
        self.met["order while closed"] += self._rests_all(ts) and not self._halted
        super().arrive(order, ts)

    def replace(self, order: Order, change: Change, ts: int) -> None:
        self._begin("at arrival")
        super().replace(order, change, ts)

    def quote(self, row: Quote, ts: int) -> None:
        self._begin("first row")
        self._look_at_hours(ts)
        super().quote(row, ts)

    def book(self, bids: dict[int, int], asks: dict[int, int], ts: int) -> None:
        self._begin("first row")
        self._look_at_hours(ts)
        super().book(bids, asks, ts)

    def trade(self, row: Print, ts: int) -> None:
        self._begin("print")
        self._look_at_hours(ts)
        super().trade(row, ts)

    def split(self, instrument: str, numerator: int, denominator: int) -> None:
        self.met["split with working orders"] += bool(self._live)
        super().split(instrument, numerator, denominator)

    def lose(self) -> None:
        """Nobody knows any longer what stands in the book."""
        self.met["gap in the book"] += 1
        self._ahead.clear()
        self._shown = None

    def _look_at_hours(self, ts: int) -> None:
        working = any(self._room(order) > 0 for order in self._live.values())
        if working and self._halted:
            self.met["row while halted"] += 1
        elif working and self._rests_all(ts):
            self.met["row while closed"] += 1

    def _begin(self, during: str) -> None:
        self._during, self._served = during, None

    def _book(self, order: Order, lots: int, ticks: int, ts: int, *, taker: bool) -> None:
        is_next = self._served is order
        self._served = order
        place = self._during
        if taker:
            place = "walked level" if is_next else place
        elif place == "print":
            place = "queue" if self._last_print == order.limit_ticks else "through-print"
        else:
            place = "resting"
        self.met[f"{order.order_type} {order.time_in_force} {place}"] += 1
        if order.parent is not None:
            self.met["fill of a child"] += 1
            parent = self.orders[order.parent]
            self.met["fill of a child of a child"] += parent.parent is not None
        if order.triggered:
            self.met["stop by print" if self._has_prints else "stop by quote"] += 1
        super()._book(order, lots, ticks, ts, taker=taker)


class Floor(Venue):
    """All instruments; what their venues report stands in one list."""

    def __init__(self, run: TapeRun) -> None:
        super().__init__(run.rules, run.instruments)
        kinds: dict[str, set[str]] = {}
        for tape in run.tapes:
            kinds.setdefault(tape.instrument, set()).add(tape.kind)
        self._on_ticks: dict[str, TapeVenue] = {}
        for each in run.instruments:
            if each.name in kinds:
                venue = TapeVenue(
                    run.rules,
                    each,
                    has_quotes=bool(kinds[each.name] - {"trades"}),
                    has_prints="trades" in kinds[each.name],
                    by_volume=run.by_volume,
                    stale_after_ns=run.venue_stale_ns,
                    sessions=run.calendars[each.calendar] if each.calendar else None,
                )
                venue.reports, venue.met = self.reports, self.met
                self._on_ticks[each.name] = venue

    def tick(self, instrument: str, what: Quote | Print | Book, ts: int) -> None:
        venue = self._on_ticks[instrument]
        match what:
            case Quote():
                venue.quote(what, ts)
            case Print():
                venue.trade(what, ts)
            case Book(bids=bids, asks=asks) if bids is not None and asks is not None:
                venue.book(bids, asks, ts)
            case Book(is_lost=is_lost):
                if is_lost:
                    venue.lose()

    def arrive(self, order: Order, ts: int) -> None:
        if order.instrument in self._on_ticks:
            self._on_ticks[order.instrument].arrive(order, ts)
        else:
            super().arrive(order, ts)

    def cancel(self, order: Order, ts: int) -> None:
        if order.instrument in self._on_ticks:
            self._on_ticks[order.instrument].cancel(order, ts)
        else:
            super().cancel(order, ts)

    def replace(self, order: Order, change: Change, ts: int) -> None:
        if order.instrument in self._on_ticks:
            self._on_ticks[order.instrument].replace(order, change, ts)
        else:
            super().replace(order, change, ts)

    def close_session(self, instruments: Iterable[str], ts: int) -> None:
        for name in instruments:
            if name in self._on_ticks:
                self._on_ticks[name].close_session((name,), ts)
            else:
                super().close_session((name,), ts)

    def halt(self, instrument: str, *, is_over: bool) -> None:
        if instrument in self._on_ticks:
            self._on_ticks[instrument].halt(instrument, is_over=is_over)
        else:
            super().halt(instrument, is_over=is_over)

    def split(self, instrument: str, numerator: int, denominator: int) -> None:
        if instrument in self._on_ticks:
            self._on_ticks[instrument].split(instrument, numerator, denominator)
        else:
            super().split(instrument, numerator, denominator)
