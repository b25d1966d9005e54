"""A loaded configuration as the calculator's description, with bars read from the files again.

Prices and volumes are turned into ticks and lots here by the rule itself, row by row, so that what
the project's own reader does is compared too.
"""

from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import floor, ulp
from pathlib import Path
from typing import Final

import polars as pl

from tests.oracle.exits import AtrStop, Exit, TakeProfit, TimeStop, Trailing
from tests.oracle.gate import Limits, stale_after_two_bars
from tests.oracle.market import DAY_NS, Bar, Instrument, Source
from tests.oracle.orders import VenueRules
from tests.oracle.run import OracleRun
from tests.oracle.strategies import (
    BollingerReversion,
    BuyAndHold,
    EmaCross,
    Lots,
    NaiveMeanReversion,
    Signal,
    Size,
    Strategy,
    Weight,
)
from trader.config.notation import interval_ns
from trader.config.schema import (
    Config,
    DataSource,
    ExitConfig,
    RiskConfig,
    StrategyConfig,
    VenueConfig,
)

WARMUP_BARS: Final = 100
PRICES: Final = ("open", "high", "low", "close")


def described(config: Config) -> OracleRun:
    """What the configuration asks for; a limit on drawdown is not looked at."""
    instruments = tuple(
        Instrument(each.name, Fraction(each.tick), Fraction(each.lot))
        for each in config.instruments
    )
    sources = tuple(_source(each, config) for each in config.data)
    interval = config.report.equity_interval
    return OracleRun(
        cash=Fraction(config.account.cash),
        instruments=instruments,
        sources=sources,
        strategies=tuple(_strategy(each) for each in config.strategies),
        rules=_rules(config.venue),
        limits=_limits(config, sources),
        equity_interval_ns=DAY_NS if interval is None else interval_ns(interval),
        decide_from=config.run.from_,
    )


def _source(data: DataSource, config: Config) -> Source:
    instrument = next(each for each in config.instruments if each.name == data.instrument)
    bars = recorded(data.path, data.interval_ns, float(instrument.tick), float(instrument.lot))
    since, until = config.run.from_, config.run.to
    first = next(k for k, bar in enumerate(bars) if since is None or bar.ts_open >= since)
    last = next((k for k, bar in enumerate(bars) if until and bar.ts_open >= until), len(bars))
    heard = [each for each in config.strategies if each.instrument == data.instrument]
    warmup = max((_warmup_bars(each) for each in heard), default=0)
    return Source(data.instrument, bars[max(0, first - warmup) : last])


def _warmup_bars(strategy: StrategyConfig) -> int:
    """Three times the longest window and at least a hundred bars; none where there is no window."""
    windows = [strategy.params.get(name) or 0 for name in ("slow", "trend", "n")]
    longest = 3 * max(windows)
    averages = max(longest, WARMUP_BARS) if longest else 0
    return max([averages, *(3 * each.n for each in strategy.exits)])


@cache
def recorded(path: str, interval: int, tick: float, lot: float) -> tuple[Bar, ...]:
    """A file's bars in ticks and lots; prices must lie on the grid."""
    bars = []
    for row in pl.read_parquet(Path(path)).iter_rows(named=True):
        ts = row["ts_open"]
        open_, high, low, close = (_on_grid(row[name] / tick) for name in PRICES)
        volume = row["volume"] / lot
        whole = _nearest(volume)
        lots = floor(volume) if whole is None else whole
        bars.append(Bar(ts, ts + interval, open_, high, low, close, lots))
    return tuple(bars)


def _on_grid(quotient: float) -> int:
    whole = _nearest(quotient)
    assert whole is not None, quotient
    return whole


def _nearest(quotient: float) -> int | None:
    """The nearest whole number, half to even, if the quotient is as good as whole."""
    whole = round(quotient)
    return whole if abs(quotient - whole) <= max(1e-6, 4 * ulp(quotient)) else None


def _strategy(config: StrategyConfig) -> Strategy:
    exits = tuple(_exit(each) for each in config.exits)
    return Strategy(config.name, config.instrument, _signal(config), exits)


def _exit(config: ExitConfig) -> Exit:
    match config.kind:
        case "atr_stop":
            return AtrStop(config.n, Fraction(config.k))
        case "take_profit":
            return TakeProfit(config.n, Fraction(config.k))
        case "trailing":
            return Trailing(config.n, Fraction(config.k), Fraction(config.activate))
        case _:
            assert config.bars is not None
            return TimeStop(config.bars)


def _signal(config: StrategyConfig) -> Signal:
    params = config.params
    weight = params["weight"]
    size: Size = Lots(params["lots"]) if weight is None else Weight(Fraction(weight))
    match config.type:
        case "ema_cross":
            windows = (params["fast"], params["slow"])
            return EmaCross(*windows, size, params["direction"], params["trend"])
        case "bollinger_reversion":
            band = (float(params["entry"]), float(params["exit"]))
            return BollingerReversion(size, params["n"], *band, params["direction"])
        case "naive_mean_reversion":
            return NaiveMeanReversion(size, params["n"], float(params["entry"]))
        case _:
            return BuyAndHold(size)


def _rules(venue: VenueConfig) -> VenueRules:
    return VenueRules(
        slippage_bps=Fraction(venue.slippage_bps),
        slippage_ticks=venue.slippage_ticks,
        participation=None if venue.participation is None else Fraction(venue.participation),
        touch_fills=venue.touch_fills,
        maker_bps=Fraction(venue.maker_bps),
        taker_bps=Fraction(venue.taker_bps),
        per_lot=Fraction(venue.per_lot),
    )


def _limits(config: Config, sources: tuple[Source, ...]) -> Limits:
    risk: RiskConfig = config.risk
    stale = stale_after_two_bars(sources)
    if risk.stale_after is not None:
        stale = dict.fromkeys(stale, interval_ns(risk.stale_after))
    return Limits(
        stale_ns=stale,
        lots_max=risk.lots_max,
        notional_max=None if risk.notional_max is None else Fraction(risk.notional_max),
        position_max=risk.position_max,
        gross_max=None if risk.gross_max is None else Fraction(risk.gross_max),
        orders_max=risk.orders_max,
        orders_window_ns=risk.orders_window_ns,
        collar=None if risk.collar is None else Fraction(risk.collar),
        restricted=tuple(risk.restricted or ()),
        open_orders_max=risk.open_orders_max,
        open_orders_total_max=risk.open_orders_total_max,
        concentration_max=_share(risk.concentration_max),
        sector_max=_share(risk.sector_max),
        sectors={each.name: each.sector for each in config.instruments if each.sector},
        borrow=risk.borrow,
        intent_window_ns=risk.intent_window_ns,
        repeats_max=risk.repeats_max,
        repeats_window_ns=risk.repeats_window_ns,
        denies_closed=risk.closed_orders == "deny",
        long_only=tuple(each.name for each in config.instruments if not each.shortable),
    )


def _share(limit: Decimal | None) -> Fraction | None:
    return None if limit is None else Fraction(limit)
