"""Orders that are changed while they work."""

from fractions import Fraction

import pytest

from tests.oracle.cases import Row, Told, bars, flat, makers, run_script, statuses, told
from tests.oracle.orders import Change, Order, VenueRules
from tests.oracle.strategies import Actions, Replace, Send
from tests.oracle.test_gate import run as run_scripts
from tests.oracle.test_parents import hours_of, on_a_slow_market
from tests.oracle.tickets import Role, Sent, Ticket

TENTH = VenueRules(participation=Fraction(1, 10))
QUIET = (101, 104, 96, 102, 1_000)  # open, high, low, close, lots


def limit(lots: int, ticks: int, tag: str = "l") -> Send:
    return Send(tag, "limit", lots, limit_ticks=ticks)


@pytest.mark.parametrize(
    ("change", "fills", "status"),
    [
        (Replace("l", limit_ticks=97), [(2, 3, 5, 97)], "FILLED"),
        (Replace("l", limit_ticks=101), [(2, 2, 5, 101)], "FILLED"),
        (Replace("l", lots=3), [(3, 3, 3, 90)], "FILLED"),
        (Replace("l", lots=9), [(3, 3, 9, 90)], "FILLED"),
        (Replace("l", 2, 97), [(2, 3, 2, 97)], "FILLED"),
        (Replace("l", lots=0), [], "CANCELED"),
        (Replace("other", lots=3), [(3, 3, 5, 90)], "FILLED"),
    ],
)
def test_a_limit_is_changed(change: Replace, fills: list[Told], status: str) -> None:
    at_bar: Actions = {0: (limit(5, 91),), 1: (change,)}
    result = run_script(bars(flat(100), flat(100), QUIET, flat(90)), at_bar)

    assert told(result) == fills
    assert statuses(result) == [status]


def test_a_new_price_makes_a_taker_of_a_maker() -> None:
    """At 91 it has met an opening; at 101 it comes to the market as if it were new."""
    at_bar: Actions = {0: (limit(5, 91),), 1: (Replace("l", limit_ticks=101),)}

    assert makers(run_script(bars(flat(100), flat(100), flat(101)), at_bar)) == [False]


@pytest.mark.parametrize(
    ("change", "served"),
    [
        (Replace("a", lots=7), [7, 3]),  # fewer lots: it keeps its place
        (Replace("a", lots=9), [1, 9]),
        (Replace("a", limit_ticks=92), [1, 9]),
        (Replace("a", lots=7, limit_ticks=92), [1, 9]),
    ],
)
def test_a_new_price_or_more_lots_cost_the_place_in_the_queue(
    change: Replace, served: list[int]
) -> None:
    """Ten lots for two orders at 91; the first one is for eight, the second one for nine."""
    at_bar: Actions = {0: (limit(8, 91, "a"), limit(9, 91, "b")), 1: (change,)}
    result = run_script(bars(flat(100), flat(100), flat(90, 100)), at_bar, TENTH)

    assert [order.filled for order in result.orders] == served


def test_nothing_left_ends_it() -> None:
    """Five of eight are filled when it is made an order for five."""
    at_bar: Actions = {0: (limit(8, 99),), 1: (Replace("l", lots=5),)}
    result = run_script(bars(flat(100), flat(99, 50), flat(99)), at_bar, TENTH)

    assert told(result) == [(1, 1, 5, 99)]
    assert statuses(result) == ["CANCELED"]


@pytest.mark.parametrize(
    ("ticks", "fills"),
    [
        (99, [(3, 3, -5, 98)]),
        (100, [(2, 2, -5, 101)]),  # at the close of 100: triggered at once
        (102, [(2, 2, -5, 101)]),
    ],
)
def test_a_stop_that_is_moved_beyond_the_market_is_triggered(ticks: int, fills: list[Told]) -> None:
    stop = Send("s", "stop", -5, stop_ticks=90)
    at_bar: Actions = {0: (stop,), 1: (Replace("s", stop_ticks=ticks),)}

    assert told(run_script(bars(*[flat(100)] * 2, flat(101), flat(98)), at_bar)) == fills


def test_a_stop_limit_keeps_its_trigger_when_it_is_moved() -> None:
    order = Send("x", "stop_limit", -5, limit_ticks=110, stop_ticks=96)
    at_bar: Actions = {0: (order,), 1: (Replace("x", limit_ticks=99, stop_ticks=50),)}

    assert told(run_script(bars(flat(100), QUIET, flat(99)), at_bar)) == [(2, 2, -5, 99)]


def test_a_replacement_inside_a_bar_takes_effect_at_its_close() -> None:
    """Bars of four hours; the limit is moved to 95 two hours into one that goes down to 90."""
    rows: list[Row] = [flat(100), (101, 110, 90, 100, 1_000), (101, 110, 90, 100, 1_000)]
    at_bar: Actions = {3: (limit(5, 80),), 5: (Replace("l", limit_ticks=95),)}

    assert hours_of(on_a_slow_market(rows, at_bar)) == [(12, 5, 95)]


def test_a_child_is_not_made_larger_than_what_its_ended_parent_has_filled() -> None:
    parent, child = Send("e", "market", 5), Send("c", "stop", -5, stop_ticks=90, parent="e")
    at_bar: Actions = {0: (parent, child), 1: (Replace("c", lots=-9),)}
    result = run_script(bars(*[flat(100)] * 3, flat(89)), at_bar)

    assert told(result)[1:] == [(3, 3, -5, 89)]


def test_what_an_order_is_already_is_not_asked_for() -> None:
    order = Order(1, 0, 0, "s", "X.sim", "limit", 5, 90, None, None, 5)
    ticket = Ticket(order, Role.OWN, Sent("limit", 5, 90, None, None), "own", 5, 90, None)
    ticket.become("ACCEPTED")
    ticket.wanted = Change(None, 90, None)

    assert ticket.ask() is None
    ticket.wanted = Change(None, 91, None)
    assert ticket.ask() == Change(None, 91, None)


def test_nothing_is_asked_of_an_order_that_a_split_has_left_nothing_of() -> None:
    order = Order(1, 0, 0, "s", "X.sim", "limit", 1, 90, None, None, 1)
    ticket = Ticket(order, Role.OWN, Sent("limit", 1, 90, None, None), "own", 1, 90, None)
    ticket.become("ACCEPTED")
    ticket.split(Fraction(2, 3))
    ticket.aim, ticket.wanted = 7, Change(None, 91, None)

    assert ticket.ask() is None


def test_a_change_that_is_refused_is_not_wanted_any_more() -> None:
    """At 106 it could trade with the sale at 105; the size alone, asked for again, is granted."""
    asks: Actions = {
        0: (limit(5, 90, "b"),),
        1: (Replace("b", lots=3, limit_ticks=106),),
        2: (Replace("b", lots=3),),
    }
    refused = run_scripts({0: (limit(-1, 105, "a"),)}, asks, rows=(flat(100),) * 2)
    granted = run_scripts({0: (limit(-1, 105, "a"),)}, asks)

    assert (refused.orders[1].size, refused.orders[1].limit_last) == (5, 90)
    assert (granted.orders[1].size, granted.orders[1].limit_last) == (3, 90)
