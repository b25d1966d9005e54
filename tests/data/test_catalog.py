"""Where the catalog has what."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.cataloguing import config, keep, minutes, source
from trader.data.catalog import (
    Series,
    all_series,
    catalog_files,
    catalog_recording,
    catalog_root,
    file_name,
    range_of,
    series_of,
)
from trader.errors import DataError


def test_it_lies_in_the_state_dir(tmp_path: Path) -> None:
    assert catalog_root(config(tmp_path, source())) == tmp_path / "catalog"


@pytest.mark.parametrize("interval", ["1m", "60s"])
def test_a_source_without_a_path_is_a_series(tmp_path: Path, interval: str) -> None:
    """However its interval is written."""
    data = source(interval=interval)
    series = series_of(config(tmp_path, data), data)

    assert series == Series(kind="bars", venue="x", symbol="A", interval="1m")
    assert (series.name, str(series)) == ("A.x", "bars of A.x at 1m")
    assert series.folder(Path("c")) == Path("c/bars/x/A/1m")


def test_a_series_is_read_as_one(tmp_path: Path) -> None:
    data = source()
    whole = config(tmp_path, data)
    paths = keep(tmp_path, minutes(5, 8), minutes(0, 3), interval_ns=60_000_000_000)

    recording = catalog_recording(whole, data)

    assert catalog_files(whole, data) == paths[::-1]
    assert [path.name for path in paths[::-1]] == [
        "20200101T000000-20200101T000200.parquet",
        "20200101T000500-20200101T000700.parquet",
    ]
    assert (recording.path, recording.file.rows) == (paths[0].parent, 6)


def test_files_that_overlap_are_no_series(tmp_path: Path) -> None:
    data = source()
    [path] = keep(tmp_path, minutes(0, 9))
    twin = path.with_name("20200101T000300-20200101T000400.parquet")
    twin.write_bytes(path.read_bytes())

    with pytest.raises(DataError, match=f"it overlaps {path.name}") as caught:
        catalog_recording(config(tmp_path, data), data)

    assert caught.value.where == str(twin)


def test_what_is_not_there_is_told_with_what_is(tmp_path: Path) -> None:
    data = source(interval="5m")
    whole = config(tmp_path, data)

    with pytest.raises(DataError, match=r"the catalog has no bars of A\.x at 5m") as empty:
        catalog_files(whole, data)
    keep(tmp_path, minutes(0, 3))
    with pytest.raises(DataError) as caught:
        catalog_files(whole, data)

    assert "traderd data import" in empty.value.hint
    assert caught.value.hint == "did you mean bars of A.x at 1m?"


def test_every_series_is_listed_in_order(tmp_path: Path) -> None:
    root = tmp_path / "catalog"
    for name in ("trades/x/B/tick", "bars/x/B/1m", "bars/x/A/1d", "bars/a/B/1m"):
        (root / name).mkdir(parents=True)
        (root / name / "20200101T000000-20200101T000000.parquet").touch()
    (root / "bars/x/C/1m").mkdir(parents=True)

    assert [str(each) for each in all_series(root)] == [
        "bars of B.a at 1m",
        "bars of A.x at 1d",
        "bars of B.x at 1m",
        "trades of B.x",
    ]
    assert list(all_series(tmp_path / "nowhere")) == []


@given(st.lists(st.integers(0, 4 * 10**18), min_size=2, max_size=2).map(sorted))
def test_a_name_tells_the_range(instants: list[int]) -> None:
    first, last = instants

    assert range_of(Path(file_name(first, last))) == (first, last)


@given(st.lists(st.integers(0, 4 * 10**18), min_size=2, max_size=9, unique=True).map(sorted))
def test_names_sort_as_their_ranges(instants: list[int]) -> None:
    names = [file_name(at, at) for at in instants]

    assert names == sorted(names)


@pytest.mark.parametrize(
    "name",
    [
        "mine.parquet",
        "20209999T000000-20211399T000000.parquet",
        "20210101T000000-20200101T000000.parquet",
    ],
)
def test_a_name_that_tells_no_range(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="no file of the catalog is named so") as caught:
        range_of(tmp_path / name)

    assert "20200101T000000-20200102T000000.parquet" in caught.value.hint
