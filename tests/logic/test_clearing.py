"""What a person takes back and closes: the right desks, the right orders, and stops stay."""

import pytest

from tests.core.desks import (
    accepted,
    canceled,
    changed,
    commands,
    fill,
    manager,
    name,
    order,
    protected,
    work,
)
from tests.core.making import A, B, given, target
from trader.model.control import CancelById, CloseInstrument, PauseStrategy
from trader.model.envelope import Message
from trader.model.orders import CancelAll, Flatten, OrderStatus, OrderType, Protection

STOP = (Protection("atr_stop", 20),)


def close(instrument: str) -> CloseInstrument:
    return CloseInstrument(instrument=instrument, by="ada", reason="enough")


def cancel(id_: str) -> CancelById:
    return CancelById(client_order_id=id_, by="ada", reason="enough")


@pytest.mark.parametrize(("instrument", "expected"), [(A, ["submit 3 -10"]), (B, ["cancel 1"])])
def test_closing_an_instrument_leaves_the_others_alone(
    instrument: str, expected: list[str]
) -> None:
    made = protected(10)
    work(made, target(3, strategy="two", instrument=B))

    assert commands(given(made, close(instrument))) == expected


def test_a_paused_strategy_keeps_its_position_and_its_stop() -> None:
    made = protected(10)
    work(made, target(15, protection=STOP), target(3, strategy="two", instrument=B))

    answers = given(made, PauseStrategy(strategy="one", by="ada", reason="holiday"))

    assert commands(answers) == ["cancel 3"]
    assert order(made, 2).cancel_wanted is False


def test_a_paused_strategy_waits_for_no_target() -> None:
    made = manager(patient=True)
    work(made, target(10))
    given(made, target(-5))
    assert made.state.desks["one"].waits

    given(made, PauseStrategy(strategy="one", by="ada", reason="holiday"))

    assert not made.state.desks["one"].waits


def test_a_stop_that_is_taken_back_by_its_id_leaves_nothing_open() -> None:
    """Once; as if somebody had done it at the venue, what it protected is closed."""
    made = protected(10)

    assert commands(given(made, cancel(name(2)))) == ["cancel 2"]
    assert commands(given(made, cancel(name(2)))) == []
    assert commands(given(made, canceled(2))) == ["submit 3 -10"]


def test_a_target_that_is_taken_back_by_its_id_leaves_the_stop() -> None:
    made = protected(10, exits=(*STOP, Protection("take_profit", 20, OrderType.LIMIT)))

    assert commands(given(made, cancel(name(3)))) == ["cancel 3"]
    assert commands(given(made, canceled(3))) == []


def test_a_stop_in_doubt_is_taken_back_when_it_is_known_to_work() -> None:
    made = protected(10)
    order(made, 2).status = OrderStatus.IN_DOUBT

    assert commands(given(made, cancel(name(2)))) == []
    assert commands(given(made, accepted(2))) == ["cancel 2"]


def test_a_position_that_is_closed_meanwhile_is_not_closed_again() -> None:
    made = protected(10)
    given(made, cancel(name(2)), changed(0, -10))

    assert order(made, 2).cancel_wanted
    assert commands(given(made, canceled(2))) == []


def test_what_has_ended_or_was_never_there_is_left_alone() -> None:
    made = manager()
    work(made, target(10))
    given(made, fill(10), changed(10, 10))

    assert given(made, cancel(name(1)), cancel("nobody-7")) == []


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (CancelAll(strategy="", reason="x"), ["cancel 3", "cancel 1"]),
        (CancelAll(strategy="two", reason="x"), ["cancel 1"]),
        (CancelAll(strategy="", reason="x", keep_exits=True), ["cancel 3", "cancel 1"]),
        (Flatten(strategy="", reason="x"), ["cancel 3", "submit 5 -10", "cancel 1"]),
        (Flatten(strategy="two", reason="x"), ["cancel 1"]),
    ],
)
def test_whoever_is_meant_takes_back_what_builds_up(command: Message, expected: list[str]) -> None:
    made = protected(10)
    work(made, target(15, protection=STOP), target(3, strategy="two", instrument=B))

    assert commands(given(made, command)) == expected
