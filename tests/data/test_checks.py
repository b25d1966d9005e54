"""Prices and volumes: every defect with its address, on whichever side of a batch's border."""

import math
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.data.making import bars, changed, opened, write
from trader.data.bars import BarFile
from trader.errors import DataError

# (column, value, what the message says); the bar at row 7 is 100.51 100.58 100.45 100.54
DEFECTS = [
    ("open", None, "the value is null"),
    ("high", math.nan, "nan is not a finite number"),
    ("low", math.inf, "inf is not a finite number"),
    ("close", -math.inf, "-inf is not a finite number"),
    ("open", 0.0, "price 0.0 is not positive"),
    ("low", -0.01, "price -0.01 is not positive"),
    ("close", 100.503, "price 100.503 is off the grid of tick 0.01"),
    ("close", 1e-10, "price 1e-10 is less than one tick of 0.01"),
    ("high", 1e11, "price 100000000000.0 is more than 2^40 ticks of 0.01"),
    ("high", 1e308, "price 1e+308 is more than 2^40 ticks of 0.01"),
    ("high", 100.44, "high 100.44 is below low 100.45"),
    ("high", 100.5, "high 100.5 is below open 100.51"),
    ("high", 100.52, "high 100.52 is below close 100.54"),
    ("low", 100.53, "low 100.53 is above open 100.51"),
    ("volume", None, "the value is null"),
    ("volume", math.nan, "nan is not a finite number"),
    ("volume", math.inf, "inf is not a finite number"),
    ("volume", -1.0, "volume -1.0 is negative"),
    ("volume", 1e15, "volume 1000000000000000.0 in lots of 0.5 times 10058 ticks does not fit"),
    ("volume", 1e300, "volume 1e+300 in lots of 0.5 times 10058 ticks does not fit int64"),
]


def read(file: BarFile, rows: int) -> None:
    """Read the whole file."""
    for _ in file.batches(0, file.rows, rows):
        pass


@pytest.mark.parametrize("batch_rows", [1, 4, 7, 8, 100])
@pytest.mark.parametrize(("column", "value", "words"), DEFECTS)
def test_defect_is_refused_with_its_address(
    tmp_path: Path, column: str, value: float | None, words: str, batch_rows: int
) -> None:
    """Row 7 is the last of a batch, the first, in the middle or alone: the address is the same."""
    path = write(tmp_path, changed(bars(), column, {7: value}))
    file = opened(path)

    with pytest.raises(DataError) as caught:
        read(file, batch_rows)

    assert f"bars of TEST.venue: {words}" in caught.value.message
    assert caught.value.where == f"{path}, row 7, column {column}"


def test_low_above_the_close_alone(tmp_path: Path) -> None:
    """The one relation that the bar of the table cannot break alone."""
    columns = changed(bars(), "low", {7: 100.5})
    path = write(tmp_path, changed(columns, "close", {7: 100.48}))

    with pytest.raises(DataError, match=r"low 100\.5 is above close 100\.48") as caught:
        read(opened(path), 100)

    assert caught.value.where == f"{path}, row 7, column low"


def test_first_row_of_several_is_named(tmp_path: Path) -> None:
    """A person repairs a file from the top."""
    path = write(tmp_path, changed(bars(), "close", {5: -1.0, 2: -3.0, 8: -4.0}))

    with pytest.raises(DataError, match=r"price -3\.0 is not positive") as caught:
        read(opened(path), 100)

    assert "row 2," in caught.value.where


@pytest.mark.parametrize("column", ["ts_open", "open", "high", "low", "close"])
def test_missing_column_is_named_beside_those_there_are(tmp_path: Path, column: str) -> None:
    """Volume alone may be missing."""
    columns = {f"my_{name}" if name == column else name: each for name, each in bars().items()}
    renamed = {name: each.rename(name) for name, each in columns.items()}

    with pytest.raises(DataError) as caught:
        opened(write(tmp_path, renamed))

    assert f"column {column} is missing" in caught.value.message
    assert f"my_{column}" in caught.value.hint


@pytest.mark.parametrize("column", ["open", "high", "low", "close", "volume"])
@pytest.mark.parametrize(
    ("dtype", "name"),
    [
        (pl.String, "String"),
        (pl.Boolean, "Boolean"),
        (pl.Int32, "Int32"),
        (pl.UInt64, "UInt64"),
        (pl.Decimal(18, 2), "Decimal(precision=18, scale=2)"),
        (pl.Date, "Date"),
        (pl.List(pl.Float64), "List(Float64)"),
    ],
)
def test_number_of_another_type_is_refused_by_name(
    tmp_path: Path, column: str, dtype: Any, name: str
) -> None:
    """Nothing is parsed or guessed."""
    columns = bars()
    columns[column] = pl.Series(column, [None] * 10, dtype=dtype)
    path = write(tmp_path, columns)

    with pytest.raises(DataError) as caught:
        opened(path)

    assert f"type {name} is not a number" in caught.value.message
    assert caught.value.where == f"{path}, column {column}"


