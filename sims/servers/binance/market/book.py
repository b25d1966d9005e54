"""A book of two sides: what waits at each price, in the order in which it came.

Someone who waits is an order of an account, known by its id, or the street: everybody else, who
has no orders that anyone could name. Each change of a level's quantity gets an update id of its
own, one after the other, and is kept until it is collected.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Final, NamedTuple

from msgspec import Struct

from sims.servers.binance.amounts import ONE, product

STREET: Final = 0


class Change(NamedTuple):
    """A level's new quantity; 0 when nobody is left there."""

    is_bid: bool
    price: int
    quantity: int


class Resting(Struct):
    """One who waits at a level, and for how much."""

    order_id: int
    quantity: int


class Maker(NamedTuple):
    """Who is next to trade on a side."""

    price: int
    order_id: int
    quantity: int


class Book:
    """Both sides of one market."""

    def __init__(self) -> None:
        self.update_id = 0
        self.bids: Final = Ladder(self, is_bid=True)
        self.asks: Final = Ladder(self, is_bid=False)
        self._changes: list[Change] = []

    def side(self, *, is_bid: bool) -> "Ladder":
        """Return one of the two sides."""
        return self.bids if is_bid else self.asks

    def collect(self) -> list[Change]:
        """Return the changes since the last time; the last of them has `update_id`."""
        changes, self._changes = self._changes, []
        return changes

    def note(self, change: Change) -> None:
        """Number a change."""
        self.update_id += 1
        self._changes.append(change)


class Ladder:
    """One side: its levels from the best price to the worst."""

    def __init__(self, book: Book, *, is_bid: bool) -> None:
        self.is_bid: Final = is_bid
        self._book: Final = book
        self._sign: Final = -1 if is_bid else 1
        # Prices times the sign, so that the best comes first on either side.
        self._ranks: Final[list[int]] = []
        self._queues: Final[dict[int, list[Resting]]] = {}
        self._totals: Final[dict[int, int]] = {}

    def __len__(self) -> int:
        return len(self._ranks)

    @property
    def best(self) -> tuple[int, int]:
        """The best price and its quantity; zeros on an empty side."""
        if not self._ranks:
            return 0, 0
        price = self._ranks[0] * self._sign
        return price, self._totals[price]

    def levels(self, count: int | None = None) -> Iterator[tuple[int, int]]:
        """Yield prices and quantities from the best on, at most `count` of them."""
        for rank in self._ranks[:count]:
            price = rank * self._sign
            yield price, self._totals[price]

    def reaches(self, price: int, limit: int | None) -> bool:
        """Say whether someone with this limit would trade at `price`; None takes any price."""
        return limit is None or price * self._sign <= limit * self._sign

    def first(self, limit: int | None) -> Maker | None:
        """Return who is next, if `limit` reaches that far."""
        if not self._ranks:
            return None
        price = self._ranks[0] * self._sign
        if not self.reaches(price, limit):
            return None
        head = self._queues[price][0]
        return Maker(price, head.order_id, head.quantity)

    def found(self, quantity: int, limit: int | None) -> tuple[int, int]:
        """Return how much of `quantity` would trade, and the worst price of that; 0 for none."""
        left, worst = quantity, 0
        for price, total in self.levels():
            if left <= 0 or not self.reaches(price, limit):
                break
            left, worst = left - total, price
        return quantity - max(left, 0), worst

    def cost(self, quantity: int) -> int:
        """Return what so much of this side is worth, or what there is of it."""
        worth = 0
        for price, total in self.levels():
            found = min(quantity, total)
            worth, quantity = worth + product(price, found), quantity - found
            if not quantity:
                break
        return worth

    def worth(self, quote: int, step: int) -> int:
        """Return how much of this side `quote` would trade, in whole steps."""
        quantity = 0
        for price, total in self.levels():
            found = min(total, quote * ONE // price // step * step)
            quantity, quote = quantity + found, quote - product(price, found)
            if found < total:
                break
        return quantity

    def rest(self, price: int, order_id: int, quantity: int) -> None:
        """Let somebody wait at the end of a level's queue."""
        assert quantity > 0, (price, order_id)
        queue = self._queues.get(price)
        if queue is None:
            queue = self._queues[price] = []
            self._totals[price] = 0
            insort(self._ranks, price * self._sign)
        if queue and queue[-1].order_id == order_id == STREET:
            queue[-1].quantity += quantity
        else:
            queue.append(Resting(order_id, quantity))
        self._change(price, quantity)

    def take(self, maker: Maker, quantity: int) -> None:
        """Trade so much of who is next."""
        head = self._queues[maker.price][0]
        assert head.order_id == maker.order_id, (head, maker)
        self._shrink(maker.price, head, quantity)

    def withdraw(self, price: int, order_id: int, quantity: int) -> None:
        """Take so much of an order out of its level; the rest of it keeps its place."""
        [waiting] = [each for each in self._queues[price] if each.order_id == order_id]
        self._shrink(price, waiting, quantity)

    def street(self, price: int) -> int:
        """Return what the street has at a level."""
        queue = self._queues.get(price, ())
        return sum(each.quantity for each in queue if each.order_id == STREET)

    def set_street(self, price: int, quantity: int) -> None:
        """Let the street have so much at a level: who comes is last, and who was last goes."""
        surplus = self.street(price) - quantity
        if surplus < 0:
            self.rest(price, STREET, -surplus)
            return
        for waiting in reversed(self._queues.get(price, [])[:]):
            gone = min(surplus, waiting.quantity) if waiting.order_id == STREET else 0
            if gone:
                surplus -= gone
                self._shrink(price, waiting, gone)

    def _shrink(self, price: int, waiting: Resting, quantity: int) -> None:
        assert 0 < quantity <= waiting.quantity, (price, waiting, quantity)
        waiting.quantity -= quantity
        if not waiting.quantity:
            queue = self._queues[price]
            # By identity: two of the street may look alike.
            del queue[next(at for at, each in enumerate(queue) if each is waiting)]
        self._change(price, -quantity)

    def _change(self, price: int, difference: int) -> None:
        total = self._totals[price] + difference
        self._totals[price] = total
        if not total:
            del self._totals[price], self._queues[price]
            del self._ranks[bisect_left(self._ranks, price * self._sign)]
        self._book.note(Change(self.is_bid, price, total))
