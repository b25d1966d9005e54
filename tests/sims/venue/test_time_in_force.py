"""How long an order is for: each type with each time in force, at openings and inside bars."""

from typing import Any, TypeAlias

import pytest

from sims.venue import VenueRules
from tests.sims.venue.floor import FOK, GTX, IOC, START, Floor, Said, order
from trader.model.orders import Liquidity, TimeInForce
from trader.model.units import MINUTE_NS

Bars: TypeAlias = list[tuple[int, ...]]

TENTH = VenueRules(participation=(1, 10))
QUIET = (101, 104, 96, 102, 100)
"""Gives ten lots."""
THIN = (101, 104, 96, 102, 50)
"""Gives five."""
DRY = (101, 104, 96, 102, 9)
"""Gives none."""
NAMES = {IOC: "ioc", FOK: "fok"}


# -- immediate or cancel --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prices", "bars", "said"),
    [
        # market
        ({}, [QUIET], [("0 open", "o", 8, 101)]),
        ({}, [THIN], [("0 open", "o", 5, 101), ("0 open", "o", "canceled", "ioc")]),
        ({}, [DRY], [("0 open", "o", "canceled", "ioc")]),
        # limit: the inside would fill it, but is not asked
        ({"limit": 101}, [QUIET], [("0 open", "o", 8, 101)]),
        ({"limit": 101}, [THIN], [("0 open", "o", 5, 101), ("0 open", "o", "canceled", "ioc")]),
        ({"limit": 100}, [QUIET], [("0 open", "o", "canceled", "ioc")]),
        # stop, triggered by an opening
        ({"stop": 101}, [QUIET], [("0 open", "o", 8, 101)]),
        ({"stop": 101}, [THIN], [("0 open", "o", 5, 101), ("0 open", "o", "canceled", "ioc")]),
        ({"stop": 101}, [DRY], [("0 open", "o", "canceled", "ioc")]),
        # stop, triggered inside: at once what there is
        ({"stop": 104}, [QUIET], [("0 inside", "o", 8, 104)]),
        ({"stop": 104}, [THIN], [("0 inside", "o", 5, 104), ("0 inside", "o", "canceled", "ioc")]),
        ({"stop": 104}, [DRY], [("0 inside", "o", "canceled", "ioc")]),
        # stop, not triggered for a while: openings that do not trigger it do not count
        ({"stop": 105}, [QUIET, QUIET, (105,) * 4 + (80,)], [("2 open", "o", 8, 105)]),
        # stop-limit, triggered by an opening: the next one counts
        ({"stop": 101, "limit": 103}, [QUIET, (103,) * 4 + (80,)], [("1 open", "o", 8, 103)]),
        (
            {"stop": 101, "limit": 103},
            [QUIET, (104, 104, 90, 90, 80)],
            [("1 open", "o", "canceled", "ioc")],
        ),
        # stop-limit, triggered inside
        ({"stop": 104, "limit": 103}, [QUIET, (103,) * 4 + (80,)], [("1 open", "o", 8, 103)]),
        (
            {"stop": 104, "limit": 103},
            [QUIET, (103,) * 4 + (50,)],
            [("1 open", "o", 5, 103), ("1 open", "o", "canceled", "ioc")],
        ),
    ],
)
def test_ioc_takes_what_it_can_at_one_opening(
    prices: dict[str, Any], bars: Bars, said: list[Said]
) -> None:
    floor = Floor(TENTH)
    assert floor.send(order("o", 8, tif=IOC, **prices)) == [("o", "accepted")]

    assert floor.places(*bars) == said


# -- fill or kill ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prices", "bars", "said"),
    [
        ({}, [QUIET], [("0 open", "o", 8, 101)]),
        ({}, [(101,) * 4 + (80,)], [("0 open", "o", 8, 101)]),
        ({}, [(101,) * 4 + (79,)], [("0 open", "o", "canceled", "fok")]),
        ({"limit": 101}, [QUIET], [("0 open", "o", 8, 101)]),
        ({"limit": 101}, [THIN], [("0 open", "o", "canceled", "fok")]),
        ({"limit": 100}, [QUIET], [("0 open", "o", "canceled", "fok")]),
        ({"stop": 101}, [QUIET], [("0 open", "o", 8, 101)]),
        ({"stop": 101}, [THIN], [("0 open", "o", "canceled", "fok")]),
        ({"stop": 104}, [QUIET], [("0 inside", "o", 8, 104)]),
        ({"stop": 104}, [THIN], [("0 inside", "o", "canceled", "fok")]),
        ({"stop": 101, "limit": 103}, [THIN, (103,) * 4 + (80,)], [("1 open", "o", 8, 103)]),
        (
            {"stop": 104, "limit": 103},
            [THIN, (103,) * 4 + (79,)],
            [("1 open", "o", "canceled", "fok")],
        ),
    ],
)
def test_fok_takes_all_at_one_opening_or_nothing(
    prices: dict[str, Any], bars: Bars, said: list[Said]
) -> None:
    floor = Floor(TENTH)
    assert floor.send(order("o", 8, tif=FOK, **prices)) == [("o", "accepted")]

    assert floor.places(*bars) == said


