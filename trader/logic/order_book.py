"""A venue's book of orders as rows about its levels build it up, and whether it can be trusted.

A message is a snapshot or a change; its rows come one after the other and the last is marked. Every
change bears the numbers of the updates it holds, so that a lost one is noticed: from then on the
book is empty until a snapshot joins it again. Changes that come before the snapshot wait for it:
a snapshot is older than it looks, and what happened since lies among them.

How a change follows on a snapshot and on the change before it is the venue's own convention:

    plain            by `prev_id`, else by `first_id`, where the venue has them; else as it comes
    binance          spot: the first change holds lastUpdateId + 1, each begins where one ended
                     (Binance Spot API, "How to manage a local order book correctly")
    binance-futures  the first change holds lastUpdateId, each names the one before in `pu`
                     (Binance USD-M Futures API, the same section)
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from trader.model.market import BookDelta
from trader.model.orders import Code
from trader.model.units import NONE, Lots, Ticks

WAITING_MAX: Final = 10_000
"""Messages kept while no snapshot comes; older ones are forgotten."""

PLAIN: Final = "plain"
SPOT: Final = "binance"
FUTURES: Final = "binance-futures"

Update: TypeAlias = list[BookDelta]


class Change(Code):
    """What a row did to the book."""

    NOTHING = 0
    CHANGED = 1
    """A whole message was applied."""
    JOINED = 2
    """A snapshot was applied, and what had waited for it: the book can be trusted."""
    LOST = 3
    """An update is missing: the book is empty until a snapshot comes."""


@dataclass(slots=True)
class Levels:
    """One side of a book: lots by price, and the prices in rising order."""

    lots: dict[Ticks, Lots] = field(default_factory=dict)
    ticks: list[Ticks] = field(default_factory=list)

    def set(self, ticks: Ticks, lots: Lots) -> None:
        """Gives a level its new size; 0 removes it."""
        if lots:
            if ticks not in self.lots:
                insort(self.ticks, ticks)
            self.lots[ticks] = lots
        elif self.lots.pop(ticks, 0):
            del self.ticks[bisect_left(self.ticks, ticks)]

    def clear(self) -> None:
        """Forgets every level."""
        self.lots.clear()
        self.ticks.clear()


@dataclass(slots=True)
class OrderBook:
    """The levels of both sides, and where in the sequence of updates they stand."""

    protocol: str = PLAIN
    bids: Levels = field(default_factory=Levels)
    asks: Levels = field(default_factory=Levels)
    synced: bool = False
    joining: bool = False
    last_id: int = NONE
    gaps: int = 0
    rows: Update = field(default_factory=list)
    waiting: list[Update] = field(default_factory=list)

    def apply(self, row: BookDelta) -> Change:
        """Takes a row; only the last one of a message changes the book."""
        self.rows.append(row)
        if not row.last:
            return Change.NOTHING
        update, self.rows = self.rows, []
        return self._snapshot(update) if row.snapshot else self._update(update)

    def top(self) -> tuple[Ticks, Ticks, Lots, Lots]:
        """Best bid and ask and their sizes; NONE and 0 for a side without levels."""
        bid = self.bids.ticks[-1] if self.bids.ticks else NONE
        ask = self.asks.ticks[0] if self.asks.ticks else NONE
        return bid, ask, self.bids.lots.get(bid, 0), self.asks.lots.get(ask, 0)

    def _update(self, update: Update) -> Change:
        if not self.synced:
            self.waiting.append(update)
            del self.waiting[:-WAITING_MAX]
            return Change.NOTHING
        if self._is_old(update[0]):
            return Change.NOTHING
        if not self._follows(update[0]):
            self._lose()
            self.waiting = [update]
            return Change.LOST
        self._put(update)
        self.joining = False
        return Change.CHANGED

    def _snapshot(self, update: Update) -> Change:
        last_id = update[0].last_id
        if self.synced and NONE not in (last_id, self.last_id) and last_id < self.last_id:
            return Change.NOTHING  # we know more than it does
        self._clear()
        self._put(update)
        self.synced = self.joining = True
        waiting, self.waiting = self.waiting, []
        return self._catch_up(waiting)

    def _catch_up(self, waiting: Sequence[Update]) -> Change:
        """Applies what waited for the snapshot; whoever does not follow waits for another one."""
        for number, update in enumerate(waiting):
            if self._update(update) is Change.LOST:
                self.waiting = list(waiting[number:])
                return Change.LOST
        return Change.JOINED

    def _is_old(self, head: BookDelta) -> bool:
        """Whether the book holds this change already."""
        if NONE in (head.last_id, self.last_id):
            return False
        if self.joining and self.protocol == FUTURES:
            return head.last_id < self.last_id
        return head.last_id <= self.last_id

    def _follows(self, head: BookDelta) -> bool:
        """Whether this change comes next."""
        follows, joins = _CONVENTIONS[self.protocol]
        return (joins if self.joining else follows)(head, self.last_id)

    def _put(self, update: Iterable[BookDelta]) -> None:
        for row in update:
            (self.bids if row.side > 0 else self.asks).set(row.ticks, row.lots)
            self.last_id = row.last_id

    def _lose(self) -> None:
        self._clear()
        self.gaps += 1

    def _clear(self) -> None:
        self.bids.clear()
        self.asks.clear()
        self.synced = self.joining = False
        self.last_id = NONE


def _plainly(head: BookDelta, last_id: int) -> bool:
    if last_id == NONE:
        return True
    if head.prev_id != NONE:
        return head.prev_id == last_id
    return head.first_id == NONE or head.first_id <= last_id + 1


Follows: TypeAlias = Callable[[BookDelta, int], bool]

_CONVENTIONS: Final[Mapping[str, tuple[Follows, Follows]]] = {
    PLAIN: (_plainly, _plainly),
    SPOT: (
        lambda head, last_id: head.first_id == last_id + 1,
        lambda head, last_id: head.first_id <= last_id + 1,
    ),
    FUTURES: (
        lambda head, last_id: head.prev_id == last_id,
        lambda head, last_id: head.first_id <= last_id,
    ),
}
"""Whether a change follows the update of a number: in the course of things, and on a snapshot."""
