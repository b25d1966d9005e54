"""One plain description, run by the core, and told in the words of the calculator.

The description is the calculator's own `OracleRun`. `simulate` makes a configuration of it, builds
the simulation that every run is built of, and plays it; `observed` reads the core's tables, ledger
and books and writes what happened as an `OracleResult`, so that a comparison is an equality.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from time import perf_counter
from typing import Any, Final, cast

import numpy as np
from msgspec import structs

from actors.assembly import Core
from sims.build import build, venue_rules
from sims.history import Source
from sims.simulation import Simulation
from sims.venue import BarVenue
from tests.oracle.desk import AtrStop, Decision, Strategy
from tests.oracle.gate import Limits, stale_after_two_bars
from tests.oracle.ledger import Key
from tests.oracle.market import Bar, Instrument
from tests.oracle.run import EquityRow, FillRow, OracleResult, OracleRun, OrderRow, PositionRow
from tests.oracle.strategies import (
    BollingerReversion,
    BuyAndHold,
    Cancel,
    EmaCross,
    Lots,
    NaiveMeanReversion,
    Scripted,
    Send,
    Signal,
    Target,
)
from tests.oracle.venue import VenueRules
from trader.config.schema import (
    Account,
    Config,
    DataSource,
    ExitConfig,
    InstrumentConfig,
    ReportConfig,
    RiskConfig,
    Run,
    StrategyConfig,
    VenueConfig,
)
from trader.data.bars import BarColumns, BarFile
from trader.logic.tables import Table
from trader.model.orders import Liquidity, OrderStatus, OrderType
from trader.model.units import NONE, SECOND_NS

SCRIPTED: Final = str(Path(__file__).with_name("scripted.py"))
ENDED: Final = ("FILLED", "CANCELED", "REJECTED", "DENIED")


@dataclass(frozen=True)
class MemoryBars:
    """Bars in memory that are read like a file's; `rows_max` makes its batches smaller."""

    bars: tuple[Bar, ...]
    rows_max: int = 2**31

    def batches(self, start: int, stop: int, rows: int) -> Iterator[BarColumns]:
        """Rows [start, stop) in pieces of at most `rows`."""
        step = min(rows, self.rows_max)
        for at in range(start, stop, step):
            yield _columns(self.bars[at : min(at + step, stop)])


def _columns(bars: tuple[Bar, ...]) -> BarColumns:
    names = ("ts_open", "ts_close", "open", "high", "low", "close", "lots")
    columns = {name: np.array([getattr(b, name) for b in bars], np.int64) for name in names}
    return BarColumns(**columns, rounded=0)


def memory_sources(run: OracleRun, *, skip: int = 0, rows_max: int = 2**31) -> list[Source]:
    """The run's bars as sources of a simulation, without the first `skip` rows of each."""
    return [
        Source(
            instrument=source.instrument,
            interval_ns=source.interval_ns,
            file=cast("BarFile", MemoryBars(source.bars, rows_max)),
            start=skip,
            stop=len(source.bars),
        )
        for source in run.sources
    ]


def simulation(
    run: OracleRun, venue: type[BarVenue] = BarVenue, *, drawdown_max: Fraction | None = None
) -> Simulation:
    """The core and the simulated world that the description asks for, at their start.

    `venue` plays the venue's part; the description itself knows no limit on drawdown.
    """
    config = config_of(run)
    if drawdown_max is not None:
        risk = structs.replace(config.risk, drawdown_max=_decimal(drawdown_max))
        config = structs.replace(config, risk=risk)
    return simulation_of(config, memory_sources(run), venue)


def simulation_of(
    config: Config, sources: list[Source], venue: type[BarVenue] = BarVenue
) -> Simulation:
    """What `sims.build.build` makes, with another venue in its place."""
    core = Core(config, patient=False)
    halves = {source.instrument: core.scale.half[source.instrument] for source in sources}
    rules = venue_rules(config, core.scale)
    return Simulation(core, venue(halves, rules), sources, config.run.name, perf_counter)


def simulate(run: OracleRun) -> OracleResult:
    """What the core makes of the description, as every run is built."""
    whole = build(config_of(run), memory_sources(run), perf_counter)
    whole.run()
    return observed(whole)


# -- the description as a configuration -----------------------------------------------------------


def config_of(run: OracleRun, paths: dict[str, str] | None = None) -> Config:
    """The description as a configuration, its bars at `paths` by instrument."""
    named = paths or {}
    return Config(
        run=Run(name="trial", gear="step", from_=run.decide_from),
        account=Account(currency="USD", cash=_decimal(run.cash)),
        instruments=tuple(_instrument(each, run.limits) for each in run.instruments),
        data=tuple(
            DataSource(
                kind="bars",
                instrument=source.instrument,
                interval=_seconds(source.interval_ns),
                path=named.get(source.instrument, "memory"),
            )
            for source in run.sources
        ),
        strategies=tuple(_strategy(each) for each in run.strategies),
        venue=_venue(run.rules),
        risk=_risk(run),
        report=ReportConfig(equity_interval=_seconds(run.equity_interval_ns)),
    )


