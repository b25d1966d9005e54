"""Both sides of a book keep price and time, and number each change of a level."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sims.servers.binance.market.book import STREET, Book, Maker


@pytest.mark.parametrize(("is_bid", "best"), [(True, 102), (False, 100)])
def test_the_best_price_comes_first_and_the_oldest_at_it(is_bid: bool, best: int) -> None:
    side = Book().side(is_bid=is_bid)
    for order_id, price in enumerate([101, best, 102, 100, best], start=1):
        side.rest(price, order_id, 10)

    taken = []
    while maker := side.first(None):
        taken.append(maker.order_id)
        side.take(maker, maker.quantity)

    assert taken == ([2, 3, 5, 1, 4] if is_bid else [2, 4, 5, 1, 3])
    assert (len(side), side.best) == (0, (0, 0))


@pytest.mark.parametrize(("limit", "found"), [(None, (8, 102)), (101, (7, 101)), (99, (0, 0))])
def test_a_limit_says_how_far_somebody_goes(limit: int | None, found: tuple[int, int]) -> None:
    asks = Book().asks
    for price, quantity in [(100, 3), (101, 4), (102, 5)]:
        asks.rest(price, STREET, quantity)

    assert asks.found(8, limit) == found
    assert (asks.first(limit) is None) is (limit == 99)


def test_who_of_the_street_came_last_goes_first() -> None:
    bids = Book().bids
    bids.set_street(100, 5)
    bids.rest(100, 7, 2)
    bids.set_street(100, 8)
    bids.set_street(100, 4)

    assert bids.first(None) == Maker(100, STREET, 4)
    assert (bids.best, bids.street(100)) == ((100, 6), 4)
    bids.set_street(100, 0)
    assert bids.first(None) == Maker(100, 7, 2)


def test_what_is_left_of_an_order_keeps_its_place() -> None:
    asks = Book().asks
    asks.rest(100, 1, 5)
    asks.rest(100, 2, 5)
    asks.withdraw(100, 1, 3)

    assert asks.first(None) == Maker(100, 1, 2)


STEPS = st.one_of(
    st.tuples(st.just("street"), st.booleans(), st.integers(1, 8), st.integers(0, 9)),
    st.tuples(st.just("rest"), st.booleans(), st.integers(1, 8), st.integers(1, 9)),
    st.tuples(st.just("take"), st.booleans(), st.integers(1, 8), st.integers(1, 9)),
)


@given(st.lists(STEPS, max_size=60))
def test_whoever_follows_the_changes_has_the_same_book(steps: list[tuple[Any, ...]]) -> None:
    book = Book()
    copies: dict[bool, dict[int, int]] = {True: {}, False: {}}
    numbered = 0

    for order_id, step in enumerate(steps, start=1):
        play(book, order_id, step)
        changes = book.collect()
        numbered += len(changes)
        for change in changes:
            if change.quantity:
                copies[change.is_bid][change.price] = change.quantity
            else:
                del copies[change.is_bid][change.price]

        assert book.update_id == numbered
        for is_bid, copy in copies.items():
            levels = list(book.side(is_bid=is_bid).levels())
            assert levels == sorted(copy.items(), reverse=is_bid)


def play(book: Book, order_id: int, step: tuple[Any, ...]) -> None:
    side = book.side(is_bid=step[1])
    match step:
        case ("street", _, price, quantity):
            side.set_street(price, quantity)
        case ("rest", _, price, quantity):
            side.rest(price, order_id, quantity)
        case ("take", _, limit, quantity):
            while quantity and (maker := side.first(limit)):
                taken = min(quantity, maker.quantity)
                side.take(maker, taken)
                quantity -= taken
        case _:
            raise AssertionError(step)
