"""Positions that are left on command, and fills that crossed each other."""

import pytest

from tests.core.desks import (
    ask,
    canceled,
    changed,
    commands,
    fill,
    own,
    protected,
    work,
)
from tests.core.making import B, given, target
from trader.model.orders import Flatten, OrderRole, Protection, SubmitOrder

PROTECTION, EXPLICIT = OrderRole.PROTECTION, OrderRole.EXPLICIT
STOP = (Protection("atr_stop", 20),)


# -- leaving -------------------------------------------------------------------------------------

LEAVE = Flatten(strategy="", reason="daily_loss_max")


def test_a_position_is_closed_at_the_market_and_keeps_its_stops_until_then() -> None:
    made = protected(10)

    [closing] = ask(made, LEAVE)

    assert isinstance(closing, SubmitOrder)
    assert (closing.lots, closing.role, closing.reason) == (-10, OrderRole.TARGET, "daily_loss_max")
    assert closing.ref_ticks == 101  # the last fill's
    assert made.state.desks["one"].target == 0
    assert commands(given(made, fill(-10, "x", 3), changed(0, -10))) == ["cancel 2"]


def test_it_is_closed_once_however_often_that_is_told() -> None:
    made = protected(10)
    ask(made, LEAVE)

    assert commands(given(made, LEAVE)) == []
    assert commands(given(made, target(0))) == []


@pytest.mark.parametrize(
    ("scope", "expected"), [("", ["submit 3 -10", "cancel 1"]), ("one", ["submit 3 -10"])]
)
def test_one_strategy_can_leave_alone(scope: str, expected: list[str]) -> None:
    made = protected(10)
    work(made, target(4, strategy="two", instrument=B))

    assert commands(given(made, Flatten(strategy=scope, reason="x"))) == expected


def test_what_builds_up_is_taken_back_and_what_leads_out_stays() -> None:
    made = protected(10)
    work(made, target(6), own("k", 3, limit=90))

    assert commands(given(made, LEAVE)) == ["cancel 4", "submit 5 -6"]


def test_an_order_that_would_turn_the_position_is_taken_back() -> None:
    made = protected(10)
    work(made, target(-5))

    assert commands(given(made, LEAVE)) == ["cancel 3", "submit 4 -10"]


def test_where_cancels_take_time_it_waits_for_them() -> None:
    made = protected(10, patient=True)
    work(made, target(15))

    assert commands(given(made, LEAVE)) == ["cancel 3"]
    given(made, fill(2, "x", 3), changed(12, 2))
    assert commands(given(made, canceled(3))) == ["submit 4 -12"]


def test_an_order_of_its_own_that_fills_too_late_is_undone() -> None:
    """Else nobody would want what it opens. A new target lets go of that."""
    made = protected(10)
    work(made, own("k", -10, limit=110))
    ask(made, LEAVE)
    given(made, fill(-10, "x", 4), changed(0, -10))

    assert commands(given(made, fill(-10, "y", 3), changed(-10, -10, EXPLICIT))) == ["submit 5 10"]
    given(made, target(-10))
    assert commands(given(made, changed(-12, -2, EXPLICIT))) == []


def test_a_price_that_nobody_told_is_that_of_the_last_fill() -> None:
    made = protected(10)

    [closing] = given(made, target(0, ref_ticks=0))

    assert isinstance(closing, SubmitOrder)
    assert closing.ref_ticks == 101


# -- fills that cross ----------------------------------------------------------------------------


def test_a_stop_that_turns_a_position_that_was_to_be_left_is_undone() -> None:
    """Ten are held no more; the order that leaves has ended, and the stop was for more."""
    made = protected(10)
    work(made, target(0))
    given(made, fill(-4, "x", 3), changed(6, -4), canceled(3))

    answers = given(made, fill(-10, "s", 2), changed(-4, -10, PROTECTION))
    assert commands(answers) == ["submit 4 4"]


def test_a_stop_that_turns_a_position_that_was_wanted_is_left_to_the_strategy() -> None:
    """It will say that its target has ended, and that asks for what lacks."""
    made = protected(10)

    assert commands(given(made, fill(-12, "s", 2), changed(-2, -12, PROTECTION))) == []
    assert commands(given(made, target(0))) == ["submit 3 2"]


def test_what_is_undone_toward_the_target_is_protected_like_it() -> None:
    """Six were sold, though that was no longer wanted, and are bought back with their stop."""
    made = protected(10)
    work(made, target(4))
    given(made, target(10, protection=STOP))

    [undoing] = given(made, fill(-6, "x", 3), changed(4, -6))[3:]
    assert isinstance(undoing, SubmitOrder)
    assert (undoing.lots, undoing.reason) == (6, "overshot")
    assert [guard.lots for guard in made.state.orders[undoing.client_order_id].guards] == [-6]
