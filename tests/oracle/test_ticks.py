"""The venue on quotes, prints and books, worked by hand."""

from fractions import Fraction

import pytest

from tests.oracle.market import Instrument, Sessions
from tests.oracle.orders import Ended, Fill, Order, VenueRules
from tests.oracle.ticks import SECOND_NS, Print, Quote, TickVenue

ONE = Instrument("X", Fraction(1), Fraction(1))
SLIP = VenueRules(slippage_ticks=2)
NOW = 100 * SECOND_NS
Told = tuple[int, int, int, bool]  # order, lots, ticks, taker


def venue(
    *,
    quotes: bool = True,
    prints: bool = False,
    rules: VenueRules | None = None,
    by_volume: bool = False,
    sessions: Sessions | None = None,
) -> TickVenue:
    return TickVenue(
        rules or VenueRules(),
        ONE,
        has_quotes=quotes,
        has_prints=prints,
        by_volume=by_volume,
        sessions=sessions,
    )


def order(
    number: int,
    lots: int,
    limit: int | None = None,
    stop: int | None = None,
    tif: str = "GTC",
    parent: int | None = None,
) -> Order:
    kinds = {(0, 0): "market", (1, 0): "limit", (0, 1): "stop", (1, 1): "stop_limit"}
    kind = kinds[int(limit is not None), int(stop is not None)]
    return Order(number, 0, 0, "s", "X", kind, lots, limit, stop, parent, abs(lots), tif)


def fills(found: TickVenue) -> list[Told]:
    return [
        (each.order.number, each.lots, each.ticks, each.taker)
        for each in found.reports
        if isinstance(each, Fill)
    ]


def ends(found: TickVenue) -> list[tuple[int, str]]:
    return [(each.order.number, each.reason) for each in found.reports if isinstance(each, Ended)]


def quote(bid: int = 98, ask: int = 100, bid_lots: int = 5, ask_lots: int = 5) -> Quote:
    return Quote(bid, ask, bid_lots, ask_lots)


@pytest.mark.parametrize(
    ("sent", "rules", "found"),
    [
        (order(1, 3), None, [(1, 3, 100, True)]),
        (order(1, 3), SLIP, [(1, 3, 102, True)]),
        (order(1, -3), SLIP, [(1, -3, 96, True)]),
        (order(1, 9), None, [(1, 5, 100, True)]),
        (order(1, 3, limit=101), SLIP, [(1, 3, 100, True)]),  # at the quote's price, unworsened
        (order(1, 3, limit=99), None, []),
        (order(1, 3, stop=100), SLIP, [(1, 3, 102, True)]),  # already beyond the ask
        (order(1, 3, stop=101), None, []),
        (order(1, 3, limit=100, stop=99), None, [(1, 3, 100, True)]),
    ],
)
def test_what_comes_takes_what_stands(
    sent: Order, rules: VenueRules | None, found: list[Told]
) -> None:
    market = venue(rules=rules)
    market.quote(quote(), NOW)
    market.arrive(sent, NOW)

    assert fills(market) == found


@pytest.mark.parametrize(("seconds", "filled"), [(60, True), (61, False)])
def test_a_quote_that_is_too_old_is_not_taken(seconds: int, filled: bool) -> None:
    market = venue()
    market.quote(quote(), NOW)
    market.arrive(order(1, 3), NOW + seconds * SECOND_NS)

    assert bool(fills(market)) is filled


def test_one_size_serves_all_until_the_next_row() -> None:
    market = venue()
    market.quote(quote(), NOW)
    market.arrive(order(1, 3), NOW)
    market.arrive(order(2, 4), NOW)
    market.quote(quote(ask=101), NOW)

    assert fills(market) == [(1, 3, 100, True), (2, 2, 100, True), (2, 2, 101, True)]


def test_a_limit_that_rests_fills_at_its_price_when_the_quote_comes_to_it() -> None:
    market = venue()
    market.quote(quote(), NOW)
    market.arrive(order(1, 7, limit=99), NOW)
    market.quote(quote(bid=95, ask=97), NOW)

    assert fills(market) == [(1, 5, 99, False)]


def test_a_quote_without_a_size_is_unlimited_and_one_without_a_side_is_no_market() -> None:
    market = venue()
    market.quote(Quote(98, None, 5, None), NOW)
    market.arrive(order(1, 700), NOW)
    market.quote(Quote(98, 100, 5, None), NOW)

    assert fills(market) == [(1, 700, 100, True)]


def test_a_crossed_quote_has_not_come() -> None:
    market = venue()
    market.arrive(order(1, 3), NOW)
    market.quote(quote(bid=101, ask=100), NOW)

    assert fills(market) == []


@pytest.mark.parametrize(
    ("sent", "found", "over"),
    [
        (order(1, 9, tif="IOC"), [(1, 5, 100, True)], [(1, "ioc")]),
        (order(1, 9, tif="FOK"), [], [(1, "fok")]),
        (order(1, 5, tif="FOK"), [(1, 5, 100, True)], []),
        (order(1, 5, limit=99, tif="IOC"), [], [(1, "ioc")]),
        (order(1, 5, limit=100, tif="GTX"), [], [(1, "post_only")]),
        (order(1, 5, limit=99, tif="GTX"), [], []),
    ],
)
def test_the_first_market_met_is_all_there_is(
    sent: Order, found: list[Told], over: list[tuple[int, str]]
) -> None:
    market = venue()
    market.quote(quote(), NOW)
    market.arrive(sent, NOW)

    assert fills(market) == found
    assert ends(market) == over


