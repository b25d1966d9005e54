"""Rows under a reader, whether in one file, in several or in memory."""

import hashlib
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.data.ticking import STEPS, quotes, write
from trader.data.quotes import open_quotes
from trader.data.recording import MemoryRows, Recording, join, open_recording
from trader.errors import DataError


def parts(folder: Path, *ends: int) -> tuple[pl.DataFrame, list[Path]]:
    """Ten quotes, cut at some rows into files."""
    frame = pl.DataFrame(list(quotes().values()))
    paths = []
    for number, (start, stop) in enumerate(zip((0, *ends), (*ends, 10), strict=True)):
        paths.append(folder / f"{number}.parquet")
        frame.slice(start, stop - start).write_parquet(paths[-1])
    return frame, paths


def test_a_parquet_file_is_a_recording(tmp_path: Path) -> None:
    path = write(tmp_path, quotes())
    recording = open_recording(path)

    assert recording.digest == hashlib.blake2b(path.read_bytes(), digest_size=32).hexdigest()
    assert open_recording(recording) is recording
    source = recording.source("A.x", "quotes")
    assert (source.place(3), source.notes) == ("row 3", ())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ends=st.lists(st.integers(1, 9), unique=True, max_size=4).map(sorted),
    start=st.integers(0, 10),
    count=st.integers(0, 10),
)
def test_files_of_a_folder_are_read_as_one(
    tmp_path: Path, ends: list[int], start: int, count: int
) -> None:
    frame, paths = parts(tmp_path, *ends)
    count = min(count, 10 - start)
    rows = join(tmp_path, paths).file

    assert (rows.rows, rows.schema) == (10, frame.schema)
    assert rows.lazy.collect().equals(frame)
    if count:
        assert rows.read(["ask", "ts"], start, count).equals(
            frame.select("ask", "ts").slice(start, count)
        )


def test_a_row_of_several_files_is_addressed_in_its_own(tmp_path: Path) -> None:
    _, paths = parts(tmp_path, 4, 7)
    source = join(tmp_path, paths).source("A.x", "quotes")

    error = source.defect("wrong", row=5, column="bid")

    assert error.where == f"{paths[1]}, row 1, column bid"
    assert source.place(9) == "row 2"


def test_order_is_kept_across_files(tmp_path: Path) -> None:
    _, paths = parts(tmp_path, 4)

    with pytest.raises(DataError, match="back in time: row 0 is of") as caught:
        open_quotes(join(tmp_path, [paths[1], paths[0]]), **STEPS)

    assert str(paths[0]) in caught.value.where


def test_nulls_are_counted_over_all_files(tmp_path: Path) -> None:
    frame, paths = parts(tmp_path, 4)
    frame.with_columns(bid=pl.lit(None, pl.Float64)).slice(4).write_parquet(paths[1])

    assert join(tmp_path, paths).file.nulls("bid") == 6


def test_a_digest_of_several_is_of_each_in_order(tmp_path: Path) -> None:
    _, paths = parts(tmp_path, 4)

    one = join(tmp_path, paths[:1]).digest
    both, turned = join(tmp_path, paths).digest, join(tmp_path, paths[::-1]).digest

    assert one == open_recording(paths[0]).digest
    assert len({one, both, turned}) == 3


def test_files_of_other_columns_are_no_series(tmp_path: Path) -> None:
    frame, paths = parts(tmp_path, 4)
    frame.drop("bid_size").write_parquet(paths[1])

    with pytest.raises(DataError, match="they differ from those of the first file") as caught:
        join(tmp_path, paths)

    assert caught.value.where == str(paths[1])


def test_rows_in_memory_read_like_those_on_disk(tmp_path: Path) -> None:
    frame = pl.DataFrame(list(quotes().values())).with_columns(bid_size=None)
    rows = MemoryRows(frame=frame)
    recording = Recording(path=tmp_path / "x.csv", file=rows, digest="d", notes=("inferred",))

    file = open_quotes(recording, **STEPS)

    assert (rows.rows, rows.schema, rows.nulls("bid_size")) == (10, frame.schema, 10)
    assert rows.lazy.collect().equals(frame)
    assert file.source.notes == ("inferred",)
    assert [len(batch) for batch in file.batches(2, 9, 4)] == [4, 3]
