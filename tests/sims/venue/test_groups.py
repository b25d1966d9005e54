"""Groups: what one member fills, the others are smaller by; and bars whose order nobody knows."""

from typing import Any, TypeAlias

import pytest

from sims.venue import VenueRules
from tests.sims.venue.floor import FOK, GTX, IOC, Floor, Said, order
from trader.model.orders import SubmitOrder

Prices: TypeAlias = tuple[int, ...]

FREE = VenueRules()
TENTH = VenueRules(participation=(1, 10))
TARGETS = VenueRules(targets_first=True)
TARGETS_TENTH = VenueRules(targets_first=True, participation=(1, 10))
WIDE = (101, 104, 96, 102, 100)


def target(lots: int = -8, limit: int = 103, **fields: Any) -> SubmitOrder:
    """A limit that the wide bar goes through."""
    return order("t", lots, limit=limit, group="g", **fields)


def stop(lots: int = -8, ticks: int = 97, **fields: Any) -> SubmitOrder:
    """A stop that the wide bar reaches."""
    return order("s", lots, stop=ticks, group="g", **fields)


# -- fills make the others smaller ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("orders", "bar", "rules", "said"),
    [
        # whole fills, at an opening and inside
        ((target(), stop()), (103,) * 4, FREE, [("t", -8, 103), ("s", "canceled", "group")]),
        ((target(), stop()), (97,) * 4, FREE, [("s", -8, 97), ("t", "canceled", "group")]),
        (
            (target(), stop()),
            (101, 104, 101, 102),
            FREE,
            [("t", -8, 103), ("s", "canceled", "group")],
        ),
        ((target(), stop()), (101, 101, 96, 96), FREE, [("s", -8, 97), ("t", "canceled", "group")]),
        # part fills
        ((target(), stop()), (103,) * 4 + (50,), TENTH, [("t", -5, 103), ("s", "replaced", -3)]),
        ((target(), stop()), (97,) * 4 + (50,), TENTH, [("s", -5, 97), ("t", "replaced", -3)]),
        # members of several sizes: what is left of the larger goes on
        ((target(-3), stop()), (103,) * 4, FREE, [("t", -3, 103), ("s", "replaced", -5)]),
        ((target(), stop(-3)), (103,) * 4, FREE, [("t", -8, 103), ("s", "canceled", "group")]),
        # members on both sides: a breakout
        (
            (order("u", 8, stop=104, group="g"), order("d", -8, stop=90, group="g")),
            (101, 104, 100, 102),
            FREE,
            [("u", 8, 104), ("d", "canceled", "group")],
        ),
        # a market order is a member like any other
        (
            (order("m", -8, group="g"), stop()),
            WIDE,
            FREE,
            [("m", -8, 101), ("s", "canceled", "group")],
        ),
        # two members at one opening: the second fills what the first has left
        (
            (order("m", -5, group="g"), order("n", -8, group="g")),
            WIDE,
            FREE,
            [("m", -5, 101), ("n", "replaced", -3), ("n", -3, 101)],
        ),
        # another group, and none, are left alone
        (
            (target(), order("x", -8, stop=90, group="h"), order("y", -8, stop=90)),
            (103,) * 4,
            FREE,
            [("t", -8, 103)],
        ),
    ],
)
def test_what_a_member_fills_the_others_are_smaller_by(
    orders: tuple[SubmitOrder, ...], bar: Prices, rules: VenueRules, said: list[Said]
) -> None:
    floor = Floor(rules)
    floor.send(*orders)

    assert floor.bar(*bar) == said


def test_the_others_are_reduced_in_order_of_arrival() -> None:
    floor = Floor(TENTH)
    floor.send(*(order(name, -8, stop=90, group="g") for name in "ab"), target())
    floor.send(*(order(name, -8, stop=80, group="g") for name in "cd"))

    assert floor.flat(103, lots=30) == [
        ("t", -3, 103),
        *((name, "replaced", -5) for name in "abcd"),
    ]


