"""Where events come from: one source for each channel that somebody listens to.

A source hears every turn of its market and is called at the end of every period of the clock. It
tells its audience at once or saves up until then.
"""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import takewhile
from typing import Final, Protocol

from sims.servers.binance.market import bodies
from sims.servers.binance.market.candles import SECOND_NS, SECONDS, Candle
from sims.servers.binance.market.day import average_price, day, window
from sims.servers.binance.markets import Market, Turn
from sims.servers.binance.publishing import events
from sims.servers.binance.publishing.audience import Audience
from sims.servers.binance.publishing.channels import Channel, Kind


class Source(Protocol):
    """Makes the events of one channel."""

    def hear(self, market: Market, turn: Turn, now: int) -> None:
        """Take in a turn."""

    def end_period(self, now: int) -> None:
        """Tell what has been saved up."""


class Trades:
    """Each trade, at once."""

    def __init__(self, audience: Audience) -> None:
        self._audience: Final = audience

    def hear(self, market: Market, turn: Turn, now: int) -> None:
        """Tell the trades of a turn."""
        for print_ in turn.prints:
            self._audience.tell(partial(events.trade, market, print_, now))

    def end_period(self, now: int) -> None:
        """Nothing is saved up."""


class Aggregates:
    """What each taker got at each price, at once."""

    def __init__(self, audience: Audience) -> None:
        self._audience: Final = audience

    def hear(self, market: Market, turn: Turn, now: int) -> None:
        """Tell the aggregates of a turn."""
        for found in turn.aggregates:
            self._audience.tell(partial(events.aggregate, market, found, now))

    def end_period(self, now: int) -> None:
        """Nothing is saved up."""


class Best:
    """The best prices whenever they or their quantities change, at once."""

    def __init__(self, audience: Audience, market: Market) -> None:
        self._audience: Final = audience
        self._told = _tops(market)

    def hear(self, market: Market, turn: Turn, now: int) -> None:
        """Tell the best prices if they are others than before."""
        del turn, now
        tops = _tops(market)
        if tops != self._told:
            self._told = tops
            self._audience.tell(lambda _: events.best(market))

    def end_period(self, now: int) -> None:
        """Nothing is saved up."""


class Diffs:
    """The levels that changed in a period, with the first and the last of their update ids."""

    def __init__(self, audience: Audience, market: Market) -> None:
        self._audience: Final = audience
        self._market: Final = market
        self._first_id = market.book.update_id + 1
        self._levels: dict[tuple[bool, int], int] = {}

    def hear(self, market: Market, turn: Turn, now: int) -> None:
        """Save up the changes of a turn."""
        del market, now
        for change in turn.changes:
            self._levels[change.is_bid, change.price] = change.quantity

    def end_period(self, now: int) -> None:
        """Tell the changes of a period in which there were any."""
        if not self._levels:
            return
        levels, self._levels = self._levels, {}
        first_id, self._first_id = self._first_id, self._market.book.update_id + 1
        self._audience.tell(partial(events.diff, self._market, first_id, levels, now))


class Partials:
    """The best levels of a book that has changed."""

    def __init__(self, audience: Audience, market: Market, levels: int) -> None:
        self._audience: Final = audience
        self._market: Final = market
        self._levels: Final = levels
        self._has_changed = True

    def hear(self, market: Market, turn: Turn, now: int) -> None:
        """Note that the book has changed."""
        del market, now
        self._has_changed = self._has_changed or bool(turn.changes)

    def end_period(self, now: int) -> None:
        """Tell the book if it has changed."""
        del now
        if self._has_changed:
            self._has_changed = False
            self._audience.tell(lambda _: bodies.depth(self._market, self._levels))


