"""Exits worked by hand, from the bar to the order at the venue, in the core as it is wired.

The bars of a story reach two ticks above and below their close; where one closes as the one before
it did, the average true range of one bar is four ticks.
"""

from typing import Any, Final

import pytest

from tests.core.making import A
from tests.core.story import LATER, LIMIT, STOP, TIME, TRAIL, Story
from trader.config.schema import ExitConfig
from trader.model.control import SetTradingState, TradingState
from trader.model.orders import (
    OrderFilled,
    OrderType,
    TargetPosition,
)

BUY: Final[dict[int, Any]] = {2: [{"does": "target", "lots": 10}]}
SELL: Final[dict[int, Any]] = {2: [{"does": "target", "lots": -10}]}


def story(*exits: ExitConfig, script: dict[int, Any] = BUY, prompt: bool = True) -> Story:
    """It decides at the close of the third bar, at 100."""
    told = Story(script, exits, prompt=prompt)
    for _ in range(3):
        told.bar(100)
    return told


def entered(*exits: ExitConfig, script: dict[int, Any] = BUY, ticks: int = 100) -> Story:
    """Ten lots are held, bought (or sold) at this price."""
    told = story(*exits, script=script)
    [entry] = [id_ for id_, each in told.venue.orders.items() if not each.order.parent]
    told.venue.fill(entry, 10, ticks)
    told.settle()
    return told


def working(told: Story) -> list[tuple[str, int, int | None, int | None]]:
    """What works at the venue: type, signed lots, limit, stop."""
    return [
        (each.order.order_type.name, each.size * each.sign, each.limit, each.stop)
        for each in told.venue.orders.values()
    ]


def reasons(told: Story) -> list[tuple[int, str]]:
    """Targets and their reasons."""
    said = [each.body for each in told.said]
    return [(each.lots, each.reason) for each in said if isinstance(each, TargetPosition)]


def fill(told: Story, kind: OrderType, lots: int, ticks: int) -> None:
    """The one order of this type fills so many lots."""
    [id_] = [i for i, each in told.venue.orders.items() if each.order.order_type is kind]
    told.venue.fill(id_, lots, ticks)
    told.settle()


@pytest.mark.parametrize(
    ("exits", "script", "expected"),
    [
        ((STOP,), BUY, [("STOP", -10, None, 92)]),
        ((STOP,), SELL, [("STOP", 10, None, 108)]),
        ((STOP, LIMIT), BUY, [("STOP", -10, None, 92), ("LIMIT", -10, 104, None)]),
        ((LIMIT, STOP), SELL, [("STOP", 10, None, 108), ("LIMIT", 10, 96, None)]),
        ((TRAIL,), BUY, [("STOP", -10, None, 96)]),
        ((STOP, TRAIL), BUY, [("STOP", -10, None, 96)]),  # one stop, the nearer
        ((LATER, LIMIT), BUY, [("LIMIT", -10, 104, None)]),
        ((TIME,), BUY, []),
    ],
)
def test_what_goes_with_an_entry(
    exits: tuple[ExitConfig, ...], script: dict[int, Any], expected: list[Any]
) -> None:
    side = 10 if script is BUY else -10

    assert working(story(*exits, script=script)) == [("MARKET", side, None, None), *expected]


def test_a_take_profit_ends_the_target_and_its_stop() -> None:
    told = entered(STOP, LIMIT)

    fill(told, OrderType.LIMIT, 4, 104)
    assert (told.held, working(told)) == (6, [("STOP", -6, None, 92), ("LIMIT", -10, 104, None)])
    fill(told, OrderType.LIMIT, 6, 104)

    assert (told.held, working(told)) == (0, [])
    assert reasons(told) == [(10, "scripted"), (0, "take_profit")]


def test_a_stop_follows_the_best_close_and_says_so() -> None:
    told = entered(STOP, TRAIL)

    told.bar(102)  # reaches from 100 to 104: one range is four, and the level 98
    told.settle()
    assert working(told) == [("STOP", -10, None, 98)]
    told.bar(101)  # never loosened
    told.settle()
    assert working(told) == [("STOP", -10, None, 98)]
    fill(told, OrderType.STOP, 10, 98)

    assert reasons(told) == [(10, "scripted"), (0, "trailing")]
    [_, closing] = [
        each.body
        for each in told.said
        if each.source == "order_manager" and isinstance(each.body, OrderFilled)
    ]
    assert closing.reason == "trailing"


def test_where_a_profit_must_come_first_the_stop_is_made_then() -> None:
    """Half a range is two ticks; it joins its entry's group, so the limit's fills lower it."""
    told = entered(LATER, LIMIT)

    told.bar(101)
    told.settle()
    assert working(told) == [("LIMIT", -10, 104, None)]
    told.bar(102)
    told.settle()
    assert working(told) == [("LIMIT", -10, 104, None), ("STOP", -10, None, 98)]
    fill(told, OrderType.LIMIT, 3, 104)
    assert working(told) == [("LIMIT", -10, 104, None), ("STOP", -7, None, 98)]


