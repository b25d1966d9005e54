"""What happens to an instrument: halts, in which nothing fills, and splits, which count anew."""

import pytest

from sims.venue import VenueRules
from tests.sims.venue.floor import DAY, FOK, GTX, IOC, Floor, order

TENTH = VenueRules(participation=(1, 10))
QUIET = (101, 104, 96, 102)

# -- halts ----------------------------------------------------------------------------------------


def everything(floor: Floor) -> None:
    """One order of each kind, all of which the quiet bar would serve."""
    floor.send(
        order("m", 1),
        order("l", 1, limit=97),
        order("s", 1, stop=103),
        order("i", 1, tif=IOC),
        order("f", 1, tif=FOK),
        order("g", 1, limit=103, tif=GTX),
    )


def test_nothing_fills_triggers_or_is_judged_in_a_halt() -> None:
    floor = Floor()
    everything(floor)
    floor.halts()

    assert floor.bar(*QUIET) + floor.bar(*QUIET) == []
    assert len(floor.book.orders) == 6


def test_the_first_opening_after_a_halt_is_the_first_one_met() -> None:
    floor = Floor()
    everything(floor)
    floor.halts()
    floor.bar(*QUIET)
    floor.resumes()

    assert floor.opens(*QUIET) == [
        ("m", 1, 101),
        ("i", 1, 101),
        ("f", 1, 101),
        ("g", "OrderRejected", "post_only"),
    ]
    assert floor.closes() == [("l", 1, 97), ("s", 1, 103)]


@pytest.mark.parametrize("resumed", [False, True])
def test_a_halt_inside_a_bar_takes_its_inside(*, resumed: bool) -> None:
    """Also one that is over before the bar is."""
    floor = Floor()
    floor.send(order("m", 1), order("l", 1, limit=97))
    assert floor.opens(*QUIET) == [("m", 1, 101)]
    floor.halts()
    if resumed:
        floor.resumes()

    assert floor.closes() == []
    floor.resumes()
    assert floor.bar(*QUIET) == [("l", 1, 97)]


def test_a_bar_that_opened_in_a_halt_has_no_inside() -> None:
    floor = Floor()
    floor.send(order("l", 1, limit=97))
    floor.halts()
    floor.opens(*QUIET)
    floor.resumes()

    assert floor.closes() == []
    assert floor.bar(*QUIET) == [("l", 1, 97)]


def test_orders_come_go_and_expire_in_a_halt() -> None:
    floor = Floor()
    floor.halts()
    floor.send(order("a", 1, limit=97), order("b", 1, limit=97), order("d", 1, limit=97, tif=DAY))
    floor.opens(*QUIET)
    assert floor.send(order("g", 1, limit=105, tif=GTX)) == [("g", "accepted")]
    assert floor.cancel("a") == [("a", "canceled", "asked_for")]
    floor.passes()
    floor.replace("b", 2)

    assert floor.closes() == [("b", "replaced", 2)]
    assert floor.session_closes() == [("d", "expired", "session_closed")]


# -- splits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ratio", "lots", "limit", "after"),
    [
        ((7, 1), 5, 700, (35, 100)),
        ((7, 1), -5, 700, (-35, 100)),
        ((1, 10), 57, 30, (5, 300)),  # toward zero
        ((1, 10), -57, 30, (-5, 300)),
        ((2, 1), 5, 5, (10, 2)),  # 2.5 is rounded to even
        ((2, 1), 5, 7, (10, 4)),  # as is 3.5
        ((3, 2), 5, 100, (7, 67)),  # 7.5 lots, 66.67 ticks
        ((7, 1), 5, 2, (35, 1)),  # one tick at least
    ],
)
def test_orders_are_counted_in_new_lots_and_ticks(
    ratio: tuple[int, int], lots: int, limit: int, after: tuple[int, int]
) -> None:
    floor = Floor()
    floor.send(order("l", lots, limit=limit), order("s", lots, stop=limit))
    floor.send(order("b", lots, limit=limit, stop=limit))

    assert floor.split(*ratio) == []
    kept = floor.book.orders
    assert (kept["l"].lots, kept["l"].limit_ticks, kept["l"].stop_ticks) == (*after, 0)
    assert (kept["s"].lots, kept["s"].limit_ticks, kept["s"].stop_ticks) == (after[0], 0, after[1])
    assert (kept["b"].lots, kept["b"].limit_ticks, kept["b"].stop_ticks) == (*after, after[1])
    assert {each.room for each in kept.values()} == {abs(after[0])}


def test_what_is_filled_is_counted_anew_too() -> None:
    """Five of thirteen are filled; in lots of two that are two of six."""
    floor = Floor(TENTH)
    floor.send(order("o", 13))
    floor.flat(100, lots=50)

    assert floor.split(1, 2) == []
    assert floor.flat(200, lots=100) == [("o", 4, 200)]
    assert floor.book.orders == {}


def test_an_order_that_has_nothing_left_is_canceled() -> None:
    """Of `a` 16 lots are filled and three are left: that is one new lot, and it is filled."""
    floor = Floor(TENTH)
    floor.send(order("a", 19), order("b", 6, limit=50), order("c", -20, stop=40, parent="b"))
    floor.flat(100, lots=160)
    floor.send(order("d", 20), order("e", -6, stop=40))

    assert floor.split(1, 10) == [
        ("a", "canceled", "split"),
        ("b", "canceled", "split"),
        ("c", "canceled", "parent_ended"),
        ("e", "canceled", "split"),
    ]
    assert floor.sizes() == {"d": 2}


def test_a_child_works_for_what_its_parent_has_opened_in_new_lots() -> None:
    floor = Floor(TENTH)
    floor.send(order("e", 20), order("c", -10, stop=80, parent="e"))
    floor.flat(101, lots=150)
    assert floor.book.orders["c"].room == 5

    floor.split(2, 1)
    assert floor.book.orders["c"].room == 10
    assert floor.flat(50, lots=100) == [("e", 10, 50)]
    assert floor.flat(40, lots=200) == [("c", -20, 40)]


def test_a_child_that_outlives_its_parent_keeps_what_it_has() -> None:
    floor = Floor()
    floor.send(order("e", 15), order("c", -15, stop=80, parent="e"))
    floor.flat(101)
    floor.split(1, 2)

    assert floor.sizes() == {"c": -7}
    assert floor.book.orders["c"].room == 7
    assert floor.replace("c", -9) == [("c", "replaced", -7)]


def test_a_new_stop_is_held_against_the_market_in_new_ticks() -> None:
    floor = Floor()
    floor.flat(700)
    floor.split(7, 1)
    floor.send(order("beyond", -1, stop=100), order("not", -1, stop=99))

    assert floor.flat(130) == [("beyond", -1, 130)]
    assert floor.flat(98) == [("not", -1, 98)]


def test_after_a_split_no_bar_is_calm_by_the_old_prices() -> None:
    floor = Floor()
    floor.send(order("s", 1, stop=770))
    floor.flat(700)
    floor.split(7, 1)

    assert floor.flat(110) == [("s", 7, 110)]


def test_before_there_is_a_market_a_split_makes_none() -> None:
    floor = Floor()
    floor.split(7, 1)

    assert floor.book.market(floor.now) is None
