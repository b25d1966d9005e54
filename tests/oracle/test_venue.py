"""The table of orders on bars, row by row; every order is sent at the close of a bar at 100."""

from dataclasses import replace
from fractions import Fraction

import pytest

from tests.oracle.cases import Row, Told, bars, flat, makers, run_script, statuses, told
from tests.oracle.orders import VenueRules
from tests.oracle.strategies import Actions, Cancel, Send

PLAIN = VenueRules()
TOUCH = VenueRules(touch_fills=True)
SLIP = VenueRules(slippage_bps=Fraction(10), slippage_ticks=1)
TENTH = VenueRules(participation=Fraction(1, 10))


def market(lots: int, tag: str = "m") -> Send:
    return Send(tag, "market", lots)


def limit(lots: int, ticks: int, tag: str = "l") -> Send:
    return Send(tag, "limit", lots, limit_ticks=ticks)


def stop(lots: int, ticks: int, tag: str = "s") -> Send:
    return Send(tag, "stop", lots, stop_ticks=ticks)


QUIET = (101, 104, 96, 102, 1_000)  # open, high, low, close, lots


@pytest.mark.parametrize(
    ("order", "row", "rules", "fills", "is_maker"),
    [
        # market: the next opening, worsened by ceil(1001 * 10 / 10000) + 1 = 3
        (market(5), QUIET, PLAIN, [(1, 1, 5, 101)], False),
        (market(5), flat(1_001), SLIP, [(1, 1, 5, 1_004)], False),
        (market(-5), flat(1_001), SLIP, [(1, 1, -5, 998)], False),
        (market(-5), flat(2), replace(PLAIN, slippage_ticks=9), [(1, 1, -5, 1)], False),
        # limit at the opening: at or through, at the open, never worsened
        (limit(5, 101), QUIET, SLIP, [(1, 1, 5, 101)], False),
        (limit(5, 103), QUIET, PLAIN, [(1, 1, 5, 101)], False),
        (limit(-5, 101), QUIET, SLIP, [(1, 1, -5, 101)], False),
        (limit(-5, 99), QUIET, PLAIN, [(1, 1, -5, 101)], False),
        # limit inside: through it, or with touch_fills at it
        (limit(5, 97), QUIET, SLIP, [(1, 2, 5, 97)], True),
        (limit(5, 96), QUIET, PLAIN, [], True),
        (limit(5, 96), QUIET, TOUCH, [(1, 2, 5, 96)], True),
        (limit(5, 95), QUIET, TOUCH, [], True),
        (limit(-5, 103), QUIET, SLIP, [(1, 2, -5, 103)], True),
        (limit(-5, 104), QUIET, PLAIN, [], True),
        (limit(-5, 104), QUIET, TOUCH, [(1, 2, -5, 104)], True),
        # stop at the opening: at or through, at the open, worsened
        (stop(5, 101), QUIET, PLAIN, [(1, 1, 5, 101)], False),
        (stop(5, 501), flat(1_001), SLIP, [(1, 1, 5, 1_004)], False),
        (stop(-5, 99), flat(98), replace(PLAIN, slippage_ticks=2), [(1, 1, -5, 96)], False),
        # stop inside: reached, at the stop, worsened (98 - 2 leaves the bar)
        (stop(5, 104), QUIET, PLAIN, [(1, 2, 5, 104)], False),
        (stop(5, 105), QUIET, PLAIN, [], False),
        (stop(-5, 96), QUIET, PLAIN, [(1, 2, -5, 96)], False),
        (stop(-5, 96), QUIET, replace(PLAIN, slippage_ticks=2), [(1, 2, -5, 94)], False),
        (stop(-5, 95), QUIET, PLAIN, [], False),
    ],
)
def test_the_table_row_by_row(
    order: Send, row: Row, rules: VenueRules, fills: list[Told], is_maker: bool
) -> None:
    result = run_script(bars(flat(100), row), {0: (order,)}, rules)

    assert told(result) == fills
    assert makers(result) == [is_maker] * len(fills)
    assert statuses(result) == ["FILLED" if fills else "ACCEPTED"]


def test_a_limit_is_taker_only_at_the_first_opening_it_meets() -> None:
    """The second bar opens above the limit, the third one through it."""
    result = run_script(bars(flat(100), QUIET, flat(90)), {0: (limit(5, 95),)})

    assert told(result) == [(2, 2, 5, 90)]
    assert makers(result) == [True]


@pytest.mark.parametrize(("lots", "ticks"), [(-5, 100), (-5, 101), (5, 100), (5, 99)])
def test_a_stop_beyond_the_market_on_arrival_fills_at_the_next_opening(
    lots: int, ticks: int
) -> None:
    """The last close is the market; neither opening would have triggered the stop."""
    first, second = (120, 105) if lots < 0 else (80, 95)
    rows = ((first, 120, 80, 100, 9), flat(second))
    result = run_script(bars(*rows), {0: (stop(lots, ticks),)})

    assert told(result) == [(1, 1, lots, second)]


