"""What the fused gear covers: each key of a configuration is the same run or refused by name."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import pytest
from msgspec import structs

from sims.fused.covers import covers
from tests.sims.fused.parity import assert_parity
from tests.sims.making import START, Row, config, cross, flat, instrument, source
from trader.config.ops_schema import Alert, Ops
from trader.config.parts import Filters, Keys
from trader.config.schema import (
    Account,
    Config,
    DataSource,
    ExitConfig,
    Gateway,
    InstrumentConfig,
    ReportConfig,
    RiskConfig,
    Run,
    StrategyConfig,
    VenueConfig,
)
from trader.model.units import MINUTE_NS
from trader.strategies.params import EmaCrossParams

BARS: Final[list[Row]] = flat([100, 90, 99, 80, 97, 97, 60, 130, 120, 70, 75, 40])


def run(**fields: Any) -> Config:
    return config(run=Run(**{"name": "trial", **fields}))


def account(**fields: Any) -> Config:
    return config(account=Account(**{"currency": "USD", "cash": Decimal(1_000), **fields}))


def instruments(**fields: Any) -> Config:
    return config(instruments=(instrument(**fields),))


def data(**fields: Any) -> Config:
    usual = {"kind": "bars", "instrument": "X.sim", "interval": "1m", "path": "memory"}
    return config(data=(DataSource(**{**usual, **fields}),))


def strategy(**fields: Any) -> Config:
    return config(structs.replace(cross(), **fields))


def params(**fields: Any) -> Config:
    return config(cross(**{"slow": 4, **fields}))


def venue(**fields: Any) -> Config:
    return config(venue=VenueConfig(**{"participation": None, **fields}))


def risk(**fields: Any) -> Config:
    return config(risk=RiskConfig(**fields))


def report(**fields: Any) -> Config:
    return config(report=ReportConfig(**fields))


Make = Callable[..., Config]

COVERED: Final[list[tuple[Make, str, Any]]] = [
    (run, "name", "another"),
    (run, "seed", 7),
    (run, "from_", START + 5 * MINUTE_NS),
    (run, "to", START + 10**15),
    (run, "gear", "fused"),
    (run, "off_grid", "round"),
    (account, "currency", "EUR"),
    (account, "cash", Decimal("12.5")),
    (account, "id", "other"),
    (account, "foreign", "ignore"),
    (account, "venue", "sim"),
    (account, "keys", Keys(env="KEYS")),
    (instruments, "tick", Decimal("0.25")),
    (instruments, "lot", Decimal("0.001")),
    (instruments, "currency", "EUR"),
    (instruments, "shortable", False),
    (data, "path", "elsewhere"),
    (strategy, "name", "other"),
    (params, "fast", 2),
    (params, "slow", 3),
    (params, "lots", 11),
    (params, "lots", "12"),
    (params, "direction", "both"),
    (venue, "slippage_bps", Decimal("12.5")),
    (venue, "slippage_ticks", 2),
    (venue, "touch_fills", True),
    (venue, "targets_first", True),
    (venue, "stale_after", "1s"),
    (venue, "queue", "volume"),
    (strategy, "interval", "60s"),
    (run, "off_session", "drop"),
    (instruments, "sector", "tech"),
    (risk, "orders_window_ns", 5),
    (risk, "slippage_window", 5),
    (risk, "repeats_window_ns", 5),
    (risk, "on_breach", "flatten"),
    (report, "equity_interval", "2m"),
    (report, "baselines", False),
    (report, "html", False),
    (config, "state_dir", "elsewhere"),
    (config, "base_dir", "elsewhere"),
    (config, "gateway", Gateway(venue="sim")),
    (config, "alerts", (Alert(name="log", command=("logger",)),)),
    (config, "ops", Ops(metrics_port=9464)),
    (config, "instruments", (instrument("A.sim", tick=Decimal("0.001")), instrument())),
]

UNCOVERED: Final[list[tuple[Make, str, Any, str]]] = [
    (strategy, "type", "buy_and_hold", "strategies.cross: fused covers ema_cross alone"),
    (strategy, "type", None, "strategies.cross: fused covers ema_cross alone"),
    (strategy, "exits", (ExitConfig(kind="atr_stop"),), "strategies.cross.exits: "),
    (params, "trend", 5, "strategies.cross.params.trend: "),
    (params, "weight", Decimal(1), "strategies.cross.params.weight: "),
    (venue, "participation", Decimal("0.1"), "venue.participation: "),
    (venue, "latency_ns", 1, "venue.latency_ns: "),
    (venue, "maker_bps", Decimal("0.1"), "venue.maker_bps: "),
    (venue, "taker_bps", Decimal("-0.1"), "venue.taker_bps: "),
    (venue, "per_lot", Decimal("0.1"), "venue.per_lot: "),
    (risk, "lots_max", 1, "risk.lots_max: "),
    (risk, "notional_max", Decimal(1), "risk.notional_max: "),
    (risk, "position_max", 1, "risk.position_max: "),
    (risk, "gross_max", Decimal(1), "risk.gross_max: "),
    (risk, "orders_max", 1, "risk.orders_max: "),
    (risk, "drawdown_max", Decimal("0.1"), "risk.drawdown_max: "),
    (risk, "stale_after", "1d", "risk.stale_after: "),
    (risk, "open_orders_max", 1, "risk.open_orders_max: "),
    (risk, "open_orders_total_max", 1, "risk.open_orders_total_max: "),
    (risk, "collar", Decimal("0.1"), "risk.collar: "),
    (risk, "jump_max", Decimal("0.1"), "risk.jump_max: "),
    (risk, "concentration_max", Decimal("0.1"), "risk.concentration_max: "),
    (risk, "sector_max", Decimal("0.1"), "risk.sector_max: "),
    (risk, "daily_loss_max", Decimal("0.1"), "risk.daily_loss_max: "),
    (risk, "slippage_bps_max", Decimal("0.1"), "risk.slippage_bps_max: "),
    (risk, "unprotected_max", Decimal(1), "risk.unprotected_max: "),
    (risk, "repeats_max", 1, "risk.repeats_max: "),
    (risk, "intent_window_ns", 1, "risk.intent_window_ns: "),
    (risk, "restricted", ("X.sim",), "risk.restricted: "),
    (risk, "borrow", False, "risk.borrow: "),
    (risk, "closed_orders", "deny", "risk.closed_orders: "),
    (venue, "latency_jitter_ns", 1, "venue.latency_ns: "),
    (instruments, "calendar", "XNYS", "instruments.X.sim.calendar: "),
    (instruments, "filters", Filters(lots_min=1), "instruments.X.sim.filters: "),
    (data, "kind", "quotes", "data.kind: "),
    (config, "strategies", (cross(), cross()), "strategies: fused covers a single one"),
    (config, "data", 2 * data().data, "data: fused covers the bars of a single instrument"),
]


@pytest.mark.parametrize(("make", "key", "value"), COVERED)
def test_what_is_covered_is_the_same_run(make: Make, key: str, value: object) -> None:
    changed = sections(make, key, value)

    with_fills = assert_parity(changed, source(BARS), plain=True)

    assert len(with_fills.tables().tables["fills"]) >= 3


@pytest.mark.parametrize(("make", "key", "value", "reason"), UNCOVERED)
def test_what_is_not_covered_is_named(make: Make, key: str, value: object, reason: str) -> None:
    told = covers(sections(make, key, value))

    assert told is not None
    assert told.startswith(reason)
    assert told.endswith(" so far")


def sections(make: Make, key: str, value: object) -> Config:
    """A run with one key changed; what stands at the top replaces the section whole."""
    if key == "weight":
        return make(weight=value, lots=None)
    if make is config:
        return structs.replace(config(), **{key: value})
    return make(**{key: value})


@pytest.mark.parametrize("kind", ["actions", "quotes"])
def test_what_lies_beside_the_bars_is_named_before_it_is_counted(kind: str) -> None:
    """Else it would be told that there is more than one instrument, which there is not."""
    both = config(data=(*data().data, *data(kind=kind).data))

    assert covers(both) == f"data.kind: fused covers no {kind} so far"


def test_short_sales_where_they_are_forbidden_are_not_covered() -> None:
    """A cross that is never short does not care."""
    banned = (instrument("A.sim", shortable=False), instrument(shortable=False))
    free = (banned[0], instrument())
    both = config(cross(direction="both"))

    assert covers(structs.replace(both, instruments=banned)) == (
        "instruments.X.sim.shortable: fused covers no ban on short sales so far"
    )
    assert covers(structs.replace(both, instruments=free)) is None
    assert covers(structs.replace(config(), instruments=banned)) is None


# Keys whose every value is named in one of the tables' other rows, or which name what is traded.
ELSEWHERE: Final = {
    ("InstrumentConfig", "symbol"),
    ("InstrumentConfig", "venue"),
    ("DataSource", "instrument"),
    *(("DataSource", name) for name in ("interval", "time_zone", "label", "protocol", "synthetic")),
    ("StrategyConfig", "file"),
    ("StrategyConfig", "instrument"),
    ("StrategyConfig", "params"),
    *(("Config", name) for name in ("run", "account", "venue", "risk", "report")),
}
MADE: Final[dict[Make, type]] = {
    run: Run,
    account: Account,
    instruments: InstrumentConfig,
    data: DataSource,
    strategy: StrategyConfig,
    params: EmaCrossParams,
    venue: VenueConfig,
    risk: RiskConfig,
    report: ReportConfig,
    config: Config,
}


def test_no_key_of_a_configuration_is_forgotten() -> None:
    """A new key must be put into one of the tables: somebody has to think of it."""
    known = {(MADE[make].__name__, key) for make, key, _ in COVERED}
    known |= {(MADE[make].__name__, key) for make, key, _, _ in UNCOVERED}
    keys = {(made.__name__, each.name) for made in MADE.values() for each in structs.fields(made)}

    assert keys == known | ELSEWHERE