def test_fok_is_for_what_those_before_it_leave() -> None:
    floor = Floor(TENTH)
    floor.send(order("a", 4), order("b", 7, tif=FOK), order("c", 6, tif=FOK))

    assert floor.opens(*QUIET) == [("a", 4, 101), ("c", 6, 101), ("b", "canceled", "fok")]


# -- both -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("tif", [IOC, FOK])
def test_they_end_after_all_fills_of_their_opening(tif: TimeInForce) -> None:
    floor = Floor()
    floor.send(order("o", 8, limit=90, tif=tif), order("p", 1), order("q", 1))

    said = floor.opens(*QUIET)
    assert said == [("p", 1, 101), ("q", 1, 101), ("o", "canceled", NAMES[tif])]


@pytest.mark.parametrize("tif", [IOC, FOK])
@pytest.mark.parametrize("prices", [{}, {"limit": 110}])
def test_who_joins_a_bar_after_its_opening_is_for_the_next_one(
    tif: TimeInForce, prices: dict[str, Any]
) -> None:
    floor = Floor()
    floor.opens(*QUIET)
    floor.send(order("o", 8, tif=tif, **prices))

    assert floor.closes() == []
    assert floor.places((103,) * 4) == [("0 open", "o", 8, 103)]


@pytest.mark.parametrize("tif", [IOC, FOK])
def test_a_stop_the_market_is_beyond_already_is_for_the_next_opening(tif: TimeInForce) -> None:
    floor = Floor(TENTH)
    floor.flat(100)
    floor.send(order("o", 8, stop=99, tif=tif))

    assert floor.places((50,) * 4 + (9,)) == [("0 open", "o", "canceled", NAMES[tif])]


@pytest.mark.parametrize("tif", [IOC, FOK])
def test_a_childs_opening_is_the_first_at_which_it_works(tif: TimeInForce) -> None:
    """Its parent fills at the second; that one lets it work, so the third is its own."""
    floor = Floor()
    floor.send(order("e", 8, limit=99), order("c", -8, tif=tif, parent="e"))

    bars = ((101,) * 4, (99,) * 4, (98,) * 4)
    assert floor.places(*bars) == [("1 open", "e", 8, 99), ("2 open", "c", -8, 98)]


def test_a_child_whose_parent_has_opened_a_part_is_not_whole() -> None:
    floor = Floor(TENTH)
    floor.send(order("e", 8), order("all", -8, tif=FOK, parent="e"))
    floor.send(order("some", -8, tif=IOC, parent="e"))
    floor.flat(101, lots=50)

    assert floor.opens(*QUIET) == [
        ("e", 3, 101),
        ("some", -5, 101),
        ("all", "canceled", "fok"),
        ("some", "canceled", "ioc"),
    ]


def test_an_ioc_parent_leaves_its_child_what_it_opened() -> None:
    floor = Floor(TENTH)
    floor.send(order("e", 8, tif=IOC), order("c", -8, stop=97, parent="e"))

    assert floor.places((101, 104, 96, 102, 60), (90,) * 4 + (100,)) == [
        ("0 open", "e", 6, 101),
        ("0 open", "e", "canceled", "ioc"),
        ("0 open", "c", "replaced", -6),
        ("1 open", "c", -6, 90),
    ]


# -- post only ------------------------------------------------------------------------------------


@pytest.mark.parametrize("prices", [{}, {"stop": 105}, {"stop": 105, "limit": 106}])
def test_gtx_is_for_limits(prices: dict[str, Any]) -> None:
    floor = Floor()

    assert floor.send(order("o", 5, tif=GTX, **prices)) == [("o", "OrderRejected", "post_only")]
    assert floor.book.orders == {}


