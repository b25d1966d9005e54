"""Delivery: depth first, named, each step's effects let out by the state in which it ends."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.assembly import Core
from actors.runtime.recorder import Recorder
from tests.core.making import A, B, awake, bar, config, strategy, submit, target
from tests.runtime.fakes import MARKED, Told, Way, both_ways
from trader.config.schema import RiskConfig
from trader.model.control import RunStarted, TradingState
from trader.model.envelope import Envelope, Message
from trader.model.market import BarClosed
from trader.model.orders import (
    CancelOrder,
    OrderAccepted,
    OrderApproved,
    OrderCanceled,
    OrderFilled,
    ReplaceOrder,
    SubmitOrder,
    TargetPosition,
)
from trader.model.units import MINUTE_NS

HALTED, REDUCING, ACTIVE = TradingState.HALTED, TradingState.REDUCING, TradingState.ACTIVE

APPROVED = OrderApproved(order=submit(5), limits_version=1)
CANCEL = CancelOrder(client_order_id="x", instrument=A, request_id="r", reason="asked")

# -- order ---------------------------------------------------------------------------------------


@both_ways
def test_what_one_returns_is_delivered_with_all_it_causes_before_the_next(way: Way) -> None:
    made = bar(100)
    told = Told(
        {
            "feed": {BarClosed: (made,)},
            "portfolio": {BarClosed: (MARKED,)},
            "one": {BarClosed: (target(1), target(2))},
            "order_manager": {TargetPosition: (CANCEL, submit(5))},
            "risk": {SubmitOrder: (APPROVED,)},
        }
    )

    way(told.reactor, made, 0)

    decided = [
        ("order_manager", "TargetPosition"),
        ("gateway", "CancelOrder"),
        ("risk", "SubmitOrder"),
        ("order_manager", "OrderApproved"),
        ("gateway", "OrderApproved"),
    ]
    assert told.heard == [
        ("feed", "BarClosed"),
        ("portfolio", "BarClosed"),
        ("strategy:one", "EquityMarked"),
        ("strategy:two", "EquityMarked"),
        ("risk", "EquityMarked"),
        ("strategy:one", "BarClosed"),
        *decided,
        *decided,
        ("strategy:two", "BarClosed"),
        ("risk", "BarClosed"),
    ]


@both_ways
def test_a_bar_that_the_feed_keeps_goes_no_further(way: Way) -> None:
    told = Told({})

    assert way(told.reactor, bar(100), 0) == ()
    assert told.heard == [("feed", "BarClosed")]


@both_ways
def test_what_the_feed_makes_of_a_bar_is_what_the_others_hear(way: Way) -> None:
    """Another bar than the one that came takes the long way to the same receivers."""
    says: dict[str, dict[type, Any]] = {
        "feed": {BarClosed: (bar(99), bar(100))},
        "one": {BarClosed: (target(1),)},
    }
    told = Told(says)

    way(told.reactor, bar(100), 0)

    turn = ["portfolio", "strategy:one", "order_manager", "strategy:two", "risk"]
    assert [name for name, _ in told.heard] == ["feed", *turn, *turn]
    recorder = told.reactor.recorder
    assert isinstance(recorder, Recorder)
    decisions = recorder.tables.tables["decisions"]
    heads = [decisions.row(index) for index in range(2)]
    names = [(h["seq"], h["n"], h["cause_seq"], h["cause_n"]) for h in heads]
    assert names == [(1, 1, 1, 0), (1, 2, 1, 0)]


# -- effects -------------------------------------------------------------------------------------


@both_ways
@pytest.mark.parametrize(
    ("state", "recall", "leaves"),
    [
        (ACTIVE, "", [APPROVED, CANCEL]),
        (ACTIVE, "not_asked", [APPROVED, CANCEL]),
        (REDUCING, "", [APPROVED, CANCEL]),
        (REDUCING, "reducing_only", [CANCEL]),
        (HALTED, "trading_halted", [CANCEL]),
    ],
)
def test_an_approval_leaves_unless_it_is_recalled_where_trading_is_not_active(
    way: Way, state: TradingState, recall: str, leaves: list[Message]
) -> None:
    """A cancel always does."""
    made = bar(100)
    told = Told(
        {
            "feed": {BarClosed: (made,)},
            "one": {BarClosed: (target(1),)},
            "order_manager": {TargetPosition: (submit(5), CANCEL)},
            "risk": {SubmitOrder: (APPROVED,)},
        },
        state=state,
        recall=recall,
    )

    assert list(way(told.reactor, made, 0)) == leaves
    assert (("order_manager", "OrderCanceled") in told.heard) is (APPROVED not in leaves)
    assert told.reactor.effects == []


def test_what_a_withheld_approval_causes_leaves_in_the_same_step() -> None:
    made = bar(100)
    told = Told(
        {
            "feed": {BarClosed: (made,)},
            "one": {BarClosed: (target(1),)},
            "order_manager": {TargetPosition: (submit(5),), OrderCanceled: (CANCEL,)},
            "risk": {SubmitOrder: (APPROVED,)},
        },
        state=HALTED,
        recall="trading_halted",
    )

    assert list(told.reactor.row(made, 0)) == [CANCEL]
    assert told.reactor.note(RunStarted(run="trial", epoch=1), 1) == ()


def test_a_recalled_replacement_is_told_as_rejected() -> None:
    made = bar(100)
    change = ReplaceOrder(client_order_id="x", instrument=A, request_id="r", lots=9)
    told = Told(
        {
            "feed": {BarClosed: (made,)},
            "one": {BarClosed: (target(1),)},
            "order_manager": {TargetPosition: (change,)},
            "risk": {ReplaceOrder: (change,)},
        },
        state=HALTED,
        recall="trading_halted",
    )

    assert list(told.reactor.row(made, 0)) == []
    assert ("order_manager", "ReplaceRejected") in told.heard


def breached() -> tuple[Core, list[Envelope]]:
    """A fill that goes too far and loses too much: its step makes an order, and then halts."""
    risk = RiskConfig(drawdown_max=Decimal("0.01"))
    core, said = awake(
        config([strategy(script={0: [{"does": "target", "lots": 10}]})], risk=risk, cash=1_000)
    )
    core.reactor.row(bar(100), MINUTE_NS)
    said.clear()
    return core, said


def test_an_order_approved_before_the_halt_of_its_step_is_canceled_in_it() -> None:
    core, said = breached()

    effects = core.reactor.note(
        OrderFilled(client_order_id="main-one-1-1", trade_id="t", last_lots=12, last_ticks=200),
        MINUTE_NS,
    )

    bodies = [envelope.body for envelope in said if envelope.source != "world"]
    approvals = [each.order for each in bodies if isinstance(each, OrderApproved)]
    ends = [each for each in bodies if isinstance(each, OrderCanceled)]
    assert core.trading_state() is HALTED
    assert [order.lots for order in approvals] == [-2]
    assert not any(isinstance(each, OrderApproved) for each in effects)
    assert [(end.client_order_id, end.reason) for end in ends] == [
        (approvals[0].client_order_id, "trading_halted")
    ]
    # It is told as a consequence of the approval.
    names = {type(e.body).__name__: (e.seq, e.n) for e in said if e.source == "risk"}
    assert said[-1].cause == names["OrderApproved"]
    assert core.order_manager.state.desks["one"].working == []


# -- names ---------------------------------------------------------------------------------------


def heads(said: list[Envelope]) -> list[tuple[Any, ...]]:
    found = [((e.seq, e.n), e.source, type(e.body).__name__, e.cause) for e in said]
    said.clear()
    return found


def test_messages_are_named_by_row_and_count_and_know_their_cause() -> None:
    """What enters no table bears the name of its nearest ancestor that has one."""
    core, said = awake(config([strategy(script={0: [{"does": "target", "lots": 10}]})]))
    reactor = core.reactor

    reactor.row(bar(100), 2 * MINUTE_NS)
    assert heads(said) == [
        ((1, 0), "world", "BarClosed", (1, 0)),
        ((1, 0), "feed", "FeedStatus", (1, 0)),
        ((1, 0), "feed", "BarClosed", (1, 0)),
        ((1, 1), "strategy:one", "TargetPosition", (1, 0)),
        ((1, 2), "order_manager", "SubmitOrder", (1, 1)),
        ((1, 3), "risk", "OrderApproved", (1, 2)),
    ]

    # A report is caused by the order's approval; its step counts on from the last row's.
    id_ = "main-one-1-1"
    reactor.note(OrderAccepted(client_order_id=id_), 2 * MINUTE_NS)
    assert heads(said) == [
        ((1, 3), "world", "OrderAccepted", (1, 3)),
        ((1, 4), "order_manager", "OrderAccepted", (1, 3)),
    ]

    # The next row is number two, whether it says anything or not.
    reactor.row(bar(100, instrument=B), 2 * MINUTE_NS)
    fill = OrderFilled(client_order_id=id_, trade_id="t", last_lots=10, last_ticks=100)
    reactor.note(fill, 3 * MINUTE_NS)
    assert heads(said)[-3:] == [
        ((1, 3), "world", "OrderFilled", (1, 3)),
        ((2, 1), "order_manager", "OrderFilled", (1, 3)),
        ((2, 1), "portfolio", "PositionChanged", (2, 1)),
    ]


def test_an_input_without_a_row_bears_the_last_rows_number() -> None:
    core, said = awake(config())
    started = RunStarted(run="trial", epoch=2)

    core.reactor.note(started, MINUTE_NS)
    core.reactor.row(bar(100), 2 * MINUTE_NS)
    core.reactor.note(started, 3 * MINUTE_NS)

    starts = [e for e in said if isinstance(e.body, RunStarted)]
    assert [((e.seq, e.n), e.ts) for e in starts] == [
        ((0, 0), MINUTE_NS),
        ((1, 0), 3 * MINUTE_NS),
    ]


def test_an_observer_hears_of_a_lane_what_it_hears_of_a_row() -> None:
    script = {0: [{"does": "target", "lots": 10}]}
    one, said = awake(config([strategy(script=script)]))
    other, told = awake(config([strategy(script=script)]))

    lane = other.reactor.lane(BarClosed, (A, MINUTE_NS))
    assert one.reactor.row(bar(100), 5) == lane(bar(100), 5)
    assert told == said


# -- the short way -------------------------------------------------------------------------------

LINES = st.sampled_from(
    [
        [{"does": "target", "lots": 4}],
        [{"does": "target", "lots": -3}, {"does": "order", "key": "k", "lots": 2, "limit": 99}],
        [{"does": "cancel", "key": "k"}],
        [{"does": "raise"}],
        [],
    ]
)
SCRIPTS = st.lists(LINES, max_size=6).map(lambda lines: dict(enumerate(lines)))


@settings(max_examples=60)
@given(
    st.lists(SCRIPTS, min_size=3, max_size=3),
    st.lists(st.tuples(st.sampled_from([A, B]), st.integers(0, 6)), max_size=15),
)
def test_a_lane_is_only_shorter(scripts: list[dict[int, Any]], bars: list[tuple[str, int]]) -> None:
    """With holes and repetitions in the data, and broken strategies: the same in everything."""
    where = (A, B, A)
    strategies = [
        strategy(f"s{k}", instrument=where[k], script=script) for k, script in enumerate(scripts)
    ]
    long, _ = awake(config(strategies))
    short, _ = awake(config(strategies))
    long.reactor.observer = short.reactor.observer = None
    lanes = {name: short.reactor.lane(BarClosed, (name, MINUTE_NS)) for name in (A, B)}
    for instrument, row in bars:
        made = bar(100 + row, row=row, instrument=instrument)

        assert lanes[instrument](made, made.ts_close) == long.reactor.row(made, made.ts_close)
    assert short.tables.digest() == long.tables.digest()
    assert short.state_hash() == long.state_hash()
    assert short.snapshot() == long.snapshot()


def test_a_lane_leads_to_the_state_that_was_taken_back() -> None:
    """It was made before: the last bar is the snapshot's, and the price is left in it."""
    past, core = (awake(config([strategy()]))[0] for _ in range(2))
    past.reactor.observer = core.reactor.observer = None
    lane = core.reactor.lane(BarClosed, (A, MINUTE_NS))
    past.reactor.row(bar(100, row=1), 2 * MINUTE_NS)

    core.restore(past.snapshot())
    lane(bar(101, row=2), 3 * MINUTE_NS)
    past.reactor.row(bar(101, row=2), 3 * MINUTE_NS)

    assert core.snapshot() == past.snapshot()


def test_bars_reach_only_the_strategies_of_their_instrument() -> None:
    core, _ = awake(config([strategy("one"), strategy("two", instrument=B), strategy("three")]))
    core.reactor.observer = None

    core.reactor.row(bar(100), MINUTE_NS)
    core.reactor.lane(BarClosed, (B, MINUTE_NS))(bar(100, instrument=B), MINUTE_NS)
    core.reactor.lane(BarClosed, (A, MINUTE_NS))(bar(100, row=2), MINUTE_NS)

    assert [each.strategy.state.bars for each in core.strategies] == [2, 1, 2]
