"""The actor around a strategy: what becomes of its answers, and of those it may not give."""

from collections.abc import Sequence
from decimal import Decimal
from math import nan
from struct import pack, unpack
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import given as generated
from hypothesis import strategies as st
from msgspec import Struct

from actors.core.strategy import Sizing, StrategyActor
from tests.core.making import A, bar, filled, given, reborn
from tests.strategies.making import bundled
from trader.model.account import EquityMarked, PositionChanged
from trader.model.envelope import Message
from trader.model.market import BarClosed
from trader.model.orders import (
    CancelKey,
    DecisionRecorded,
    OrderRequested,
    OrderRole,
    OrderType,
    Protection,
    TargetPosition,
)
from trader.model.units import INT64_MAX
from trader.strategies.exits import AtrStop
from trader.strategies.strategy import Answer, Cancel, Order, Side, Strategy, Target

FIXED = Sizing(lots=10, half=5, bound=10_000)
SHARE = Sizing(rate=1, unit=2, half=5)  # half of the equity; a lot at 100 ticks is worth 1000


class Says(Strategy):
    """Gives the answers of a list, one for each bar, and counts what became of its targets."""

    class Params(Struct):
        """The answers; after the last one it is silent."""

        answers: list[Any]

    class State(Struct):
        """How many bars were heard, the last close as it is and by seven, unasked ends."""

        bars: int = 0
        close: int = 0
        seventh: float = 0.0
        withheld: int = 0
        exited: int = 0

    inputs: ClassVar[tuple[str, ...]] = ("bars", "close", "seventh")
    params: Params
    state: State

    def on_bar(self, bar: BarClosed) -> Answer:
        """The next answer."""
        state = self.state
        state.bars += 1
        state.close = bar.close_ticks
        state.seventh = bar.close_ticks / 7
        answers = self.params.answers
        answer: Answer = answers[state.bars - 1] if state.bars <= len(answers) else None
        return answer

    def on_flat(self, *, exited: bool) -> None:
        """Counts."""
        self.state.exited += exited
        self.state.withheld += not exited


def says(
    *answers: Any,
    sizing: Sizing = FIXED,
    stops: Sequence[AtrStop] = (),
    trade_from: int = 0,
    equity: int = 0,
) -> StrategyActor:
    return StrategyActor(
        Says(Says.Params(list(answers))),
        name="one",
        instrument=A,
        sizing=sizing,
        exits=stops,
        trade_from=trade_from,
        equity=equity,
    )


def stop(n: int = 1, k: int = 2) -> AtrStop:
    return AtrStop(n, Decimal(k))


def ranging(row: int, close: int = 100) -> BarClosed:
    """A bar with a range of ten ticks, so that a stop of two ranges is twenty away."""
    return bar(close, row=row, high=close + 5, low=close - 5)


def hear(actor: StrategyActor, rows: int, *, start: int = 0) -> list[Message]:
    return given(actor, *(ranging(row) for row in range(start, start + rows)))


def position(lots: int) -> PositionChanged:
    return PositionChanged(
        strategy="one",
        instrument=A,
        lots=lots,
        cost=0,
        realized=0,
        last_lots=0,
        last_ticks=0,
        role=OrderRole.TARGET,
    )


def stopped(lots: int, left: int = 0, ticks: int = 80) -> tuple[Message, Message]:
    """A protective fill as a strategy hears it: the position after it, then the fill itself."""
    return position(left), filled(lots, ticks, role=OrderRole.PROTECTION)


def aims(
    lots: int, reason: str = "target", *, close: int = 100, bars: int = 1, **fields: Any
) -> TargetPosition:
    [bits] = unpack("<q", pack("<d", 100 / 7))
    usual = {"inputs": (bars, 100, bits), "ref_ticks": close}
    return TargetPosition(
        strategy="one", instrument=A, lots=lots, reason=reason, **{**usual, **fields}
    )


def withheld(lots: int, reason: str, *, bars: int = 1) -> DecisionRecorded:
    inputs = aims(lots, bars=bars).inputs
    return DecisionRecorded(strategy="one", instrument=A, lots=lots, reason=reason, inputs=inputs)


def targets(messages: Sequence[Message]) -> list[int]:
    return [message.lots for message in messages if isinstance(message, TargetPosition)]


# -- answers -------------------------------------------------------------------------------------


def asked(key: str, lots: int, **prices: int) -> OrderRequested:
    kind = (
        OrderType.LIMIT
        if "limit_ticks" in prices
        else OrderType.STOP
        if prices
        else OrderType.MARKET
    )
    fields: dict[str, Any] = {"limit_ticks": None, "stop_ticks": None, **prices}
    return OrderRequested(
        strategy="one",
        instrument=A,
        key=key,
        lots=lots,
        order_type=kind,
        ref_ticks=100,
        **fields,
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
        (Order("k", 3, 90, 110), [asked("k", 3, limit_ticks=90)]),  # a limit wins over a stop
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
    ],
)
def test_an_answer_that_is_none_raises(answer: Any) -> None:
    """Whatever it is, it is the strategy's own fault and ends in its quarantine."""
    with pytest.raises((TypeError, ValueError)):
        given(says(answer), bar(100))


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


# -- exits ---------------------------------------------------------------------------------------


def test_an_entry_without_its_stops_is_withheld() -> None:
    """Two bars make the average of one range, three that of two."""
    actor = says(Target(7), Target(7), Target(7), stops=(stop(1), stop(2, k=3)))

    assert hear(actor, 3) == [
        withheld(7, "warming_up"),
        withheld(7, "warming_up", bars=2),
        aims(7, bars=3, protection=(Protection("atr_stop", 20), Protection("atr_stop", 30))),
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


def test_a_position_without_a_policy_can_be_protected_too() -> None:
    actor = in_position(stops=())

    assert given(actor, *stopped(-10)) == [aims(0, "protection", close=80, bars=2)]


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
