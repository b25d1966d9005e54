"""Whose error it is: a strategy's own ends in its quarantine, anybody else's goes on up."""

import re
from collections.abc import Sequence
from typing import Any

import pytest

from actors.assembly import Core
from actors.runtime.reactor import Fault, Reactor
from tests.core.making import A, B, awake, bar, config, strategy, submit, target
from tests.runtime.fakes import MARKED, Told, Way, both_ways
from trader.model.account import EquityMarked
from trader.model.control import StrategyFaulted
from trader.model.envelope import Envelope
from trader.model.market import BarClosed
from trader.model.orders import (
    CancelOrder,
    OrderAccepted,
    OrderFilled,
    OrderStatus,
    SubmitOrder,
    TargetPosition,
)
from trader.model.units import MINUTE_NS

BOOM = [{"does": "raise", "key": "two"}]
BUY = [{"does": "target", "lots": 10}]


def play(core: Core, way: Way, *, rows: int, instrument: str = A) -> None:
    for row in range(1, rows + 1):
        made = bar(100, row=row, instrument=instrument, high=105, low=95)
        way(core.reactor, made, made.ts_close)


def faults(said: Sequence[Envelope]) -> list[StrategyFaulted]:
    return [envelope.body for envelope in said if isinstance(envelope.body, StrategyFaulted)]


def unobserved(core: Core) -> Core:
    """So that a lane takes its short way."""
    core.reactor.observer = None
    return core


# -- a strategy ----------------------------------------------------------------------------------


@both_ways
def test_a_strategy_that_raises_is_called_no_more_and_the_others_trade_on(way: Way) -> None:
    """In the bar in which it breaks, too: whoever comes after it misses nothing."""
    core, _ = awake(
        config(
            [
                strategy("first", script={1: BUY}),
                strategy("broken", script={1: BOOM, 2: BUY}),
                strategy("last", script={1: BUY}),
                strategy("other", instrument=B, script={0: BUY}),
            ]
        )
    )

    play(unobserved(core), way, rows=3)
    play(core, way, rows=1, instrument=B)

    assert [each.strategy.state.bars for each in core.strategies] == [3, 2, 3, 1]
    assert core.reactor.state.quarantined.keys() == {"strategy:broken"}
    decided = core.tables.tables["decisions"].column("strategy")
    names = list(core.tables.names["strategies"])
    assert [names[index] for index in decided] == ["first", "last", "other"]


def test_a_fault_is_told_with_the_error_and_the_row_it_broke_at() -> None:
    core, said = awake(config([strategy("one"), strategy("broken", script={1: BOOM})]))

    play(core, Reactor.row, rows=2)

    [fault] = [e for e in said if isinstance(e.body, StrategyFaulted)]
    assert isinstance(fault.body, StrategyFaulted)
    assert fault.body.strategy == "broken"
    assert re.fullmatch(r"RuntimeError: bar two, scripted.py:\d+", fault.body.error)
    assert ((fault.seq, fault.n), fault.source, fault.cause) == ((2, 0), "runtime", (2, 0))
    assert core.reactor.state.quarantined == {
        "strategy:broken": Fault(fault.body.error, 2, 3 * MINUTE_NS)
    }


@both_ways
def test_its_entries_are_taken_back_in_the_same_step(way: Way) -> None:
    core, _ = awake(config([strategy(script={0: BUY, 1: BOOM})]))
    made = bar(100)
    way(unobserved(core).reactor, made, made.ts_close)
    core.reactor.note(OrderAccepted(client_order_id="main-one-1-1"), made.ts_close)

    made = bar(100, row=2)
    effects = way(core.reactor, made, made.ts_close)

    assert [each.reason for each in effects if isinstance(each, CancelOrder)] == [
        "strategy_faulted"
    ]
    statuses = core.tables.tables["statuses"]
    last = statuses.row(len(statuses) - 1)
    assert (last["status"], last["cause_seq"], last["cause_n"]) == (
        OrderStatus.PENDING_CANCEL,
        2,
        0,
    )


def test_a_strategy_can_break_at_a_fill() -> None:
    """It cannot bear that its stop ended its target. The fill is booked all the same."""
    core, said = awake(
        config(
            [strategy(script={1: BUY}, stop_n=1, fragile=True), strategy("two", script={3: BUY})]
        )
    )
    play(core, Reactor.row, rows=2)
    for count, lots in ((1, 10), (2, -10)):
        id_ = f"main-one-1-{count}"
        fill = OrderFilled(client_order_id=id_, trade_id=id_, last_lots=lots, last_ticks=90)
        core.reactor.note(fill, 3 * MINUTE_NS)

    [fault] = faults(said)
    assert fault.error.startswith("RuntimeError: cannot bear an exit, scripted.py:")
    assert core.portfolio.state.positions["one"][A].lots == 0
    assert core.order_manager.state.desks["one"].position == 0
    core.reactor.row(bar(100, row=3), 4 * MINUTE_NS)
    core.reactor.row(bar(100, row=4), 5 * MINUTE_NS)
    assert [each.strategy.state.bars for each in core.strategies] == [2, 4]


