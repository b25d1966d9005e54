"""What files of quotes, trades and depth share: rows in time order, found by their instant.

A file is opened by its footer, and its instants are walked once, because a window can only be
found in rows that are in order. Equal instants are usual. Everything else is decoded, checked and
turned into int64 batch by batch. Recorders may note two instants: `ts`, the venue's, and
`ts_recv`, when the row arrived here. Which of the two orders a run is the run's decision: what was
received is known only then, but a clock that only some of its files have would compare apples with
oranges.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeVar

import numpy as np
import polars as pl

from trader.config.notation import instant_text
from trader.data.bars import BATCH_ROWS, WALK_ROWS
from trader.data.checks import Grid, check_columns
from trader.data.defects import Source, first
from trader.data.grid import Int64s
from trader.data.order import TS_LIKELY_MIN, check_type_of_time, instants
from trader.data.recording import Recording, Rows, open_recording

TS: Final = "ts"
TS_RECV: Final = "ts_recv"

C = TypeVar("C")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TickFile(Generic[C]):
    """One file of rows in time order; `open_quotes`, `open_trades` and `open_depth` make it.

    `digest` is BLAKE2b-256 of the file's bytes in hex; `clock` is the column that orders the rows,
    `ts` or `ts_recv`; `ts_last` is the last instant of it, in nanoseconds UTC.
    """

    source: Source
    file: Rows
    grid: Grid
    digest: str
    clock: str
    marks: tuple[int, ...]  # the instant of every WALK_ROWS-th row
    ts_last: int
    present: frozenset[str]  # those of the optional columns that hold anything
    decode: "Callable[[TickFile[C], int, int], C]"  # some rows from a row on, checked

    @property
    def rows(self) -> int:
        """How many rows the file has; at least one."""
        return self.file.rows

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the file's columns, read or not."""
        return tuple(self.file.schema.names())

    @property
    def ts_first(self) -> int:
        """The first instant on the file's clock."""
        return self.marks[0]

    @property
    def has_received(self) -> bool:
        """Whether every row says when it was received."""
        return has_received(self.file)

    def window(self, ts_from: int | None, ts_to: int | None) -> tuple[int, int]:
        """Rows in [ts_from, ts_to): the first of them and the row after the last.

        None leaves that side open. Raises `DataError` if no row is in the range.
        """
        start = 0 if ts_from is None else self._rows_before(ts_from)
        stop = self.rows if ts_to is None else self._rows_before(ts_to)
        if start >= stop:
            since = "the beginning" if ts_from is None else instant_text(ts_from)
            until = "the end" if ts_to is None else instant_text(ts_to)
            bounds = f"{instant_text(self.ts_first)} to {instant_text(self.ts_last)}"
            raise self.source.defect(
                f"no row from {since} to {until}", hint=f"its rows are from {bounds}"
            )
        return start, stop

    def batches(self, start: int, stop: int, rows: int = BATCH_ROWS) -> Iterator[C]:
        """Read rows [start, stop) in pieces of at most `rows`, checked, in the file's order."""
        assert 0 <= start <= stop <= self.rows
        assert rows > 0
        for row in range(start, stop, rows):
            yield self.decode(self, row, min(rows, stop - row))

    def times(self, frame: pl.DataFrame, row: int) -> tuple[Int64s, Int64s]:
        """The instants that order the rows, and the venue's, in nanoseconds; perhaps one array."""
        events = instants(self.source, frame[TS], row)
        if self.clock == TS:
            return events, events
        return instants(self.source, frame[self.clock], row), events

    def _rows_before(self, instant: int) -> int:
        row = max(0, bisect_left(self.marks, instant) - 1) * WALK_ROWS
        return row + int(np.searchsorted(_piece(self.file, self.source, self.clock, row), instant))


def has_received(rows: Rows) -> bool:
    """Whether every row says when it was received."""
    return TS_RECV in rows.schema and rows.rows > 0 and not rows.nulls(TS_RECV)


def open_ticks(  # noqa: PLR0913 - what opens any kind of rows, and what the kind itself adds
    path: Path | Recording,
    *,
    name: str,
    kind: str,
    grid: Grid,
    needed: Iterable[str],
    optional: Iterable[str],
    others: Iterable[str] = (),
    use_received: bool,
    decode: Callable[[TickFile[C], int, int], C],
) -> TickFile[C]:
    """Open a file of rows of a kind, of which `needed` and `optional` are columns of numbers.

    `others` are optional columns whose types the kind checks itself.

    Raises `DataError` if the file is missing, empty, damaged or not Parquet, lacks a column, has
    one of a wrong type, or if its rows go back in time on the chosen clock.
    """
    recording = open_recording(path)
    source, file = recording.source(name, kind), recording.file
    check_columns(source, file.schema, time=TS, needed=needed, optional=optional)
    if file.rows == 0:
        raise source.defect("the file has columns but no rows")
    clock = TS
    if use_received:
        clock = TS_RECV
        if not has_received(file):
            raise source.defect("not every row says when it was received", column=TS_RECV)
        check_type_of_time(source, file.schema[TS_RECV], TS_RECV)
    marks, ts_last = _walk(file, source, clock)
    known = (*optional, *others)
    present = (each for each in known if each in file.schema and file.nulls(each) < file.rows)
    return TickFile(
        source=source,
        file=file,
        grid=grid,
        digest=recording.digest,
        clock=clock,
        marks=marks,
        ts_last=ts_last,
        present=frozenset(present),
        decode=decode,
    )


def _walk(file: Rows, source: Source, clock: str) -> tuple[tuple[int, ...], int]:
    """Check the order of all instants; returns those that head each piece, and the last."""
    hint = f"sort the rows by {clock}"
    if clock == TS and has_received(file):
        hint += ", or give every source of the run a ts_recv: then that orders the rows"
    marks = []
    former = None
    for row in range(0, file.rows, WALK_ROWS):
        times = _piece(file, source, clock, row)
        _check_order(source, times, row, former, clock=clock, hint=hint)
        marks.append(int(times[0]))
        former = int(times[-1])
    assert former is not None
    if former < TS_LIKELY_MIN:
        raise source.defect(
            f"its last row is of {instant_text(former)} ({former})",
            row=file.rows - 1,
            column=clock,
            hint=f"{clock} counts nanoseconds since 1970",
        )
    return tuple(marks), former


def _check_order(
    source: Source, times: Int64s, row: int, former: int | None, *, clock: str, hint: str
) -> None:
    """No row is earlier than the one before it; `former` is the instant of `row` - 1."""
    steps = np.diff(times) if former is None else np.diff(times, prepend=former)
    at = first(steps < 0)
    if at is None:
        return
    late = at if former is not None else at + 1
    here = int(times[late])
    raise source.defect(
        f"back in time: {source.place(row + late)} is of {instant_text(here)} ({here}),"
        f" {source.place(row + late - 1)} of {instant_text(here - int(steps[at]))}",
        row=row + late,
        column=clock,
        hint=hint,
    )


def _piece(file: Rows, source: Source, clock: str, row: int) -> Int64s:
    """Read the instants of the piece that begins at `row`."""
    count = min(WALK_ROWS, file.rows - row)
    return instants(source, file.read((clock,), row, count)[clock], row)
