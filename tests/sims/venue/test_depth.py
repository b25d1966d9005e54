"""Orders on a book: they walk its levels, and what they took comes back with the next message."""

import pytest

from sims.venue import VenueRules
from tests.sims.venue.floor import FOK, GTX, IOC, order
from tests.sims.venue.ticker import Ticker

BIDS = {99: 5, 98: 10, 95: 20}
ASKS = {101: 5, 102: 10, 105: 20}


def booked(rules: VenueRules | None = None, *, prints: bool = False) -> Ticker:
    ticker = Ticker("depth", rules, prints=prints)
    ticker.book_is(BIDS, ASKS)
    return ticker


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (order("o", 4), [("o", 4, 101)]),
        (order("o", 12), [("o", 5, 101), ("o", 7, 102)]),
        (order("o", -12), [("o", -5, 99), ("o", -7, 98)]),
        (order("o", 99), [("o", 5, 101), ("o", 10, 102), ("o", 20, 105)]),
        (order("o", 12, limit=101), [("o", 5, 101)]),
        (order("o", -99, limit=98), [("o", -5, 99), ("o", -10, 98)]),
        (
            order("o", 99, tif=IOC),
            [*[("o", n, t) for t, n in ASKS.items()], ("o", "canceled", "ioc")],
        ),
        (order("o", 16, limit=102, tif=FOK), [("o", "canceled", "fok")]),
        (order("o", 15, limit=102, tif=FOK), [("o", 5, 101), ("o", 10, 102)]),
        (order("o", 4, limit=101, tif=GTX), [("o", "OrderRejected", "post_only")]),
        (order("o", 4, limit=100, tif=GTX), []),
        (order("o", 8, stop=101), [("o", 5, 101), ("o", 3, 102)]),
        (order("o", 8, stop=102), []),
    ],
)
def test_an_order_walks_the_levels(sent: object, said: list[object]) -> None:
    assert booked().send(sent) == said  # type: ignore[arg-type]


def test_each_level_is_worsened_by_itself() -> None:
    ticker = booked(VenueRules(slippage_ticks=1))

    assert ticker.send(order("o", 12)) == [("o", 5, 102), ("o", 7, 103)]


def test_what_was_taken_is_gone_until_the_next_message() -> None:
    ticker = booked()

    assert ticker.send(order("a", 7), order("b", 7)) == [
        *[("a", 5, 101), ("a", 2, 102)],
        ("b", 7, 102),
    ]
    assert ticker.send(order("c", 3)) == [("c", 1, 102), ("c", 2, 105)]
    assert ticker.level(1, 90, 1) == []
    assert ticker.send(order("d", 7)) == [("d", 5, 101), ("d", 2, 102)]


def test_who_rests_is_filled_at_its_own_price_by_all_that_comes_to_it() -> None:
    ticker = booked()
    ticker.send(order("a", 8, limit=100), order("b", 4, limit=100))

    assert ticker.level(-1, 100, 3) == [("a", 3, 100)]
    assert ticker.level(-1, 99, 6) == [("a", 5, 100), ("b", 4, 100)]


def test_the_volume_ahead_is_known_at_every_level() -> None:
    ticker = booked(VenueRules(by_volume=True), prints=True)
    ticker.send(order("o", 8, limit=98), order("f", 8, limit=97))

    assert ticker.trade(98, 10, -1) == []
    assert ticker.trade(98, 3, -1) == [("o", 3, 98)]
    assert ticker.level(1, 98, 2) == []
    assert ticker.trade(97, 3, -1) == [("o", 3, 98)]  # through the one, and at the other
    assert ticker.trade(97, 3, -1) == [("o", 2, 98), ("f", 1, 97)]


def test_without_a_book_there_is_no_market() -> None:
    ticker = Ticker("depth")

    assert ticker.send(order("o", 4), order("i", 4, tif=IOC)) == []
    assert ticker.level(-1, 101, 5) == []  # nobody knows what it is a change of
    assert ticker.book_is(BIDS, ASKS) == [("o", 4, 101), ("i", 1, 101), *LEFT]


LEFT = [("i", 3, 102)]


def test_a_gap_takes_the_market_away_until_the_next_snapshot() -> None:
    ticker = booked()
    ticker.level(1, 90, 1, 5, 6, 4)
    ticker.send(order("r", 4, limit=100))

    assert ticker.level(-1, 100, 9, 9, 9, 8) == []  # 7 is missing
    assert ticker.send(order("o", 4)) == []
    assert ticker.book_is(BIDS, {100: 50}) == [("r", 4, 100), ("o", 4, 100)]


def test_an_old_book_cannot_be_taken() -> None:
    ticker = booked()
    ticker.waits(61)

    assert ticker.send(order("o", 4)) == []
    assert ticker.level(1, 90, 1) == [("o", 4, 101)]


def test_a_split_makes_the_book_worthless() -> None:
    ticker = booked()
    ticker.split(2, 1)

    assert ticker.send(order("o", 4)) == []
