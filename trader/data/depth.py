"""Recorded depth: changes of an order book, level by level, and snapshots of the whole of it.

A row sets one level to a new absolute size; 0 removes it. The rows of one message of the venue
stand together and share its instants, its ids and whether it is a snapshot; the last of them is
marked, for between two rows of one message the book is no book. How messages follow on one another
by their ids is for who keeps the book; a file without ids has NONE for them.
"""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import polars as pl

from trader.data.checks import Grid, OffGrid, prices, sizes
from trader.data.defects import Source, check_present
from trader.data.grid import Int64s
from trader.data.recording import Recording
from trader.data.ticks import TS, TS_RECV, TickFile, open_ticks
from trader.data.trades import PRICE, SIDE, SIZE, check_side, sides
from trader.model.units import NONE

FIRST_ID: Final = "first_id"
LAST_ID: Final = "last_id"
PREV_ID: Final = "prev_id"
IDS: Final = (FIRST_ID, LAST_ID, PREV_ID)
IS_SNAPSHOT: Final = "is_snapshot"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DepthColumns:
    """Changes in time order as contiguous int64 columns of one length; do not write into them.

    Times in nanoseconds UTC (`ts` on the clock of the file, `ts_event` the venue's), price in
    ticks, new size in lots, `side` +1 for bids and -1 for asks, ids of the message or NONE;
    `snapshot` and `last` (of its message) are 0 or 1. `rounded` counts the rows whose price was
    off grid.
    """

    ts: Int64s
    ts_event: Int64s
    side: Int64s
    ticks: Int64s
    lots: Int64s
    first_id: Int64s
    last_id: Int64s
    prev_id: Int64s
    snapshot: Int64s
    last: Int64s
    rounded: int

    def __len__(self) -> int:
        return len(self.ts)


DepthFile: TypeAlias = TickFile[DepthColumns]


def open_depth(
    path: Path | Recording,
    *,
    name: str,
    tick: Decimal,
    lot: Decimal,
    off_grid: OffGrid = "refuse",
    use_received: bool = False,
) -> DepthFile:
    """Open a file of depth: ts, side, price, size, and perhaps is_snapshot, ids, ts_recv.

    `name` is how messages speak of it. Raises `DataError` as `open_ticks` does.
    """
    file = open_ticks(
        path,
        name=name,
        kind="depth",
        grid=Grid(tick=tick, lot=lot, off_grid=off_grid),
        needed=(PRICE, SIZE),
        optional=(),
        others=IDS,
        use_received=use_received,
        decode=_decode,
    )
    _check_types(file.source, file.file.schema)
    return file


def _check_types(source: Source, schema: pl.Schema) -> None:
    if SIDE not in schema:
        names = ", ".join(schema.names())
        raise source.defect(f"column {SIDE} is missing", hint=f"the file has {names}")
    check_side(source, schema[SIDE])
    snapshot = schema.get(IS_SNAPSHOT, pl.Boolean())
    if snapshot != pl.Boolean():
        raise source.defect(
            f"type {snapshot} is no yes or no", column=IS_SNAPSHOT, hint="store it as Boolean"
        )
    for column in IDS:
        dtype = schema.get(column, pl.Int64())
        if dtype not in (pl.Int64, pl.Null):
            raise source.defect(f"type {dtype} is no id", column=column, hint="store it as Int64")


def _decode(file: DepthFile, row: int, count: int) -> DepthColumns:
    source = file.source
    ids = [column for column in IDS if column in file.present]
    marked = [IS_SNAPSHOT] * (IS_SNAPSHOT in file.file.schema)
    moments = [TS] + [TS_RECV] * (TS_RECV in file.file.schema)
    # One row more, if there is one, tells whether the last row ends its message.
    more = min(count + 1, file.rows - row)
    longer = file.file.read((*moments, SIDE, PRICE, SIZE, *ids, *marked), row, more)
    frame = longer.head(count)
    ts, ts_event = file.times(frame, row)
    ticks, off = prices(source, frame[PRICE], row, file.grid)
    if marked:
        check_present(source, frame[IS_SNAPSHOT], row)
    numbers = {
        column: frame[column].fill_null(NONE).to_numpy().astype(np.int64)
        if column in ids
        else np.full(count, NONE, dtype=np.int64)
        for column in IDS
    }
    return DepthColumns(
        ts=ts,
        ts_event=ts_event,
        side=sides(source, frame[SIDE], row, frozenset({-1, 1})),
        ticks=ticks,
        lots=sizes(source, frame[SIZE], row, file.grid, ticks),
        **numbers,
        snapshot=frame[IS_SNAPSHOT].to_numpy().astype(np.int64)
        if marked
        else np.zeros(count, dtype=np.int64),
        last=_ends(longer.select(*moments, *ids, *marked), count),
        rounded=int(off.sum()),
    )


def _ends(message: pl.DataFrame, count: int) -> Int64s:
    """1 for each row after which another message begins, or nothing."""
    ends = np.ones(count, dtype=np.int64)
    change = pl.any_horizontal(pl.all().ne_missing(pl.all().shift(-1))).alias("ends")
    inside = message.height - 1
    ends[:inside] = message.select(change)["ends"].head(inside).to_numpy()
    return ends
