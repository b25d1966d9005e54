"""What a file's market was at an instant, read off its columns and not from the run.

Prices of an instant are those told then and the last before it: an order that rests is filled on
the way from one to the other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

import numpy as np

from sims.streams import Source
from trader.data.grid import Int64s
from trader.model.units import NONE

Range: TypeAlias = tuple[int, int]
Top: TypeAlias = tuple[int, int, int, int]
"""A row's number and instant, the best bid then and the best ask, in ticks; NONE for no side."""
COLUMNS: Final = {
    "bars": ("ts_open", "ts_close", "low", "high", "close"),
    "quotes": ("ts", "bid", "ask"),
    "trades": ("ts", "ticks"),
    "depth": ("side", "ticks", "lots"),
}


@lru_cache(maxsize=1)
def columns_of(source: Source) -> dict[str, Int64s]:
    """The columns of a source that say what its market was, of the rows that are played."""
    names = COLUMNS[source.kind]
    parts: list[Any] = list(source.file.batches(source.start, source.stop, 65_536))
    return {name: np.concatenate([getattr(each, name) for each in parts]) for name in names}


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices that hold from their instants on, those at which one buys and those to sell at."""

    ts: Int64s
    buys: Int64s
    sells: Int64s

    def around(self, ts: int, side: int) -> Range:
        """The lowest and the highest price of an instant for a buyer (1) or a seller (-1)."""
        first, last = np.searchsorted(self.ts, (ts, ts + 1))
        known = (self.buys if side > 0 else self.sells)[max(0, first - 1) : last]
        known = known[known != NONE]
        return int(known.min()), int(known.max())


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars, each of which is the market from its opening to its close."""

    opens: Int64s
    closes: Int64s
    low: Int64s
    high: Int64s

    def around(self, ts: int, side: int) -> Range:
        """The range of the bar that closes at the instant and of the one that opens."""
        del side
        rows = [*_equal(self.closes, ts), *_equal(self.opens, ts)]
        return int(self.low[rows].min()), int(self.high[rows].max())


def market_of(source: Source, tops: Sequence[Top]) -> Prices | Bars:
    """The market of a source; of a book it is what its best prices were told to be."""
    columns = tops_of(tops) if source.kind == "depth" else columns_of(source)
    if source.kind == "bars":
        return Bars(columns["ts_open"], columns["ts_close"], columns["low"], columns["high"])
    if source.kind == "trades":
        return Prices(columns["ts"], columns["ticks"], columns["ticks"])
    kept = ~crossed(columns)
    bid, ask = _held(columns["bid"][kept]), _held(columns["ask"][kept])
    return Prices(columns["ts"][kept], ask, bid)


def marks_of(source: Source, tops: Sequence[Top]) -> Int64s:
    """What the instrument was worth in half ticks after each number of rows; NONE before any."""
    if source.kind in {"bars", "trades"}:
        prices = columns_of(source)["close" if source.kind == "bars" else "ticks"]
        return np.concatenate((np.array([NONE], np.int64), 2 * prices))
    marks = np.full(source.stop - source.start + 1, NONE, np.int64)
    if source.kind == "depth":
        columns = tops_of(tops)
        numbers = columns["row"]
    else:
        columns = columns_of(source)
        numbers = np.arange(1, len(marks))
    bid, ask = columns["bid"], columns["ask"]
    whole = ~crossed(columns) & (bid != NONE) & (ask != NONE)
    marks[numbers[whole]] = (bid + ask)[whole]
    return _held(marks)


def dropped_of(source: Source) -> int:
    """How many rows of a source say nothing of the market: crossed quotes."""
    return int(crossed(columns_of(source)).sum()) if source.kind == "quotes" else 0


def holes_of(source: Source) -> int:
    """How often a bar begins later than the one before it ended, though that one joined."""
    if source.kind != "bars":
        return 0
    columns = columns_of(source)
    late = np.concatenate(([False], columns["ts_open"][1:] > columns["ts_close"][:-1]))
    return int((late[1:] & ~late[:-1]).sum())


@lru_cache(maxsize=2)
def levels_of(source: Source, side: int) -> Int64s:
    """All prices at which a book ever had a level on a side (1 bids, -1 asks), rising."""
    columns = columns_of(source)
    return np.unique(columns["ticks"][(columns["side"] == side) & (columns["lots"] > 0)])


def crossed(columns: dict[str, Int64s]) -> Any:
    """Which rows bid more than they ask."""
    return (columns["bid"] > columns["ask"]) & (columns["ask"] != NONE)


def tops_of(tops: Sequence[Top]) -> dict[str, Int64s]:
    """Tops as the columns of quotes."""
    table = np.array(tops, np.int64).reshape(-1, 4)
    return dict(zip(("row", *COLUMNS["quotes"]), table.T, strict=True))


def _held(prices: Int64s) -> Int64s:
    """Each price, or the last one before it where there is none."""
    rows = np.maximum.accumulate(np.where(prices != NONE, np.arange(len(prices)), 0))
    return prices[rows]


def _equal(rising: Int64s, value: int) -> Iterator[int]:
    yield from range(*np.searchsorted(rising, (value, value + 1)))
