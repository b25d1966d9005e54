"""The trading state: what moves it, what latches it, and what goes with a halt."""

from itertools import pairwise

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from actors.core.kill_switch import KillSwitch
from tests.core.making import given, reborn
from trader.model.account import DifferenceFound, Reconciled
from trader.model.control import (
    ClockCompared,
    EdgeFailed,
    InboxOverflowed,
    LimitBreached,
    Reconcile,
    RunStarted,
    SetTradingState,
    TradingState,
    TradingStateChanged,
)
from trader.model.envelope import Message
from trader.model.orders import CancelAll

HALTED, REDUCING, ACTIVE = TradingState.HALTED, TradingState.REDUCING, TradingState.ACTIVE

STARTED = RunStarted(run="trial", epoch=2)
AGREED = Reconciled(orders=0, positions=1)
DIFFERS = DifferenceFound(kind="position", key="A.v", ours="1", theirs="2")
BREACHED = LimitBreached(limit="drawdown_max", value=11, bound=10)
OVERFLOWED = InboxOverflowed(kind="order_events", count=4096)
HALTING = (DIFFERS, BREACHED, OVERFLOWED)


def failed(edge: str) -> EdgeFailed:
    return EdgeFailed(edge=edge, error="x", attempt=1)


def told(state: TradingState, reason: str = "lunch") -> SetTradingState:
    return SetTradingState(state=state, by="ada", reason=reason)


def moved(state: TradingState, previous: TradingState, code: str, by: str) -> TradingStateChanged:
    return TradingStateChanged(state=state, previous=previous, code=code, by=by)


def switch(*before: Message) -> KillSwitch:
    made = KillSwitch()
    given(made, *before)
    return made


def test_it_starts_halted_and_agreement_lifts_that() -> None:
    kill = switch()

    assert kill.state.trading is HALTED
    assert given(kill, STARTED) == []  # it was halted already
    assert given(kill, AGREED) == [moved(ACTIVE, HALTED, "reconciled", "reconciler")]
    assert given(kill, AGREED) == []


def test_a_restart_halts_without_a_latch() -> None:
    kill = switch(AGREED)

    assert given(kill, STARTED, AGREED) == [
        moved(HALTED, ACTIVE, "restarted", "runtime"),
        moved(ACTIVE, HALTED, "reconciled", "reconciler"),
    ]


@pytest.mark.parametrize(
    ("cause", "code", "by"),
    [
        (DIFFERS, "difference_position", "reconciler"),
        (BREACHED, "drawdown_max", "risk"),
        (OVERFLOWED, "inbox_overflowed", "runtime"),
        (told(HALTED), "lunch", "ada"),
    ],
)
def test_what_must_not_go_on_halts_and_takes_back_what_works(
    cause: Message, code: str, by: str
) -> None:
    """Only a person lifts it; agreement does not."""
    kill = switch(AGREED)

    assert given(kill, cause) == [
        moved(HALTED, ACTIVE, code, by),
        CancelAll(strategy="", reason=code),
    ]
    assert given(kill, cause, AGREED, STARTED, AGREED) == []
    assert given(kill, told(ACTIVE)) == [moved(ACTIVE, HALTED, "lunch", "ada")]
    assert not kill.state.latched


@pytest.mark.parametrize("accept", [False, True])
@pytest.mark.parametrize("cause", [STARTED, DIFFERS, failed("gateway")])
def test_a_person_lifts_nothing_before_the_venue_and_we_agree(
    cause: Message, *, accept: bool
) -> None:
    """It is looked once more, and agreement then begins the trading."""
    kill = switch(AGREED, cause)
    resume = SetTradingState(state=ACTIVE, by="ada", reason="seen", accept=accept)

    assert given(kill, resume) == [Reconcile(accept=accept)]
    assert given(kill, AGREED) == [moved(ACTIVE, HALTED, "reconciled", "reconciler")]


