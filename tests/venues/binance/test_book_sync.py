"""The documented way to join a book, on any sequence of changes, losses and late snapshots."""

from collections.abc import Iterable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.venues.binance.wire import GRID, NAME
from trader.logic.order_book import SPOT, Change, OrderBook
from trader.model.market import BookDelta
from trader.model.units import NONE
from trader.venues.binance.book_sync import KEPT_MAX, BookSync, Depth, DepthUpdate


def update(first: int, last: int, *levels: tuple[str, str]) -> DepthUpdate:
    """Changes of the bids."""
    return DepthUpdate(
        ts_ms=last, symbol="BTCUSDT", first_id=first, last_id=last, bids=levels, asks=()
    )


def depth(last: int, *levels: tuple[str, str]) -> Depth:
    return Depth(last_id=last, bids=levels, asks=(("70000", "1"),))


def ids(rows: Iterable[BookDelta]) -> list[tuple[int, int, int]]:
    return [(row.first_id, row.last_id, row.snapshot) for row in rows if row.last]


BID = ("60000", "0.5")


def test_changes_wait_for_a_snapshot_and_follow_it() -> None:
    sync = BookSync(GRID)
    wants = [sync.wants_snapshot]
    assert sync.change(update(5, 7, BID), 1) == []
    wants.append(sync.wants_snapshot)
    assert wants == [False, True]
    assert sync.change(update(8, 9, BID), 2) == []

    rows = sync.snapshot(depth(7, BID), 3)
    assert ids(rows) == [(7, 7, 1), (8, 9, 0)]
    assert sync.is_joined
    assert not sync.wants_snapshot
    assert ids(sync.change(update(10, 12, BID), 4)) == [(10, 12, 0)]


@pytest.mark.parametrize("last", [0, 3])
def test_a_snapshot_from_before_the_first_change_is_useless(last: int) -> None:
    sync = BookSync(GRID)
    sync.change(update(5, 7, BID), 1)

    assert sync.snapshot(depth(last, BID), 2) == []
    assert sync.wants_snapshot
    assert ids(sync.snapshot(depth(4, BID), 2)) == [(4, 4, 1), (5, 7, 0)]


def test_a_snapshot_may_fall_into_a_change() -> None:
    sync = BookSync(GRID)
    sync.change(update(5, 7, BID), 1)
    sync.change(update(8, 9, BID), 1)

    assert ids(sync.snapshot(depth(6, BID), 2)) == [(6, 6, 1), (7, 7, 0), (8, 9, 0)]


def test_a_snapshot_may_be_newer_than_all_that_was_kept() -> None:
    sync = BookSync(GRID)
    sync.change(update(5, 7, BID), 1)

    assert ids(sync.snapshot(depth(9, BID), 2)) == [(9, 9, 1)]
    assert sync.change(update(8, 9, BID), 3) == []
    assert ids(sync.change(update(8, 11, BID), 3)) != []


def test_a_change_that_repeats_is_passed_over() -> None:
    sync = BookSync(GRID)
    sync.change(update(5, 7, BID), 1)
    sync.snapshot(depth(7, BID), 2)

    assert sync.change(update(5, 7, BID), 3) == []
    assert sync.gaps == 0


def test_a_hole_starts_over_and_says_so() -> None:
    sync = BookSync(GRID)
    sync.change(update(5, 7, BID), 1)
    sync.snapshot(depth(7, BID), 2)

    assert ids(sync.change(update(9, 9, BID), 3)) == [(9, 9, 0)]
    assert (sync.gaps, sync.is_joined, sync.wants_snapshot) == (1, False, True)
    assert ids(sync.snapshot(depth(8, BID), 4)) == [(8, 8, 1), (9, 9, 0)]


def test_a_hole_in_what_was_kept_forgets_what_lies_before_it() -> None:
    sync = BookSync(GRID)
    sync.change(update(5, 7, BID), 1)
    sync.change(update(9, 9, BID), 1)

    assert sync.snapshot(depth(7, BID), 2) == []
    assert ids(sync.snapshot(depth(8, BID), 2)) == [(8, 8, 1), (9, 9, 0)]


def test_a_change_without_levels_leaves_no_hole() -> None:
    sync = BookSync(GRID)
    sync.change(update(5, 7, BID), 1)
    sync.snapshot(depth(7, BID), 2)

    assert sync.change(update(8, 9), 3) == []
    assert ids(sync.change(update(10, 10, BID), 3)) == [(8, 10, 0)]


def test_an_empty_snapshot_is_none() -> None:
    sync = BookSync(GRID)
    sync.change(update(5, 7, BID), 1)
    assert sync.snapshot(Depth(last_id=7, bids=(), asks=()), 2) == []
    assert not sync.is_joined


