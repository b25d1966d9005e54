"""A venue on ticks for tests: orders, quotes, prints and changes of a book go in by hand."""

from itertools import count

from sims.venue import Venue, VenueRules
from tests.sims.venue.floor import START, Said, X, short
from trader.model.control import SplitEffective
from trader.model.market import BookDelta, Quote, Trade
from trader.model.orders import CancelOrder, OrderEvent, OrderFilled, ReplaceOrder, SubmitOrder
from trader.model.units import NONE, SECOND_NS


class Ticker:
    """One instrument on ticks; every row comes a second after the one before."""

    def __init__(
        self, kind: str = "quotes", rules: VenueRules | None = None, *, prints: bool = False
    ) -> None:
        has_prints = {X} if prints or kind == "trades" else set()
        self.venue = Venue({X: 1}, rules or VenueRules(), {X: kind}, prints=has_prints)
        self.book = self.venue.books[X]
        self.now = START
        self.heard: list[OrderEvent] = []
        self._ids = count(1)

    def send(self, *orders: SubmitOrder) -> list[Said]:
        """The orders arrive now."""
        for each in orders:
            self.venue.submit(each, self.now)
        return self.said()

    def cancel(self, id_: str) -> list[Said]:
        """Somebody takes an order back."""
        command = CancelOrder(client_order_id=id_, instrument=X, request_id="r", reason="test")
        self.venue.cancel(command, self.now)
        return self.said()

    def replace(
        self, id_: str, lots: int | None, limit: int | None = None, stop: int | None = None
    ) -> list[Said]:
        """Somebody gives an order another size or price."""
        command = ReplaceOrder(
            client_order_id=id_,
            instrument=X,
            request_id="r",
            lots=lots,
            limit_ticks=limit,
            stop_ticks=stop,
        )
        self.venue.replace(command, self.now)
        return self.said()

    def quote(
        self, bid: int | None, ask: int | None, bid_lots: int | None = 10, ask_lots: int | None = 10
    ) -> list[Said]:
        """A quote comes; None is a side without a market, or a size that nobody told."""
        self.now += SECOND_NS
        told = [NONE if each is None else each for each in (bid, ask, bid_lots, ask_lots)]
        self.book.quote = Quote(X, told[0], told[1], told[2], told[3], self.now)
        self.book.ts_quote = self.now
        if self.book.orders:
            self.venue.quoted(self.book, self.now)
        return self.said()

    def trade(self, ticks: int, lots: int = 10, side: int = 0) -> list[Said]:
        """Somebody trades."""
        self.now += SECOND_NS
        self.book.trade = Trade(X, ticks, lots, side, next(self._ids), self.now)
        if self.book.orders:
            self.venue.traded(self.book, self.now)
        return self.said()

    def book_is(self, bids: dict[int, int], asks: dict[int, int]) -> list[Said]:
        """A snapshot of the whole book comes."""
        self.now += SECOND_NS
        levels = [(1, *each) for each in bids.items()] + [(-1, *each) for each in asks.items()]
        for number, (side, ticks, lots) in enumerate(levels, 1):
            last = int(number == len(levels))
            row = BookDelta(X, side, ticks, lots, NONE, NONE, NONE, 1, last, self.now)
            self.venue.changed(self.book, row, self.now)
        return self.said()

    def level(self, side: int, ticks: int, lots: int, *ids: int) -> list[Said]:
        """A message about one level comes; its ids are first, last and the one before."""
        self.now += SECOND_NS
        first, last, before = ids or (NONE, NONE, NONE)
        row = BookDelta(X, side, ticks, lots, first, last, before, 0, 1, self.now)
        self.venue.changed(self.book, row, self.now)
        return self.said()

    def waits(self, seconds: int) -> None:
        """Nothing comes for a while."""
        self.now += seconds * SECOND_NS

    def split(self, numerator: int, denominator: int) -> list[Said]:
        """So many new lots stand for so many old ones."""
        event = SplitEffective(
            instrument=X, numerator=numerator, denominator=denominator, ts_event=self.now
        )
        self.venue.split(event, self.now)
        return self.said()

    def fills(self) -> list[tuple[str, int, int, str]]:
        """All fills so far: order, lots, ticks, and whether it was a maker or a taker."""
        return [
            (each.client_order_id, each.last_lots, each.last_ticks, each.liquidity.name)
            for each in self.heard
            if isinstance(each, OrderFilled)
        ]

    def said(self) -> list[Said]:
        """What the venue has reported since it was last asked, without what it accepted."""
        reports = [report for report in self.venue.reports if isinstance(report, OrderEvent)]
        self.venue.reports.clear()
        self.heard += reports
        return [told for told in map(short, reports) if told[1:] != ("accepted",)]
