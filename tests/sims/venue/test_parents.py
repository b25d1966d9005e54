"""Children at the venue: they work for what their parent has opened, and go with it."""

from typing import TypeAlias

import pytest

from sims.venue import VenueRules
from sims.venue.book import Stance
from tests.sims.venue.floor import Floor, Said, order
from trader.model.orders import SubmitOrder

Prices: TypeAlias = tuple[int, int, int, int]

TENTH = VenueRules(participation=(1, 10))
ENTRY = order("e", 10)


def child(lots: int = -10, *, stop: int | None = 95, limit: int | None = None) -> SubmitOrder:
    return order("c", lots, stop=stop, limit=limit, parent="e")


@pytest.mark.parametrize(
    ("entry", "sent", "bars", "said"),
    [
        # filled at the open: the child takes part in the inside of that bar
        (ENTRY, child(), [(101, 104, 94, 102)], [("e", 10, 101), ("c", -10, 95)]),
        (ENTRY, child(stop=93), [(101, 104, 94, 102)], [("e", 10, 101)]),
        (
            ENTRY,
            child(stop=None, limit=103),
            [(101, 104, 94, 102)],
            [("e", 10, 101), ("c", -10, 103)],
        ),
        # filled at an open that is beyond the stop already: sold at the next opening
        (ENTRY, child(), [(94, 99, 90, 97), (98,) * 4], [("e", 10, 94), ("c", -10, 98)]),
        # filled inside: in that bar the stop alone can fill
        (
            order("e", 10, limit=98),
            child(),
            [(101, 104, 94, 102)],
            [("e", 10, 98), ("c", -10, 95)],
        ),
        (
            order("e", 10, limit=98),
            child(stop=None, limit=103),
            [(101, 104, 94, 102), (101, 104, 99, 102)],
            [("e", 10, 98), ("c", -10, 103)],
        ),
        (
            order("e", 10, stop=103),
            child(),
            [(101, 104, 94, 102)],
            [("e", 10, 103), ("c", -10, 95)],
        ),
        # nothing of a child before its parent's fill, whatever the price does
        (order("e", 10, limit=50), child(), [(101, 104, 90, 102)], []),
    ],
)
def test_a_child_works_from_its_parents_fill_on(
    entry: SubmitOrder, sent: SubmitOrder, bars: list[Prices], said: list[Said]
) -> None:
    floor = Floor()
    floor.send(entry, sent)

    assert [each for prices in bars for each in floor.bar(*prices)] == said


def test_a_child_works_for_no_more_than_its_parent_has_filled() -> None:
    """Four lots a bar; the parent, which is older, is served first."""
    floor = Floor(TENTH)
    floor.send(ENTRY, child())

    assert floor.bar(101, 104, 90, 91, lots=40) == [("e", 4, 101)]
    assert floor.flat(92, lots=40) == [("e", 4, 92)]
    assert floor.flat(93, lots=40) == [("e", 2, 93), ("c", -2, 93)]
    assert floor.flat(94, lots=400) == [("c", -8, 94)]
    assert floor.flat(93, lots=400) == []


def test_a_parent_that_turns_a_position_opens_only_with_what_is_beyond_it() -> None:
    """Of twenty lots ten close what was short: the stop for ten works from the eleventh on."""
    floor = Floor(TENTH)
    floor.send(order("e", 20), child())

    assert floor.bar(101, 104, 94, 102, lots=100) == [("e", 10, 101)]
    assert floor.bar(101, 104, 94, 102, lots=150) == [("e", 10, 101), ("c", -5, 95)]


def test_a_child_of_nobody_is_rejected() -> None:
    floor = Floor()

    assert floor.send(child()) == [("c", "OrderRejected", "unknown_parent")]
    assert floor.book.orders == {}


def test_a_parent_that_has_ended_is_nobody() -> None:
    floor = Floor()
    floor.send(ENTRY)
    floor.flat(101)

    assert floor.send(child()) == [("c", "OrderRejected", "unknown_parent")]


