"""The actor around a strategy: what becomes of its answers, and of those it may not give."""

from math import nan
from typing import Any

import numpy as np
import pytest

from actors.core.strategy import StrategyActor
from tests.core.making import A, bar, given
from tests.core.saying import FIXED, SHARE, aims, hear, ranging, says, targets, withheld
from tests.strategies.making import bundled
from trader.errors import ConfigError
from trader.model.account import EquityMarked
from trader.model.envelope import Message
from trader.model.orders import (
    CancelKey,
    OrderRequested,
    ReplaceKey,
    TimeInForce,
)
from trader.model.units import INT64_MAX
from trader.strategies.deciding import Sizing
from trader.strategies.strategy import Answer, Cancel, Order, Replace, Side, Target


def asked(key: str, lots: int, **fields: Any) -> OrderRequested:
    usual: dict[str, Any] = {"limit_ticks": None, "stop_ticks": None, **fields}
    kind = Order("", 1, usual["limit_ticks"], usual["stop_ticks"]).order_type
    return OrderRequested(
        strategy="one", instrument=A, key=key, lots=lots, order_type=kind, ref_ticks=100, **usual
    )


@pytest.mark.parametrize(
    ("answer", "messages"),
    [
        (None, []),
        (Target(7, "up"), [aims(7, "up")]),
        (Target(-7), [aims(-7)]),
        (Target(0), []),  # that is where it stands
        (Side(1, "up"), [aims(10, "up")]),
        (Side(-1, "down"), [aims(-10, "down")]),
        (Side(0, "down"), []),
        (Side(0, "filtered", withheld=True), [withheld(0, "filtered")]),
        (Side(1, "filtered", withheld=True), [aims(10, "filtered")]),  # it changes something
        (Order("k", 3), [asked("k", 3)]),
        (Order("k", -3, limit_ticks=90), [asked("k", -3, limit_ticks=90)]),
        (Order("k", 3, stop_ticks=110), [asked("k", 3, stop_ticks=110)]),
        (Order("k", 3, 90, 110), [asked("k", 3, limit_ticks=90, stop_ticks=110)]),
        (
            Order("k", 3, time_in_force=TimeInForce.IOC, group="g", parent="p", reduce_only=True),
            [asked("k", 3, time_in_force=TimeInForce.IOC, group="g", parent="p", reduce_only=True)],
        ),
        (Replace("k", 3), [ReplaceKey(strategy="one", key="k", lots=3)]),
        (
            Replace("k", limit_ticks=90, stop_ticks=80),
            [ReplaceKey(strategy="one", key="k", limit_ticks=90, stop_ticks=80)],
        ),
        (Cancel("k"), [CancelKey(strategy="one", key="k")]),
        ([], []),
        (
            [Cancel("k"), Order("k", 3), Target(7)],
            [CancelKey(strategy="one", key="k"), asked("k", 3), aims(7)],
        ),
    ],
)
def test_an_answer_becomes_messages(answer: Answer, messages: list[Message]) -> None:
    """With what the strategy saw, in the order it declares; a float by its bits."""
    assert given(says(answer), bar(100)) == messages


def test_a_target_is_told_when_it_changes() -> None:
    actor = says(Target(7), Target(7), Target(8), None, Target(8), Target(0), Target(0))

    assert targets(hear(actor, 7)) == [7, 8, 0]


@pytest.mark.parametrize(
    "answer",
    [
        Target(True),
        Target(1.0),  # type: ignore[arg-type]
        Target(nan),  # type: ignore[arg-type]
        Target("1"),  # type: ignore[arg-type]
        Target(101),  # at 100 ticks more than the account's range holds
        Target(-101),
        Target(10**30),
        Order("k", 1.0),  # type: ignore[arg-type]
        Order("k", 101),
        Order("k", 1, limit_ticks=0),
        Order("k", 1, limit_ticks=-5),
        Order("k", 1, limit_ticks=1.5),  # type: ignore[arg-type]
        Order("k", 1, stop_ticks=0),
        Order("k", 21, limit_ticks=500),  # its own price counts
        7,
        "buy",
        [Target(1), "and", Target(2)],
        Side(2, "twice"),
        Side(0.5, "half"),  # type: ignore[arg-type]
        Order("k", 0),
        Order("k", 1, 200, 201, reduce_only=1),  # type: ignore[arg-type]
        Target(1, 7),  # type: ignore[arg-type]
        Target(1, "\ud800"),  # no encoding has it
        Side(1, "\ud800"),
        Cancel("\ud800"),
        Replace("\ud800", 1),
        Replace("k", 0),
    ],
)
def test_an_answer_that_is_none_raises(answer: Any) -> None:
    """Whatever it is, it is the strategy's own fault and ends in its quarantine."""
    with pytest.raises((TypeError, ValueError)):
        given(says(answer), bar(100))


