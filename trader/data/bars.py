"""Recorded bars, opened by their footer and read in batches.

Opening a file hashes its bytes and walks its opening times once, because a window can only be
found in a file that is in order. The other columns are decoded batch by batch when they are asked
for, and each batch is checked and turned into int64 before anybody sees it. So memory holds one
batch, however long the file is; a wrong price outside the rows that are read stays unseen.

A wholly null or missing `volume` means that the source has none: 0 lots. A single null among
numbers is a defect, for it could mean anything.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

import numpy as np

from trader.config.notation import instant_text
from trader.data.checks import (
    PRICES,
    VOLUME,
    Grid,
    OffGrid,
    check_shape,
    check_types,
    prices,
    volumes,
)
from trader.data.defects import Source
from trader.data.grid import Int64s
from trader.data.order import TS_OPEN, check_order, instants
from trader.data.parquet import ParquetFile, digest_of, open_parquet

BATCH_ROWS: Final = 65_536
WALK_ROWS: Final = 4 * BATCH_ROWS  # 2 MiB of opening times at once


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BarColumns:
    """Bars in time order as contiguous, writable int64 columns of one length.

    Times in nanoseconds UTC, prices in ticks, volume in lots. `rounded` counts the rows of which
    some price was off grid and was rounded to it.
    """

    ts_open: Int64s
    ts_close: Int64s
    open: Int64s
    high: Int64s
    low: Int64s
    close: Int64s
    lots: Int64s
    rounded: int

    def __len__(self) -> int:
        return len(self.ts_open)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BarFile:
    """One file of bars in time order; `open_bars` makes it.

    `digest` is BLAKE2b-256 of the file's bytes in hex, `columns` are the names that the file has.
    `ts_first` and `ts_last` are its first and last opening in nanoseconds UTC.
    """

    source: Source
    file: ParquetFile
    grid: Grid
    interval_ns: int
    digest: str
    has_volume: bool
    marks: tuple[int, ...]  # the opening of every WALK_ROWS-th row
    ts_last: int

    @property
    def rows(self) -> int:
        """How many bars the file has; at least one."""
        return self.file.rows

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the file's columns, read or not."""
        return tuple(self.file.schema.names())

    @property
    def ts_first(self) -> int:
        """The opening of the first bar."""
        return self.marks[0]

    def window(self, ts_from: int | None, ts_to: int | None, warmup_rows: int) -> tuple[int, int]:
        """Rows that open in [ts_from, ts_to), with up to `warmup_rows` rows before them.

        Returns the first row and the row after the last. None leaves that side open. Raises
        `DataError` if no bar opens in the range.
        """
        assert warmup_rows >= 0
        start = 0 if ts_from is None else self._rows_before(ts_from)
        stop = self.rows if ts_to is None else self._rows_before(ts_to)
        if start >= stop:
            since = "the beginning" if ts_from is None else instant_text(ts_from)
            until = "the end" if ts_to is None else instant_text(ts_to)
            bounds = f"{instant_text(self.ts_first)} to {instant_text(self.ts_last)}"
            raise self.source.defect(
                f"no bar opens from {since} to {until}", hint=f"its bars open from {bounds}"
            )
        return max(0, start - warmup_rows), stop

    def batches(self, start: int, stop: int, rows: int = BATCH_ROWS) -> Iterator[BarColumns]:
        """Read rows [start, stop) in pieces of at most `rows`, checked, in the file's order."""
        assert 0 <= start <= stop <= self.rows
        assert rows > 0
        for row in range(start, stop, rows):
            yield self._batch(row, min(rows, stop - row))

    def _batch(self, row: int, count: int) -> BarColumns:
        names = (TS_OPEN, *PRICES, *((VOLUME,) if self.has_volume else ()))
        frame = self.file.read(names, row, count)
        opens = instants(self.source, frame[TS_OPEN], row)
        off = np.zeros(count, dtype=np.bool_)
        ticks: dict[str, Int64s] = {}
        for column in PRICES:
            ticks[column], off_here = prices(self.source, frame[column], row, self.grid)
            off |= off_here
        check_shape(self.source, frame, row, ticks)
        lots = np.zeros(count, dtype=np.int64)
        if self.has_volume:
            lots = volumes(self.source, frame[VOLUME], row, self.grid, ticks["high"])
        return BarColumns(
            ts_open=opens,
            ts_close=opens + self.interval_ns,
            **ticks,
            lots=lots,
            rounded=int(off.sum()),
        )

    def _rows_before(self, instant: int) -> int:
        row = max(0, bisect_left(self.marks, instant) - 1) * WALK_ROWS
        return row + int(np.searchsorted(_opens(self.file, self.source, row), instant))


def open_bars(
    path: Path,
    *,
    name: str,
    interval_ns: int,
    tick: Decimal,
    lot: Decimal,
    off_grid: OffGrid = "refuse",
) -> BarFile:
    """Open a file of bars `interval_ns` long, whose prices move by `tick` and sizes by `lot`.

    `name` is how messages speak of it. Raises `DataError` if the file is missing, empty, damaged
    or not Parquet, lacks a column, has one of a wrong type, or if its bars are not in order.
    """
    assert interval_ns > 0
    source = Source(name=name, path=path)
    file = open_parquet(path)
    check_types(source, file.schema)
    if file.rows == 0:
        raise source.defect("the file has columns but no rows")
    marks, ts_last = _walk(file, source, interval_ns)
    return BarFile(
        source=source,
        file=file,
        grid=Grid(tick=tick, lot=lot, off_grid=off_grid),
        interval_ns=interval_ns,
        digest=digest_of(path),
        has_volume=VOLUME in file.schema and file.nulls(VOLUME) < file.rows,
        marks=marks,
        ts_last=ts_last,
    )


def _walk(file: ParquetFile, source: Source, interval_ns: int) -> tuple[tuple[int, ...], int]:
    """Check the order of all openings; returns those that head each piece, and the last."""
    marks = []
    former = None
    for row in range(0, file.rows, WALK_ROWS):
        opens = _opens(file, source, row)
        check_order(source, opens, row, former, interval_ns)
        marks.append(int(opens[0]))
        former = int(opens[-1])
    assert former is not None
    return tuple(marks), former


def _opens(file: ParquetFile, source: Source, row: int) -> Int64s:
    """Read the openings of the piece that begins at `row`."""
    count = min(WALK_ROWS, file.rows - row)
    return instants(source, file.read((TS_OPEN,), row, count)[TS_OPEN], row)
