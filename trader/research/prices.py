"""The prices that a run saw, in one pass: candles to draw, marks at instants, extremes of trips.

The recorded rows stay on disk; a batch at a time is taken into whatever is being measured. Prices
are in half ticks, so that the middle of a quote is exact.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from sims.streams import BARS, COLUMNS, Source
from trader.data.bars import BATCH_ROWS, BarColumns
from trader.data.depth import DepthColumns
from trader.data.grid import Int64s
from trader.data.quotes import QuoteColumns
from trader.data.trades import TradeColumns
from trader.logic.order_book import Change, OrderBook
from trader.model.market import BookDelta
from trader.model.units import NONE, Nanoseconds
from trader.research.trades import RoundTrip

DEPTH: Final = "depth"
CANDLES_MAX: Final = 12_000
"""Of all instruments together, so that a page stays small however long the run was."""
CANDLES_LEAST: Final = 400
CANDLES_MOST: Final = 3_000

_PREFERRED: Final = ("depth", "quotes", "trades", BARS)
_COLUMNS: Final = ("begins", "ends", "open", "high", "low", "close")


@dataclass(frozen=True, slots=True)
class Prices:
    """Rows in time order: when each begins and is known, and where the price went in it."""

    begins: Int64s
    ends: Int64s
    open: Int64s
    high: Int64s
    low: Int64s
    close: Int64s

    def __len__(self) -> int:
        return len(self.begins)

    def where(self, kept: slice | npt.NDArray[np.bool_]) -> "Prices":
        """The rows that a mask or a slice picks."""
        return Prices(*(getattr(self, name)[kept] for name in _COLUMNS))


@dataclass(slots=True, kw_only=True)
class Seen:
    """What one pass over an instrument's prices found.

    `marks` are the last prices at the instants asked for, NONE before the first; `bars`, `high`
    and `low` belong to its trips in their order: closes while it was held, and the extremes.
    """

    candles: Prices
    marks: Int64s
    trips: list[RoundTrip]
    bars: Int64s | None
    high: Int64s
    low: Int64s
    rows_a_candle: int = 1


class Question(Struct, frozen=True, kw_only=True):
    """What is asked of the prices: from when on to draw, marks when, extremes of which trips."""

    since: Nanoseconds
    until: Nanoseconds
    instants: Sequence[Nanoseconds]
    trips: Sequence[RoundTrip]


def look(sources: Sequence[Source], question: Question) -> dict[str, Seen]:
    """Looks at the finest prices of each instrument, of a book those at its top."""
    chosen: dict[str, Source] = {}
    for kind in reversed(_PREFERRED):
        own = [source for source in sources if source.kind == kind]
        for source in sorted(own, key=lambda each: -each.interval_ns):
            chosen[source.instrument] = source
    most = min(max(CANDLES_MAX // max(len(chosen), 1), CANDLES_LEAST), CANDLES_MOST)
    return {name: _Look(source, question, most).seen() for name, source in chosen.items()}


class _Look:
    """One pass over one source."""

    def __init__(self, source: Source, question: Question, candles_max: int) -> None:
        self._source = source
        self._since, self._until = question.since, question.until
        self._candles = _Candles(-(-(source.stop - source.start) // candles_max))
        self._instants = np.asarray(question.instants, np.int64)
        self._marks = np.full(len(self._instants), NONE, np.int64)
        self._trips = [each for each in question.trips if each.instrument == source.instrument]
        entries = [each.ts_entry for each in self._trips]
        exits = [question.until if t.ts_exit is None else t.ts_exit for t in self._trips]
        self._entries, self._exits = np.array(entries, np.int64), np.array(exits, np.int64)
        count = len(self._trips)
        self._bars = np.zeros(count, np.int64)
        self._high = np.full(count, NONE, np.int64)
        self._low = np.full(count, -NONE - 1, np.int64)

    def seen(self) -> Seen:
        """Reads all of it."""
        for prices in pieces(self._source):
            self._mark(prices)
            self._extend(prices)
            drawn = (prices.ends > self._since) & (prices.begins < self._until)
            self._candles.take(prices.where(drawn))
        return Seen(
            candles=self._candles.whole(),
            marks=self._marks,
            trips=self._trips,
            bars=self._bars if self._source.kind == BARS else None,
            high=self._high,
            low=self._low,
            rows_a_candle=self._candles.rows,
        )

    def _mark(self, prices: Prices) -> None:
        known = np.searchsorted(prices.ends, self._instants, side="right") - 1
        self._marks = np.where(known >= 0, prices.close[known], self._marks)

    def _extend(self, prices: Prices) -> None:
        """Counts the closes within each trip, and widens its extremes by the rows it spans."""
        within = (self._entries < prices.ends[-1]) & (self._exits > prices.begins[0])
        mine = np.flatnonzero(within)
        entries, exits = self._entries[mine], self._exits[mine]
        first = np.searchsorted(prices.ends, entries, side="right")
        closed = np.searchsorted(prices.ends, exits, side="right")
        self._bars[mine] += np.maximum(closed - first, 0)
        stop = np.searchsorted(prices.begins, exits)
        spans = first < stop
        mine, first, stop = mine[spans], first[spans], stop[spans]
        if not len(mine):
            return
        # Every second reduction runs from an entry to its exit; what lies between is not used.
        edges = np.stack((first, stop), axis=1).ravel()
        high = np.maximum.reduceat(np.append(prices.high, NONE), edges)[::2]
        low = np.minimum.reduceat(np.append(prices.low, -NONE - 1), edges)[::2]
        self._high[mine] = np.maximum(self._high[mine], high)
        self._low[mine] = np.minimum(self._low[mine], low)


@dataclass(slots=True)
class _Candles:
    """Joins so many rows each into one."""

    rows: int
    done: list[Prices] = field(default_factory=list)
    rest: Prices | None = None

    def take(self, prices: Prices) -> None:
        if self.rest is not None:
            prices = _joined(self.rest, prices)
        whole = len(prices) - len(prices) % self.rows
        self.rest = prices.where(slice(whole, None))
        if whole:
            self.done.append(_candles(prices.where(slice(whole)), self.rows))

    def whole(self) -> Prices:
        parts = self.done
        if self.rest is not None and len(self.rest):
            parts = [*parts, _candles(self.rest, self.rows)]
        return _joined(*parts) if parts else Prices(*(np.empty(0, np.int64) for _ in _COLUMNS))


def _candles(prices: Prices, rows: int) -> Prices:
    starts = np.arange(0, len(prices), rows)
    stops = np.append(starts[1:], len(prices)) - 1
    return Prices(
        prices.begins[starts],
        prices.ends[stops],
        prices.open[starts],
        np.maximum.reduceat(prices.high, starts),
        np.minimum.reduceat(prices.low, starts),
        prices.close[stops],
    )


def _joined(*parts: Prices) -> Prices:
    return Prices(*(np.concatenate([getattr(p, name) for p in parts]) for name in _COLUMNS))


def pieces(source: Source) -> Iterator[Prices]:
    """The source's rows as prices, a batch at a time."""
    if source.kind not in _MAKERS and source.kind != DEPTH:
        return
    make = _Tops(source.protocol).prices if source.kind == DEPTH else _MAKERS[source.kind]
    for batch in source.file.batches(source.start, source.stop, BATCH_ROWS):
        prices = make(batch)
        if len(prices):
            yield prices


