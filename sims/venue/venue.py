"""The venue as the simulation holds it: one front for orders, bars and whatever else happens."""

from collections import deque
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Final

from sims.venue.bars import Bars
from sims.venue.book import Book, WorkingOrder
from sims.venue.changes import Changes
from sims.venue.life import Life, fit
from sims.venue.offers import Market
from sims.venue.rules import VenueRules
from sims.venue.ticks import TickMatching
from trader.calendars.sessions import Sessions
from trader.logic.order_book import PLAIN, OrderBook
from trader.model.control import SplitEffective
from trader.model.envelope import Message
from trader.model.market import BookDelta
from trader.model.orders import ReplaceOrder, SubmitOrder
from trader.model.units import Money, Nanoseconds

BARS: Final = "bars"


class Venue:
    """Takes orders, matches them, and reports in the order in which things happen."""

    def __init__(
        self,
        halves: Mapping[str, Money],
        rules: VenueRules,
        kinds: Mapping[str, str] | None = None,
        prints: Container[str] = (),
        protocols: Mapping[str, str] | None = None,
        sessions: Mapping[str, Sessions] | None = None,
    ) -> None:
        """`halves`: money in half a tick x lot, by instrument; `kinds`: what it is matched on.

        Instruments in `prints` have their trades told too; `protocols` are those of books.
        `sessions` are those of instruments that are not open at all times.
        """
        kinds, protocols, sessions = kinds or {}, protocols or {}, sessions or {}
        self.books: Final = {
            name: Book(
                instrument=name,
                half=half,
                kind=kinds.get(name, "bars"),
                sessions=sessions.get(name),
            )
            for name, half in halves.items()
        }
        self._life = Life(self.books, rules)
        self._changes = Changes(self._life)
        self._bars = Bars(self._life)
        self._has_ticks = any(book.kind != BARS for book in self.books.values())
        markets = {
            name: Market(
                kind=kind, prints=name in prints, levels=OrderBook(protocols.get(name, PLAIN))
            )
            for name, kind in kinds.items()
            if kind != BARS
        }
        self._ticks = TickMatching(self._life, markets)
        # What would only be passed on is bound: a call less on the path of each order.
        self.cancel: Final = self._changes.cancel
        self.opening: Final = self._bars.opening
        self.reports: Final[deque[Message]] = self._life.reports

    @property
    def trades(self) -> int:
        """How many fills there were."""
        return self._life.trades

    @property
    def ambiguous_bars(self) -> int:
        """In how many bars, of an instrument each, the order of events decided and is unknown."""
        return self._bars.ambiguous_bars

    # -- commands -------------------------------------------------------------------------------

    def submit(self, order: SubmitOrder, now: Nanoseconds) -> None:
        """Takes an order in, or rejects it."""
        working = self._life.submit(order, now)
        if working is not None and (working.judged or self._has_ticks):
            self._joined(self.books[order.instrument], working, now)

    def submit_together(self, orders: Sequence[SubmitOrder], now: Nanoseconds) -> None:
        """Takes orders in of which each is there before any of them meets the market."""
        came = {each.client_order_id: self._life.submit(each, now) for each in orders}
        for order in orders:
            working = came[order.client_order_id]
            # A child of one of them meets the market when that lets it work.
            if working is not None and order.parent not in came:
                self._joined(self.books[order.instrument], working, now)

    def take_over(self, orders: Iterable[tuple[str, WorkingOrder]], trades: int) -> None:
        """Goes on, before anything else, with orders of an earlier life, which had so many fills.

        Parents come before their children.
        """
        self._life.trades = trades
        for instrument, order in orders:
            book = self.books[instrument]
            book.orders[order.client_order_id] = order
            if order.group:
                book.join(order)
            parent = book.orders.get(order.parent)
            if parent is not None:
                parent.children = (*parent.children, order.client_order_id)
                fit(order, parent)

    def replace(self, command: ReplaceOrder, now: Nanoseconds) -> None:
        """Changes an order's size or prices; inside a bar only after that bar's fills."""
        working = self._changes.replace(command, now)
        if working is not None:
            self._joined(self.books[command.instrument], working, now)

    def _joined(self, book: Book, order: WorkingOrder, now: Nanoseconds) -> None:
        if book.kind == BARS:
            self._bars.joined(book, order, now)
        else:
            self._ticks.joined(book, order, now)

    # -- the market -----------------------------------------------------------------------------

    def inside(self, book: Book, now: Nanoseconds) -> None:
        """The bar under way closes: fills what trades inside, then does what was asked in it."""
        self._bars.inside(book, now)
        if book.late:
            self._changes.act_late(book, now)

    def quoted(self, book: Book, now: Nanoseconds) -> None:
        """The book's quote is another one."""
        self._ticks.quoted(book, now)

    def traded(self, book: Book, now: Nanoseconds) -> None:
        """The book's last trade is another one."""
        self._ticks.traded(book, now)

    def changed(self, book: Book, delta: BookDelta, now: Nanoseconds) -> None:
        """A level of the recorded book is another one."""
        self._ticks.changed(book, delta, now)

    # -- what happens to an instrument ----------------------------------------------------------

    def session_closed(self, instruments: Iterable[str], now: Nanoseconds) -> None:
        """Day orders expire that began to work before this instant."""
        for name in instruments:
            self._changes.expire(self.books[name], now)

    def split(self, event: SplitEffective, now: Nanoseconds) -> None:
        """Orders are counted in the new lots and ticks; none is reported that goes on working."""
        self._changes.split(event, now)
        book = self.books[event.instrument]
        if book.kind != BARS:
            self._ticks.forget(book)

    def halted(self, instrument: str) -> None:
        """Nothing fills until trading is resumed."""
        self.books[instrument].halted = True

    def resumed(self, instrument: str) -> None:
        """Trading goes on, on bars with the next opening."""
        book = self.books[instrument]
        book.halted = False
        book.shut = book.bar
