"""A catalog in a folder, and configurations that read from it."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from tests.data.making import LOT, MINUTE, START, TICK, bars
from trader.config.schema import Account, Config, DataSource, InstrumentConfig, Run, StrategyConfig
from trader.data.importing import Incoming, Into, new_pieces, read_incoming
from trader.data.storing import write_pieces
from trader.data.tables.table import Asked


def into(**asked: Any) -> Into:
    """Files of A at x."""
    return Into(venue="x", symbol="A", asked=Asked(**asked))


def minutes(first: int, last: int) -> pl.DataFrame:
    """Bars of a minute from one of START's minutes to before another; the same ones always."""
    frame = pl.DataFrame(list(bars(last).values()))
    return frame.slice(first)


def written(folder: Path, frame: pl.DataFrame, name: str = "in.parquet") -> Path:
    """A file of a recorder's."""
    path = folder / name
    frame.write_parquet(path)
    return path


def arrived(folder: Path, frame: pl.DataFrame, name: str = "in.parquet", **asked: Any) -> Incoming:
    """A file that was read and checked."""
    return read_incoming(written(folder, frame, name), into(**asked))


def keep(folder: Path, *frames: pl.DataFrame, **asked: Any) -> list[Path]:
    """Import the frames, one after the other."""
    paths = []
    for frame in frames:
        pieces = new_pieces(folder / "catalog", [arrived(folder, frame, **asked)])
        paths += write_pieces(folder / "catalog", pieces)
    return paths


def config(folder: Path, *data: DataSource) -> Config:
    """A configuration whose state lies in the folder, with A at x and these data."""
    instrument = InstrumentConfig(symbol="A", venue="x", tick=TICK, lot=LOT, currency="USD")
    return Config(
        run=Run(name="x"),
        account=Account(currency="USD", cash=Decimal(1)),
        instruments=(instrument,),
        data=data,
        strategies=(StrategyConfig(name="s", type="buy_and_hold", instrument="A.x"),),
        state_dir=str(folder),
    )


def source(kind: Any = "bars", **more: Any) -> DataSource:
    """A source of A at x; without a path unless one is given."""
    interval = {"interval": "1m"} if kind == "bars" else {}
    return DataSource(kind=kind, instrument="A.x", **{**interval, **more})


__all__ = ["MINUTE", "START"]
