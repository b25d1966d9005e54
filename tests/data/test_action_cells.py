"""Files of actions before anybody reads their meaning: CSV and Parquet, whole and broken."""

import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.data.acting import DIVIDEND, HALT, RESUME, SPLIT, csv, opened
from trader.config.notation import instant
from trader.data.action_cells import read_cells
from trader.errors import DataError

COLUMNS: dict[str, Any] = {
    "ex_date": pl.Series([date(2014, 6, 9), None, None, date(2014, 8, 7)]),
    "ts": pl.Series([None, "2014-06-09T15:00:00Z", "2014-06-09T16:00:00Z", None]),
    "action": pl.Series(["split", "halt", "resume", "dividend"]),
    "numerator": pl.Series([7, None, None, None]),
    "denominator": pl.Series([1, None, None, None]),
    "amount": pl.Series([None, None, None, 0.47]),
}


def parquet(folder: Path, **columns: pl.Series) -> Path:
    path = folder / "actions.parquet"
    pl.DataFrame({**COLUMNS, **columns}).write_parquet(path)
    return path


def test_both_kinds_of_file_say_the_same(tmp_path: Path) -> None:
    text = opened(csv(tmp_path, SPLIT, HALT, RESUME, DIVIDEND), market="XNYS")
    columns = opened(parquet(tmp_path), market="XNYS")

    assert columns.messages == text.messages
    assert columns.ts.tolist() == text.ts.tolist()


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("ex_date", pl.Series(["2014-06-09", None, None, "2014-08-07"])),
        ("numerator", pl.Series([7.0, None, None, None])),
        ("denominator", pl.Series(["1", None, None, None])),
        ("amount", pl.Series([None, None, None, Decimal("0.470")])),
        ("amount", pl.Series([None, None, None, "0.47"])),
        ("action", COLUMNS["action"].cast(pl.Categorical)),
        ("note", pl.Series(["whatever", None, None, None])),
    ],
)
def test_a_column_of_parquet_may_have_the_type_its_vendor_gave_it(
    tmp_path: Path, column: str, values: pl.Series
) -> None:
    file = opened(parquet(tmp_path, **{column: values}))

    assert file.messages == opened(csv(tmp_path, SPLIT, HALT, RESUME, DIVIDEND)).messages


@pytest.mark.parametrize("unit", ["ns", "us", "ms"])
def test_times_of_parquet_are_counts_or_datetimes_in_utc(tmp_path: Path, unit: Any) -> None:
    counts = [None, instant("2014-06-09T15:00:00Z"), instant("2014-06-09T16:00:00Z"), None]
    times = pl.Series("ts", counts, dtype=pl.Int64)
    typed = times.cast(pl.Datetime("ns", "UTC")).dt.cast_time_unit(unit)

    for ts in (times, typed):
        assert opened(parquet(tmp_path, ts=ts)).ts.tolist()[1:3] == counts[1:3]


