"""Tables come back as they were, or not at all."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.data.table_files import Dtype, Values, read_table, write_table
from trader.errors import DataError

INT64 = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(allow_nan=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(
    rows=st.lists(st.tuples(st.none() | INT64, st.none() | FLOATS, st.none() | TEXTS), max_size=20)
)
def test_table_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[int | None, float | None, str | None]],
) -> None:
    """Nulls, extremes and any text; and so does an empty table."""
    path = tmp_path_factory.mktemp("table") / "orders.parquet"
    numbers, floats, texts = [a for a, _, _ in rows], [b for _, b, _ in rows], [c for *_, c in rows]

    write_table(
        path, {"seq": ("int64", numbers), "share": ("float64", floats), "why": ("str", texts)}
    )

    assert read_table(path) == {"seq": numbers, "share": floats, "why": texts}
    assert pl.read_parquet_schema(path) == {
        "seq": pl.Int64,
        "share": pl.Float64,
        "why": pl.String,
    }


def test_arrays_are_taken_as_they_are(tmp_path: Path) -> None:
    """A compiled gear's columns need no lists."""
    path = tmp_path / "fills.parquet"

    write_table(
        path,
        {"lots": ("int64", np.array([1, -(2**63)])), "equity": ("float64", np.array([0.5, 1.5]))},
    )

    assert read_table(path) == {"lots": [1, -(2**63)], "equity": [0.5, 1.5]}


def test_new_table_replaces_the_old_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    """Equal tables are equal files."""
    path = tmp_path / "fills.parquet"
    columns: Mapping[str, tuple[Dtype, Values]] = {"lots": ("int64", [1, 2])}
    write_table(path, {"lots": ("int64", [7])})
    write_table(path, columns)
    first = path.read_bytes()
    write_table(path, columns)

    assert read_table(path) == {"lots": [1, 2]}
    assert path.read_bytes() == first
    assert [each.name for each in tmp_path.iterdir()] == ["fills.parquet"]


def test_failed_write_leaves_the_old_table(tmp_path: Path) -> None:
    """A value that does not fit its type is found before the file is touched."""
    path = tmp_path / "fills.parquet"
    write_table(path, {"lots": ("int64", [7])})

    with pytest.raises((TypeError, OverflowError)):
        write_table(path, {"lots": ("int64", [2**63])})
    with pytest.raises(TypeError):
        write_table(path, {"lots": ("int64", ["one"])})

    assert read_table(path) == {"lots": [7]}


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    """Nobody asked this function to make one."""
    path = tmp_path / "nowhere" / "fills.parquet"

    with pytest.raises(DataError, match="cannot write the table") as caught:
        write_table(path, {"lots": ("int64", [7])})

    assert caught.value.where == str(path)


def test_place_that_is_taken_by_a_folder(tmp_path: Path) -> None:
    """The half-made file does not stay behind."""
    path = tmp_path / "fills.parquet"
    path.mkdir()

    with pytest.raises(DataError, match="cannot write the table"):
        write_table(path, {"lots": ("int64", [7])})

    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("keep", [0, 4, 100, -1])
def test_broken_table_is_a_data_error(tmp_path: Path, keep: int) -> None:
    """Cut off anywhere."""
    path = tmp_path / "fills.parquet"
    write_table(path, {"lots": ("int64", list(range(100)))})
    path.write_bytes(path.read_bytes()[:keep])

    with pytest.raises(DataError) as caught:
        read_table(path)

    assert str(path) in caught.value.where


def test_missing_table_is_a_data_error(tmp_path: Path) -> None:
    """With its path."""
    with pytest.raises(DataError, match="no such file"):
        read_table(tmp_path / "fills.parquet")
