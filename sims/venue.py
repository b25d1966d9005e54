"""The simulated venue on bars: what fills, when, at what price, for how many lots.

It sees a bar in two moments, its opening and its inside, and nothing of the path between. Orders
are served in order of arrival; a bar gives all of them together no more than the configured share
of its volume. What happens is reported, in the order in which it happened, into `reports`; the
world decides when the core hears of it. The arithmetic is in `trader.kernels.matching`.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

from sims.book import UNLIMITED, Book, WorkingOrder, working_order
from trader.kernels.matching import (
    joined_limit,
    limit_met,
    limit_passed,
    share,
    stop_met,
    stop_reached,
    worsened,
)
from trader.model.envelope import Message
from trader.model.market import BarClosed
from trader.model.orders import (
    CancelOrder,
    CancelRejected,
    Liquidity,
    OrderAccepted,
    OrderCanceled,
    OrderFilled,
    OrderRejected,
    OrderReplaced,
    OrderType,
    ReplaceOrder,
    ReplaceRejected,
    SubmitOrder,
)
from trader.model.units import Lots, Money, Nanoseconds, Ticks

Fill: TypeAlias = tuple[Ticks, Liquidity]
"""At what price, and giving or taking liquidity."""

_LIMIT: Final = OrderType.LIMIT
_STOP: Final = OrderType.STOP
_MARKET: Final = OrderType.MARKET
_MAKER: Final = Liquidity.MAKER
_TAKER: Final = Liquidity.TAKER


@dataclass(frozen=True, kw_only=True)
class VenueRules:
    """How the venue fills and charges; rates are fractions of price, volume and notional.

    Fees are in money: `maker` and `taker` a share of the notional, `per_lot` for each lot, the sum
    rounded up to a multiple of `fee_quanta`.
    """

    slippage: tuple[int, int] = (0, 1)
    slippage_ticks: Ticks = 0
    participation: tuple[int, int] | None = None
    touch: int = 0
    maker: Fraction = Fraction(0)
    taker: Fraction = Fraction(0)
    per_lot: Fraction = Fraction(0)
    fee_quanta: int = 1


class BarVenue:
    """Matches orders against bars."""

    def __init__(self, halves: Mapping[str, Money], rules: VenueRules) -> None:
        """`halves`: money in half a tick x lot, by instrument."""
        self.books: Final = {
            name: Book(instrument=name, half=half) for name, half in halves.items()
        }
        self.reports: Final[deque[Message]] = deque()
        self.trades = 0
        self.ambiguous_bars = 0
        self._rules = rules
        self._free = not (rules.maker or rules.taker or rules.per_lot)

    # -- commands -------------------------------------------------------------------------------

    def submit(self, order: SubmitOrder, now: Nanoseconds) -> None:
        """Takes an order in, or rejects it."""
        book = self.books[order.instrument]
        working = working_order(order, now)
        if order.parent:
            parent = book.orders.get(order.parent)
            if parent is None:
                self.reports.append(
                    OrderRejected(
                        client_order_id=order.client_order_id, code="unknown_parent", ts_event=now
                    )
                )
                return
            parent.children.append(order.client_order_id)
            working.granted = _opened(working, parent)
        if working.granted and order.order_type is _STOP:
            _start(working, book.market(now))
        book.orders[order.client_order_id] = working
        self.reports.append(OrderAccepted(client_order_id=order.client_order_id, ts_event=now))

    def cancel(self, command: CancelOrder, now: Nanoseconds) -> None:
        """Cancels a working order; inside a bar only once that bar has filled what it fills."""
        book = self.books[command.instrument]
        order = book.orders.get(command.client_order_id)
        if order is None:
            self.reports.append(
                CancelRejected(
                    client_order_id=command.client_order_id, code="unknown_order", ts_event=now
                )
            )
        elif book.inside(now):
            order.cancel_at_close = True
        else:
            self._end(book, order, "asked_for", now)

    def replace(self, command: ReplaceOrder, now: Nanoseconds) -> None:
        """Lowers an order to fewer lots in all; inside a bar only after that bar's fills."""
        book = self.books[command.instrument]
        order = book.orders.get(command.client_order_id)
        if order is None:
            self.reports.append(
                ReplaceRejected(
                    client_order_id=command.client_order_id, code="unknown_order", ts_event=now
                )
            )
        elif book.inside(now):
            order.lots_at_close = command.lots
        else:
            self._resize(book, order, command.lots, now)

    # -- the bar --------------------------------------------------------------------------------

    def opening(self, book: Book, now: Nanoseconds) -> None:
        """Fills what trades at the opening price."""
        filled: list[WorkingOrder] = []
        for order in list(book.orders.values()):
            room = order.granted - abs(order.filled)
            if room <= 0:
                continue
            at = self._at_opening(order, book.bar.open_ticks)
            order.met_opening = True
            if at is not None and self._fill(book, order, at, room, now):
                filled.append(order)
        for order in filled:
            if order.children:
                self._grant(book, order, book.bar.open_ticks)
            if order.filled == order.lots:
                self._settle(book, order, now)

    def inside(self, book: Book, now: Nanoseconds) -> None:
        """Fills what trades between the opening and the close, then lets late cancels act."""
        ambiguous = False
        former: dict[str, Lots] = {}
        for order in list(book.orders.values()):
            # What is opened inside this bar can be closed in it by a stop alone.
            is_stop = order.order_type is _STOP
            granted = order.granted if is_stop else former.get(order.client_order_id, order.granted)
            room = granted - abs(order.filled)
            if room <= 0 or order.ts_arrived > book.bar.ts_open:
                continue
            at = self._inside(order, book.bar)
            if at is not None and self._fill(book, order, at, room, now):
                if order.children:
                    former |= self._grant(book, order, order.stop_ticks if is_stop else at[0])
                    ambiguous |= not _is_certain(book, order)
                if order.filled == order.lots:
                    self._settle(book, order, now)
        self.ambiguous_bars += ambiguous
        self._act_late(book, now)

    def _act_late(self, book: Book, now: Nanoseconds) -> None:
        """Cancels and resizes what was asked for inside the bar that has just closed."""
        for order in list(book.orders.values()):
            if order.client_order_id not in book.orders:
                continue  # it went with its parent
            if order.cancel_at_close:
                self._end(book, order, "asked_for", now)
            elif order.lots_at_close:
                self._resize(book, order, order.lots_at_close, now)
                order.lots_at_close = 0

    def _at_opening(self, order: WorkingOrder, ticks: Ticks) -> Fill | None:
        lots = order.lots
        if order.order_type is _LIMIT:
            if not limit_met(lots, order.limit_ticks, ticks):
                return None
            return ticks, _MAKER if order.met_opening else _TAKER
        if order.order_type is _STOP and not order.triggered:
            if not stop_met(lots, order.stop_ticks, ticks):
                return None
            order.triggered = True
        return self._taken(lots, ticks)

    def _inside(self, order: WorkingOrder, bar: BarClosed) -> Fill | None:
        lots, low, high = order.lots, bar.low_ticks, bar.high_ticks
        if order.order_type is _LIMIT:
            limit = order.limit_ticks
            if not limit_passed(lots, limit, low, high, self._rules.touch):
                return None
            # One that joined the bar after its opening can be through the whole of it.
            return joined_limit(lots, limit, low, high), _MAKER
        if order.order_type is _MARKET or order.triggered:
            return None
        if not stop_reached(lots, order.stop_ticks, low, high):
            return None
        order.triggered = True
        return self._taken(lots, order.stop_ticks)

    def _taken(self, lots: Lots, ticks: Ticks) -> Fill:
        rules = self._rules
        price = worsened(ticks, lots, *rules.slippage, rules.slippage_ticks)
        return price, _TAKER

    # -- consequences ---------------------------------------------------------------------------

    def _fill(
        self, book: Book, order: WorkingOrder, at: Fill, room: Lots, now: Nanoseconds
    ) -> Lots:
        """Fills as much of the order's room as the bar still gives; the unsigned lots filled."""
        ticks, liquidity = at
        if book.served_ts != book.bar.ts_open:
            book.served_ts = book.bar.ts_open
            rate = self._rules.participation
            book.budget = UNLIMITED if rate is None else share(book.bar.lots, *rate)
        taken = min(room, book.budget)
        if not taken:
            return 0
        book.budget -= taken
        lots = taken if order.lots > 0 else -taken
        order.filled += lots
        self.trades += 1
        self.reports.append(
            OrderFilled(
                client_order_id=order.client_order_id,
                trade_id=str(self.trades),
                last_lots=lots,
                last_ticks=ticks,
                fee=0 if self._free else self._fee(book, taken, at),
                liquidity=liquidity,
                ts_event=now,
            )
        )
        return taken

    def _fee(self, book: Book, lots: Lots, at: Fill) -> Money:
        rules = self._rules
        ticks, liquidity = at
        rate = rules.taker if liquidity is _TAKER else rules.maker
        notional = lots * abs(ticks) * 2 * book.half
        owed = (notional * rate + lots * rules.per_lot) / rules.fee_quanta
        return -(-owed.numerator // owed.denominator) * rules.fee_quanta

    def _grant(self, book: Book, parent: WorkingOrder, ticks: Ticks) -> dict[str, Lots]:
        """A parent's fill lets its children work: for what it has opened, not what it closed.

        Returns what each of them could work for before.
        """
        former: dict[str, Lots] = {}
        for id_ in parent.children:
            child = book.orders.get(id_)
            if child is not None:
                before = former[id_] = child.granted
                child.granted = _opened(child, parent)
                if not before and child.granted:
                    _start(child, ticks)
        return former

    def _settle(self, book: Book, order: WorkingOrder, now: Nanoseconds) -> None:
        """Takes a filled order off the book."""
        del book.orders[order.client_order_id]
        self._orphan(book, order, now)

    def _end(self, book: Book, order: WorkingOrder, reason: str, now: Nanoseconds) -> None:
        del book.orders[order.client_order_id]
        self.reports.append(
            OrderCanceled(client_order_id=order.client_order_id, reason=reason, ts_event=now)
        )
        self._orphan(book, order, now)

    def _orphan(self, book: Book, parent: WorkingOrder, now: Nanoseconds) -> None:
        """The parent ended: its children keep what it filled, the rest of them is cancelled."""
        for id_ in parent.children:
            child = book.orders.get(id_)
            if child is None or child.granted == abs(child.lots):
                continue
            if child.granted == abs(child.filled):
                self._end(book, child, "parent_ended", now)
            else:
                self._resize(book, child, child.granted if child.lots > 0 else -child.granted, now)

    def _resize(self, book: Book, order: WorkingOrder, lots: Lots, now: Nanoseconds) -> None:
        """Lowers the order's size, never below what is filled; nothing left is a cancel."""
        if abs(lots) > abs(order.lots):
            lots = order.lots  # its parent's end has lowered it further meanwhile
        if abs(lots) <= abs(order.filled):
            self._end(book, order, "nothing_left", now)
            return
        order.lots = lots
        parent = book.orders.get(order.parent)
        granted = min(order.granted, abs(lots)) if parent is None else _opened(order, parent)
        order.granted = granted
        self.reports.append(
            OrderReplaced(client_order_id=order.client_order_id, lots=lots, ts_event=now)
        )


def _start(order: WorkingOrder, market: Ticks | None) -> None:
    """A stop that the market is already at or beyond when it starts is a market order."""
    if order.order_type is _STOP and market is not None:
        order.triggered |= stop_met(order.lots, order.stop_ticks, market)


def _is_certain(book: Book, parent: WorkingOrder) -> bool:
    """Whether a bar that fills a parent inside must have filled it before it reached its stop.

    It must where a limit lies on the same side of the open as the stop, which lies behind it.
    """
    open_ = book.bar.open_ticks
    children = (book.orders.get(id_) for id_ in parent.children)
    stops = [c.stop_ticks for c in children if c is not None and c.order_type is _STOP]
    below = parent.limit_ticks < open_
    same = bool(stops) and all((ticks < open_) is below for ticks in stops)
    return same and parent.order_type is _LIMIT


def _opened(child: WorkingOrder, parent: WorkingOrder) -> Lots:
    """How many lots a child may work for: what its parent has filled beyond what it closes."""
    size = abs(child.lots)
    closing = max(0, abs(parent.lots) - size)
    return min(size, max(0, abs(parent.filled) - closing))
