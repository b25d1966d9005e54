"""The steps in which recorded prices and sizes move, as far as they show it themselves.

A tick is the largest step of which all prices are multiples, out of few decimal places; a lot the
last decimal place of the sizes. A short file may show a coarser tick than its market has, and
prices that were adjusted or passed through a float of four bytes show none.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import numpy as np
import polars as pl

from trader.data.bars import BATCH_ROWS
from trader.data.grid import TICKS_MAX, Float64s, nearest
from trader.data.recording import Rows

PLACES_MAX: Final = 8
NOISE_ULPS: Final = 16.0
ROWS_FOR_STEPS: Final = 100
"""Fewer prices may all be multiples of something by chance."""


def tick_of(rows: Rows, columns: tuple[str, ...]) -> Decimal | None:
    """The tick that all prices show; None if they have too many places, or too many ticks then."""
    unit = _unit(rows, columns)
    if unit is None or largest(rows, columns) / float(unit) > TICKS_MAX:
        return None
    if rows.rows < ROWS_FOR_STEPS:
        return unit
    step = 0
    for values in _batches(rows, columns):
        ticks, _ = nearest(values, unit)
        step = int(np.gcd.reduce(ticks.astype(np.int64), initial=step))
    return (unit * step).normalize() if step > 1 else unit


def lot_of(rows: Rows, columns: tuple[str, ...]) -> Decimal | None:
    """The last decimal place of all sizes, 1 if they are whole or there are none."""
    return _unit(rows, columns)


def finest(rows: Rows, columns: tuple[str, ...], most: float = TICKS_MAX) -> Decimal:
    """The smallest power of ten, down to 1e-8, of which no number has more than `most`."""
    top = largest(rows, columns)
    places = PLACES_MAX
    while top / float(Decimal(1).scaleb(-places)) > most:
        places -= 1
    return Decimal(1).scaleb(-places)


def largest(rows: Rows, columns: tuple[str, ...]) -> float:
    """The largest of all numbers, 1 if there are none."""
    return max((float(np.abs(each).max()) for each in _batches(rows, columns)), default=1.0)


def _unit(rows: Rows, columns: tuple[str, ...]) -> Decimal | None:
    places = 0
    for values in _batches(rows, columns):
        while _off(values, places):
            places += 1
            if places > PLACES_MAX:
                return None
    return Decimal(1).scaleb(-places)


def _off(values: Float64s, places: int) -> bool:
    """Whether some number has more decimal places, the noise of float64 aside.

    Stricter than the grid of a run, on which a millionth of a tick is no matter.
    """
    quotients = values / np.float64(float(Decimal(1).scaleb(-places)))
    distances = np.abs(quotients - np.rint(quotients))
    return bool((distances > NOISE_ULPS * np.spacing(np.abs(quotients))).any())


def _batches(rows: Rows, columns: tuple[str, ...]) -> Iterator[Float64s]:
    """The finite numbers of some columns, a batch at a time; no batch is empty."""
    there = [each for each in columns if each in rows.schema and rows.schema[each].is_numeric()]
    for row in range(0, rows.rows, BATCH_ROWS):
        frame = rows.read(there, row, min(BATCH_ROWS, rows.rows - row))
        for column in frame:
            values = column.drop_nulls().cast(pl.Float64).to_numpy()
            values = values[np.isfinite(values)]
            if len(values):
                yield values
