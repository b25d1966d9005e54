"""What is ours by its columns, and what is a stranger's."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.data.cataloguing import minutes
from tests.data.ticking import depth, quotes, trades
from trader.data.filing import sheet_of, strict_kind
from trader.data.recording import MemoryRows, Recording


def rows(frame: pl.DataFrame) -> MemoryRows:
    return MemoryRows(frame=frame)


@pytest.mark.parametrize(
    ("columns", "kind"), [(quotes(), "quotes"), (trades(), "trades"), (depth(), "depth")]
)
def test_our_own_columns_are_known(columns: dict[str, pl.Series], kind: Any) -> None:
    frame = pl.DataFrame(list(columns.values()))

    assert strict_kind(rows(frame), None) == strict_kind(rows(frame), kind) == kind
    assert strict_kind(rows(frame), "bars") is None


@pytest.mark.parametrize(
    ("column", "made"),
    [
        ("ts_open", pl.col("ts_open") // 1_000),
        ("ts_open", pl.col("ts_open").cast(pl.Datetime("ns"))),
        ("ts_open", pl.col("ts_open").cast(pl.Datetime("ns", "Asia/Tokyo"))),
        ("ts_open", pl.col("ts_open").cast(pl.String)),
        ("close", pl.col("close").cast(pl.String)),
    ],
)
def test_columns_of_other_types_are_a_strangers(column: str, made: pl.Expr) -> None:
    frame = minutes(0, 3)

    assert strict_kind(rows(frame), None) == "bars"
    assert strict_kind(rows(frame.with_columns(made.alias(column))), None) is None
    assert strict_kind(rows(frame.head(0)), None) is None


def test_rows_are_found_by_their_instants() -> None:
    frame = pl.DataFrame(list(trades().values()))
    recording = Recording(path=Path("x"), file=rows(frame), digest="d")
    sheet = sheet_of(recording, "trades", "A.x")
    second = sheet.times[2]

    assert sheet.between(second, second) == (2, 4)
    assert sheet.part(2, 4)["trade_id"].to_list() == [7_002, 7_003]
    assert sheet.present == {"side", "trade_id"}
