"""Which instants a recorded file names, and whether they follow one another.

Order is checked against the row before the piece too, so no defect hides on a border.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from trader.config.notation import instant_text
from trader.data.defects import Source, check_present, first
from trader.data.grid import Bools, Int64s
from trader.errors import DataError
from trader.model.units import INT64_MAX, MILLISECOND_NS, SECOND_NS

TS_OPEN: Final = "ts_open"

# Half of int64's reach, 1823 to 2116: differences and closing times stay inside int64.
TS_MAX: Final = 2**62
YEAR_MIN: Final = 1824
YEAR_MAX: Final = 2115
# A recording before 1973-03-03 is more likely one in seconds, milliseconds or microseconds.
TS_LIKELY_MIN: Final = 10**17
NS_PER_UNIT: Final = {"ns": 1, "us": 1_000, "ms": MILLISECOND_NS}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Times:
    """Bars as labelled in the file, as they open and close, and which of them are bars at all."""

    labels: Int64s
    opens: Int64s
    closes: Int64s
    kept: Bools


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """The label of the row before a piece, and the close of the last bar before it."""

    label: int
    ts_close: int


def check_type_of_time(source: Source, dtype: pl.DataType, column: str = TS_OPEN) -> None:
    """The type says which instants are meant: int64 nanoseconds, or a Datetime in UTC."""
    if dtype == pl.Int64 or (isinstance(dtype, pl.Datetime) and dtype.time_zone == "UTC"):
        return
    raise source.defect(
        f"type {dtype} does not say which instant is meant",
        column=column,
        hint="store Int64 nanoseconds since 1970 UTC, or a Datetime with time zone UTC",
    )


def instants(source: Source, column: pl.Series, row: int) -> Int64s:
    """Instants in nanoseconds, whatever unit the file keeps; all present and within 2^62."""
    check_present(source, column, row)
    unit = column.dtype.time_unit if isinstance(column.dtype, pl.Datetime) else "ns"
    factor = NS_PER_UNIT[unit]
    counts = column.to_physical().to_numpy().astype(np.int64, copy=True)
    limit = TS_MAX // factor
    if (at := first((counts > limit) | (counts < -limit))) is not None:
        raise source.defect(
            f"{counts[at]} {unit} since 1970 is outside {YEAR_MIN} to {YEAR_MAX}",
            row=row + at,
            column=column.name,
        )
    return counts * factor


def check_order(
    source: Source, times: Times, row: int, former: Former | None, interval_ns: int
) -> Former:
    """Each bar opens no earlier than the one before it closed; returns the last row's `Former`.

    `former` is the row before the piece that begins at `row`, None at the beginning of a file.
    """
    labels = times.labels
    close = -INT64_MAX if former is None else former.ts_close
    closes = np.where(times.kept, times.closes, -INT64_MAX)
    closed = np.maximum.accumulate(np.concatenate(([close], closes)))
    before = labels[0] - interval_ns if former is None else former.label
    steps = np.diff(labels, prepend=before)
    overlaps = times.opens < closed[:-1]
    if (at := first((steps <= 0) | overlaps)) is not None:
        raise _disorder(source, times, row, at, int(steps[at]), interval_ns)
    return Former(label=int(labels[-1]), ts_close=int(closed[-1]))


def _disorder(
    source: Source, times: Times, row: int, at: int, step: int, interval_ns: int
) -> DataError:
    """Name both rows and what is wrong between them."""
    label = int(times.labels[at])
    hint = "sort the rows by ts_open, each bar once"
    if step > 0:
        hint = "correct the interval in the configuration, or the file"
    if label < TS_LIKELY_MIN:
        hint = f"ts_open counts nanoseconds since 1970: {label} is {instant_text(label)}"
    here = f"{source.place(row + at)} opens at {instant_text(label)} ({label})"
    before = f"{source.place(row + at - 1)} ({instant_text(label - step)})"
    if step < 0:
        message = f"unsorted: {here}, earlier than {before}"
    elif step == 0:
        message = f"duplicate time: {here}, as {before} does"
    else:
        interval = f"the configured interval is {interval_ns / SECOND_NS:g} s ({interval_ns} ns)"
        message = f"overlapping bars: {here}, {step} ns after {before}; {interval}"
    if step > 0 and times.opens[at] != label:
        message += f", and with its session it opens at {instant_text(int(times.opens[at]))}"
    return source.defect(message, row=row + at, column=TS_OPEN, hint=hint)
