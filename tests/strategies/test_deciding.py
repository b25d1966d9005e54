"""What a decider makes of answers, apart from the actor around it."""

from typing import Any

import pytest

from tests.core.making import A
from tests.core.saying import FIXED, Says
from trader.model.orders import CancelKey, DecisionRecorded, TargetPosition
from trader.strategies.deciding import LATE, Decider, StrategyState
from trader.strategies.strategy import Answer, Cancel, Order, Replace, Side, Target


def decider(strategy: Says | None = None, **state: Any) -> Decider:
    return Decider(
        strategy or Says(Says.Params([])),
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


@pytest.mark.parametrize(
    ("target", "answer", "taken", "withheld"),
    [
        (0, Target(5), [], [5]),
        (5, Target(0), [0], []),
        (5, Target(3), [3], []),
        (5, Target(8), [], [8]),
        (5, Target(-5), [0], [-5]),
        (-5, Target(0), [0], []),
        (-5, Target(-3), [-3], []),
        (-5, Target(-8), [], [-8]),
        (-5, Target(5), [0], [5]),
        (5, Target(5), [], []),
        (5, Side(0, "x"), [0], []),
        (5, Order("k", 1), [], [5]),
        (5, Replace("k", 1), [], [5]),
        (5, [Target(2), Order("k", 1)], [2], [2]),
    ],
)
def test_what_is_decided_late_makes_a_position_smaller_or_is_withheld(
    target: int, answer: Answer, taken: list[int], withheld: list[int]
) -> None:
    made = decider(target=target)

    told = made.take_late(answer, 100, 0)

    assert [each.lots for each in told if isinstance(each, TargetPosition)] == taken
    records = [each for each in told if isinstance(each, DecisionRecorded)]
    assert [(each.lots, each.reason) for each in records] == [(lots, LATE) for lots in withheld]
    assert made.state.target == (taken[-1] if taken else target)


def test_an_order_is_taken_back_late_too_and_the_next_answer_is_like_any_other() -> None:
    made = decider()

    assert made.take_late(Cancel("k"), 100, 0) == (CancelKey(strategy="one", key="k"),)
    with pytest.raises(TypeError):
        made.take_late(7, 100, 0)  # type: ignore[arg-type]
    [told] = made.take(Target(5), 100, 0)
    assert isinstance(told, TargetPosition)


class Listening(Says):
    """One that notes each time it is told that it stands flat."""

    def on_flat(self, *, exited: bool) -> None:
        self.heard = [*getattr(self, "heard", []), exited]


def test_a_strategy_hears_that_it_stands_flat_only_where_it_does() -> None:
    strategy = Listening(Listening.Params([]))
    made = decider(strategy, target=5)

    made.take_late(Target(8), 100, 0)
    assert not hasattr(strategy, "heard")
    made.take_late(Target(-5), 100, 0)
    assert strategy.heard == [False]
