"""Plays a feed on an engine: whoever owns the clock says how far."""

from typing import Final

from sims.servers.binance.engine import Engine
from sims.servers.binance.feeds.rows import Feed, Quote, Row
from sims.servers.binance.market.street import Street
from sims.servers.binance.markets import MarketStatus
from sims.servers.binance.orders import Side

QUIET_NS_MAX: Final = 2_000_000_000
ROWS_MAX: Final = 200


class Player:
    """Lets the street do in one market what a feed tells, beginning at `started_ns`.

    Where nothing has traded for a while the street takes one step at the best price, on one side
    and then on the other. While a market is halted the feed passes by.
    """

    def __init__(
        self, engine: Engine, symbol: str, feed: Feed, street: Street, started_ns: int
    ) -> None:
        self._engine: Final = engine
        self._market: Final = engine.markets[symbol]
        self._feed: Final = feed
        self._street: Final = street
        self._started_ns = started_ns
        self._traded_ns = started_ns
        self._is_buyer_next = True
        self._next = next(feed)

    @property
    def due_ns(self) -> int:
        """When the next row is due."""
        return self._started_ns + self._next.at_ns

    def advance(self, now: int) -> None:
        """Play what is due; a feed that is far behind goes on from here, without catching up."""
        for _ in range(ROWS_MAX):
            if self.due_ns > now:
                break
            if self._is_open:
                self._play(self._next, now)
            self._next = next(self._feed)
        else:
            self._started_ns += max(0, now - self.due_ns)
        if self._is_open and now - self._traded_ns >= QUIET_NS_MAX:
            self._break_silence(now)

    @property
    def _is_open(self) -> bool:
        return self._market.status is MarketStatus.TRADING

    def _play(self, row: Row, now: int) -> None:
        symbol = self._market.rules.symbol
        if isinstance(row, Quote):
            book = self._street.around((row.bid, row.bid_quantity), (row.ask, row.ask_quantity))
            self._engine.quote(symbol, *book)
            return
        side = Side.BUY if row.is_buyer else Side.SELL
        self._engine.flow(symbol, side, row.quantity, row.price)
        self._traded_ns = now

    def _break_silence(self, now: int) -> None:
        side = Side.BUY if self._is_buyer_next else Side.SELL
        best, _ = self._market.book.side(is_bid=not self._is_buyer_next).best
        self._is_buyer_next = not self._is_buyer_next
        if best:
            self._engine.flow(self._market.rules.symbol, side, self._market.rules.step, best)
            self._traded_ns = now