def test_what_is_kept_is_bounded() -> None:
    sync = BookSync(GRID)
    for number in range(KEPT_MAX + 5):
        sync.change(update(number, number, BID), 1)

    assert sync.snapshot(depth(3, BID), 2) == []
    assert len(ids(sync.snapshot(depth(4, BID), 2))) == KEPT_MAX + 1


def test_rows_are_in_ticks_and_lots_and_the_last_one_is_marked() -> None:
    sync = BookSync(GRID)
    sync.change(update(5, 7, BID), 1)
    rows = sync.snapshot(depth(7, BID), 2)

    assert rows == [
        BookDelta(NAME, 1, 6_000_000, 50_000, 7, 7, NONE, 1, 0, 2),
        BookDelta(NAME, -1, 7_000_000, 100_000, 7, 7, NONE, 1, 1, 2),
    ]


# -- any sequence ---------------------------------------------------------------------------------

LEVELS = st.tuples(st.booleans(), st.integers(1, 6), st.integers(0, 3))
UPDATES = st.lists(
    st.tuples(st.integers(1, 4), st.lists(LEVELS, max_size=3)), min_size=1, max_size=30
)


class World:
    """The true book, and each of its pasts: what a venue knows."""

    def __init__(self) -> None:
        self.last_id = 100
        self.sides: tuple[dict[int, int], dict[int, int]] = ({1: 1}, {9: 1})
        self.pasts: list[Depth] = []

    def change(self, steps: int, levels: list[tuple[bool, int, int]]) -> DepthUpdate:
        self.pasts.append(self.depth())
        first, self.last_id = self.last_id + 1, self.last_id + steps
        for is_ask, price, size in levels:
            self.sides[is_ask][price] = size
        texts = [(is_ask, str(price), str(Decimal(size))) for is_ask, price, size in levels]
        return DepthUpdate(
            ts_ms=1,
            symbol="BTCUSDT",
            first_id=first,
            last_id=self.last_id,
            bids=tuple(level[1:] for level in texts if not level[0]),
            asks=tuple(level[1:] for level in texts if level[0]),
        )

    def depth(self) -> Depth:
        bids, asks = (
            tuple((str(price), str(size)) for price, size in side.items() if size)
            for side in self.sides
        )
        return Depth(last_id=self.last_id, bids=bids, asks=asks)

    def book(self) -> tuple[dict[int, int], dict[int, int]]:
        bids, asks = (
            {GRID.ticks(str(price)): GRID.lots(str(size)) for price, size in side.items() if size}
            for side in self.sides
        )
        return bids, asks


@given(
    updates=UPDATES,
    lost=st.sets(st.integers(0, 29)),
    twice=st.sets(st.integers(0, 29)),
    lags=st.lists(st.integers(0, 3), min_size=30, max_size=30),
    asks=st.sets(st.integers(0, 29)),
)
def test_a_book_that_is_joined_is_the_true_one(
    updates: list[tuple[int, list[tuple[bool, int, int]]]],
    lost: set[int],
    twice: set[int],
    lags: list[int],
    asks: set[int],
) -> None:
    """Whatever is lost or comes twice, and however old snapshots are: never a wrong book."""
    world, sync, book = World(), BookSync(GRID), OrderBook(SPOT)
    for number, (steps, levels) in enumerate(updates):
        change = world.change(steps, levels)
        rows: list[BookDelta] = []
        if number not in lost:
            rows += sync.change(change, 1)
        if number in twice and number not in lost:
            rows += sync.change(change, 1)
        if sync.wants_snapshot and number in asks:
            known = [*world.pasts, world.depth()]
            rows += sync.snapshot(known[max(0, len(known) - 1 - lags[number])], 1)
        for row in rows:
            book.apply(row)
        if sync.is_joined and number not in lost:
            assert book.synced
            assert (book.bids.lots, book.asks.lots) == world.book()


@given(updates=UPDATES)
def test_once_nothing_is_lost_it_is_joined(
    updates: list[tuple[int, list[tuple[bool, int, int]]]],
) -> None:
    world, sync, book = World(), BookSync(GRID), OrderBook(SPOT)
    for steps, levels in updates:
        rows = sync.change(world.change(steps, levels), 1)
        if sync.wants_snapshot:
            rows += sync.snapshot(world.depth(), 1)
        assert sync.is_joined
        for row in rows:
            assert book.apply(row) is not Change.LOST
    assert sync.gaps == 0
    assert (book.bids.lots, book.asks.lots) == world.book()
