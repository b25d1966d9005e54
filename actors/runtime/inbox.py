"""The inbox: what the edges bring waits here, in order and bounded, until the core takes it.

Its overflow is a decision. Market data beyond the limit conflates: the newest bar of an
instrument replaces the one that waits, before either has a sequence number, and is counted. What
the venue says of our orders is never dropped; more of it than the limit means that the core does
not keep up with its own account, and that halts trading.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final, TypeAlias

import anyio
from msgspec import Struct

from trader.model.control import InboxOverflowed
from trader.model.envelope import Message
from trader.model.market import BarClosed


class InboxLimits(Struct, frozen=True, kw_only=True):
    """How much may wait. Bars beyond it conflate; reports beyond it stay and halt trading."""

    bars_max: int = 1_024
    reports_max: int = 4_096


_Numbered: TypeAlias = tuple[int, Message]


class Inbox:
    """Many put, one takes; nobody who puts ever waits."""

    def __init__(self, limits: InboxLimits) -> None:
        self.conflated = 0
        self._limits: Final = limits
        self._count = 0
        self._bars: deque[_Numbered] = deque()
        self._reports: deque[_Numbered] = deque()
        self._told = False
        self._filled = anyio.Event()

    def __len__(self) -> int:
        return len(self._bars) + len(self._reports)

    def put(self, message: Message) -> None:
        """Adds a message: a bar as market data, everything else as a report."""
        self._count += 1
        if isinstance(message, BarClosed):
            self._put_bar(message)
        else:
            self._put_report(message)
        self._filled.set()

    def take(self, count: int) -> Sequence[Message]:
        """Up to `count` messages in the order of their arrival; none if there are none."""
        taken: list[Message] = []
        while len(taken) < count and (self._bars or self._reports):
            taken.append(self._older().popleft()[1])
        if len(self._reports) <= self._limits.reports_max // 2:
            self._told = False
        if not self:
            self._filled = anyio.Event()
        return taken

    def wake(self) -> None:
        """Lets whoever waits look around, though nothing came."""
        self._filled.set()

    async def wait(self) -> None:
        """Returns when there is something to take, or something to see."""
        await self._filled.wait()

    def _older(self) -> deque[_Numbered]:
        if not self._bars:
            return self._reports
        if not self._reports:
            return self._bars
        return min(self._bars, self._reports, key=lambda waiting: waiting[0][0])

    def _put_report(self, message: Message) -> None:
        reports = self._reports
        if len(reports) >= self._limits.reports_max and not self._told:
            self._told = True
            overflow = InboxOverflowed(kind="reports", count=len(reports) + 1)
            # To the head: what waits may cause orders, and none must leave any more.
            reports.appendleft((0, overflow))
        reports.append((self._count, message))

    def _put_bar(self, bar: BarClosed) -> None:
        bars = self._bars
        if len(bars) >= self._limits.bars_max:
            self.conflated += 1
            del bars[self._newest_of(bar.instrument)]
        bars.append((self._count, bar))

    def _newest_of(self, instrument: str) -> int:
        """Where the instrument's last bar waits; the oldest bar of all if it has none."""
        for at in range(len(self._bars) - 1, -1, -1):
            waiting = self._bars[at][1]
            if isinstance(waiting, BarClosed) and waiting.instrument == instrument:
                return at
        return 0
