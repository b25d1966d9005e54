"""A book is built up from rows, and noticed to be wrong where one is missing."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.logic.order_book import (
    FUTURES,
    PLAIN,
    SPOT,
    WAITING_MAX,
    Change,
    Levels,
    OrderBook,
)
from trader.model.market import BookDelta
from trader.model.units import NONE

NOTHING, CHANGED, JOINED, LOST = Change


def row(  # a change of one level
    ticks: int, lots: int, first: int = NONE, last: int = NONE, before: int = NONE, side: int = 1
) -> BookDelta:
    return BookDelta("X", side, ticks, lots, first, last, before, 0, 1, 0)


def snapshot(last_id: int = NONE, *, bid: int = 99, ask: int = 101) -> list[BookDelta]:
    ids = (NONE, last_id, NONE)
    return [
        BookDelta("X", 1, bid, 5, *ids, 1, 0, 0),
        BookDelta("X", -1, ask, 7, *ids, 1, 1, 0),
    ]


def fed(book: OrderBook, *rows: BookDelta) -> list[Change]:
    return [book.apply(each) for each in rows]


# -- levels ---------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 3)), max_size=40))
def test_levels_are_what_was_said_of_them_last(said: list[tuple[int, int]]) -> None:
    levels, plain = Levels(), dict[int, int]()
    for ticks, lots in said:
        levels.set(ticks, lots)
        plain[ticks] = lots

    assert levels.lots == {ticks: lots for ticks, lots in plain.items() if lots}
    assert levels.ticks == sorted(levels.lots)


def test_the_top_of_an_empty_side_is_nothing() -> None:
    book = OrderBook()

    assert book.top() == (NONE, NONE, 0, 0)
    fed(book, *snapshot())
    assert book.top() == (99, 101, 5, 7)
    fed(book, row(99, 0))
    assert book.top() == (NONE, 101, 0, 7)


# -- messages -------------------------------------------------------------------------------------


def test_a_message_is_applied_with_its_last_row() -> None:
    book = OrderBook()
    first, last = snapshot()

    assert book.apply(first) is NOTHING
    assert book.top() == (NONE, NONE, 0, 0)
    assert book.apply(last) is JOINED
    assert book.top() == (99, 101, 5, 7)


def test_a_change_before_the_snapshot_waits_for_it() -> None:
    book = OrderBook()

    assert fed(book, row(100, 3)) == [NOTHING]
    assert fed(book, *snapshot()) == [NOTHING, JOINED]
    assert book.top() == (100, 101, 3, 7)


def test_not_everything_is_kept_that_waits() -> None:
    book = OrderBook()
    fed(book, *(row(50, 1) for _ in range(WAITING_MAX + 5)))

    assert len(book.waiting) == WAITING_MAX


@pytest.mark.parametrize(
    ("protocol", "snapshot_id", "rows", "changes"),
    [
        # Nobody numbers anything: as it comes.
        (PLAIN, NONE, [row(98, 1), row(98, 2)], [CHANGED, CHANGED]),
        # Each names the one before, else its own first and last.
        (PLAIN, 5, [row(98, 1, 6, 8, 5), row(98, 1, 9, 9, 8)], [CHANGED, CHANGED]),
        (PLAIN, 5, [row(98, 1, 6, 8, 4)], [LOST]),
        (PLAIN, 5, [row(98, 1, 6, 8), row(98, 1, 9, 9)], [CHANGED, CHANGED]),
        (PLAIN, 5, [row(98, 1, 7, 8)], [LOST]),
        (PLAIN, 5, [row(98, 1, 5, 5, 4)], [NOTHING]),  # it is known already
        # Spot: the first holds 6, each begins where the last one ended.
        (SPOT, 5, [row(98, 1, 3, 6), row(98, 1, 7, 9)], [CHANGED, CHANGED]),
        (SPOT, 5, [row(98, 1, 6, 6), row(98, 1, 8, 9)], [CHANGED, LOST]),
        (SPOT, 5, [row(98, 1, 7, 9)], [LOST]),
        (SPOT, 5, [row(98, 1, 3, 5), row(98, 1, 6, 7)], [NOTHING, CHANGED]),
        (SPOT, 5, [row(98, 1, 6, 7), row(98, 1, 7, 8)], [CHANGED, LOST]),
        # Futures: the first holds 5, each names the one before.
        (FUTURES, 5, [row(98, 1, 3, 5, 2), row(98, 1, 9, 12, 5)], [CHANGED, CHANGED]),
        (FUTURES, 5, [row(98, 1, 4, 7, 2), row(98, 1, 9, 12, 8)], [CHANGED, LOST]),
        (FUTURES, 5, [row(98, 1, 6, 7, 4)], [LOST]),
        (FUTURES, 5, [row(98, 1, 2, 4, 1), row(98, 1, 5, 9, 4)], [NOTHING, CHANGED]),
        (FUTURES, 5, [row(98, 1, 4, 7, 2), row(98, 1, 4, 7, 2)], [CHANGED, NOTHING]),
    ],
)
def test_how_changes_follow(
    protocol: str, snapshot_id: int, rows: list[BookDelta], changes: list[Change]
) -> None:
    """Whether they come after the snapshot or waited for it, they join it alike."""
    late = OrderBook(protocol)
    fed(late, *snapshot(snapshot_id))
    assert fed(late, *rows) == changes

    early = OrderBook(protocol)
    fed(early, *rows)
    said = early.apply(snapshot(snapshot_id)[0]), early.apply(snapshot(snapshot_id)[1])
    assert said[1] is (LOST if LOST in changes else JOINED)
    assert early.synced is (LOST not in changes)
    assert early.top() == late.top()
    assert early.gaps == late.gaps == changes.count(LOST)


def test_after_a_gap_the_book_is_empty_until_a_snapshot_takes_up_what_came_since() -> None:
    book = OrderBook(SPOT)
    fed(book, *snapshot(5), row(98, 1, 6, 6))

    assert fed(book, row(97, 1, 8, 9), row(100, 4, 10, 10)) == [LOST, NOTHING]
    assert (book.synced, book.top()) == (False, (NONE, NONE, 0, 0))
    assert fed(book, *snapshot(8)) == [NOTHING, JOINED]
    assert book.top() == (100, 101, 4, 7)


def test_a_snapshot_that_is_older_than_the_book_says_nothing() -> None:
    book = OrderBook(SPOT)
    fed(book, *snapshot(5), row(100, 1, 6, 9))

    assert fed(book, *snapshot(8, bid=90)) == [NOTHING, NOTHING]
    assert book.top() == (100, 101, 1, 7)
    assert fed(book, *snapshot(9, bid=90)) == [NOTHING, JOINED]
    assert book.top() == (90, 101, 5, 7)


def test_a_snapshot_without_numbers_replaces_the_book() -> None:
    book = OrderBook()
    fed(book, *snapshot(), row(100, 1))

    assert fed(book, *snapshot(bid=90)) == [NOTHING, JOINED]
    assert book.top() == (90, 101, 5, 7)


# -- whatever is lost -----------------------------------------------------------------------------

LEVELS = st.lists(
    st.tuples(st.sampled_from((1, -1)), st.integers(95, 105), st.integers(0, 4)),
    min_size=1,
    max_size=30,
)


@given(LEVELS, st.integers(0, 30), st.integers(0, 30))
def test_a_book_that_is_trusted_is_right(
    said: Sequence[tuple[int, int, int]], lost: int, at: int
) -> None:
    """One change is lost and the snapshot comes somewhere: trusted is only what is whole."""
    rows = [row(t, n, k, k, k - 1, side) for k, (side, t, n) in enumerate(said, 1)]
    at = min(at, len(rows))
    truth = OrderBook(SPOT)
    fed(truth, BookDelta("X", 1, 1, 1, NONE, 0, NONE, 1, 1, 0), *rows[:at])
    whole = [(1, t, n) for t, n in truth.bids.lots.items()]
    whole += [(-1, t, n) for t, n in truth.asks.lots.items()]
    joined = [
        BookDelta("X", *level, NONE, at, NONE, 1, int(k == len(whole)), 0)
        for k, level in enumerate(whole, 1)
    ]
    heard = [*rows[:at], *joined, *rows[at:]]
    if lost < len(rows):
        heard.remove(rows[lost])

    book = OrderBook(SPOT)
    fed(book, *heard)
    fed(truth, *rows[at:])

    if book.synced and (lost < at or lost >= len(rows)):
        assert book.bids == truth.bids
        assert book.asks == truth.asks
    if at <= lost < len(rows) - 1:
        assert not book.synced