def _seconds(interval_ns: int) -> str:
    return f"{interval_ns // SECOND_NS}s"


def _decimal(exact: Fraction) -> Decimal:
    value = Decimal(exact.numerator) / Decimal(exact.denominator)
    assert Fraction(value) == exact, f"{exact} has no short decimal"
    return value


def _instrument(instrument: Instrument, limits: Limits) -> InstrumentConfig:
    symbol, _, venue = instrument.name.partition(".")
    return InstrumentConfig(
        symbol=symbol,
        venue=venue,
        tick=_decimal(instrument.tick),
        lot=_decimal(instrument.lot),
        currency="USD",
        shortable=instrument.name not in limits.long_only,
    )


def _strategy(strategy: Strategy) -> StrategyConfig:
    plan = strategy.plan
    kind, params = (None, _script(plan)) if isinstance(plan, Scripted) else _bundled(plan)
    return StrategyConfig(
        name=strategy.name,
        type=kind,
        file=SCRIPTED if kind is None else None,
        instrument=strategy.instrument,
        params=params,
        exits=() if strategy.stop is None else (_exit(strategy.stop),),
    )


def _exit(stop: AtrStop) -> ExitConfig:
    return ExitConfig(kind="atr_stop", n=stop.n, k=_decimal(stop.k))


def _bundled(plan: Signal) -> tuple[str, dict[str, Any]]:
    size = plan.size
    sized = {"lots": size.lots} if isinstance(size, Lots) else {"weight": _decimal(size.weight)}
    match plan:
        case EmaCross(fast, slow, _, direction, trend):
            params = {"fast": fast, "slow": slow, "direction": direction, "trend": trend}
            return "ema_cross", {**params, **sized}
        case BollingerReversion(_, n, entry, exit_, direction):
            params = {"n": n, "entry": entry, "exit": exit_, "direction": direction}
            return "bollinger_reversion", {**params, **sized}
        case NaiveMeanReversion(_, n, threshold):
            return "naive_mean_reversion", {"n": n, "entry": threshold, **sized}
        case BuyAndHold():
            return "buy_and_hold", dict(sized)


def _script(plan: Scripted) -> dict[str, Any]:
    assert not plan.on_fill
    assert plan.clock is None
    return {"script": {bar: [_line(act) for act in acts] for bar, acts in plan.at_bar.items()}}


def _line(action: Target | Send | Cancel) -> dict[str, Any]:
    match action:
        case Target(lots):
            return {"does": "target", "lots": lots}
        case Cancel(tag):
            return {"does": "cancel", "key": tag}
        case Send(tag, _, lots, limit, stop, parent):
            assert parent is None
            return {"does": "order", "key": tag, "lots": lots, "limit": limit, "stop": stop}


def _venue(rules: VenueRules) -> VenueConfig:
    share = rules.participation
    return VenueConfig(
        slippage_bps=_decimal(rules.slippage_bps),
        slippage_ticks=rules.slippage_ticks,
        participation=None if share is None else _decimal(share),
        touch_fills=rules.touch_fills,
        maker_bps=_decimal(rules.maker_bps),
        taker_bps=_decimal(rules.taker_bps),
        per_lot=_decimal(rules.per_lot),
    )


def _risk(run: OracleRun) -> RiskConfig:
    limits = run.limits
    return RiskConfig(
        lots_max=limits.lots_max,
        notional_max=None if limits.notional_max is None else _decimal(limits.notional_max),
        position_max=limits.position_max,
        gross_max=None if limits.gross_max is None else _decimal(limits.gross_max),
        orders_max=limits.orders_max,
        orders_window_ns=limits.orders_window_ns,
        stale_after=_stale_after(run),
    )


def _stale_after(run: OracleRun) -> str | None:
    ages = run.limits.stale_ns
    if not ages:
        return "366d"
    if ages == stale_after_two_bars(run.sources):
        return None
    assert len(set(ages.values())) == 1, "a configuration gives one age to all instruments"
    return _seconds(next(iter(ages.values())))


# -- what happened -------------------------------------------------------------------------------


def observed(whole: Simulation) -> OracleResult:
    """A finished simulation in the calculator's words."""
    return Reading(whole).result()


