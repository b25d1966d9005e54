"""One source's rows as the messages they will be, read a batch at a time.

Every kind of history is a table of int64 here: the columns of its message, and last the instants
at which the row begins and at which it is known. Of ticks and actions both are the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from trader.data.grid import Int64s
from trader.logic.order_book import PLAIN
from trader.model.envelope import Message
from trader.model.market import BarClosed, BookDelta, Quote, Trade
from trader.model.units import BEFORE_ALL, NONE, Nanoseconds

BARS: Final = "bars"
ACTIONS: Final = "actions"
EARLY: Final = "actions before ticks"
LATE: Final = "actions before openings"

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    BARS: ("open", "high", "low", "close", "lots", "ts_open", "ts_close"),
    "quotes": ("bid", "ask", "bid_lots", "ask_lots", "ts_event"),
    "trades": ("ticks", "lots", "side", "trade_id", "ts_event"),
    "depth": (
        "side",
        "ticks",
        "lots",
        "first_id",
        "last_id",
        "prev_id",
        "snapshot",
        "last",
        "ts_event",
    ),
    ACTIONS: ("index",),
}
"""What of a kind's batches makes its messages, in their order."""

MESSAGES: Final[dict[str, type[Message]]] = {
    BARS: BarClosed,
    "quotes": Quote,
    "trades": Trade,
    "depth": BookDelta,
}
"""What the rows of a kind become; actions are of several types."""


class HistoryFile(Protocol):
    """What a source reads from: rows in time order, by batches of columns."""

    @property
    def digest(self) -> str:
        """BLAKE2b-256, in hex, of what was recorded."""

    def batches(self, start: int, stop: int, rows: int) -> Iterator[Any]:
        """Rows [start, stop) in pieces of at most `rows`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file's part in a run: rows `start` to `stop` of what happened to an instrument.

    `matches`: the venue meets its rows; others only reach the core. Actions match where their
    instrument is matched on ticks. What is made up has no `path`; only books have a `protocol`.
    """

    instrument: str
    file: HistoryFile
    start: int
    stop: int
    kind: str = BARS
    interval_ns: Nanoseconds = 0
    matches: bool = True
    path: str = ""
    protocol: str = PLAIN

    @property
    def about(self) -> str | tuple[str, int]:
        """What its rows are about, as the graph names it."""
        return (self.instrument, self.interval_ns) if self.kind == BARS else self.instrument


def span(source: Source) -> tuple[Nanoseconds, Nanoseconds]:
    """When a source's first row begins and when its last is known; 1970 where it has none."""
    if source.start == source.stop:
        return 0, 0
    first, last = (
        next(source.file.batches(row, row + 1, 1)) for row in (source.start, source.stop - 1)
    )
    if source.kind == BARS:
        return int(first.ts_open[0]), int(last.ts_close[0])
    return int(first.ts[0]), int(last.ts[0])


class Stream:
    """A source's batches, and the rows of them that have not been delivered yet."""

    def __init__(self, source: Source, batch_rows: int) -> None:
        self.source: Final = source
        self.kind: Final = _kind(source)
        self._names = COLUMNS[source.kind]
        self._batches = source.file.batches(source.start, source.stop, rows=batch_rows)
        self._table: Int64s = np.empty((0, self._width), np.int64)
        self._messages: list[Message] = []
        self.exhausted = False

    @property
    def _width(self) -> int:
        return len(self._names) + (0 if self.source.kind == BARS else 2)

    @property
    def begins(self) -> Int64s:
        """When each row begins: a bar at its opening."""
        return self._table[:, -2]

    @property
    def known(self) -> Int64s:
        """When each row is known: a bar at its close."""
        return self._table[:, -1]

    @property
    def known_until(self) -> int | None:
        """All events before this instant are in memory; None once the file has ended."""
        if self.exhausted:
            return None
        return int(self.begins[-1]) if len(self._table) else BEFORE_ALL

    def crossed(self, first: int, last: int) -> npt.NDArray[np.bool_]:
        """Which of these quotes have a bid above their ask."""
        bid, ask = self._table[first:last, 0], self._table[first:last, 1]
        return np.greater(bid, ask) & np.not_equal(ask, NONE)

    def load(self) -> None:
        """Takes the next batch in."""
        batch = next(self._batches, None)
        if batch is None:
            self.exhausted = True
        else:
            self._table = np.concatenate((self._table, self._as_table(batch)))

    def messages(self, first: int, last: int) -> npt.NDArray[np.object_]:
        """The rows from `first` to `last` as the messages they will be."""
        rows = self._table[first : last + 1]
        made = np.empty(len(rows), np.object_)
        made[:] = list(self._made(rows))
        return made

    def drop(self, horizon: int) -> None:
        """Forgets the rows that were known before the horizon."""
        self._table = self._table[int(np.searchsorted(self.known, horizon)) :]

    def _made(self, rows: Int64s) -> Iterator[Message]:
        kind, name = self.source.kind, repeat(self.source.instrument)
        columns = [column.tolist() for column in rows.T[: len(self._names)]]
        if kind == ACTIONS:
            return (self._messages[index] for index in columns[0])
        if kind == BARS:
            return map(BarClosed, name, repeat(self.source.interval_ns), *columns)
        return map(MESSAGES[kind], name, *columns)

    def _as_table(self, batch: Any) -> Int64s:  # noqa: ANN401 - the columns of any kind
        kind = self.source.kind
        if kind == BARS:
            return np.stack([getattr(batch, name) for name in self._names], axis=1)
        if kind == ACTIONS:
            known = len(self._messages)
            self._messages += batch.messages
            columns = [np.arange(known, len(self._messages))]
        else:
            columns = [getattr(batch, name) for name in self._names]
        return np.stack([*columns, batch.ts, batch.ts], axis=1)


def _kind(source: Source) -> str:
    if source.kind != ACTIONS:
        return source.kind
    return EARLY if source.matches else LATE
