"""One plain description, run by the core, and told in the words of the calculator.

The description is the calculator's own `OracleRun`. `simulate` makes a configuration of it, builds
the simulation that every run is built of, and plays it; what happened is read from the core's
tables, ledger and books as an `OracleResult`, so that a comparison is an equality.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from time import perf_counter

import numpy as np
from msgspec import structs

from sims.build import build
from sims.simulation import Simulation
from sims.streams import ACTIONS, Source
from sims.venue import Venue
from tests.oracle import market
from tests.oracle.market import Bar, Dividend, Halt, Happening, Happenings, Split
from tests.oracle.money import quantum_of
from tests.oracle.run import OracleResult, OracleRun
from tests.semantics.configured import config_of, exact
from tests.semantics.reading import observed
from trader.config.schema import Config
from trader.data.actions import ActionColumns
from trader.data.bars import BarColumns
from trader.model.control import (
    DividendPaid,
    InstrumentHalted,
    InstrumentResumed,
    SplitEffective,
)
from trader.model.envelope import Message


@dataclass(frozen=True)
class MemoryBars:
    """Bars in memory that are read like a file's; `rows_max` makes its batches smaller."""

    bars: tuple[Bar, ...]
    rows_max: int = 2**31
    digest: str = ""

    def batches(self, start: int, stop: int, rows: int) -> Iterator[BarColumns]:
        """Rows [start, stop) in pieces of at most `rows`."""
        step = min(rows, self.rows_max)
        for at in range(start, stop, step):
            yield _columns(self.bars[at : min(at + step, stop)])


@dataclass(frozen=True)
class MemoryActions:
    """What happens to an instrument, read like a file's."""

    ts: tuple[int, ...]
    messages: tuple[Message, ...]
    digest: str = ""

    def batches(self, start: int, stop: int, rows: int) -> Iterator[ActionColumns]:
        """Rows [start, stop) in pieces of at most `rows`."""
        for at in range(start, stop, rows):
            to = min(at + rows, stop)
            yield ActionColumns(
                ts=np.array(self.ts[at:to], np.int64), messages=list(self.messages[at:to])
            )


def _columns(bars: tuple[Bar, ...]) -> BarColumns:
    names = ("ts_open", "ts_close", "open", "high", "low", "close", "lots")
    columns = {name: np.array([getattr(b, name) for b in bars], np.int64) for name in names}
    return BarColumns(**columns, rounded=0)


def memory_sources(run: OracleRun, *, skip: int = 0, rows_max: int = 2**31) -> list[Source]:
    """The run's rows as sources of a simulation, without the first `skip` bars of each."""
    bars = [_bars(run, source, skip, rows_max) for source in run.sources]
    return [*bars, *(_actions(run, each) for each in run.happenings)]


def _bars(run: OracleRun, source: market.Source, skip: int, rows_max: int) -> Source:
    """The source's bars as a file would give them, within the sessions of their instrument."""
    calendar = next(i.calendar for i in run.instruments if i.name == source.instrument)
    seen = source if calendar is None else market.clipped(source, run.calendars[calendar])
    own = [each.interval_ns for each in run.sources if each.instrument == source.instrument]
    return Source(
        instrument=source.instrument,
        interval_ns=source.interval_ns,
        file=MemoryBars(seen.bars, rows_max),
        start=skip,
        stop=len(seen.bars),
        matches=source.interval_ns == min(own),
    )


def _actions(run: OracleRun, happenings: Happenings) -> Source:
    name, quantum = happenings.instrument, quantum_of(run)
    messages = tuple(_message(name, row, quantum) for row in happenings.rows)
    return Source(
        instrument=name,
        kind=ACTIONS,
        file=MemoryActions(tuple(row.ts for row in happenings.rows), messages),
        start=0,
        stop=len(messages),
        matches=False,
    )


def _message(name: str, row: Happening, quantum: Fraction) -> Message:
    match row:
        case Split(ts, numerator, denominator):
            return SplitEffective(
                instrument=name, numerator=numerator, denominator=denominator, ts_event=ts
            )
        case Dividend(ts, amount):
            quanta = amount / quantum
            assert quanta.denominator == 1
            return DividendPaid(instrument=name, amount=quanta.numerator, ts_event=ts)
        case Halt(_, is_over):
            if is_over:
                return InstrumentResumed(instrument=name)
            return InstrumentHalted(instrument=name, reason="halt")


def simulation(
    run: OracleRun,
    venue: Callable[..., Venue] = Venue,
    *,
    drawdown_max: Fraction | None = None,
) -> Simulation:
    """The core and the simulated world that the description asks for, at their start.

    `venue` plays the venue's part; the description itself knows no limit on drawdown.
    """
    config = config_of(run)
    if drawdown_max is not None:
        risk = structs.replace(config.risk, drawdown_max=exact(drawdown_max))
        config = structs.replace(config, risk=risk)
    return simulation_of(config, memory_sources(run), venue)


def simulation_of(
    config: Config, sources: list[Source], venue: Callable[..., Venue] = Venue
) -> Simulation:
    """What `sims.build.build` makes, with another venue in its place."""
    return build(config, sources, perf_counter, venue)


def simulate(run: OracleRun) -> OracleResult:
    """What the core makes of the description, as every run is built."""
    whole = simulation(run)
    whole.run()
    return observed(whole)
