"""The feed: the only door for raw market data, and the judge of whether it can be trusted.

A bar passes if it follows the last one of its instrument and interval; a bar that repeats or
overlaps what is known is dropped and counted, a hole in the open time between bars is a gap, told
once when it opens and once when the next bars join again. A crossed quote is dropped. A book is
built from its changes and passed on as the quotes at its top.

Where jumps are watched, a price too far from the last one waits: the next price decides whether it
was one (then that passes) or a slip of somebody's (then it never came).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final

from msgspec import Struct

from actors.runtime.actor import NOTHING, Handler, Stateful
from trader.calendars.sessions import Sessions
from trader.logic.order_book import PLAIN, Change, OrderBook
from trader.logic.splits import split_half_ticks
from trader.model.control import LimitChanged, SplitEffective
from trader.model.envelope import Message
from trader.model.market import BarClosed, BookDelta, FeedState, FeedStatus, Quote, Trade
from trader.model.units import BEFORE_ALL, NONE, Nanoseconds

LIVE: Final = FeedState.LIVE
GAP: Final = FeedState.GAP
_DOWN: Final = FeedState.DOWN


class Watched(Struct, frozen=True, kw_only=True):
    """An instrument's sessions and intervals of bars, and how its book is joined."""

    sessions: Sessions
    intervals: tuple[Nanoseconds, ...] = ()
    protocol: str = PLAIN


@dataclass(slots=True)
class Series:
    """Bars of one interval: the last one's end, whether they join, how many were dropped.

    `plain` while the next bar passes if it only follows the last.
    """

    ts_close: Nanoseconds = BEFORE_ALL
    status: FeedState = _DOWN
    dropped: int = 0
    plain: bool = False


@dataclass(slots=True)
class SymbolState:
    """What the feed knows of one instrument.

    `mark` is the last price that was believed and `doubted` one that waits, in half ticks.
    """

    bars: dict[Nanoseconds, Series]
    book: OrderBook
    status: FeedState = _DOWN
    dropped: int = 0
    mark: int = NONE
    doubted: int = NONE
    top: tuple[int, int, int, int] = (NONE, NONE, 0, 0)


@dataclass(slots=True)
class FeedActorState:
    """The instruments' states by name, and how far a price may jump (a fraction), if at all."""

    symbols: dict[str, SymbolState] = field(default_factory=dict)
    jump: tuple[int, int] | None = None


