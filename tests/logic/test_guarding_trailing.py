"""Stops that follow a price: those that are further away move, and what has none gets one."""

import pytest

from tests.core.desks import (
    accepted,
    ask,
    canceled,
    changed,
    commands,
    expired,
    fill,
    manager,
    name,
    order,
    own,
    protected,
    rejected,
    replace_rejected,
    replaced,
    trail,
    work,
)
from tests.core.making import given, target
from trader.model.envelope import Message
from trader.model.orders import (
    OrderFilled,
    OrderRole,
    OrderStatus,
    OrderType,
    Protection,
    SubmitOrder,
)

PROTECTION, EXPLICIT = OrderRole.PROTECTION, OrderRole.EXPLICIT
STOP = (Protection("atr_stop", 20),)
LIMIT = (Protection("take_profit", 30, OrderType.LIMIT),)
BOTH = (*STOP, *LIMIT)


@pytest.mark.parametrize(
    ("lots", "level", "expected"),
    [
        (10, 81, ["replace 2 stop 81"]),
        (10, 80, []),  # it stands there
        (10, 79, []),  # never loosened
        (-10, 119, ["replace 2 stop 119"]),
        (-10, 121, []),
    ],
)
def test_a_stop_that_is_further_away_moves_to_the_level(
    lots: int, level: int, expected: list[str]
) -> None:
    made = protected(lots)

    assert commands(given(made, trail(level, 1 if lots > 0 else -1))) == expected


def test_every_stop_of_the_side_moves_and_nothing_else() -> None:
    """Also that of an entry that has not filled; a limit is no stop, and is in front."""
    made = protected(10, exits=BOTH)
    work(made, target(15, protection=STOP))

    assert commands(given(made, trail(90))) == ["replace 2 stop 90", "replace 5 stop 90"]
    assert commands(given(made, trail(95, -1))) == []  # nothing is short


def test_a_fill_has_the_reason_of_where_the_stop_stood() -> None:
    """From the venue's answer on it stands at the level."""
    made = protected(10)
    given(made, trail(90))

    [before] = given(made, fill(-4, "s", 2))
    given(made, replaced(-10, 2, stop_ticks=90))
    [after] = given(made, fill(-4, "t", 2))

    assert isinstance(before, OrderFilled)
    assert isinstance(after, OrderFilled)
    assert [before.reason, after.reason] == ["atr_stop", "trailing"]
    assert order(made, 2).stop_ticks == 90


def test_the_newest_level_waits_for_the_answer_to_the_last() -> None:
    made = protected(10)
    given(made, trail(85))

    assert commands(given(made, trail(88), trail(87))) == []
    assert commands(given(made, replaced(-10, 2, stop_ticks=85))) == ["replace 2 stop 88"]
    assert commands(given(made, replaced(-10, 2, stop_ticks=88))) == []


def test_a_stop_that_does_not_work_yet_moves_when_it_does() -> None:
    made = manager()
    ask(made, target(10, protection=STOP))
    given(made, accepted(1), fill(10), changed(10, 10))

    assert commands(given(made, trail(90))) == []
    assert commands(given(made, accepted(2))) == ["replace 2 stop 90"]


def test_a_level_and_a_cut_go_together() -> None:
    made = protected(10)
    given(made, trail(85))
    given(made, changed(6, -4, EXPLICIT), trail(90))

    assert commands(given(made, replaced(-10, 2, stop_ticks=85))) == ["replace 2 -6 stop 90"]


def test_a_stop_that_was_triggered_moves_no_more_but_for_a_newer_level() -> None:
    made = protected(10)
    given(made, trail(85))

    assert commands(given(made, replace_rejected(2, "triggered"))) == []
    given(made, trail(86), trail(87))
    assert commands(given(made, replace_rejected(2, "triggered"))) == ["replace 2 stop 87"]


def test_a_stop_that_is_being_canceled_stays() -> None:
    made = protected(10, 5)
    given(made, changed(5, -10, EXPLICIT))

    assert commands(given(made, trail(90))) == ["replace 4 stop 90"]


# -- where there is none -------------------------------------------------------------------------


