"""The feed: the only door for raw market data, and the judge of whether it can be trusted.

A bar passes if it follows the last one of its instrument and interval; a bar that repeats or
overlaps what is known is dropped and counted, a hole in the open time between bars is a gap, told
once when it opens and once when the next bars join again. A crossed quote is dropped. A book is
built from its changes and passed on as the quotes at its top.

Where jumps are watched, a price too far from the last one of its kind waits: the next one decides
whether the market is there (then that passes) or it was somebody's slip (then it never came).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final

from msgspec import Struct

from actors.runtime.actor import NOTHING, Handler, Stateful
from actors.runtime.lanes import Passes, never
from actors.runtime.routes import MarketKey
from trader.calendars.sessions import Sessions
from trader.logic.jumps import Stream
from trader.logic.order_book import PLAIN, Change, OrderBook
from trader.model.control import LimitChanged, SplitEffective
from trader.model.envelope import Message
from trader.model.market import BarClosed, BookDelta, FeedState, FeedStatus, Quote, Trade
from trader.model.units import BEFORE_ALL, NONE, Nanoseconds

LIVE: Final = FeedState.LIVE
GAP: Final = FeedState.GAP
STALE: Final = FeedState.STALE
_DOWN: Final = FeedState.DOWN


class Watched(Struct, frozen=True, kw_only=True):
    """An instrument's sessions and intervals of bars, and how its book is joined."""

    sessions: Sessions
    intervals: tuple[Nanoseconds, ...] = ()
    protocol: str = PLAIN


@dataclass(slots=True)
class Series(Stream):
    """Bars of one interval: the last one's end, whether they join, how many were dropped.

    A bar that is doubted until `ts_doubted` does not confirm itself by coming again.
    """

    interval_ns: Nanoseconds = 0
    ts_close: Nanoseconds = BEFORE_ALL
    ts_doubted: Nanoseconds = BEFORE_ALL
    status: FeedState = _DOWN
    dropped: int = 0

    def takes(self, bar: BarClosed) -> bool:
        """Takes a bar that joins the last one and says so; any other has to be looked at."""
        if bar.ts_open == self.ts_close and self.status is LIVE:
            self.ts_close = bar.ts_close
            return True
        return False

    def takes_near(self, bar: BarClosed) -> bool:
        """As `takes`, within the band; where bars do not join that is empty."""
        if (
            self.low <= bar.low_ticks
            and bar.high_ticks <= self.high
            and bar.ts_open == self.ts_close
        ):
            self.ts_close = bar.ts_close
            self.latest = bar
            return True
        return False