@pytest.mark.parametrize("cause", HALTING)
def test_trouble_before_the_first_agreement_keeps_it_from_being_one(cause: Message) -> None:
    """It is halted already, so there is nothing to move and nothing to take back."""
    kill = switch(STARTED)

    assert given(kill, cause, AGREED) == []
    assert kill.state.trading is HALTED


def test_without_the_way_to_the_venue_nothing_is_decided_until_reconciled() -> None:
    """What works stays at the venue; nobody has to lift it."""
    kill = switch(AGREED)

    assert given(kill, failed("market_data")) == []
    assert given(kill, failed("gateway"), failed("gateway"), AGREED) == [
        moved(HALTED, ACTIVE, "edge_failed", "gateway"),
        moved(ACTIVE, HALTED, "reconciled", "reconciler"),
    ]


def test_a_lost_connection_does_not_lift_a_latch() -> None:
    kill = switch(AGREED, BREACHED)

    assert given(kill, failed("gateway"), AGREED) == []


def test_reducing_takes_back_what_works_too() -> None:
    kill = switch(AGREED)

    assert given(kill, told(REDUCING)) == [
        moved(REDUCING, ACTIVE, "lunch", "ada"),
        CancelAll(strategy="", reason="lunch", keep_exits=True),
    ]
    assert given(kill, AGREED) == []
    assert given(kill, BREACHED) == [
        moved(HALTED, REDUCING, "drawdown_max", "risk"),
        CancelAll(strategy="", reason="drawdown_max"),
    ]


MESSAGES = st.sampled_from(
    [STARTED, AGREED, *HALTING, failed("gateway"), *(told(state) for state in TradingState)]
)


@generated(st.lists(MESSAGES, max_size=12), st.integers(0, 12))
def test_every_move_is_told_once_and_survives_a_restart(messages: list[Message], at: int) -> None:
    kill = switch(*messages[:at])
    again = reborn(kill, KillSwitch())
    before = kill.state.trading

    answers = given(kill, *messages[at:])

    assert given(again, *messages[at:]) == answers
    assert again.dump() == kill.dump()
    changes = [each for each in answers if isinstance(each, TradingStateChanged)]
    states = [before, *(each.state for each in changes)]
    assert [each.previous for each in changes] == states[:-1]
    assert all(one is not two for one, two in pairwise(states))
    assert states[-1] is kill.state.trading


def clock(*, is_trusted: bool) -> ClockCompared:
    return ClockCompared(skew=0, is_trusted=is_trusted)


CLOCK_OFF, CLOCK_NEAR = clock(is_trusted=False), clock(is_trusted=True)
OFF = moved(HALTED, ACTIVE, "clock_untrusted", "clock")
NEAR = moved(ACTIVE, HALTED, "clock_trusted", "clock")


def test_a_clock_that_is_off_halts_until_it_is_near_again() -> None:
    kill = switch(STARTED, AGREED, CLOCK_NEAR)

    assert given(kill, CLOCK_OFF, CLOCK_OFF) == [OFF]
    assert not kill.state.latched
    assert given(kill, AGREED, told(ACTIVE)) == []  # neither lifts it
    assert given(reborn(kill, KillSwitch()), CLOCK_NEAR) == [NEAR]


def test_a_clock_that_is_near_lifts_nothing_else() -> None:
    assert given(switch(STARTED, CLOCK_OFF), CLOCK_NEAR) == []  # nobody has agreed
    assert given(switch(AGREED, CLOCK_OFF, told(HALTED)), CLOCK_NEAR) == []
    kill = switch(CLOCK_OFF, AGREED)
    assert kill.state.trading is HALTED
    assert given(kill, CLOCK_NEAR) == [NEAR]


def test_what_only_reduces_goes_on_by_any_clock_and_builds_up_by_none_that_is_off() -> None:
    kill = switch(AGREED, told(REDUCING))

    assert given(kill, CLOCK_OFF) == []
    assert given(kill, told(ACTIVE)) == [moved(HALTED, REDUCING, "clock_untrusted", "clock")]
