"""Orders where there are prints alone: a market order takes the next one."""

import pytest

from sims.venue import VenueRules
from tests.sims.venue.floor import FOK, GTX, IOC, order
from tests.sims.venue.ticker import Ticker


def printing(**rules: object) -> Ticker:
    """A market that has printed 100 once."""
    ticker = Ticker("trades", VenueRules(**rules))  # type: ignore[arg-type]
    ticker.trade(100)
    return ticker


def test_a_print_that_has_passed_is_gone() -> None:
    ticker = printing(slippage_ticks=1)

    assert ticker.send(order("a", 8), order("b", 8)) == []
    assert ticker.trade(102, 10, 1) == [("a", 8, 103), ("b", 2, 103)]
    assert ticker.trade(101, 10, -1) == [("b", 6, 102)]
    assert {fill[3] for fill in ticker.fills()} == {"TAKER"}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (order("o", 14, tif=IOC), [("o", 10, 102), ("o", "canceled", "ioc")]),
        (order("o", 8, limit=102, tif=IOC), [("o", 8, 102)]),
        (order("o", 8, limit=101, tif=IOC), [("o", "canceled", "ioc")]),
        (order("o", 14, tif=FOK), [("o", "canceled", "fok")]),
        (order("o", 10, tif=FOK), [("o", 10, 102)]),
        (order("o", 8, limit=102, tif=GTX), [("o", "OrderRejected", "post_only")]),
        (order("o", 8, limit=101, tif=GTX), []),
        # A limit that stays is filled at its price by what goes through it.
        (order("o", 8, limit=102), []),
        (order("o", 8, limit=103), [("o", 8, 103)]),
        # A stop becomes an order at the print that triggers it, and takes the one after it.
        (order("o", 8, stop=102), []),
        # One that the market is beyond when it comes takes the next print, wherever that is.
        (order("o", 8, stop=100), [("o", 8, 102)]),
        (order("o", -8, stop=100), [("o", -8, 102)]),
    ],
)
def test_what_the_next_print_does(sent: object, said: list[object]) -> None:
    ticker = printing()
    assert ticker.send(sent) == []  # type: ignore[arg-type]

    assert ticker.trade(102) == said


def test_a_stop_takes_the_print_after_the_one_that_triggers_it() -> None:
    ticker = printing()
    ticker.send(order("m", 8, stop=102), order("l", 8, stop=102, limit=101))

    assert ticker.trade(102) == []
    assert ticker.trade(100) == [("m", 8, 100), ("l", 2, 101)]


def test_who_rests_is_filled_by_what_goes_through_it() -> None:
    ticker = printing()
    ticker.send(order("a", 8, limit=99), order("b", 8, limit=99))

    assert ticker.trade(99, 50) == []
    assert ticker.trade(98, 12) == [("a", 8, 99), ("b", 4, 99)]
    assert {fill[3] for fill in ticker.fills()} == {"MAKER"}


def test_nobody_shows_what_is_ahead() -> None:
    ticker = printing(by_volume=True)
    ticker.send(order("a", 8, limit=99))

    assert ticker.trade(99, 1_000, -1) == []


def test_a_post_only_order_that_has_met_a_print_rests() -> None:
    ticker = printing()
    ticker.send(order("a", 8, limit=99, tif=GTX))

    assert ticker.trade(100) == []
    assert ticker.trade(98) == [("a", 8, 99)]


def test_protection_meets_the_print_that_filled_its_entry() -> None:
    """A print below a buy limit is below the stop as well: the stop takes the next one."""
    ticker = printing()
    ticker.send(order("e", 5, limit=99), order("s", -5, stop=98, parent="e"))

    assert ticker.trade(97) == [("e", 5, 99)]
    assert ticker.trade(96) == [("s", -5, 96)]