def test_a_part_filled_member_is_never_smaller_than_what_it_has_filled() -> None:
    """The target has three of eight when the stop fills its last five: both end."""
    floor = Floor(TENTH)
    floor.send(target(), stop())
    assert floor.flat(103, lots=30) == [("t", -3, 103), ("s", "replaced", -5)]
    assert floor.flat(97, lots=20) == [("s", -2, 97), ("t", "replaced", -6)]

    assert floor.flat(97, lots=100) == [("s", -3, 97), ("t", "canceled", "group")]
    assert floor.book.orders == {}
    assert floor.book.groups == {}


def test_a_member_that_is_filled_already_is_not_canceled_by_the_rest_of_its_opening() -> None:
    floor = Floor()
    floor.send(order("m", -3, group="g"), order("n", -8, group="g"))

    assert floor.opens(*WIDE) == [("m", -3, 101), ("n", "replaced", -5), ("n", -5, 101)]


def test_a_cancel_or_rejection_takes_nothing_from_the_others() -> None:
    floor = Floor()
    floor.send(target(), stop(), order("x", -8, limit=90, group="g", tif=GTX))

    assert floor.cancel("t") == [("t", "canceled", "asked_for")]
    assert floor.opens(*WIDE) == [("x", "OrderRejected", "post_only")]
    assert floor.sizes() == {"s": -8}


def test_a_later_member_is_not_reduced_by_what_was_filled_before_it() -> None:
    floor = Floor(TENTH)
    floor.send(target())
    floor.flat(103, lots=30)
    floor.send(stop())

    assert floor.sizes() == {"t": -8, "s": -8}
    assert floor.flat(103, lots=20) == [("t", -2, 103), ("s", "replaced", -6)]


def test_what_a_group_has_taken_from_an_ioc_is_not_wanted_any_more() -> None:
    floor = Floor(TENTH)
    floor.send(order("m", -5, group="g"), order("n", -8, group="g", tif=FOK))

    assert floor.opens(101, 101, 101, 101, 80) == [
        ("m", -5, 101),
        ("n", "replaced", -3),
        ("n", -3, 101),
    ]


# -- ambiguous bars -------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["stop", "target"])
@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (FREE, [("s", -8, 97), ("t", "canceled", "group")]),
        (TARGETS, [("t", -8, 103), ("s", "canceled", "group")]),
    ],
)
def test_an_ambiguous_bar_fills_one_of_both_whoever_came_first(
    first: str, rules: VenueRules, said: list[Said]
) -> None:
    floor = Floor(rules)
    floor.send(*((stop(), target()) if first == "stop" else (target(), stop())))

    assert floor.bar(*WIDE) == said
    assert floor.venue.ambiguous_bars == 1


@pytest.mark.parametrize(
    ("orders", "bar"),
    [
        ((target(), stop(ticks=95)), WIDE),  # not reached
        ((target(limit=104), stop()), WIDE),  # only touched
        ((target(), stop()), (103, 104, 96, 102)),  # the opening came first
        ((target(), stop()), (97, 104, 96, 102)),
        ((target(tif=IOC), stop()), WIDE),  # the limit is for openings alone
        ((target(), order("s", -8, stop=97)), WIDE),  # no group
        ((target(), order("s", -8, stop=97, group="h")), WIDE),  # another
    ],
)
def test_a_bar_is_not_ambiguous_where_one_order_alone_could_fill_or_both_may(
    orders: tuple[SubmitOrder, ...], bar: Prices
) -> None:
    floor = Floor()
    floor.send(*orders)
    floor.bar(*bar)

    assert floor.venue.ambiguous_bars == 0


def test_with_touch_a_limit_that_is_reached_makes_a_bar_ambiguous() -> None:
    floor = Floor(VenueRules(touch=1))
    floor.send(target(limit=104), stop())

    assert floor.bar(*WIDE) == [("s", -8, 97), ("t", "canceled", "group")]
    assert floor.venue.ambiguous_bars == 1


def test_an_ambiguous_bar_is_one_also_where_nothing_is_given() -> None:
    """A price triggers the stop; from then on it is a market order of the same group."""
    floor = Floor(TENTH)
    floor.send(target(), stop())

    assert floor.bar(101, 104, 96, 102, 9) == []
    assert floor.venue.ambiguous_bars == 1
    assert floor.flat(110, lots=100) == [("t", -8, 110), ("s", "canceled", "group")]


