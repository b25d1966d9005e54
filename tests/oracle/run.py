"""The loop: one event after the other, and what came of it.

At the close of a bar its row gets the next number, the account is marked, strategies decide. An
opening or an inside is met by the venue, whose reports are events of their own; a fill carries the
venue's instant and the number of the last row delivered before it is booked. All prices are whole
ticks, all sizes whole lots, all money fractions.

Where the rules leave a choice, this is the choice:

* Where an instrument has bars of several lengths the venue trades on the shortest, and the account
  is marked by them; the others are heard by the strategies that name them.
* Equity rows stand at every multiple of the interval from the close of the first row to the close
  of the last one, both included, but not before `decide_from`; and one more at the end, which may
  repeat the instant of the row before. Without an interval they stand at the closes of sessions
  if all instruments share a calendar, else at 00:00 UTC.
* A strategy may decide at a close at `decide_from` itself, also if the bar opened before it.
* What happens to an instrument comes after the closes and the equity row of its instant, and after
  all reports of what was done at it; before the openings.
* Commands and reports that would arrive after the last close are under way at the end.
* An account that is worth nothing or less at its peak has no drawdown.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from tests.oracle.agenda import Agenda, Event, Kind
from tests.oracle.breakers import Breakers, StateRow, Trading
from tests.oracle.dealing import Moment, Trader
from tests.oracle.desk import Decision
from tests.oracle.exits import Policy
from tests.oracle.gate import Limits
from tests.oracle.ledger import Key, Ledger
from tests.oracle.market import (
    Bar,
    Dividend,
    Happenings,
    Instrument,
    Sessions,
    Source,
    Split,
    clipped,
    closings,
    first_close,
    last_close,
    multiples,
    openings,
)
from tests.oracle.money import quantum_of
from tests.oracle.orders import Ended, Fill, Report, VenueRules
from tests.oracle.rows import EquityRow, FillRow, OrderRow, PositionRow, fill_row, order_row
from tests.oracle.rules import rule_of
from tests.oracle.states import StateGate
from tests.oracle.stopping import Command, Outbox, StoppableDesk
from tests.oracle.strategies import Scripted, Strategy
from tests.oracle.venue import Venue


@dataclass(frozen=True)
class OracleRun:
    """A run: `decide_from` is the first instant at which a strategy may decide, if any is set.

    Bars are given as they are labelled, from label to label; sessions by the names of calendars.
    """

    cash: Fraction
    instruments: tuple[Instrument, ...]
    sources: tuple[Source, ...]
    strategies: tuple[Strategy, ...]
    rules: VenueRules = field(default_factory=VenueRules)
    limits: Limits = field(default_factory=Limits)
    equity_interval_ns: int | None = None
    decide_from: int | None = None
    happenings: tuple[Happenings, ...] = ()
    calendars: Mapping[str, Sessions] = field(default_factory=dict)
    latency_ns: int = 0
    breakers: Breakers = field(default_factory=Breakers)


@dataclass(frozen=True)
class OracleResult:
    orders: tuple[OrderRow, ...]
    fills: tuple[FillRow, ...]
    decisions: tuple[Decision, ...]
    denials: tuple[tuple[int, str], ...]  # order, rule
    equity_rows: tuple[EquityRow, ...]
    positions: dict[Key, PositionRow]
    cash: Fraction
    realized: Fraction
    equity: Fraction
    peak: Fraction
    ambiguous_bars: int
    in_flight: int
    states: tuple[StateRow, ...] = ()
    met: Counter[str] = field(default_factory=Counter)


def compute(run: OracleRun) -> OracleResult:
    """Work the run out, from its first bar to its last."""
    world = World(run)
    until = world.until()
    while (event := world.agenda.next(until)) is not None:
        world.handle(event)
    world.add_equity_row(until)
    return world.result()


class World:
    """A run under way."""

    def __init__(self, run: OracleRun) -> None:
        self.now = 0
        self.commands: list[Command] = []
        self.agenda = Agenda()
        self._run = run
        self._calendars = {
            each.name: None if each.calendar is None else run.calendars[each.calendar]
            for each in run.instruments
        }
        self.sources = tuple(self._clipped(source) for source in run.sources)
        self._finest: dict[str, int] = {}
        for source in run.sources:
            shortest = self._finest.get(source.instrument, source.interval_ns)
            self._finest[source.instrument] = min(shortest, source.interval_ns)
        self._rows_from = run.decide_from or 0
        self._ledger = Ledger(run.cash, run.instruments, quantum_of(run))
        self._venue = Venue(run.rules, run.instruments)
        self._trading = Trading(run.breakers)
        self._gate = StateGate(run.limits, self._ledger, self._calendars, self._trading)
        traders = [self._trader(each) for each in run.strategies]
        self._wire = Outbox(self._leave, has_latency=run.latency_ns > 0)
        self._desk = StoppableDesk(
            traders, self._ledger, self._wire, self._gate, self._trading, run.decide_from
        )
        self._seq = 0
        self._reports: list[Report] = []
        self._fill_rows: list[FillRow] = []
        self._equity_rows: list[EquityRow] = []
        self._sessions: list[tuple[int, tuple[str, ...]]] = []
        self._begun: list[tuple[int, str | None]] = []
        self._fill_agenda()

    def begins(self) -> int:
        """The instant at which the run starts."""
        return min(bar.ts_open for source in self.sources for bar in source.bars)

    def until(self) -> int:
        """The last instant of the run."""
        happened = (row.ts for each in self._run.happenings for row in each.rows)
        return max([last_close(self.sources), *happened])

    def first_known(self) -> int:
        """The first instant at which anything is known."""
        return first_close(self.sources)

    def delay(self, way: str, ts: int) -> int:
        """When what leaves at `ts`, a command or a report, arrives."""
        del way
        return ts + self._run.latency_ns

    def _happening_kind(self, instrument: str) -> Kind:
        del instrument
        return Kind.HAPPENING

    def _clipped(self, source: Source) -> Source:
        sessions = self._calendars[source.instrument]
        return source if sessions is None else clipped(source, sessions)

    def _trader(self, setup: Strategy) -> Trader:
        plan, sessions = setup.plan, self._calendars[setup.instrument]
        interval = setup.interval_ns or self._finest.get(setup.instrument, 0)
        rule = None if isinstance(plan, Scripted) else rule_of(plan, interval, sessions)
        return Trader(setup, rule, tuple(Policy(each) for each in setup.exits), interval)

    def _fill_agenda(self) -> None:
        put = self.agenda.recorded
        first, last = self.first_known(), self.until()
        for number, source in enumerate(self.sources):
            closes = [bar.ts_close for bar in source.bars]
            put(Kind.CLOSE, number, closes)
            if self._is_finest(number):
                put(Kind.OPENING, number, [bar.ts_open for bar in source.bars])
                put(Kind.INSIDE, number, closes)
        for number, each in enumerate(self._run.happenings):
            put(self._happening_kind(each.instrument), number, [row.ts for row in each.rows])
        start = self.begins()
        self._sessions = sorted(
            (ts, (name,))
            for name, sessions in self._calendars.items()
            for ts in closings(sessions, start, last)
        )
        named = {each.calendar: self._calendars[each.name] for each in self._run.instruments}
        self._begun = openings(named, start + 1, last)
        put(Kind.SESSION, 0, [ts for ts, _ in self._begun])
        put(Kind.SESSION, 1, [ts for ts, _ in self._sessions])
        put(Kind.EQUITY, 0, self._equity_instants(first, last))

    def _pass_time(self, event: Event) -> None:
        if event.kind is Kind.SESSION:
            self._turn_session(event)
        elif self._desk.alarms.get(event.row) == event.ts:
            self._desk.look_at_stops(event.row, Moment(event.ts, self._seq))

    def _turn_session(self, event: Event) -> None:
        """One begins for the account and its desk, or ends for the venue."""
        if event.source == 1:
            self._venue.close_session(self._sessions[event.row][1], event.ts)
            return
        if self._begun[event.row][1] == self._shared_calendar():
            self._ledger.begin_session()
        self._desk.again(Moment(event.ts, self._seq))

    def _shared_calendar(self) -> str | None:
        named = {each.calendar for each in self._run.instruments}
        return next(iter(named)) if len(named) == 1 else None

    def _equity_instants(self, first: int, last: int) -> list[int]:
        interval = self._run.equity_interval_ns
        if interval is not None:
            return list(multiples(interval, first, last))
        shared = self._shared_calendar()
        sessions = None if shared is None else self._run.calendars[shared]
        return list(closings(sessions, first, last))

    def _is_finest(self, number: int) -> bool:
        source = self._run.sources[number]
        return source.interval_ns == self._finest[source.instrument]

    def handle(self, event: Event) -> None:
        self.now = event.ts
        self._gate.ts = event.ts
        match event.kind:
            case Kind.EQUITY:
                self._look(event.ts)
            case Kind.HAPPENING | Kind.EARLY:
                self._take_happening(event)
            case Kind.SEND:
                self.agenda.under_way(self.delay("report", event.ts), Kind.REPORT, event.row)
            case Kind.TIMER | Kind.SESSION:
                self._pass_time(event)
            case Kind.COMMAND:
                self.arrive(self.commands[event.row])
            case Kind.REPORT:
                self._hear(event)
            case Kind.OPENING:
                self._venue.opening(*self._bar(event))
            case Kind.INSIDE:
                self._venue.inside(*self._bar(event))
            case Kind.CLOSE:
                self._seq += 1
                self._close(event)
            case _:
                self._take_tick(event)
        may_leave = self._desk.recalled(self._wire.take(), Moment(self.now, self._seq))
        self._wire.send(may_leave)
        self._send_reports(event)
        self.agenda.set_alarms(self._desk.alarms)

    def _leave(self, command: Command) -> None:
        if not self._wire.has_latency:
            self.arrive(command)
            return
        self.agenda.under_way(self.delay("command", self.now), Kind.COMMAND, len(self.commands))
        self.commands.append(command)

    def _take_happening(self, event: Event) -> None:
        """Where an instrument trades on bars all reports of the instant are told before."""
        while event.kind is Kind.HAPPENING:
            report = self.agenda.at_once(Kind.REPORT, event.ts)
            if report is None:
                break
            self.handle(report)
        happenings = self._run.happenings[event.source]
        if isinstance(happenings.rows[event.row], Split):
            self._clear_ways(happenings.instrument, event)
        self._seq += 1
        self._happen(event)

    def _clear_ways(self, name: str, at: Event) -> None:
        """Nothing of an instrument is under way over its split: it arrives before, in its order."""
        while True:
            commands = self.agenda.take(
                (Kind.COMMAND,), lambda row: self.commands[row][1].instrument == name
            )
            for event in commands:
                self.handle(replace(event, ts=at.ts))
            reports = self.agenda.take(
                (Kind.REPORT, Kind.SEND), lambda row: self._reports[row].order.instrument == name
            )
            for event in reports:
                self.handle(replace(event, ts=at.ts, kind=Kind.REPORT))
            if not commands and not reports:
                return
            self._venue.met["under way at a split"] += self._wire.has_latency

    def _take_tick(self, event: Event) -> None:
        raise AssertionError(f"a run on bars has no ticks: {event}")

    def _look(self, ts: int) -> None:
        if ts >= self._rows_from and self._ledger.marks:
            self.add_equity_row(ts)

    def arrive(self, command: Command) -> None:
        what, order, change = command
        if what == "submit":
            self._venue.arrive(order, self.now)
        elif what == "cancel":
            self._venue.cancel(order, self.now)
        elif change is not None:
            self._venue.replace(order, change, self.now)

    def add_equity_row(self, ts: int) -> None:
        ledger = self._ledger
        equity, realized = ledger.equity(), ledger.realized_all()
        unrealized = equity - ledger.cash_initial - realized
        row = EquityRow(ts, equity, ledger.cash, realized, unrealized, ledger.drawdown())
        self._equity_rows.append(row)

    def result(self) -> OracleResult:
        ledger = self._ledger
        positions = {
            key: PositionRow(position.lots, position.cost, ledger.realized(key))
            for key, position in ledger.positions.items()
        }
        return OracleResult(
            orders=tuple(order_row(ticket) for ticket in self._desk.tickets),
            fills=tuple(self._fill_rows),
            decisions=tuple(self._desk.decisions),
            denials=tuple(self._desk.denials),
            equity_rows=tuple(self._equity_rows),
            positions=positions,
            cash=ledger.cash,
            realized=ledger.realized_all(),
            equity=ledger.equity(),
            peak=ledger.peak,
            ambiguous_bars=self._venue.ambiguous_bars,
            in_flight=sum(map(self.agenda.count, (Kind.COMMAND, Kind.SEND, Kind.REPORT))),
            states=tuple(self._trading.rows),
            met=self._met(),
        )

    def _met(self) -> Counter[str]:
        """How often each kind of thing happened that a comparison should have seen."""
        met = self._venue.met.copy()
        for ticket in self._desk.tickets:
            if ticket.status != "DENIED" and ticket.filled == 0:
                met[f"{ticket.sent.order_type} {ticket.order.time_in_force} never"] += 1
        met.update({f"canceled {why}": n for why, n in self._desk.withheld.items()})
        met.update(f"denied {code}" for _, code in self._desk.denials)
        met.update(f"decided {each.reason}" for each in self._desk.decisions)
        return met

    def _bar(self, event: Event) -> tuple[str, Bar]:
        source = self.sources[event.source]
        return source.instrument, source.bars[event.row]

    def _close(self, event: Event) -> None:
        instrument, bar = self._bar(event)
        if self._is_finest(event.source):
            self._ledger.mark(instrument, bar.close)
            self._gate.on_close(instrument, bar.close, event.ts)
            self._desk.look(Moment(event.ts, self._seq))
        interval = self._run.sources[event.source].interval_ns
        self._desk.on_bar(instrument, interval, bar, Moment(event.ts, self._seq))

    def _happen(self, event: Event) -> None:
        happenings = self._run.happenings[event.source]
        name, row = happenings.instrument, happenings.rows[event.row]
        match row:
            case Split():
                self._ledger.split(name, row.ratio)
                self._venue.split(name, row.numerator, row.denominator)
                self._desk.split(name, row.ratio, Moment(event.ts, self._seq))
            case Dividend():
                self._ledger.pay(name, row.amount)
            case _:
                self._venue.halt(name, is_over=row.is_over)
                self._gate.on_halt(name, is_over=row.is_over)
                if row.is_over:
                    self._desk.again(Moment(event.ts, self._seq))
                return
        self._desk.look(Moment(event.ts, self._seq))

    def _send_reports(self, during: Event) -> None:
        """Enter what the venue has to say of what was done during the event."""
        for report in self._venue.reports:
            number = len(self._reports)
            kind = Kind.SEND if self._run.latency_ns > 0 else Kind.REPORT
            self.agenda.caused(during, kind, number)
            self._reports.append(report)
        self._venue.reports.clear()

    def _hear(self, event: Event) -> None:
        report = self._reports[event.row]
        if isinstance(report, Ended):
            self._venue.met[f"{report.status.lower()} {report.reason}"] += 1
        if isinstance(report, Fill):
            self._fill_rows.append(fill_row(report, self._seq))
        self._desk.on_report(report, Moment(event.ts, self._seq))