@pytest.mark.parametrize(
    ("column", "values", "says"),
    [
        ("ts", pl.Series([1.0, 2.0, 3.0, 4.0]), "type Float64 does not say which instant"),
        ("ts", pl.Series([None] * 4, dtype=pl.Datetime("ns")), "does not say which instant"),
        ("ex_date", pl.Series([None] * 4, dtype=pl.Datetime("ns")), "means nothing here"),
        ("numerator", pl.Series([True, None, None, None]), "type Boolean means nothing here"),
        ("amount", pl.Series([None, None, None, [0.47]]), "means nothing here"),
        ("amount", pl.Series([None, None, None, float("nan")]), "got 'nan'"),
        ("numerator", pl.Series([float("inf"), None, None, None]), "got 'inf'"),
    ],
)
def test_a_column_of_another_type_is_refused(
    tmp_path: Path, column: str, values: pl.Series, says: str
) -> None:
    with pytest.raises(DataError, match=says) as caught:
        opened(parquet(tmp_path, **{column: values}))

    assert f"column {column}" in caught.value.where


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("ex_date,numerator,denominator", "column action is missing"),
        ("date,action,numerator,denominator", "one of the columns ex_date and ts is needed"),
        ("ex_date,action,action", "column action is there twice"),
        ("", "the file holds nothing but blanks"),
    ],
)
def test_a_file_without_its_columns_is_refused(tmp_path: Path, head: str, says: str) -> None:
    with pytest.raises(DataError, match=says) as caught:
        opened(csv(tmp_path, head=head))

    assert caught.value.where == str(tmp_path / "actions.csv")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"ex_date,action,numerator\n2014-06-09,split\n", "2 cells, and 3 columns"),
        (b"ex_date,action\n2014-06-09,split,7\n", "3 cells, and 2 columns"),
        (b'ex_date,action\n2014-06-09,"split\n', "not a CSV file: unexpected end of data"),
        (b"ex_date,action\n2014-06-09,spl\xefit\n", "line 2 is not UTF-8: byte 0xef"),
        (b"PAR1\x15\x04\xff\xfe", "no text of columns, but a Parquet file"),
        (b"\xff\xfee\x00x\x00", "no text of columns, but UTF-16 text"),
        (b"ex_date;action;amount\n2014-06-09;dividend;1,234\n", "may have a decimal comma"),
        (b"", "the file is empty"),
    ],
)
def test_a_broken_text_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "actions.csv"
    path.write_bytes(content)

    with pytest.raises(DataError, match=says) as caught:
        opened(path)

    assert str(path) in caught.value.where


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"actions.{suffix}"

    with pytest.raises(DataError, match="no such file") as caught:
        opened(path)

    assert caught.value.where == str(path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "actions.csv"
    folder.mkdir()

    with pytest.raises(DataError, match="cannot read the file"):
        opened(folder)


COMMAS = b"""ex_date,ts,action,numerator,denominator,amount,note
2014-06-09,,split,7,1,,a
2014-08-07,,dividend,,,0.47,b
"""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("commas.csv", COMMAS),
        ("marked.csv", b"\xef\xbb\xbf" + COMMAS),
        ("mac.csv", COMMAS.replace(b"\n", b"\r")),
        ("tabs.tsv", COMMAS.replace(b",", b"\t")),
        ("bars.txt", COMMAS.replace(b",", b" | ")),
        ("semicolons.csv", COMMAS.replace(b",", b";").replace(b"0.47", b"0,47")),
        ("quoted.csv", COMMAS.replace(b"0.47", b'"0,47"').replace(b",a\n", b',"a, b"\n')),
        ("packed.csv.gz", gzip.compress(COMMAS)),
        ("words.csv", COMMAS.replace(b"split", b" Split ").replace(b"dividend", b"DIVIDEND")),
        ("header.csv", COMMAS.replace(b"ex_date,ts,action", b"Ex-Date,TS,Action")),
        ("nothing.csv", COMMAS.replace(b",,", b",-,").replace(b",,", b",N/A,")),
        ("titles.csv", b"# actions of A, by hand\n\n" + COMMAS),
    ],
)
def test_every_dialect_of_prices_is_one_of_actions(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    assert opened(path).messages == opened(csv(tmp_path, SPLIT, DIVIDEND)).messages


def test_empty_lines_blanks_and_a_byte_order_mark_mean_nothing(tmp_path: Path) -> None:
    """But lines are counted as an editor counts them."""
    path = tmp_path / "actions.csv"
    path.write_bytes(
        b"\xef\xbb\xbfex_date, action ,amount\r\n\r\n 2014-06-09 ,dividend, 1\r\n,,\r\n"
    )
    cells = read_cells(path, "A.v")

    [row] = cells.rows
    assert (row["ex_date"], row["action"], row["amount"], row["ts"]) == (
        "2014-06-09",
        "dividend",
        "1",
        "",
    )
    assert cells.source.place(0) == "line 3"
