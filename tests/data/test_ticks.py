"""What files of ticks share: their order, their clock, and windows to the row."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.ticking import SECOND, START, STEPS, changed, quotes, trades, write
from trader.data.bars import WALK_ROWS
from trader.data.quotes import QuoteFile, open_quotes
from trader.data.trades import open_trades
from trader.errors import DataError

ROWS = WALK_ROWS + 1_000


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> QuoteFile:
    """A file walked in two pieces, three rows to an instant across their border."""
    columns = quotes(ROWS)
    columns["ts"] = pl.Series("ts", START + SECOND * ((np.arange(ROWS) + 1) // 3))
    return open_quotes(write(tmp_path_factory.mktemp("long"), columns), **STEPS)


def test_a_file_tells_what_it_is(tmp_path: Path) -> None:
    path = write(tmp_path, quotes())
    file = open_quotes(path, **STEPS)

    assert (file.rows, file.columns) == (10, tuple(quotes()))
    assert file.digest == hashlib.blake2b(path.read_bytes(), digest_size=32).hexdigest()
    assert (file.ts_first, file.ts_last) == (START, START + 9 * SECOND)
    assert (file.clock, file.has_received) == ("ts", False)


def test_rows_come_in_batches(tmp_path: Path) -> None:
    file = open_quotes(write(tmp_path, quotes()), **STEPS)

    sizes = [len(batch) for batch in file.batches(1, 10, 4)]

    assert sizes == [4, 4, 1]
    assert list(file.batches(3, 3)) == []


@given(
    ts_from=st.none() | st.integers(-5, ROWS // 3 + 5),
    ts_to=st.none() | st.integers(-5, ROWS // 3 + 5),
    shift=st.sampled_from([-1, 0, 1]),
)
def test_a_window_is_the_rows_in_the_range(
    long: QuoteFile, ts_from: int | None, ts_to: int | None, shift: int
) -> None:
    """Compared with looking at every row."""
    since = None if ts_from is None else START + ts_from * SECOND + shift
    until = None if ts_to is None else START + ts_to * SECOND + shift
    times = START + SECOND * ((np.arange(ROWS) + 1) // 3)
    inside = np.flatnonzero(
        (times >= (times[0] if since is None else since))
        & (times < (times[-1] + 1 if until is None else until))
    )

    if not inside.size:
        with pytest.raises(DataError, match="no row from"):
            long.window(since, until)
        return
    assert long.window(since, until) == (inside[0], inside[-1] + 1)


def test_an_empty_window_says_what_the_file_covers(tmp_path: Path) -> None:
    file = open_quotes(write(tmp_path, quotes()), **STEPS)

    with pytest.raises(DataError, match="no row from 2020-09-14T00:00:00Z to the end") as caught:
        file.window(1_600_041_600 * SECOND, None)

    assert caught.value.hint == "its rows are from 2020-09-13T12:26:40Z to 2020-09-13T12:26:49Z"


@pytest.mark.parametrize("row", [1, 5, 9])
def test_going_back_in_time_is_refused(tmp_path: Path, row: int) -> None:
    path = write(tmp_path, changed(quotes(), "ts", {row: START - 1}))

    with pytest.raises(DataError) as caught:
        open_quotes(path, **STEPS)

    assert f"back in time: row {row} is of 2020-09-13T12:26:39.999999999Z" in caught.value.message
    assert f"row {row - 1} of 2020" in caught.value.message
    assert caught.value.where == f"{path}, row {row}, column ts"
    assert caught.value.hint == "sort the rows by ts"


def test_going_back_on_the_border_of_two_pieces(tmp_path: Path) -> None:
    columns = changed(quotes(ROWS), "ts", {WALK_ROWS: START})

    with pytest.raises(DataError, match=f"back in time: row {WALK_ROWS} is of"):
        open_quotes(write(tmp_path, columns), **STEPS)


def received(columns: dict[str, pl.Series], delay: int = 3) -> dict[str, pl.Series]:
    return {**columns, "ts_recv": (columns["ts"] + delay).alias("ts_recv")}


def test_rows_are_ordered_by_reception_if_the_run_says_so(tmp_path: Path) -> None:
    """The venue's instants may go back then; they stay what they are."""
    columns = changed(received(quotes()), "ts", {4: START})
    path = write(tmp_path, columns)

    with pytest.raises(DataError, match="back in time") as caught:
        open_quotes(path, **STEPS)
    file = open_quotes(path, **STEPS, use_received=True)

    [batch] = file.batches(0, 10)
    assert "ts_recv: then that orders the rows" in caught.value.hint
    assert (file.clock, file.has_received) == ("ts_recv", True)
    assert file.ts_first == START + 3
    assert batch.ts.tolist() == [START + at * SECOND + 3 for at in range(10)]
    assert batch.ts_event.tolist()[4] == START


@pytest.mark.parametrize("cells", [None, {3: None}])
def test_reception_has_to_be_known_of_every_row(
    tmp_path: Path, cells: dict[int, None] | None
) -> None:
    columns = changed(received(quotes()), "ts_recv", cells) if cells else quotes()

    with pytest.raises(DataError, match="not every row says when it was received"):
        open_quotes(write(tmp_path, columns), **STEPS, use_received=True)


@pytest.mark.parametrize("per_second", [1, 1_000, 1_000_000])
def test_times_in_another_unit_are_explained(tmp_path: Path, per_second: int) -> None:
    columns = quotes()
    columns["ts"] = columns["ts"] // (SECOND // per_second)

    with pytest.raises(DataError, match="its last row is of 1970-01") as caught:
        open_quotes(write(tmp_path, columns), **STEPS)

    assert caught.value.hint == "ts counts nanoseconds since 1970"


@pytest.mark.parametrize("unit", ["ns", "us", "ms"])
def test_times_of_a_datetime_in_utc_become_nanoseconds(tmp_path: Path, unit: Any) -> None:
    columns = quotes()
    columns["ts"] = columns["ts"].cast(pl.Datetime("ns", "UTC")).dt.cast_time_unit(unit)

    [batch] = open_quotes(write(tmp_path, columns), **STEPS).batches(0, 10)

    assert batch.ts.tolist() == quotes()["ts"].to_list()


def test_columns_are_contiguous_int64(tmp_path: Path) -> None:
    [batch] = open_trades(write(tmp_path, trades()), **STEPS).batches(0, 10)

    for name in ("ts", "ts_event", "ticks", "lots", "side", "trade_id"):
        column = getattr(batch, name)
        assert (column.dtype, column.shape, column.flags.c_contiguous) == (np.int64, (10,), True)


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"quotes .*: the file has columns but no rows"):
        open_quotes(write(tmp_path, quotes(0)), **STEPS)