def test_a_side_without_a_size_is_a_fault() -> None:
    with pytest.raises(ValueError, match="needs a size"):
        given(says(Side(1, "x"), sizing=Sizing(half=5)), bar(100))

    assert given(says(Side(0, "x"), sizing=Sizing(half=5)), bar(100)) == []


def test_a_number_of_a_library_is_saved_as_the_number_it_is() -> None:
    actor, plain = says(), says()
    actor.strategy.state.seventh = np.float64(0.1)
    plain.strategy.state.seventh = 0.1

    assert actor.dump() == plain.dump()


def test_a_state_that_cannot_be_saved_is_a_fault_at_the_first_decision() -> None:
    """And ends no run: it is saved as what it is, the same bytes whatever it was."""
    actor, again = says(None, Target(1)), says()
    for each in (actor, again):
        each.strategy.state.withheld = object()

    assert given(actor, bar(100)) == []
    with pytest.raises(TypeError, match="state's withheld cannot be saved"):
        given(actor, bar(100))
    assert says().dump() != again.dump() == again.dump()
    with pytest.raises(ConfigError, match="state of strategy one could not be saved: withheld"):
        says().load(again.dump())


@pytest.mark.parametrize("lots", [100, -100])
def test_the_largest_target_is_told(lots: int) -> None:
    assert targets(given(says(Target(lots)), bar(100))) == [lots]


def test_at_a_price_of_nothing_a_lot_counts_as_one_tick() -> None:
    actor = says(Target(10_001))

    with pytest.raises(ValueError, match="leave the account's range"):
        given(actor, bar(0))


def test_a_rule_that_is_a_step_answers_by_its_number() -> None:
    """Above at the third bar, below at the fifth; the bars between say nothing."""
    cross = StrategyActor(
        bundled("ema_cross", fast=1, slow=2, direction="both"),
        name="one",
        instrument=A,
        sizing=FIXED,
    )
    closes = (100, 90, 120, 130, 90, 80)

    answers = [given(cross, bar(close, row=row)) for row, close in enumerate(closes)]

    assert [targets(each) for each in answers] == [[], [], [10], [], [-10], []]
    assert [len(each) for each in answers] == [0, 0, 1, 0, 1, 0]


def test_a_step_that_says_nothing_lets_go_of_an_entry() -> None:
    cross = StrategyActor(
        bundled("ema_cross", fast=1, slow=2), name="one", instrument=A, sizing=FIXED
    )
    cross.state.blocked = 1

    assert given(cross, bar(100)) == []
    assert cross.state.blocked == 0


# -- size ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("equity", "close", "lots"),
    [
        (100_000, 100, 50),
        (100_999, 100, 50),
        (100_000, 101, 49),  # toward zero
        (100_000, 200, 25),
        (1_999, 100, 0),
        (0, 100, 0),
        (-100_000, 100, 0),
        (100_000, 0, 0),
        (INT64_MAX, 1, INT64_MAX // 20),
    ],
)
def test_a_side_can_be_a_share_of_the_equity(equity: int, close: int, lots: int) -> None:
    for sign in (1, -1):
        actor = says(Side(sign, "x"), sizing=SHARE, equity=equity)

        assert targets(given(actor, bar(close))) == ([sign * lots] if lots else [])
        # A side that comes to nothing was not taken, and the strategy hears it.
        assert actor.strategy.state.withheld == (0 if lots else 1)


def test_only_a_share_follows_the_equity() -> None:
    assert [says(sizing=sizing).sizes_by_weight for sizing in (FIXED, SHARE)] == [False, True]


def test_the_share_is_of_the_equity_last_heard_of() -> None:
    actor = says(Side(1, "x"), Side(-1, "y"), Side(1, "z"), sizing=SHARE, equity=100_000)
    answers = hear(actor, 1)

    answers += given(actor, EquityMarked(equity=60_000, peak=100_000), ranging(1))
    answers += given(actor, EquityMarked(equity=1, peak=100_000), ranging(2))

    assert targets(answers) == [50, -30, 0]


# -- warm-up -------------------------------------------------------------------------------------


def test_nothing_is_decided_before_the_first_instant() -> None:
    """The strategy sees the bars, and hears that its targets were not taken."""
    actor = says(Target(7), [Target(8), Order("k", 1)], None, Target(9), trade_from=100)

    assert given(actor, *(ranging(row) for row in range(3)), now=99) == []
    assert (actor.strategy.state.bars, actor.strategy.state.withheld) == (3, 2)
    assert targets(given(actor, ranging(3), now=100)) == [9]
