"""One plain description, run by the core, and told in the words of the calculator.

The description is the calculator's own `OracleRun`. `simulate` makes a configuration of it, builds
the simulation that every run is built of, and plays it; what happened is read from the core's
tables, ledger and books as an `OracleResult`, so that a comparison is an equality.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from time import perf_counter
from typing import cast

import numpy as np
from msgspec import structs

from actors.assembly import Core
from sims.build import build, venue_rules
from sims.history import Source
from sims.simulation import Simulation
from sims.venue import BarVenue
from tests.oracle.market import Bar
from tests.oracle.run import OracleResult, OracleRun
from tests.semantics.configured import config_of, exact
from tests.semantics.reading import observed
from trader.config.schema import Config
from trader.data.bars import BarColumns, BarFile


@dataclass(frozen=True)
class MemoryBars:
    """Bars in memory that are read like a file's; `rows_max` makes its batches smaller."""

    bars: tuple[Bar, ...]
    rows_max: int = 2**31

    def batches(self, start: int, stop: int, rows: int) -> Iterator[BarColumns]:
        """Rows [start, stop) in pieces of at most `rows`."""
        step = min(rows, self.rows_max)
        for at in range(start, stop, step):
            yield _columns(self.bars[at : min(at + step, stop)])


def _columns(bars: tuple[Bar, ...]) -> BarColumns:
    names = ("ts_open", "ts_close", "open", "high", "low", "close", "lots")
    columns = {name: np.array([getattr(b, name) for b in bars], np.int64) for name in names}
    return BarColumns(**columns, rounded=0)


def memory_sources(run: OracleRun, *, skip: int = 0, rows_max: int = 2**31) -> list[Source]:
    """The run's bars as sources of a simulation, without the first `skip` rows of each."""
    return [
        Source(
            instrument=source.instrument,
            interval_ns=source.interval_ns,
            file=cast("BarFile", MemoryBars(source.bars, rows_max)),
            start=skip,
            stop=len(source.bars),
        )
        for source in run.sources
    ]


def simulation(
    run: OracleRun, venue: type[BarVenue] = BarVenue, *, drawdown_max: Fraction | None = None
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
    config: Config, sources: list[Source], venue: type[BarVenue] = BarVenue
) -> Simulation:
    """What `sims.build.build` makes, with another venue in its place."""
    core = Core(config, patient=False)
    halves = {source.instrument: core.scale.half[source.instrument] for source in sources}
    rules = venue_rules(config, core.scale)
    return Simulation(core, venue(halves, rules), sources, config.run.name, perf_counter)


def simulate(run: OracleRun) -> OracleResult:
    """What the core makes of the description, as every run is built."""
    whole = build(config_of(run), memory_sources(run), perf_counter)
    whole.run()
    return observed(whole)
