"""The feed: the only door for raw market data, and the judge of whether it can be trusted.

A bar passes if it follows the last one of its instrument; a bar that repeats or overlaps what is
known is dropped and counted, a hole between bars is a gap, told once when it opens and once when
the next bars join again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from msgspec import Struct

from actors.runtime.actor import NOTHING, Handler, Stateful
from trader.model.envelope import Message
from trader.model.market import BarClosed, FeedState, FeedStatus
from trader.model.units import BEFORE_ALL, Nanoseconds

LIVE: Final = FeedState.LIVE


@dataclass(slots=True)
class SymbolState:
    """What the feed knows of one instrument: its last bar's end, its standing, what it dropped."""

    ts_close: Nanoseconds = BEFORE_ALL
    status: FeedState = FeedState.DOWN
    dropped: int = 0


class FeedActorState(Struct):
    """The instruments' states by name."""

    symbols: dict[str, SymbolState]


class Feed(Stateful[FeedActorState]):
    """Lets clean market data through, once and in order."""

    name = "feed"

    def __init__(self, instruments: Sequence[str]) -> None:
        self.state = FeedActorState(symbols={name: SymbolState() for name in instruments})
        self.bind()

    def bind(self) -> None:
        """Renews the short cut to the symbols."""
        self._symbols = self.state.symbols

    @property
    def handlers(self) -> Mapping[type, Handler]:
        """Raw bars alone enter here."""
        return {BarClosed: self._on_bar}

    def _on_bar(self, bar: BarClosed, now: Nanoseconds) -> Sequence[Message]:
        symbol = self._symbols[bar.instrument]
        last = symbol.ts_close
        if bar.ts_open == last and symbol.status is LIVE:
            symbol.ts_close = bar.ts_close
            return (bar,)
        if bar.ts_open < last:
            symbol.dropped += 1
            return NOTHING
        symbol.ts_close = bar.ts_close
        hole = bar.ts_open > last and symbol.status is not FeedState.DOWN
        status = FeedState.GAP if hole else LIVE
        if status is symbol.status:
            return (bar,)
        symbol.status = status
        return (FeedStatus(instrument=bar.instrument, status=status, since=now), bar)
