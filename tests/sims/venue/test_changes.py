"""Cancels, replacements and expiry: what they do at once, and what at the close of a bar."""

from typing import Any

import pytest

from sims.venue import VenueRules
from tests.sims.venue.floor import DAY, FOK, GTC, GTX, IOC, Floor, Said, order
from trader.model.orders import Liquidity, TimeInForce

TENTH = VenueRules(participation=(1, 10))
QUIET = (101, 104, 96, 102)

# -- cancels --------------------------------------------------------------------------------------


def test_a_cancel_inside_a_bar_acts_after_the_bars_fills() -> None:
    floor = Floor()
    floor.send(order("filled", 1, limit=97), order("left", 1, limit=50))
    floor.opens(101, 104, 96, 102)
    floor.passes()
    assert floor.cancel("filled") + floor.cancel("left") == []

    assert floor.closes() == [("filled", 1, 97), ("left", "canceled", "asked_for")]


def test_a_cancel_between_bars_or_at_an_opening_acts_at_once() -> None:
    floor = Floor()
    floor.send(order("a", 1), order("b", 1, limit=97))

    assert floor.cancel("a") == [("a", "canceled", "asked_for")]
    assert floor.opens(101, 104, 96, 102) == []
    assert floor.cancel("b") == [("b", "canceled", "asked_for")]
    assert floor.closes() == []


def test_nobody_cancels_or_lowers_what_is_not_there() -> None:
    floor = Floor()
    floor.send(order("gone", 1))
    floor.flat(100)

    for id_ in ("gone", "never"):
        assert floor.cancel(id_) == [(id_, "CancelRejected", "unknown_order")]
        assert floor.replace(id_, 1) == [(id_, "ReplaceRejected", "unknown_order")]


def test_lowering_between_bars_acts_at_once_and_never_below_what_is_filled() -> None:
    floor = Floor(TENTH)
    floor.send(order("a", -20), order("b", 20, limit=50), order("c", 20, limit=50))
    floor.flat(100, lots=80)  # eight of a

    assert floor.replace("b", 5) == [("b", "replaced", 5)]
    assert floor.replace("b", 9) == [("b", "replaced", 9)]
    assert floor.replace("c", 0) == [("c", "canceled", "nothing_left")]
    assert floor.replace("a", -12) == [("a", "replaced", -12)]
    assert floor.flat(100, lots=20) == [("a", -2, 100)]
    assert floor.replace("a", -10) == [("a", "canceled", "nothing_left")]


def test_lowering_inside_a_bar_acts_after_the_bars_fills() -> None:
    floor = Floor()
    floor.send(order("a", 10, limit=97), order("b", 10, limit=50))
    floor.opens(101, 104, 96, 102)
    floor.passes()
    assert floor.replace("a", 4) + floor.replace("b", 4) == []

    assert floor.closes() == [("a", 10, 97), ("b", "replaced", 4)]
    assert floor.flat(50) == [("b", 4, 50)]


def test_what_came_inside_a_bar_acts_in_the_order_in_which_it_came() -> None:
    """Not in the order of the orders; and an order that has ended by then is left alone."""
    floor = Floor()
    floor.send(order("a", 10, limit=50), order("b", 10, limit=50), order("c", 10, limit=97))
    floor.opens(*QUIET)
    floor.passes()
    floor.cancel("b")
    floor.replace("a", 4)
    floor.replace("a", 7)
    floor.replace("c", 4)
    floor.cancel("a")
    floor.replace("a", 9)

    assert floor.closes() == [
        ("c", 10, 97),
        ("b", "canceled", "asked_for"),
        ("a", "replaced", 4),
        ("a", "replaced", 7),
        ("a", "canceled", "asked_for"),
    ]


