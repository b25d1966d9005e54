"""A run on ticks as the core plays it: its configuration, and its rows as sources."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from types import SimpleNamespace
from typing import Final

import numpy as np
from msgspec import structs

from sims.build import build
from sims.simulation import Simulation
from sims.streams import ACTIONS, COLUMNS, Source
from tests.oracle.tape.rows import Book, Tape, TapeRun, Tick
from tests.oracle.ticks import Print, Quote
from tests.semantics.bridge import memory_sources
from tests.semantics.configured import config_of
from trader.config.schema import Config, DataSource
from trader.model.units import NONE, SECOND_NS

ON_TICKS: Final = str(Path(__file__).with_name("scripted_ticks.py"))
Row = tuple[int, ...]


@dataclass(frozen=True)
class MemoryTicks:
    """Rows of columns in memory, read like a file's; the instant is their last column."""

    kind: str
    rows: tuple[Row, ...]
    digest: str = ""

    def batches(self, start: int, stop: int, rows: int) -> Iterator[SimpleNamespace]:
        """Rows [start, stop) in pieces of at most `rows`."""
        for at in range(start, stop, rows):
            table = np.array(self.rows[at : min(at + rows, stop)], np.int64)
            columns = dict(zip(COLUMNS[self.kind], table.T, strict=True))
            yield SimpleNamespace(**columns, ts=columns["ts_event"])


def _rows(tick: Tick) -> list[Row]:
    match tick.what:
        case Quote(bid, ask, bid_lots, ask_lots):
            sides = (bid, ask, bid_lots, ask_lots)
            return [(*(NONE if each is None else each for each in sides), tick.ts)]
        case Print(ticks, lots, side):
            return [(ticks, lots, side, NONE, tick.ts)]
        case Book() as book:
            prev = NONE if book.prev_id is None else book.prev_id
            ids = (book.last_id, book.last_id, prev, int(book.is_snapshot))
            last = len(book.levels) - 1
            return [(*level, *ids, int(k == last), tick.ts) for k, level in enumerate(book.levels)]


def _source(tape: Tape) -> Source:
    rows = tuple(row for tick in tape.ticks for row in _rows(tick))
    return Source(
        instrument=tape.instrument,
        kind=tape.kind,
        file=MemoryTicks(tape.kind, rows),
        start=0,
        stop=len(rows),
    )


def taped_config(run: TapeRun) -> Config:
    """The description as a configuration."""
    config = config_of(run)
    bars = [each for each in config.data if each.kind == "bars"]
    others = [each for each in config.data if each.kind != "bars"]
    ticks = [
        DataSource(kind=each.kind, instrument=each.instrument, path="memory") for each in run.tapes
    ]
    return structs.replace(
        config,
        run=structs.replace(config.run, seed=run.seed),
        data=(*bars, *ticks, *others),
        venue=structs.replace(
            config.venue,
            latency_jitter_ns=run.jitter_ns,
            stale_after=f"{run.venue_stale_ns // SECOND_NS}s",
            queue="volume" if run.by_volume else "none",
        ),
        strategies=tuple(
            structs.replace(each, file=ON_TICKS) if setup.hears_ticks else each
            for each, setup in zip(config.strategies, run.strategies, strict=True)
        ),
    )


def taped(run: TapeRun) -> Simulation:
    """The core and the simulated world at their start."""
    on_ticks = {tape.instrument for tape in run.tapes}
    bars, actions = [], []
    for each in memory_sources(run):
        is_met = each.instrument in on_ticks
        if each.kind == ACTIONS:
            actions.append(replace(each, matches=is_met))
        else:
            bars.append(replace(each, matches=each.matches and not is_met))
    sources = [*bars, *map(_source, run.tapes), *actions]
    return build(taped_config(run), sources, perf_counter)
