"""The loop of a run on ticks: what `tests.oracle.run` does, with more kinds of rows.

Where the rules leave a choice, this is the choice:

* A message about a book is as many rows as it names levels; the core hears of it at the last one,
  if the top is another than the one it heard of last.
* The time that messages take is drawn when they leave: commands when they are given, reports after
  all ticks of their instant.
* Of quotes and prints together prints mark until the first quote with both sides.
"""

from fractions import Fraction

from tests.oracle.agenda import Event, Kind
from tests.oracle.dealing import Moment
from tests.oracle.market import last_close
from tests.oracle.run import OracleResult, World
from tests.oracle.tape.rows import Book, Tape, TapeRun
from tests.oracle.tape.venues import Floor
from tests.oracle.ticks import Print, Quote

KINDS = {"trades": Kind.PRINT, "quotes": Kind.QUOTE, "depth": Kind.DEPTH}
Top = tuple[int | None, int | None, int, int]


def compute_tape(run: TapeRun) -> OracleResult:
    """Work the run out, from its first row to its last."""
    world = TapeWorld(run)
    until = world.until()
    while (event := world.agenda.next(until)) is not None:
        world.handle(event)
    world.add_equity_row(until)
    return world.result()


class TapeWorld(World):
    def __init__(self, run: TapeRun) -> None:
        self._tapes = run.tapes
        self._on_ticks = {tape.instrument for tape in run.tapes}
        self._jitter = iter(run.jitter)
        self._quoted: set[str] = set()
        self._tops: dict[str, Top] = {}
        super().__init__(run)
        self._floor = Floor(run)
        self._venue = self._floor

    def begins(self) -> int:
        ticks = [tape.ticks[0].ts for tape in self._tapes]
        return min([*ticks, *(bar.ts_open for s in self.sources for bar in s.bars)])

    def until(self) -> int:
        ticks = [tape.ticks[-1].ts for tape in self._tapes]
        closes = [last_close(self.sources)] if self.sources else []
        return max([*ticks, *closes, *(r.ts for h in self._run.happenings for r in h.rows)])

    def first_known(self) -> int:
        """No equity row stands at the very first instant."""
        return self.begins() + 1

    def delay(self, way: str, ts: int) -> int:
        """When what leaves at `ts` arrives; nothing overtakes."""
        due = ts + self._run.latency_ns + next(self._jitter, 0)
        return max(due, self.agenda.last(Kind.COMMAND if way == "command" else Kind.REPORT))

    def _fill_agenda(self) -> None:
        super()._fill_agenda()
        for number, tape in enumerate(self._tapes):
            self.agenda.recorded(KINDS[tape.kind], number, [tick.ts for tick in tape.ticks])

    def _happening_kind(self, instrument: str) -> Kind:
        return Kind.EARLY if instrument in self._on_ticks else Kind.HAPPENING

    def _is_finest(self, number: int) -> bool:
        is_on_bars = self._run.sources[number].instrument not in self._on_ticks
        return is_on_bars and super()._is_finest(number)

    def _take_tick(self, event: Event) -> None:
        tape = self._tapes[event.source]
        assert KINDS[tape.kind] is event.kind
        self._tick(tape, event)

    def _tick(self, tape: Tape, event: Event) -> None:
        what, name = tape.ticks[event.row].what, tape.instrument
        self._floor.tick(name, what, event.ts)
        self._seq += len(what.levels) if isinstance(what, Book) else 1
        if isinstance(what, Book):
            told = self._top(name, what)
            if told is None:
                return
            what = told
        if isinstance(what, Quote):
            if what.is_crossed:
                return
            if what.bid is not None and what.ask is not None:
                self._quoted.add(name)
                self._mark(name, Fraction(what.bid + what.ask, 2), event.ts)
        elif name not in self._quoted:
            self._mark(name, Fraction(what.ticks), event.ts)
        self._desk.on_tick(name, _price(what), Moment(event.ts, self._seq))

    def _happen(self, event: Event) -> None:
        happenings = self._run.happenings[event.source]
        lots = sum(
            p.lots for key, p in self._ledger.positions.items() if key[1] == happenings.instrument
        )
        kind = type(happenings.rows[event.row]).__name__.lower()
        self._venue.met[f"{kind} of a position"] += lots != 0
        super()._happen(event)

    def _mark(self, name: str, mark: Fraction, ts: int) -> None:
        self._ledger.mark(name, mark)
        self._gate.on_close(name, mark, ts)
        self._desk.look(Moment(ts, self._seq))

    def _top(self, name: str, book: Book) -> Quote | None:
        """What the core hears of a message about a book, if it hears anything."""
        if book.bids is None or book.asks is None:
            return None
        bid, ask = max(book.bids, default=None), min(book.asks, default=None)
        bid_lots = 0 if bid is None else book.bids[bid]
        ask_lots = 0 if ask is None else book.asks[ask]
        top = (bid, ask, bid_lots, ask_lots)
        if self._tops.get(name, (None, None, 0, 0)) == top:
            return None
        self._tops[name] = top
        return Quote(bid, ask, bid_lots, ask_lots)


def _price(what: Quote | Print) -> int | None:
    """What a decision is made at: a print, or the middle of a quote, or the one side it has."""
    if isinstance(what, Print):
        return what.ticks
    if what.bid is None or what.ask is None:
        return what.ask if what.bid is None else what.bid
    return (what.bid + what.ask) // 2
