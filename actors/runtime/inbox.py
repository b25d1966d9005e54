"""The inbox: what the edges bring waits here, in order and bounded, until the core takes it.

Its overflow is a decision. Market data beyond the limit conflate: the newest bar, quote or print of
an instrument replaces the newest of its kind that waits, before either has a sequence number, and
is counted. Changes of a book mean nothing without one another, so they all wait. What the venue
says of our orders is never dropped; more of it than the limit means that the core does not keep up
with its own account, and that halts trading.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final, TypeAlias

import anyio
from msgspec import Struct

from trader.model.control import (
    CancelById,
    CloseInstrument,
    InboxOverflowed,
    PauseStrategy,
    RearmStrategy,
    SetLimit,
    SetTradingState,
)
from trader.model.envelope import Message
from trader.model.market import BarClosed, BookDelta, Quote, Trade


class InboxLimits(Struct, frozen=True, kw_only=True):
    """How much may wait. Market data beyond it conflate; reports beyond it stay, trading halts."""

    market_max: int = 4_096
    reports_max: int = 4_096


Conflated: TypeAlias = BarClosed | Quote | Trade
Told: TypeAlias = (
    SetTradingState | PauseStrategy | RearmStrategy | CloseInstrument | CancelById | SetLimit
)
_Key: TypeAlias = tuple[type, str, int]


class _Waiting:
    """A message and its place in the order of arrival; None once a newer one has replaced it."""

    __slots__ = ("message", "number")

    def __init__(self, number: int, message: Message) -> None:
        self.number = number
        self.message: Message | None = message


class Inbox:
    """Many put, one takes; nobody who puts ever waits."""

    def __init__(self, limits: InboxLimits) -> None:
        self.conflated = 0
        self._limits: Final = limits
        self._count = 0
        self._replaced = 0
        self._market: deque[_Waiting] = deque()
        self._newest: dict[_Key, _Waiting] = {}
        self._reports: deque[_Waiting] = deque()
        self._told = False
        self._filled = anyio.Event()

    def __len__(self) -> int:
        return len(self._market) + len(self._reports) - self._replaced

    def put(self, message: Message) -> None:
        """Adds a message: as market data, or as a report."""
        self._count += 1
        if isinstance(message, Conflated):
            self._put_market(message)
        elif isinstance(message, BookDelta):
            self._market.append(_Waiting(self._count, message))
        else:
            self._put_report(message)
        self._filled.set()

    def take(self, count: int) -> Sequence[Message]:
        """Up to `count` messages in the order of their arrival; none if there are none."""
        taken: list[Message] = []
        while len(taken) < count and (self._market or self._reports):
            waiting = self._older().popleft()
            message = waiting.message
            if message is None:
                self._replaced -= 1
                continue
            taken.append(message)
            if isinstance(message, Conflated):
                key = _key(message)
                if self._newest.get(key) is waiting:
                    del self._newest[key]
        self._left()
        return taken

    def take_told(self) -> Sequence[Message]:
        """What people have told, ahead of everything else that waits."""
        told: list[Message] = []
        others: deque[_Waiting] = deque()
        for waiting in self._reports:
            if isinstance(waiting.message, Told):
                told.append(waiting.message)
            else:
                others.append(waiting)
        if told:
            self._reports = others
            self._left()
        return told

    def wake(self) -> None:
        """Lets whoever waits look around, though nothing came."""
        self._filled.set()

    async def wait(self) -> None:
        """Returns when there is something to take, or something to see."""
        await self._filled.wait()

    def _left(self) -> None:
        if len(self._reports) <= self._limits.reports_max // 2:
            self._told = False
        if not self:
            self._filled = anyio.Event()

    def _older(self) -> deque[_Waiting]:
        if not self._market:
            return self._reports
        if not self._reports:
            return self._market
        return min(self._market, self._reports, key=lambda waiting: waiting[0].number)

    def _put_report(self, message: Message) -> None:
        reports = self._reports
        if len(reports) >= self._limits.reports_max and not self._told:
            self._told = True
            overflow = InboxOverflowed(kind="reports", count=len(reports) + 1)
            # To the head: what waits may cause orders, and none must leave any more.
            reports.appendleft(_Waiting(0, overflow))
        reports.append(_Waiting(self._count, message))

    def _put_market(self, message: Conflated) -> None:
        key = _key(message)
        if len(self._market) - self._replaced >= self._limits.market_max:
            replaced = self._newest.get(key)
            if replaced is not None:
                replaced.message = None
                self._replaced += 1
                self.conflated += 1
                self._compact()
        waiting = self._newest[key] = _Waiting(self._count, message)
        self._market.append(waiting)

    def _compact(self) -> None:
        """Forgets the places of what was replaced, before they are more than what waits."""
        if self._replaced > self._limits.market_max:
            self._market = deque(each for each in self._market if each.message is not None)
            self._replaced = 0


def _key(message: Conflated) -> _Key:
    length = message.interval_ns if isinstance(message, BarClosed) else 0
    return type(message), message.instrument, length
