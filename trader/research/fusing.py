"""A run in the fused gear, with an outcome of the same form as step's."""

from dataclasses import replace
from typing import Final

from sims.fused.run import read_columns, run_fused
from sims.streams import Source
from trader.config.schema import Config
from trader.model.control import TradingState
from trader.research.outcome import Outcome
from trader.research.pacing import Clock
from trader.research.stepping import Moment, Watch

COMPILING: Final = "compiling kernels, once"


def run_compiled(config: Config, source: Source, watch: Watch, clock: Clock) -> Outcome:
    """Runs a configuration that the fused gear covers; it has no state hash and no chunks.

    `watch` hears that the kernels are being compiled, and no more.
    """
    begun = clock()
    columns = read_columns(source)
    watch(
        Moment(
            rows=0,
            rows_total=source.stop - source.start,
            now=int(columns.ts_open[0]),
            equity=float(config.account.cash),
            stage=COMPILING,
        )
    )
    # The first run of a process compiles, or loads what was compiled; that is no event.
    run_fused(config, read_columns(replace(source, stop=source.start + 1)))
    read = clock()
    run = run_fused(config, columns)
    tables = run.tables()
    ended = clock()
    return Outcome(
        tables=tables,
        scale=run.scale,
        rows=run.rows,
        rows_total=source.stop - source.start,
        now=int(columns.ts_close[-1]),
        digest=tables.digest(),
        state_hash=None,
        trading_state=TradingState.ACTIVE.name,
        marks={source.instrument: run.mark},
        ambiguous_bars=0,
        load_seconds=read - begun,
        run_seconds=ended - read,
    )