# -- replacements ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "change", "said", "bars", "fills"),
    [
        ({"limit": 90}, {"limit": 97}, ("limit", 97), [QUIET], [("0 inside", "o", 5, 97)]),
        ({"limit": 97}, {"limit": 90}, ("limit", 90), [QUIET], []),
        ({"stop": 120}, {"stop": 103}, ("stop", 103), [QUIET], [("0 inside", "o", 5, 103)]),
        ({"stop": 103}, {"stop": 120}, ("stop", 120), [QUIET], []),
        # already beyond the market, which was at 100: triggered as on arrival
        ({"stop": 120}, {"stop": 100}, ("stop", 100), [(50,) * 4], [("0 open", "o", 5, 50)]),
        ({"stop": 120}, {"stop": 101}, ("stop", 101), [(50,) * 4], []),
        # a stop-limit has both
        (
            {"stop": 120, "limit": 121},
            {"stop": 104, "limit": 103},
            ("limit", 103, "stop", 104),
            [QUIET, (103,) * 4],
            [("1 open", "o", 5, 103)],
        ),
        (
            {"stop": 104, "limit": 90},
            {"limit": 103},
            ("limit", 103),
            [QUIET, (103,) * 4],
            [("1 open", "o", 5, 103)],
        ),
    ],
)
def test_prices_are_replaced(
    sent: dict[str, Any],
    change: dict[str, Any],
    said: Said,
    bars: list[tuple[int, ...]],
    fills: list[Said],
) -> None:
    floor = Floor()
    floor.flat(100)
    floor.send(order("o", 5, **sent))

    assert floor.replace("o", 5, **change) == [("o", "replaced", 5, *said)]
    assert floor.places(*bars) == fills


@pytest.mark.parametrize(
    ("lots", "prices", "order_after"),
    [
        (3, {}, "abc"),  # fewer lots keep the place
        (5, {}, "abc"),  # nothing new
        (5, {"limit": 101}, "abc"),  # the price it has
        (6, {}, "bca"),  # more lots
        (5, {"limit": 102}, "bca"),  # another price
        (3, {"limit": 102}, "bca"),
    ],
)
def test_a_price_or_more_lots_cost_the_place_in_the_queue(
    lots: int, prices: dict[str, Any], order_after: str
) -> None:
    floor = Floor()
    floor.send(*(order(name, 5, limit=101) for name in "abc"))
    floor.replace("a", lots, **prices)

    assert [said[0] for said in floor.flat(101)] == list(order_after)


def test_children_go_to_the_back_behind_their_parent() -> None:
    """So that a parent that fills inside a bar still lets its stop take part in it."""
    floor = Floor()
    floor.send(
        order("e", 5, limit=99), order("c", -5, stop=97, parent="e"), order("x", 5, limit=99)
    )
    floor.replace("e", 5, limit=98)

    assert list(floor.book.orders) == ["x", "e", "c"]
    assert floor.bar(*QUIET) == [("x", 5, 99), ("e", 5, 98), ("c", -5, 97)]


def test_a_group_is_reduced_in_the_new_order() -> None:
    floor = Floor()
    floor.send(*(order(name, 9, limit=90, group="g") for name in "ab"), order("m", 2, group="g"))
    floor.replace("a", 9, limit=91)

    assert floor.opens(*QUIET) == [("m", 2, 101), ("b", "replaced", 7), ("a", "replaced", 7)]


def test_a_replaced_limit_meets_its_first_opening_anew() -> None:
    floor = Floor()
    floor.send(order("o", 5, limit=90), order("p", 5, limit=90), order("x", 5, limit=80, tif=GTX))
    floor.flat(101)
    floor.replace("o", 5, limit=91)
    floor.replace("p", 4)
    floor.replace("x", 5, limit=95)

    assert floor.opens(90, 90, 90, 90) == [
        ("p", 4, 90),
        ("o", 5, 90),
        ("x", "OrderRejected", "post_only"),
    ]
    assert [fill.liquidity for fill in floor.fills] == [Liquidity.MAKER, Liquidity.TAKER]


