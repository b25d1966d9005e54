"""The loop: one event after the other, and what came of it.

At the close of a bar its row gets the next number, the account is marked, strategies decide. An
opening or an inside is met by the venue, whose fills are reported as events of their own; a fill
carries the venue's instant and the number of the last row delivered before the venue made it.
All prices are whole ticks, all sizes whole lots, all money fractions.

Where the rules leave a choice, this is the choice:

* Equity rows stand at every multiple of the interval (00:00 UTC for a day) from the close of the
  first row to the close of the last one, both included, but not before `decide_from`; and one
  more at the end, which may repeat the instant of the row before.
* A strategy may decide at a close at `decide_from` itself, also if the bar opened before it.
* Nothing here halts trading: the limit on drawdown is not looked at.
* An account that is worth nothing or less at its peak has no drawdown.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from tests.oracle.desk import Decision, Desk, Moment, Strategy
from tests.oracle.gate import Gate, Limits
from tests.oracle.ledger import Key, Ledger
from tests.oracle.market import DAY_NS, Agenda, Bar, Event, Instrument, Kind, Source
from tests.oracle.venue import Fill, Gone, Order, Venue, VenueRules


@dataclass(frozen=True)
class OracleRun:
    """A run: `decide_from` is the first instant at which a strategy may decide, if any is set."""

    cash: Fraction
    instruments: tuple[Instrument, ...]
    sources: tuple[Source, ...]
    strategies: tuple[Strategy, ...]
    rules: VenueRules = field(default_factory=VenueRules)
    limits: Limits = field(default_factory=Limits)
    equity_interval_ns: int = DAY_NS
    decide_from: int | None = None


@dataclass(frozen=True)
class FillRow:
    seq: int
    ts: int
    order: int
    strategy: str
    instrument: str
    lots: int
    ticks: int
    fee: Fraction
    taker: bool


@dataclass(frozen=True)
class OrderRow:
    """An order as it stands at the end; `size` is positive and may have been lowered."""

    order: int
    seq: int
    ts: int
    strategy: str
    instrument: str
    order_type: str
    lots: int
    limit_ticks: int | None
    stop_ticks: int | None
    parent: int | None
    size: int
    filled: int
    status: str


@dataclass(frozen=True)
class PositionRow:
    """`cost` is in ticks times lots, `realized` in money after fees."""

    lots: int
    cost: int
    realized: Fraction


@dataclass(frozen=True)
class EquityRow:
    ts: int
    equity: Fraction
    cash: Fraction
    realized: Fraction
    unrealized: Fraction
    drawdown: Fraction


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


def compute(run: OracleRun) -> OracleResult:
    """Work the run out, from its first bar to its last."""
    world = _World(run)
    while world.agenda:
        world.handle(world.agenda.next())
    world.add_equity_row(max(bar.ts_close for source in run.sources for bar in source.bars))
    return world.result()


class _World:
    def __init__(self, run: OracleRun) -> None:
        self.agenda = Agenda(run.sources, run.equity_interval_ns)
        self._sources = run.sources
        self._rows_from = run.decide_from or 0
        self._ledger = Ledger(run.cash, run.instruments)
        self._venue = Venue(run.rules, run.instruments)
        self._gate = Gate(run.limits, run.instruments)
        self._desk = Desk(run.strategies, self._ledger, self._venue, self._gate, run.decide_from)
        self._seq = 0
        self._reports: list[tuple[int, Fill | Gone]] = []
        self._fill_rows: list[FillRow] = []
        self._equity_rows: list[EquityRow] = []

    def handle(self, event: Event) -> None:
        match event.kind:
            case Kind.EQUITY:
                if event.ts >= self._rows_from:
                    self.add_equity_row(event.ts)
            case Kind.REPORT:
                self._hear(event)
            case Kind.OPENING:
                self._venue.opening(*self._bar(event))
            case Kind.INSIDE:
                self._venue.inside(*self._bar(event))
            case Kind.CLOSE:
                instrument, bar = self._bar(event)
                self._seq += 1
                self._ledger.mark(instrument, bar.close)
                self._gate.on_close(instrument, bar.close, event.ts)
                self._desk.on_bar(instrument, bar, Moment(event.ts, self._seq))
        self._send_reports(event)

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
            orders=tuple(_order_row(order) for order in self._desk.orders),
            fills=tuple(self._fill_rows),
            decisions=tuple(self._desk.decisions),
            denials=tuple(self._desk.denials),
            equity_rows=tuple(self._equity_rows),
            positions=positions,
            cash=ledger.cash,
            realized=ledger.realized_all(),
            equity=ledger.equity(),
            peak=ledger.peak,
        )

    def _bar(self, event: Event) -> tuple[str, Bar]:
        source = self._sources[event.source]
        return source.instrument, source.bars[event.row]

    def _send_reports(self, during: Event) -> None:
        """Enter what the venue has to say of what was done during the event."""
        for report in self._venue.reports:
            self.agenda.report(during, len(self._reports))
            self._reports.append((self._seq, report))
        self._venue.reports.clear()

    def _hear(self, event: Event) -> None:
        seq, report = self._reports[event.row]
        match report:
            case Fill():
                self._book(seq, report, event.ts)
            case Gone(order):
                self._desk.on_gone(order)

    def _book(self, seq: int, fill: Fill, ts: int) -> None:
        order = fill.order
        row = FillRow(
            seq=seq,
            ts=fill.ts,
            order=order.number,
            strategy=order.strategy,
            instrument=order.instrument,
            lots=fill.lots,
            ticks=fill.ticks,
            fee=fill.fee,
            taker=fill.taker,
        )
        self._fill_rows.append(row)
        self._desk.on_fill(fill, Moment(ts, self._seq))


def _order_row(order: Order) -> OrderRow:
    return OrderRow(
        order=order.number,
        seq=order.seq,
        ts=order.ts,
        strategy=order.strategy,
        instrument=order.instrument,
        order_type=order.order_type,
        lots=order.lots,
        limit_ticks=order.limit_ticks,
        stop_ticks=order.stop_ticks,
        parent=order.parent,
        size=order.size,
        filled=order.filled,
        status=order.status,
    )
