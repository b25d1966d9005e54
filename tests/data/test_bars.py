"""Reading: the right numbers, lazily, and windows to the row."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.making import MINUTE, START, bars, changed, opened, write
from trader.data.bars import BATCH_ROWS, WALK_ROWS, BarColumns, BarFile
from trader.errors import DataError

ROWS = 300_000
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
COLUMNS = ("ts_open", "ts_close", "open", "high", "low", "close", "lots")


def gapped(rows: int) -> dict[str, pl.Series]:
    """Bars with a hole of one to three bars after every fifth or so."""
    columns = bars(rows)
    count = np.arange(rows)
    holes = np.cumsum((count * 7_919 % 5 == 0) * (1 + count % 3))
    return {**columns, "ts_open": pl.Series("ts_open", START + MINUTE * (count + holes))}


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> BarFile:
    """A file of several batches, whose order is walked in two pieces."""
    return opened(write(tmp_path_factory.mktemp("long"), gapped(ROWS), row_group_size=50_000))


@pytest.fixture(scope="module")
def opens(long: BarFile) -> list[int]:
    """When each of its bars opens."""
    return pl.read_parquet(long.source.path)["ts_open"].to_list()


def joined(batches: list[BarColumns], column: str) -> list[int]:
    return [value for batch in batches for value in getattr(batch, column).tolist()]


def test_bars_come_as_ticks_and_lots(tmp_path: Path) -> None:
    """A bar closes one interval after it opened."""
    path = write(tmp_path, bars(3))
    file = opened(path)

    [batch] = file.batches(0, 3)

    assert (file.rows, file.columns) == (3, tuple(bars()))
    assert file.digest == hashlib.blake2b(path.read_bytes(), digest_size=32).hexdigest()
    assert batch.ts_open.tolist() == [START, START + MINUTE, START + 2 * MINUTE]
    assert batch.ts_close.tolist() == [START + MINUTE, START + 2 * MINUTE, START + 3 * MINUTE]
    assert batch.open.tolist() == [10_002, 10_009, 10_016]
    assert batch.high.tolist() == [10_009, 10_016, 10_023]
    assert batch.low.tolist() == [9_996, 10_003, 10_010]
    assert batch.close.tolist() == [10_005, 10_012, 10_019]
    assert batch.lots.tolist() == [0, 1, 2]
    assert (batch.rounded, len(batch)) == (0, 3)


@pytest.mark.parametrize("without_volume", [False, True])
def test_columns_are_contiguous_writable_int64(tmp_path: Path, *, without_volume: bool) -> None:
    """A compiled gear takes them as they are."""
    columns = bars()
    if without_volume:
        del columns["volume"]
    file = opened(write(tmp_path, columns))

    [batch] = file.batches(2, 9)

    for name in COLUMNS:
        column = getattr(batch, name)
        assert (column.dtype, column.shape) == (np.int64, (7,))
        assert column.flags.c_contiguous
        assert column.flags.writeable


@pytest.mark.parametrize("dtype", [pl.Float32, pl.Int64])
def test_numbers_of_other_types_are_taken(tmp_path: Path, dtype: Any) -> None:
    """As long as the price is on the grid as a float64."""
    columns = bars()
    for name in ("open", "high", "low", "close", "volume"):
        columns[name] = pl.Series(name, [100 + row for row in range(10)], dtype=dtype)

    [batch] = opened(write(tmp_path, columns)).batches(0, 10)

    assert batch.close.tolist() == [10_000 + 100 * row for row in range(10)]
    assert batch.lots.tolist() == [200 + 2 * row for row in range(10)]


def test_other_columns_are_ignored(tmp_path: Path) -> None:
    """Even those that hold nonsense, and wherever they stand."""
    columns = {"note": pl.Series("note", [None, "x"] * 5), **bars()}
    columns["adj_close"] = pl.Series("adj_close", [float("nan")] * 10)
    file = opened(write(tmp_path, columns))

    [batch] = file.batches(0, 10)

    assert file.columns == ("note", *bars(), "adj_close")
    assert batch.close.tolist()[:2] == [10_005, 10_012]


@pytest.mark.parametrize("dtype", [pl.Float64, pl.Float32, pl.Int64, pl.Null])
def test_wholly_null_volume_is_none_at_all(tmp_path: Path, dtype: Any) -> None:
    """The source has none: 0 lots in every bar."""
    columns = {**bars(), "volume": pl.Series("volume", [None] * 10, dtype=dtype)}
    file = opened(write(tmp_path, columns))

    assert [batch.lots.tolist() for batch in file.batches(0, 10, 5)] == [[0] * 5, [0] * 5]


@pytest.mark.parametrize("batch_rows", [5, 100])
def test_single_volume_among_nulls_makes_them_defects(tmp_path: Path, batch_rows: int) -> None:
    """Also in a batch in which all are null."""
    columns = changed(bars(), "volume", dict.fromkeys(range(9)))
    file = opened(write(tmp_path, columns))

    with pytest.raises(DataError, match="the value is null") as caught:
        next(file.batches(0, 10, batch_rows))

    assert "row 0, column volume" in caught.value.where


def test_long_file_is_read_in_batches(long: BarFile, opens: list[int]) -> None:
    """All rows, each once, in order, whatever the size of a batch."""
    usual = list(long.batches(0, ROWS))
    odd = list(long.batches(0, ROWS, 70_001))

    assert [len(batch) for batch in usual] == [BATCH_ROWS] * 4 + [ROWS - 4 * BATCH_ROWS]
    assert joined(usual, "ts_open") == opens
    for column in COLUMNS:
        assert joined(usual, column) == joined(odd, column)


def test_nothing_is_decoded_before_it_is_asked_for(tmp_path: Path) -> None:
    """A wrong price in the last row stays unseen until its batch."""
    file = opened(write(tmp_path, changed(bars(1_000), "close", {999: -1.0})))
    batches = file.batches(0, 1_000, 300)

    assert [len(next(batches)) for _ in range(3)] == [300] * 3
    with pytest.raises(DataError, match="row 999"):
        next(batches)


def test_damaged_page_shows_when_its_rows_are_read(tmp_path: Path) -> None:
    """And its error names them; the rows before it are good."""
    columns = bars(1_000)
    del columns["volume"]
    path = write(tmp_path, columns, row_group_size=250, compression="zstd")
    before, magic, after = path.read_bytes().rpartition(ZSTD_MAGIC)
    path.write_bytes(before + bytes(len(magic)) + after)  # the last page of the closes
    batches = opened(path).batches(0, 1_000, 250)

    assert [len(next(batches)) for _ in range(3)] == [250] * 3
    with pytest.raises(DataError, match="damaged Parquet file") as caught:
        next(batches)

    assert caught.value.where == f"{path}, rows 750 to 999"


def test_empty_range_of_rows_has_no_batch(long: BarFile) -> None:
    """Not an empty one."""
    assert list(long.batches(17, 17)) == []


@given(
    ts_from=st.none() | st.integers(-5, 2 * ROWS).map(lambda minute: START + minute * MINUTE),
    ts_to=st.none() | st.integers(-5, 2 * ROWS).map(lambda minute: START + minute * MINUTE),
    shift=st.sampled_from([-1, 0, 1]),
    warmup_rows=st.sampled_from([0, 1, 100, WALK_ROWS, 10**9]),
)
def test_window_is_the_rows_that_open_in_the_range(
    long: BarFile,
    opens: list[int],
    ts_from: int | None,
    ts_to: int | None,
    shift: int,
    warmup_rows: int,
) -> None:
    """Compared with looking at every row."""
    since = None if ts_from is None else ts_from + shift
    until = None if ts_to is None else ts_to + shift
    times = np.array(opens)
    inside = np.flatnonzero(
        (times >= (START if since is None else since))
        & (times < (times[-1] + 1 if until is None else until))
    )

    if inside.size == 0:
        with pytest.raises(DataError, match="no bar opens from"):
            long.window(since, until, warmup_rows)
        return
    first, stop = long.window(since, until, warmup_rows)
    assert (first, stop) == (max(0, inside[0] - warmup_rows), inside[-1] + 1)


@pytest.mark.parametrize("row", [0, 1, WALK_ROWS - 1, WALK_ROWS, WALK_ROWS + 1, ROWS - 1])
def test_window_begins_and_ends_at_the_bar(long: BarFile, opens: list[int], row: int) -> None:
    """`from` is in, `to` is out, on both sides of a border between two pieces."""
    assert long.window(opens[row], None, 0) == (row, ROWS)
    assert long.window(opens[row] - 1, None, 0) == (row, ROWS)
    assert long.window(None, opens[row] + 1, 0) == (0, row + 1)
    assert long.window(opens[row], opens[row] + 1, 3) == (max(0, row - 3), row + 1)


def test_empty_window_says_what_the_file_covers(tmp_path: Path) -> None:
    """In words a person compares with the configuration."""
    path = write(tmp_path, bars())
    file = opened(path)
    later = START + 86_400_000_000_000

    with pytest.raises(DataError) as caught:
        file.window(later, later + MINUTE, 5)

    assert caught.value.message == (
        "bars of TEST.venue: no bar opens from 2020-01-02T00:00:00Z to 2020-01-02T00:01:00Z"
    )
    assert caught.value.where == str(path)
    assert caught.value.hint == "its bars open from 2020-01-01T00:00:00Z to 2020-01-01T00:09:00Z"
    with pytest.raises(DataError, match="from the beginning to 2020-01-01T00:00:00"):
        file.window(None, START, 0)
    with pytest.raises(DataError, match="from 2020-01-02T00:00:00Z to the end"):
        file.window(later, None, 100)


def test_single_bar_is_a_file(tmp_path: Path) -> None:
    """The smallest one."""
    file = opened(write(tmp_path, bars(1)))

    assert (file.rows, file.ts_first, file.ts_last) == (1, START, START)
    assert file.window(None, None, 100) == (0, 1)


def test_file_without_rows_is_refused(tmp_path: Path) -> None:
    """Columns alone are nothing to trade on."""
    with pytest.raises(DataError, match="no rows"):
        opened(write(tmp_path, bars(0)))