def test_what_has_no_stop_gets_one_for_all_that_is_held() -> None:
    made = protected(10, exits=())

    [stop] = given(made, trail(90))

    assert isinstance(stop, SubmitOrder)
    assert (stop.lots, stop.stop_ticks, stop.order_type) == (-10, 90, OrderType.STOP)
    assert (stop.parent, stop.reduce_only, stop.role) == ("", True, PROTECTION)
    assert (stop.reason, stop.ref_ticks) == ("trailing", 100)


def test_it_joins_the_group_of_its_entry() -> None:
    """So what the limit fills, it loses, and the other way round."""
    made = protected(10, exits=LIMIT)

    [stop] = ask(made, trail(90))[:1]
    assert isinstance(stop, SubmitOrder)
    assert stop.group == name(1)
    given(made, accepted(3), fill(-4, "l", 2), changed(6, -4, PROTECTION))
    assert order(made, 3).expected == 6
    assert commands(given(made, trail(91))) == ["replace 3 stop 91"]


def test_it_is_made_once_and_moved_from_then_on() -> None:
    made = protected(10, exits=())
    work(made, trail(90))

    assert commands(given(made, trail(90))) == []
    assert commands(given(made, trail(92))) == ["replace 2 stop 92"]


def test_it_grows_with_what_its_entry_opens() -> None:
    made = manager()
    work(made, target(10, protection=LIMIT))
    given(made, fill(4), changed(4, 4))
    assert commands(ask(made, trail(90))) == ["submit 3 -4"]
    given(made, accepted(3))

    assert commands(given(made, fill(6, "t2"), changed(10, 6))) == ["replace 3 -10"]


def test_lots_of_no_entry_have_a_stop_of_their_own_that_grows_with_them() -> None:
    """A bar after they came."""
    made = protected(10, exits=())
    work(made, trail(90))
    given(made, changed(13, 3, EXPLICIT))

    assert commands(given(made, trail(90))) == ["replace 2 -13"]
    given(made, replaced(-13, 2))
    assert commands(given(made, changed(9, -4, EXPLICIT))) == ["replace 2 -9"]


def test_it_ends_with_the_position() -> None:
    made = protected(10, exits=())
    work(made, trail(90))

    assert commands(given(made, changed(0, -10, EXPLICIT))) == ["cancel 2"]
    given(made, canceled(2))
    assert made.state.desks["one"].covers == {}


def test_none_is_made_for_what_is_being_left_or_not_held() -> None:
    made = protected(10, exits=())
    work(made, target(0))

    assert commands(given(made, trail(90))) == []
    assert commands(given(made, fill(-10, "x", 2), changed(0, -10), trail(90))) == []


def test_both_sides_have_their_own() -> None:
    made = protected(10, exits=())
    work(made, trail(90))
    work(made, target(-5))
    given(made, fill(-15, "x", 3), changed(-5, -15))

    assert commands(ask(made, trail(110, -1))) == ["submit 4 5"]


# -- what the venue does not take ----------------------------------------------------------------


@pytest.mark.parametrize("end", [rejected(3), canceled(3), expired(3)])
def test_a_stop_that_cannot_be_had_closes_what_it_was_for(end: Message) -> None:
    """As if its price had been reached; and no other is tried until something fills."""
    made = protected(10, exits=LIMIT)
    work(made, trail(90))

    [_, closing] = given(made, end)
    assert isinstance(closing, SubmitOrder)
    assert (closing.lots, closing.order_type, closing.reason) == (-10, OrderType.MARKET, "trailing")
    assert (closing.group, closing.parent, closing.role) == (name(1), "", PROTECTION)
    assert commands(given(made, trail(91))) == []


def test_a_loose_stop_that_is_refused_is_not_tried_at_every_bar() -> None:
    made = protected(10, exits=())
    work(made, trail(90))
    ask(made, rejected(2), rejected(3))

    assert commands(given(made, trail(91))) == []
    assert commands(given(made, changed(8, -2, EXPLICIT), trail(92))) == ["submit 4 -8"]


def test_an_order_of_its_own_is_not_its_protection() -> None:
    made = protected(10, exits=())
    work(made, own("k", -10, stop=70))

    assert commands(given(made, trail(90))) == ["submit 3 -10"]
    assert order(made, 2).status is OrderStatus.ACCEPTED
