"""Which row of which file bears a number in a run: the order of its rows, without playing them.

Rows are numbered as they become known: by instant, at one instant by kind, then by source and row.
Within a source the instants never go back, so the row of a number is found by counting: the first
instant by which so many rows are known, and then its place among those of that instant.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from msgspec import Struct

from sims.streams import BARS, EARLY, LATE, Source, Stream
from trader.data.bars import BATCH_ROWS
from trader.data.grid import Int64s
from trader.model.envelope import Message
from trader.model.units import Nanoseconds

ORDER: Final = (EARLY, "trades", "quotes", "depth", BARS, LATE)
"""The kinds of rows in the order in which the core hears them at one instant."""


class NumberedRow(Struct, frozen=True, kw_only=True):
    """An input row: its number, its source and its place in it, and the message that it became."""

    seq: int
    source: Source
    row: int
    known: Nanoseconds
    message: Message


class Numbering:
    """The numbers of the rows of a run with these sources; reads instants when they are needed."""

    def __init__(self, sources: Sequence[Source]) -> None:
        def law(number: int) -> tuple[int, int]:
            return ORDER.index(Stream(sources[number], BATCH_ROWS).kind), number

        self._sources = [sources[number] for number in sorted(range(len(sources)), key=law)]
        self._known: list[Int64s] | None = None

    @property
    def total(self) -> int:
        """How many rows there are."""
        return sum(each.stop - each.start for each in self._sources)

    def row(self, seq: int) -> NumberedRow:
        """The row with a number from 1 to `total`."""
        assert 1 <= seq <= self.total, seq
        if len(self._sources) == 1:
            [source] = self._sources
            return _read(seq, source, seq - 1)
        ts = self._instant(seq)
        left = seq - sum(_before(each, ts) for each in self._instants())
        for source, instants in zip(self._sources, self._instants(), strict=True):
            first, last = _before(instants, ts), _by(instants, ts)
            if left <= last - first:
                return _read(seq, source, first + left - 1)
            left -= last - first
        raise AssertionError(seq)

    def known_by(self, ts: Nanoseconds) -> int:
        """How many rows are known at this instant, which is the number of the last of them."""
        return sum(_by(each, ts) for each in self._instants())

    def last(self, ts: Nanoseconds, sources: Collection[Source]) -> NumberedRow | None:
        """The last row of some of the sources that is known at this instant."""
        counts = [_by(each, ts) for each in self._instants()]
        found = [
            self._numbered(place, counts[place] - 1)
            for place, source in enumerate(self._sources)
            if counts[place] and any(source is each for each in sources)
        ]
        return max(found, key=lambda each: each.seq, default=None)

    def of_kind(self, kind: str) -> list[NumberedRow]:
        """All rows of a kind, in the order of their numbers; meant for a kind with few of them."""
        found = [
            self._numbered(place, index)
            for place, source in enumerate(self._sources)
            if source.kind == kind
            for index in range(source.stop - source.start)
        ]
        return sorted(found, key=lambda each: each.seq)

    def _numbered(self, place: int, index: int) -> NumberedRow:
        instants = self._instants()
        ts = int(instants[place][index])
        earlier = sum(_by(each, ts) for each in instants[:place])
        later = sum(_before(each, ts) for each in instants[place + 1 :])
        return _read(earlier + index + 1 + later, self._sources[place], index)

    def _instant(self, seq: int) -> Nanoseconds:
        """The first instant at which so many rows are known."""
        filled = [instants for instants in self._instants() if len(instants)]
        low = min(int(each[0]) for each in filled)
        high = max(int(each[-1]) for each in filled)
        while low < high:
            middle = (low + high) // 2
            if self.known_by(middle) < seq:
                low = middle + 1
            else:
                high = middle
        return low

    def _instants(self) -> list[Int64s]:
        """When the rows of each source are known."""
        if self._known is None:
            self._known = [_instants_of(source) for source in self._sources]
        return self._known


def _before(instants: Int64s, ts: Nanoseconds) -> int:
    return int(np.searchsorted(instants, ts, "left"))


def _by(instants: Int64s, ts: Nanoseconds) -> int:
    return int(np.searchsorted(instants, ts, "right"))


def _instants_of(source: Source) -> Int64s:
    name = "ts_close" if source.kind == BARS else "ts"
    batches = source.file.batches(source.start, source.stop, BATCH_ROWS)
    pieces = [np.asarray(getattr(batch, name), np.int64) for batch in batches]
    return np.concatenate([np.empty(0, np.int64), *pieces])


def _read(seq: int, source: Source, index: int) -> NumberedRow:
    row = source.start + index
    stream = Stream(replace(source, start=row, stop=row + 1), 1)
    stream.load()
    known = int(stream.known[0])
    [message] = stream.messages(0, 0)
    return NumberedRow(seq=seq, source=source, row=row, known=known, message=message)
