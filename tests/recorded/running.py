"""Recorded files as runs: what is there, and for each file the configuration that trades on it.

A file shows its tick and its lot itself, or the finest grid is taken that its prices and sizes fit
on. Bars are traded by an average, by a band with exits, and by `sundry`; ticks by `sundry` alone.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import Final, cast

import numpy as np
import polars as pl

from sims.build import build, open_sources
from sims.simulation import Simulation
from sims.streams import Source
from tests.recorded import sundry
from trader.config.schema import (
    Account,
    Config,
    DataSource,
    ExitConfig,
    InstrumentConfig,
    Run,
    StrategyConfig,
    VenueConfig,
)
from trader.data.grids import finest, largest, lot_of, tick_of
from trader.data.parquet import ParquetFile, open_parquet
from trader.data.tables.roles import PRICES, SIZES, Kind
from trader.model.money import places_of

KINDS: Final[tuple[Kind, ...]] = ("bars", "quotes", "trades", "depth")
EVERY: Final[Mapping[Kind, int]] = MappingProxyType(
    {"bars": 7, "quotes": 41, "trades": 23, "depth": 41}
)
"""Rows from one order of `sundry` to the next."""
CASH: Final = Decimal(1_000_000)
NOTIONAL_MAX: Final = 100_000
PLACES_MAX: Final = 11
"""Of tick x lot, so that the account's money stays within int64."""
LOTS_TICKS_MAX: Final = 2.0**61
NAME: Final = "A.x"


def files(folder: Path, kind: Kind) -> list[Path]:
    """The recorded files of a kind below a folder, in order of their names."""
    return sorted((folder / kind).rglob("*.parquet"))


def config_of(path: Path, kind: Kind, *, actions: Path | None = None) -> Config:
    """A whole run on one file, which tells its kind and the interval of its bars by its folder."""
    rows = open_parquet(path)
    tick = tick_of(rows, PRICES[kind]) or finest(rows, PRICES[kind])
    lot = _lot(rows, kind, tick)
    lots = _lots(rows, kind, lot)
    interval = path.parent.name if kind == "bars" else None
    data = [DataSource(kind=kind, instrument=NAME, interval=interval, path=str(path))]
    if actions is not None:
        data.append(DataSource(kind="actions", instrument=NAME, path=str(actions)))
    return Config(
        run=Run(name="recorded", off_grid="round"),
        account=Account(currency="USD", cash=CASH),
        instruments=(
            InstrumentConfig(symbol="A", venue="x", tick=tick, lot=lot, currency="USD"),
        ),
        data=tuple(data),
        strategies=(_sundry(kind, lots), *(_on_bars(lots) if kind == "bars" else ())),
        venue=VenueConfig(
            slippage_bps=Decimal("0.3"),
            slippage_ticks=1,
            participation=Decimal("0.1") if _has_sizes(rows, kind) else None,
            maker_bps=Decimal("-0.1"),
            taker_bps=Decimal("0.7"),
            per_lot=Decimal("0.0001"),
            queue="volume",
        ),
    )


def simulation(config: Config, rows_max: int | None = None) -> Simulation:
    """The run at its start, of the first `rows_max` rows of prices alone where that is given."""
    sources = open_sources(config)
    if rows_max is not None:
        sources = [_cut(source, rows_max) for source in sources]
    return build(config, sources, perf_counter)


def _cut(source: Source, rows_max: int) -> Source:
    return replace(source, stop=min(source.stop, source.start + rows_max))


def _sundry(kind: Kind, lots: int) -> StrategyConfig:
    params = {"lots": lots, "every": EVERY[kind]}
    return StrategyConfig(name="sundry", file=sundry.__file__, instrument=NAME, params=params)


def _on_bars(lots: int) -> tuple[StrategyConfig, ...]:
    """Two of the bundled strategies, both ways, with every kind of exit between them."""
    cross = StrategyConfig(
        name="cross",
        type="ema_cross",
        instrument=NAME,
        params={"fast": 3, "slow": 8, "lots": 2 * lots, "direction": "both"},
        exits=(ExitConfig(kind="atr_stop", n=5), ExitConfig(kind="take_profit", n=5)),
    )
    band = StrategyConfig(
        name="band",
        type="bollinger_reversion",
        instrument=NAME,
        params={"n": 12, "entry": Decimal("1.2"), "lots": lots, "direction": "both"},
        exits=(
            ExitConfig(kind="trailing", n=5, k=Decimal(2)),
            ExitConfig(kind="time_stop", bars=9),
        ),
    )
    return cross, band


def _has_sizes(rows: ParquetFile, kind: Kind) -> bool:
    """Whether bars have volumes at all: those of an index are 0."""
    return kind != "bars" or largest(rows, _sizes(rows)) > 0


def _sizes(rows: ParquetFile) -> tuple[str, ...]:
    return tuple(each for each in SIZES if each in rows.schema)


def _lot(rows: ParquetFile, kind: Kind, tick: Decimal) -> Decimal:
    """The lot that the sizes show, but none so fine that the run's numbers leave int64."""
    ticks = largest(rows, PRICES[kind]) / float(tick)
    shown = lot_of(rows, _sizes(rows)) or Decimal(1).scaleb(-PLACES_MAX)
    whole = finest(rows, _sizes(rows), LOTS_TICKS_MAX / ticks)
    money = Decimal(1).scaleb(min(0, places_of(tick) - PLACES_MAX))
    return max(shown, whole, money)


def _lots(rows: ParquetFile, kind: Kind, lot: Decimal) -> int:
    """Half of an ordinary size, of a bar a twentieth; bounded by money, and one lot at least."""
    price = largest(rows, PRICES[kind])
    most = NOTIONAL_MAX / (price * float(lot))
    frame = rows.read(_sizes(rows)[:1], 0, min(rows.rows, 1_000))
    sizes = frame.select(pl.all().cast(pl.Float64)).to_numpy().ravel() if frame.width else []
    known = [each for each in cast("list[float]", list(sizes)) if each > 0]
    usual = float(np.median(known)) / float(lot) if known else most
    return max(1, int(min(most, usual / (20 if kind == "bars" else 2))))