@dataclass(slots=True)
class SymbolState:
    """What the feed knows of one instrument, beside its bars the standing of its book."""

    bars: list[Series]
    book: OrderBook
    quotes: Stream = field(default_factory=Stream)
    trades: Stream = field(default_factory=Stream)
    status: FeedState = _DOWN
    dropped: int = 0
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
                bars=[Series(interval_ns=interval) for interval in each.intervals],
                book=OrderBook(each.protocol),
            )
            for name, each in watched.items()
        }
        self.state = FeedActorState(symbols=symbols, jump=jump_max)
        self._sessions = {name: each.sessions for name, each in watched.items()}
        # What is not watched from the start is never watched, and costs nothing.
        self._jumps = jump_max is not None
        self.bind()

    def bind(self) -> None:
        """Renews the short cuts to the symbols and to their bars."""
        self._symbols = self.state.symbols
        # Where no instrument has bars of two intervals, its name is enough to find them.
        self._only = {
            name: each.bars[0] if each.bars else Series() for name, each in self._symbols.items()
        }
        self._all = {
            (name, series.interval_ns): series
            for name, symbol in self._symbols.items()
            for series in symbol.bars
        }

    @property
    def handlers(self) -> Mapping[type, Handler]:
        """Raw market data alone enter here; what changes their meaning, too."""
        many = any(len(symbol.bars) > 1 for symbol in self._symbols.values())
        return {
            BarClosed: self._on_any_bar if many else self._on_bar,
            Quote: self._on_watched_quote if self._jumps else self._on_quote,
            Trade: self._on_watched_trade if self._jumps else self._on_trade,
            BookDelta: self._on_delta,
            SplitEffective: self._on_split,
            LimitChanged: self._on_limit,
        }

    def passes(self, kind: type, about: MarketKey) -> Passes:
        """Takes a source's row that passes as it came and says so; others the handler looks at.

        A yes or no costs a row half of what a list of what passes does. It is asked for anew when
        the state was replaced.
        """
        if kind is Quote:
            return self._takes_watched_quote if self._jumps else _is_whole
        if kind is Trade:
            return self._takes_watched_trade if self._jumps else _is_print
        if kind is BarClosed and isinstance(about, tuple):
            series = self._all[about]
            return series.takes_near if self._jumps else series.takes
        return never

    # -- bars -----------------------------------------------------------------------------------

    def _on_bar(self, bar: BarClosed, now: Nanoseconds) -> Sequence[Message]:
        return self._judged(bar, self._only[bar.instrument], now)

    def _on_any_bar(self, bar: BarClosed, now: Nanoseconds) -> Sequence[Message]:
        series = self._all.get((bar.instrument, bar.interval_ns))
        if series is None:
            self._symbols[bar.instrument].dropped += 1  # nobody asked for bars of this length
            return NOTHING
        return self._judged(bar, series, now)

    def _judged(self, bar: BarClosed, series: Series, now: Nanoseconds) -> Sequence[Message]:
        if series.takes_near(bar) if self._jumps else series.takes(bar):
            return (bar,)
        return self._look(bar, series, now)

    def _look(self, bar: BarClosed, series: Series, now: Nanoseconds) -> Sequence[Message]:
        last = series.ts_close
        if bar.ts_open < max(last, series.ts_doubted) or bar.interval_ns != series.interval_ns:
            series.dropped += 1
            return NOTHING
        jump = self.state.jump
        if jump is not None and not series.look(bar, jump):
            series.ts_doubted = bar.ts_close
            return self._turn(bar.instrument, series, (STALE, "jump"), now)
        series.ts_close = bar.ts_close
        opinion = self._opinion(bar, series, last)
        if opinion[0] is not LIVE:
            series.renew()
        return (*self._turn(bar.instrument, series, opinion, now), bar)

    def _opinion(self, bar: BarClosed, series: Series, last: Nanoseconds) -> tuple[FeedState, str]:
        if series.status is _DOWN:
            return LIVE, "first"
        sessions = self._sessions[bar.instrument]
        if bar.ts_open > last and sessions.open_ns_between(last, bar.ts_open) > 0:
            return GAP, "hole"
        return LIVE, "joined"

    def _turn(
        self, instrument: str, of: Series | SymbolState, opinion: tuple[FeedState, str], now: int
    ) -> Sequence[Message]:
        """Tells an opinion that is a new one."""
        status, reason = opinion
        if status is of.status:
            return NOTHING
        of.status = status
        return (FeedStatus(instrument=instrument, status=status, since=now, reason=reason),)

    # -- ticks ----------------------------------------------------------------------------------

    def _on_quote(self, quote: Quote, now: Nanoseconds) -> Sequence[Message]:
        del now
        if _is_whole(quote):
            return (quote,)
        self._symbols[quote.instrument].dropped += 1
        return NOTHING

    def _on_watched_quote(self, quote: Quote, now: Nanoseconds) -> Sequence[Message]:
        """Of a quote with one side there is nothing to measure."""
        if self._takes_watched_quote(quote):
            return (quote,)
        stream = self._symbols[quote.instrument].quotes
        bid, ask = quote.bid_ticks, quote.ask_ticks
        if NONE in (bid, ask):
            return (quote,)
        if bid > ask:
            self._symbols[quote.instrument].dropped += 1
            return NOTHING
        return self._measured(quote, stream, now)

    def _takes_watched_quote(self, quote: Quote) -> bool:
        stream = self._symbols[quote.instrument].quotes
        if stream.low <= quote.bid_ticks <= quote.ask_ticks <= stream.high:
            stream.latest = quote
            return True
        return False

    def _on_trade(self, trade: Trade, now: Nanoseconds) -> Sequence[Message]:
        del now
        return (trade,)

    def _on_watched_trade(self, trade: Trade, now: Nanoseconds) -> Sequence[Message]:
        if self._takes_watched_trade(trade):
            return (trade,)
        return self._measured(trade, self._symbols[trade.instrument].trades, now)

    def _takes_watched_trade(self, trade: Trade) -> bool:
        stream = self._symbols[trade.instrument].trades
        if stream.low <= trade.ticks <= stream.high:
            stream.latest = trade
            return True
        return False

    def _measured(self, tick: Quote | Trade, stream: Stream, now: Nanoseconds) -> Sequence[Message]:
        assert self.state.jump is not None, tick
        before = stream.doubts
        passes = stream.look(tick, self.state.jump)
        told: list[Message] = []
        if stream.doubts is not before:
            status, reason = (LIVE, "confirmed") if passes else (STALE, "jump")
            told.append(
                FeedStatus(instrument=tick.instrument, status=status, since=now, reason=reason)
            )
        return [*told, tick] if passes else told

    def _on_delta(self, delta: BookDelta, now: Nanoseconds) -> Sequence[Message]:
        symbol = self._symbols[delta.instrument]
        change = symbol.book.apply(delta)
        if change is Change.NOTHING:
            return NOTHING
        opinion = (GAP, "sequence") if change is Change.LOST else (LIVE, "book")
        told = list(self._turn(delta.instrument, symbol, opinion, now))
        top = symbol.book.top()
        if symbol.status is LIVE and top != symbol.top:
            symbol.top = top
            quote = Quote(delta.instrument, *top, delta.ts_event)
            told += (
                self._on_watched_quote(quote, now) if self._jumps else self._on_quote(quote, now)
            )
        return told

    # -- what changes their meaning -------------------------------------------------------------

    def _on_split(self, split: SplitEffective, now: Nanoseconds) -> Sequence[Message]:
        """The last prices count in the new ticks."""
        del now
        symbol = self._symbols[split.instrument]
        for stream in (*symbol.bars, symbol.quotes, symbol.trades):
            stream.split(split.numerator, split.denominator)
        return NOTHING

    def _on_limit(self, changed: LimitChanged, now: Nanoseconds) -> Sequence[Message]:
        del now
        if changed.limit == "jump_max":
            self.state.jump = Fraction(Decimal(changed.new)).as_integer_ratio()
            for symbol in self._symbols.values():
                for stream in (*symbol.bars, symbol.quotes, symbol.trades):
                    stream.renew()
        return NOTHING


def _is_whole(quote: Quote) -> bool:
    """Whether a quote is not crossed; one side alone cannot be."""
    return quote.bid_ticks <= quote.ask_ticks or quote.ask_ticks == NONE


def _is_print(trade: Trade) -> bool:
    """Every print passes where nobody watches for jumps."""
    del trade
    return True
