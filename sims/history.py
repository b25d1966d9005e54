"""Recorded bars of many sources, merged in time, a window at a time.

A bar is three events: its opening, its inside and its close. At one instant insides come first,
then closes, then openings, and within each the sources in the order of the configuration: that
order is a sort of (instant, moment, source, row). Only a window of each file is in memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import Final

import numpy as np
import numpy.typing as npt

from trader.data.bars import BATCH_ROWS, BarColumns, BarFile
from trader.data.grid import Int64s
from trader.model.market import BarClosed
from trader.model.units import BEFORE_ALL, Nanoseconds

INSIDE: Final = 0
CLOSE: Final = 1
OPENING: Final = 2
WHOLE: Final = 3
"""Inside and close in one: nobody else's event lies between them."""
TURN: Final = 4
"""A whole bar and, at the same instant, the opening of its successor, which the event bears."""
MOMENTS: Final = 5

WINDOW_EVENTS: Final = 4_096
"""So few that their bars stay in the processor's cache until they are delivered."""

_TS_OPEN: Final = 5
_TS_CLOSE: Final = 6
_WIDTH: Final = 7
"""Columns of a reader's table, and how many it has: see `_as_table`."""


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
    """Events in order, as two parallel lists: what happens to which source's bar, and the bar.

    A code is MOMENTS x source + moment; two lists of shared objects cost less than one of events.
    """

    codes: list[int]
    bars: list[BarClosed]


class _Reader:
    """One source's batches, and the rows of them whose close has not been delivered yet."""

    def __init__(self, source: Source, batch_rows: int) -> None:
        self._source = source
        self._batches = source.file.batches(source.start, source.stop, rows=batch_rows)
        self.table: Int64s = np.empty((0, _WIDTH), np.int64)
        self.exhausted = False

    @property
    def known_until(self) -> int | None:
        """All events before this instant are in memory; None once the file has ended."""
        if self.exhausted:
            return None
        return int(self.table[-1, _TS_OPEN]) if len(self.table) else BEFORE_ALL

    def load(self) -> None:
        """Takes the next batch in."""
        batch = next(self._batches, None)
        if batch is None:
            self.exhausted = True
        else:
            self.table = np.concatenate((self.table, _as_table(batch)))

    def bars(self, first: int, last: int) -> npt.NDArray[np.object_]:
        """The rows from `first` to `last` as the messages they will be."""
        name, interval = repeat(self._source.instrument), repeat(self._source.interval_ns)
        columns = (column.tolist() for column in self.table[first : last + 1].T)
        made = np.empty(last + 1 - first, np.object_)
        made[:] = list(map(BarClosed, name, interval, *columns))
        return made

    def drop(self, horizon: int) -> None:
        """Forgets the rows that closed before the horizon."""
        self.table = self.table[int(np.searchsorted(self.table[:, _TS_CLOSE], horizon)) :]


def windows(
    sources: list[Source], batch_rows: int = BATCH_ROWS, window_events: int = WINDOW_EVENTS
) -> Iterator[Window]:
    """The events of all sources in order; each event stands in exactly one window."""
    readers = [_Reader(source, batch_rows) for source in sources]
    begun = BEFORE_ALL
    while True:
        horizon = _advance(readers)
        codes, rows = _events(readers, begun, horizon)
        for at in range(0, len(codes), window_events):
            yield _window(readers, codes[at : at + window_events], rows[at : at + window_events])
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


def _events(readers: list[_Reader], begun: int, horizon: int | None) -> tuple[Int64s, Int64s]:
    """The codes and rows of the events from `begun` to before `horizon`, in order."""
    instants, codes, rows = [], [], []
    for moment, column in ((INSIDE, _TS_CLOSE), (CLOSE, _TS_CLOSE), (OPENING, _TS_OPEN)):
        for number, reader in enumerate(readers):
            times = reader.table[:, column]
            first = int(np.searchsorted(times, begun))
            last = len(times) if horizon is None else int(np.searchsorted(times, horizon))
            instants.append(times[first:last])
            codes.append(np.full(last - first, MOMENTS * number + moment))
            rows.append(np.arange(first, last))
    # They stand by moment, source and row already; a stable sort keeps that among equal instants.
    times, what, which = (np.concatenate(each) for each in (instants, codes, rows))
    order = np.argsort(times, kind="stable")
    times, what, which = times[order], what[order], which[order]
    kept = _merge(times, what, (INSIDE, CLOSE, WHOLE))
    times, what, which = times[kept], what[kept], which[kept]
    kept = _merge(times, what, (WHOLE, OPENING, TURN))
    return what[kept], which[kept]


def _merge(times: Int64s, codes: Int64s, moments: tuple[int, int, int]) -> npt.NDArray[np.bool_]:
    """Makes one event of two neighbours of one source at one instant; the events that stay.

    Fewer events are fewer turns of the loop that plays them.
    """
    first, second, both = moments
    met = (codes[:-1] % MOMENTS == first) & (codes[1:] == codes[:-1] + second - first)
    pairs = np.flatnonzero(met & (times[1:] == times[:-1]))
    codes[pairs + 1] += both - second
    kept = np.ones(len(codes), np.bool_)
    kept[pairs] = False
    return kept


def _window(readers: list[_Reader], codes: Int64s, rows: Int64s) -> Window:
    """The events as lists, each with its bar."""
    bars = np.empty(len(codes), np.object_)
    for number, reader in enumerate(readers):
        mine = codes // MOMENTS == number
        if mine.any():
            wanted = rows[mine]
            first = int(wanted.min())
            bars[mine] = reader.bars(first, int(wanted.max()))[wanted - first]
    return Window(codes.tolist(), bars.tolist())


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
