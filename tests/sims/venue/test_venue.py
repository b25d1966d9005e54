"""The venue as a whole: many instruments, one voice."""

from fractions import Fraction

import pytest

from sims.venue import Venue, VenueRules
from tests.sims.venue.floor import DAY, START, order, short
from trader.model.market import BarClosed
from trader.model.orders import OrderFilled
from trader.model.units import MINUTE_NS

TENTH = VenueRules(participation=(1, 10), taker=Fraction(1, 100))


def opens(venue: Venue, name: str, ticks: int, lots: int) -> None:
    book = venue.books[name]
    book.bar = BarClosed(
        name, MINUTE_NS, ticks, ticks, ticks, ticks, lots, START, START + MINUTE_NS
    )
    venue.opening(book, START)


def test_instruments_do_not_touch_each_other() -> None:
    """Neither their volume nor their groups nor their halts; trades are numbered for all."""
    venue = Venue({"A": 1, "B": 50}, TENTH)
    for name in "AB":
        venue.submit(order(f"{name}1", 5, instrument=name, group="g"), START)
        venue.submit(order(f"{name}2", 5, instrument=name), START)
    venue.reports.clear()
    opens(venue, "A", 100, 70)
    opens(venue, "B", 200, 50)

    fills = [each for each in venue.reports if isinstance(each, OrderFilled)]
    assert [short(each) for each in fills] == [
        ("A1", 5, 100),
        ("A2", 2, 100),
        ("B1", 5, 200),
    ]
    assert [each.trade_id for each in fills] == ["1", "2", "3"]
    assert venue.trades == 3
    # A tick x lot is worth 2 and 100 quanta.
    assert [each.fee for each in fills] == [10, 4, 1_000]


def test_a_halt_and_a_session_are_one_instruments_alone() -> None:
    venue = Venue({"A": 1, "B": 1}, VenueRules())
    for name in "AB":
        venue.submit(order(name, 5, instrument=name, limit=50, tif=DAY), START)
        venue.submit(order(f"{name}m", 5, instrument=name), START)
    venue.reports.clear()
    venue.halted("A")
    opens(venue, "A", 100, 70)
    opens(venue, "B", 100, 70)
    venue.session_closed(["B"], START + MINUTE_NS)

    assert [short(each) for each in venue.reports] == [
        ("Bm", 5, 100),
        ("B", "expired", "session_closed"),
    ]


def test_a_parent_in_another_instrument_is_unknown() -> None:
    venue = Venue({"A": 1, "B": 1}, VenueRules())
    venue.submit(order("e", 5, instrument="A", limit=50), START)
    venue.reports.clear()
    venue.submit(order("c", -5, instrument="B", stop=50, parent="e"), START)

    assert [short(each) for each in venue.reports] == [("c", "OrderRejected", "unknown_parent")]


@pytest.mark.parametrize(
    ("kinds", "kind"), [(None, "bars"), ({"A": "quotes"}, "quotes"), ({}, "bars")]
)
def test_a_book_knows_what_it_is_matched_on(kinds: dict[str, str] | None, kind: str) -> None:
    assert Venue({"A": 1}, VenueRules(), kinds).books["A"].kind == kind
