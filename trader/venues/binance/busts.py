"""Fills that the venue took back: it says so nowhere, but its list of trades has them no longer.

Money that moves beside all orders is the one hint. Then the latest fills are held against the
account's trades. A list may lag behind, so a fill counts as taken back only when two looks, some
time apart, have missed it.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from msgspec import Raw, Struct

from trader.model.envelope import Message
from trader.model.orders import OrderBusted, OrderFilled
from trader.model.units import INT64_MAX, Nanoseconds
from trader.venues.binance import requests
from trader.venues.binance.correspondence import Correspondence, Question
from trader.venues.binance.frames import OwnTrade, body
from trader.venues.binance.grid import Grid
from trader.venues.binance.history import PAGE
from trader.venues.execution_client import Turn

FILLS_MAX: Final = 500
"""How many fills of each symbol are held against the list."""


class _Book(Struct):
    """A symbol's latest fills by number, and those that a look has missed, with its instant."""

    grid: Grid
    fills: dict[int, OrderFilled] = {}
    missed: dict[int, Nanoseconds] = {}
    again: Nanoseconds = INT64_MAX


class _Look(Struct):
    """A look at the list of trades, begun at an instant; those that are `there` so far."""

    book: _Book
    began: Nanoseconds
    there: set[int] = set()


class Busts:
    """The latest fills of each symbol; `tell` passes on that one was taken back."""

    def __init__(
        self,
        line: Correspondence,
        grids: Sequence[Grid],
        apart_ns: Nanoseconds,
        tell: Callable[[str, list[Message], Nanoseconds], Turn],
    ) -> None:
        """`apart_ns` lies between two looks."""
        self._line = line
        self._apart_ns = apart_ns
        self._tell = tell
        self._books: Final = {grid.symbol: _Book(grid) for grid in grids}

    @property
    def due(self) -> Nanoseconds:
        """When to look once more."""
        return min((each.again for each in self._books.values()), default=INT64_MAX)

    def note(self, fill: OrderFilled, grid: Grid) -> None:
        """A fill was told."""
        book = self._books[grid.symbol]
        if fill.trade_id.isdecimal():
            book.fills[int(fill.trade_id)] = fill
            if len(book.fills) > FILLS_MAX:
                del book.fills[next(iter(book.fills))]

    def look(self, now: Nanoseconds) -> Turn:
        """Money has moved beside all orders."""
        turn = Turn()
        for book in self._books.values():
            turn += self._ask(book, now)
        return turn

    def tick(self, now: Nanoseconds) -> Turn:
        """Looks once more."""
        turn = Turn()
        for book in self._books.values():
            if book.again <= now:
                turn += self._ask(book, now)
        return turn

    def forget(self) -> None:
        """The connection is gone; what was missed is looked for when money moves again."""
        for book in self._books.values():
            book.again = INT64_MAX
            book.missed = {}

    def _ask(self, book: _Book, now: Nanoseconds) -> Turn:
        book.again = INT64_MAX
        if not book.fills:
            return Turn()
        return self._ask_since(min(book.fills), _Look(book, now), now)

    def _ask_since(self, first: int, look: _Look, now: Nanoseconds) -> Turn:
        """Asks for the trades from one on."""
        question = Question(
            request=requests.trades_since(first, look.book.grid),
            answered=partial(self._told, look),
            refused=lambda _, at: self._later(look.book, at),
            unknown=lambda at: self._later(look.book, at),
        )
        return self._line.ask(question, now)

    def _later(self, book: _Book, now: Nanoseconds) -> Turn:
        book.again = now + self._apart_ns
        return Turn()

    def _told(self, look: _Look, raw: Raw, now: Nanoseconds) -> Turn:
        book = look.book
        page = [trade.trade_id for trade in body(raw, tuple[OwnTrade, ...])]
        look.there.update(page)
        if len(page) >= PAGE and max(page) < max(book.fills, default=0):
            # Somebody else trades here too, and the list goes on.
            return self._ask_since(max(page) + 1, look, now)
        missing = sorted(book.fills.keys() - look.there)
        turn = Turn()
        for number in missing:
            if look.began - book.missed.get(number, look.began) >= self._apart_ns:
                fill = book.fills.pop(number)
                turn += self._tell(fill.client_order_id, [_busted(fill, now)], now)
        missed = [number for number in missing if number in book.fills]
        book.missed = {number: book.missed.get(number, now) for number in missed}
        book.again = min(book.missed.values(), default=INT64_MAX - self._apart_ns) + self._apart_ns
        return turn


def _busted(fill: OrderFilled, now: Nanoseconds) -> OrderBusted:
    return OrderBusted(
        client_order_id=fill.client_order_id,
        trade_id=fill.trade_id,
        last_lots=fill.last_lots,
        last_ticks=fill.last_ticks,
        ts_event=now,
    )
