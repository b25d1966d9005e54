"""A run in the fused gear: a scan finds the strategy's answers, a loop runs the account over them.

Both are compiled, of the same text that step runs. What comes out are the rows of the tables that
step would have filled, and the account as it stands at the end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from actors.assembly import make_strategy, trade_from
from sims.build import venue_rules
from sims.fused import account
from sims.fused.rows import buffers, sizes_and_reasons, tables_of
from sims.streams import Source
from sims.venue import VenueRules
from trader.config.notation import interval_ns
from trader.config.scale import scale_of
from trader.config.schema import Config
from trader.data.bars import BATCH_ROWS
from trader.data.grid import Int64s
from trader.errors import RangeError
from trader.kernels.jit import compiled
from trader.kernels.matching import worsened
from trader.kernels.scalarised import COLUMNS, Scan, scan_of
from trader.kernels.signals import ema_cross
from trader.logic.tables import Tables
from trader.model.money import MoneyScale
from trader.model.units import DAY_NS, Lots, Money
from trader.strategies.averages import EmaCross, EmaCrossState

_SMALLER: Final = "trade fewer lots or take a coarser tick"


@dataclass(frozen=True, slots=True, kw_only=True)
class FusedRun:
    """What a fused run leaves: the account at the end (cost in tick x lot) and the tables' rows."""

    config: Config
    scale: MoneyScale
    rows: int
    ts_start: int
    account: Int64s
    out: tuple[Int64s, ...]
    reasons: tuple[str, ...]

    @property
    def cash(self) -> Money:
        """Cash at the end."""
        return int(self.account[account.CASH])

    @property
    def mark(self) -> int:
        """The last close, in half ticks."""
        return int(self.account[account.MARK])

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
        return tables_of(self.config, self.ts_start, self.account, self.out, self.reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """All rows of the run's one source, contiguous int64, and the highest price among them."""

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
    batches = list(source.file.batches(source.start, source.stop, BATCH_ROWS))
    names = [name for name in Columns.__dataclass_fields__ if name != "ticks_max"]
    whole = {name: np.concatenate([getattr(b, name) for b in batches]) for name in names}
    return Columns(**whole, ticks_max=int(whole["high"].max()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gear:
    """The scan as it is called, what it is made of, and the account loop."""

    made_of: Scan
    scan: Callable[..., int]
    account_loop: Callable[..., int]


@cache
def compiled_gear() -> Gear:
    """The gear, compiled at most once in a process, and once for all where it can be kept."""
    scan = scan_of(ema_cross, EmaCrossState, EmaCross.inputs)
    module = compiled([account.account_loop], [scan])
    return Gear(made_of=scan, scan=getattr(module, scan.name), account_loop=module.account_loop)


def run_fused(config: Config, columns: Columns, gear: Gear | None = None) -> FusedRun:
    """Runs a configuration that `covers` has nothing against; raises RangeError beyond int64.

    A gear other than the compiled one must be the same text; it runs as it stands.
    """
    gear = gear or compiled_gear()
    scale = scale_of(config)
    strategy = make_strategy(config.strategies[0])
    lots = int(strategy.params.lots)
    below = -lots if strategy.params.direction == "both" else 0
    rules = venue_rules(config, scale)
    _check_bounds(config, scale, rules, lots - below, columns.ticks_max)
    rows, says, told = _answers(gear, strategy.state, columns)
    first = int(np.searchsorted(rows, _first_row(config, columns)))
    sizes, reasons = sizes_and_reasons(lots, below, says[first : first + 2].tolist())
    a = _account(config, scale, columns)
    out = buffers(len(rows), _samples(a, columns) + 1)
    failed = gear.account_loop(
        a,
        (columns.open, columns.close),
        _clock(columns),
        (rows, says, told, first),
        (sizes, np.array([*rules.slippage, rules.slippage_ticks], np.int64)),
        out,
    )
    if failed:
        raise RangeError(
            "money leaves the range of int64", where=f"row {failed} of the run", hint=_SMALLER
        )
    return FusedRun(
        config=config,
        scale=scale,
        rows=len(columns.close),
        ts_start=int(columns.ts_open[0]),
        account=a,
        out=out,
        reasons=reasons,
    )


def _check_bounds(
    config: Config, scale: MoneyScale, rules: VenueRules, size: Lots, ticks: int
) -> None:
    """Refuses what the loop could not hold, given the largest order and the highest price."""
    strategy = config.strategies[0]
    rate, unit = rules.slippage
    worst = worsened(ticks, size, rate, unit, rules.slippage_ticks)
    for amount, where, hint in (
        (scale.of(config.account.cash), "account.cash", "count in coarser ticks or lots"),
        (ticks * rate + unit, "venue.slippage_bps", "give it fewer decimal places"),
        (
            2 * size * worst * scale.half[strategy.instrument],
            f"strategies.{strategy.name}.params.lots",
            _SMALLER,
        ),
    ):
        if amount > account.MONEY_LIMIT:
            raise RangeError("this run's amounts leave the range of int64", where=where, hint=hint)


def _answers(gear: Gear, state: object, columns: Columns) -> tuple[Int64s, Int64s, Int64s]:
    """The rows with an answer, the answers, and what is told with each (unused room after it)."""
    scan = gear.made_of
    ints = np.array([getattr(state, name) for name in scan.ints], np.int64)
    floats = np.array([getattr(state, name) for name in scan.floats], np.float64)
    count = len(columns.close)
    rows, says = np.empty(count, np.int64), np.empty(count, np.int64)
    # Handed on whole: a slice would be another type to the compiler, and compiled for anew.
    told = np.empty((len(scan.told), count), np.int64)
    by_name = {
        "open_ticks": columns.open,
        "high_ticks": columns.high,
        "low_ticks": columns.low,
        "close_ticks": columns.close,
        "lots": columns.lots,
    }
    bars = [by_name[name] for name in COLUMNS]
    found = gear.scan(*bars, ints, floats, rows, says, told, told.view(np.float64))
    return rows[:found], says[:found], told


def _account(config: Config, scale: MoneyScale, columns: Columns) -> Int64s:
    """The account before the first bar."""
    interval = config.report.equity_interval
    distance = interval_ns(interval) if interval else DAY_NS
    a = np.zeros(account.ACCOUNT_WIDTH, np.int64)
    a[account.CASH] = a[account.PEAK] = scale.of(config.account.cash)
    a[account.HALF] = scale.half[config.strategies[0].instrument]
    a[account.SAMPLE_NS] = distance
    first = max(int(columns.ts_close[0]), trade_from(config))
    a[account.NEXT_SAMPLE] = -(-first // distance) * distance
    return a


def _samples(a: Int64s, columns: Columns) -> int:
    """How many equity rows fall due; the end takes one more."""
    span = int(columns.ts_close[-1]) - int(a[account.NEXT_SAMPLE])
    return max(0, span // int(a[account.SAMPLE_NS]) + 1)


def _clock(columns: Columns) -> account.Clock:
    """Times of opening, the step between them if there is but one, the length of a bar."""
    times = columns.ts_open
    interval = int(columns.ts_close[0] - times[0])
    # Bars do not overlap, so they have no holes if they span no more than their sum.
    regular = int(times[-1] - times[0]) == (len(times) - 1) * interval
    return times, interval if regular else 0, interval


def _first_row(config: Config, columns: Columns) -> int:
    """The first row that may decide."""
    return int(np.searchsorted(columns.ts_close, trade_from(config)))
