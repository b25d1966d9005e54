"""A run on a simulated clock: the same core as live, with history, the venue and time simulated.

At one instant: fills inside the bars that close now, timers and the ends of sessions, commands
that arrive, ticks, the venue's reports of all this, the closed bars with the decisions they cause,
timers that wait for the bars, the openings; last the reports of what the decisions and openings
did, which belong to the next round, so that all bars of an instant are decided before a fill they
cause is known. A command reaches the venue at the end of the step that sent it, or after the
latency of the way.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from actors.assembly import Core
from sims.closings import Closings
from sims.codes import Code, code_of
from sims.history import ACTION, DEPTH, MOMENTS, QUOTE, TRADE, Window, windows
from sims.link import Link
from sims.streams import MESSAGES, Source
from sims.venue import Venue
from sims.venue.book import Book
from trader.model.account import AccountReported, PositionReport, QueryAccount
from trader.model.control import (
    InstrumentHalted,
    InstrumentResumed,
    RunEnded,
    RunStarted,
    SplitEffective,
)
from trader.model.envelope import Message
from trader.model.orders import (
    CancelOrder,
    OrderApproved,
    OrderSubmitted,
    ReplaceOrder,
)
from trader.model.units import BEFORE_ALL, Nanoseconds

ENDLESS: Final = -1
"""No number of rows: a comparison with a number costs each of them less than one with None."""

Progress = Callable[["Simulation"], None]
Clock = Callable[[], float]
Pacer = Callable[[Nanoseconds], None]


class Simulation:
    """One run: feed it windows of history until they end or it is told to stop."""

    def __init__(  # noqa: PLR0913 - the parts of a simulated world
        self,
        core: Core,
        venue: Venue,
        sources: Sequence[Source],
        run: str,
        clock: Clock,
        *,
        closings: Closings,
        link: Link | None = None,
    ) -> None:
        """`clock` only measures how long reading takes; nothing in the run depends on it.

        Without a `link` nothing is ever under way.
        """
        self.core: Final = core
        self.venue: Final = venue
        self.sources: Final = list(sources)
        self.link: Final = link
        self.rows = 0
        self.now: Nanoseconds = BEFORE_ALL
        self.stopped = False
        self.until = ENDLESS
        self.load_seconds = 0.0
        self.pacer: Pacer | None = None
        self._run = run
        self._clock = clock
        self._closings = closings
        self._delayed: Sequence[object] = link.reports if link else ()
        self._perform = self._send if link else self._arrive
        self._decided = False
        # One entry for each code of a window's events.
        self._codes = [
            self._code(source, moment) for source in self.sources for moment in range(MOMENTS)
        ]

    def _code(self, source: Source, moment: int) -> Code:
        kind, reactor = MESSAGES.get(source.kind), self.core.reactor
        lane = reactor.row if kind is None else reactor.lane(kind, source.about)
        return code_of(moment, self.venue.books[source.instrument], lane, matches=source.matches)

    @property
    def rows_total(self) -> int:
        """How many rows of history the run has in all."""
        return sum(source.stop - source.start for source in self.sources)

    @property
    def in_flight(self) -> int:
        """How many commands and reports had not arrived when the run ended."""
        return self.link.in_flight if self.link else 0

    def run(self, progress: Progress | None = None) -> None:
        """Runs to the end of history, to `until` rows, or until somebody sets `stopped`."""
        if self.now != BEFORE_ALL:
            # It goes on where another one stopped, after the bars of that instant.
            self._decided = True
            self._look_ahead()
        for window in self._timed(windows(self.sources)):
            if self.now == BEFORE_ALL and window.rows:
                self.start(window.times[0])
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
        """Wakes the core and lets it reconcile."""
        self.now = now
        self._perform(self.core.reactor.note(RunStarted(run=self._run, epoch=1), now))
        reports = self.venue.reports
        while reports:
            self._hear(reports.popleft())
        self._look_ahead()

    def _look_ahead(self) -> None:
        """Notes what comes from now on by itself."""
        self._closings.start(self.now)
        self._wake()

    def end(self) -> None:
        """Delivers what is due at the last instant and marks the account once more."""
        self._settle()
        self._perform(self.core.reactor.note(RunEnded(), self.now))

    # -- rows -----------------------------------------------------------------------------------

    def _play(self, window: Window) -> None:  # noqa: C901, PLR0912, PLR0915 - a call more is felt
        venue, timers, pacer = self.venue, self.core.timers, self.pacer
        codes, reports, delayed = self._codes, venue.reports, self._delayed
        now, decided, rows, until = self.now, self._decided, self.rows, self.until
        last = -1  # the code before: with one source nearly all are the same
        for ts, code, row in zip(window.times, window.codes, window.rows, strict=True):
            if code != last:
                last = code
                moment, book, lane, matches, is_bar, meets, tells, turns, opens = codes[code]
            is_due = timers.next_due <= ts
            if ts != now:
                if reports or is_due:
                    self._decided = decided
                    self._pass_to(ts)
                    is_due = timers.next_due <= ts
                self.now = now = ts
                decided = False
                if pacer is not None:
                    until = self._pace(pacer, rows)
            if is_bar:
                if meets and book.orders:
                    bar = book.bar
                    if bar.low_ticks <= book.calm_low or bar.high_ticks >= book.calm_high:
                        venue.inside(book, ts)
                if tells:
                    if is_due:
                        self._before()
                    if not decided and (reports or delayed):
                        self._report()
                    decided = True
                    rows += 1
                    effects = lane(book.bar if turns else row, ts)
                    if effects:
                        self._perform(effects)
                    if rows == until:
                        self.stopped = True
                        break
                if opens:
                    if not decided:
                        self._begin()
                        decided = True
                    if timers.next_due <= ts:
                        self._tick(after_bars=True)
                    book.bar = row
                    if book.orders and (
                        row.low_ticks <= book.calm_low or row.high_ticks >= book.calm_high
                    ):
                        venue.opening(book, ts)
                continue
            if is_due:
                self._before()
            if moment == QUOTE and matches:
                book.quote = row
                book.ts_quote = ts
                if book.orders:
                    venue.quoted(book, ts)
            elif moment == ACTION:
                self._decided = decided
                self._act(row, late=not matches)
                decided = self._decided
            elif matches:
                self._meet(book, moment, row)
            rows += 1
            effects = lane(row, ts)
            if effects:
                self._perform(effects)
            if rows == until:
                self.stopped = True
                break
        self._decided, self.rows = decided, rows

    def _pace(self, pacer: Pacer, rows: int) -> int:
        """Lets the pacer hold this instant back; it may say that the run has to stop."""
        self.rows = rows
        pacer(self.now)
        return self.until

    def _meet(self, book: Book, moment: int, row: Any) -> None:  # noqa: ANN401 - of several types
        """The venue meets a print or a change of its book."""
        if moment == TRADE:
            book.trade = row
            if book.orders:
                self.venue.traded(book, self.now)
        elif moment == DEPTH:
            self.venue.changed(book, row, self.now)

    def _act(self, row: Message, *, late: bool) -> None:
        """The venue hears of what happens to an instrument.

        On bars all that is still to be told comes before: it speaks of other lots and ticks.
        """
        if late:
            self._settle()
            self._decided = True
        if isinstance(row, SplitEffective):
            self._clear_ways(row.instrument)
            self.venue.split(row, self.now)
        elif isinstance(row, InstrumentHalted):
            self.venue.halted(row.instrument)
        elif isinstance(row, InstrumentResumed):
            self.venue.resumed(row.instrument)

    def _clear_ways(self, instrument: str) -> None:
        """Lets arrive what is under way of an instrument: it speaks of other lots and ticks."""
        link, venue = self.link, self.venue

        def is_meant(message: Message) -> bool:
            return self._about(message) == instrument

        while True:
            commands = link.take(link.commands, is_meant) if link else []
            self._arrive(commands)
            told = link.take(link.reports, is_meant) if link else []
            told += [report for report in venue.reports if is_meant(report)]
            if not told and not commands:
                return
            others = [report for report in venue.reports if not is_meant(report)]
            venue.reports.clear()
            venue.reports.extend(others)
            for report in told:
                self._hear(report)

    def _about(self, message: Message) -> str:
        """The instrument of a command or a report; empty if it is of none."""
        if isinstance(message, OrderApproved):
            return message.order.instrument
        state = self.core.order_manager.state
        order = state.orders.get(getattr(message, "client_order_id", ""))
        return "" if order is None else state.desks[order.strategy].instrument

    def _begin(self) -> None:
        """Bars open at an instant at which none closes: what comes before them is played."""
        if self.core.timers.next_due <= self.now:
            self._before()
        self._report()

    # -- between rows ---------------------------------------------------------------------------

    def _pass_to(self, ts: Nanoseconds) -> None:
        """Ends the instant that was and plays what was due on the way to the next."""
        timers = self.core.timers
        self._settle()
        while timers.next_due < ts:
            self.now = timers.next_due
            self._decided = False
            self._settle()

    def _settle(self) -> None:
        """Plays whatever is left of this instant, round after round."""
        timers, reports = self.core.timers, self.venue.reports
        if timers.next_due <= self.now:
            self._before()
        if not self._decided:
            self._report()
        if timers.next_due <= self.now:
            self._tick(after_bars=True)
        while reports or timers.next_due <= self.now:
            if timers.next_due <= self.now:
                self._before()
            self._report()
            if timers.next_due <= self.now:
                self._tick(after_bars=True)

    def _before(self) -> None:
        """What comes before the rows of an instant: timers, ends of sessions, commands."""
        self._tick(after_bars=False)
        for instruments in self._closings.closed(self.now):
            self.venue.session_closed(instruments, self.now)
        if self.link:
            commands = self.link.commands
            while commands and commands[0][0] <= self.now:
                self._arrive((commands.popleft()[1],))
        self._wake()

    def _tick(self, *, after_bars: bool) -> None:
        """Fires the timers that are due."""
        while (fired := self.core.timers.due(self.now, after_bars=after_bars)) is not None:
            self._perform(self.core.reactor.note(fired, self.now))

    def _wake(self) -> None:
        """Whoever plays the rows asks again when a session closes or something arrives."""
        due = self._closings.next_due
        self.core.timers.wake_by(min(due, self.link.next_due) if self.link else due)

    # -- the way to the venue and back ----------------------------------------------------------

    def _report(self) -> None:
        """Delivers the venue's reports in the order in which it made them."""
        reports, link = self.venue.reports, self.link
        if link is None:
            note = self.core.reactor.note
            while reports:
                effects = note(reports.popleft(), self.now)
                if effects:
                    self._perform(effects)
            return
        while reports:
            link.report(reports.popleft(), self.now)
        while link.reports and link.reports[0][0] <= self.now:
            self._hear(link.reports.popleft()[1])
        self._wake()

    def _hear(self, report: Message) -> None:
        effects = self.core.reactor.note(report, self.now)
        if effects:
            self._perform(effects)

    def _arrive(self, effects: Sequence[Message]) -> None:
        """The venue takes commands in, in their order.

        Where all arrive at once, no order is ever under way without an answer, and nobody needs a
        note that it was sent.
        """
        venue, now = self.venue, self.now
        for effect in effects:
            if type(effect) is OrderApproved:
                venue.submit(effect.order, now)
            elif type(effect) is CancelOrder:
                venue.cancel(effect, now)
            elif type(effect) is ReplaceOrder:
                venue.replace(effect, now)
            elif type(effect) is QueryAccount:
                self._answer(effect)

    def _send(self, effects: Sequence[Message]) -> None:
        """What leaves the core sets out for the venue."""
        assert self.link is not None
        for effect in effects:
            if type(effect) is QueryAccount:
                self._answer(effect)
                continue
            self.link.send(effect, self.now)
            if type(effect) is OrderApproved:
                id_ = effect.order.client_order_id
                self._hear(OrderSubmitted(client_order_id=id_, ts_event=self.now))
        self._wake()

    def _answer(self, query: QueryAccount) -> None:
        """A simulated account begins empty, and the venue says so."""
        for name in self.venue.books:
            self.venue.reports.append(PositionReport(instrument=name, lots=0, ts_event=self.now))
        count = len(self.venue.books)
        self.venue.reports.append(
            AccountReported(request_id=query.request_id, count=count, ts_event=self.now)
        )
