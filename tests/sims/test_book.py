"""What the venue remembers of an instrument: the bar under way and the market it makes."""

import pytest

from sims.book import NO_BAR, Book, working_order
from tests.sims.floor import X, order
from tests.sims.making import START
from trader.model.market import BarClosed
from trader.model.units import MINUTE_NS

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

    assert (working.granted, working.filled) == (7, 0)
    assert (working.limit_ticks, working.stop_ticks) == (5, 0)
    assert working.ts_arrived == START


def test_a_child_may_fill_nothing_before_its_parent_has() -> None:
    working = working_order(order("c", 7, stop=5, parent="e"), START)

    assert working.granted == 0
    assert (working.limit_ticks, working.stop_ticks) == (0, 5)


def test_orders_share_no_list_of_children() -> None:
    first, second = (working_order(order(name, 1), START) for name in "ab")
    first.children.append("c")

    assert second.children == []