def _of_bars(batch: BarColumns) -> Prices:
    prices = (2 * each for each in (batch.open, batch.high, batch.low, batch.close))
    return Prices(batch.ts_open, batch.ts_close, *prices)


def _of_quotes(batch: QuoteColumns) -> Prices:
    sound = (batch.bid != NONE) & (batch.ask != NONE) & (batch.bid <= batch.ask)
    ts, middle = batch.ts[sound], batch.bid[sound] + batch.ask[sound]
    return Prices(ts, ts, middle, middle, middle, middle)


def _of_trades(batch: TradeColumns) -> Prices:
    ticks = 2 * batch.ticks
    return Prices(batch.ts, batch.ts, ticks, ticks, ticks, ticks)


class _Tops:
    """A book built up from its changes, and the middle of its top where that moves."""

    def __init__(self, protocol: str) -> None:
        self._book = OrderBook(protocol)
        self._middle = NONE

    def prices(self, batch: DepthColumns) -> Prices:
        """The middles of this batch, each from the row that made it."""
        found = [each for row in _deltas(batch) if (each := self._moved(row)) is not None]
        ts = np.array([ts for ts, _ in found], np.int64)
        middle = np.array([ticks for _, ticks in found], np.int64)
        return Prices(ts, ts, middle, middle, middle, middle)

    def _moved(self, row: tuple[int, ...]) -> tuple[Nanoseconds, int] | None:
        """When the middle became another one, in half ticks."""
        ts, *rest = row
        if self._book.apply(BookDelta("", *rest)) is Change.NOTHING:
            return None
        bid, ask, _, _ = self._book.top()
        if NONE in (bid, ask) or bid > ask or bid + ask == self._middle:
            return None
        self._middle = bid + ask
        return ts, self._middle


def _deltas(batch: DepthColumns) -> Iterator[tuple[int, ...]]:
    columns = [batch.ts, *(getattr(batch, name) for name in COLUMNS[DEPTH])]
    return zip(*(column.tolist() for column in columns), strict=True)


_MAKERS: Final[Mapping[str, Callable[[Any], Prices]]] = {
    BARS: _of_bars,
    "quotes": _of_quotes,
    "trades": _of_trades,
}
