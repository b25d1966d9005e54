"""What a breaker does, what a person may do about it, and when a flattening ends."""

import pytest

from actors.core.kill_switch import KillSwitch
from tests.core.making import given, reborn
from trader.logic.rules.limits import Breach
from trader.model.account import DifferenceFound, Reconciled
from trader.model.control import (
    EdgeFailed,
    Flattened,
    InboxOverflowed,
    InstrumentResumed,
    LimitBreached,
    LimitChanged,
    RunStarted,
    SessionOpened,
    SetTradingState,
    TradingState,
    TradingStateChanged,
)
from trader.model.envelope import Message
from trader.model.orders import CancelAll, Flatten

HALTED, REDUCING, ACTIVE = TradingState.HALTED, TradingState.REDUCING, TradingState.ACTIVE
FLATTENING = TradingState.FLATTENING
AGREED = Reconciled(orders=0, positions=0)
STARTED = RunStarted(run="trial", epoch=2)
LOST = EdgeFailed(edge="gateway", error="x", attempt=1)
DIFFERS = DifferenceFound(kind="position", key="A.v", ours="1", theirs="2")
OPENED = SessionOpened(calendar="X", session=1)
RESUMED = InstrumentResumed(instrument="A.v")
CLOSE = Flatten(strategy="", reason="drawdown_max")


def breached(limit: str = "drawdown_max") -> LimitBreached:
    return LimitBreached(limit=limit, value=11, bound=10)


def told(state: TradingState, reason: str = "lunch") -> SetTradingState:
    return SetTradingState(state=state, by="ada", reason=reason)


def remedy(word: str) -> LimitChanged:
    return LimitChanged(limit="on_breach", old="halt", new=word, by="ada", reason="", version=2)


def moved(
    state: TradingState, previous: TradingState, code: str = "drawdown_max", by: str = "risk"
) -> TradingStateChanged:
    return TradingStateChanged(state=state, previous=previous, code=code, by=by)


def active(on_breach: Breach = "halt", *after: Message) -> KillSwitch:
    made = KillSwitch(on_breach)
    given(made, AGREED, *after)
    return made


CANCELS = CancelAll(strategy="", reason="drawdown_max")
CANCELS_ENTRIES = CancelAll(strategy="", reason="drawdown_max", keep_exits=True)


@pytest.mark.parametrize(
    ("on_breach", "said"),
    [
        ("halt", [moved(HALTED, ACTIVE), CANCELS]),
        ("reduce", [moved(REDUCING, ACTIVE), CANCELS_ENTRIES]),
        ("flatten", [moved(FLATTENING, ACTIVE), CLOSE]),
    ],
)
def test_a_breaker_does_what_was_set(on_breach: Breach, said: list[Message]) -> None:
    """It is latched: agreement with the venue does not lift it, a person does."""
    kill = active(on_breach)

    assert given(kill, breached()) == said
    assert given(kill, AGREED) == []
    state = kill.state.trading
    assert given(kill, told(ACTIVE)) == [moved(ACTIVE, state, "lunch", "ada")]
    assert given(kill, STARTED, AGREED)[-1] == moved(ACTIVE, HALTED, "reconciled", "reconciler")


@pytest.mark.parametrize(
    ("word", "state"), [("halt", HALTED), ("reduce", REDUCING), ("flatten", FLATTENING)]
)
def test_an_operator_may_change_what_a_breaker_does(word: str, state: TradingState) -> None:
    kill = active("halt")
    other = LimitChanged(limit="lots_max", old="1", new="2", by="ada", reason="", version=2)
    given(kill, remedy(word), other)
    again = reborn(kill, KillSwitch("reduce"))

    for each in (kill, again):
        assert given(each, breached())[0] == moved(state, ACTIVE)


