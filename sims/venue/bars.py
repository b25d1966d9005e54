"""Matching on bars: what fills at an opening and inside a bar, at what price, for how many lots.

A bar is seen in two moments, its opening and its inside, and nothing of the path between. Orders
are served in order of arrival; a bar gives all of them together no more than the configured share
of its volume. Orders that are judged by the first market they meet (IOC, FOK, GTX) end after the
fills of that moment.
"""

from collections.abc import Iterable
from typing import Final

from sims.venue.book import UNLIMITED, Book, Stance, WorkingOrder
from sims.venue.life import Fill, Life, trigger
from trader.kernels.matching import (
    joined_limit,
    limit_met,
    limit_passed,
    share,
    stop_met,
    stop_reached,
)
from trader.model.market import BarClosed
from trader.model.orders import Liquidity, TimeInForce
from trader.model.units import INT64_MAX, Lots, Nanoseconds, Ticks

_MAKER: Final = Liquidity.MAKER
_TAKER: Final = Liquidity.TAKER
_WAITS: Final = Stance.WAITS
_TAKES: Final = Stance.TAKES
_RESTS: Final = Stance.RESTS
_LATER: Final = Stance.LATER
_IOC: Final = TimeInForce.IOC
_FOK: Final = TimeInForce.FOK
_GTX: Final = TimeInForce.GTX
_HASTY: Final = (_IOC, _FOK)


