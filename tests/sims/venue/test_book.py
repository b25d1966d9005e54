"""What the venue remembers of an instrument: the bar under way and the market it makes."""

import pytest

from sims.venue.book import NO_BAR, Book, Stance, working_order
from tests.sims.venue.floor import DAY, GTC, GTX, START, X, order
from trader.model.market import BarClosed
from trader.model.orders import SubmitOrder, TimeInForce
from trader.model.units import INT64_MAX, MINUTE_NS

BAR = BarClosed(X, MINUTE_NS, 101, 104, 96, 102, 9, START, START + MINUTE_NS)


@pytest.mark.parametrize(
    ("bar", "after_ns", "market", "is_inside"),
    [
        (NO_BAR, 0, None, False),
        (BAR, 0, 101, False),  # the open, and nothing of what comes
        (BAR, 1, 101, True),
        (BAR, MINUTE_NS - 1, 101, True),
        (BAR, MINUTE_NS, 102, False),  # the close
        (BAR, 5 * MINUTE_NS, 102, False),  # also long after it
    ],
)
def test_the_market_is_the_last_price_known(
    bar: BarClosed, after_ns: int, market: int | None, is_inside: bool
) -> None:
    book = Book(instrument=X, half=1, bar=bar)

    assert book.market(START + after_ns) == market
    assert book.inside(START + after_ns) is is_inside


def test_an_order_without_a_parent_may_fill_whole() -> None:
    working = working_order(order("o", -7, limit=5), START)

    assert (working.room, working.filled) == (7, 0)
    assert (working.limit_ticks, working.stop_ticks) == (5, 0)
    assert working.ts_arrived == START


def test_a_child_may_fill_nothing_before_its_parent_has() -> None:
    working = working_order(order("c", 7, stop=5, parent="e"), START)

    assert working.room == 0
    assert (working.limit_ticks, working.stop_ticks) == (0, 5)


def test_orders_share_no_list_of_children() -> None:
    first, second = (working_order(order(name, 1), START) for name in "ab")
    first.children = (*first.children, "c")

    assert second.children == ()


def book_of(*orders: SubmitOrder) -> Book:
    """A book with these orders, whose parents know them."""
    book = Book(instrument=X, half=1)
    for each in orders:
        working = book.orders[each.client_order_id] = working_order(each, START)
        if each.group:
            book.join(working)
        if each.parent:
            parent = book.orders[each.parent]
            parent.children = (*parent.children, each.client_order_id)
    return book


def test_an_order_that_gives_way_takes_its_family_along() -> None:
    """Its children and theirs; in a group it is last as well."""
    book = book_of(
        order("e", 5, group="g"),
        order("c", -5, parent="e", group="g"),
        order("x", 5, group="g"),
        order("d", 5, parent="c"),
        order("y", 5),
    )
    book.give_way(book.orders["e"])

    assert list(book.orders) == ["x", "y", "e", "c", "d"]
    assert list(book.groups["g"]) == ["x", "e", "c"]


def test_a_group_that_is_left_by_all_is_forgotten() -> None:
    book = book_of(order("a", 5, group="g"), order("b", 5, group="g"))

    book.part(book.orders["a"])
    assert list(book.groups["g"]) == ["b"]
    book.part(book.orders["b"])
    assert book.groups == {}


NEVER = (0, 0)


def calm_span(book: Book) -> tuple[int, int]:
    """Between which prices it is calm."""
    span = book.calm_low, book.calm_high
    return span if span[0] < span[1] else NEVER


@pytest.mark.parametrize(
    ("orders", "span"),
    [
        ((), (-INT64_MAX, INT64_MAX)),
        ((order("s", 5, stop=120),), (-INT64_MAX, 120)),
        ((order("s", -5, stop=90),), (90, INT64_MAX)),
        ((order("s", -5, stop=90), order("t", -5, stop=95), order("u", 5, stop=120)), (95, 120)),
        ((order("s", -5, stop=90), order("u", 5, stop=110), order("v", 5, stop=120)), (90, 110)),
        ((order("s", -5, stop=90, limit=130),), (90, INT64_MAX)),  # waits for its stop
        # what has no room yet waits for no price
        ((order("s", -5, stop=90), order("c", 5, stop=95, parent="s")), (90, INT64_MAX)),
        # who does not only wait
        ((order("s", -5, stop=90), order("m", 5)), NEVER),
        ((order("l", 5, limit=90),), NEVER),
    ],
)
def test_between_the_prices_that_orders_wait_for_it_is_calm(
    orders: tuple[SubmitOrder, ...], span: tuple[int, int]
) -> None:
    book = book_of(*orders)
    book.calm_low, book.calm_high = 0, 1_000
    book.calm()

    assert calm_span(book) == span


@pytest.mark.parametrize(("tif", "span"), [(GTC, (90, 110)), (DAY, (90, 110)), (GTX, NEVER)])
def test_limits_only_wait_once_they_have_met_an_opening(
    tif: TimeInForce, span: tuple[int, int]
) -> None:
    book = book_of(order("b", 5, limit=90, tif=tif), order("s", -5, limit=110, tif=tif))
    for each in book.orders.values():
        each.met = True
    book.calm()
    assert calm_span(book) == span

    book.orders["b"].stance = Stance.LATER
    book.calm()
    assert calm_span(book) == NEVER
