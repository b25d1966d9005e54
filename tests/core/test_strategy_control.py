"""What happens to a strategy from outside: sessions, splits, and being told to leave the market."""

from typing import Any, ClassVar

import pytest
from msgspec import Struct

from actors.core.strategy import StrategyActor
from tests.core.making import A, bar, given, reborn
from tests.core.saying import FIXED, SHARE, aims, hear, position, ranging, says, stop, targets
from trader.errors import ConfigError
from trader.model.control import (
    CloseInstrument,
    PauseStrategy,
    SessionOpened,
    SplitEffective,
    StrategyRearmed,
    TradingState,
    TradingStateChanged,
)
from trader.model.envelope import Message
from trader.model.market import BarClosed, Quote
from trader.model.orders import DecisionRecorded, Flatten
from trader.model.units import INT64_MAX, MINUTE_NS, NONE, Nanoseconds
from trader.strategies.exits import Held
from trader.strategies.strategy import Answer, Order, Strategy, Target

# -- sessions ------------------------------------------------------------------------------------


class Sitting(Strategy):
    """Writes its sessions down."""

    class Params(Struct):
        """None."""

    class State(Struct):
        """Opening and close of each."""

        sessions: list[tuple[int, int]] = []

    state: State

    def on_bar(self, bar: BarClosed) -> Answer:
        """Nothing."""
        del bar
        return None

    def on_session(self, ts_open: Nanoseconds, ts_close: Nanoseconds) -> None:
        """Another one."""
        self.state.sessions.append((ts_open, ts_close))


def test_it_is_told_the_sessions_of_its_own_calendar() -> None:
    actor = StrategyActor(
        Sitting(Sitting.Params()), name="one", instrument=A, sizing=FIXED, calendar="XNYS"
    )

    given(
        actor,
        SessionOpened(calendar="XNYS", session=9, ts_open=5),
        SessionOpened(calendar="UTC", session=10, ts_open=0),
    )

    assert actor.strategy.state.sessions == [(5, 9)]


def test_a_strategy_that_does_not_care_hears_of_no_session() -> None:
    assert SessionOpened not in says().handlers


# -- splits --------------------------------------------------------------------------------------


def split(numerator: int, denominator: int) -> SplitEffective:
    return SplitEffective(instrument=A, numerator=numerator, denominator=denominator, ts_event=0)


class Priced(Strategy):
    """Keeps a price and a volume."""

    class Params(Struct):
        """None."""

    class State(Struct):
        """Both."""

        close: int = 700
        volume: int = 10
        told: int = 0

    prices: ClassVar[tuple[str, ...]] = ("close",)
    volumes: ClassVar[tuple[str, ...]] = ("volume",)
    state: State

    def on_bar(self, bar: BarClosed) -> Answer:
        """Nothing."""
        del bar
        return None

    def on_flat(self, *, exited: bool) -> None:
        """Counts."""
        self.state.told += 1 + exited


def priced(**more: Any) -> StrategyActor:
    return StrategyActor(Priced(Priced.Params()), name="one", instrument=A, sizing=FIXED, **more)


def test_everything_is_carried_over() -> None:
    exit_ = stop()
    actor = priced(exits=[exit_])
    given(actor, ranging(0), ranging(1), position(10, 100))
    actor.state.target, actor.state.mark = 10, 201
    assert actor.state.held is not None
    actor.state.held.best_ticks = 104

    assert given(actor, split(7, 1)) == []

    state = actor.state
    assert (state.target, state.position, state.mark) == (70, 70, 29)
    assert state.held == Held(1, 14, 15, 0)
    assert (actor.strategy.state.close, actor.strategy.state.volume) == (100, 70)
    assert exit_.distance_ticks == round(2 * 10 / 7)
    assert actor.strategy.state.told == 0


def test_a_target_that_is_left_without_a_lot_is_none() -> None:
    actor = priced(exits=[stop()])
    given(actor, position(4))
    actor.state.target = 4

    given(actor, split(1, 10))

    assert (actor.state.target, actor.state.held) == (0, None)
    assert actor.strategy.state.told == 1


def test_one_that_stands_flat_stays_so() -> None:
    actor = priced()

    given(actor, split(1, 10))

    assert (actor.state.target, actor.state.mark, actor.strategy.state.told) == (0, NONE, 0)


# -- leaving the market --------------------------------------------------------------------------


def moved(state: TradingState) -> TradingStateChanged:
    return TradingStateChanged(state=state, previous=state, code="daily_loss_max", by="risk")


FLATTENING, HALTED, ACTIVE = (
    moved(TradingState.FLATTENING),
    moved(TradingState.HALTED),
    moved(TradingState.ACTIVE),
)
LEAVE = Flatten(strategy="one", reason="asked")
PAUSE = PauseStrategy(strategy="one", by="ada", reason="holiday")
CLOSE = CloseInstrument(instrument=A, by="ada", reason="enough")
REARM = StrategyRearmed(strategy="one", by="ada", reason="checked")


def test_its_target_becomes_nothing_for_the_reason_that_began_it() -> None:
    actor = says(Target(7))
    hear(actor, 1)

    # At what price is for the order manager to say.
    assert given(actor, FLATTENING) == [aims(0, "daily_loss_max", close=0)]
    assert given(actor, FLATTENING) == []
    assert actor.strategy.state.exited == 1


def test_one_that_stands_flat_has_nothing_to_say() -> None:
    assert given(says(), FLATTENING) == []


def test_it_decides_nothing_until_trading_is_active_again() -> None:
    """And hears every bar: it must know where the market stands."""
    actor = says(Target(7), Target(8), [Order("k", 1)], Target(9))
    given(actor, FLATTENING)

    assert hear(actor, 3) == []
    given(actor, HALTED)
    assert actor.strategy.state.bars == 3
    given(actor, ACTIVE)
    assert targets(hear(actor, 1)) == [9]


