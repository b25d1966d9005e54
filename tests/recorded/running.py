"""Recorded files as runs: what is there, and for each file the configuration that trades on it.

A file shows its tick and its lot itself, or the finest grid is taken that its prices and sizes fit
on. Bars are traded by an average, by a band with exits, and by `sundry`; ticks by `sundry` alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from statistics import median
from time import process_time
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import polars as pl

from sims.build import build, open_sources
from sims.simulation import Simulation
from sims.streams import ACTIONS, Source
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

Protocol: TypeAlias = Literal["plain", "binance", "binance-futures"]

KINDS: Final[tuple[Kind, ...]] = ("bars", "quotes", "trades", "depth")
CASH: Final = Decimal(1_000_000)
NOTIONAL_MAX: Final = 100_000
PLACES_MAX: Final = 11
"""Of tick x lot, so that the account's money stays within int64."""
LOTS_TICKS_MAX: Final = 2.0**61
PARTICIPATION: Final = Decimal("0.1")
SCARCE: Final = 20
"""Lots of a bar of which we may take whatever we want, or we would get nothing."""
NAME: Final = "A.x"
PROTOCOLS: Final[Mapping[str, Protocol]] = MappingProxyType(
    {
        "binance": "binance",
        "binance-coinm": "binance-futures",
        "binance-futures": "binance-futures",
    }
)
"""How the venues of the files join snapshots and changes of their books."""


def files(folder: Path, kind: Kind) -> list[Path]:
    """The recorded files of a kind below a folder, in order of their names."""
    return sorted((folder / kind).rglob("*.parquet"))


def joined(paths: Sequence[Path], folder: Path) -> Path:
    """Files that follow one another as one file, under the same folders below another one."""
    first, last = paths[0], paths[-1]
    whole = folder.joinpath(*first.parts[-5:-1], f"{first.stem}-{last.stem}.parquet")
    whole.parent.mkdir(parents=True, exist_ok=True)
    pl.concat([pl.read_parquet(path) for path in paths]).write_parquet(whole)
    return whole


def playable(folder: Path, kind: Kind, room: Path) -> list[Path]:
    """The files of a kind that can be played by themselves.

    Of a book only the first day begins with a snapshot, so its days are joined, in `room`.
    """
    if kind != "depth":
        return files(folder, kind)
    days = groupby(files(folder, kind), key=lambda path: path.parent)
    books = [list(each) for _, each in days]
    return [joined(book, room) if len(book) > 1 else book[0] for book in books]


def config_of(path: Path, kind: Kind, *, every: int, actions: Path | None = None) -> Config:
    """A whole run on one file, whose folder tells the interval of its bars.

    `every` is how many rows `sundry` lets go by from one order to the next.
    """
    rows = open_parquet(path)
    tick = tick_of(rows, PRICES[kind]) or finest(rows, PRICES[kind])
    lot = _lot(rows, kind, tick)
    usual = _usual(rows, lot)
    lots = _lots(usual, kind, largest(rows, PRICES[kind]) * float(lot))
    interval = path.parent.name if kind == "bars" else None
    data = [
        DataSource(
            kind=kind,
            instrument=NAME,
            interval=interval,
            path=str(path),
            protocol=PROTOCOLS.get(path.parents[2].name, "plain") if kind == "depth" else "plain",
        )
    ]
    if actions is not None:
        data.append(DataSource(kind="actions", instrument=NAME, path=str(actions)))
    return Config(
        run=Run(name="recorded", off_grid="round"),
        account=Account(currency="USD", cash=CASH),
        instruments=(InstrumentConfig(symbol="A", venue="x", tick=tick, lot=lot, currency="USD"),),
        data=tuple(data),
        strategies=(_sundry(lots, every), *(_on_bars(lots) if kind == "bars" else ())),
        venue=VenueConfig(
            slippage_bps=Decimal("0.3"),
            slippage_ticks=1,
            participation=None if kind == "bars" and usual < SCARCE else PARTICIPATION,
            maker_bps=Decimal("-0.1"),
            taker_bps=Decimal("0.7"),
            per_lot=Decimal("0.0001"),
            queue="volume",
        ),
    )


def simulation(config: Config, rows_max: int | None = None) -> Simulation:
    """The run at its start, of `rows_max` rows of prices alone where that is given.

    Those are the first ones of bars and of books, which begin with a snapshot, else the middle
    ones: a day of ticks begins when hardly anybody trades.
    """
    sources = open_sources(config)
    if rows_max is not None:
        sources = [_cut(source, rows_max) for source in sources]
    return build(config, sources, process_time)


def _cut(source: Source, rows_max: int) -> Source:
    rows = source.stop - source.start
    if source.kind == ACTIONS or rows <= rows_max:
        return source
    skipped = (rows - rows_max) // 2 if source.kind in {"quotes", "trades"} else 0
    start = source.start + skipped
    return replace(source, start=start, stop=start + rows_max)


def _sundry(lots: int, every: int) -> StrategyConfig:
    params = {"lots": lots, "every": every}
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


def _sizes(rows: ParquetFile) -> tuple[str, ...]:
    return tuple(each for each in SIZES if each in rows.schema)


def _lot(rows: ParquetFile, kind: Kind, tick: Decimal) -> Decimal:
    """The lot that the sizes show, but none so fine that the run's numbers leave int64."""
    ticks = largest(rows, PRICES[kind]) / float(tick)
    shown = lot_of(rows, _sizes(rows)) or Decimal(1).scaleb(-PLACES_MAX)
    whole = finest(rows, _sizes(rows), LOTS_TICKS_MAX / ticks)
    money = Decimal(1).scaleb(min(0, places_of(tick) - PLACES_MAX))
    return max(shown, whole, money)


def _usual(rows: ParquetFile, lot: Decimal) -> float:
    """The ordinary size of a row, in lots; 0 where none has a size, as the bars of an index."""
    known: list[float] = []
    for name in _sizes(rows)[:1]:
        sizes = rows.read([name], 0, min(rows.rows, 1_000))[name].cast(pl.Float64)
        known = [each for each in sizes.drop_nulls().to_list() if each > 0]
    return median(known) / float(lot) if known else 0.0


def _lots(usual: float, kind: Kind, price: float) -> int:
    """Half of an ordinary size, of a bar a twentieth; bounded by money, and one lot at least."""
    most = NOTIONAL_MAX / price
    wanted = usual / (20 if kind == "bars" else 2) if usual else most
    return max(1, int(min(most, wanted)))
