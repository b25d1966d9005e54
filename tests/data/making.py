"""Small files of bars, written the way a recorder would write them."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from trader.data.bars import BarFile, open_bars

MINUTE = 60_000_000_000
START = 1_577_836_800_000_000_000  # 2020-01-01 UTC
TICK = Decimal("0.01")
LOT = Decimal("0.5")


def bars(rows: int = 10) -> dict[str, pl.Series]:
    """Columns of one-minute bars without holes, prices of whole cents, volumes of whole lots."""
    count = np.arange(rows)
    base = 10_000 + count * 7 % 50
    columns = {
        "ts_open": START + MINUTE * count,
        "open": (base + 2) / 100,
        "high": (base + 9) / 100,
        "low": (base - 4) / 100,
        "close": (base + 5) / 100,
        "volume": count * 0.5,
    }
    return {name: pl.Series(name, values) for name, values in columns.items()}


def changed(
    columns: Mapping[str, pl.Series], name: str, cells: Mapping[int, Any]
) -> dict[str, pl.Series]:
    """Return the columns with some cells of one of them replaced."""
    values = columns[name].to_list()
    for row, value in cells.items():
        values[row] = value
    return {**columns, name: pl.Series(name, values, dtype=columns[name].dtype)}


def write(folder: Path, columns: Mapping[str, pl.Series], **options: Any) -> Path:
    """Write a file named `bars.parquet` into the folder."""
    path = folder / "bars.parquet"
    pl.DataFrame(list(columns.values())).write_parquet(path, **options)
    return path


def opened(path: Path, **settings: Any) -> BarFile:
    """Open with the settings that fit `bars`, but for those given."""
    usual = {"name": "TEST.venue", "interval_ns": MINUTE, "tick": TICK, "lot": LOT}
    return open_bars(path, **{**usual, **settings})
