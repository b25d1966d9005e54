"""The core that a configuration describes, and its whole state as a snapshot."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from actors.assembly import Core, fraction, make_strategy, warmup_bars
from tests.core.making import A, awake, bar, bundled, config, strategy, submit
from trader.config.schema import (
    Account,
    ReportConfig,
    RiskConfig,
    StrategyConfig,
)
from trader.errors import ConfigError
from trader.model.account import EquityMarked
from trader.model.envelope import Message
from trader.model.orders import (
    CancelOrder,
    OrderAccepted,
    OrderApproved,
    OrderDenied,
    OrderFilled,
    OrderRole,
    TargetPosition,
)
from trader.model.units import DAY_NS, MINUTE_NS, SECOND_NS
from trader.strategies.averages import EmaCross

BUY = [{"does": "target", "lots": 10}]
SELL = [{"does": "target", "lots": -10}]
BOOM = [{"does": "raise"}]

WEIGHTY = """
from msgspec import Struct
from trader.strategies.strategy import Side, Strategy


class Weighty(Strategy):
    class Params(Struct):
        weight: str = "0.5"

    class State(Struct):
        bars: int = 0

    def on_bar(self, bar):
        self.state.bars += 1
        return Side(self.state.bars % 2, "now and then")
"""


def play(core: Core, rows: int = 1, *, start: int = 1) -> list[Message]:
    """So many bars of A at 100 ticks; the effects of the last."""
    effects: list[Message] = []
    for row in range(start, start + rows):
        made = bar(100, row=row, high=105, low=95)
        effects = list(core.reactor.row(made, made.ts_close))
    return effects


# -- what follows from the configuration ---------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("0.5", (1, 2)), ("-0.25", (-1, 4)), ("3", (3, 1)), ("0", (0, 1)), ("1E+2", (100, 1))],
)
def test_a_decimal_is_a_fraction_without_common_factors(
    amount: str, expected: tuple[int, int]
) -> None:
    assert fraction(Decimal(amount)) == expected


def test_a_strategy_is_made_from_the_library_or_from_a_file() -> None:
    cross = make_strategy(bundled("x", "ema_cross", fast=3, slow=9, lots=1))
    own = make_strategy(strategy(script={3: BUY}, lots=7))

    assert isinstance(cross, EmaCross)
    assert (cross.params.fast, cross.params.lots) == (3, 1)
    assert (type(own).__name__, own.params.lots, list(own.params.script)) == ("Scripted", 7, [3])


@pytest.mark.parametrize(
    "section",
    [
        bundled("x", "ema_cross", fast=3, slow=9, speed=1),
        bundled("x", "ema_cross", fast="many", slow=9),
        strategy("x", speed=1),
    ],
)
def test_a_wrong_parameter_is_told_by_its_place(section: StrategyConfig) -> None:
    with pytest.raises(ConfigError) as told:
        make_strategy(section)

    assert told.value.where.startswith("strategies.x.params")


def test_a_file_that_is_not_there_is_the_configurations_fault(tmp_path: Path) -> None:
    section = StrategyConfig(name="x", file=str(tmp_path / "no.py"), instrument=A)

    with pytest.raises(ConfigError):
        make_strategy(section)


@pytest.mark.parametrize(
    ("section", "bars"),
    [
        (strategy(), 5),
        (strategy(stop_n=1), 5),
        (strategy(stop_n=4), 12),  # three times its average
        (bundled("x", "ema_cross", fast=3, slow=9, lots=1), 100),
        (bundled("x", "buy_and_hold", lots=1), 0),
    ],
)
def test_the_warm_up_is_the_longest_that_anybody_wants(section: StrategyConfig, bars: int) -> None:
    assert warmup_bars(section) == bars


@pytest.mark.parametrize(
    ("risk", "code"),
    [
        ({}, None),
        ({"lots_max": 9}, "lots_exceed_max"),
        ({"lots_max": 10}, None),
        ({"notional_max": Decimal("9.99")}, "notional_exceeds_max"),
        ({"notional_max": Decimal(10)}, None),
        ({"position_max": 9}, "position_exceeds_max"),
        ({"gross_max": Decimal("9.99")}, "gross_exceeds_max"),
        ({"orders_max": 1, "orders_window_ns": 1}, None),
        ({"stale_after": "1s"}, None),
    ],
)
def test_a_configured_limit_is_applied_in_the_accounts_money(
    risk: dict[str, Any], code: str | None
) -> None:
    """Ten lots at a dollar are worth ten dollars."""
    core, said = awake(config([strategy(script={0: BUY})], risk=RiskConfig(**risk)))

    play(core)

    denied = [e.body.code for e in said if isinstance(e.body, OrderDenied)]
    assert denied == ([] if code is None else [code])


def test_orders_are_counted_in_the_configured_window() -> None:
    script = {
        0: [{"does": "order", "key": "k", "lots": 1}, {"does": "order", "key": "l", "lots": 1}]
    }
    core, said = awake(config([strategy(script=script)], risk=RiskConfig(orders_max=1)))

    play(core)

    assert [e.body.code for e in said if isinstance(e.body, OrderDenied)] == ["rate_exceeds_max"]


def test_what_may_not_be_sold_short_is_not() -> None:
    whole = config([strategy(script={0: SELL})])
    first, *rest = whole.instruments
    longs = (msgspec.structs.replace(first, shortable=False), *rest)
    core, said = awake(msgspec.structs.replace(whole, instruments=longs))

    play(core)

    assert [e.body.code for e in said if isinstance(e.body, OrderDenied)] == ["short_forbidden"]


@pytest.mark.parametrize(
    ("stale_after", "held", "code"),
    [
        # Two intervals of open time after the bar's close, or as configured.
        (None, 2 * MINUTE_NS, []),
        (None, 2 * MINUTE_NS + 1, ["price_stale"]),
        ("90s", 90 * SECOND_NS, []),
        ("90s", 90 * SECOND_NS + 1, ["price_stale"]),
    ],
)
def test_a_price_is_stale_after_two_intervals_or_as_configured(
    stale_after: str | None, held: int, code: list[str]
) -> None:
    core, _ = awake(config(risk=RiskConfig(stale_after=stale_after)))
    core.reactor.row(bar(100), MINUTE_NS)
    order = submit(5, role=OrderRole.EXPLICIT)
    risk = next(actor for actor in core.reactor.actors if actor.name == "risk")

    answers = risk.handlers[type(order)](order, bar(100).ts_close + held)

    assert [each.code for each in answers if isinstance(each, OrderDenied)] == code


def _fill(count: int, lots: int, ticks: int, name: str = "one") -> OrderFilled:
    id_ = f"main-{name}-1-{count}"
    return OrderFilled(client_order_id=id_, trade_id=id_, last_lots=lots, last_ticks=ticks)


def test_a_drawdown_limit_is_a_fraction_of_the_peak() -> None:
    core, said = awake(
        config([strategy(script={0: BUY})], cash=100, risk=RiskConfig(drawdown_max=Decimal("0.01")))
    )
    play(core)
    core.reactor.note(_fill(1, 10, 105), 3 * MINUTE_NS)  # half a dollar of a hundred is lost
    assert core.trading_state().name == "ACTIVE"

    core.reactor.row(bar(94, row=2), 3 * MINUTE_NS)

    assert core.trading_state().name == "HALTED"
    assert [type(e.body).__name__ for e in said].count("LimitBreached") == 1


@pytest.mark.parametrize(
    ("section", "risk", "watched"),
    [
        (strategy(lots=5), RiskConfig(), False),
        (strategy(lots=5), RiskConfig(drawdown_max=Decimal("0.5")), False),  # nothing is lost
        (strategy(script={0: BUY}), RiskConfig(concentration_max=Decimal(5)), True),
        (strategy(weight="0.5"), RiskConfig(), True),
        (bundled("x", "buy_and_hold", weight=Decimal("0.5")), RiskConfig(), True),
        (bundled("x", "buy_and_hold", lots=5), RiskConfig(), False),
    ],
)
def test_the_equity_is_told_where_somebody_needs_it(
    section: StrategyConfig, risk: RiskConfig, watched: bool
) -> None:
    core, said = awake(config([section], risk=risk))

    play(core)

    assert any(isinstance(e.body, EquityMarked) for e in said) is watched


def test_a_weight_that_a_strategy_has_of_itself_follows_the_equity_too(tmp_path: Path) -> None:
    """Nothing in the configuration speaks of a weight; the size still follows what is lost."""
    path = tmp_path / "weighty.py"
    path.write_text(WEIGHTY, encoding="utf-8")
    section = StrategyConfig(name="one", file=str(path), instrument=A)
    core, said = awake(config([section], cash=100))
    play(core)
    core.reactor.note(_fill(1, 50, 150), 3 * MINUTE_NS)

    core.reactor.row(bar(100, row=2), 3 * MINUTE_NS)
    core.reactor.row(bar(100, row=3), 4 * MINUTE_NS)

    targets = [e.body.lots for e in said if isinstance(e.body, TargetPosition)]
    assert targets == [50, 0, 37]  # half of 100 dollars, then half of 75


@pytest.mark.parametrize(("weight", "lots"), [("0.5", 50), ("0.333333333", 33), ("2", 200)])
def test_a_weight_is_an_exact_share_of_the_equity(weight: str, lots: int) -> None:
    """A lot is worth a dollar, the account a hundred."""
    script = {0: [{"does": "side", "lots": 1}]}
    core, said = awake(config([strategy(script=script, weight=weight)], cash=100))

    play(core)

    assert [e.body.lots for e in said if isinstance(e.body, TargetPosition)] == [lots]


def test_nothing_is_decided_before_the_configured_start() -> None:
    script = {0: BUY, 1: SELL, 2: BUY}
    core, said = awake(config([strategy(script=script)], decide_from=3 * MINUTE_NS))

    play(core, rows=3)

    targets = [(e.ts, e.body.lots) for e in said if isinstance(e.body, TargetPosition)]
    assert targets == [(3 * MINUTE_NS, -10), (4 * MINUTE_NS, 10)]


def test_without_a_configured_start_even_the_oldest_data_are_decided_on() -> None:
    core, said = awake(config([strategy(script={0: BUY})]))
    old = bar(100, row=-10_000_000)

    core.reactor.row(old, old.ts_close)

    assert [e.body.lots for e in said if isinstance(e.body, TargetPosition)] == [10]


def test_order_ids_bear_the_account() -> None:
    whole = config([strategy(script={0: BUY})])
    mine = Account(currency="USD", cash=Decimal(100), id="mine")
    core, _ = awake(msgspec.structs.replace(whole, account=mine))

    [approved] = play(core)

    assert isinstance(approved, OrderApproved)
    assert approved.order.client_order_id == "mine-one-1-1"


def test_where_cancels_take_time_a_new_target_waits() -> None:
    for patient, commands in ((True, [CancelOrder]), (False, [CancelOrder, OrderApproved])):
        core, _ = awake(config([strategy(script={0: BUY, 1: SELL})]), patient=patient)
        play(core)
        core.reactor.note(OrderAccepted(client_order_id="main-one-1-1"), 2 * MINUTE_NS)

        assert [type(each) for each in play(core, start=2)] == commands


@pytest.mark.parametrize(("interval", "due"), [(None, DAY_NS), ("1h", DAY_NS // 24)])
def test_equity_rows_lie_a_day_apart_or_as_configured(interval: str | None, due: int) -> None:
    core, _ = awake(config(report=ReportConfig(equity_interval=interval)))

    assert (due, True, "portfolio", "equity") in [
        (at, after, owner, name) for at, after, _, owner, name in core.timers.state.pending
    ]


def test_two_cores_of_one_configuration_start_alike() -> None:
    one, two = Core(config([strategy()]), patient=False), Core(config([strategy()]), patient=False)

    assert one.state_hash() == two.state_hash()
    assert one.tables.digest() == two.tables.digest()
    assert one.snapshot() == two.snapshot()