@pytest.mark.parametrize(("limit", "is_in"), [(101, False), (100, True)])
def test_a_gtx_replaced_right_after_an_opening_is_judged_by_it(limit: int, is_in: bool) -> None:
    floor = Floor()
    floor.send(order("o", 5, limit=80, tif=GTX))
    floor.opens(*QUIET)

    said = floor.replace("o", 5, limit=limit)
    rejection = [] if is_in else [("o", "OrderRejected", "post_only")]
    assert said == [("o", "replaced", 5, "limit", limit), *rejection]
    assert floor.closes() == ([("o", 5, 100)] if is_in else [])


def test_a_part_filled_gtx_that_would_take_is_canceled() -> None:
    floor = Floor(TENTH)
    floor.send(order("o", 5, limit=100, tif=GTX))
    assert floor.bar(101, 101, 99, 101, 20) == [("o", 2, 100)]
    floor.replace("o", 5, limit=105)

    assert floor.opens(*QUIET) == [("o", "canceled", "post_only")]


def test_a_replaced_order_takes_part_in_the_inside_of_a_bar_that_has_just_opened() -> None:
    floor = Floor()
    floor.send(order("l", 5, limit=90), order("s", 5, stop=120), order("b", 5, stop=120))
    floor.opens(*QUIET)
    floor.replace("l", 5, limit=110)
    floor.replace("s", 5, stop=104)
    floor.replace("b", 5, stop=101)  # beyond the open: a market order

    assert floor.closes() == [("l", 5, 104), ("s", 5, 104)]
    assert floor.opens(*QUIET) == [("b", 5, 101)]


def test_a_replacement_inside_a_bar_arrives_at_its_close() -> None:
    floor = Floor()
    floor.send(order("a", 5, limit=90), order("b", 5, limit=90), order("s", -5, stop=80))
    floor.opens(*QUIET)
    floor.passes()
    floor.replace("a", 5, limit=97)
    floor.replace("s", -5, stop=102)

    assert floor.closes() == [
        ("a", "replaced", 5, "limit", 97),
        ("s", "replaced", -5, "stop", 102),  # the close is 102: triggered
    ]
    assert floor.bar(*QUIET) == [("s", -5, 101), ("a", 5, 97)]


def test_more_lots_keep_what_is_filled() -> None:
    floor = Floor(TENTH)
    floor.send(order("o", 5))
    floor.flat(101, lots=30)

    assert floor.replace("o", 9) == [("o", "replaced", 9)]
    assert floor.flat(101, lots=100) == [("o", 6, 101)]


@pytest.mark.parametrize(
    ("sent", "lots", "prices", "code"),
    [
        ({"limit": 90}, -5, {}, "wrong_side"),
        ({}, 5, {"limit": 90}, "no_limit"),
        ({"stop": 120}, 5, {"limit": 90}, "no_limit"),
        ({}, 5, {"stop": 120}, "no_stop"),
        ({"limit": 90}, 5, {"stop": 120}, "no_stop"),
    ],
)
def test_a_replacement_that_makes_no_sense_changes_nothing(
    sent: dict[str, Any], lots: int, prices: dict[str, Any], code: str
) -> None:
    floor = Floor()
    floor.send(order("o", 5, **sent))
    before = floor.book.orders["o"]

    assert floor.replace("o", lots, **prices) == [("o", "ReplaceRejected", code)]
    assert floor.book.orders["o"] == before


def test_what_was_triggered_stays_so() -> None:
    floor = Floor(TENTH)
    floor.send(order("o", -8, stop=97))
    assert floor.bar(*QUIET[:4], 50) == [("o", -5, 97)]

    assert floor.replace("o", -8, stop=50) == [("o", "replaced", -8, "stop", 50)]
    assert floor.opens(*QUIET) == [("o", -3, 101)]


# -- expiry ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("prices", [{}, {"limit": 90}, {"stop": 120}, {"stop": 120, "limit": 130}])
def test_day_orders_expire_with_the_session(prices: dict[str, Any]) -> None:
    floor = Floor()
    floor.send(order("o", 5, tif=DAY, **prices))
    floor.passes()

    assert floor.session_closes() == [("o", "expired", "session_closed")]
    assert floor.book.orders == {}


