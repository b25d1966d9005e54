"""Times: what is refused, and that no border hides it."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.data.making import MINUTE, START, bars, changed, opened, write
from trader.data.bars import WALK_ROWS
from trader.errors import DataError

BORDER = WALK_ROWS


@pytest.fixture(scope="module")
def long() -> dict[str, pl.Series]:
    """Bars that need two pieces for their order to be checked."""
    return bars(BORDER + 10)


@pytest.mark.parametrize("row", [1, 2, BORDER - 1, BORDER, BORDER + 1, BORDER + 9])
@pytest.mark.parametrize(
    ("step", "message"),
    [
        (0, "duplicate time"),
        (-1, "unsorted"),
        (-MINUTE, "unsorted"),
        (1, "overlapping bars"),
        (MINUTE - 1, "overlapping bars"),
    ],
)
def test_disorder_is_found_wherever_it_is(
    tmp_path: Path, long: dict[str, pl.Series], row: int, step: int, message: str
) -> None:
    """At the beginning, at the end and on both sides of a border between two pieces."""
    before = START + (row - 1) * MINUTE
    path = write(tmp_path, changed(long, "ts_open", {row: before + step}))

    with pytest.raises(DataError) as caught:
        opened(path)

    assert message in caught.value.message
    assert f"row {row} opens at" in caught.value.message
    assert f"row {row - 1} (" in caught.value.message
    assert str(before + step) in caught.value.message
    assert caught.value.where == f"{path}, row {row}, column ts_open"


def test_bars_closer_than_the_interval_name_it(tmp_path: Path) -> None:
    """One-minute bars configured as five-minute bars."""
    path = write(tmp_path, bars())

    with pytest.raises(DataError) as caught:
        opened(path, interval_ns=5 * MINUTE)

    assert caught.value.message == (
        "bars of TEST.venue: overlapping bars: row 1 opens at 2020-01-01T00:01:00Z "
        "(1577836860000000000), 60000000000 ns after row 0 (2020-01-01T00:00:00Z); "
        "the configured interval is 300 s (300000000000 ns)"
    )
    assert "correct the interval" in caught.value.hint


def test_bars_with_holes_between_them_are_in_order(tmp_path: Path) -> None:
    """A market closes; an interval is the least distance and not the only one."""
    file = opened(write(tmp_path, bars()), interval_ns=1_000_000_000)

    [batch] = file.batches(0, file.rows)

    assert set(batch.ts_close - batch.ts_open) == {1_000_000_000}


@pytest.mark.parametrize("per_second", [1, 1_000, 1_000_000])
def test_times_in_another_unit_are_explained(tmp_path: Path, per_second: int) -> None:
    """Seconds, milliseconds and microseconds as plain integers."""
    columns = bars()
    columns["ts_open"] = columns["ts_open"] // (1_000_000_000 // per_second)

    with pytest.raises(DataError, match="overlapping") as caught:
        opened(write(tmp_path, columns))

    assert caught.value.hint.startswith("ts_open counts nanoseconds since 1970: ")
    assert "is 1970-01-" in caught.value.hint


@pytest.mark.parametrize("unit", ["ns", "us", "ms"])
def test_times_of_a_datetime_in_utc_become_nanoseconds(tmp_path: Path, unit: Any) -> None:
    """Whatever its unit."""
    columns = bars()
    plain = columns["ts_open"].to_list()
    columns["ts_open"] = columns["ts_open"].cast(pl.Datetime("ns", "UTC")).dt.cast_time_unit(unit)
    file = opened(write(tmp_path, columns))

    [batch] = file.batches(0, file.rows)

    assert batch.ts_open.tolist() == plain
    assert file.window(plain[3], plain[5], 0) == (3, 5)


@pytest.mark.parametrize(
    ("dtype", "name"),
    [
        (pl.Datetime("ns"), "Datetime(time_unit='ns', time_zone=None)"),
        (pl.Datetime("ns", "America/New_York"), "Datetime(time_unit='ns', "),
        (pl.Float64, "Float64"),
        (pl.UInt64, "UInt64"),
        (pl.Int32, "Int32"),
        (pl.String, "String"),
        (pl.Date, "Date"),
    ],
)
def test_time_of_another_type_is_refused_by_name(tmp_path: Path, dtype: Any, name: str) -> None:
    """A time without a zone could mean any instant."""
    columns = bars()
    columns["ts_open"] = pl.Series("ts_open", range(10)).cast(dtype)
    path = write(tmp_path, columns)

    with pytest.raises(DataError) as caught:
        opened(path)

    assert f"type {name}" in caught.value.message
    assert caught.value.where == f"{path}, column ts_open"
    assert "Int64 nanoseconds" in caught.value.hint


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (2**62 + 1, f"{2**62 + 1} ns since 1970 is outside"),
        (-(2**63), f"{-(2**63)} ns since 1970 is outside"),
        (None, "the value is null"),
    ],
)
def test_impossible_time_is_refused(tmp_path: Path, time: int | None, words: str) -> None:
    """Differences of times stay inside int64."""
    path = write(tmp_path, changed(bars(), "ts_open", {6: time}))

    with pytest.raises(DataError) as caught:
        opened(path)

    assert words in caught.value.message
    assert caught.value.where == f"{path}, row 6, column ts_open"


def test_datetime_beyond_nanoseconds_is_refused(tmp_path: Path) -> None:
    """The year 2200 in milliseconds, where nanoseconds would leave the range."""
    columns = bars()
    far = np.arange(10) + 7_258_118_400_000
    columns["ts_open"] = pl.Series("ts_open", far).cast(pl.Datetime("ms", "UTC"))

    with pytest.raises(DataError, match="7258118400000 ms since 1970 is outside"):
        opened(write(tmp_path, columns))
