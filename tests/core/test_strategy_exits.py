"""Entries with their stops, what a stop ends, and the actor's whole state."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from actors.core.strategy import StrategyActor
from tests.core.making import A, filled, given, reborn
from tests.core.saying import (
    FIXED,
    SHARE,
    aims,
    hear,
    position,
    ranging,
    says,
    stop,
    stopped,
    targets,
    withheld,
)
from tests.strategies.making import bundled
from trader.model.account import EquityMarked
from trader.model.envelope import Message
from trader.model.orders import (
    OrderRole,
    Protection,
)
from trader.strategies.exits import AtrStop
from trader.strategies.strategy import Answer, Order, Side, Target


def test_an_entry_without_its_stops_is_withheld() -> None:
    """Two bars make the average of one range, three that of two."""
    actor = says(Target(7), Target(7), Target(7), stops=(stop(1), stop(2, k=3)))

    assert hear(actor, 3) == [
        withheld(7, "warming_up"),
        withheld(7, "warming_up", bars=2),
        aims(7, bars=3, protection=(Protection("atr_stop", 20),)),
    ]
    assert actor.strategy.state.withheld == 2


def test_leaving_needs_no_stops() -> None:
    actor = says(None, Target(7), Target(0), stops=(stop(),))

    assert hear(actor, 3)[1] == aims(0, bars=3)


def test_a_stop_looks_at_every_bar_in_the_warm_up_too() -> None:
    actor = says(None, None, Target(7), stops=(stop(),), trade_from=100)
    given(actor, ranging(0), ranging(1), now=99)

    assert targets(given(actor, ranging(2), now=100)) == [7]


def in_position(*answers: Answer, lots: int = 10, stops: Sequence[AtrStop] | None = None) -> Any:
    """An actor that holds its target, at its third bar; its stop is ready."""
    actor = says(None, Target(lots), *answers, stops=(stop(),) if stops is None else stops)
    assert targets(hear(actor, 2)) == [lots]
    assert given(actor, position(lots), filled(lots)) == []
    return actor


@pytest.mark.parametrize(("lots", "side"), [(10, 1), (-10, -1)])
def test_a_stop_that_leaves_nothing_ends_the_target(lots: int, side: int) -> None:
    actor = in_position(lots=lots)

    assert given(actor, *stopped(-lots)) == [aims(0, "atr_stop", close=80, bars=2)]
    assert (actor.state.target, actor.state.position, actor.state.blocked) == (0, 0, side)
    assert actor.strategy.state.exited == 1


@pytest.mark.parametrize(
    "messages",
    [
        stopped(-4, left=6),
        (position(0), filled(-10)),  # no stop did that
        stopped(10),  # it bought
    ],
    ids=["part of it", "an order of ours", "the other side"],
)
def test_whatever_else_is_filled_leaves_the_target(messages: Sequence[Message]) -> None:
    actor = in_position()

    assert given(actor, *messages) == []
    assert (actor.state.target, actor.state.blocked) == (10, 0)


def test_parts_of_a_stop_end_the_target_with_the_last() -> None:
    actor = in_position()

    assert given(actor, *stopped(-4, left=6), *stopped(-3, left=3)) == []
    assert targets(given(actor, *stopped(-3))) == [0]


@pytest.mark.parametrize("wanted", [0, -5])
def test_a_stop_that_crosses_a_decision_to_leave_changes_nothing(wanted: int) -> None:
    actor = in_position(Target(wanted))
    hear(actor, 1, start=2)

    assert given(actor, *stopped(-10)) == []
    assert actor.state.target == wanted
    assert actor.strategy.state.exited == 0


def test_a_protection_that_gives_no_reason_is_one_all_the_same() -> None:
    actor = in_position()

    assert given(actor, *stopped(-10, reason="")) == [aims(0, "protection", close=80, bars=2)]


def test_whatever_ended_it_is_the_reason() -> None:
    actor = in_position()

    assert given(actor, *stopped(-10, ticks=130, reason="take_profit")) == [
        aims(0, "take_profit", close=130, bars=2)
    ]


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([Target(10), Target(10), Target(12)], []),  # still the same side
        ([Target(10), None, Target(10)], [10]),  # it let go once
        ([Target(10), Target(0), Target(10)], [10]),
        ([Target(-5)], [-5]),  # the other side is free
        ([Target(-5), Target(10)], [-5, 10]),
        ([Order("k", 1), Target(10)], [10]),  # an answer that speaks of no target
        ([[Order("k", 1), Target(10)], Target(10)], []),
        ([Side(0, "filtered", withheld=True), Target(10)], [10]),
        ([Side(1, "up"), Side(1, "up")], []),
    ],
)
def test_an_entry_that_a_stop_ended_waits_until_it_was_let_go(
    answers: list[Answer], told: list[int]
) -> None:
    actor = in_position(*answers)
    given(actor, *stopped(-10))

    assert targets(hear(actor, len(answers), start=2)) == told


# -- restart -------------------------------------------------------------------------------------

ANSWERS = st.one_of(
    st.none(),
    st.builds(Target, st.integers(-20, 20)),
    st.builds(Side, st.sampled_from([-1, 0, 1]), st.just("x"), st.booleans()),
    st.just(Order("k", 1)),
)
EVENTS = st.one_of(
    st.builds(ranging, st.integers(0, 50), st.integers(90, 110)),
    st.builds(position, st.integers(-20, 20)),
    st.builds(
        filled,
        st.integers(-20, 20).filter(bool),
        st.integers(90, 110),
        role=st.sampled_from(OrderRole),
    ),
    st.builds(EquityMarked, equity=st.integers(0, 10**6), peak=st.just(10**6)),
)


@generated(st.lists(ANSWERS, max_size=10), st.lists(EVENTS, max_size=20), st.integers(0, 20))
def test_whatever_comes_it_goes_on_after_a_restart_as_before(
    answers: list[Answer], events: list[Message], at: int
) -> None:
    """Its own state, the strategy's and the stops' are all that matters."""
    actor, again = (says(*answers, sizing=SHARE, stops=(stop(),), equity=10**6) for _ in range(2))
    given(actor, *events[:at])
    reborn(actor, again)

    assert given(again, *events[at:]) == given(actor, *events[at:])
    assert again.dump() == actor.dump()


def test_the_state_of_another_strategy_is_refused() -> None:
    cross = StrategyActor(
        bundled("ema_cross", fast=1, slow=2), name="one", instrument=A, sizing=FIXED
    )

    with pytest.raises(msgspec.ValidationError):
        cross.load(says().dump())