class Reading:
    """The core's tables and ledgers, turned back into names, fractions and rows."""

    def __init__(self, whole: Simulation) -> None:
        core = whole.core
        self._whole = whole
        self._tables = core.tables.tables
        self._names = {kind: list(names) for kind, names in core.tables.names.items()}
        self._quantum = Fraction(1, 10**core.scale.places)

    def result(self) -> OracleResult:
        """Everything there is to compare."""
        portfolio = self._whole.core.portfolio
        last = portfolio.sample()
        return OracleResult(
            orders=self._orders(),
            fills=self._fills(),
            decisions=self._decisions(),
            denials=tuple(
                (row["order"] + 1, self._name("codes", row["code"]))
                for row in rows(self._tables["denials"])
            ),
            equity_rows=self._equity_rows(),
            positions=self._positions(),
            cash=self._money(last.cash),
            realized=self._money(last.realized),
            equity=self._money(last.equity),
            peak=self._money(last.peak),
        )

    def _name(self, kind: str, index: int) -> str:
        return self._names[kind][index]

    def _money(self, quanta: int) -> Fraction:
        return quanta * self._quantum

    def _orders(self) -> tuple[OrderRow, ...]:
        ends = {row["order"]: row for row in rows(self._tables["statuses"])}
        sizes = {
            id_: abs(order.lots)
            for book in self._whole.venue.books.values()
            for id_, order in book.orders.items()
        }
        found = []
        for row in rows(self._tables["orders"]):
            end = ends[row["order"]]
            found.append(
                OrderRow(
                    order=row["order"] + 1,
                    seq=row["seq"],
                    ts=row["ts"],
                    strategy=self._name("strategies", row["strategy"]),
                    instrument=self._name("instruments", row["instrument"]),
                    order_type=OrderType(row["order_type"]).name.lower(),
                    lots=row["lots"],
                    limit_ticks=_optional(row["limit_ticks"]),
                    stop_ticks=_optional(row["stop_ticks"]),
                    parent=None if row["parent"] == NONE else row["parent"] + 1,
                    size=sizes.get(self._name("orders", row["order"]), abs(end["lots_filled"])),
                    filled=abs(end["lots_filled"]),
                    status=OrderStatus(end["status"]).name,
                )
            )
        return tuple(found)

    def _fills(self) -> tuple[FillRow, ...]:
        return tuple(
            FillRow(
                seq=row["seq"],
                ts=row["ts"],
                order=row["order"] + 1,
                strategy=self._name("strategies", row["strategy"]),
                instrument=self._name("instruments", row["instrument"]),
                lots=row["lots"],
                ticks=row["ticks"],
                fee=self._money(row["fee"]),
                taker=row["liquidity"] == Liquidity.TAKER,
            )
            for row in rows(self._tables["fills"])
        )

    def _decisions(self) -> tuple[Decision, ...]:
        return tuple(
            Decision(
                ts=row["ts"],
                seq=row["seq"],
                strategy=self._name("strategies", row["strategy"]),
                instrument=self._name("instruments", row["instrument"]),
                target=row["target_lots"],
                reason=self._name("reasons", row["reason"]),
            )
            for row in rows(self._tables["decisions"])
        )

    def _equity_rows(self) -> tuple[EquityRow, ...]:
        return tuple(
            EquityRow(
                ts=row["ts"],
                equity=self._money(row["equity"]),
                cash=self._money(row["cash"]),
                realized=self._money(row["realized"]),
                unrealized=self._money(row["unrealized"]),
                drawdown=Fraction(row["peak"] - row["equity"], row["peak"])
                if row["peak"] > 0
                else Fraction(0),
            )
            for row in rows(self._tables["equity"])
        )

    def _positions(self) -> dict[Key, PositionRow]:
        core = self._whole.core
        return {
            (strategy, instrument): PositionRow(
                position.lots,
                position.cost,
                self._money(core.scale.tick_lot(instrument) * position.realized - position.fees),
            )
            for strategy, held in core.portfolio.state.positions.items()
            for instrument, position in held.items()
        }


def rows(table: Table) -> list[dict[str, int]]:
    """A table's rows by the names of their columns."""
    return [table.row(index) for index in range(len(table))]


def _optional(ticks: int) -> int | None:
    return None if ticks == NONE else ticks


def comparable(result: OracleResult) -> OracleResult:
    """A result without the one thing that only the venue knows: the last size of an ended order."""
    orders = tuple(
        replace(order, size=order.filled) if order.status in ENDED else order
        for order in result.orders
    )
    return replace(result, orders=orders)


def differences(ours: OracleResult, theirs: OracleResult) -> list[str]:
    """The first difference of each part, in words; nothing where the two agree."""
    found = []
    left, right = comparable(ours), comparable(theirs)
    for part in ("decisions", "denials", "orders", "fills", "equity_rows"):
        mine, other = getattr(left, part), getattr(right, part)
        if mine != other:
            index = next(
                (k for k, pair in enumerate(zip(mine, other, strict=False)) if pair[0] != pair[1]),
                min(len(mine), len(other)),
            )
            found.append(f"{part}[{index}]: {mine[index : index + 1]} {other[index : index + 1]}")
    totals = ("positions", "cash", "realized", "equity", "peak")
    found += [
        f"{part}: {getattr(left, part)} {getattr(right, part)}"
        for part in totals
        if getattr(left, part) != getattr(right, part)
    ]
    return found
