"""Recorded trades: what was traded at which price, and who was in a hurry.

A trade of size 0 (a leg of a spread, a correction) stays in with 0 lots, at which a venue fills
nothing, and is counted. Without the venue's own numbers the row in the file is the trade's number.
"""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import polars as pl

from trader.data.checks import Grid, OffGrid, prices, sizes
from trader.data.defects import Source, check_present, first
from trader.data.grid import Int64s
from trader.data.recording import Recording
from trader.data.ticks import TS, TickFile, open_ticks
from trader.model.units import INT64_MAX

PRICE: Final = "price"
SIZE: Final = "size"
SIDE: Final = "side"
TRADE_ID: Final = "trade_id"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TradeColumns:
    """Trades in time order as contiguous int64 columns of one length; do not write into them.

    Times in nanoseconds UTC (`ts` on the clock of the file, `ts_event` the venue's), price in
    ticks, size in lots, `side` +1 if a buyer took it, -1 a seller, 0 unknown. `rounded` counts the
    rows whose price was off grid, `empty` those of size 0.
    """

    ts: Int64s
    ts_event: Int64s
    ticks: Int64s
    lots: Int64s
    side: Int64s
    trade_id: Int64s
    rounded: int
    empty: int

    def __len__(self) -> int:
        return len(self.ts)


TradeFile: TypeAlias = TickFile[TradeColumns]


def open_trades(
    path: Path | Recording,
    *,
    name: str,
    tick: Decimal,
    lot: Decimal,
    off_grid: OffGrid = "refuse",
    use_received: bool = False,
) -> TradeFile:
    """Open a file of trades: ts, price, size, and perhaps side, trade_id, ts_recv.

    `name` is how messages speak of it. Raises `DataError` as `open_ticks` does.
    """
    file = open_ticks(
        path,
        name=name,
        kind="trades",
        grid=Grid(tick=tick, lot=lot, off_grid=off_grid),
        needed=(PRICE, SIZE),
        optional=(),
        others=(SIDE, TRADE_ID),
        use_received=use_received,
        decode=_decode,
    )
    check_side(file.source, file.file.schema.get(SIDE))
    return file


def check_side(source: Source, dtype: pl.DataType | None) -> None:
    """A side is a number."""
    if dtype is None or dtype == pl.Null() or dtype.is_integer():
        return
    raise source.defect(
        f"type {dtype} is no side",
        column=SIDE,
        hint="store it as an integer: 1 for buyers and bids, -1 for sellers and asks",
    )


def sides(source: Source, column: pl.Series, row: int, allowed: frozenset[int]) -> Int64s:
    """A column of sides, each of which is one of those allowed."""
    check_present(source, column, row)
    if (at := first(~column.is_in(sorted(allowed)).to_numpy())) is not None:
        words = ", ".join(str(each) for each in sorted(allowed))
        raise source.defect(
            f"side {column[at]} is none of {words}", row=row + at, column=column.name
        )
    return column.to_numpy().astype(np.int64)


def _decode(file: TradeFile, row: int, count: int) -> TradeColumns:
    own_id = TRADE_ID in file.present and file.file.schema[TRADE_ID].is_integer()
    sided = SIDE in file.present
    wanted = [TS, file.clock, PRICE, SIZE, *[SIDE] * sided, *[TRADE_ID] * own_id]
    frame = file.file.read(list(dict.fromkeys(wanted)), row, count)
    ts, ts_event = file.times(frame, row)
    ticks, off = prices(file.source, frame[PRICE], row, file.grid)
    side = np.zeros(count, dtype=np.int64)
    if sided:
        side = sides(file.source, frame[SIDE], row, frozenset({-1, 0, 1}))
    return TradeColumns(
        ts=ts,
        ts_event=ts_event,
        ticks=ticks,
        lots=sizes(file.source, frame[SIZE], row, file.grid, ticks),
        side=side,
        trade_id=_ids(file.source, frame[TRADE_ID], row)
        if own_id
        else np.arange(row, row + count, dtype=np.int64),
        rounded=int(off.sum()),
        empty=int((frame[SIZE] == 0).sum()),
    )


def _ids(source: Source, column: pl.Series, row: int) -> Int64s:
    check_present(source, column, row)
    if (at := first((column > INT64_MAX).to_numpy())) is not None:
        raise source.defect(f"{column[at]} does not fit int64", row=row + at, column=column.name)
    return column.to_numpy().astype(np.int64)
