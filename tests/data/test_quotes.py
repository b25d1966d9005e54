"""Quotes: missing sides, unknown sizes, crossed prices, and what is refused."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.data.ticking import STEPS, changed, quotes, write
from trader.data.quotes import QuoteColumns, open_quotes
from trader.errors import DataError
from trader.model.units import NONE


def read(folder: Path, columns: dict[str, pl.Series], **settings: Any) -> QuoteColumns:
    file = open_quotes(write(folder, columns), **{**STEPS, **settings})
    [batch] = file.batches(0, file.rows)
    return batch


def test_quotes_come_as_ticks_and_lots(tmp_path: Path) -> None:
    batch = read(tmp_path, quotes(3))

    assert batch.bid.tolist() == [10_000, 10_001, 10_002]
    assert batch.ask.tolist() == [10_001, 10_002, 10_003]
    assert batch.bid_lots.tolist() == [2, 4, 6]
    assert batch.ask_lots.tolist() == [5, 5, 5]
    assert (batch.rounded, batch.crossed, len(batch)) == (0, 0, 3)


def test_a_side_may_be_missing_and_its_size_with_it(tmp_path: Path) -> None:
    columns = changed(changed(quotes(3), "bid", {0: None}), "ask", {2: None})
    batch = read(tmp_path, columns)

    assert batch.bid.tolist() == [NONE, 10_001, 10_002]
    assert batch.bid_lots.tolist() == [NONE, 4, 6]
    assert batch.ask.tolist() == [10_001, 10_002, NONE]
    assert batch.ask_lots.tolist() == [5, 5, NONE]
    assert batch.crossed == 0


@pytest.mark.parametrize("missing", ["the cell", "all cells", "the column"])
def test_a_size_may_be_unknown(tmp_path: Path, missing: str) -> None:
    columns = changed(
        quotes(2), "bid_size", {0: None} if missing == "the cell" else {0: None, 1: None}
    )
    if missing == "the column":
        del columns["bid_size"]
    batch = read(tmp_path, columns)

    assert batch.bid.tolist() == [10_000, 10_001]
    assert batch.bid_lots.tolist() == [NONE, 4 if missing == "the cell" else NONE]


def test_a_size_below_a_lot_is_none_at_all(tmp_path: Path) -> None:
    """0 lots: there is a price, and no market at it."""
    assert read(tmp_path, changed(quotes(1), "ask_size", {0: 0.4})).ask_lots.tolist() == [0]


def test_crossed_quotes_stay_and_are_counted(tmp_path: Path) -> None:
    """Equal prices are locked, and not crossed."""
    columns = changed(quotes(3), "bid", {0: 100.02, 1: 100.02})
    batch = read(tmp_path, columns)

    assert batch.bid.tolist() == [10_002, 10_002, 10_002]
    assert batch.crossed == 1


def test_prices_between_two_ticks_are_rounded_if_that_is_wanted(tmp_path: Path) -> None:
    columns = changed(changed(quotes(2), "bid", {0: 99.994}), "ask", {0: 100.014})

    with pytest.raises(DataError, match=r"price 99\.994 is off the grid"):
        read(tmp_path, columns)
    batch = read(tmp_path, columns, off_grid="round")

    assert (batch.bid.tolist()[0], batch.ask.tolist()[0], batch.rounded) == (9_999, 10_001, 1)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("bid", 0.0, "price 0.0 is not positive"),
        ("ask", -1.0, "price -1.0 is not positive"),
        ("bid", float("nan"), "nan is not a finite number"),
        ("ask", float("inf"), "inf is not a finite number"),
        ("ask", 1e12, "price 1000000000000.0 is more than 2^40 ticks"),
        ("bid", 0.0001, "price 0.0001 is less than one tick"),
        ("bid_size", -1.0, "bid_size -1.0 is negative"),
        ("ask_size", float("nan"), "nan is not a finite number"),
        ("ask_size", 1e17, "ask_size 1e+17 in lots of 0.5 times 10008 ticks does not fit int64"),
        ("ts", None, "the value is null"),
    ],
)
def test_defect_is_refused_with_its_address(
    tmp_path: Path, column: str, value: float | None, words: str
) -> None:
    settings = {"off_grid": "round"} if "less than" in words else {}

    with pytest.raises(DataError) as caught:
        read(tmp_path, changed(quotes(), column, {7: value}), **settings)

    assert f"quotes of TEST.venue: {words}" in caught.value.message
    assert f"row 7, column {column}" in caught.value.where


@pytest.mark.parametrize(
    ("column", "dtype", "words"),
    [
        ("bid", None, "column bid is missing"),
        ("ts", None, "column ts is missing"),
        ("ask", pl.String, "type String is not a number"),
        ("ask_size", pl.Boolean, "type Boolean is not a number"),
        ("ts", pl.Float64, "type Float64 does not say which instant is meant"),
    ],
)
def test_columns_have_to_be_there_and_of_their_types(
    tmp_path: Path, column: str, dtype: Any, words: str
) -> None:
    columns = quotes()
    if dtype is None:
        del columns[column]
    else:
        columns[column] = columns[column].cast(dtype)

    with pytest.raises(DataError) as caught:
        read(tmp_path, columns)

    assert words in caught.value.message


def test_reception_of_a_wrong_type(tmp_path: Path) -> None:
    columns = {**quotes(), "ts_recv": quotes()["bid"].alias("ts_recv")}

    with pytest.raises(DataError, match="does not say which instant") as caught:
        read(tmp_path, columns, use_received=True)

    assert caught.value.where.endswith("column ts_recv")