def test_volume_is_shared_and_what_is_left_keeps_working() -> None:
    """A tenth of 59 is 5, of 9 is 0, of 100 is 10."""
    rows = (flat(100), flat(101, 59), flat(102, 9), flat(103, 0), flat(104, 100))
    result = run_script(bars(*rows), {0: (market(8),)}, TENTH)

    assert told(result) == [(1, 1, 5, 101), (4, 4, 3, 104)]


def test_an_opening_serves_in_order_of_arrival() -> None:
    rows = (flat(100), flat(101, 50), flat(102, 50))
    orders = (market(4, "a"), market(-4, "b"))
    result = run_script(bars(*rows), {0: orders}, TENTH)

    assert told(result) == [(1, 1, 4, 101), (1, 1, -1, 101), (2, 2, -3, 102)]


def test_the_opening_is_served_before_the_inside() -> None:
    """The limits came first; but the market order takes 3 of 5 at the opening."""
    rows = (flat(100), (101, 104, 96, 102, 50), flat(110, 0))
    orders = (limit(4, 98, "a"), limit(4, 99, "b"), market(3))
    result = run_script(bars(*rows), {0: orders}, TENTH)

    assert told(result) == [(1, 1, 3, 101), (1, 2, 2, 98)]
    assert statuses(result) == ["PARTIALLY_FILLED", "ACCEPTED", "FILLED"]


def test_a_limit_filled_in_part_at_its_first_opening_is_maker_for_the_rest() -> None:
    rows = (flat(100), flat(99, 50), flat(98, 50))
    result = run_script(bars(*rows), {0: (limit(8, 99),)}, TENTH)

    assert told(result) == [(1, 1, 5, 99), (2, 2, 3, 98)]
    assert makers(result) == [False, True]


@pytest.mark.parametrize(
    ("row", "fills"),
    [
        ((101, 104, 94, 102, 50), [(1, 2, -5, 95), (2, 2, -3, 120)]),  # inside
        ((94, 104, 94, 102, 50), [(1, 1, -5, 94), (2, 2, -3, 120)]),  # at the opening
        ((101, 104, 94, 102, 0), [(2, 2, -8, 120)]),  # the price alone triggers
    ],
)
def test_what_is_left_of_a_triggered_stop_is_a_market_order(row: Row, fills: list[Told]) -> None:
    """The next bar opens far on the good side of the stop; it fills there all the same."""
    result = run_script(bars(flat(100), row, flat(120)), {0: (stop(-8, 95),)}, TENTH)

    assert told(result) == fills


def test_a_cancel_between_bars_comes_before_the_next_opening() -> None:
    rows = (flat(100), flat(101, 50), flat(102, 50))
    at_bar: Actions = {0: (market(8),), 1: (Cancel("m"),)}
    result = run_script(bars(*rows), at_bar, TENTH)

    assert told(result) == [(1, 1, 5, 101)]
    assert statuses(result) == ["CANCELED"]


def test_a_cancel_of_what_is_over_or_unknown_is_nothing() -> None:
    at_bar: Actions = {0: (market(8),), 1: (Cancel("m"), Cancel("other"))}
    result = run_script(bars(flat(100), flat(101), flat(102)), at_bar)

    assert statuses(result) == ["FILLED"]


@pytest.mark.parametrize(
    ("rules", "lots", "fee"),
    [
        # 3 lots at 7 are 21 of money
        (VenueRules(taker_bps=Fraction(1)), 3, Fraction("0.0021")),
        (VenueRules(taker_bps=Fraction("0.000001")), -3, Fraction("0.00000001")),  # 0.21 of 1e-8
        (VenueRules(taker_bps=Fraction("-0.000001")), 3, Fraction(0)),  # -0.21 rounds up to 0
        (VenueRules(taker_bps=Fraction("-0.00001")), 3, Fraction("-0.00000002")),  # -2.1 to -2
        (VenueRules(per_lot=Fraction("0.005")), -3, Fraction("0.015")),
        (VenueRules(maker_bps=Fraction(9)), 3, Fraction(0)),
    ],
)
def test_fees_are_rounded_up_to_the_currency_quantum(
    rules: VenueRules, lots: int, fee: Fraction
) -> None:
    """They leave cash and are realized at once."""
    result = run_script(bars(flat(100), flat(7)), {0: (market(lots),)}, rules)

    assert [fill.fee for fill in result.fills] == [fee]
    assert result.cash == 10_000 - 7 * lots - fee
    assert result.realized == -fee


def test_a_maker_pays_as_a_maker() -> None:
    rules = VenueRules(maker_bps=Fraction(1), taker_bps=Fraction(5))
    result = run_script(bars(flat(100), QUIET), {0: (limit(3, 97),)}, rules)

    assert [fill.fee for fill in result.fills] == [Fraction("0.0291")]
