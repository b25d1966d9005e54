"""Depth: where a message ends, what has no id, and what is refused."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.data.ticking import SECOND, START, STEPS, changed, depth, write
from trader.data.depth import DepthColumns, DepthFile, open_depth
from trader.errors import DataError
from trader.model.units import NONE


def opened(folder: Path, columns: dict[str, pl.Series], **settings: Any) -> DepthFile:
    return open_depth(write(folder, columns), **{**STEPS, **settings})


def read(folder: Path, columns: dict[str, pl.Series], **settings: Any) -> DepthColumns:
    file = opened(folder, columns, **settings)
    [batch] = file.batches(0, file.rows)
    return batch


def test_changes_come_as_ticks_and_lots(tmp_path: Path) -> None:
    batch = read(tmp_path, depth())

    assert batch.ts.tolist() == [START] * 5 + [START + SECOND]
    assert batch.side.tolist() == [1, -1, 1, 1, -1, 1]
    assert batch.ticks.tolist() == [9_999, 10_001, 9_999, 9_998, 10_002, 9_997]
    assert batch.lots.tolist() == [2, 0, 4, 6, 8, 0]
    assert batch.first_id.tolist() == [8, 8, NONE, NONE, NONE, 11]
    assert batch.last_id.tolist() == [10, 10, 9, 9, 9, 12]
    assert batch.prev_id.tolist() == [NONE] * 6
    assert batch.snapshot.tolist() == [0, 0, 1, 1, 1, 0]
    assert batch.last.tolist() == [0, 1, 0, 0, 1, 1]
    assert (batch.rounded, len(batch)) == (0, 6)


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 6])
def test_a_message_ends_where_it_ends_whatever_the_batch(tmp_path: Path, rows: int) -> None:
    file = opened(tmp_path, depth())

    ends = [end for batch in file.batches(0, 6, rows) for end in batch.last.tolist()]

    assert ends == [0, 1, 0, 0, 1, 1]


def test_reception_orders_the_rows_if_the_run_says_so(tmp_path: Path) -> None:
    batch = read(tmp_path, depth(), use_received=True)

    assert batch.ts.tolist() == [START + 5] * 5 + [START + SECOND + 5]
    assert batch.ts_event.tolist() == [START] * 5 + [START + SECOND]


def test_without_ids_instants_and_snapshots_part_the_messages(tmp_path: Path) -> None:
    columns = {
        name: column
        for name, column in depth().items()
        if name not in {"first_id", "last_id", "prev_id", "ts_recv"}
    }
    batch = read(tmp_path, columns)

    assert batch.last.tolist() == [0, 1, 0, 0, 1, 1]
    assert batch.last_id.tolist() == [NONE] * 6


def test_without_marks_nothing_is_a_snapshot(tmp_path: Path) -> None:
    columns = depth()
    del columns["is_snapshot"]

    assert read(tmp_path, columns).snapshot.tolist() == [0] * 6


def test_equal_ids_at_another_instant_are_another_message(tmp_path: Path) -> None:
    columns = changed(depth(), "ts_recv", {1: START + 6, 2: START + 6, 3: START + 6, 4: START + 6})

    assert read(tmp_path, columns).last.tolist()[:2] == [1, 1]


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("price", None, "the value is null"),
        ("size", -1.0, "size -1.0 is negative"),
        ("side", 0, "side 0 is none of -1, 1"),
        ("is_snapshot", None, "the value is null"),
    ],
)
def test_defect_is_refused_with_its_address(
    tmp_path: Path, column: str, value: float | None, words: str
) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, changed(depth(), column, {3: value}))

    assert f"depth of TEST.venue: {words}" in caught.value.message
    assert f"row 3, column {column}" in caught.value.where


@pytest.mark.parametrize(
    ("column", "dtype", "words"),
    [
        ("side", None, "column side is missing"),
        ("side", pl.String, "type String is no side"),
        ("is_snapshot", pl.Int64, "type Int64 is no yes or no"),
        ("last_id", pl.String, "type String is no id"),
    ],
)
def test_columns_have_to_be_there_and_of_their_types(
    tmp_path: Path, column: str, dtype: Any, words: str
) -> None:
    columns = depth()
    if dtype is None:
        del columns[column]
    else:
        columns[column] = columns[column].cast(dtype)

    with pytest.raises(DataError, match=words):
        opened(tmp_path, columns)
