"""Recorded bars of many sources, merged in time, a window at a time.

A bar is three events: its opening, its inside and its close. At one instant insides come first,
then closes, then openings, and within each the sources in the order of the configuration: that
order is a sort of (instant, moment, source, row). Only a window of each file is in memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from trader.data.bars import BATCH_ROWS, BarColumns, BarFile
from trader.model.units import Nanoseconds

INSIDE: Final = 0
CLOSE: Final = 1
OPENING: Final = 2

Int64s: TypeAlias = npt.NDArray[np.int64]
Rows: TypeAlias = list[tuple[int, int, int, int, int, int, int]]
"""(open, high, low, close, lots, ts_open, ts_close) of each row of a window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file's part in a run: rows `start` to `stop` of an instrument's bars."""

    instrument: str
    interval_ns: Nanoseconds
    file: BarFile
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Window:
    """Events in order, as parallel lists, and the rows they point to, by source."""

    instants: list[int]
    moments: list[int]
    sources: list[int]
    indices: list[int]
    rows: list[Rows]


class _Reader:
    """One source's batches, and the rows of them whose close has not been delivered yet."""

    def __init__(self, source: Source, batch_rows: int) -> None:
        self._batches = source.file.batches(source.start, source.stop, rows=batch_rows)
        self.table: Int64s = np.empty((0, 7), np.int64)
        self.exhausted = False

    @property
    def known_until(self) -> int | None:
        """All events before this instant are in memory; None once the file has ended."""
        return None if self.exhausted else int(self.table[-1, 5]) if len(self.table) else -(2**62)

    def load(self) -> None:
        """Takes the next batch in."""
        batch = next(self._batches, None)
        if batch is None:
            self.exhausted = True
        else:
            self.table = np.concatenate((self.table, _as_table(batch)))

    def drop(self, horizon: int) -> None:
        """Forgets the rows that closed before the horizon."""
        self.table = self.table[int(np.searchsorted(self.table[:, 6], horizon)) :]


def windows(sources: list[Source], batch_rows: int = BATCH_ROWS) -> Iterator[Window]:
    """The events of all sources in order; each event stands in exactly one window."""
    readers = [_Reader(source, batch_rows) for source in sources]
    begun = -(2**62)
    while True:
        horizon = _advance(readers)
        yield _window([reader.table for reader in readers], begun, horizon)
        if horizon is None:
            return
        for reader in readers:
            reader.drop(horizon)
        begun = horizon


def _advance(readers: list[_Reader]) -> int | None:
    """Loads whoever is behind; the instant up to which everything is known, None for the end."""
    known = [reader.known_until for reader in readers]
    behind = min((k for k in known if k is not None), default=None)
    for reader, until in zip(readers, known, strict=True):
        if until is not None and until == behind:
            reader.load()
    return min((r.known_until for r in readers if r.known_until is not None), default=None)


def _window(tables: list[Int64s], begun: int, horizon: int | None) -> Window:
    keys, where = [], []
    for number, table in enumerate(tables):
        count = len(table)
        instants = np.stack((table[:, 5], table[:, 6], table[:, 6]), axis=1).ravel()
        moments = np.tile(np.array((OPENING, INSIDE, CLOSE), np.int64), count)
        rows = np.repeat(np.arange(count, dtype=np.int64), 3)
        inside = instants >= begun
        if horizon is not None:
            inside &= instants < horizon
        keys.append(np.stack((instants, moments))[:, inside])
        where.append(np.stack((np.full(3 * count, number, np.int64), rows))[:, inside])
    key, place = np.concatenate(keys, axis=1), np.concatenate(where, axis=1)
    # A stable sort keeps sources and rows in their order among equals.
    base = int(key[0].min()) if key.shape[1] else 0
    order = np.argsort((key[0] - base) * 4 + key[1], kind="stable")
    return Window(
        key[0][order].tolist(),
        key[1][order].tolist(),
        place[0][order].tolist(),
        place[1][order].tolist(),
        [list(map(tuple, table.tolist())) for table in tables],
    )


def _as_table(batch: BarColumns) -> Int64s:
    columns = (
        batch.open,
        batch.high,
        batch.low,
        batch.close,
        batch.lots,
        batch.ts_open,
        batch.ts_close,
    )
    return np.stack(columns, axis=1)
