"""Workload W1 as the project runs it: the same bars in a Parquet file and a configuration."""

from decimal import Decimal
from pathlib import Path
from typing import Final

import polars as pl

from bench.yardsticks import FAST, LOTS, SLOW, bars
from trader.config.schema import (
    Account,
    Config,
    DataSource,
    InstrumentConfig,
    Run,
    StrategyConfig,
    VenueConfig,
)

TICK: Final = Decimal("0.01")
LOT: Final = Decimal("0.00001")


def write_bars(rows: int, folder: Path) -> Path:
    """W1's bars as a file of prices and sizes."""
    path = folder / f"w1-{rows}.parquet"
    if not path.exists():
        feed = bars(rows)
        prices = {name: feed[name] * float(TICK) for name in ("open", "high", "low", "close")}
        columns = {"ts_open": feed["ts_open"], **prices, "volume": feed["volume"] * float(LOT)}
        pl.DataFrame(columns).write_parquet(path)
    return path


def config(path: Path) -> Config:
    """The run that makes W1's trades."""
    name = "BTCUSDT.binance"
    cross = StrategyConfig(
        name="cross",
        type="ema_cross",
        instrument=name,
        params={"fast": FAST, "slow": SLOW, "lots": LOTS, "direction": "both"},
    )
    return Config(
        run=Run(name="w1"),
        account=Account(currency="USD", cash=Decimal(100_000)),
        instruments=(
            InstrumentConfig(symbol="BTCUSDT", venue="binance", tick=TICK, lot=LOT, currency="USD"),
        ),
        data=(DataSource(kind="bars", instrument=name, interval="1m", path=str(path)),),
        strategies=(cross,),
        venue=VenueConfig(participation=None),
    )
