"""The fused gear as a whole: what it covers, and a run of it into the same tables as step's."""

from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Final

import numpy as np
import numpy.typing as npt

from actors.assembly import make_strategy, scale_of
from sims.build import venue_rules
from sims.fused import account
from sims.history import Source
from trader.config.notation import interval_ns
from trader.config.schema import Config, StrategyConfig
from trader.errors import DataError
from trader.kernels.jit import compiled
from trader.kernels.scalarised import COLUMNS, Scan, scan_of
from trader.kernels.signals import ema_cross
from trader.logic.tables import INPUTS_MAX, SCHEMAS, Tables
from trader.model.control import TradingState
from trader.model.money import MoneyScale
from trader.model.units import DAY_NS, Lots, Money
from trader.strategies.averages import EmaCross, EmaCrossState

Int64s = npt.NDArray[np.int64]

_TOLD: Final = EmaCross.inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class FusedRun:
    """What a fused run leaves: the account at the end (cost in tick x lot) and the tables' rows."""

    config: Config
    scale: MoneyScale
    rows: int
    ts_start: int
    account: Int64s
    out: tuple[Int64s, ...]
    reasons: list[str]

    @property
    def cash(self) -> Money:
        """Cash at the end."""
        return int(self.account[account.CASH])

    @property
    def equity(self) -> Money:
        """Cash and the position at its last mark."""
        a = self.account
        worth = a[account.LOTS] * a[account.MARK] * a[account.HALF]
        return self.cash + int(worth)

    @property
    def peak(self) -> Money:
        """The highest equity after any event."""
        return int(self.account[account.PEAK])

    @property
    def position(self) -> tuple[Lots, int, Money]:
        """Lots, their cost in tick x lot, and what has been realized."""
        a = self.account
        realized = 2 * a[account.HALF] * a[account.REALIZED]
        return int(a[account.LOTS]), int(a[account.COST]), int(realized)

    def tables(self) -> Tables:
        """The rows that were written, under the names that step would have given."""
        return _tables(self)


def covers(config: Config) -> str | None:
    """Why the fused gear does not cover the configuration; None if it does."""
    if len(config.strategies) != 1 or len(config.data) != 1:
        return "fused covers one strategy on one instrument so far"
    return _uncovered_strategy(config.strategies[0], config) or _uncovered_rules(config)


def _uncovered_strategy(strategy: StrategyConfig, config: Config) -> str | None:
    if strategy.type != "ema_cross":
        return f"strategy {strategy.name}: fused covers ema_cross so far"
    if strategy.exits:
        return f"strategy {strategy.name}: fused covers no exits so far"
    params = strategy.params
    if params.get("trend") is not None:
        return f"strategy {strategy.name}: fused covers no trend filter so far"
    if params.get("lots") is None:
        return f"strategy {strategy.name}: fused covers sizes in lots so far, not in weight"
    instrument = next(i for i in config.instruments if i.name == strategy.instrument)
    if params.get("direction") == "both" and not instrument.shortable:
        return f"instrument {instrument.name}: fused covers no ban on short sales so far"
    return None


def _uncovered_rules(config: Config) -> str | None:
    venue, risk = config.venue, config.risk
    if venue.participation is not None:
        return "venue.participation: fused covers unlimited volume (null) so far"
    if venue.maker_bps or venue.taker_bps or venue.per_lot:
        return "venue fees: fused covers none so far"
    limits = (
        risk.lots_max,
        risk.notional_max,
        risk.position_max,
        risk.gross_max,
        risk.orders_max,
        risk.drawdown_max,
        risk.stale_after,
    )
    if any(limit is not None for limit in limits):
        return "risk: fused covers no limits so far"
    return None


