"""Recorded bars, opened by their footer and read in batches.

Opening a file hashes its bytes and walks its opening times once, because a window can only be
found in a file that is in order. The other columns are decoded batch by batch when they are asked
for, and each batch is checked and turned into int64 before anybody sees it. So memory holds one
batch, however long the file is; a wrong price outside the rows that are read stays unseen.

Bars are numbered as they are delivered. Where the instrument has a calendar they open and close
with its sessions, and rows outside all of them may be left out: then a bar's number is not its row.

A wholly null or missing `volume` means that the source has none: 0 lots. A single null among
numbers is a defect, for it could mean anything.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
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
    sizes,
)
from trader.data.defects import Source
from trader.data.grid import Int64s
from trader.data.kept import Kept, kept_of
from trader.data.order import TS_OPEN, Times, check_order, instants
from trader.data.recording import Recording, Rows, open_recording
from trader.data.sessions import ALWAYS_OPEN, Hours, bar_times
from trader.model.units import INT64_MAX

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
    `ts_first` and `ts_last` are its first and last opening in nanoseconds UTC. Everywhere else
    a row is the number of a bar.
    """

    source: Source
    file: Rows
    grid: Grid
    interval_ns: int
    hours: Hours
    digest: str
    has_volume: bool
    kept: Kept
    marks: tuple[int, ...]  # the first opening in or after each piece of WALK_ROWS of the file
    ts_last: int

    @property
    def rows(self) -> int:
        """How many bars the file has; at least one."""
        return self.kept.total

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

    def off_session(self, start: int, stop: int) -> int:
        """How many rows among bars [start, stop), and on to the next bar on either side, are none.

        They lie in no session and were left out.
        """
        first = self.kept.row_of(start - 1) + 1 if start else 0
        last = self.kept.row_of(stop) if stop < self.rows else self.file.rows
        return last - first - (stop - start)

    def under_way(self, ts: int) -> tuple[int, int] | None:
        """The opening and the close of the bar that the instant lies strictly inside of."""
        bar = self._rows_before(ts) - 1
        if bar < 0:
            return None
        row = self.kept.row_of(bar)
        labels = _labels(self.file, self.source, row, 1)
        times = bar_times(self.source, labels, row, self.interval_ns, self.hours)
        closes = int(times.closes[0])
        return (int(times.opens[0]), closes) if closes > ts else None

    def batches(self, start: int, stop: int, rows: int = BATCH_ROWS) -> Iterator[BarColumns]:
        """Read rows [start, stop) in pieces of at most `rows`, checked, in the file's order."""
        assert 0 <= start <= stop <= self.rows
        assert rows > 0
        for bar in range(start, stop, rows):
            first = self.kept.row_of(bar)
            last = self.kept.row_of(min(bar + rows, stop) - 1)
            yield self._batch(first, last + 1 - first)

    def _batch(self, row: int, count: int) -> BarColumns:
        names = (TS_OPEN, *PRICES, *((VOLUME,) if self.has_volume else ()))
        frame = self.file.read(names, row, count)
        labels = instants(self.source, frame[TS_OPEN], row)
        times = bar_times(self.source, labels, row, self.interval_ns, self.hours)
        off = np.zeros(count, dtype=np.bool_)
        ticks: dict[str, Int64s] = {}
        for column in PRICES:
            ticks[column], off_here = prices(self.source, frame[column], row, self.grid)
            off |= off_here
        check_shape(self.source, frame, row, ticks)
        lots = np.zeros(count, dtype=np.int64)
        if self.has_volume:
            lots = sizes(self.source, frame[VOLUME], row, self.grid, ticks["high"])
        columns = {"ts_open": times.opens, "ts_close": times.closes, **ticks, "lots": lots}
        kept = times.kept
        if not kept.all():
            columns = {name: column[kept] for name, column in columns.items()}
        return BarColumns(**columns, rounded=int((off & kept).sum()))

    def _rows_before(self, instant: int) -> int:
        row = max(0, bisect_left(self.marks, instant) - 1) * WALK_ROWS
        times = _piece(self.file, self.source, row, self.interval_ns, self.hours)
        opens = times.opens[times.kept]
        return self.kept.bars_before(row) + int(np.searchsorted(opens, instant))


def open_bars(  # noqa: PLR0913 - what a file of bars cannot say itself
    path: Path | Recording,
    *,
    name: str,
    interval_ns: int,
    tick: Decimal,
    lot: Decimal,
    off_grid: OffGrid = "refuse",
    hours: Hours = ALWAYS_OPEN,
) -> BarFile:
    """Open a file of bars `interval_ns` long, whose prices move by `tick` and sizes by `lot`.

    `name` is how messages speak of it. Raises `DataError` if the file is missing, empty, damaged
    or not Parquet, lacks a column, has one of a wrong type, if its bars are not in order, or if
    they contradict the sessions of their market.
    """
    assert interval_ns > 0
    recording = open_recording(path)
    source, file = recording.source(name, "bars"), recording.file
    check_types(source, file.schema)
    if file.rows == 0:
        raise source.defect("the file has columns but no rows")
    kept, marks, ts_last = _walk(file, source, interval_ns, hours)
    return BarFile(
        source=source,
        file=file,
        grid=Grid(tick=tick, lot=lot, off_grid=off_grid),
        interval_ns=interval_ns,
        hours=hours,
        digest=recording.digest,
        has_volume=VOLUME in file.schema and file.nulls(VOLUME) < file.rows,
        kept=kept,
        marks=marks,
        ts_last=ts_last,
    )


def _walk(
    file: Rows, source: Source, interval_ns: int, hours: Hours
) -> tuple[Kept, tuple[int, ...], int]:
    """Check the order of all bars; which rows they are, where to look for one, the last opening."""
    former = None
    ts_last = 0
    heads, kept = [], []
    for row in range(0, file.rows, WALK_ROWS):
        times = _piece(file, source, row, interval_ns, hours)
        former = check_order(source, times, row, former, interval_ns)
        kept.append((row, times.kept))
        opens = times.opens[times.kept]
        heads.append(int(opens[0]) if len(opens) else INT64_MAX)
        ts_last = int(opens[-1]) if len(opens) else ts_last
    found = kept_of(kept)
    if not found.total:
        calendar = hours.sessions.name
        raise source.defect(f"no bar lies in a session of {calendar}", hint="is it its calendar?")
    # A piece without bars is passed over: a search goes on at the next one that has some.
    marks = tuple(accumulate(reversed(heads), min))[::-1]
    return found, marks, ts_last


def _piece(file: Rows, source: Source, row: int, interval_ns: int, hours: Hours) -> Times:
    """The times of the piece of WALK_ROWS that begins at `row`."""
    labels = _labels(file, source, row, min(WALK_ROWS, file.rows - row))
    return bar_times(source, labels, row, interval_ns, hours)


def _labels(file: Rows, source: Source, row: int, count: int) -> Int64s:
    return instants(source, file.read((TS_OPEN,), row, count)[TS_OPEN], row)
