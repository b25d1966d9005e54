"""A stop and a target of one parent, in one group: together they close what it has opened."""

from sims.venue import VenueRules
from sims.venue.book import Stance
from tests.sims.venue.floor import Floor, order
from trader.model.orders import SubmitOrder

TENTH = VenueRules(participation=(1, 10))
ENTRY = order("e", 10)


def bracket(lots: int = -10, target: int = 103, ticks: int = 95) -> tuple[SubmitOrder, SubmitOrder]:
    """A stop and a target of the entry, in one group."""
    return (
        order("s", lots, stop=ticks, parent="e", group="g"),
        order("t", lots, limit=target, parent="e", group="g"),
    )


def rooms(floor: Floor) -> dict[str, int]:
    return {id_: each.room for id_, each in floor.book.orders.items()}


def test_what_one_has_closed_the_other_cannot_close_again() -> None:
    """Four are open, and the target closes them: for the stop there is nothing until the next."""
    floor = Floor(TENTH)
    floor.send(order("e", 10, limit=101), *bracket())
    floor.flat(101, lots=40)
    assert rooms(floor) == {"e": 6, "s": 4, "t": 4}

    assert floor.flat(103, lots=40) == [("t", -4, 103), ("s", "replaced", -6)]
    assert rooms(floor) == {"s": 0, "t": 0, "e": 6}
    assert floor.flat(90, lots=30) == [("e", 3, 90)]
    assert rooms(floor) == {"s": 3, "t": 3, "e": 3}
    assert floor.cancel("e") == [
        ("e", "canceled", "asked_for"),
        ("s", "replaced", -3),
        ("t", "replaced", -7),
    ]
    assert floor.flat(90, lots=20) == [("s", -2, 90), ("t", "replaced", -5)]
    assert rooms(floor) == {"s": 1, "t": 1}


def test_children_larger_than_their_parent_close_no_more_than_it_opened() -> None:
    floor = Floor(TENTH)
    floor.send(order("e", 3, limit=101), *bracket())
    floor.flat(101, lots=20)

    assert floor.flat(103, lots=100) == [("t", -2, 103), ("s", "replaced", -8)]
    assert rooms(floor) == {"s": 0, "t": 0, "e": 1}


def test_at_an_opening_a_group_takes_from_what_was_open_before_it() -> None:
    """One of four is open for each; three more open there, and the target closes the one."""
    floor = Floor(TENTH)
    floor.send(order("e", 4, limit=103), *bracket(lots=-4))
    floor.send(order("late", -4, limit=103, parent="e", group="g"))
    floor.flat(101, lots=10)

    assert floor.opens(103, 103, 103, 103) == [
        ("e", 3, 103),
        ("t", -1, 103),
        ("s", "replaced", -3),
        ("late", "replaced", -3),
    ]
    assert rooms(floor) == {"s": 3, "t": 3, "late": 3}


def test_who_has_room_as_an_opening_begins_meets_it_whatever_its_group_takes() -> None:
    """The target closes the four lots that are open; the stop is triggered all the same."""
    floor = Floor(TENTH)
    floor.send(order("e", 10, limit=96), *reversed(bracket(target=97, ticks=97)))
    floor.flat(96, lots=40)
    floor.replace("s", -10, stop=97)

    assert floor.flat(97) == [("t", -4, 97), ("s", "replaced", -6)]
    assert floor.book.orders["s"].stance is Stance.TAKES


def test_a_target_for_half_of_a_position_leaves_the_stop_the_other_half() -> None:
    floor = Floor()
    floor.send(ENTRY, order("s", -10, stop=95, parent="e", group="g"))
    floor.send(order("t", -5, limit=103, parent="e", group="g"))

    assert floor.bar(101, 104, 100, 102) == [("e", 10, 101), ("t", -5, 103), ("s", "replaced", -5)]
    assert floor.flat(95) == [("s", -5, 95)]


def test_a_turn_with_a_bracket_opens_only_with_what_is_beyond_it() -> None:
    """Ten of twenty close; five that are open are closed by the target, the other five wait."""
    floor = Floor(TENTH)
    floor.send(order("e", 20, limit=101), *bracket())
    floor.flat(101, lots=150)
    assert rooms(floor) == {"e": 5, "s": 5, "t": 5}
    assert floor.flat(103, lots=150) == [("t", -5, 103), ("s", "replaced", -5)]

    assert rooms(floor) == {"s": 0, "t": 0, "e": 5}
    assert floor.flat(101, lots=50) == [("e", 5, 101)]
    assert rooms(floor) == {"s": 5, "t": 5}


def test_the_bar_of_an_entry_inside_leaves_its_target_alone() -> None:
    """What worked before the bar goes on: two of the target's lots."""
    floor = Floor(TENTH)
    floor.send(order("e", 10, limit=98), *bracket(ticks=97))
    assert floor.bar(101, 102, 97, 101, lots=20) == [("e", 2, 98)]
    assert rooms(floor) == {"e": 8, "s": 2, "t": 2}

    floor.cancel("s")
    assert floor.bar(101, 104, 96, 101, lots=1_000) == [("e", 8, 98), ("t", -2, 103)]
    assert floor.flat(103) == [("t", -8, 103)]


def test_what_the_stop_takes_in_such_a_bar_comes_first_from_what_the_target_had() -> None:
    """Of ten open lots two are older than the bar; the stop, which has three, takes them."""
    floor = Floor(TENTH)
    floor.send(order("e", 10, limit=98))
    floor.send(order("s", -3, stop=97, parent="e", group="g"))
    floor.send(order("t", -10, limit=103, parent="e", group="g"))
    assert floor.bar(101, 102, 97, 101, lots=20) == [("e", 2, 98)]
    assert rooms(floor) == {"e": 8, "s": 0, "t": 2}

    assert floor.bar(101, 104, 96, 101, lots=1_000) == [
        ("e", 8, 98),
        ("s", -3, 97),
        ("t", "replaced", -7),
    ]
    assert floor.flat(103) == [("t", -7, 103)]


def test_what_a_group_has_taken_does_not_come_back() -> None:
    floor = Floor(TENTH)
    floor.send(ENTRY, *bracket())
    floor.flat(101, lots=100)
    assert floor.flat(103, lots=40) == [("t", -4, 103), ("s", "replaced", -6)]

    assert floor.replace("s", -10) == [("s", "replaced", -6)]
    floor.split(2, 1)
    assert floor.replace("s", -20) == [("s", "replaced", -12)]


def test_a_parent_that_its_group_ends_at_an_opening_leaves_its_child_what_it_filled() -> None:
    """It opens two of the four it has room for; then the rest of its group ends it."""
    floor = Floor(TENTH)
    floor.send(order("g1", 4, limit=101), order("e", -4, limit=101, parent="g1", group="g"))
    floor.send(order("c", 4, stop=101, parent="e"), order("f", -4, limit=101, group="g"))
    floor.flat(101, lots=20)

    assert floor.opens(101, 101, 101, 101, lots=90) == [
        ("g1", 2, 101),
        ("e", -2, 101),
        ("f", "replaced", -2),
        ("f", -2, 101),
        ("e", "canceled", "group"),
        ("c", "replaced", 2),
    ]
    assert floor.flat(90) == [("c", 2, 90)]