@pytest.mark.parametrize(
    ("before", "on_breach", "said"),
    [
        # Nothing becomes milder ...
        (told(HALTED), "reduce", []),
        (told(HALTED), "flatten", []),
        # ... what is being flattened goes on ...
        (told(FLATTENING), "halt", []),
        (told(FLATTENING), "reduce", []),
        # ... and what reduces may be halted, flattened, or latched once more.
        (told(REDUCING), "halt", [moved(HALTED, REDUCING), CANCELS]),
        (told(REDUCING), "flatten", [moved(FLATTENING, REDUCING), CLOSE]),
        (told(REDUCING), "reduce", []),
    ],
)
def test_a_breaker_in_another_state_than_active(
    before: Message, on_breach: Breach, said: list[Message]
) -> None:
    assert given(active(on_breach, before), breached()) == said


@pytest.mark.parametrize(
    ("on_breach", "said"),
    [
        ("halt", []),
        ("reduce", [moved(REDUCING, HALTED, by="reconciler"), CANCELS_ENTRIES]),
        ("flatten", [moved(FLATTENING, HALTED, by="reconciler"), CLOSE]),
    ],
)
def test_a_breach_while_the_venue_is_away_acts_once_both_agree(
    on_breach: Breach, said: list[Message]
) -> None:
    """Of two the first decides."""
    kill = active(on_breach, LOST)

    assert given(kill, breached(), breached("daily_loss_max")) == []
    assert given(kill, AGREED) == said
    assert given(kill, AGREED) == []


def test_what_was_ordered_goes_on_after_the_connection_was_lost() -> None:
    kill = active("flatten", breached())

    assert given(kill, LOST) == [moved(HALTED, FLATTENING, "edge_failed", "gateway")]
    assert given(kill, AGREED) == [moved(FLATTENING, HALTED, by="reconciler"), CLOSE]
    assert given(kill, STARTED, AGREED)[-1] == CLOSE


# -- flat ----------------------------------------------------------------------------------------


def test_a_flattening_ends_halted_and_stays_so() -> None:
    kill = active("flatten", breached())

    assert given(kill, Flattened()) == [moved(HALTED, FLATTENING, "flattened", "risk")]
    assert given(kill, STARTED, AGREED, OPENED, RESUMED, breached()) == []
    assert given(kill, told(ACTIVE)) == [moved(ACTIVE, HALTED, "lunch", "ada")]


@pytest.mark.parametrize("cause", [OPENED, RESUMED])
def test_a_flattening_tries_again_when_a_market_opens(cause: Message) -> None:
    assert given(active("flatten", breached()), cause, cause) == [CLOSE, CLOSE]
    assert given(active("flatten"), cause) == []
    assert given(active("flatten", told(HALTED)), cause) == []


def test_a_person_may_ask_for_it_again() -> None:
    kill = active("halt")
    again = Flatten(strategy="", reason="now")

    assert given(kill, told(FLATTENING, "now")) == [moved(FLATTENING, ACTIVE, "now", "ada"), again]
    assert given(kill, told(FLATTENING, "now")) == [again]


@pytest.mark.parametrize(
    ("cause", "code", "by"),
    [
        (told(HALTED, "stop"), "stop", "ada"),
        (DIFFERS, "difference_position", "reconciler"),
        (InboxOverflowed(kind="order_events", count=1), "inbox_overflowed", "runtime"),
    ],
)
def test_a_flattening_may_be_halted_for_good(cause: Message, code: str, by: str) -> None:
    """Protection that rests stays with the venue; the order that closes is taken back."""
    kill = active("flatten", breached())

    assert given(kill, cause) == [
        moved(HALTED, FLATTENING, code, by),
        CancelAll(strategy="", reason=code),
    ]
    assert given(kill, AGREED, OPENED) == []


def test_reducing_and_flattening_outlive_a_restart() -> None:
    for word in ("reduce", "flatten"):
        on_breach: Breach = "reduce" if word == "reduce" else "flatten"
        kill = active(on_breach, breached())
        state = kill.state.trading
        again = reborn(kill, KillSwitch())

        assert given(again, STARTED, AGREED)[:2] == [
            moved(HALTED, state, "restarted", "runtime"),
            moved(state, HALTED, by="reconciler"),
        ]