def test_a_strategy_that_was_told_alone_waits_for_a_person() -> None:
    actor = says(Target(7), Target(8), Target(9), Target(10))
    hear(actor, 1)
    assert given(actor, LEAVE) == [aims(0, "asked", close=0)]

    given(actor, ACTIVE)
    assert hear(actor, 2) == []
    given(actor, REARM)
    assert targets(hear(actor, 1)) == [10]


def test_one_whose_instrument_is_closed_leaves_and_waits_for_a_person() -> None:
    actor = says(Target(7), Target(8), Target(9))
    hear(actor, 1)

    assert given(actor, CLOSE) == [aims(0, "enough", close=0)]
    assert hear(actor, 1) == []
    given(actor, REARM)
    assert targets(hear(actor, 1)) == [9]


def test_a_paused_one_keeps_its_target_and_decides_nothing_until_a_person_lets_it() -> None:
    actor = says(Target(7), Target(8), Target(9))
    hear(actor, 1)

    assert given(actor, PAUSE) == []
    assert (hear(actor, 1), actor.state.target) == ([], 7)
    given(actor, REARM)
    assert targets(hear(actor, 1)) == [9]


def test_what_was_blocked_is_forgotten() -> None:
    actor = says(Target(7), stops=(stop(),))
    actor.state.blocked = 1

    given(actor, LEAVE, REARM)

    assert actor.state.blocked == 0


def test_afterwards_the_warm_up_counts_as_before() -> None:
    actor = says(Target(7), trade_from=100)
    given(actor, LEAVE, REARM)

    assert given(actor, ranging(0), now=99) == []
    assert actor.state.decides_from == 100


def test_a_bar_from_before_the_start_decides_nothing_however_late_it_is_heard() -> None:
    before, first = bar(1, row=1), bar(1, row=2)
    actor = says(Target(5), Target(7), trade_from=first.ts_close)

    assert given(actor, before, now=first.ts_close + 1) == []
    assert actor.state.target == 0
    assert targets(given(actor, first, now=first.ts_close + 1)) == [7]


def test_a_bar_that_is_heard_long_after_its_close_opens_nothing() -> None:
    late, early = bar(1, row=1), bar(1, row=2)
    actor = says(Target(5), Target(7), late_ns=10)

    [told] = given(actor, late, now=late.ts_close + 11)
    assert (type(told), actor.state.target) == (DecisionRecorded, 0)
    assert targets(given(actor, early, now=early.ts_close + 10)) == [7]


def test_a_late_bar_from_before_the_start_is_told_to_nobody() -> None:
    actor = says(Target(5), trade_from=bar(1, row=1).ts_close + 1, late_ns=10)

    assert given(actor, bar(1, row=1), now=bar(1, row=1).ts_close + 11) == []


def test_a_restart_keeps_it_disabled() -> None:
    actor = says(Target(7))
    given(actor, LEAVE)
    again = reborn(actor, says(Target(7)))

    assert again.state.decides_from == INT64_MAX
    assert hear(again, 1) == []


# -- what it keeps -------------------------------------------------------------------------------


def test_a_set_in_the_state_is_refused_by_name() -> None:
    class Unordered(Priced):
        class State(Struct):
            seen: dict[str, set[int]] = {}

    with pytest.raises(ConfigError, match="strategy one keeps a set in its state: seen"):
        StrategyActor(Unordered(Unordered.Params()), name="one", instrument=A, sizing=FIXED)


def test_a_share_is_known_as_one() -> None:
    assert says(sizing=SHARE).sizes_by_weight
    assert Quote not in says(sizing=SHARE).handlers
    assert given(says(), bar(100)) == []


# -- anew after a fault ----------------------------------------------------------------------------

REARMED = StrategyRearmed(strategy="one", by="me", reason="mended")
WARMTH_NS = 100 * MINUTE_NS


def broken(*answers: object, lots: int = 0) -> StrategyActor:
    """It has heard three bars, and starts anew from a position."""
    actor = says(*answers, stops=[stop()], heard_ns=MINUTE_NS)
    hear(actor, 3)
    given(actor, position(7))
    actor.begin_anew(lots, 95)
    return actor


def test_it_starts_anew_from_nothing_but_what_it_holds() -> None:
    actor = broken(Target(5), lots=-4)

    given(actor, REARMED, now=1_000)

    state = actor.state
    assert (state.target, state.position, state.held) == (-4, -4, Held(-1, 95, 95, 0))
    assert actor.strategy.state == actor.strategy.initial()
    assert actor.dump() != broken(Target(5), lots=-4).dump()
    assert state.warm_from == state.decides_from == 1_000 + WARMTH_NS


def test_it_decides_nothing_before_it_is_as_warm_as_at_a_start() -> None:
    actor = broken(*[Target(5)] * 200)
    given(actor, REARMED, now=0)
    active = TradingStateChanged(
        state=TradingState.ACTIVE, previous=TradingState.HALTED, code="", by=""
    )
    given(actor, active)

    def decided(start: int, rows: int) -> list[Message]:
        made = [ranging(row) for row in range(start, start + rows)]
        return [said for each in made for said in given(actor, each, now=each.ts_close)]

    assert targets(decided(0, 90)) == []
    assert len(targets(decided(90, 20))) == 1


def test_a_second_rearming_leaves_it_as_it_is() -> None:
    actor = broken(Target(5))
    given(actor, REARMED, now=1_000)
    assert actor.state.held is None
    hear(actor, 1)
    before = actor.strategy.state

    given(actor, REARMED, now=9_000)

    assert actor.strategy.state is before
    assert actor.state.warm_from == 1_000 + WARMTH_NS
