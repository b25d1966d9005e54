"""A bar's volume: what share of it there is, and who is served first."""

from typing import Any, TypeAlias

import pytest

from sims.venue import VenueRules
from tests.sims.venue.floor import Floor, Said, order

Prices: TypeAlias = tuple[int, int, int, int]

TENTH = VenueRules(participation=(1, 10))


def test_a_bar_gives_its_share_and_the_rest_keeps_working() -> None:
    """A tenth of 59 is 5, of 9 is 0; without volume there is nothing."""
    floor = Floor(TENTH)
    floor.send(order("o", 8))

    said = [floor.flat(ticks, lots) for ticks, lots in ((101, 59), (102, 9), (103, 0), (104, 99))]
    assert said == [[("o", 5, 101)], [], [], [("o", 3, 104)]]


def test_an_opening_is_served_in_order_of_arrival_whatever_the_side() -> None:
    floor = Floor(TENTH)
    floor.send(order("a", 4), order("b", -4), order("c", 1))

    assert floor.flat(101, lots=50) == [("a", 4, 101), ("b", -1, 101)]
    assert floor.flat(102, lots=50) == [("b", -3, 102), ("c", 1, 102)]


def test_the_opening_is_served_before_the_inside() -> None:
    floor = Floor(TENTH)
    floor.send(order("a", 4, limit=98), order("b", 4, limit=99), order("c", 3))

    assert floor.bar(101, 104, 96, 102, lots=50) == [("c", 3, 101), ("a", 2, 98)]


@pytest.mark.parametrize(
    ("bar", "lots", "said"),
    [
        ((101, 104, 94, 102), 50, [("o", -5, 95)]),  # reached inside
        ((94, 104, 94, 102), 50, [("o", -5, 94)]),  # met by the open
        ((101, 104, 94, 102), 0, []),  # a price triggers also where nothing is given
    ],
)
def test_the_rest_of_a_triggered_stop_is_a_market_order(
    bar: Prices, lots: int, said: list[Said]
) -> None:
    floor = Floor(TENTH)
    floor.send(order("o", -8, stop=95))

    assert floor.bar(*bar, lots=lots) == said
    assert floor.flat(120) == [("o", -8 + len(said) * 5, 120)]


def test_without_a_share_volume_is_unlimited() -> None:
    floor = Floor()
    floor.send(order("o", 10**9))

    assert floor.flat(100, lots=0) == [("o", 10**9, 100)]


@pytest.mark.parametrize("prices", [{"stop": 105}, {"stop": 105, "limit": 104}])
def test_a_stop_that_a_dry_opening_triggers_meets_the_next_one_however_calm(
    prices: dict[str, Any],
) -> None:
    """It only waited for a price before, and bars that do not reach that one are passed over."""
    floor = Floor(TENTH)
    floor.send(order("o", 5, **prices))
    floor.flat(100)

    assert floor.places((105, 105, 105, 105, 9), (101, 101, 101, 101, 100)) == [
        ("1 open", "o", 5, 101)
    ]