def test_a_child_that_arrives_after_its_parents_fill_works_at_once() -> None:
    """Its parent still works; the market is where the bar under way opened."""
    floor = Floor(TENTH)
    floor.send(order("e", 20))
    floor.opens(101, 104, 94, 102, lots=150)
    floor.send(order("c", -20, stop=95, parent="e"), order("d", -20, stop=101, parent="e"))

    assert floor.book.orders["c"].room == 15
    assert floor.book.orders["d"].stance is Stance.TAKES
    assert floor.book.orders["c"].stance is Stance.WAITS


@pytest.mark.parametrize(
    ("filled", "said"),
    [
        (0, [("e", "canceled", "asked_for"), ("c", "canceled", "parent_ended")]),
        (4, [("e", "canceled", "asked_for"), ("c", "replaced", -4)]),
    ],
)
def test_when_a_parent_ends_the_rest_of_its_child_goes(filled: int, said: list[Said]) -> None:
    floor = Floor(TENTH)
    floor.send(ENTRY, child())
    floor.flat(101, lots=10 * filled)

    assert floor.cancel("e") == said
    assert floor.flat(95, lots=400) == ([("c", -4, 95)] if filled else [])


def test_a_child_of_its_parents_size_stays_when_the_parent_is_filled() -> None:
    floor = Floor()
    floor.send(ENTRY, child())

    assert floor.flat(101) == [("e", 10, 101)]
    assert floor.flat(95) == [("c", -10, 95)]


def test_a_child_larger_than_its_parent_is_lowered_when_the_parent_is_filled() -> None:
    floor = Floor()
    floor.send(order("e", 3), child())

    assert floor.flat(101) == [("e", 3, 101), ("c", "replaced", -3)]


def test_a_child_that_was_taken_back_stays_away() -> None:
    floor = Floor()
    floor.send(ENTRY, child())
    assert floor.cancel("c") == [("c", "canceled", "asked_for")]

    assert floor.flat(101) == [("e", 10, 101)]
    assert floor.flat(95) == []


def test_a_child_that_is_lowered_stays_within_what_its_parent_filled() -> None:
    floor = Floor(TENTH)
    floor.send(ENTRY, child())
    floor.flat(101, lots=40)

    assert floor.replace("c", -6) == [("c", "replaced", -6)]
    assert floor.book.orders["c"].room == 0  # four of the ten would close, six open
    floor.flat(101, lots=40)
    assert floor.book.orders["c"].room == 4


def test_late_cancels_of_parent_and_child_end_each_once() -> None:
    floor = Floor()
    floor.send(order("e", 10, limit=50), child())
    floor.opens(101, 104, 96, 102)
    floor.passes()
    floor.cancel("e")
    floor.cancel("c")

    assert floor.closes() == [("e", "canceled", "asked_for"), ("c", "canceled", "parent_ended")]


def test_a_late_lowering_after_the_parents_end_raises_nothing() -> None:
    """The parent's end has lowered the child further than somebody asked for."""
    floor = Floor(TENTH)
    floor.send(ENTRY, child())
    floor.flat(101, lots=40)
    floor.opens(101, 101, 101, 101, lots=0)
    floor.passes()
    floor.cancel("e")
    floor.replace("c", -8)

    assert floor.closes() == [
        ("e", "canceled", "asked_for"),
        ("c", "replaced", -4),
        ("c", "replaced", -4),
    ]


# -- replaced parents and children ----------------------------------------------------------------


def test_a_child_may_ask_for_more_than_its_parent_opened_and_works_for_no_more() -> None:
    floor = Floor(TENTH)
    floor.send(ENTRY, child())
    floor.flat(101, lots=40)

    assert floor.replace("c", -15) == [("c", "replaced", -15)]
    assert floor.book.orders["c"].room == 4
    assert floor.flat(101, lots=60) == [("e", 6, 101), ("c", "replaced", -10)]


def test_a_child_that_outlives_its_parent_grows_to_what_that_has_filled_at_most() -> None:
    floor = Floor()
    floor.send(ENTRY, child())
    floor.flat(101)

    assert floor.replace("c", -4) == [("c", "replaced", -4)]
    assert floor.replace("c", -15) == [("c", "replaced", -10)]
    assert floor.flat(95) == [("c", -10, 95)]