@pytest.mark.parametrize(("lots", "limit"), [(5, 101), (5, 103), (-5, 101), (-5, 99)])
def test_gtx_does_not_take_the_first_opening_it_meets(lots: int, limit: int) -> None:
    floor = Floor()
    assert floor.send(order("o", lots, limit=limit, tif=GTX)) == [("o", "accepted")]

    assert floor.places(QUIET) == [("0 open", "o", "OrderRejected", "post_only")]
    assert floor.book.orders == {}


@pytest.mark.parametrize(
    ("lots", "limit", "bars", "said"),
    [
        (5, 97, [QUIET], [("0 inside", "o", 5, 97)]),
        (-5, 103, [QUIET], [("0 inside", "o", -5, 103)]),
        (5, 96, [QUIET, (95,) * 4], [("1 open", "o", 5, 95)]),
        (-5, 104, [QUIET, (104,) * 4], [("1 open", "o", -5, 104)]),
    ],
)
def test_gtx_that_rests_is_a_limit_and_a_maker(
    lots: int, limit: int, bars: Bars, said: list[Said]
) -> None:
    floor = Floor()
    floor.send(order("o", lots, limit=limit, tif=GTX))

    assert floor.places(*bars) == said
    assert [fill.liquidity for fill in floor.fills] == [Liquidity.MAKER]


def test_gtx_that_joins_a_bar_after_its_opening_is_judged_by_it_at_once() -> None:
    floor = Floor()
    floor.opens(*QUIET)

    assert floor.send(order("at", 5, limit=101, tif=GTX)) == [
        ("at", "accepted"),
        ("at", "OrderRejected", "post_only"),
    ]
    assert floor.send(order("away", 5, limit=100, tif=GTX)) == [("away", "accepted")]
    assert floor.closes() == [("away", 5, 100)]
    assert floor.fills[0].liquidity is Liquidity.MAKER


def test_gtx_that_has_been_judged_by_an_opening_is_not_judged_by_the_next() -> None:
    floor = Floor()
    floor.opens(*QUIET)
    floor.send(order("o", 5, limit=95, tif=GTX))
    floor.closes()

    assert floor.places((94,) * 4) == [("0 open", "o", 5, 94)]


def test_gtx_that_arrives_inside_a_bar_is_judged_by_the_next_opening() -> None:
    floor = Floor()
    floor.opens(*QUIET)
    floor.passes()
    assert floor.send(order("o", 5, limit=101, tif=GTX)) == [("o", "accepted")]
    assert floor.closes() == []

    assert floor.opens(101, 101, 101, 101) == [("o", "OrderRejected", "post_only")]


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (101, [("e", 5, 101), ("c", "OrderRejected", "post_only")]),
        (103, [("e", 5, 101), ("c", -5, 103)]),
    ],
)
def test_a_gtx_child_is_judged_by_the_opening_that_lets_it_work(
    limit: int, said: list[Said]
) -> None:
    floor = Floor()
    floor.send(order("e", 5), order("c", -5, limit=limit, tif=GTX, parent="e"))

    assert floor.bar(*QUIET) == said


def test_a_gtx_child_that_works_already_is_not_judged_by_its_parents_next_fill() -> None:
    """It rests for four lots when the price comes to it, and its parent fills on."""
    floor = Floor(TENTH)
    floor.send(order("e", 8), order("c", -8, limit=103, tif=GTX, parent="e"))
    floor.flat(101, lots=40)

    assert floor.opens(104, 104, 104, 104, 100) == [("e", 4, 104), ("c", -4, 104)]
    assert floor.book.orders["c"].room == 4


def test_a_gtx_parent_that_is_rejected_takes_its_child_along() -> None:
    floor = Floor()
    floor.send(order("e", 5, limit=105, tif=GTX), order("c", -5, stop=90, parent="e"))

    assert floor.opens(*QUIET) == [
        ("e", "OrderRejected", "post_only"),
        ("c", "canceled", "parent_ended"),
    ]


def test_who_ends_does_so_at_the_instant_of_its_moment() -> None:
    floor = Floor(TENTH)
    floor.send(order("o", 8, limit=90, tif=IOC), order("s", 8, stop=104, tif=IOC))
    floor.bar(*THIN)

    told = [(report.client_order_id, report.ts_event - START) for report in floor.heard[2:]]
    assert told == [("o", 0), ("s", MINUTE_NS), ("s", MINUTE_NS)]