class Feed(Stateful[FeedActorState]):
    """Lets clean market data through, once and in order."""

    name = "feed"

    def __init__(
        self, watched: Mapping[str, Watched], jump_max: tuple[int, int] | None = None
    ) -> None:
        """`jump_max`: prices that lie further from the last one, as a fraction of it, wait."""
        symbols = {
            name: SymbolState(
                bars={interval: Series() for interval in each.intervals},
                book=OrderBook(each.protocol),
            )
            for name, each in watched.items()
        }
        self.state = FeedActorState(symbols=symbols, jump=jump_max)
        self._sessions = {name: each.sessions for name, each in watched.items()}
        self.bind()

    def bind(self) -> None:
        """Renews the short cut to the symbols."""
        self._symbols = self.state.symbols

    @property
    def handlers(self) -> Mapping[type, Handler]:
        """Raw market data alone enter here; what changes their meaning, too."""
        return {
            BarClosed: self._on_bar,
            Quote: self._on_quote,
            Trade: self._on_trade,
            BookDelta: self._on_delta,
            SplitEffective: self._on_split,
            LimitChanged: self._on_limit,
        }

    # -- bars -----------------------------------------------------------------------------------

    def _on_bar(self, bar: BarClosed, now: Nanoseconds) -> Sequence[Message]:
        series = self._symbols[bar.instrument].bars[bar.interval_ns]
        last = series.ts_close
        if bar.ts_open == last and series.plain:
            series.ts_close = bar.ts_close
            return (bar,)
        if bar.ts_open < last:
            series.dropped += 1
            return NOTHING
        return self._judged_bar(bar, series, now)

    def _judged_bar(self, bar: BarClosed, series: Series, now: Nanoseconds) -> Sequence[Message]:
        symbol = self._symbols[bar.instrument]
        if self.state.jump is not None and not self._believed(symbol, 2 * bar.close_ticks):
            series.dropped += 1
            return NOTHING
        last, series.ts_close = series.ts_close, bar.ts_close
        status = LIVE
        if series.status is not _DOWN and bar.ts_open > last:
            missing = self._sessions[bar.instrument].open_ns_between(last, bar.ts_open)
            status = GAP if missing > 0 else LIVE
        series.plain = status is LIVE and self.state.jump is None
        if status is series.status:
            return (bar,)
        series.status = status
        return (FeedStatus(instrument=bar.instrument, status=status, since=now), bar)

    # -- ticks ----------------------------------------------------------------------------------

    def _on_quote(self, quote: Quote, now: Nanoseconds) -> Sequence[Message]:
        del now
        bid, ask = quote.bid_ticks, quote.ask_ticks
        if bid > ask != NONE:
            self._symbols[quote.instrument].dropped += 1
            return NOTHING
        if self.state.jump is not None and NONE not in (bid, ask):
            return self._judged(self._symbols[quote.instrument], bid + ask, quote)
        return (quote,)

    def _on_trade(self, trade: Trade, now: Nanoseconds) -> Sequence[Message]:
        del now
        if self.state.jump is not None:
            return self._judged(self._symbols[trade.instrument], 2 * trade.ticks, trade)
        return (trade,)

    def _on_delta(self, delta: BookDelta, now: Nanoseconds) -> Sequence[Message]:
        symbol = self._symbols[delta.instrument]
        change = symbol.book.apply(delta)
        if change is Change.NOTHING:
            return NOTHING
        told: list[Message] = []
        status = GAP if change is Change.LOST else LIVE
        if status is not symbol.status:
            symbol.status = status
            told.append(FeedStatus(instrument=delta.instrument, status=status, since=now))
        top = symbol.book.top()
        if status is LIVE and top != symbol.top:
            symbol.top = top
            told += self._on_quote(Quote(delta.instrument, *top, delta.ts_event), now)
        return told

    # -- jumps ----------------------------------------------------------------------------------

    def _judged(self, symbol: SymbolState, mark: int, message: Message) -> Sequence[Message]:
        if self._believed(symbol, mark):
            return (message,)
        symbol.dropped += 1
        return NOTHING

    def _believed(self, symbol: SymbolState, mark: int) -> bool:
        """Whether a price is near the last one, or near the one before it that was doubted."""
        doubted, symbol.doubted = symbol.doubted, NONE
        if any(self._is_near(mark, other) for other in (symbol.mark, doubted)):
            symbol.mark = mark
            return True
        if symbol.mark == NONE:
            symbol.mark = mark
            return True
        symbol.doubted = mark
        return False

    def _is_near(self, mark: int, other: int) -> bool:
        assert self.state.jump is not None
        num, den = self.state.jump
        return other != NONE and abs(mark - other) * den <= num * other

    # -- what changes their meaning -------------------------------------------------------------

    def _on_split(self, split: SplitEffective, now: Nanoseconds) -> Sequence[Message]:
        """The last price counts in the new ticks; one in doubt is forgotten."""
        del now
        symbol = self._symbols[split.instrument]
        symbol.doubted = NONE
        if symbol.mark != NONE:
            ratio = split.numerator, split.denominator
            symbol.mark = split_half_ticks(symbol.mark, *ratio)
        return NOTHING

    def _on_limit(self, changed: LimitChanged, now: Nanoseconds) -> Sequence[Message]:
        del now
        if changed.limit == "jump_max":
            given = changed.new not in {"", "null"}
            share = Fraction(Decimal(changed.new)) if given else None
            self.state.jump = None if share is None else share.as_integer_ratio()
            for symbol in self._symbols.values():
                for series in symbol.bars.values():
                    series.plain = False
        return NOTHING
