"""What a halt denies to a position is asked for again when trading goes on."""

import pytest

from actors.core.order_manager import OrderManager
from tests.core.desks import (
    approved,
    ask,
    changed,
    commands,
    denied,
    fill,
    manager,
    name,
    protected,
    rejected,
    work,
)
from tests.core.making import A, given, target
from trader.model.control import SplitEffective, TradingState, TradingStateChanged
from trader.model.envelope import Message
from trader.model.orders import (
    OrderType,
    Protection,
    SubmitOrder,
)

STOP = (Protection("atr_stop", 20),)
BOTH = (*STOP, Protection("take_profit", 30, OrderType.LIMIT))
HALTED = "trading_halted"


def now(state: TradingState) -> TradingStateChanged:
    return TradingStateChanged(
        state=state, previous=TradingState.HALTED, code="reconciled", by="reconciler"
    )


GOES_ON = now(TradingState.ACTIVE)


def one(messages: list[Message]) -> SubmitOrder:
    [order] = [each for each in messages if isinstance(each, SubmitOrder)]
    return order


def lost(made: OrderManager, count: int, code: str = "absent") -> SubmitOrder:
    """A protective order never arrived, and the halt denies the one that is to stand for it."""
    again = one(given(made, rejected(count, code)))
    assert commands(given(made, denied(again, HALTED))) == []
    return again


def after_restart(protection: tuple[Protection, ...] = BOTH) -> OrderManager:
    """An entry that has filled, and of whose protection nothing ever arrived."""
    made = manager()
    work(made, target(10, protection=protection))
    given(made, fill(10), changed(10, 10))
    for count in range(2, 2 + len(protection)):
        lost(made, count)
    return made


def test_what_is_held_gets_its_stop_and_its_limit_when_trading_goes_on() -> None:
    made = after_restart()

    stop, limit = given(made, GOES_ON)

    assert isinstance(stop, SubmitOrder)
    assert isinstance(limit, SubmitOrder)
    assert (stop.lots, stop.stop_ticks, stop.reason, stop.parent) == (-10, 80, "atr_stop", "")
    assert (limit.lots, limit.limit_ticks, limit.reason) == (-10, 130, "take_profit")
    assert stop.group == limit.group == "one+"
    assert not made.state.desks["one"].unguarded
    # It is paid once.
    assert given(made, approved(stop), approved(limit), GOES_ON) == []


def test_a_halt_that_comes_back_owes_it_again() -> None:
    made = after_restart(STOP)
    again = one(given(made, GOES_ON))
    given(made, denied(again, HALTED))
    assert made.state.desks["one"].unguarded

    assert commands(given(made, now(TradingState.REDUCING))) == ["submit 5 -10"]


@pytest.mark.parametrize("state", [TradingState.HALTED, TradingState.FLATTENING])
def test_nothing_is_asked_for_while_it_would_be_denied_or_closed(state: TradingState) -> None:
    made = after_restart()

    assert given(made, now(state)) == []
    assert len(given(made, GOES_ON)) == 2


def test_what_has_been_closed_meanwhile_is_owed_nothing() -> None:
    made = after_restart()
    given(made, changed(0, -10))

    assert given(made, GOES_ON) == []


def test_nor_is_a_pair_of_which_one_works_still() -> None:
    made = manager()
    work(made, target(10, protection=BOTH))
    given(made, fill(10), changed(10, 10))
    lost(made, 2)
    given(made, changed(0, -10))

    assert given(made, GOES_ON) == []


def test_only_what_is_still_held_is_protected() -> None:
    made = after_restart(STOP)
    # What is bare gets its stop anew with each change of the position, and is denied it.
    *_, again = given(made, changed(4, -6))
    assert isinstance(again, SubmitOrder)
    given(made, denied(again, HALTED))

    assert one(given(made, GOES_ON)).lots == -4


def test_a_stop_that_works_is_not_doubled() -> None:
    """Of a pair the stop has arrived and the limit has not."""
    made = manager()
    work(made, target(10, protection=BOTH))
    given(made, fill(10), changed(10, 10))
    lost(made, 3)

    limit = one(given(made, GOES_ON))

    assert limit.order_type is OrderType.LIMIT


def test_a_child_of_an_entry_that_works_goes_on_waiting_for_it() -> None:
    made = manager()
    [entry] = given(made, target(10, protection=STOP))
    assert isinstance(entry, SubmitOrder)
    [stop] = given(made, approved(entry))
    assert isinstance(stop, SubmitOrder)
    given(made, denied(stop, HALTED))

    again = one(given(made, GOES_ON))

    assert (again.lots, again.parent, again.group) == (-10, name(1), name(1))


def test_what_could_not_be_protected_is_closed_once_that_passes() -> None:
    made = protected(10)
    closing = one(ask(made, rejected(2, "no")))
    assert closing.order_type is OrderType.MARKET
    given(made, denied(closing, HALTED))

    assert commands(given(made, GOES_ON)) == ["submit 4 -10"]


def test_a_split_carries_over_what_is_owed() -> None:
    made = after_restart(STOP)
    given(made, SplitEffective(instrument=A, numerator=2, denominator=1, ts_event=0))

    again = one(given(made, GOES_ON))

    assert (again.lots, again.stop_ticks) == (-20, 40)


def test_what_is_owed_survives_a_restart() -> None:
    made, other = after_restart(STOP), manager()
    other.load(made.dump())

    assert given(other, GOES_ON) == given(made, GOES_ON)
