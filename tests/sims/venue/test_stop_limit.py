"""Stop-limits: triggered like a stop, and a limit from the next opening on."""

from typing import TypeAlias

import pytest

from tests.sims.venue.floor import Floor, Said, order
from trader.model.orders import Liquidity

Prices: TypeAlias = tuple[int, int, int, int]

QUIET: Prices = (101, 104, 96, 102)
MAKER, TAKER = Liquidity.MAKER, Liquidity.TAKER


@pytest.mark.parametrize(
    ("lots", "stop", "limit", "bars", "said", "sides"),
    [
        # triggered by the opening, which does not fill it, nor does that bar's inside
        (5, 101, 105, [QUIET, (102,) * 4], [("1 open", "o", 5, 102)], [TAKER]),
        (-5, 101, 99, [QUIET, (100,) * 4], [("1 open", "o", -5, 100)], [TAKER]),
        # triggered inside
        (5, 104, 104, [QUIET, (103,) * 4], [("1 open", "o", 5, 103)], [TAKER]),
        (-5, 96, 96, [QUIET, (97,) * 4], [("1 open", "o", -5, 97)], [TAKER]),
        # the next opening is beyond the limit, the inside comes back through it
        (5, 104, 104, [QUIET, (106, 107, 103, 105)], [("1 inside", "o", 5, 104)], [MAKER]),
        (-5, 96, 96, [QUIET, (94, 97, 93, 95)], [("1 inside", "o", -5, 96)], [MAKER]),
        # it only comes back to it
        (5, 104, 104, [QUIET, (106, 107, 104, 105)], [], []),
        # one opening later it is a maker
        (5, 104, 104, [QUIET, (106,) * 4, (103,) * 4], [("2 open", "o", 5, 103)], [MAKER]),
        # what was triggered stays so, wherever the price goes
        (5, 104, 90, [QUIET, (95,) * 4, (89,) * 4], [("2 open", "o", 5, 89)], [MAKER]),
        # never triggered
        (5, 105, 110, [QUIET, QUIET], [], []),
        (-5, 95, 90, [QUIET, QUIET], [], []),
    ],
)
def test_a_stop_limit_rests_from_the_next_opening_on(
    lots: int,
    stop: int,
    limit: int,
    bars: list[Prices],
    said: list[Said],
    sides: list[Liquidity],
) -> None:
    floor = Floor()
    floor.send(order("o", lots, stop=stop, limit=limit))

    assert floor.places(*bars) == said
    assert [fill.liquidity for fill in floor.fills] == sides


@pytest.mark.parametrize(("lots", "stop", "limit"), [(5, 100, 102), (-5, 100, 98), (5, 99, 102)])
def test_one_the_market_is_beyond_already_rests_from_the_next_opening(
    lots: int, stop: int, limit: int
) -> None:
    """No later price triggers it again."""
    floor = Floor()
    floor.flat(100)
    floor.send(order("o", lots, stop=stop, limit=limit))

    best = 98 if lots > 0 else 102
    assert floor.places((best,) * 4) == [("0 open", "o", lots, best)]


def test_one_that_joins_a_bar_after_an_opening_beyond_its_stop_leaves_the_bar_alone() -> None:
    floor = Floor()
    floor.opens(*QUIET)
    floor.send(order("beyond", 5, stop=101, limit=103), order("reached", 5, stop=103, limit=103))

    assert floor.closes() == []
    assert floor.flat(103) == [("beyond", 5, 103), ("reached", 5, 103)]


def test_one_that_arrives_inside_a_bar_is_not_triggered_by_it() -> None:
    floor = Floor()
    floor.opens(*QUIET)
    floor.passes()
    floor.send(order("o", 5, stop=103, limit=110))

    assert floor.closes() == []
    assert floor.places((101,) * 4, (103,) * 4, (104,) * 4) == [("2 open", "o", 5, 104)]