def test_profit_is_counted_from_the_price_of_the_first_fill() -> None:
    told = entered(LATER, ticks=99)

    told.bar(101)
    told.settle()

    assert working(told) == [("STOP", -10, None, 97)]


def test_a_position_whose_time_is_up_is_left() -> None:
    """Two bars after the one in which the entry filled."""
    told = entered(STOP, TIME)

    told.bar(100)
    told.bar(100)
    assert reasons(told) == [(10, "scripted")]
    told.bar(100)
    told.settle()

    assert reasons(told) == [(10, "scripted"), (0, "time_stop")]
    assert (told.held, working(told)) == (0, [])


def test_a_position_that_becomes_smaller_keeps_as_much_protection() -> None:
    script = {**BUY, 3: [{"does": "target", "lots": 6}]}
    told = entered(STOP, LIMIT, script=script)

    told.bar(100)
    told.settle()

    assert (told.held, working(told)) == (6, [("STOP", -6, None, 92), ("LIMIT", -6, 104, None)])


def test_a_turn_takes_the_old_protection_away_and_brings_its_own() -> None:
    script = {**BUY, 3: [{"does": "target", "lots": -5}]}
    told = entered(STOP, script=script)

    told.bar(100)
    told.settle()

    assert (told.held, working(told)) == (-5, [("STOP", 5, None, 108)])


def test_a_part_of_an_entry_is_protected_as_far_as_it_goes() -> None:
    """The stop is for all ten and may close the four that are there, no more."""
    told = story(STOP)
    fill_entry = next(iter(told.venue.orders))
    told.venue.fill(fill_entry, 4, 100)
    told.tell()

    assert told.venue.covered(A, OrderType.STOP, 1) == 4


def test_with_latency_a_newer_level_waits_for_the_answer_to_the_older() -> None:
    told = Story(BUY, (TRAIL,), prompt=False)
    for _ in range(3):
        told.bar(100)
    told.settle()
    assert working(told) == [("STOP", -10, None, 96)]

    told.bar(101)
    told.bar(103)
    assert len(told.venue.commands) == 1
    told.settle()

    assert working(told) == [("STOP", -10, None, 99)]


def test_flattening_closes_the_position_and_the_strategy_rests() -> None:
    script = {**BUY, 5: [{"does": "target", "lots": 10}], 8: [{"does": "target", "lots": 4}]}
    told = entered(STOP, script=script)
    flatten = SetTradingState(state=TradingState.FLATTENING, by="ada", reason="enough")
    active = SetTradingState(state=TradingState.ACTIVE, by="ada", reason="again")

    told.venue.take(list(told.core.reactor.note(flatten, told.now)))
    assert working(told) == [("STOP", -10, None, 92), ("MARKET", -10, None, None)]
    told.quiet()
    assert (told.held, working(told)) == (0, [])
    for _ in range(4):
        told.bar(100)
    assert reasons(told) == [(10, "scripted"), (0, "enough")]
    told.venue.take(list(told.core.reactor.note(active, told.now)))
    told.bar(100)
    told.bar(100)
    told.settle()

    assert reasons(told)[2:] == [(4, "scripted")]


def test_a_split_carries_everything_over() -> None:
    told = entered(STOP, TRAIL)
    told.bar(102)
    told.settle()

    told.split()

    assert (told.held, working(told)) == (20, [("STOP", -20, None, 49)])
    told.bar(52)
    told.settle()
    # The best close is 52 and a range is four again: the stop stands nearer than 48.
    assert working(told) == [("STOP", -20, None, 49)]
    fill(told, OrderType.STOP, 20, 49)
    assert reasons(told) == [(10, "scripted"), (0, "trailing")]


# -- orders of its own ---------------------------------------------------------------------------


def test_a_pair_of_its_own_goes_with_its_entry() -> None:
    pair = {"group": "g", "parent": "in"}
    script = {
        2: [
            {"does": "order", "key": "in", "lots": 10, "limit": 99},
            {"does": "order", "key": "stop", "lots": -10, "stop": 90, **pair},
            {"does": "order", "key": "out", "lots": -10, "limit": 110, **pair},
        ],
        3: [{"does": "replace", "key": "stop", "stop": 95}],
    }
    told = story(script=script)
    told.settle()
    told.bar(100)
    told.settle()

    assert working(told) == [
        ("LIMIT", 10, 99, None),
        ("STOP", -10, None, 95),
        ("LIMIT", -10, 110, None),
    ]
    entry = next(iter(told.venue.orders))
    told.venue.fill(entry, 10, 99)
    told.settle()
    out = list(told.venue.orders)[1]
    told.venue.fill(out, 10, 110)
    told.settle()
    assert (told.held, working(told)) == (0, [])
