"""The life of an order at the venue, whatever it is matched on: arrival, fills, family, end.

An order's *family* are its parent, which lets it work, and its group, whose fills make it smaller.
Who matches says which order fills, how many lots of it, at what price; all that follows from a
fill is here, and is reported in the order in which it happens.
"""

from collections import deque
from collections.abc import Mapping
from typing import Final, TypeAlias

from sims.venue.book import Book, Stance, WorkingOrder, working_order
from sims.venue.rules import VenueRules
from trader.kernels.matching import stop_met
from trader.model.envelope import Message
from trader.model.orders import (
    Liquidity,
    OrderAccepted,
    OrderCanceled,
    OrderExpired,
    OrderFilled,
    OrderRejected,
    OrderReplaced,
    OrderType,
    SubmitOrder,
    TimeInForce,
)
from trader.model.units import INT64_MAX, Lots, Nanoseconds, Ticks

Fill: TypeAlias = tuple[Ticks, Liquidity]
"""At what price, and giving or taking liquidity."""

_LIMIT: Final = OrderType.LIMIT
_STOP: Final = OrderType.STOP
_GTX: Final = TimeInForce.GTX
_WAITS: Final = Stance.WAITS
_TAKES: Final = Stance.TAKES
_LATER: Final = Stance.LATER


