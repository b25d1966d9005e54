"""Matching on quotes, prints and books: what an order takes when it comes, what fills it later.

A quote or a book is a state. An order that comes takes what stands there, if it is not too old, and
the rest of it waits for the next row. A limit that rests is filled at its price when the market
comes to it, or when a print goes through it; at its own price only as the volume ahead of it has
traded, where that is modelled. Where there are prints alone, a market order takes the next one.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from sims.venue.book import Book, Stance, WorkingOrder
from sims.venue.life import Life, trigger
from sims.venue.offers import TRADES, Market, Offer
from trader.kernels.matching import limit_met, stop_met
from trader.model.market import BookDelta
from trader.model.orders import Liquidity, TimeInForce
from trader.model.units import Lots, Nanoseconds, Ticks

_MAKER: Final = Liquidity.MAKER
_TAKER: Final = Liquidity.TAKER
_WAITS: Final = Stance.WAITS
_TAKES: Final = Stance.TAKES
_RESTS: Final = Stance.RESTS
_FOK: Final = TimeInForce.FOK
_GTX: Final = TimeInForce.GTX


class TickMatching:
    """Matches orders against ticks."""

    def __init__(self, life: Life, markets: Mapping[str, Market]) -> None:
        self._life = life
        self._rules = life.rules
        self._markets = markets

    # -- what comes -----------------------------------------------------------------------------

    def joined(self, book: Book, order: WorkingOrder, now: Nanoseconds) -> None:
        """An order has come, or has become another one: it meets what stands there."""
        market = self._markets[book.instrument]
        market.ahead.pop(order.client_order_id, None)
        if not order.room or order.ended or book.rests(now):
            return
        if self._is_open(book, market, now):
            self._look(book, market, order, now)
        elif (
            market.kind == TRADES
            and order.stance is _WAITS
            and self._is_triggered(book, market, order)
        ):
            _act(order)

    def quoted(self, book: Book, now: Nanoseconds) -> None:
        """The quote is another one."""
        self._all(book, self._markets[book.instrument], now)

    def changed(self, book: Book, delta: BookDelta, now: Nanoseconds) -> None:
        """A row of the book has come."""
        market = self._markets[book.instrument]
        if market.change(delta, now) and book.orders:
            self._all(book, market, now)

    def traded(self, book: Book, now: Nanoseconds) -> None:
        """Somebody traded: one print for all our orders that work, in order of arrival.

        An order that the print lets work, or makes one of a stop, takes part from the next one on.
        """
        trade, market = book.trade, self._markets[book.instrument]
        if trade is None or not trade.lots or book.rests(now):
            return
        left = trade.lots
        for order, stance in [(each, each.stance) for each in book.orders.values() if each.room]:
            if not order.room or order.ended:
                continue
            if stance is _WAITS:
                self._trigger_by(book, market, order, trade.ticks, now)
            elif market.kind == TRADES and not order.met:
                left -= self._take_print(book, order, (trade.ticks, left), now)
            else:
                left -= self._pass(book, market, order, left, now)

    def forget(self, book: Book) -> None:
        """What stood there means something else by now: a split."""
        book.quote = book.trade = None
        self._markets[book.instrument].forget()

    # -- quotes and books -----------------------------------------------------------------------

    def _is_open(self, book: Book, market: Market, now: Nanoseconds) -> bool:
        """Whether there is a market that an order can meet."""
        if market.kind == TRADES or book.rests(now):
            return False
        return market.is_fresh(book, now, self._rules.stale_after_ns)

    def _all(self, book: Book, market: Market, now: Nanoseconds) -> None:
        if book.rests(now):
            return
        for order in list(book.orders.values()):
            if order.room and not order.ended:
                self._look(book, market, order, now)

    def _look(self, book: Book, market: Market, order: WorkingOrder, now: Nanoseconds) -> None:
        """An order and the market meet."""
        if order.stance is _WAITS:
            if not self._is_triggered(book, market, order):
                return
            _act(order)
        if order.stance is _RESTS and order.met:
            self._rest(book, market, order, now)
        else:
            self._take(book, market, order, now)

    def _is_triggered(self, book: Book, market: Market, order: WorkingOrder) -> bool:
        """Whether the last print, else the opposite quote, is at or beyond the stop."""
        if market.prints:
            ticks = None if book.trade is None else book.trade.ticks
        else:
            ticks = market.best(book, 1 if order.lots > 0 else -1)
        return ticks is not None and stop_met(order.lots, order.stop_ticks, ticks)

    def _take(self, book: Book, market: Market, order: WorkingOrder, now: Nanoseconds) -> None:
        """The first market that an order meets: it takes what it may."""
        side = 1 if order.lots > 0 else -1
        order.met = True
        if order.judged:
            offers = [offer for offer in market.offers(book, side) if _suits(order, offer[0])]
            if not self._may(book, order, offers, now):
                return
        # Asked for one by one: a child that a fill lets work may have taken of the next level.
        for ticks, left in market.offers(book, side):
            lots = min(order.room, left)
            if not lots or not _suits(order, ticks):
                break
            market.take(ticks, side, lots)
            price = self._rules.taken(ticks, order.lots) if order.stance is _TAKES else ticks
            self._fill(book, order, lots, (price, _TAKER), now)
        self._stay(book, market, order, now)

    def _may(
        self, book: Book, order: WorkingOrder, offers: Sequence[Offer], now: Nanoseconds
    ) -> bool:
        """Whether an order that the first market it meets decides about may take of it."""
        time_in_force = order.time_in_force
        if time_in_force is _GTX:
            if offers:
                self._life.refuse(book, order, now)
                return False
            return True
        whole = order.size - order.done
        if time_in_force is _FOK and min(order.room, sum(left for _, left in offers)) < whole:
            self._life.end(book, order, "fok", now)
            return False
        return True

    def _stay(self, book: Book, market: Market, order: WorkingOrder, now: Nanoseconds) -> None:
        """What is left of an order that has met its first market rests, waits or ends."""
        if order.ended:
            return
        if order.judged and order.time_in_force is not _GTX:
            self._life.end(book, order, order.time_in_force.name.lower(), now)
        elif order.stance is _RESTS:
            self._queue(book, market, order)

    def _rest(self, book: Book, market: Market, order: WorkingOrder, now: Nanoseconds) -> None:
        """The market has come to a limit that rests: it fills at its own price."""
        side = 1 if order.lots > 0 else -1
        filled = 0
        for ticks, left in market.offers(book, side):
            lots = min(order.room - filled, left)
            if not lots or not limit_met(order.lots, order.limit_ticks, ticks):
                break
            market.take(ticks, side, lots)
            filled += lots
        if filled:
            self._fill(book, order, filled, (order.limit_ticks, _MAKER), now)
        if not order.ended:
            self._queue(book, market, order)

    # -- prints ---------------------------------------------------------------------------------

    def _trigger_by(
        self, book: Book, market: Market, order: WorkingOrder, ticks: Ticks, now: Nanoseconds
    ) -> None:
        """A print at or beyond a stop makes an order of it that comes at this instant."""
        is_met = stop_met(order.lots, order.stop_ticks, ticks)
        if order.stance is _WAITS and market.prints and is_met:
            _act(order)
            if self._is_open(book, market, now):
                self._take(book, market, order, now)

    def _take_print(self, book: Book, order: WorkingOrder, offer: Offer, now: Nanoseconds) -> Lots:
        """The first print that an order meets, where there are prints alone; the lots it took."""
        ticks, left = offer
        if order.stance is _RESTS and not order.judged:
            order.met = True
            return self._through(book, order, ticks, left, now)
        offers = [offer] if left and _suits(order, ticks) else []
        order.met = order.stance is _RESTS
        if order.judged and not self._may(book, order, offers, now):
            return 0
        lots = min(order.room, left) if offers else 0
        if lots:
            price = self._rules.taken(ticks, order.lots) if order.stance is _TAKES else ticks
            self._fill(book, order, lots, (price, _TAKER), now)
        if not order.ended and order.judged and order.time_in_force is not _GTX:
            self._life.end(book, order, order.time_in_force.name.lower(), now)
        return lots

    def _pass(
        self, book: Book, market: Market, order: WorkingOrder, left: Lots, now: Nanoseconds
    ) -> Lots:
        """A print and a limit that rests; the lots it took."""
        assert book.trade is not None
        trade, limit = book.trade, order.limit_ticks
        if order.stance is not _RESTS or not order.met:
            return 0
        if trade.ticks != limit:
            return self._through(book, order, trade.ticks, left, now)
        ahead = market.ahead.get(order.client_order_id)
        if ahead is None or trade.side * order.lots > 0:
            return 0
        market.ahead[order.client_order_id] = max(0, ahead - left)
        lots = min(order.room, max(0, left - ahead))
        if lots:
            self._fill(book, order, lots, (limit, _MAKER), now)
        return lots

    def _through(
        self, book: Book, order: WorkingOrder, ticks: Ticks, left: Lots, now: Nanoseconds
    ) -> Lots:
        """A print strictly through a limit that rests fills it at its price."""
        limit = order.limit_ticks
        if ticks == limit or not limit_met(order.lots, limit, ticks):
            return 0
        lots = min(order.room, left)
        if lots:
            self._fill(book, order, lots, (limit, _MAKER), now)
        return lots

    # -- consequences ---------------------------------------------------------------------------

    def _queue(self, book: Book, market: Market, order: WorkingOrder) -> None:
        """How much is ahead of an order at its own price, as far as the market shows it."""
        if not self._rules.by_volume:
            return
        id_ = order.client_order_id
        shown = market.displayed(book, 1 if order.lots > 0 else -1, order.limit_ticks)
        if shown is not None:
            market.ahead[id_] = min(market.ahead.get(id_, shown), shown)

    def _fill(
        self,
        book: Book,
        order: WorkingOrder,
        lots: Lots,
        at: tuple[Ticks, Liquidity],
        now: Nanoseconds,
    ) -> None:
        life = self._life
        # A child in the group of its own parent gives room up and gets it back: it has not come.
        # The group may also end the parent, which then has granted all there is.
        idle = [c for id_ in order.children if (c := book.orders.get(id_)) and not c.room]
        life.fill(book, order, lots, at, now)
        if order.children:
            life.grant(book, order, None, now)
            for child in idle:
                if child.room:
                    self.joined(book, child, now)
        if order.filled == order.lots and not order.ended:
            self._markets[book.instrument].ahead.pop(order.client_order_id, None)
            life.settle(book, order, now)


def _act(order: WorkingOrder) -> None:
    """A triggered stop is an order that comes at this instant."""
    trigger(order)
    if order.stance is not _TAKES:
        order.stance = _RESTS
    order.met = False


def _suits(order: WorkingOrder, ticks: Ticks) -> bool:
    """Whether an order may take at this price."""
    return order.stance is _TAKES or limit_met(order.lots, order.limit_ticks, ticks)