@both_ways
def test_a_strategy_can_break_at_the_equity(way: Way) -> None:
    """It hears of the equity inside the portfolio's turn; its own turn at the bar is gone then."""
    made = bar(100)
    told = Told(
        {
            "feed": {BarClosed: (made,)},
            "portfolio": {BarClosed: (MARKED,)},
            "two": {EquityMarked: ValueError("poor"), BarClosed: ()},
        }
    )

    way(told.reactor, made, 0)
    told.heard.clear()
    way(told.reactor, made, 0)

    assert told.reactor.state.quarantined.keys() == {"strategy:two"}
    assert told.heard == [
        ("feed", "BarClosed"),
        ("portfolio", "BarClosed"),
        ("strategy:one", "EquityMarked"),
        ("risk", "EquityMarked"),
        ("strategy:one", "BarClosed"),
        ("risk", "BarClosed"),
    ]


@both_ways
def test_a_strategy_that_broke_inside_a_step_is_not_called_again_in_it(way: Way) -> None:
    made = bar(100)
    told = Told(
        {
            "feed": {BarClosed: (made,)},
            "portfolio": {BarClosed: (MARKED,)},
            "two": {EquityMarked: ValueError("poor"), BarClosed: ValueError("again")},
        }
    )

    way(told.reactor, made, 0)

    assert told.reactor.state.quarantined.keys() == {"strategy:two"}
    assert ("strategy:two", "BarClosed") not in told.heard


@both_ways
def test_two_can_break_in_one_step(way: Way) -> None:
    made = bar(100)
    broken: dict[type, Any] = {BarClosed: ValueError("x")}
    told = Told({"feed": {BarClosed: (made,)}, "one": broken, "two": broken})

    way(told.reactor, made, 0)

    assert told.reactor.state.quarantined.keys() == {"strategy:one", "strategy:two"}
    assert told.heard == [
        ("feed", "BarClosed"),
        ("portfolio", "BarClosed"),
        ("strategy:one", "BarClosed"),
        ("order_manager", "StrategyFaulted"),
        ("strategy:two", "BarClosed"),
        ("order_manager", "StrategyFaulted"),
        ("risk", "BarClosed"),
    ]


@both_ways
def test_a_strategy_that_wants_to_exit_leaves_alone(way: Way) -> None:
    made = bar(100)
    told = Told({"feed": {BarClosed: (made,)}, "one": {BarClosed: SystemExit(3)}})

    way(told.reactor, made, 0)

    assert told.reactor.state.quarantined["strategy:one"].error.startswith("SystemExit: 3")


class Exotic(BaseException):
    """Derived from what nobody catches."""


class Mute(ValueError):
    """Cannot say what is wrong."""

    def __str__(self) -> str:
        raise Exotic


@both_ways
@pytest.mark.parametrize(
    ("error", "text"),
    [
        (Exotic("far away"), "Exotic: far away"),
        (GeneratorExit(), "GeneratorExit, "),
        (Mute(), "Mute: (its text cannot be told)"),
        (ValueError("\ud800"), r"ValueError: \ud800"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_it_raises_ends_in_its_quarantine(
    way: Way, error: BaseException, text: str
) -> None:
    made = bar(100)
    told = Told({"feed": {BarClosed: (made,)}, "one": {BarClosed: error}})

    way(told.reactor, made, 0)

    assert told.reactor.state.quarantined["strategy:one"].error.startswith(text)


# -- everybody else ------------------------------------------------------------------------------


@both_ways
@pytest.mark.parametrize("error", [MemoryError("x"), KeyboardInterrupt()])
def test_what_is_no_fault_of_the_strategy_goes_on_up(way: Way, error: BaseException) -> None:
    made = bar(100)
    told = Told({"feed": {BarClosed: (made,)}, "one": {BarClosed: error}})

    with pytest.raises(type(error)):
        way(told.reactor, made, 0)
    assert told.reactor.state.quarantined == {}


@both_ways
@pytest.mark.parametrize(
    ("actor", "kind"),
    [
        ("feed", BarClosed),
        ("portfolio", BarClosed),
        ("risk", BarClosed),
        ("risk", SubmitOrder),
        ("order_manager", TargetPosition),
    ],
)
def test_an_error_in_the_core_ends_the_step_wherever_it_was_provoked(
    way: Way, actor: str, kind: type
) -> None:
    """Even inside a strategy's turn: what it caused is not its fault."""
    made = bar(100)
    says: dict[str, dict[type, Any]] = {
        "feed": {BarClosed: (made,)},
        "one": {BarClosed: (target(1),)},
        "order_manager": {TargetPosition: (submit(1),)},
    }
    says[actor] = {**says.get(actor, {}), kind: ZeroDivisionError("x")}
    told = Told(says)

    with pytest.raises(ZeroDivisionError):
        way(told.reactor, made, 0)
    assert told.reactor.state.quarantined == {}
