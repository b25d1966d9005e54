"""Keeps the changes of a book and its snapshot in one sequence without a hole.

The venue's procedure: changes are kept from the first one on; then a snapshot is asked for. One
that is older than the first change is useless and is asked for again. Of what was kept, what the
snapshot holds already is dropped; the first change after it must hold the number that follows the
snapshot's, and from there on each begins where the one before it has ended. A hole means to start
over: until the next snapshot there is no book, and the rows of the change behind the hole say so.

What comes out is for a book that is kept elsewhere: a snapshot's rows, then those of the changes.
Changes without any level are left out, and the numbers of the next one close the gap.
"""

from collections.abc import Iterable
from typing import Final, TypeAlias

from msgspec import Struct, field

from trader.model.market import BookDelta
from trader.model.units import NONE, Nanoseconds
from trader.venues.binance.grid import Grid

KEPT_MAX: Final = 10_000
"""Changes kept while no snapshot comes; older ones are forgotten."""

Level: TypeAlias = tuple[str, str]


class Depth(Struct, frozen=True, kw_only=True):
    """A snapshot: the last update that it holds, and the levels."""

    last_id: int = field(name="lastUpdateId")
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]


class DepthUpdate(Struct, frozen=True, kw_only=True):
    """Changes of the book, from one update to another; a size of 0 removes a level."""

    ts_ms: int = field(name="E")
    symbol: str = field(name="s")
    first_id: int = field(name="U")
    last_id: int = field(name="u")
    bids: tuple[Level, ...] = field(name="b")
    asks: tuple[Level, ...] = field(name="a")


class BookSync:
    """One symbol's sequence. Whoever owns it asks for a snapshot while `wants_snapshot`."""

    def __init__(self, grid: Grid) -> None:
        self.gaps = 0
        self._grid: Final = grid
        self._kept: list[DepthUpdate] = []
        self._last_id = NONE
        self._told_id = NONE

    @property
    def is_joined(self) -> bool:
        """Whether what comes out makes a book."""
        return self._last_id != NONE

    @property
    def wants_snapshot(self) -> bool:
        """Whether a snapshot would help: there is a change for it to be joined with."""
        return not self.is_joined and bool(self._kept)

    def change(self, update: DepthUpdate, ts: Nanoseconds) -> list[BookDelta]:
        """Takes a change; the rows that follow from it."""
        if not self.is_joined:
            self._keep(update)
            return []
        if update.last_id <= self._last_id:
            return []
        if update.first_id != self._last_id + 1:
            # The rows of a change that does not follow tell whoever keeps the book of the hole.
            ids = update.first_id, update.last_id
            self.start_over()
            self.gaps += 1
            self._keep(update)
            return self._rows(update.bids, update.asks, ids, ts, snapshot=0)
        return self._rows_of(update, ts)

    def snapshot(self, depth: Depth, ts: Nanoseconds) -> list[BookDelta]:
        """Takes a snapshot; its rows and those of what was kept, or none if it came too early."""
        if not self.wants_snapshot or depth.last_id + 1 < self._kept[0].first_id:
            return []
        kept, self._kept = self._kept, []
        rows = self._rows(depth.bids, depth.asks, (depth.last_id, depth.last_id), ts, snapshot=1)
        if not rows:
            return []
        self._last_id = self._told_id = depth.last_id
        for update in kept:
            if update.last_id > self._last_id:
                # They follow one another, and the first one begins no later than the snapshot ends.
                assert update.first_id <= self._last_id + 1, update
                rows += self._rows_of(update, ts)
        return rows

    def start_over(self) -> None:
        """Forgets everything: the next change is the first one."""
        self._kept = []
        self._last_id = self._told_id = NONE

    def _keep(self, update: DepthUpdate) -> None:
        if self._kept and update.first_id != self._kept[-1].last_id + 1:
            self._kept = []
        self._kept.append(update)
        if len(self._kept) > KEPT_MAX:
            self._kept = self._kept[1:]

    def _rows_of(self, update: DepthUpdate, ts: Nanoseconds) -> list[BookDelta]:
        self._last_id = update.last_id
        ids = self._told_id + 1, update.last_id
        rows = self._rows(update.bids, update.asks, ids, ts, snapshot=0)
        if rows:
            self._told_id = update.last_id
        return rows

    def _rows(
        self,
        bids: Iterable[Level],
        asks: Iterable[Level],
        ids: tuple[int, int],
        ts: Nanoseconds,
        *,
        snapshot: int,
    ) -> list[BookDelta]:
        grid = self._grid
        levels = [(1, *level) for level in bids] + [(-1, *level) for level in asks]
        end = len(levels) - 1
        return [
            BookDelta(
                grid.instrument,
                side,
                grid.ticks(price),
                grid.lots(size),
                ids[0],
                ids[1],
                NONE,
                snapshot,
                int(number == end),
                ts,
            )
            for number, (side, price, size) in enumerate(levels)
        ]
