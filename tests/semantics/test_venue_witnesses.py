"""Moments at the venue that were once wrong, each as small as it gets; both venues must agree."""

from fractions import Fraction

from tests.oracle.market import Bar
from tests.oracle.orders import Change, Order, VenueRules
from tests.semantics.venues import INTERVAL, NAME, Both, both

TENTH = VenueRules(participation=Fraction(1, 10))


def order(
    number: int,
    kind: str,
    lots: int,
    ticks: int = 0,
    parent: int | None = None,
    group: str = "",
) -> Order:
    return Order(
        number=number,
        ts=0,
        seq=0,
        strategy="s",
        instrument=NAME,
        order_type=kind,
        lots=lots,
        limit_ticks=ticks if kind in ("limit", "stop_limit") else None,
        stop_ticks=ticks if kind in ("stop", "stop_limit") else None,
        parent=parent,
        size=abs(lots),
        group=group,
    )


def bar(number: int, prices: tuple[int, int, int, int], lots: int = 1_000) -> Bar:
    ts = number * INTERVAL
    return Bar(ts, ts + INTERVAL, *prices, lots)


def still(number: int, price: int, lots: int = 1_000) -> Bar:
    return bar(number, (price, price, price, price), lots)


def played(venues: Both, *bars: Bar) -> None:
    for each in bars:
        venues.open(each)
        venues.close(each)
    venues.agree()


def lots_of(venues: Both) -> list[tuple[object, object]]:
    return [(number, lots) for number, _, lots, *_ in venues.fills]


def test_a_stop_that_was_triggered_stays_so() -> None:
    """It is lowered to where its parent has opened nothing, and started again by the next fill."""
    venues = both(TENTH)
    parent, child = order(1, "market", -9), order(2, "stop", 6, 169, parent=1)
    venues.submit(parent, 0)
    venues.submit(child, 0)
    played(venues, still(0, 176, lots=60))  # beyond the stop: triggered
    venues.replace(child, Change(size=1), INTERVAL)
    played(venues, still(1, 165, lots=30), still(2, 165))

    assert lots_of(venues) == [(1, -6), (1, -3), (2, 1)]


def test_a_child_starts_by_the_market_and_not_by_its_parents_slippage() -> None:
    """The parent's stop at 100 fills at 105; the market, 100, is beyond the child's 103."""
    venues = both(VenueRules(slippage_ticks=5))
    venues.submit(order(1, "stop", 4, 100), 0)
    venues.submit(order(2, "stop", -4, 103, parent=1), 0)
    played(venues, bar(0, (99, 101, 99, 101)), still(1, 110))

    assert [(number, ticks) for number, _, _, ticks, *_ in venues.fills] == [(1, 105), (2, 105)]


def test_a_child_is_never_made_larger_than_what_its_parents_end_has_left() -> None:
    """Asked for seven of what is left at four."""
    venues = both(TENTH)
    parent, child = order(1, "market", 10), order(2, "stop", -10, 50, parent=1)
    venues.submit(parent, 0)
    venues.submit(child, 0)
    played(venues, still(0, 100, lots=40))
    venues.cancel(parent, INTERVAL)
    venues.replace(child, Change(size=7), INTERVAL)

    assert child.size == 4
    venues.agree()


def test_a_late_cancel_takes_the_children_along_once() -> None:
    """Both were canceled inside the bar; the parent's end is the child's."""
    venues = both(VenueRules())
    parent, child = order(1, "limit", 5, 50), order(2, "stop", -5, 40, parent=1)
    venues.submit(parent, 0)
    venues.submit(child, 0)
    each = still(0, 100)
    venues.open(each)
    venues.cancel(parent, INTERVAL // 2)
    venues.cancel(child, INTERVAL // 2)
    venues.close(each)
    venues.agree()

    assert [parent.status, child.status] == ["CANCELED", "CANCELED"]


def test_a_child_of_which_nothing_was_open_does_not_meet_the_opening() -> None:
    """Two of fourteen are filled; twelve more come at an opening that also fills the first stop.

    What the group takes from the second stop does not let it work at that opening already.
    """
    venues = both(TENTH)
    venues.submit(order(1, "market", 14), 0)
    venues.submit(order(2, "stop", -14, 90, parent=1, group="g"), 0)
    venues.submit(order(3, "stop", -6, 91, parent=1, group="g"), 0)
    played(venues, still(0, 100, lots=20), still(1, 80))

    assert lots_of(venues) == [(1, 2), (1, 12), (2, -2)]


def test_a_stop_limit_that_is_triggered_where_it_joins_stays_out_of_that_bar() -> None:
    """Also if it is replaced at that same moment."""
    venues = both(VenueRules())
    late = order(1, "stop_limit", -5, 70)
    each = bar(0, (69, 70, 65, 65))
    venues.open(each)
    venues.submit(late, 0)
    venues.replace(late, Change(size=1, limit_ticks=66), 0)
    venues.close(each)
    venues.agree()

    assert lots_of(venues) == []


def test_a_replacement_that_finds_its_parent_ended_leaves_the_groups_part_out() -> None:
    """Three were filled, one of which the group has taken: two are the most there can be."""
    venues = both(VenueRules())
    venues.submit(order(1, "limit", 3, 99), 0)
    child, sibling = order(2, "stop", -20, 50, 1, "g"), order(3, "limit", -1, 120, 1, "g")
    venues.submit(child, 0)
    venues.submit(sibling, 0)
    played(venues, bar(0, (99, 99, 99, 99)), bar(1, (110, 125, 110, 110)))
    venues.replace(child, Change(size=5), 2 * INTERVAL)

    assert child.size == 2
    venues.agree()
