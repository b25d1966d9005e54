"""What the recorded market offers at this moment, and how much of it we have taken already.

A quote offers one level a side, a book all of its levels. What our orders take is gone until the
next row renews it: one size serves all of them, in order of arrival.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from sims.venue.book import UNLIMITED, Book
from trader.logic.order_book import Change, Levels, OrderBook
from trader.model.market import BookDelta, Quote
from trader.model.units import NONE, Lots, Nanoseconds, Ticks

DEPTH: Final = "depth"
TRADES: Final = "trades"

Offer: TypeAlias = tuple[Ticks, Lots]
"""A price, and how many lots we may still take at it."""


@dataclass(slots=True, kw_only=True)
class Market:
    """One instrument as its ticks tell it.

    `taken` is what our orders took of the row `shown`, by price and side (1 what is asked, -1 what
    is bid). `ahead` is the volume in front of each resting order at its own price, where it is
    known. A book was whole and trusted at `ts_levels`, which is None while it is not.
    """

    kind: str
    prints: bool
    levels: OrderBook = field(default_factory=OrderBook)
    ts_levels: Nanoseconds | None = None
    shown: Quote | None = None
    taken: dict[tuple[Ticks, int], Lots] = field(default_factory=dict)
    ahead: dict[str, Lots] = field(default_factory=dict)

    def forget(self) -> None:
        """What was known of the market means nothing any more."""
        self.ts_levels = None
        self.shown = None
        self.taken.clear()
        self.ahead.clear()

    def change(self, delta: BookDelta, now: Nanoseconds) -> bool:
        """Takes a row of the book in; whether the market is another one by it."""
        change = self.levels.apply(delta)
        if change is Change.LOST:
            self.forget()
        if change not in {Change.CHANGED, Change.JOINED}:
            return False
        self.ts_levels = now
        self.taken.clear()
        return True

    def is_fresh(self, book: Book, now: Nanoseconds, stale_after_ns: Nanoseconds) -> bool:
        """Whether the last row is young enough to trade on."""
        if self.kind == DEPTH:
            return self.ts_levels is not None and now - self.ts_levels <= stale_after_ns
        return book.quote is not None and now - book.ts_quote <= stale_after_ns

    def offers(self, book: Book, side: int) -> Iterator[Offer]:
        """What somebody on this side (1 buys) can take, the best first."""
        if self.kind == DEPTH:
            yield from self._levels(self.levels.asks if side > 0 else self.levels.bids, side)
            return
        quote = book.quote
        if quote is None:
            return
        if quote is not self.shown:
            self.shown = quote
            self.taken.clear()
        ticks = quote.ask_ticks if side > 0 else quote.bid_ticks
        lots = quote.ask_lots if side > 0 else quote.bid_lots
        if ticks != NONE:
            shown = UNLIMITED if lots == NONE else lots
            left = shown - self.taken.get((ticks, side), 0)
            if left > 0:
                yield ticks, left

    def best(self, book: Book, side: int) -> Ticks | None:
        """The best price for somebody on this side, whatever we have taken of it."""
        if self.kind == DEPTH:
            bid, ask, _, _ = self.levels.top()
        elif book.quote is not None:
            bid, ask = book.quote.bid_ticks, book.quote.ask_ticks
        else:
            return None
        ticks = ask if side > 0 else bid
        return None if ticks == NONE else ticks

    def take(self, ticks: Ticks, side: int, lots: Lots) -> None:
        """Notes that so much of an offer is gone."""
        self.taken[ticks, side] = self.taken.get((ticks, side), 0) + lots

    def displayed(self, book: Book, side: int, ticks: Ticks) -> Lots | None:
        """The size shown on our own side at this price; None where nobody tells.

        A quote shows what rests at the best price and that nothing rests beyond it.
        """
        if self.kind == DEPTH:
            own = self.levels.bids if side > 0 else self.levels.asks
            return own.lots.get(ticks, 0)
        if book.quote is None:
            return None
        quote = book.quote
        best = quote.bid_ticks if side > 0 else quote.ask_ticks
        lots = quote.bid_lots if side > 0 else quote.ask_lots
        if best == ticks:
            return None if lots == NONE else lots
        return 0 if best == NONE or (best - ticks) * side < 0 else None

    def _levels(self, levels: Levels, side: int) -> Iterator[Offer]:
        prices = levels.ticks if side > 0 else reversed(levels.ticks)
        for ticks in prices:
            left = levels.lots[ticks] - self.taken.get((ticks, side), 0)
            if left > 0:
                yield ticks, left
