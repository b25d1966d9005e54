"""Recorded quotes: the best bid and ask of a market, and how much stands there.

A side may be missing (nobody bids), and a size may be unknown; both are NONE. A size below one lot
is 0 lots, at which nothing can be traded. Bids above asks stay where they are: recordings have
them, and what they are worth is for the reader of the rows to say; they are counted.
"""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

from trader.data.checks import Grid, OffGrid, prices_or_none, sizes_or_none
from trader.data.grid import Int64s
from trader.data.recording import Recording
from trader.data.ticks import TS, TickFile, open_ticks
from trader.model.units import NONE

SIDES: Final = ("bid", "ask")
SIZES: Final = ("bid_size", "ask_size")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QuoteColumns:
    """Quotes in time order as contiguous int64 columns of one length; do not write into them.

    Times in nanoseconds UTC (`ts` on the clock of the file, `ts_event` the venue's), prices in
    ticks, sizes in lots, NONE for a missing side or an unknown size. `rounded` counts the rows of
    which a price was off grid, `crossed` those that bid more than they ask.
    """

    ts: Int64s
    ts_event: Int64s
    bid: Int64s
    ask: Int64s
    bid_lots: Int64s
    ask_lots: Int64s
    rounded: int
    crossed: int

    def __len__(self) -> int:
        return len(self.ts)


QuoteFile: TypeAlias = TickFile[QuoteColumns]


def open_quotes(
    path: Path | Recording,
    *,
    name: str,
    tick: Decimal,
    lot: Decimal,
    off_grid: OffGrid = "refuse",
    use_received: bool = False,
) -> QuoteFile:
    """Open a file of quotes: ts, bid, ask, and perhaps bid_size, ask_size, ts_recv.

    `name` is how messages speak of it. Raises `DataError` as `open_ticks` does.
    """
    return open_ticks(
        path,
        name=name,
        kind="quotes",
        grid=Grid(tick=tick, lot=lot, off_grid=off_grid),
        needed=SIDES,
        optional=SIZES,
        use_received=use_received,
        decode=_decode,
    )


def _decode(file: QuoteFile, row: int, count: int) -> QuoteColumns:
    sized = [size for size in SIZES if size in file.present]
    frame = file.file.read((*dict.fromkeys((TS, file.clock)), *SIDES, *sized), row, count)
    ts, ts_event = file.times(frame, row)
    columns = []
    off = np.zeros(count, dtype=np.bool_)
    for side, size in zip(SIDES, SIZES, strict=True):
        ticks, off_here = prices_or_none(file.source, frame[side], row, file.grid)
        off |= off_here
        lots = np.full(count, NONE, dtype=np.int64)
        if size in sized:
            lots = sizes_or_none(file.source, frame[size], row, file.grid, ticks)
        columns += [ticks, lots]
    bid, bid_lots, ask, ask_lots = columns
    crossed = (bid > ask) & (ask != NONE)  # NONE lies below every price
    return QuoteColumns(
        ts=ts,
        ts_event=ts_event,
        bid=bid,
        ask=ask,
        bid_lots=bid_lots,
        ask_lots=ask_lots,
        rounded=int(off.sum()),
        crossed=int(crossed.sum()),
    )
