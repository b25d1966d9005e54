"""What is asked of a working order, and what befalls it: cancels, replacements, expiry, splits.

What comes strictly inside a bar acts at its close, after its fills, in the order in which it came:
a bar has no path, so nothing can act in the middle of it.
"""

from typing import Final

from sims.venue.book import Book, WorkingOrder
from sims.venue.life import Life, begin, fit
from trader.logic.splits import split_lots, split_ticks
from trader.model.control import SplitEffective
from trader.model.orders import (
    CancelOrder,
    CancelRejected,
    OrderType,
    ReplaceOrder,
    ReplaceRejected,
    TimeInForce,
)
from trader.model.units import Nanoseconds

_DAY: Final = TimeInForce.DAY


class Changes:
    """Changes orders; what follows from that is the business of their life."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._books = life.books

    def cancel(self, command: CancelOrder, now: Nanoseconds) -> None:
        """Cancels what is left of an order."""
        book = self._books[command.instrument]
        id_ = command.client_order_id
        order = book.orders.get(id_)
        if order is None:
            code = "unknown_order"
            report = CancelRejected(client_order_id=id_, code=code, ts_event=now)
            self._life.reports.append(report)
        elif book.inside(now):
            book.late.append((order, command))
            book.disturb()
        else:
            self._life.end(book, order, "asked_for", now)

    def replace(self, command: ReplaceOrder, now: Nanoseconds) -> WorkingOrder | None:
        """Changes size and prices; returns an order that by this has arrived anew."""
        book = self._books[command.instrument]
        order = book.orders.get(command.client_order_id)
        if order is None:
            self._refuse(command, "unknown_order", now)
            return None
        book.disturb()
        if book.inside(now):
            book.late.append((order, command))
            return None
        return self._replace(book, order, command, now)

    def expire(self, book: Book, now: Nanoseconds) -> None:
        """The session has closed for the orders that began to work before this instant."""
        for order in list(book.orders.values()):
            if order.time_in_force is _DAY and order.ts_begun < now and not order.ended:
                if book.inside(now):
                    book.late.append((order, None))
                    book.disturb()
                else:
                    self._life.expire(book, order, "session_closed", now)

    def act_late(self, book: Book, now: Nanoseconds) -> None:
        """Does what was asked for inside the bar that has just closed."""
        late, book.late = book.late, []
        for order, command in late:
            if order.ended:
                continue  # filled in this bar, or gone with its parent or group
            if command is None:
                self._life.expire(book, order, "session_closed", now)
            elif isinstance(command, CancelOrder):
                self._life.end(book, order, "asked_for", now)
            else:
                self._replace(book, order, command, now)

    def _replace(
        self, book: Book, order: WorkingOrder, command: ReplaceOrder, now: Nanoseconds
    ) -> WorkingOrder | None:
        contradiction = _contradiction(order, command)
        if contradiction:
            self._refuse(command, contradiction, now)
            return None
        size = order.size if command.lots is None else abs(command.lots)
        if order.parent and order.parent not in book.orders:
            size = min(size, max(order.size, order.bound - order.taken))
        if size <= order.done:
            self._life.end(book, order, "nothing_left", now)
            return None
        limit, stop = command.limit_ticks, command.stop_ticks
        is_anew = size > order.size
        if limit is not None:
            is_anew |= limit != order.limit_ticks
            order.limit_ticks = limit
        if stop is not None:
            is_anew |= stop != order.stop_ticks
            order.stop_ticks = stop
        self._life.resize(book, order, size, now, limit, stop)
        if not is_anew:
            return None
        order.met = False
        book.give_way(order)
        if order.room:
            begin(order, book.market(now), now)
        return order

    def _refuse(self, command: ReplaceOrder, code: str, now: Nanoseconds) -> None:
        id_ = command.client_order_id
        self._life.reports.append(ReplaceRejected(client_order_id=id_, code=code, ts_event=now))

    def split(self, event: SplitEffective, now: Nanoseconds) -> None:
        """Counts sizes and prices in the new lots and ticks."""
        book = self._books[event.instrument]
        book.disturb()
        ratio = event.numerator, event.denominator
        market = book.market(now)
        if market is not None:
            book.carried = (book.bar, split_ticks(market, *ratio))
        for order in book.orders.values():
            _carry(order, *ratio)
        for order in book.orders.values():
            parent = book.orders.get(order.parent)
            if parent is not None:
                fit(order, parent)
        for order in list(book.orders.values()):
            if not order.ended and order.size <= order.done:
                self._life.end(book, order, "split", now)


def _contradiction(order: WorkingOrder, command: ReplaceOrder) -> str:
    """Why a replacement makes no sense; empty if it does."""
    if command.lots is not None and command.lots * order.lots < 0:
        return "wrong_side"
    if command.limit_ticks is not None and order.order_type not in {
        OrderType.LIMIT,
        OrderType.STOP_LIMIT,
    }:
        return "no_limit"
    if command.stop_ticks is not None and not order.is_stop:
        return "no_stop"
    return ""


def _carry(order: WorkingOrder, numerator: int, denominator: int) -> None:
    ratio = numerator, denominator
    order.lots = split_lots(order.lots, *ratio)
    order.filled = split_lots(order.filled, *ratio)
    order.taken = split_lots(order.taken, *ratio)
    order.bound = split_lots(order.bound, *ratio)
    order.ordered = split_lots(order.ordered, *ratio)
    order.room = max(0, order.size - order.done)
    if order.limit_ticks:
        order.limit_ticks = split_ticks(order.limit_ticks, *ratio)
    if order.stop_ticks:
        order.stop_ticks = split_ticks(order.stop_ticks, *ratio)
