"""Positions without a working stop: for how long, and what they are worth."""

import pytest

from actors.core.risk import Risk
from tests.core.making import A, B, given
from tests.core.risking import (
    ACTIVE,
    NOW,
    about,
    filled,
    moves,
    own,
    risk,
    sets,
    stop,
)
from trader.model.control import (
    LimitBreached,
    LimitChanged,
    SplitEffective,
    StartTimer,
    TimerFired,
    TradingState,
)
from trader.model.envelope import Message
from trader.model.orders import (
    OrderAccepted,
    OrderBusted,
    OrderCanceled,
    OrderInDoubt,
    OrderReplaced,
    OrderStatus,
)
from trader.model.units import SECOND_NS

HALTED, REDUCING = TradingState.HALTED, TradingState.REDUCING
FLATTENING = TradingState.FLATTENING
FILLED, PARTLY = OrderStatus.FILLED, OrderStatus.PARTIALLY_FILLED
HOUR = 3600 * SECOND_NS


def timer(seconds: int, since: int = NOW) -> StartTimer:
    due = since + seconds * SECOND_NS + 1
    return StartTimer(owner="risk", name="unprotected:one", due=due)


def watched() -> Risk:
    """Five lots of A at 100 ticks are worth 1000; for three seconds of that no stop is needed."""
    return risk(unprotected_max=3_000)


def test_a_position_without_a_stop_trips_when_its_time_is_used_up() -> None:
    gate = watched()
    given(gate, own(5), now=NOW)

    [due] = given(gate, filled(5, "o", status=FILLED), now=NOW)
    assert due == timer(3)
    assert isinstance(due, StartTimer)
    fired = TimerFired(owner="risk", name=due.name, due=due.due)
    assert given(gate, fired, now=due.due) == [
        LimitBreached(limit="unprotected_max", value=3_000, bound=3_000)
    ]
    assert given(gate, TimerFired(owner="scheduler", name=due.name, due=0), now=due.due) == []


def test_a_stop_counts_once_the_venue_has_taken_it_until_it_is_in_doubt() -> None:
    gate = watched()
    given(gate, own(5), stop(-5, 90), filled(5, "o", status=FILLED), now=NOW)

    later = NOW + SECOND_NS
    assert given(gate, about(OrderAccepted, "s"), now=later) == []
    assert given(gate, about(OrderInDoubt, "s"), now=later) == [timer(3, later)]
    assert given(gate, about(OrderAccepted, "s"), now=later) == []
    assert given(gate, about(OrderCanceled, "s"), now=later) == [timer(3, later)]
    assert given(gate, about(OrderAccepted, "s"), now=later) == []  # a late word
    given(gate, own(1, "other"), now=later)
    assert given(gate, about(OrderAccepted, "other"), now=later) == []


@pytest.mark.parametrize(
    ("event", "worth"),
    [
        (about(OrderReplaced, "s", lots=-3), 400),
        (filled(-2, "s", status=PARTLY), 0),
        (about(OrderBusted, "before", trade_id="t", last_lots=-2, last_ticks=100), 400),
        (SplitEffective(instrument=A, numerator=2, denominator=1, ts_event=NOW), 0),
        (SplitEffective(instrument=B, numerator=2, denominator=1, ts_event=NOW), 0),
    ],
)
def test_whatever_changes_a_position_or_its_stop_is_looked_at(event: Message, worth: int) -> None:
    gate = watched()
    given(gate, filled(5), stop(-5, 90), about(OrderAccepted, "s"), now=NOW)

    given(gate, event, now=NOW)

    assert gate.state.standings["one"].naked.worth == worth


def test_a_lift_and_a_new_bound_look_at_everybody() -> None:
    gate = watched()
    given(gate, filled(5), now=NOW)
    later = NOW + 2 * SECOND_NS

    assert given(gate, moves(ACTIVE, REDUCING), now=later) == [timer(3, later)]
    changed, due = given(gate, sets("unprotected_max", "1000"), now=later)
    assert isinstance(changed, LimitChanged)
    assert due == timer(1, later)
    _, breach = given(gate, sets("unprotected_max", "500"), now=later + SECOND_NS)
    assert breach == LimitBreached(limit="unprotected_max", value=1_000, bound=500)


def test_a_lift_long_after_the_trip_does_not_trip_again() -> None:
    """The time in which trading stood still is not held against the position."""
    gate = watched()
    given(gate, filled(5), now=NOW)
    tripped = NOW + 4 * SECOND_NS
    fired = TimerFired(owner="risk", name="unprotected:one", due=tripped)
    assert [type(each) for each in given(gate, fired, now=tripped)] == [LimitBreached]
    given(gate, moves(HALTED), now=tripped)

    much_later = tripped + HOUR
    assert given(gate, moves(ACTIVE, HALTED), now=much_later) == [timer(3, much_later)]


def test_without_the_limit_acceptances_are_not_even_heard() -> None:
    assert OrderAccepted in watched().handlers
    assert OrderAccepted not in risk().handlers
