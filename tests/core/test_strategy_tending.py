"""What exits want of a position while it is held: nearer stops, or its end.

A bar of these tests has a range of ten ticks, so one average true range is ten.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from actors.core.strategy import StrategyActor
from tests.core.making import bar, filled, given
from tests.core.saying import hear, position, ranging, says, stop, stopped, targets
from trader.model.envelope import Message
from trader.model.orders import OrderRole, TargetPosition, TrailStops
from trader.strategies.exits import ExitPolicy, Held, TimeStop, Trailing
from trader.strategies.strategy import Answer, Target


def trailing(k: int = 1, activate: int = 0) -> Trailing:
    return Trailing(1, Decimal(k), Decimal(activate))


def levels(messages: Sequence[Message]) -> list[int]:
    return [each.stop_ticks for each in messages if isinstance(each, TrailStops)]


def holding(
    *exits: ExitPolicy, lots: int = 10, answers: Sequence[Answer] = (), ticks: int = 100
) -> StrategyActor:
    """An actor that holds its target since the second bar; it was filled at this price."""
    actor = says(None, Target(lots), *answers, stops=exits)
    assert targets(hear(actor, 2)) == [lots]
    assert given(actor, position(lots, ticks), filled(lots, ticks)) == []
    return actor


def closing(actor: StrategyActor, *closes: int) -> list[Message]:
    """Bars that close there, one after the other; each reaches five ticks to both sides."""
    return given(actor, *(ranging(row, close) for row, close in enumerate(closes, 2)))


# -- what is held --------------------------------------------------------------------------------


def test_a_position_is_held_from_its_first_fill_on() -> None:
    """What adds to it or takes a part away changes neither its price nor its bars."""
    actor = holding(trailing(), ticks=101)
    assert actor.state.held == Held(1, 101, 101, 0)

    closing(actor, 104)
    given(actor, position(15, 104), position(3, 99))
    closing(actor, 103)
    assert actor.state.held == Held(1, 101, 104, 2)
    given(actor, position(0))
    assert actor.state.held is None


def test_the_best_close_is_the_best_since_then_and_not_the_price() -> None:
    actor = holding(trailing(), ticks=120)

    closing(actor, 104)
    assert actor.state.held == Held(1, 120, 104, 1)


def test_a_turn_begins_anew() -> None:
    actor = holding(trailing())
    closing(actor, 104)

    given(actor, position(-4, 99))
    assert actor.state.held == Held(-1, 99, 99, 0)
    closing(actor, 97, 98)
    assert actor.state.held == Held(-1, 99, 97, 2)


# -- trailing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lots", "closes", "expected"),
    [
        (10, (100, 104, 102, 107), [90, 94, 94, 97]),
        (-10, (100, 96, 98, 93), [110, 106, 106, 103]),
        (10, (95,), [85]),
    ],
)
def test_stops_follow_the_best_close(
    lots: int, closes: tuple[int, ...], expected: list[int]
) -> None:
    """Told at every bar: there may be stops now that do not stand there."""
    actor = holding(trailing(), lots=lots)

    answers = closing(actor, *closes)

    assert levels(answers) == expected
    assert answers[0] == TrailStops(
        strategy="one",
        side=1 if lots > 0 else -1,
        stop_ticks=expected[0],
        ref_ticks=closes[0],
        reason="trailing",
    )


def test_none_is_told_before_the_profit_is_there() -> None:
    actor = holding(trailing(activate=1))

    assert levels(closing(actor, 105, 109)) == []
    assert levels(closing(actor, 110)) == [100]


def test_of_several_levels_the_nearest_is_told() -> None:
    assert levels(closing(holding(trailing(3), trailing(2)), 104)) == [84]
    assert levels(closing(holding(trailing(2), trailing(3), lots=-10), 96)) == [116]


def test_a_policy_that_is_not_ready_is_not_asked() -> None:
    """A position of orders of the strategy's own can be held before any exit is ready."""
    actor = says(stops=(Trailing(5, Decimal(1)),))
    given(actor, ranging(0), position(10))

    assert levels(closing(actor, 104, 105)) == []


def test_nothing_is_told_of_what_is_not_held() -> None:
    actor = says(None, Target(10), stops=(trailing(),))

    assert levels(hear(actor, 4)) == []


# -- time ----------------------------------------------------------------------------------------


def ends(messages: Sequence[Message]) -> list[tuple[int, str]]:
    return [(each.lots, each.reason) for each in messages if isinstance(each, TargetPosition)]


def test_a_position_ends_at_the_close_of_the_nth_bar_after_that_of_its_fill() -> None:
    actor = holding(stop(), TimeStop(2))

    assert ends(closing(actor, 100, 101)) == []
    assert ends(closing(actor, 102)) == [(0, "time_stop")]
    assert ends(closing(actor, 103)) == []  # it is told once
    assert (actor.state.target, actor.strategy.state.exited) == (0, 1)


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([None, Target(10), Target(10)], []),  # the side is blocked while it is asked for
        ([None, Target(-4)], [-4]),
        ([None, None, Target(10)], [10]),
    ],
)
def test_its_side_is_blocked_as_after_a_stop(answers: list[Answer], told: list[int]) -> None:
    """The exit speaks before the strategy, in the same bar."""
    actor = holding(stop(), TimeStop(1), answers=answers)
    closing(actor, 100)

    assert targets(closing(actor, *[100] * (len(answers) - 1))) == [0, *told]


def test_what_is_left_already_does_not_end_again() -> None:
    actor = holding(stop(), TimeStop(1), answers=[Target(0)])

    assert ends(closing(actor, 100, 101, 102)) == [(0, "target")]


def test_stops_trail_before_time_is_up() -> None:
    actor = holding(trailing(), TimeStop(1))
    closing(actor, 100)

    assert [type(each) for each in closing(actor, 105)] == [TrailStops, TargetPosition]


def test_exits_that_only_go_with_an_entry_are_not_asked_while_it_lasts() -> None:
    actor = holding(stop())

    assert closing(actor, 100, 104) == []
    assert actor.state.held == Held(1, 100, 100, 0)
    assert ends(given(actor, *stopped(-10))) == [(0, "atr_stop")]


def test_a_strategy_without_exits_hears_of_no_fills() -> None:
    kinds: Any = {type(each) for each in (position(1), filled(1, role=OrderRole.TARGET), bar(1))}

    assert {kind.__name__ for kind in kinds & set(says().handlers)} == {"BarClosed"}
