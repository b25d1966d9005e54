"""A recording looked through from end to end, on the grid it is given or the one it shows."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np
import polars as pl

from trader.data.bars import BATCH_ROWS, open_bars
from trader.data.checks import Grid
from trader.data.defects import Source
from trader.data.depth import open_depth
from trader.data.grids import finest, largest, lot_of, tick_of
from trader.data.quotes import open_quotes
from trader.data.recording import Recording
from trader.data.survey import Facts, survey_bars, survey_depth, survey_quotes, survey_trades
from trader.data.tables.findings import Finding
from trader.data.tables.roles import PRICES, SIZES, Kind
from trader.data.ticks import TS, TS_RECV, has_received
from trader.data.trades import open_trades
from trader.model.money import plain
from trader.model.units import INT64_MAX, Nanoseconds

ODD_TIMES: Final = 1_000_000
"""A number beyond so many times the middle one is hardly meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What a recording holds: its rows, their first and last instants, its grid, and odd things."""

    rows: int
    ts_first: Nanoseconds
    ts_last: Nanoseconds
    grid: Grid
    facts: Facts
    findings: tuple[Finding, ...]


def examine(
    recording: Recording,
    kind: Kind,
    name: str,
    *,
    interval_ns: int,
    tick: Decimal | None = None,
    lot: Decimal | None = None,
) -> Examined:
    """Read all of it as a run would; raises `DataError` for what a run would refuse.

    A grid that is given has to hold; one that is not given is found, and prices that show none are
    rounded to the finest there is.
    """
    grid, findings = _grid(recording, kind, name, tick, lot)
    if kind == "bars":
        bars = open_bars(
            recording,
            name=name,
            interval_ns=interval_ns,
            tick=grid.tick,
            lot=grid.lot,
            off_grid=grid.off_grid,
        )
        facts = survey_bars(bars)
        first, last = bars.ts_first, bars.ts_last
    else:
        received = _needs_received(recording)
        if received:
            findings.append(
                Finding(what="clock", value=TS_RECV, origin="found", why="ts goes back")
            )
        opens, survey = _TICKS[kind]
        ticks = opens(
            recording,
            name=name,
            tick=grid.tick,
            lot=grid.lot,
            off_grid=grid.off_grid,
            use_received=received,
        )
        facts = survey(ticks)
        first, last = ticks.ts_first, ticks.ts_last
    return Examined(
        rows=recording.file.rows,
        ts_first=first,
        ts_last=last,
        grid=grid,
        facts=facts,
        findings=tuple(findings),
    )


_TICKS: Final[dict[Kind, tuple[Callable[..., Any], Callable[[Any], Facts]]]] = {
    "quotes": (open_quotes, survey_quotes),
    "trades": (open_trades, survey_trades),
    "depth": (open_depth, survey_depth),
}


def _grid(
    recording: Recording, kind: Kind, name: str, tick: Decimal | None, lot: Decimal | None
) -> tuple[Grid, list[Finding]]:
    file, prices = recording.file, PRICES[kind]
    shown = tick_of(file, prices) if tick is None else tick
    if shown is None:
        _check_alone(recording, recording.source(name, kind), prices, "tick")
        step = finest(file, prices)
        why = "prices show none and are rounded, as run.off_grid: round does"
        told = Finding(what="tick", value=plain(step), origin="default", why=why)
    else:
        step = shown
        told = Finding(what="tick", value=plain(step), origin="found" if tick is None else "given")
    most = INT64_MAX / 2 / max(1.0, largest(file, prices) / float(step))
    size, size_told = _lot(recording, recording.source(name, kind), lot, most)
    return (
        Grid(tick=step, lot=size, off_grid="round" if shown is None else "refuse"),
        [told, size_told],
    )


def _lot(
    recording: Recording, source: Source, lot: Decimal | None, most: float
) -> tuple[Decimal, Finding]:
    """The lot that is given or found; the finest of which no size has more than `most`, else."""
    if lot is not None:
        return lot, Finding(what="lot", value=plain(lot), origin="given")
    file = recording.file
    shown = lot_of(file, SIZES)
    if shown is not None and largest(file, SIZES) / float(shown) <= most:
        return shown, Finding(what="lot", value=plain(shown), origin="found")
    if shown is not None:
        _check_alone(recording, source, SIZES, "lot")
    lot = finest(file, SIZES, most)
    why = "sizes show none" if shown is None else "with a finer one, sizes times prices overflow"
    return lot, Finding(what="lot", value=plain(lot), origin="default", why=why)


def _check_alone(recording: Recording, source: Source, columns: tuple[str, ...], step: str) -> None:
    """No number that is alone beyond all others makes the step of all rows coarser."""
    file = recording.file
    for column in (each for each in columns if file.schema.get(each, pl.Null()).is_numeric()):
        size = pl.col(column)
        usual = file.lazy.filter(size > 0).select(size.median()).collect().item()
        if usual is None:
            continue
        odd = file.lazy.with_row_index("row").filter(size > ODD_TIMES * usual)
        for row, value in odd.select("row", column).head(1).collect().iter_rows():
            raise source.defect(
                f"{column} {value:g} is more than a million times the usual {usual:g}, and would"
                f" make the {step} of all rows coarser",
                row=row,
                column=column,
                hint=f"correct it, or give the {step} of all rows (--{step} in `data import`)",
            )


def _needs_received(recording: Recording) -> bool:
    """Whether only the instants of reception put the rows in order."""
    file = recording.file
    if not has_received(file) or TS not in file.schema:
        return False
    for row in range(0, file.rows, BATCH_ROWS):
        times = file.read((TS,), row, min(BATCH_ROWS + 1, file.rows - row))[TS]
        if not times.null_count() and (np.diff(times.to_physical().to_numpy()) < 0).any():
            return True
    return False
