"""Workloads W1 and W3 as the project runs them: the same rows in a file, and a configuration."""

from decimal import Decimal
from pathlib import Path
from typing import Final, TypeAlias

import polars as pl
from msgspec.structs import replace

from bench import alternate
from bench.yardsticks import FAST, LOTS, SLOW, bars, quotes
from trader.config.schema import (
    Account,
    Config,
    DataSource,
    ExitConfig,
    InstrumentConfig,
    RiskConfig,
    Run,
    StrategyConfig,
    VenueConfig,
)

TICK: Final = Decimal("0.01")
LOT: Final = Decimal("0.00001")
NAME: Final = "BTCUSDT.binance"

NO_LIMITS: Final = RiskConfig()
Exits: TypeAlias = tuple[ExitConfig, ...]


def write_bars(rows: int, folder: Path) -> Path:
    """W1's bars as a file of prices and sizes."""
    path = folder / f"w1-{rows}.parquet"
    if not path.exists():
        feed = bars(rows)
        prices = {name: feed[name] * float(TICK) for name in ("open", "high", "low", "close")}
        columns = {"ts_open": feed["ts_open"], **prices, "volume": feed["volume"] * float(LOT)}
        pl.DataFrame(columns).write_parquet(path)
    return path


def write_quotes(rows: int, folder: Path) -> Path:
    """W3's quotes as a file of prices and sizes."""
    path = folder / f"w3-{rows}.parquet"
    if not path.exists():
        feed = quotes(rows)
        prices = {name: feed[name] * float(TICK) for name in ("bid", "ask")}
        sizes = {name: feed[name] * float(LOT) for name in ("bid_size", "ask_size")}
        pl.DataFrame({"ts": feed["ts"], **prices, **sizes}).write_parquet(path)
    return path


def config(path: Path, risk: RiskConfig = NO_LIMITS, exits: Exits = ()) -> Config:
    """The run that makes W1's trades, under these limits and with these exits."""
    cross = StrategyConfig(
        name="cross",
        type="ema_cross",
        instrument=NAME,
        params={"fast": FAST, "slow": SLOW, "lots": LOTS, "direction": "both"},
        exits=exits,
    )
    source = DataSource(kind="bars", instrument=NAME, interval="1m", path=str(path))
    return _config(cross, source, risk)


def crowded(path: Path, idle: Path, others: int) -> Config:
    """W1 in an account with so many other instruments, each with a strategy, of two bars each."""
    alone = config(path)
    [instrument], [source], [cross] = alone.instruments, alone.data, alone.strategies
    symbols = [f"IDLE{number}" for number in range(others)]
    names = [f"{symbol}.binance" for symbol in symbols]
    return replace(
        alone,
        instruments=(instrument, *(replace(instrument, symbol=each) for each in symbols)),
        data=(source, *(replace(source, instrument=each, path=str(idle)) for each in names)),
        strategies=(cross, *(replace(cross, name=each, instrument=each) for each in names)),
    )


def quotes_config(path: Path) -> Config:
    """The run that makes W3's trades."""
    alternating = StrategyConfig(
        name="alternate", file=alternate.__file__, instrument=NAME, params={"lots": LOTS}
    )
    return _config(alternating, DataSource(kind="quotes", instrument=NAME, path=str(path)))


def all_limits() -> RiskConfig:
    """Every limit there is, so wide that none denies anything."""
    wide = Decimal(10_000_000_000)
    return RiskConfig(
        lots_max=10**6,
        notional_max=wide,
        position_max=10**6,
        gross_max=wide,
        orders_max=10**6,
        open_orders_max=10**3,
        open_orders_total_max=10**4,
        collar=Decimal("0.5"),
        jump_max=Decimal("0.9"),
        concentration_max=Decimal(1000),
        daily_loss_max=Decimal("0.999"),
        drawdown_max=Decimal("0.999"),
        slippage_bps_max=Decimal(9_999),
        repeats_max=10**6,
        intent_window_ns=1,
        unprotected_max=wide,
        closed_orders="deny",
    )


def _config(strategy: StrategyConfig, source: DataSource, risk: RiskConfig = NO_LIMITS) -> Config:
    instrument = InstrumentConfig(
        symbol="BTCUSDT", venue="binance", tick=TICK, lot=LOT, currency="USD"
    )
    return Config(
        run=Run(name="bench"),
        account=Account(currency="USD", cash=Decimal(100_000)),
        instruments=(instrument,),
        data=(source,),
        strategies=(strategy,),
        venue=VenueConfig(participation=None),
        risk=risk,
    )
