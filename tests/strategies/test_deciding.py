"""What a decider makes of answers, apart from the actor around it."""

from typing import Any

import pytest

from tests.core.making import A
from tests.core.saying import FIXED, Says
from trader.model.orders import DecisionRecorded, TargetPosition
from trader.strategies.deciding import Decider, StrategyState
from trader.strategies.strategy import Cancel, Order, Side, Target


def decider(**state: Any) -> Decider:
    return Decider(
        Says(Says.Params([])),
        StrategyState(decides_from=0, **state),
        name="one",
        instrument=A,
        sizing=FIXED,
        exits=(),
        marked_apart=False,
    )


def test_a_target_is_told_with_what_was_seen() -> None:
    made = decider()

    [told] = made.take(Target(7, "up"), 100, 0)

    assert isinstance(told, TargetPosition)
    assert (told.strategy, told.instrument, told.lots) == ("one", A, 7)
    assert (told.ref_ticks, told.reason, len(told.inputs)) == (100, "up", 3)
    assert made.state.target == 7
    assert made.take(Target(7, "again"), 100, 0) == ()


def test_what_is_withheld_leaves_the_target() -> None:
    made = decider(target=7)

    [told] = made.take(Side(1, "filtered", withheld=True), 100, 0)
    assert isinstance(told, TargetPosition)  # it changes the target, so it is taken
    [told] = made.take(Side(1, "filtered", withheld=True), 100, 0)
    assert isinstance(told, DecisionRecorded)
    assert (told.lots, told.reason) == (10, "filtered")


@pytest.mark.parametrize(
    ("answer", "blocked"),
    [
        (Target(5), 1),
        (Target(-5), 0),
        (Side(1, "x"), 1),
        (Order("k", 1), 0),
        ([Order("k", 1), Target(5)], 1),
        ([Order("k", 1), Cancel("k")], 0),
        ([], 0),
    ],
)
def test_an_answer_that_asks_for_no_such_target_lets_go(answer: object, blocked: int) -> None:
    made = decider(blocked=1)

    made.take(answer, 100, 0)  # type: ignore[arg-type]

    assert made.state.blocked == blocked


def test_an_end_is_told_without_being_asked() -> None:
    made = decider(target=7)

    told = made.end("stop", 80)

    assert (told.lots, told.reason, told.ref_ticks) == (0, "stop", 80)
    assert made.state.target == 0


def test_a_state_is_looked_at_once() -> None:
    made = decider()
    made.take(Target(1), 100, 0)
    assert made.state.checked