def run_fused(config: Config, columns: "Columns") -> FusedRun:
    """Runs a configuration that `covers` found nothing against; raises DataError beyond int64."""
    scale = scale_of(config)
    strategy = config.strategies[0]
    half = scale.half[strategy.instrument]
    _check_bounds(config, columns, half)
    scan, module = _modules()
    answers = _scan(scan, getattr(module, scan.name), strategy, columns)
    a = _account(config, scale, columns)
    sizes, reasons = _sizes(strategy, answers[1], answers[0] >= (first := _first(config, columns)))
    out = _buffers(len(answers[0]), columns, int(a[account.SAMPLE_NS]))
    rules = venue_rules(config, scale)
    failed = module.account_loop(
        a,
        (columns.open, columns.close),
        _clock(columns),
        (*answers, first),
        sizes,
        np.array([*rules.slippage, rules.slippage_ticks], np.int64),
        out,
    )
    if failed:
        raise DataError("money leaves the range of int64", where=f"row {failed} of the run")
    return FusedRun(
        config=config,
        scale=scale,
        rows=len(columns.close),
        ts_start=int(columns.ts_open[0]),
        account=a,
        out=out,
        reasons=reasons,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """All rows of the run's one source, contiguous int64."""

    open: Int64s
    high: Int64s
    low: Int64s
    close: Int64s
    lots: Int64s
    ts_open: Int64s
    ts_close: Int64s
    ticks_max: int


def read_columns(source: Source) -> Columns:
    """Reads the run's part of a file whole."""
    batches = list(source.file.batches(source.start, source.stop))
    names = [name for name in Columns.__dataclass_fields__ if name != "ticks_max"]
    whole = {name: np.concatenate([getattr(b, name) for b in batches]) for name in names}
    return Columns(**whole, ticks_max=int(whole["high"].max()))


@cache
def _modules() -> tuple[Scan, ModuleType]:
    scan = scan_of(ema_cross, EmaCrossState, _TOLD)
    return scan, compiled([account.account_loop], [scan])


def _scan(
    scan: Scan, run: object, strategy: StrategyConfig, columns: Columns
) -> tuple[Int64s, Int64s, Int64s]:
    """The rows at which the strategy answers, what it says, and what it tells with it."""
    state = make_strategy(strategy).state
    ints = np.array([getattr(state, name) for name in scan.ints], np.int64)
    floats = np.array([getattr(state, name) for name in scan.floats], np.float64)
    count = len(columns.close)
    rows, says = np.empty(count, np.int64), np.empty(count, np.int64)
    told_ints = np.empty((len(scan.told), count), np.int64)
    told_floats = told_ints.view(np.float64)
    by_name = {
        "open_ticks": columns.open,
        "high_ticks": columns.high,
        "low_ticks": columns.low,
        "close_ticks": columns.close,
        "lots": columns.lots,
    }
    found = run(*(by_name[name] for name in COLUMNS), ints, floats, rows, says, told_ints, told_floats)
    return rows[:found], says[:found], told_ints[:, :found]


def _check_bounds(config: Config, columns: Columns, half: Money) -> None:
    """Refuses prices and sizes whose products the loop could not hold."""
    params = config.strategies[0].params
    ticks = max(columns.ticks_max, 1)
    rate = venue_rules(config, scale_of(config)).slippage[0]
    widest = max(4 * ticks * int(params["lots"]) * half, 2 * ticks * max(rate, 1))
    if widest > account.MONEY_LIMIT:
        raise DataError(
            "prices times sizes leave the range of int64",
            where=f"strategies.{config.strategies[0].name}.params.lots",
            hint="fewer lots or a coarser tick; or --gear step",
        )


def _account(config: Config, scale: MoneyScale, columns: Columns) -> Int64s:
    interval = config.report.equity_interval
    sample_ns = interval_ns(interval) if interval else DAY_NS
    first_close = int(columns.ts_close[0])
    a = np.zeros(account.ACCOUNT_WIDTH, np.int64)
    a[account.CASH] = a[account.PEAK] = scale.of(config.account.cash)
    a[account.HALF] = scale.half[config.strategies[0].instrument]
    a[account.SAMPLE_NS] = sample_ns
    a[account.NEXT_SAMPLE] = -(-first_close // sample_ns) * sample_ns
    # The trading state's change at the start has taken the first name.
    a[account.COUNT] = 1
    return a


def _clock(columns: Columns) -> tuple[Int64s, int, int]:
    """Times of opening, the step between them if there is but one, the length of a bar."""
    times = columns.ts_open
    interval = int(columns.ts_close[0] - times[0])
    # Bars do not overlap, so they have no holes if they span no more than their sum.
    regular = int(times[-1] - times[0]) == (len(times) - 1) * interval
    return times, interval if regular else 0, interval


def _first(config: Config, columns: Columns) -> int:
    """The first row that may decide."""
    return int(np.searchsorted(columns.ts_close, config.run.from_ or 0))


def _sizes(
    strategy: StrategyConfig, says: Int64s, deciding: npt.NDArray[np.bool_]
) -> tuple[Int64s, list[str]]:
    """Target and reason for -1, 0 and 1, and the reasons in the order of first appearance."""
    lots = int(strategy.params["lots"])
    below = 0 if strategy.params.get("direction", "long") == "long" else -lots
    heard = [int(s) for s in says[deciding][:2]]
    if below == 0:
        # Flat already, a first cross down changes nothing and is not written down.
        heard = [1, -1] if heard and heard[0] < 0 else heard
    names = {1: "cross_up", -1: "cross_down"}
    order = list(dict.fromkeys([*heard, 1, -1]))
    targets = [below, 0, lots]
    return np.array([targets, [order.index(-1), 0, order.index(1)]], np.int64), [
        names[said] for said in order
    ]


def _buffers(answers: int, columns: Columns, sample_ns: int) -> tuple[Int64s, ...]:
    """Room for the rows of each table; an answer makes at most one order."""
    days = (int(columns.ts_close[-1]) - int(columns.ts_close[0])) // sample_ns + 3
    rows = {"decisions": answers, "orders": answers, "statuses": 3 * answers}
    rows |= {"fills": answers, "equity": days}
    return tuple(np.zeros((count, len(SCHEMAS[name])), np.int64) for name, count in rows.items())


def _tables(run: FusedRun) -> Tables:
    tables = Tables()
    orders, fills = int(run.account[account.ORDERS]), int(run.account[account.FILLS])
    used = {"decisions": orders, "orders": orders, "statuses": 2 * orders + fills, "fills": fills}
    used["equity"] = int(run.account[account.SAMPLES])
    for (name, count), rows in zip(used.items(), run.out, strict=True):
        tables.tables[name].extend_bytes(rows[:count].tobytes())
    active, halted = TradingState.ACTIVE, TradingState.HALTED
    tables.tables["states"].append(0, 1, run.ts_start, 0, 0, active, halted, 0, 1)
    strategy = run.config.strategies[0]
    names = tables.names
    names["codes"].take(["reconciled", "reconciler"])
    if orders:
        prefix = f"{run.config.account.id}-{strategy.name}-1-"
        names["orders"].take([f"{prefix}{k}" for k in range(1, orders + 1)])
        names["trades"].take([str(k) for k in range(1, fills + 1)])
        names["strategies"].take([strategy.name])
        names["instruments"].take([strategy.instrument])
        names["reasons"].take(run.reasons[: int(run.out[0][:orders, 8].max()) + 1])
    return tables