def test_a_child_comes_with_its_parents_fill() -> None:
    market = venue()
    market.arrive(order(1, 3), NOW)
    market.arrive(order(2, -3, limit=97, parent=1), NOW)
    market.quote(quote(), NOW)

    assert fills(market) == [(1, 3, 100, True), (2, -3, 98, True)]


# -- prints ---------------------------------------------------------------------------------------


def test_prints_alone() -> None:
    """A market order takes the next one; a limit needs one that goes through it."""
    market = venue(quotes=False, prints=True, rules=SLIP)
    market.trade(Print(100, 9), NOW)
    market.arrive(order(1, 3), NOW)
    market.arrive(order(2, 8, limit=101), NOW)
    market.trade(Print(101, 7), NOW)
    market.trade(Print(100, 7), NOW)

    assert fills(market) == [(1, 3, 103, True), (2, 7, 101, False)]


def test_one_print_serves_all_in_order_of_arrival() -> None:
    market = venue(prints=True)
    market.quote(quote(), NOW)
    for number in (1, 2):
        market.arrive(order(number, 4, limit=97), NOW)
    market.trade(Print(96, 6, -1), NOW)

    assert fills(market) == [(1, 4, 97, False), (2, 2, 97, False)]


def test_a_print_triggers_a_stop_that_takes_the_quote() -> None:
    """The ask is at 100 all the time: where prints are told it triggers nothing."""
    market = venue(prints=True)
    market.quote(quote(), NOW)
    market.arrive(order(1, 3, stop=99), NOW)
    market.trade(Print(99, 1), NOW)

    assert fills(market) == [(1, 3, 100, True)]


def test_with_prints_alone_a_stop_takes_the_print_after_its_trigger() -> None:
    market = venue(quotes=False, prints=True)
    market.arrive(order(1, 3, stop=99), NOW)
    market.trade(Print(99, 9), NOW)
    market.trade(Print(97, 9), NOW)

    assert fills(market) == [(1, 3, 97, True)]


@pytest.mark.parametrize(
    ("bid", "bid_lots", "trades", "found"),
    [
        # ten are in front at 98; eight and then six are sold there: four of them are ours
        (98, 10, [Print(98, 8, -1), Print(98, 6, -1)], [(1, 4, 98, False)]),
        # buyers do not take bids
        (98, 1, [Print(98, 8, 1)], []),
        # nobody says who was the aggressor: it counts
        (98, 1, [Print(98, 8, 0)], [(1, 5, 98, False)]),
        # better than the best: nothing is in front
        (97, 10, [Print(98, 2, -1)], [(1, 2, 98, False)]),
        # behind the best nobody knows
        (99, 10, [Print(98, 9, -1)], []),
    ],
)
def test_the_queue_by_volume(
    bid: int, bid_lots: int, trades: list[Print], found: list[Told]
) -> None:
    market = venue(prints=True, by_volume=True)
    market.quote(quote(bid=bid, bid_lots=bid_lots), NOW)
    market.arrive(order(1, 5, limit=98), NOW)
    for row in trades:
        market.trade(row, NOW)

    assert fills(market) == found


# -- books ----------------------------------------------------------------------------------------


def test_orders_walk_the_book_and_what_rests_is_met_by_all_of_it_at_once() -> None:
    market = venue(rules=SLIP)
    market.book({98: 3}, {100: 2, 101: 3, 105: 9}, NOW)
    market.arrive(order(1, 7), NOW)
    market.arrive(order(2, 9, limit=99), NOW)
    market.book({90: 3}, {97: 2, 99: 3, 100: 9}, NOW)

    assert fills(market) == [
        (1, 2, 102, True),
        (1, 3, 103, True),
        (1, 2, 107, True),
        (2, 5, 99, False),
    ]


# -- the rest -------------------------------------------------------------------------------------


def test_a_halt_a_session_and_a_split() -> None:
    market = venue()
    market.halt("X", is_over=False)
    market.quote(quote(), NOW)
    market.arrive(order(1, 3), NOW)
    market.arrive(order(2, 3, limit=90, tif="DAY"), NOW)
    market.arrive(order(3, 1, limit=91), NOW)
    market.halt("X", is_over=True)
    market.close_session(["X"], NOW + 1)
    market.split("X", 1, 2)
    market.quote(quote(), NOW + 2)

    assert fills(market) == [(1, 1, 100, True)]
    assert ends(market) == [(2, "session_closed"), (3, "split")]


def test_out_of_its_sessions_nothing_is_filled_or_triggered() -> None:
    """One ends at NOW + 2, the next begins at NOW + 4; a print in between is the last one then."""
    market = venue(prints=True, sessions=((0, NOW + 2), (NOW + 4, NOW + 9)))
    market.quote(quote(), NOW)
    market.arrive(order(1, 3), NOW + 1)
    market.arrive(order(2, 1), NOW + 2)
    market.arrive(order(3, 1, stop=101), NOW + 2)
    market.quote(quote(), NOW + 3)
    market.trade(Print(102, 9), NOW + 3)
    assert fills(market) == [(1, 3, 100, True)]
    market.quote(quote(ask=103), NOW + 4)

    assert fills(market)[1:] == [(2, 1, 103, True), (3, 1, 103, True)]