def test_price_column_without_a_type_is_refused(tmp_path: Path) -> None:
    """A wholly null price is not the same as a wholly null volume."""
    columns = bars()
    columns["close"] = pl.Series("close", [None] * 10, dtype=pl.Null)

    with pytest.raises(DataError, match="type Null is not a number"):
        opened(write(tmp_path, columns))


@pytest.mark.parametrize("column", ["open", "high", "low", "close"])
def test_wholly_null_price_is_refused(tmp_path: Path, column: str) -> None:
    """At its first row."""
    columns: Mapping[str, pl.Series] = {
        **bars(),
        column: pl.Series(column, [None] * 10, dtype=pl.Float64),
    }

    with pytest.raises(DataError, match="the value is null") as caught:
        read(opened(write(tmp_path, columns)), 3)

    assert f"row 0, column {column}" in caught.value.where


def test_prices_that_differ_by_noise_are_the_same_price(tmp_path: Path) -> None:
    """A high one ulp below the close is the close."""
    path = write(tmp_path, changed(bars(), "high", {7: math.nextafter(100.54, 0.0)}))

    [batch] = opened(path).batches(7, 8)

    assert batch.high.tolist() == batch.close.tolist() == [10_054]


def test_rounding_on_request_is_counted_by_row(tmp_path: Path) -> None:
    """Two prices off grid in one bar are one rounded bar."""
    columns = changed(bars(), "close", {7: 100.543})
    columns = changed(columns, "open", {7: 100.5051})

    file = opened(write(tmp_path, columns), off_grid="round")

    batches = list(file.batches(0, file.rows, 4))
    assert [each.rounded for each in batches] == [0, 1, 0]
    assert batches[1].open.tolist()[3] == 10_051
    assert batches[1].close.tolist()[3] == 10_054


@pytest.mark.parametrize("column", ["open", "high", "low", "close"])
def test_rounding_of_any_price_counts(tmp_path: Path, column: str) -> None:
    """Each of the four alone."""
    columns = bars()
    price = columns[column][7]

    file = opened(write(tmp_path, changed(columns, column, {7: price + 0.001})), off_grid="round")

    assert [each.rounded for each in file.batches(0, file.rows)] == [1]


@pytest.mark.parametrize("value", [math.nan, 0.0, 0.004, 1e11])
def test_rounding_does_not_excuse_other_defects(tmp_path: Path, value: float) -> None:
    """Least of all a price that would become zero ticks."""
    file = opened(write(tmp_path, changed(bars(), "low", {7: value})), off_grid="round")

    with pytest.raises(DataError, match=r"finite|positive|less than one tick|2\^40"):
        read(file, 100)


@pytest.mark.parametrize(
    ("volume", "lots"),
    [(0.0, 0), (-0.0, 0), (0.49, 0), (0.5, 1), (0.99, 1), (1e9, 2 * 10**9), (0.4999999, 1)],
)
def test_volume_goes_down_to_whole_lots(tmp_path: Path, volume: float, lots: int) -> None:
    """Except for noise just below a lot."""
    path = write(tmp_path, changed(bars(), "volume", {7: volume}))

    [batch] = opened(path).batches(7, 8)

    assert batch.lots.tolist() == [lots]


def test_largest_product_of_ticks_and_lots(tmp_path: Path) -> None:
    """The bound is exact: the last lot that fits is taken, the next is refused."""
    columns = changed(bars(), "high", {7: 2.0**30})
    fits = changed(columns, "volume", {7: 2.0**33 - 1})
    too_many = changed(columns, "volume", {7: 2.0**33})
    whole = {"tick": Decimal(1), "lot": Decimal(1), "off_grid": "round"}

    [batch] = opened(write(tmp_path, fits), **whole).batches(7, 8)
    assert int(batch.high[0]) * int(batch.lots[0]) == 2**63 - 2**30

    with pytest.raises(DataError, match="does not fit int64"):
        read(opened(write(tmp_path, too_many), **whole), 100)


def test_largest_price_in_ticks(tmp_path: Path) -> None:
    """2^40 ticks are taken, one more is refused."""
    columns = changed(bars(), "high", {7: 2**40 / 100})
    [batch] = opened(write(tmp_path, columns)).batches(7, 8)
    assert batch.high.tolist() == [2**40]

    beyond = write(tmp_path, changed(columns, "high", {7: (2**40 + 1) / 100}))
    with pytest.raises(DataError, match=r"more than 2\^40 ticks"):
        read(opened(beyond), 100)
