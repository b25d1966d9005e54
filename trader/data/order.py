"""Which instants a file of bars names, and whether they follow one another.

Order is checked against the row before the piece too, so no defect hides on a border.
"""

from typing import Final

import numpy as np
import polars as pl

from trader.config.notation import instant_text
from trader.data.defects import Source, check_present, first
from trader.data.grid import Int64s
from trader.model.units import MILLISECOND_NS, SECOND_NS

TS_OPEN: Final = "ts_open"

# Half of int64's reach, 1823 to 2116: differences and closing times stay inside int64.
TS_MAX: Final = 2**62
# A recording before 1973-03-03 is more likely one in seconds, milliseconds or microseconds.
TS_LIKELY_MIN: Final = 10**17
NS_PER_UNIT: Final = {"ns": 1, "us": 1_000, "ms": MILLISECOND_NS}


def check_type_of_time(source: Source, dtype: pl.DataType) -> None:
    """The type says which instants are meant: int64 nanoseconds, or a Datetime in UTC."""
    if dtype == pl.Int64 or (isinstance(dtype, pl.Datetime) and dtype.time_zone == "UTC"):
        return
    raise source.defect(
        f"type {dtype} does not say which instant is meant",
        column=TS_OPEN,
        hint="store Int64 nanoseconds since 1970 UTC, or a Datetime with time zone UTC",
    )


def instants(source: Source, column: pl.Series, row: int) -> Int64s:
    """Openings in nanoseconds, whatever unit the file keeps; all present and within 2^62."""
    check_present(source, column, row)
    unit = column.dtype.time_unit if isinstance(column.dtype, pl.Datetime) else "ns"
    factor = NS_PER_UNIT[unit]
    counts = column.to_physical().to_numpy().astype(np.int64, copy=True)
    limit = TS_MAX // factor
    if (at := first((counts > limit) | (counts < -limit))) is not None:
        raise source.defect(
            f"{counts[at]} {unit} since 1970 is outside 1824 to 2115",
            row=row + at,
            column=TS_OPEN,
        )
    return counts * factor


def check_order(
    source: Source, opens: Int64s, row: int, former: int | None, interval_ns: int
) -> None:
    """Each bar opens no earlier than the one before it closed; `former` opened at `row` - 1."""
    steps = np.diff(opens) if former is None else np.diff(opens, prepend=former)
    at = first(steps < interval_ns)
    if at is None:
        return
    step = int(steps[at])
    late = at if former is not None else at + 1
    here = int(opens[late])
    message = _disorder(row + late, here, step, interval_ns)
    hint = "sort the rows by ts_open, each bar once"
    if step > 0:
        hint = "correct the interval in the configuration, or the file"
    if here < TS_LIKELY_MIN:
        hint = f"ts_open counts nanoseconds since 1970: {here} is {instant_text(here)}"
    raise source.defect(message, row=row + late, column=TS_OPEN, hint=hint)


def _disorder(row: int, opened: int, step: int, interval_ns: int) -> str:
    """Name both rows and what is wrong between them."""
    here = f"row {row} opens at {instant_text(opened)} ({opened})"
    before = f"row {row - 1} ({instant_text(opened - step)})"
    if step < 0:
        return f"unsorted: {here}, earlier than {before}"
    if step == 0:
        return f"duplicate time: {here}, as {before} does"
    interval = f"the configured interval is {interval_ns / SECOND_NS:g} s ({interval_ns} ns)"
    return f"overlapping bars: {here}, {step} ns after {before}; {interval}"
