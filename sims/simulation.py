"""A run on a simulated clock: the same core as live, with history, the venue and time simulated.

At one instant: fills inside the bars that close now, timers, their reports, the closed bars with
the decisions they cause, timers that wait for the bars, the openings; last the reports of what
the decisions and openings did, which belong to the next round, so that all bars of an instant are
decided before a fill they cause is known. A command reaches the venue at the end of the step
that sent it.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from actors.assembly import Core
from sims.history import CLOSE, INSIDE, MOMENTS, OPENING, TURN, Source, Window, windows
from sims.venue import BarVenue
from trader.model.account import AccountReported, PositionReport, QueryAccount
from trader.model.control import RunEnded, RunStarted
from trader.model.envelope import Message
from trader.model.orders import CancelOrder, OrderApproved, OrderEvent, ReplaceOrder
from trader.model.units import BEFORE_ALL, Nanoseconds

Progress = Callable[["Simulation"], None]
Clock = Callable[[], float]
Pacer = Callable[[Nanoseconds], None]


class Simulation:
    """One run: feed it windows of history until they end or it is told to stop."""

    def __init__(
        self, core: Core, venue: BarVenue, sources: Sequence[Source], run: str, clock: Clock
    ) -> None:
        """`clock` only measures how long reading takes; nothing in the run depends on it."""
        self.core: Final = core
        self.venue: Final = venue
        self.sources: Final = list(sources)
        self.rows = 0
        self.now: Nanoseconds = BEFORE_ALL
        self.stopped = False
        self.until: int | None = None
        self.load_seconds = 0.0
        self.pacer: Pacer | None = None
        self._run = run
        self._clock = clock
        self._decided = False
        # One entry for each code of a window's events.
        names = [source.instrument for source in self.sources for _ in range(MOMENTS)]
        self._books = [venue.books[name] for name in names]
        self._moments = list(range(MOMENTS)) * len(self.sources)
        self._opens = [moment in {OPENING, TURN} for moment in self._moments]
        self._lanes = [core.reactor.lane(name) for name in names]

    @property
    def rows_total(self) -> int:
        """How many rows of history the run has in all."""
        return sum(source.stop - source.start for source in self.sources)

    def run(self, progress: Progress | None = None) -> None:
        """Runs to the end of history, to `until` rows, or until somebody sets `stopped`."""
        for window in self._timed(windows(self.sources)):
            if self.now == BEFORE_ALL and window.bars:
                self.start(window.bars[0].ts_open)
            self._play(window)
            self.core.tables.stream()
            if progress is not None:
                progress(self)
            if self.stopped:
                break
        self.end()

    def _timed(self, whole: Iterator[Window]) -> Iterator[Window]:
        """Passes windows on and notes how long reading them took."""
        while True:
            begun = self._clock()
            window = next(whole, None)
            self.load_seconds += self._clock() - begun
            if window is None:
                return
            yield window

    def start(self, now: Nanoseconds) -> None:
        """Wakes the core and lets it reconcile before the first row."""
        self.now = now
        self._perform(self.core.reactor.note(RunStarted(run=self._run, epoch=1), now))
        self._report()

    def end(self) -> None:
        """Delivers what is due at the last instant and marks the account once more."""
        self._tick(self.now, after_bars=True)
        self._report()
        self._perform(self.core.reactor.note(RunEnded(), self.now))

    def _play(self, window: Window) -> None:  # noqa: C901, PLR0912 - a call more in it is felt
        venue, timers = self.venue, self.core.timers
        books, moments, opens, lanes = self._books, self._moments, self._opens, self._lanes
        reports = venue.reports
        now, decided, rows, until = self.now, self._decided, self.rows, self.until
        pacer = self.pacer
        for code, bar in zip(window.codes, window.bars, strict=True):
            moment = moments[code]
            ts = bar.ts_open if opens[code] else bar.ts_close
            if ts != now:
                if reports or timers.next_due < ts:
                    self._pass_to(ts)
                self.now = now = ts
                decided = False
                if pacer is not None:
                    self.rows = rows
                    pacer(ts)
                    until = self.until
            book = books[code]
            if moment != OPENING:
                if moment != CLOSE and book.orders:
                    venue.inside(book, ts)
                if moment != INSIDE:
                    if timers.next_due <= ts:
                        self._tick(ts, after_bars=False)
                    if reports and not decided:
                        self._report()
                    decided = True
                    rows += 1
                    effects = lanes[code](book.bar if moment == TURN else bar, ts)
                    if effects:
                        self._perform(effects)
                    if rows == until:
                        self.stopped = True
                        break
            if opens[code]:
                if timers.next_due <= ts:
                    self._tick(ts, after_bars=True)
                book.bar = bar
                if book.orders:
                    venue.opening(book, ts)
        self._decided, self.rows = decided, rows

    def _pass_to(self, ts: Nanoseconds) -> None:
        """Ends the instant that was and fires what was due on the way to the next."""
        timers = self.core.timers
        if timers.next_due <= self.now:
            self._tick(self.now, after_bars=True)
        if self.venue.reports:
            self._report()
        while timers.next_due < ts:
            self._tick(timers.next_due, after_bars=True)

    def _tick(self, ts: Nanoseconds, *, after_bars: bool) -> None:
        """Fires the timers that are due."""
        self.now = ts
        while (fired := self.core.timers.due(ts, after_bars=after_bars)) is not None:
            self._perform(self.core.reactor.note(fired, ts))

    def _report(self) -> None:
        """Delivers the venue's reports in the order in which it made them."""
        reports, core = self.venue.reports, self.core
        while reports:
            report = reports.popleft()
            cause = None
            if isinstance(report, OrderEvent):
                cause = core.recorder.approvals.get(report.client_order_id)
            effects = core.reactor.note(report, self.now, cause)
            if effects:
                self._perform(effects)

    def _perform(self, effects: Sequence[Message]) -> None:
        """What leaves the core arrives at the venue at once, in order.

        So no order is ever under way without an answer, and nobody needs a note that it was sent.
        """
        venue, now = self.venue, self.now
        for effect in effects:
            if isinstance(effect, OrderApproved):
                venue.submit(effect.order, now)
            elif isinstance(effect, CancelOrder):
                venue.cancel(effect, now)
            elif isinstance(effect, ReplaceOrder):
                venue.replace(effect, now)
            elif isinstance(effect, QueryAccount):
                self._answer(effect)

    def _answer(self, query: QueryAccount) -> None:
        """A simulated account begins empty, and the venue says so."""
        for name in self.venue.books:
            self.venue.reports.append(PositionReport(instrument=name, lots=0, ts_event=self.now))
        count = len(self.venue.books)
        self.venue.reports.append(
            AccountReported(request_id=query.request_id, count=count, ts_event=self.now)
        )
