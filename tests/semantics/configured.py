"""The calculator's description of a run as a configuration of the core's."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from msgspec import structs

from tests.oracle.exits import AtrStop, Exit, TakeProfit, TimeStop, Trailing
from tests.oracle.filters import Filters
from tests.oracle.gate import Limits
from tests.oracle.market import Instrument
from tests.oracle.orders import VenueRules
from tests.oracle.run import OracleRun
from tests.oracle.strategies import (
    Action,
    BollingerReversion,
    BuyAndHold,
    Cancel,
    EmaCross,
    Lots,
    NaiveMeanReversion,
    Replace,
    RsiReversion,
    Scripted,
    Send,
    Signal,
    Strategy,
    Target,
    VwapFade,
)
from tests.semantics.markets import stale_by_default
from trader.config.parts import Filters as FilterConfig
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
from trader.model.units import SECOND_NS

SCRIPTED: Final = str(Path(__file__).with_name("scripted.py"))


def config_of(run: OracleRun, paths: dict[str, str] | None = None) -> Config:
    """The description as a configuration, its bars at `paths` by instrument."""
    named = paths or {}
    return Config(
        run=Run(name="trial", gear="step", from_=run.decide_from),
        account=Account(currency="USD", cash=exact(run.cash)),
        instruments=tuple(_instrument(each, run.limits) for each in run.instruments),
        data=(
            *(
                DataSource(
                    kind="bars",
                    instrument=source.instrument,
                    interval=_seconds(source.interval_ns),
                    path=named.get(source.instrument, "memory"),
                )
                for source in run.sources
            ),
            *(
                DataSource(kind="actions", instrument=each.instrument, path="memory")
                for each in run.happenings
            ),
        ),
        strategies=tuple(_strategy(each) for each in run.strategies),
        venue=structs.replace(_venue(run.rules), latency_ns=run.latency_ns),
        risk=_risk(run),
        report=ReportConfig(
            equity_interval=None
            if run.equity_interval_ns is None
            else _seconds(run.equity_interval_ns)
        ),
    )


def _seconds(interval_ns: int) -> str:
    return f"{interval_ns // SECOND_NS}s"


def exact(value: Fraction) -> Decimal:
    """The fraction as the decimal that a configuration would hold."""
    decimal = Decimal(value.numerator) / Decimal(value.denominator)
    assert Fraction(decimal) == value, f"{value} has no short decimal"
    return decimal


def _instrument(instrument: Instrument, limits: Limits) -> InstrumentConfig:
    symbol, _, venue = instrument.name.partition(".")
    return InstrumentConfig(
        symbol=symbol,
        venue=venue,
        tick=exact(instrument.tick),
        lot=exact(instrument.lot),
        currency="USD",
        shortable=instrument.name not in limits.long_only,
        calendar=instrument.calendar,
        sector=limits.sectors.get(instrument.name),
        filters=_filters(limits.filters.get(instrument.name)),
    )


def _filters(filters: Filters | None) -> FilterConfig:
    if filters is None:
        return FilterConfig()
    least = filters.notional_min
    return FilterConfig(
        lots_min=filters.lots_min,
        lots_max=filters.lots_max,
        lots_step=filters.lots_step,
        ticks_min=filters.ticks_min,
        ticks_max=filters.ticks_max,
        notional_min=None if least is None else exact(least),
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
        exits=tuple(_exit(each) for each in strategy.exits),
        interval=None if strategy.interval_ns is None else _seconds(strategy.interval_ns),
    )


def _exit(setup: Exit) -> ExitConfig:
    match setup:
        case AtrStop(n, k):
            return ExitConfig(kind="atr_stop", n=n, k=exact(k))
        case TakeProfit(n, k):
            return ExitConfig(kind="take_profit", n=n, k=exact(k))
        case Trailing(n, k, activate):
            return ExitConfig(kind="trailing", n=n, k=exact(k), activate=exact(activate))
        case TimeStop(bars):
            return ExitConfig(kind="time_stop", bars=bars)


def _bundled(plan: Signal) -> tuple[str, dict[str, Any]]:
    size = plan.size
    sized = {"lots": size.lots} if isinstance(size, Lots) else {"weight": exact(size.weight)}
    match plan:
        case EmaCross(fast, slow, _, direction, trend):
            params = {"fast": fast, "slow": slow, "direction": direction, "trend": trend}
            return "ema_cross", {**params, **sized}
        case BollingerReversion(_, n, entry, exit_, direction):
            params = {"n": n, "entry": entry, "exit": exit_, "direction": direction}
            return "bollinger_reversion", {**params, **sized}
        case NaiveMeanReversion(_, n, threshold):
            return "naive_mean_reversion", {"n": n, "entry": threshold, **sized}
        case RsiReversion():
            return "rsi_reversion", {**_rsi(plan), **sized}
        case VwapFade():
            return "vwap_fade", {**_fade(plan), **sized}
        case BuyAndHold():
            return "buy_and_hold", dict(sized)


def _rsi(plan: RsiReversion) -> dict[str, Any]:
    adaptive = plan.adaptive and {
        "window": plan.adaptive.window,
        "low_quantile": exact(plan.adaptive.low_quantile),
        "high_quantile": exact(plan.adaptive.high_quantile),
    }
    levels = {"low": plan.low, "high": plan.high, "exit": plan.exit}
    return {"n": plan.n, "direction": plan.direction, "adaptive": adaptive, **levels}


def _fade(plan: VwapFade) -> dict[str, Any]:
    return {
        "entry_bps": plan.entry_bps,
        "volume_n": plan.volume_n,
        "volume_ratio": plan.volume_ratio,
        "flat_at_close": plan.flat_at_close,
        "direction": plan.direction,
    }


def _script(plan: Scripted) -> dict[str, Any]:
    assert not plan.on_fill
    assert plan.clock is None
    return {"script": {bar: [_line(act) for act in acts] for bar, acts in plan.at_bar.items()}}


def _line(action: Action) -> dict[str, Any]:
    match action:
        case Target(lots):
            return {"does": "target", "lots": lots}
        case Cancel(tag):
            return {"does": "cancel", "key": tag}
        case Replace(tag, size, limit, stop):
            return {"does": "replace", "key": tag, "size": size, "limit": limit, "stop": stop}
        case Send():
            return {
                "does": "order",
                "key": action.tag,
                "lots": action.lots,
                "limit": action.limit_ticks,
                "stop": action.stop_ticks,
                "parent": action.parent or "",
                "time_in_force": action.time_in_force,
                "group": action.group,
                "reduce_only": action.reduce_only,
            }


def _venue(rules: VenueRules) -> VenueConfig:
    share = rules.participation
    return VenueConfig(
        slippage_bps=exact(rules.slippage_bps),
        slippage_ticks=rules.slippage_ticks,
        participation=None if share is None else exact(share),
        touch_fills=rules.touch_fills,
        maker_bps=exact(rules.maker_bps),
        taker_bps=exact(rules.taker_bps),
        per_lot=exact(rules.per_lot),
        targets_first=rules.targets_first,
    )


def _risk(run: OracleRun) -> RiskConfig:
    limits = run.limits
    return RiskConfig(
        lots_max=limits.lots_max,
        notional_max=None if limits.notional_max is None else exact(limits.notional_max),
        position_max=limits.position_max,
        gross_max=None if limits.gross_max is None else exact(limits.gross_max),
        orders_max=limits.orders_max,
        orders_window_ns=limits.orders_window_ns,
        stale_after=_stale_after(run),
        collar=None if limits.collar is None else exact(limits.collar),
        restricted=limits.restricted,
        open_orders_max=limits.open_orders_max,
        open_orders_total_max=limits.open_orders_total_max,
        concentration_max=_share(limits.concentration_max),
        sector_max=_share(limits.sector_max),
        borrow=limits.borrow,
        intent_window_ns=limits.intent_window_ns,
        repeats_max=limits.repeats_max,
        repeats_window_ns=limits.repeats_window_ns,
        closed_orders="deny" if limits.denies_closed else "wait",
        drawdown_max=_share(run.breakers.drawdown_max),
        daily_loss_max=_share(run.breakers.daily_loss_max),
        slippage_bps_max=_share(run.breakers.slippage_bps_max),
        slippage_window=run.breakers.slippage_window,
        unprotected_max=_share(run.breakers.unprotected_max),
        on_breach=run.breakers.on_breach,
    )


def _share(limit: Fraction | None) -> Decimal | None:
    return None if limit is None else exact(limit)


def _stale_after(run: OracleRun) -> str | None:
    ages = run.limits.stale_ns
    if not ages:
        return "366d"
    if ages == stale_by_default(run.sources, run.instruments):
        return None
    assert len(set(ages.values())) == 1, "a configuration gives one age to all instruments"
    return _seconds(next(iter(ages.values())))