@pytest.mark.parametrize("tif", [GTC, IOC, FOK, GTX])
def test_other_orders_do_not(tif: TimeInForce) -> None:
    floor = Floor()
    floor.send(order("o", 5, limit=90, tif=tif))
    floor.passes()

    assert floor.session_closes() == []
    assert floor.sizes() == {"o": 5}


def test_the_bars_that_close_with_the_session_fill_first() -> None:
    floor = Floor(TENTH)
    floor.send(order("a", 5, limit=98, tif=DAY), order("b", 9, limit=98, tif=DAY))
    floor.opens(*QUIET)

    assert floor.closes() + floor.session_closes() == [
        ("a", 5, 98),
        ("b", 5, 98),
        ("b", "expired", "session_closed"),
    ]


def test_an_order_that_comes_as_the_session_closes_belongs_to_the_next() -> None:
    floor = Floor()
    floor.send(order("o", 5, limit=90, tif=DAY))

    assert floor.session_closes() == []
    floor.passes()
    assert floor.session_closes() == [("o", "expired", "session_closed")]


def test_a_session_that_closes_inside_a_bar_acts_at_its_close() -> None:
    floor = Floor()
    floor.send(
        order("a", 5, limit=97, tif=DAY),
        order("b", 5, limit=90, tif=DAY),
        order("c", 5, limit=90, tif=DAY),
    )
    floor.opens(*QUIET)
    floor.passes()
    floor.cancel("c")
    assert floor.session_closes() == []

    assert floor.closes() == [
        ("a", 5, 97),
        ("c", "canceled", "asked_for"),
        ("b", "expired", "session_closed"),
    ]


def test_what_comes_inside_a_bar_acts_also_where_the_bar_itself_means_nothing() -> None:
    floor = Floor()
    floor.send(*(order(name, 5, limit=50, tif=DAY) for name in "abc"))
    floor.flat(100)
    floor.opens(100, 100, 100, 100)
    floor.passes()
    assert floor.session_closes() == []

    assert [said[:2] for said in floor.closes()] == [(name, "expired") for name in "abc"]


@pytest.mark.parametrize("does", ["cancel", "replace"])
def test_so_do_cancels_and_replacements(does: str) -> None:
    floor = Floor()
    floor.send(order("a", 5, limit=50))
    floor.flat(100)
    floor.opens(100, 100, 100, 100)
    floor.passes()
    if does == "cancel":
        floor.cancel("a")
    else:
        floor.replace("a", 5, limit=100)

    assert floor.closes() != []
    assert floor.flat(100) == ([] if does == "cancel" else [("a", 5, 100)])


def test_a_childs_day_begins_when_it_begins_to_work() -> None:
    """`a` waits for its parent, `b` has worked, `c` began with a fill inside the last bar."""
    floor = Floor()
    floor.send(order("x", 5, limit=50), order("a", -5, stop=40, tif=DAY, parent="x"))
    floor.send(order("y", 5), order("b", -5, stop=40, tif=DAY, parent="y"))
    floor.send(order("z", 5, limit=98), order("c", -5, stop=40, tif=DAY, parent="z"))
    floor.bar(*QUIET)

    assert floor.session_closes() == [("b", "expired", "session_closed")]
    assert list(floor.sizes()) == ["x", "a", "c"]


def test_a_parent_that_expires_leaves_its_child_what_it_opened() -> None:
    floor = Floor(TENTH)
    floor.send(order("x", 5, tif=DAY), order("a", -5, stop=40, parent="x"))
    floor.send(order("y", 5, tif=DAY), order("b", -5, stop=40, tif=DAY, parent="y"))
    floor.flat(100, lots=30)

    assert floor.session_closes() == [
        ("x", "expired", "session_closed"),
        ("a", "replaced", -3),
        ("y", "expired", "session_closed"),
        ("b", "canceled", "parent_ended"),
    ]