class Life:
    """All books, and what happens to the orders in them."""

    def __init__(self, books: Mapping[str, Book], rules: VenueRules) -> None:
        self.books: Final = books
        self.rules: Final = rules
        self.reports: Final[deque[Message]] = deque()
        self.trades = 0
        self._free = rules.is_free

    # -- arrival --------------------------------------------------------------------------------

    def submit(self, order: SubmitOrder, now: Nanoseconds) -> WorkingOrder | None:
        """Takes an order in; None if it was rejected."""
        book = self.books[order.instrument]
        if order.time_in_force is _GTX and order.order_type is not _LIMIT:
            self._reject(order, "post_only", now)
            return None
        working = working_order(order, now)
        if order.parent:
            parent = book.orders.get(order.parent)
            if parent is None:
                self._reject(order, "unknown_parent", now)
                return None
            parent.children = (*parent.children, order.client_order_id)
            if parent.filled:
                fit(working, parent)
        if working.room and (order.parent or working.stance is _WAITS):
            begin(working, book.market(now), now)
        book.orders[working.client_order_id] = working
        book.calm_low = INT64_MAX  # as `disturb` does
        if working.group:
            book.join(working)
        self.reports.append(OrderAccepted(client_order_id=order.client_order_id, ts_event=now))
        return working

    def _reject(self, order: SubmitOrder, code: str, now: Nanoseconds) -> None:
        id_ = order.client_order_id
        self.reports.append(OrderRejected(client_order_id=id_, code=code, ts_event=now))

    # -- fills ----------------------------------------------------------------------------------

    def fill(self, book: Book, order: WorkingOrder, lots: Lots, at: Fill, now: Nanoseconds) -> None:
        """Fills unsigned lots, at most the order's room, and makes its group smaller by as much.

        The order stays in the book: `grant` what it opened, and `settle` it if it is done.
        """
        ticks, liquidity = at
        signed = lots if order.lots > 0 else -lots
        order.filled += signed
        order.room -= lots
        self.trades += 1
        self.reports.append(
            OrderFilled(
                client_order_id=order.client_order_id,
                trade_id=str(self.trades),
                last_lots=signed,
                last_ticks=ticks,
                fee=0 if self._free else self.rules.fee(lots, ticks, liquidity, book.half),
                liquidity=liquidity,
                ts_event=now,
            )
        )
        if order.group:
            self._reduce(book, order, lots, now)

    def _reduce(self, book: Book, order: WorkingOrder, lots: Lots, now: Nanoseconds) -> None:
        """What a member of a group filled, no other member will."""
        for other in list(book.groups[order.group].values()):
            if other is order or other.ended or other.filled == other.lots:
                continue
            if other.size - lots <= other.done:
                self.end(book, other, "group", now)
                continue
            # What its parent fills at this opening is granted after it, and not by the way.
            left = max(0, other.room - lots)
            other.taken += lots
            self.resize(book, other, other.size - lots, now)
            other.room = left

    # -- family ---------------------------------------------------------------------------------

    def grant(
        self, book: Book, parent: WorkingOrder, market: Ticks | None, now: Nanoseconds
    ) -> list[tuple[WorkingOrder, Lots]]:
        """A parent's fill lets its children work, for what it has opened.

        A stop that `market` is at or beyond is triggered by it. One that has ended has granted all.
        Returns the children whose room has grown, each with the room it had before.
        """
        grown: list[tuple[WorkingOrder, Lots]] = []
        if parent.ended:
            return grown
        for id_ in parent.children:
            child = book.orders.get(id_)
            if child is not None:
                before = child.room
                fit(child, parent)
                if child.room > before:
                    grown.append((child, before))
                    if not before:
                        begin(child, market, now)
        return grown

    def _orphan(self, book: Book, parent: WorkingOrder, now: Nanoseconds) -> None:
        """The parent ended: its children keep what it opened, the rest of them is canceled."""
        for id_ in parent.children:
            child = book.orders.get(id_)
            if child is not None:
                child.bound = abs(parent.filled)
                kept = child.room + abs(child.filled)
                if kept == abs(child.lots):
                    continue
                if child.room:
                    self.resize(book, child, kept, now)
                else:
                    self.end(book, child, "parent_ended", now)

    # -- size and end ---------------------------------------------------------------------------

    def resize(
        self,
        book: Book,
        order: WorkingOrder,
        size: Lots,
        now: Nanoseconds,
        limit_ticks: Ticks | None = None,
        stop_ticks: Ticks | None = None,
    ) -> None:
        """Gives the order another size, more than is filled; reports it with what else is new."""
        order.lots = size if order.lots > 0 else -size
        parent = book.orders.get(order.parent)
        if parent is None:
            order.room = size - order.done
        else:
            fit(order, parent)
        self.reports.append(
            OrderReplaced(
                client_order_id=order.client_order_id,
                lots=order.lots,
                limit_ticks=limit_ticks,
                stop_ticks=stop_ticks,
                ts_event=now,
            )
        )

    def settle(self, book: Book, order: WorkingOrder, now: Nanoseconds) -> None:
        """Takes a filled order off the book, whose last fill has been granted to its children."""
        order.ended = True
        del book.orders[order.client_order_id]
        if order.group:
            book.part(order)
        if order.children:
            self._orphan(book, order, now)

    def end(self, book: Book, order: WorkingOrder, reason: str, now: Nanoseconds) -> None:
        """Cancels what is left of an order."""
        id_ = order.client_order_id
        self._drop(book, order, OrderCanceled(client_order_id=id_, reason=reason, ts_event=now))

    def expire(self, book: Book, order: WorkingOrder, reason: str, now: Nanoseconds) -> None:
        """Ends an order by its own terms."""
        id_ = order.client_order_id
        self._drop(book, order, OrderExpired(client_order_id=id_, reason=reason, ts_event=now))

    def refuse(self, book: Book, order: WorkingOrder, now: Nanoseconds) -> None:
        """Ends a post-only order that the market could take: rejected, if nothing has filled it."""
        if order.filled:
            self.end(book, order, "post_only", now)
            return
        id_ = order.client_order_id
        self._drop(book, order, OrderRejected(client_order_id=id_, code="post_only", ts_event=now))

    def _drop(
        self, book: Book, order: WorkingOrder, report: OrderCanceled | OrderExpired | OrderRejected
    ) -> None:
        now = report.ts_event
        if order.children:
            # Of an opening's fills the last may not have been granted yet.
            self.grant(book, order, book.market(now), now)
        order.ended = True
        order.room = 0
        del book.orders[order.client_order_id]
        if order.group:
            book.part(order)
        self.reports.append(report)
        if order.children:
            self._orphan(book, order, now)


def trigger(order: WorkingOrder) -> Stance:
    """A stop is a market order from now on, a stop-limit a limit from the next opening on."""
    order.stance = _TAKES if order.order_type is _STOP else _LATER
    return order.stance


def begin(order: WorkingOrder, market: Ticks | None, now: Nanoseconds) -> None:
    """An order that could fill nothing can: it sees the market again, or for the first time."""
    if order.ts_begun == INT64_MAX:
        order.ts_begun = now
    if order.stance is not _WAITS or market is None:
        return
    if stop_met(order.lots, order.stop_ticks, market):
        trigger(order)


def fit(child: WorkingOrder, parent: WorkingOrder) -> None:
    """Makes the child's room what its parent has opened and its group left of that.

    A parent that is larger than its child closes something first.
    """
    size, opened = abs(child.lots), abs(parent.filled)
    if opened < parent.ordered or child.taken:
        taken = child.taken
        closing = max(0, parent.ordered - taken - size)
        opened = max(0, opened - taken - closing)
    child.room = max(0, min(size, opened) - abs(child.filled))