class Klines:
    """The candle under way when it has changed, and each candle as it closes."""

    SECONDS_A_TURN: Final = 2

    def __init__(self, audience: Audience, market: Market, interval: str, now: int) -> None:
        self._audience: Final = audience
        self._market: Final = market
        self._interval: Final = interval
        self._has_changed = True
        market.tape.candles.advance(now // SECOND_NS)
        self._start_s = market.tape.candles.current(interval).start_s

    def hear(self, market: Market, turn: Turn, now: int) -> None:
        """Note that something has traded."""
        del market, now
        self._has_changed = self._has_changed or bool(turn.prints)

    def end_period(self, now: int) -> None:
        """Tell the candles that have closed in this second, then the one under way."""
        candles = self._market.tape.candles
        candles.advance(now // SECOND_NS)
        over = takewhile(
            lambda candle: candle.start_s >= self._start_s, candles.closed(self._interval)
        )
        self._tell(reversed(list(over)), now)
        current = candles.current(self._interval)
        self._start_s = current.start_s
        is_due = self._interval == "1s" or now // SECOND_NS % self.SECONDS_A_TURN == 0
        if self._has_changed and is_due:
            self._has_changed = False
            self._tell([current], now)

    def _tell(self, candles: Iterable[Candle], now: int) -> None:
        for candle in candles:
            self._audience.tell(partial(events.kline, self._market, self._interval, candle, now))


class Windows:
    """What markets did in a day or another window, if they have changed; of all in one list."""

    def __init__(self, audience: Audience, markets: Iterable[Market], channel: Channel) -> None:
        self._audience: Final = audience
        self._channel: Final = channel
        self._changed: Final = {market.rules.symbol: market for market in markets}

    def hear(self, market: Market, turn: Turn, now: int) -> None:
        """Note that a market has traded, or that its book has changed if that is told too."""
        del now
        if turn.prints or self._channel.kind is Kind.DAY:
            self._changed[market.rules.symbol] = market

    def end_period(self, now: int) -> None:
        """Tell the markets that have changed."""
        makers = [self._maker(market, now) for market in self._changed.values()]
        self._changed.clear()
        if self._channel.symbol:
            for make in makers:
                self._audience.tell(make)
        elif makers:
            self._audience.tell(lambda unit: [make(unit) for make in makers])

    def _maker(self, market: Market, now: int) -> Callable[[int], events.Event]:
        match self._channel.kind:
            case Kind.DAY:
                return partial(events.full_day, market, day(market, now))
            case Kind.WINDOW | Kind.ALL_WINDOWS:
                interval = self._channel.interval
                found = window(market, now, SECONDS[interval])
                return partial(events.window, market, interval, found)
            case _:
                return partial(events.mini_day, market, day(market, now))


class Averages:
    """The average price when something has traded."""

    def __init__(self, audience: Audience, market: Market) -> None:
        self._audience: Final = audience
        self._market: Final = market
        self._has_changed = True

    def hear(self, market: Market, turn: Turn, now: int) -> None:
        """Note that something has traded."""
        del market, now
        self._has_changed = self._has_changed or bool(turn.prints)

    def end_period(self, now: int) -> None:
        """Tell the average price if it may be another."""
        if self._has_changed:
            self._has_changed = False
            price = average_price(self._market, now)
            self._audience.tell(partial(events.average, self._market, price, now))


def source(  # noqa: PLR0911 - one for each kind
    channel: Channel, audience: Audience, markets: dict[str, Market], now: int
) -> Source:
    """Return the source of a channel, which begins now."""
    if not channel.symbol:
        return Windows(audience, markets.values(), channel)
    market = markets[channel.symbol]
    match channel.kind:
        case Kind.TRADE:
            return Trades(audience)
        case Kind.AGGREGATE:
            return Aggregates(audience)
        case Kind.BEST:
            return Best(audience, market)
        case Kind.KLINE:
            return Klines(audience, market, channel.interval, now)
        case Kind.AVERAGE:
            return Averages(audience, market)
        case Kind.DIFF | Kind.PARTIAL:
            return _depth(channel, audience, market)
        case _:
            return Windows(audience, [market], channel)


def _depth(channel: Channel, audience: Audience, market: Market) -> Source:
    if channel.kind is Kind.DIFF:
        return Diffs(audience, market)
    return Partials(audience, market, channel.levels)


def _tops(market: Market) -> tuple[tuple[int, int], tuple[int, int]]:
    return market.book.bids.best, market.book.asks.best
