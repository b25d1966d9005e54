"""What a person may tell the core, and how it stands: documents and messages of a real one."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from actors.acting import VERBS, message_of
from actors.assembly import Core
from actors.standing import Standing, lifts
from tests.core.making import A, B, awake, bar, config, strategy
from trader.config.schema import Config, ExitConfig, RiskConfig
from trader.errors import UsageError
from trader.model.control import (
    CancelById,
    ClockCompared,
    CloseInstrument,
    PauseStrategy,
    RearmStrategy,
    SetLimit,
    SetTradingState,
    SubmitByHand,
    TradingState,
)
from trader.model.envelope import Message
from trader.model.orders import OrderAccepted, OrderFilled, OrderStatus
from trader.model.units import MINUTE_NS
from trader.ops.protocol import Act

ORDER = "main-one-1-1"
STOP = 2
LIMITS = RiskConfig(lots_max=100, drawdown_max=Decimal("0.1"))


def whole() -> Config:
    """Strategy `one` buys five lots of A at its first bar and asks for two more at its second."""
    script = {
        0: [{"does": "target", "lots": 5}],
        1: [{"does": "order", "key": "more", "lots": 2, "limit": 90}],
    }
    return config([strategy(script=script)], risk=LIMITS)


def trading() -> Core:
    """A core that holds five lots of A, bought at 100, and asks for two more at 90."""
    core, _ = awake(whole(), patient=True)
    core.reactor.row(bar(100), 2 * MINUTE_NS)
    fill = OrderFilled(client_order_id=ORDER, trade_id="t", last_lots=5, last_ticks=100)
    core.reactor.row(fill, 2 * MINUTE_NS)
    core.reactor.row(bar(110, row=2), 3 * MINUTE_NS)
    core.reactor.row(OrderAccepted(client_order_id="main-one-1-2"), 3 * MINUTE_NS)
    return core


def told(core: Core, verb: str, **fields: Any) -> Message:
    return message_of(Act(verb=verb, **fields), core, "ada")


def moved(state: TradingState, reason: str) -> SetTradingState:
    return SetTradingState(state=state, by="ada", reason=reason)


def test_nothing_is_closed_while_trading_is_halted() -> None:
    core = trading()
    core.reactor.row(moved(TradingState.HALTED, "lunch"), 4 * MINUTE_NS)

    with pytest.raises(UsageError, match="while trading is halted nothing can be closed"):
        told(core, "close", target=A)


@pytest.mark.parametrize("reason", ["two\nlines", "\x1b[31mred", "x" * 501])
def test_a_reason_is_one_line_of_a_bounded_length(reason: str) -> None:
    with pytest.raises(UsageError, match="no such reason"):
        told(trading(), "halt", reason=reason)


@pytest.mark.parametrize(
    ("verb", "fields", "expected"),
    [
        ("halt", {"reason": "lunch"}, moved(TradingState.HALTED, "lunch")),
        ("reduce", {}, moved(TradingState.REDUCING, "reduce")),
        ("flatten", {}, moved(TradingState.FLATTENING, "flatten")),
        ("kill", {}, moved(TradingState.FLATTENING, "kill")),
        ("resume", {}, moved(TradingState.ACTIVE, "resume")),
        (
            "resume",
            {"target": "one", "reason": "seen"},
            RearmStrategy(strategy="one", by="ada", reason="seen"),
        ),
        (
            "pause",
            {"target": "one"},
            PauseStrategy(strategy="one", by="ada", reason="asked by an operator"),
        ),
        (
            "close",
            {"target": A, "reason": "x"},
            CloseInstrument(instrument=A, by="ada", reason="x"),
        ),
        (
            "submit",
            {"target": A, "side": "sell", "lots": 3, "limit": "1.20", "reason": "x"},
            SubmitByHand(
                instrument=A, lots=-3, limit_ticks=120, ref_ticks=110, by="ada", reason="x"
            ),
        ),
        (
            "submit",
            {"target": B, "side": "buy", "lots": 1},
            SubmitByHand(
                instrument=B,
                lots=1,
                limit_ticks=None,
                ref_ticks=0,
                by="ada",
                reason="asked by an operator",
            ),
        ),
        (
            "cancel",
            {"target": "main-one-1-2", "reason": "x"},
            CancelById(client_order_id="main-one-1-2", by="ada", reason="x"),
        ),
        (
            "set-limit",
            {"target": "lots_max", "value": "50"},
            SetLimit(limit="lots_max", value="50", by="ada", reason="asked by an operator"),
        ),
        (
            "set-limit",
            {"target": "lots_max", "value": "500", "reason": "bigger"},
            SetLimit(limit="lots_max", value="500", by="ada", reason="bigger"),
        ),
    ],
)
def test_each_word_becomes_its_message(verb: str, fields: dict[str, Any], expected: Any) -> None:
    assert told(trading(), verb, **fields) == expected


@pytest.mark.parametrize(
    ("verb", "fields", "said"),
    [
        ("dance", {}, "unknown act"),
        ("pause", {"target": "on"}, "no strategy"),
        ("resume", {"target": "on"}, "no strategy"),
        ("close", {"target": "A"}, "no instrument"),
        ("submit", {"target": "A", "side": "buy", "lots": 1}, "no instrument"),
        ("submit", {"target": A, "side": "long", "lots": 1}, "no side"),
        ("submit", {"target": A, "side": "buy"}, "an order of 0 lots"),
        ("submit", {"target": A, "side": "buy", "lots": 1 << 62}, "beyond all counting"),
        ("submit", {"target": A, "side": "buy", "lots": 1, "limit": "1e40"}, "no price"),
        ("submit", {"target": A, "side": "buy", "lots": 1, "limit": "nan"}, "no price"),
        ("submit", {"target": A, "side": "buy", "lots": 1, "limit": "-1"}, "no price"),
        ("submit", {"target": A, "side": "buy", "lots": 1, "limit": "cheap"}, "no price"),
        ("submit", {"target": A, "side": "buy", "lots": 1, "limit": "1.005"}, "between two ticks"),
        ("pause", {"target": "ext_A"}, "nothing to pause"),
        ("cancel", {"target": "x-1"}, "no order"),
        ("cancel", {"target": ORDER}, "has ended as filled"),
        ("set-limit", {"target": "lots", "value": "5"}, "no limit"),
        ("set-limit", {"target": "lots_max", "value": "500"}, "needs a reason"),
        ("set-limit", {"target": "lots_max", "value": "many"}, "needs a reason"),
        ("set-limit", {"target": "orders_window_ns", "value": "1"}, "needs a reason"),
        ("set-limit", {"target": "borrow", "value": "true"}, "needs a reason"),
    ],
)
def test_what_cannot_be_meant_is_refused(verb: str, fields: dict[str, Any], said: str) -> None:
    core = trading()
    core.reactor.row(told(core, "submit", target=A, side="buy", lots=1), 3 * MINUTE_NS)

    with pytest.raises(UsageError, match=said):
        told(core, verb, **fields)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (STOP, "main-one-1-2 is the stop of what one holds: .* closed at the market at once"),
        (3, "main-one-1-3 is the target of what one holds: nothing takes its place"),
    ],
)
def test_whoever_takes_protection_back_says_why(number: int, said: str) -> None:
    exits = [ExitConfig(kind=kind, n=1, k=Decimal(2)) for kind in ("atr_stop", "take_profit")]
    held = replace(strategy(script={1: [{"does": "target", "lots": 5}]}), exits=exits)
    core, _ = awake(config([held], risk=LIMITS), patient=True)
    core.reactor.row(bar(100), 2 * MINUTE_NS)
    core.reactor.row(bar(110, row=2), 3 * MINUTE_NS)
    order = f"main-one-1-{number}"

    with pytest.raises(UsageError, match=said):
        told(core, "cancel", target=order)
    assert told(core, "cancel", target=order, reason="x") == CancelById(
        client_order_id=order, by="ada", reason="x"
    )
    core.reactor.row(moved(TradingState.HALTED, "lunch"), 4 * MINUTE_NS)
    if number == STOP:
        with pytest.raises(UsageError, match="while trading is halted"):
            told(core, "cancel", target=order, reason="x")
    core.order_manager.state.orders[order].status = OrderStatus.IN_DOUBT
    with pytest.raises(UsageError, match="nobody knows yet"):
        told(core, "cancel", target=order, reason="x")


def test_a_strategy_that_raised_is_taken_up_again_like_any_other() -> None:
    core, _ = awake(config([strategy(script={0: [{"does": "raise"}]})]), patient=True)
    core.reactor.row(bar(100), 2 * MINUTE_NS)

    assert told(core, "resume", target="one") == RearmStrategy(
        strategy="one", by="ada", reason="asked by an operator"
    )
    with pytest.raises(UsageError, match="no instrument"):
        told(core, "close", target="C.v")


def test_whoever_accepts_what_differs_says_why() -> None:
    with pytest.raises(UsageError, match="says why"):
        told(trading(), "resume", value="accept")

    accepted = told(trading(), "resume", value="accept", reason="my own trade")
    assert accepted == SetTradingState(
        state=TradingState.ACTIVE, by="ada", reason="my own trade", accept=True
    )


def state_of(core: Core) -> tuple[str, bool, bool, str]:
    """Trading, whether `one` is out, whether its second order is taken back, a limit."""
    return (
        core.trading_state().name,
        core.strategies[0].state.disabled,
        core.order_manager.state.orders["main-one-1-2"].cancel_wanted,
        core.risk.state.spelled["lots_max"],
    )


CONSEQUENCES = [
    ("halt", "", ("HALTED", False, True, "100")),
    ("reduce", "", ("REDUCING", False, True, "100")),
    ("flatten", "", ("FLATTENING", False, True, "100")),
    ("kill", "", ("FLATTENING", False, True, "100")),
    ("resume", "", ("ACTIVE", False, False, "100")),
    ("pause", "one", ("ACTIVE", True, True, "100")),
    ("close", A, ("ACTIVE", True, True, "100")),
    ("submit", A, ("ACTIVE", False, False, "100")),
    ("cancel", "main-one-1-2", ("ACTIVE", False, True, "100")),
    ("set-limit", "lots_max", ("ACTIVE", False, False, "50")),
]


def test_no_word_is_left_out() -> None:
    assert [verb for verb, _, _ in CONSEQUENCES] == list(VERBS)


@pytest.mark.parametrize(("verb", "target", "expected"), CONSEQUENCES)
def test_every_word_of_a_person_reaches_the_core(
    verb: str, target: str, expected: tuple[str, bool, bool, str]
) -> None:
    core = trading()

    core.reactor.row(told(core, verb, target=target, value="50", side="buy", lots=1), 4 * MINUTE_NS)

    assert state_of(core) == expected


def test_a_core_at_work_as_documents() -> None:
    core = trading()
    standing = Standing(whole(), core)

    assert standing.positions() == [
        {
            "strategy": "one",
            "instrument": A,
            "size": "5",
            "average": "1",
            "mark": "1.1",
            "unrealized": "0.5",
            "realized": "0",
        }
    ]
    [order] = standing.orders()
    assert order["client_order_id"] == "main-one-1-2"
    assert (order["side"], order["size"], order["limit"]) == ("buy", "2", "0.9")
    assert (order["stop"], order["status"]) == (None, "ACCEPTED")
    account = standing.account(3 * MINUTE_NS + 1_500_000_000)
    assert (account["trading"], account["lifts"], account["equity"]) == ("ACTIVE", "", "10000.5")
    assert (account["orders_working"], account["orders_in_doubt"], account["positions"]) == (
        1,
        0,
        1,
    )
    assert account["strategies"] == [
        {
            "strategy": "one",
            "instrument": A,
            "target": "5",
            "position": "5",
            "state": "running",
            "fault": "",
        }
    ]
    assert account["prices"] == [
        {"instrument": A, "price": "1.1", "age_s": 1.5},
        {"instrument": B, "price": None, "age_s": None},
    ]


def test_a_paused_strategy_says_so() -> None:
    core = trading()
    core.reactor.row(told(core, "pause", target="one"), 4 * MINUTE_NS)

    [document] = Standing(whole(), core).account(4 * MINUTE_NS)["strategies"]

    assert document["state"] == "paused"


@pytest.mark.parametrize(
    ("state", "code", "expected"),
    [
        (TradingState.ACTIVE, "", ""),
        (TradingState.HALTED, "", "agreement with the venue"),
        (TradingState.HALTED, "clock_untrusted", "a clock that is near"),
        (TradingState.HALTED, "difference_order", "`traderd resume` once"),
        (TradingState.REDUCING, "drawdown_max", "`traderd resume`"),
    ],
)
def test_what_lifts_a_halt_is_told(state: TradingState, code: str, expected: str) -> None:
    assert lifts(state, code).startswith(expected)


def test_a_clock_that_is_off_is_named_though_something_else_has_halted_before() -> None:
    core = trading()
    core.reactor.row(moved(TradingState.HALTED, "lunch"), 4 * MINUTE_NS)
    core.reactor.row(ClockCompared(skew=1, is_trusted=False), 4 * MINUTE_NS)

    def code() -> object:
        return Standing(whole(), core).account(4 * MINUTE_NS)["code"]

    assert code() == "lunch"
    core.reactor.row(moved(TradingState.ACTIVE, "on"), 4 * MINUTE_NS)
    assert code() == "clock_untrusted"
