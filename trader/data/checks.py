"""What the prices and sizes of a recorded file must keep, checked on whole columns.

Each check takes a piece of a column and the file's row at which the piece begins, and raises for
the first row that breaks the promise. Prices are compared as ticks: two prices that differ by the
noise of float64 are the same price.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

import numpy as np
import polars as pl

from trader.data.defects import Source, check_present, first
from trader.data.grid import TICKS_MAX, Bools, Float64s, Int64s, floored, nearest
from trader.data.order import TS_OPEN, check_type_of_time
from trader.model.units import INT64_MAX, NONE

PRICES: Final = ("open", "high", "low", "close")
VOLUME: Final = "volume"
SHAPE: Final = (
    ("high", "low"),
    ("high", "open"),
    ("high", "close"),
    ("low", "open"),
    ("low", "close"),
)

OffGrid = Literal["refuse", "round"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The steps in which one instrument's prices and sizes move, and what happens between them."""

    tick: Decimal
    lot: Decimal
    off_grid: OffGrid


def check_types(source: Source, schema: pl.Schema) -> None:
    """Every needed column is there and of a type whose numbers are taken without guessing."""
    check_columns(source, schema, time=TS_OPEN, needed=PRICES, optional=(VOLUME,))


def check_columns(
    source: Source, schema: pl.Schema, *, time: str, needed: Iterable[str], optional: Iterable[str]
) -> None:
    """The time and the needed numbers are there, and these and the optional ones are readable."""
    for column in (time, *needed):
        if column not in schema:
            names = ", ".join(schema.names())
            raise source.defect(f"column {column} is missing", hint=f"the file has {names}")
    check_type_of_time(source, schema[time], time)
    absent = (pl.Null(),)
    for columns, more in ((needed, ()), (optional, absent)):
        for column in columns:
            dtype = schema.get(column, pl.Null())
            if dtype not in (pl.Float64, pl.Float32, pl.Int64, *more):
                raise source.defect(
                    f"type {dtype} is not a number this reader takes",
                    column=column,
                    hint="store it as Float64, Float32 or Int64",
                )


def prices(source: Source, column: pl.Series, row: int, grid: Grid) -> tuple[Int64s, Bools]:
    """One price column in ticks (1 to 2^40), and which rows had to be rounded to the grid."""
    values = _numbers(source, column, row)
    if (at := first(values <= 0)) is not None:
        raise source.defect(f"price {column[at]} is not positive", row=row + at, column=column.name)
    ticks, off = nearest(values, grid.tick)
    if grid.off_grid == "refuse" and (at := first(off)) is not None:
        raise source.defect(
            f"price {column[at]} is off the grid of tick {grid.tick}",
            row=row + at,
            column=column.name,
            hint="set a finer tick, or run.off_grid: round",
        )
    _check_reach(source, column, row, ticks, grid)
    return ticks.astype(np.int64), off


def prices_or_none(source: Source, column: pl.Series, row: int, grid: Grid) -> tuple[Int64s, Bools]:
    """As `prices`, with NONE where there is none."""
    missing = column.is_null().to_numpy()
    ticks, off = prices(source, column.fill_null(float(grid.tick)), row, grid)
    return np.where(missing, NONE, ticks), off


def _check_reach(source: Source, column: pl.Series, row: int, ticks: Float64s, grid: Grid) -> None:
    if (at := first(ticks > TICKS_MAX)) is not None:
        raise source.defect(
            f"price {column[at]} is more than 2^40 ticks of {grid.tick}",
            row=row + at,
            column=column.name,
            hint="set a coarser tick",
        )
    if (at := first(ticks < 1)) is not None:
        raise source.defect(
            f"price {column[at]} is less than one tick of {grid.tick}",
            row=row + at,
            column=column.name,
            hint="set a finer tick",
        )


def check_shape(source: Source, frame: pl.DataFrame, row: int, ticks: dict[str, Int64s]) -> None:
    """The high is the highest of the four prices, the low the lowest."""
    for outer, inner in SHAPE:
        gap = ticks[outer] - ticks[inner]
        side = "below" if outer == "high" else "above"
        if (at := first(gap < 0 if outer == "high" else gap > 0)) is not None:
            raise source.defect(
                f"{outer} {frame[outer][at]} is {side} {inner} {frame[inner][at]}",
                row=row + at,
                column=outer,
            )


def sizes(source: Source, column: pl.Series, row: int, grid: Grid, ticks: Int64s) -> Int64s:
    """The size in whole lots, rounded down; times the row's (highest) price it fits int64."""
    values = _numbers(source, column, row)
    if (at := first(values < 0)) is not None:
        raise source.defect(
            f"{column.name} {column[at]} is negative", row=row + at, column=column.name
        )
    rounded = floored(values, grid.lot)
    beyond = rounded >= float(INT64_MAX)
    lots = np.where(beyond, 0, rounded).astype(np.int64)
    if (at := first(beyond | (lots > INT64_MAX // ticks))) is not None:
        raise source.defect(
            f"{column.name} {column[at]} in lots of {grid.lot}"
            f" times {ticks[at]} ticks does not fit int64",
            row=row + at,
            column=column.name,
            hint="set a coarser lot or tick",
        )
    return lots


def sizes_or_none(source: Source, column: pl.Series, row: int, grid: Grid, ticks: Int64s) -> Int64s:
    """As `sizes`, with NONE where there is none or where there is no price."""
    missing = column.is_null().to_numpy() | (ticks == NONE)
    lots = sizes(source, column.fill_null(0), row, grid, np.where(ticks == NONE, 1, ticks))
    return np.where(missing, NONE, lots)


def _numbers(source: Source, column: pl.Series, row: int) -> Float64s:
    """Return a number column as float64: nothing missing, nothing infinite."""
    check_present(source, column, row)
    values = column.to_numpy().astype(np.float64)
    if (at := first(~np.isfinite(values))) is not None:
        raise source.defect(
            f"{column[at]} is not a finite number", row=row + at, column=column.name
        )
    return values
