"""Rows in the columns of the catalog, and what two files that share rows must agree on.

Every file of a kind has the same columns, those that its source did not have filled with nulls. So
the files of a series can be read as one, unless one of them has a volume and another has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from trader.data.checks import PRICES as BAR_PRICES
from trader.data.defects import Source
from trader.data.depth import IDS, IS_SNAPSHOT
from trader.data.grid import Int64s
from trader.data.order import TS_LIKELY_MIN, TS_OPEN, instants
from trader.data.recording import Recording, Rows
from trader.data.tables.roles import Kind
from trader.data.ticks import TS, TS_RECV, has_received

TIMES: Final = (TS_OPEN, TS, TS_RECV)
COLUMNS: Final[Mapping[Kind, Mapping[str, pl.DataType]]] = MappingProxyType(
    {
        "bars": {
            TS_OPEN: pl.Int64(),
            **dict.fromkeys(BAR_PRICES, pl.Float64()),
            "volume": pl.Float64(),
        },
        "quotes": {
            TS: pl.Int64(),
            **dict.fromkeys(("bid", "bid_size", "ask", "ask_size"), pl.Float64()),
            TS_RECV: pl.Int64(),
        },
        "trades": {
            TS: pl.Int64(),
            **dict.fromkeys(("price", "size"), pl.Float64()),
            "side": pl.Int8(),
            "trade_id": pl.Int64(),
            TS_RECV: pl.Int64(),
        },
        "depth": {
            TS: pl.Int64(),
            TS_RECV: pl.Int64(),
            **dict.fromkeys(IDS, pl.Int64()),
            "side": pl.Int8(),
            **dict.fromkeys(("price", "size"), pl.Float64()),
            IS_SNAPSHOT: pl.Boolean(),
        },
    }
)
OPTIONAL: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {
        "bars": ("volume",),
        "quotes": ("bid_size", "ask_size", TS_RECV),
        "trades": ("side", "trade_id", TS_RECV),
        "depth": (TS_RECV,),
    }
)
_STRICT: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {
        "bars": (TS_OPEN, *BAR_PRICES),
        "depth": (TS, "side", "price", "size", IS_SNAPSHOT),
        "quotes": (TS, "bid", "ask"),
        "trades": (TS, "price", "size"),
    }
)
_NUMBERS: Final = (pl.Float64, pl.Float32, pl.Int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sheet:
    """Rows in the columns of the catalog; `times` are the instants that put them in order."""

    source: Source
    lazy: pl.LazyFrame
    times: Int64s
    clock: str
    present: frozenset[str]

    def part(self, start: int, stop: int) -> pl.DataFrame:
        """The rows [start, stop)."""
        return self.lazy.slice(start, stop - start).collect()

    def between(self, low: int, high: int) -> tuple[int, int]:
        """The rows of instants from `low` to `high`: the first, and the one after the last."""
        start = np.searchsorted(self.times, low)
        return int(start), int(np.searchsorted(self.times, high, side="right"))


def sheet_of(recording: Recording, kind: Kind, name: str) -> Sheet:
    """The rows of a recording that was found to be in order."""
    file = recording.file
    source = recording.source(name, kind)
    clock = TS_OPEN if kind == "bars" else _clock(source, file)
    present = (each for each in OPTIONAL[kind] if each in file.schema)
    return Sheet(
        source=source,
        lazy=file.lazy.select(_column(file.schema, *each) for each in COLUMNS[kind].items()),
        times=_times(source, file, clock),
        clock=clock,
        present=frozenset(each for each in present if file.nulls(each) < file.rows),
    )


def strict_kind(file: Rows, asked: Kind | None) -> Kind | None:
    """The kind whose columns the file has by our own names and types; None for a stranger's."""
    for kind, columns in _STRICT.items():
        if asked in {None, kind} and all(each in file.schema for each in columns):
            time, *numbers = columns
            known = all(_is_known(file.schema[each], each) for each in numbers)
            return kind if known and _is_instant(file, time) else None
    return None


def _is_known(dtype: pl.DataType, column: str) -> bool:
    if column == IS_SNAPSHOT:
        return dtype == pl.Boolean()
    return dtype.is_integer() if column == "side" else dtype in _NUMBERS


def _is_instant(file: Rows, column: str) -> bool:
    dtype = file.schema[column]
    if isinstance(dtype, pl.Datetime):
        return dtype.time_zone == "UTC"
    if dtype != pl.Int64() or not file.rows:
        return False
    first = file.read((column,), 0, 1).item()
    return first is not None and first >= TS_LIKELY_MIN


def _column(schema: pl.Schema, name: str, dtype: pl.DataType) -> pl.Expr:
    """A column of the catalog, from that of the file if it has one that can be it."""
    there = schema.get(name, pl.Null())
    if name in TIMES and isinstance(there, pl.Datetime):
        return pl.col(name).dt.cast_time_unit("ns").cast(pl.Int64)
    if there == pl.String() or there == pl.Null():
        fill = False if name == IS_SNAPSHOT else None
        return pl.lit(fill, dtype).alias(name)
    return pl.col(name).cast(dtype)


def _clock(source: Source, file: Rows) -> str:
    """The instants of reception, if all rows have them and they are in order."""
    if has_received(file):
        received = _times(source, file, TS_RECV)
        if not (np.diff(received) < 0).any():
            return TS_RECV
    return TS


def _times(source: Source, file: Rows, clock: str) -> Int64s:
    return instants(source, file.read((clock,), 0, file.rows)[clock], 0)
