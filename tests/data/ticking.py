"""Small files of quotes, trades and depth, written the way a recorder would write them."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

START = 1_600_000_000_000_000_000
SECOND = 1_000_000_000
STEPS: dict[str, Any] = {"name": "TEST.venue", "tick": Decimal("0.01"), "lot": Decimal("0.5")}

Columns = Mapping[str, pl.Series]


def quotes(rows: int = 10) -> dict[str, pl.Series]:
    """A quote a second, one tick wide, each side with sizes of whole lots."""
    return {
        "ts": pl.Series("ts", [START + at * SECOND for at in range(rows)], dtype=pl.Int64),
        "bid": pl.Series("bid", [100 + at / 100 for at in range(rows)], dtype=pl.Float64),
        "bid_size": pl.Series("bid_size", [1.0 + at for at in range(rows)]),
        "ask": pl.Series("ask", [100.01 + at / 100 for at in range(rows)], dtype=pl.Float64),
        "ask_size": pl.Series("ask_size", [2.5] * rows),
    }


def trades(rows: int = 10) -> dict[str, pl.Series]:
    """Two trades a second, by turns of a buyer and of a seller."""
    return {
        "ts": pl.Series("ts", [START + at // 2 * SECOND for at in range(rows)]),
        "price": pl.Series("price", [100 + at / 100 for at in range(rows)]),
        "size": pl.Series("size", [0.5 * at for at in range(rows)]),
        "side": pl.Series("side", [1 - at % 2 * 2 for at in range(rows)], dtype=pl.Int8),
        "trade_id": pl.Series("trade_id", [7_000 + at for at in range(rows)]),
    }


def depth() -> dict[str, pl.Series]:
    """A change of two levels, a snapshot of three at the same instants, a change of one."""
    return {
        "ts": pl.Series("ts", [START] * 5 + [START + SECOND]),
        "ts_recv": pl.Series("ts_recv", [START + 5] * 5 + [START + SECOND + 5]),
        "first_id": pl.Series("first_id", [8, 8, None, None, None, 11], dtype=pl.Int64),
        "last_id": pl.Series("last_id", [10, 10, 9, 9, 9, 12]),
        "prev_id": pl.Series("prev_id", [None] * 6, dtype=pl.Int64),
        "side": pl.Series("side", [1, -1, 1, 1, -1, 1], dtype=pl.Int8),
        "price": pl.Series("price", [99.99, 100.01, 99.99, 99.98, 100.02, 99.97]),
        "size": pl.Series("size", [1.0, 0.0, 2.0, 3.0, 4.0, 0.4]),
        "is_snapshot": pl.Series("is_snapshot", [False, False, True, True, True, False]),
    }


def changed(columns: Columns, name: str, cells: Mapping[int, Any]) -> dict[str, pl.Series]:
    """Return the columns with some cells of one of them replaced."""
    values = columns[name].to_list()
    for row, value in cells.items():
        values[row] = value
    return {**columns, name: pl.Series(name, values, dtype=columns[name].dtype)}


def write(folder: Path, columns: Columns, name: str = "ticks.parquet") -> Path:
    """Write a file into the folder."""
    path = folder / name
    pl.DataFrame(list(columns.values())).write_parquet(path)
    return path