def test_what_a_parent_was_ordered_for_counts_and_not_what_it_is_now() -> None:
    """Ten of twenty close; the entry is lowered to fifteen, so five open."""
    floor = Floor(TENTH)
    floor.send(order("e", 20), child())
    floor.replace("e", 15)
    floor.flat(101, lots=120)
    assert floor.book.orders["c"].room == 2

    assert floor.flat(101, lots=30) == [("e", 3, 101), ("c", "replaced", -5)]


def test_a_child_that_begins_again_sees_the_market_anew() -> None:
    """It had nothing to work for when the price passed its stop."""
    floor = Floor(TENTH)
    floor.send(ENTRY, child(stop=95))
    floor.flat(101, lots=40)
    floor.replace("c", -6)
    assert floor.book.orders["c"].room == 0

    assert floor.flat(90, lots=40) == [("e", 4, 90)]
    assert floor.flat(120, lots=100) == [("e", 2, 120), ("c", -4, 120)]


def test_a_fill_that_opens_nothing_yet_lets_no_child_begin() -> None:
    """At 101 five of twenty close what was held; at 110, where five open, the stop is not met."""
    floor = Floor(TENTH)
    floor.send(order("e", 20, limit=110), child(stop=101))
    floor.flat(101, lots=50)
    floor.flat(110, lots=100)

    assert floor.book.orders["c"].room == 5
    assert floor.book.orders["c"].stance is Stance.WAITS


def test_a_stop_limit_child_triggers_in_the_bar_that_fills_its_parent_inside() -> None:
    floor = Floor()
    floor.send(order("e", 10, limit=98), order("c", -10, stop=97, limit=96, parent="e"))

    assert floor.places((101, 104, 96, 102), (99,) * 4) == [
        ("0 inside", "e", 10, 98),
        ("1 open", "c", -10, 99),
    ]


# -- bars whose order of events nobody knows ------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "sent", "ambiguous"),
    [
        (order("e", 10, stop=103), child(), 1),  # above the open, its stop below
        (order("e", 10, limit=98), child(), 0),  # both below the open: the price passed it first
        (order("e", 10, limit=98), child(stop=None, limit=103), 1),  # the target may have been met
        (order("e", -10, limit=103), child(10, stop=104), 0),
        (order("e", 10, limit=98), child(stop=102), 1),
        (ENTRY, child(), 0),  # filled at the open, which is first
        (order("e", 10, stop=120), child(), 0),  # not filled at all
        (order("e", 10, limit=98), child(stop=101), 1),  # the stop is at the open
        (order("e", 10, limit=98), child(stop=95, limit=94), 0),  # a stop-limit is a stop
    ],
)
def test_a_bar_that_fills_a_parent_inside_is_ambiguous_unless_its_order_is_certain(
    entry: SubmitOrder, sent: SubmitOrder, ambiguous: int
) -> None:
    floor = Floor()
    floor.send(entry, sent)

    floor.bar(101, 104, 94, 102)

    assert floor.venue.ambiguous_bars == ambiguous


def test_a_parent_whose_children_are_gone_makes_no_bar_ambiguous() -> None:
    floor = Floor()
    floor.send(order("e", 10, stop=103), child())
    floor.cancel("c")
    floor.bar(101, 104, 94, 102)

    assert floor.venue.ambiguous_bars == 0


def test_a_triggered_stop_limit_is_a_limit_entry_like_any() -> None:
    floor = Floor()
    floor.send(order("e", 10, stop=101, limit=98), child())
    floor.flat(101)

    assert floor.bar(101, 104, 94, 102) == [("e", 10, 98), ("c", -10, 95)]
    assert floor.venue.ambiguous_bars == 0


def test_a_bar_counts_once() -> None:
    floor = Floor()
    for name in "ef":
        floor.send(order(name, 1, stop=103), order(f"{name}c", -1, stop=95, parent=name))

    floor.bar(101, 104, 94, 102)

    assert floor.venue.ambiguous_bars == 1
