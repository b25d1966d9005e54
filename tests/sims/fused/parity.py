"""Both gears on one run, compared number by number."""

from functools import cache
from typing import Any

from sims.fused import account
from sims.fused.covers import covers
from sims.fused.run import FusedRun, Gear, read_columns, run_fused
from sims.simulation import Simulation
from sims.streams import Source
from tests.sims.making import simulated
from trader.config.schema import Config
from trader.kernels import signals
from trader.kernels.scalarised import scan_of
from trader.logic.tables import Tables
from trader.strategies.averages import EmaCross, EmaCrossState


@cache
def plain_gear() -> Gear:
    """The text that is compiled, as plain Python."""
    scan = scan_of(signals.ema_cross, EmaCrossState, EmaCross.inputs)
    space: dict[str, Any] = dict(vars(signals))
    exec(scan.text, space)
    return Gear(made_of=scan, scan=space[scan.name], account_loop=account.account_loop)


def assert_parity(config: Config, source: Source, *, plain: bool = False) -> FusedRun:
    """Runs it in step and fused, with `plain` uncompiled too; the fused run, if all is equal."""
    assert covers(config) is None
    whole = simulated(config, [source])
    columns = read_columns(source)
    for gear in (plain_gear(), None) if plain else (None,):
        fused = run_fused(config, columns, gear)
        _assert_equal(fused, whole, config)
    return fused


def _assert_equal(fused: FusedRun, step: Simulation, config: Config) -> None:
    """The tables come first: a row says more than a digest."""
    ours, theirs = fused.tables(), step.core.tables
    for name in theirs.tables:
        assert rows(ours, name) == rows(theirs, name), name
    assert {k: list(v) for k, v in ours.names.items()} == {
        k: list(v) for k, v in theirs.names.items()
    }
    assert ours.digest() == theirs.digest()
    state = step.core.portfolio.state
    assert (fused.cash, fused.equity, fused.peak) == (state.cash, state.equity, state.peak)
    [strategy] = config.strategies
    assert fused.mark == state.holdings[strategy.instrument].mark
    held = state.positions[strategy.name].get(strategy.instrument)
    worth = 2 * state.holdings[strategy.instrument].half
    lots, cost, realized = (held.lots, held.cost, held.realized) if held else (0, 0, 0)
    assert fused.position == (lots, cost, realized * worth)
    assert fused.rows == step.rows


def rows(tables: Tables, name: str) -> list[dict[str, int]]:
    """All rows of a table."""
    table = tables.tables[name]
    return [table.row(index) for index in range(len(table))]
