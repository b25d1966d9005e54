"""Trades: empty ones, unknown sides, ids of the venue and of ours, and what is refused."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.data.ticking import STEPS, changed, trades, write
from trader.data.trades import TradeColumns, open_trades
from trader.errors import DataError


def read(folder: Path, columns: dict[str, pl.Series], **settings: Any) -> TradeColumns:
    file = open_trades(write(folder, columns), **{**STEPS, **settings})
    [batch] = file.batches(0, file.rows)
    return batch


def test_trades_come_as_ticks_and_lots(tmp_path: Path) -> None:
    batch = read(tmp_path, trades(4))

    assert batch.ticks.tolist() == [10_000, 10_001, 10_002, 10_003]
    assert batch.lots.tolist() == [0, 1, 2, 3]
    assert batch.side.tolist() == [1, -1, 1, -1]
    assert batch.trade_id.tolist() == [7_000, 7_001, 7_002, 7_003]
    assert (batch.rounded, batch.empty, len(batch)) == (0, 1, 4)


@pytest.mark.parametrize("missing", ["the column", "all cells"])
def test_sides_may_be_unknown(tmp_path: Path, missing: str) -> None:
    columns = trades(2)
    if missing == "the column":
        del columns["side"]
    else:
        columns["side"] = pl.Series("side", [None, None])

    assert read(tmp_path, columns).side.tolist() == [0, 0]


@pytest.mark.parametrize(
    "ids", [None, pl.Series("trade_id", ["a", "b", "c"]), pl.Series("trade_id", [None] * 3)]
)
def test_without_numbers_of_the_venue_the_row_is_the_number(
    tmp_path: Path, ids: pl.Series | None
) -> None:
    """Also in the second batch."""
    columns = trades(3)
    del columns["trade_id"]
    file = open_trades(
        write(tmp_path, columns if ids is None else {**columns, "trade_id": ids}), **STEPS
    )

    assert [each.trade_id.tolist() for each in file.batches(0, 3, 2)] == [[0, 1], [2]]


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("price", None, "the value is null"),
        ("size", None, "the value is null"),
        ("size", -0.5, "size -0.5 is negative"),
        ("side", 2, "side 2 is none of -1, 0, 1"),
        ("side", None, "the value is null"),
        ("trade_id", None, "the value is null"),
    ],
)
def test_defect_is_refused_with_its_address(
    tmp_path: Path, column: str, value: float | None, words: str
) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, changed(trades(), column, {7: value}))

    assert f"trades of TEST.venue: {words}" in caught.value.message
    assert f"row 7, column {column}" in caught.value.where


def test_an_id_beyond_int64_is_refused(tmp_path: Path) -> None:
    columns = trades(2)
    columns["trade_id"] = pl.Series("trade_id", [1, 2**63], dtype=pl.UInt64)

    with pytest.raises(DataError, match="9223372036854775808 does not fit int64"):
        read(tmp_path, columns)


def test_a_side_is_a_number(tmp_path: Path) -> None:
    columns = {**trades(2), "side": pl.Series("side", ["buy", "sell"])}

    with pytest.raises(DataError, match="type String is no side") as caught:
        read(tmp_path, columns)

    assert "-1 for sellers" in caught.value.hint