def test_all_limits_of_a_torn_group_are_held_and_all_its_stops_fill() -> None:
    floor = Floor()
    floor.send(
        order("t1", -3, limit=102, group="g"),
        order("t2", -5, limit=103, group="g"),
        order("s1", -3, stop=98, group="g"),
        order("s2", -8, stop=97, group="g"),
        order("free", -1, limit=103),
    )

    assert floor.bar(*WIDE) == [
        ("s1", -3, 98),
        ("t1", "canceled", "group"),
        ("t2", "replaced", -2),
        ("s2", "replaced", -5),
        ("s2", -5, 97),
        ("t2", "canceled", "group"),
        ("free", -1, 103),
    ]


def test_a_limit_of_a_torn_group_is_held_whatever_its_parent_opens_for_it_then() -> None:
    floor = Floor(TENTH)
    floor.send(
        order("p", 8, limit=98),
        target(parent="p"),
        stop(ticks=96, parent="p"),
    )
    assert floor.bar(101, 101, 97, 101, 60) == [("p", 6, 98)]

    assert floor.bar(*WIDE) == [
        ("p", 2, 98),
        ("s", -8, 96),
        ("t", "canceled", "group"),
    ]


def test_a_stop_limit_of_a_torn_group_triggers_and_the_limit_waits() -> None:
    floor = Floor()
    floor.send(order("s", -8, stop=97, limit=90, group="g"), target())

    assert floor.bar(*WIDE) == []
    assert floor.venue.ambiguous_bars == 1
    assert floor.flat(95) == [("s", -8, 95), ("t", "canceled", "group")]


def test_targets_first_gives_stops_what_remains() -> None:
    """Three lots are for the target, who would have come last; two are left for the stop."""
    floor = Floor(TARGETS_TENTH)
    floor.send(stop(), order("x", -1, stop=97), target(-3))

    assert floor.bar(101, 104, 96, 102, 60) == [
        ("x", -1, 97),
        ("t", -3, 103),
        ("s", "replaced", -5),
        ("s", -2, 97),
    ]
    assert floor.flat(80, lots=100) == [("s", -3, 80)]


def test_targets_first_lets_a_stop_limit_trigger_after_the_target() -> None:
    floor = Floor(TARGETS)
    floor.send(order("s", -8, stop=97, limit=95, group="g"), target(-3))

    assert floor.bar(*WIDE) == [("t", -3, 103), ("s", "replaced", -5)]
    assert floor.flat(95) == [("s", -5, 95)]


def test_targets_first_serves_the_children_of_a_stop_after_it() -> None:
    """A breakout's entry with a stop of its own, which the same inside reaches."""
    floor = Floor(TARGETS)
    floor.send(
        order("u", 8, stop=104, group="g"),
        order("c", -8, stop=97, parent="u"),
        order("d", 3, limit=98, group="g"),
    )

    assert floor.bar(*WIDE) == [
        ("d", 3, 98),
        ("u", "replaced", 5),
        ("u", 5, 104),
        ("c", "replaced", -5),
        ("c", -5, 97),
    ]


def test_an_ambiguous_bar_counts_once_for_all_its_groups() -> None:
    floor = Floor()
    for name in "gh":
        floor.send(
            order(f"{name}t", -8, limit=103, group=name), order(f"{name}s", -8, stop=97, group=name)
        )
    floor.bar(*WIDE)
    assert floor.venue.ambiguous_bars == 1

    floor.send(target(), stop())
    floor.bar(*WIDE)
    assert floor.venue.ambiguous_bars == 2


def test_a_target_that_traded_at_the_opening_was_first() -> None:
    """Its parent had opened four of eight; the rest of it is filled inside, before the stop."""
    floor = Floor(TENTH)
    floor.send(
        order("e", 8, limit=103),
        order("t", -8, limit=102, group="g", parent="e"),
        order("s", -8, stop=97, group="g", parent="e"),
    )
    floor.flat(101, lots=40)

    assert floor.opens(103, 104, 96, 102, 100) == [
        ("e", 4, 103),
        ("t", -4, 103),
        ("s", "replaced", -4),
    ]
    assert floor.closes() == [("t", -2, 102), ("s", "replaced", -2)]
    assert floor.venue.ambiguous_bars == 0
