"""What risk let through before trading stopped in the same step does not leave for the venue.

A fill at a ruinous price has the order manager send what the target lacks; only then the portfolio
says what that cost, and a breaker trips.
"""

from decimal import Decimal
from typing import Any

import pytest

from actors.assembly import Core
from tests.core.making import awake, bar, config, strategy
from trader.config.schema import RiskConfig
from trader.logic.rules.limits import Breach
from trader.model.control import TradingState
from trader.model.envelope import Envelope, Message
from trader.model.orders import (
    CancelOrder,
    OrderAccepted,
    OrderApproved,
    OrderCanceled,
    OrderEvent,
    OrderFilled,
)
from trader.model.units import MINUTE_NS

NOW = 3 * MINUTE_NS
FIRST, SECOND, THIRD = (f"main-one-1-{number}" for number in (1, 2, 3))


def begun(on_breach: Breach, *, patient: bool, **script: int) -> tuple[Core, list[Envelope]]:
    """Strategy `one` wants these lots of A, a target a bar; the first order is with the venue."""
    risk = RiskConfig(drawdown_max=Decimal("0.01"), on_breach=on_breach)
    lines = {k: [{"does": "target", "lots": lots}] for k, lots in enumerate(script.values())}
    core, said = awake(config([strategy(script=lines)], risk=risk, cash=1_000), patient=patient)
    for row in range(len(lines)):
        core.reactor.row(bar(100, row=row + 1), (row + 2) * MINUTE_NS)
        if not row:
            core.reactor.note(OrderAccepted(client_order_id=FIRST), 2 * MINUTE_NS)
    said.clear()
    return core, said


def fill(core: Core, lots: int, ticks: int) -> list[Message]:
    made = OrderFilled(client_order_id=FIRST, trade_id="t", last_lots=lots, last_ticks=ticks)
    return list(core.reactor.note(made, NOW))


def approvals(messages: list[Any]) -> list[tuple[str, int]]:
    orders = [each.order for each in messages if isinstance(each, OrderApproved)]
    return [(order.client_order_id, order.lots) for order in orders]


def canceled(said: list[Envelope]) -> list[tuple[str, str]]:
    """What the order manager passed on."""
    ends = [each.body for each in said if each.source == "order_manager"]
    return [(e.client_order_id, e.reason) for e in ends if isinstance(e, OrderCanceled)]


def turned(on_breach: Breach, ticks: int) -> tuple[Core, list[Envelope], list[Message]]:
    """Ten were wanted, then ten short; ten fill after all, and twenty are sold."""
    core, said = begun(on_breach, patient=True, first=10, then=-10)
    return core, said, fill(core, 10, ticks)


@pytest.mark.parametrize("on_breach", ["halt", "reduce", "flatten"])
def test_without_a_breach_the_order_leaves(on_breach: Breach) -> None:
    core, said, effects = turned(on_breach, ticks=100)

    assert approvals(effects) == [(SECOND, -20)]
    assert canceled(said) == []
    assert core.trading_state() is TradingState.ACTIVE


@pytest.mark.parametrize(
    ("on_breach", "state", "reason", "leaves"),
    [
        ("halt", TradingState.HALTED, "trading_halted", []),
        ("reduce", TradingState.REDUCING, "reducing_only", []),
        # What closes the position goes instead.
        ("flatten", TradingState.FLATTENING, "reducing_only", [(THIRD, -10)]),
    ],
)
def test_an_order_that_turns_the_position_does_not_leave_after_the_breach(
    on_breach: Breach, state: TradingState, reason: str, leaves: list[tuple[str, int]]
) -> None:
    """It was approved, is told as canceled, and nobody asks the venue for its cancel."""
    core, said, effects = turned(on_breach, ticks=300)

    assert core.trading_state() is state
    assert (SECOND, -20) in approvals([each.body for each in said])
    assert approvals(effects) == leaves
    assert not [each for each in effects if isinstance(each, CancelOrder)]
    assert canceled(said) == [(SECOND, reason)]


@pytest.mark.parametrize("on_breach", ["halt", "reduce", "flatten"])
def test_an_order_that_was_withheld_counts_no_more(on_breach: Breach) -> None:
    core, _, effects = turned(on_breach, ticks=300)
    risk: Any = next(actor for actor in core.reactor.actors if actor.name == "risk")

    assert list(risk.state.resting) == [id_ for id_, _ in approvals(effects)]
    assert risk.state.exposures["A.v"].buys == 0
    assert risk.state.exposures["A.v"].sells == sum(lots for _, lots in approvals(effects))


@pytest.mark.parametrize(
    ("on_breach", "leaves"), [("halt", []), ("reduce", [(SECOND, -2)]), ("flatten", [(SECOND, -2)])]
)
def test_an_order_that_makes_the_position_smaller_leaves_unless_halted(
    on_breach: Breach, leaves: list[tuple[str, int]]
) -> None:
    """Ten were wanted, and the venue has bought twelve: two go back."""
    core, said = begun(on_breach, patient=False, first=10)

    effects = fill(core, 12, 300)

    assert approvals(effects)[: len(leaves) or None] == leaves
    assert all(lots < 0 for _, lots in approvals(effects))
    events = [each.body for each in said if isinstance(each.body, OrderEvent)]
    recalled = [e for e in events if isinstance(e, OrderCanceled) and e.client_order_id == SECOND]
    assert bool(recalled) is (on_breach == "halt")
