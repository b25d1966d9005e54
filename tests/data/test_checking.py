"""What a run would take, and what it would refuse."""

from pathlib import Path

import polars as pl
import pytest

from tests.data.cataloguing import MINUTE, keep, minutes, written
from trader.data.catalog import Series
from trader.data.checking import check_catalog, check_file, check_series
from trader.data.tables.table import Asked

SERIES = Series(kind="bars", venue="x", symbol="A", interval="1m")


def test_a_series_is_read_as_one(tmp_path: Path) -> None:
    keep(tmp_path, minutes(0, 3), minutes(7, 9), interval_ns=MINUTE)

    [checked] = check_catalog(tmp_path / "catalog")

    assert (checked.name, checked.files, checked.refusal) == ("bars of A.x at 1m", 2, None)
    assert checked.examined is not None
    assert checked.examined.rows == 5
    assert checked.examined.facts["missing_bars"] == 4


def test_a_series_that_a_run_would_refuse(tmp_path: Path) -> None:
    """Somebody put a file of their own into the folder."""
    [path] = keep(tmp_path, minutes(0, 3))
    written(path.parent, minutes(1, 5), "20200101T000100-20200101T000400.parquet")

    checked = check_series(tmp_path / "catalog", SERIES)

    assert checked.examined is None
    assert "it overlaps 20200101T000000-20200101T000200.parquet" in str(checked.refusal)
    assert "move one of the two away" in str(checked.refusal)
    assert (checked.files, checked.path) == (2, path.parent)


def test_a_damaged_file_of_the_catalog(tmp_path: Path) -> None:
    [path] = keep(tmp_path, minutes(0, 3))
    path.write_bytes(path.read_bytes()[:-9])

    assert "truncated Parquet file" in str(check_series(tmp_path / "catalog", SERIES).refusal)


@pytest.mark.parametrize("interval", ["hourly", "tick"])
def test_a_folder_of_bars_that_tells_no_interval(tmp_path: Path, interval: str) -> None:
    [path] = keep(tmp_path, minutes(0, 3))
    path.parent.rename(path.parent.with_name(interval))

    [checked] = check_catalog(tmp_path / "catalog")

    assert "no folder of bars is named so" in str(checked.refusal)
    assert f"x/A/{interval}, name it by the length of its bars" in str(checked.refusal)


def test_files_outside_of_the_catalog(tmp_path: Path) -> None:
    good = check_file(written(tmp_path, minutes(0, 9)), Asked())
    frame = minutes(0, 9).with_columns(low=pl.lit(0.0))
    bad = check_file(written(tmp_path, frame, "bad.parquet"), Asked())

    assert (good.name, good.refusal) == ("bars of in.parquet", None)
    assert [finding.what for finding in good.findings] == ["kind", "interval", "tick", "lot"]
    assert (bad.name, bad.examined) == ("bad.parquet", None)
    assert "price 0.0 is not positive" in str(bad.refusal)


def test_bars_without_a_rhythm_need_an_interval(tmp_path: Path) -> None:
    path = written(tmp_path, minutes(0, 1))

    assert "a single bar shows no interval" in str(check_file(path, Asked()).refusal)
    assert check_file(path, Asked(interval_ns=MINUTE)).refusal is None