class Bars:
    """Matches orders against bars."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._rules = life.rules
        self.ambiguous_bars = 0

    def joined(self, book: Book, order: WorkingOrder, now: Nanoseconds) -> None:
        """Judges a post-only order that has come right after an opening, by that opening."""
        is_new = order.time_in_force is _GTX and order.room and not order.met
        if is_new and book.opened(now) and not book.halted:
            order.met = True
            if limit_met(order.lots, order.limit_ticks, book.bar.open_ticks):
                self._life.refuse(book, order, now)

    # -- the opening ----------------------------------------------------------------------------

    def opening(self, book: Book, now: Nanoseconds) -> None:
        """Fills what trades at the opening price."""
        if book.halted:
            return
        self._begin(book)
        ticks, fill = book.bar.open_ticks, self._life.fill
        filled: list[WorkingOrder] = []
        judged: list[WorkingOrder] = []
        # Who has room as it begins meets it, whatever the fills of others leave of that.
        for order in [order for order in book.orders.values() if order.room]:
            if order.ended:
                continue
            at = self._at_opening(order, ticks)
            if order.judged:
                at = self._judged(book, order, at, judged, now)
            room = order.room
            if at is not None and room and book.budget:
                lots = min(room, book.budget)
                book.budget -= lots
                fill(book, order, lots, at, now)
                filled.append(order)
        if filled:
            self._follow(book, filled, now)
        if judged:
            self._end(book, judged, now)
        if filled or judged:
            book.calm_low = INT64_MAX  # as `disturb` does
        else:
            book.calm()

    def _follow(self, book: Book, filled: list[WorkingOrder], now: Nanoseconds) -> None:
        """What the fills of an opening lead to, once all of them have happened."""
        for order in filled:
            order.ts_opening = now
            if order.children:
                for child, _ in self._life.grant(book, order, book.bar.open_ticks, now):
                    if child.time_in_force is _GTX:
                        self.joined(book, child, now)
            if order.filled == order.lots:
                self._life.settle(book, order, now)

    def _at_opening(self, order: WorkingOrder, ticks: Ticks) -> Fill | None:
        stance, lots = order.stance, order.lots
        if stance is _TAKES:
            return self._rules.taken(ticks, lots), _TAKER
        if stance is _WAITS:
            if stop_met(lots, order.stop_ticks, ticks) and trigger(order) is _TAKES:
                return self._rules.taken(ticks, lots), _TAKER
            return None
        order.stance = _RESTS
        liquidity = _MAKER if order.met else _TAKER
        order.met = True
        return (ticks, liquidity) if limit_met(lots, order.limit_ticks, ticks) else None

    def _judged(
        self,
        book: Book,
        order: WorkingOrder,
        at: Fill | None,
        judged: list[WorkingOrder],
        now: Nanoseconds,
    ) -> Fill | None:
        """What an order gets that the first market it meets decides about; notes who ends by it."""
        time_in_force = order.time_in_force
        if time_in_force is _GTX:
            if at is None or at[1] is _MAKER:
                return at
            self._life.refuse(book, order, now)
            return None
        if order.stance is _WAITS or order.stance is _LATER:
            return None
        judged.append(order)
        short = order.size > min(order.room, book.budget)
        return None if time_in_force is _FOK and short else at

    def _end(self, book: Book, judged: Iterable[WorkingOrder], now: Nanoseconds) -> None:
        """Whoever wanted one market alone has had it."""
        for order in judged:
            if not order.ended:
                self._life.end(book, order, order.time_in_force.name.lower(), now)

    # -- the inside -----------------------------------------------------------------------------

    def inside(self, book: Book, now: Nanoseconds) -> None:
        """Fills what trades between the opening and the close."""
        bar = book.bar
        if book.halted or book.shut is bar:
            return
        for order in book.orders.values():
            if order.room and order.ts_arrived <= bar.ts_open and self._touched(order, bar):
                self._serve(book, bar, now)
                book.disturb()
                return

    def _serve(self, book: Book, bar: BarClosed, now: Nanoseconds) -> None:
        if book.served_ts != bar.ts_open:
            self._begin(book)
        orders = list(book.orders.values())
        held: dict[str, Lots] = {}
        judged: list[WorkingOrder] = []
        ambiguous = bool(book.groups) and self._decide(book, orders, held)
        for order in orders:
            room = order.room - held.get(order.client_order_id, 0)
            if room <= 0 or order.ts_arrived > bar.ts_open or not self._touched(order, bar):
                continue
            at = self._inside(order, bar)
            if order.judged:
                at = self._judged(book, order, at, judged, now)
            if at is not None and book.budget:
                lots = min(room, book.budget)
                book.budget -= lots
                self._life.fill(book, order, lots, at, now)
                if order.children:
                    ambiguous |= self._let_work(book, order, at[0], held, now)
                if order.filled == order.lots:
                    self._life.settle(book, order, now)
        self.ambiguous_bars += ambiguous
        self._end(book, judged, now)

    def _touched(self, order: WorkingOrder, bar: BarClosed) -> bool:
        """Whether the inside reaches a stop or goes through a limit.

        An order that wants the first opening it meets no inside fills.
        """
        if order.stance is _WAITS:
            return stop_reached(order.lots, order.stop_ticks, bar.low_ticks, bar.high_ticks)
        if order.stance is not _RESTS or order.time_in_force in _HASTY:
            return False
        limit, touch = order.limit_ticks, self._rules.touch
        return limit_passed(order.lots, limit, bar.low_ticks, bar.high_ticks, touch)

    def _inside(self, order: WorkingOrder, bar: BarClosed) -> Fill | None:
        """What a touched order gets."""
        lots = order.lots
        if order.stance is _RESTS:
            # One that joined the bar after its opening can be through the whole of it.
            return joined_limit(lots, order.limit_ticks, bar.low_ticks, bar.high_ticks), _MAKER
        if trigger(order) is _TAKES:
            return self._rules.taken(order.stop_ticks, lots), _TAKER
        return None

    def _let_work(
        self,
        book: Book,
        parent: WorkingOrder,
        ticks: Ticks,
        held: dict[str, Lots],
        now: Nanoseconds,
    ) -> bool:
        """Lets children of a fill inside a bar work; whether nobody knows what came first.

        What has been opened inside a bar only a stop can close in it: of limits it is held back.
        """
        market = parent.stop_ticks if parent.stance is _TAKES else ticks
        for child, before in self._life.grant(book, parent, market, now):
            if child.stance is _RESTS:
                held.setdefault(child.client_order_id, child.room - before)
        return not _is_certain(book, parent)

    def _decide(self, book: Book, orders: list[WorkingOrder], held: dict[str, Lots]) -> bool:
        """Decides for the stops of torn groups: their limits are held back. Whether there are any.

        Or, with `targets_first`, for the limits: the stops, with their own children, come last.
        """
        torn = self._torn(book, book.bar)
        if not torn:
            return False
        theirs = [order for order in orders if order.group in torn]
        if self._rules.targets_first:
            stops = [order.client_order_id for order in theirs if order.stance is _WAITS]
            orders.sort(key=lambda order: order.client_order_id in stops or order.parent in stops)
        else:
            held |= {order.client_order_id: UNLIMITED for order in theirs if order.stance is _RESTS}
        return True

    def _torn(self, book: Book, bar: BarClosed) -> list[str]:
        """The groups of which a stop is reached and a limit gone through, nobody knows which first.

        A limit that has traded at the opening was first.
        """
        torn = []
        for name, members in book.groups.items():
            touched = [
                order
                for order in members.values()
                if order.room and order.ts_arrived <= bar.ts_open and self._touched(order, bar)
            ]
            has_stop = any(order.stance is _WAITS for order in touched)
            late = (order.stance is _RESTS and order.ts_opening != bar.ts_open for order in touched)
            if has_stop and any(late):
                torn.append(name)
        return torn

    # -- volume ---------------------------------------------------------------------------------

    def _begin(self, book: Book) -> None:
        """A bar that has not been served yet has its whole share to give."""
        bar, rate = book.bar, self._rules.participation
        book.served_ts = bar.ts_open
        book.budget = UNLIMITED if rate is None else share(bar.lots, *rate)


def _is_certain(book: Book, parent: WorkingOrder) -> bool:
    """Whether a bar that fills a parent inside must have filled it before it reached its stop.

    It must where a limit lies on the same side of the open as the stop, which lies behind it.
    """
    open_ = book.bar.open_ticks
    found = (book.orders.get(id_) for id_ in parent.children)
    children = [child for child in found if child is not None]
    stops = [child.stop_ticks for child in children if child.is_stop]
    away = parent.limit_ticks - open_
    same = bool(stops) and all((ticks - open_) * away > 0 for ticks in stops)
    return not children or (same and parent.stance is _RESTS)
