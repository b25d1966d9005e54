"""What of a file is new, and what contradicts what is there."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.data.cataloguing import MINUTE, arrived, into, keep, minutes, written
from tests.data.ticking import quotes, trades
from trader.data.catalog import Series
from trader.data.importing import new_pieces, read_incoming
from trader.data.recording import join
from trader.errors import DataError

ROWS = 12


def ranges(folder: Path, frame: pl.DataFrame) -> list[tuple[int, int]]:
    """The ranges of its rows that would be written."""
    pieces = new_pieces(folder / "catalog", [arrived(folder, frame)])
    return [(piece.start, piece.stop) for piece in pieces]


def test_a_file_is_read_checked_and_described(tmp_path: Path) -> None:
    incoming = arrived(tmp_path, minutes(0, 10))

    assert incoming.series == Series(kind="bars", venue="x", symbol="A", interval="1m")
    assert incoming.interval_ns == MINUTE
    assert incoming.examined.rows == 10
    assert [str(finding) for finding in incoming.findings] == [
        "kind bars (found: by its columns)",
        "interval 1m (found: 9 of 9 steps, the shortest)",
        "tick 0.01",
        "lot 0.1",
    ]


def test_ticks_have_no_interval(tmp_path: Path) -> None:
    incoming = arrived(tmp_path, pl.DataFrame(list(quotes().values())))

    assert incoming.series == Series(kind="quotes", venue="x", symbol="A", interval="tick")


def test_a_text_is_read_as_well(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("time,open,high,low,close\n2020-01-02,1,2,1,2\n2020-01-03,1,2,1,2\n")

    incoming = read_incoming(path, into())

    assert str(incoming.series) == "bars of A.x at 1d"
    assert incoming.sheet.lazy.collect().columns == [
        "ts_open",
        "open",
        "high",
        "low",
        "close",
        "volume",
    ]


def test_what_a_run_would_refuse_does_not_come_in(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is negative"):
        arrived(tmp_path, minutes(0, 10).with_columns(volume=pl.lit(-1.0)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    spans=st.lists(
        st.tuples(st.integers(0, ROWS - 1), st.integers(1, ROWS)).filter(
            lambda span: span[0] < span[1]
        ),
        min_size=1,
        max_size=5,
    )
)
def test_files_of_one_truth_come_together_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, spans: list[tuple[int, int]]
) -> None:
    """However they overlap, each row is kept once and in order."""
    folder = tmp_path_factory.mktemp("catalog")
    for span in spans:
        keep(folder, minutes(*span), interval_ns=MINUTE)

    series = Series(kind="bars", venue="x", symbol="A", interval="1m")
    files = series.files(folder / "catalog")
    rows = join(folder, files).file.lazy.collect()
    wanted = sorted({row for span in spans for row in range(*span)})
    assert rows["ts_open"].to_list() == [minutes(row, row + 1)["ts_open"][0] for row in wanted]


def test_a_file_that_is_there_already_brings_nothing(tmp_path: Path) -> None:
    keep(tmp_path, minutes(0, 10))

    assert ranges(tmp_path, minutes(0, 10)) == []
    assert ranges(tmp_path, minutes(2, 5)) == []
    assert ranges(tmp_path, minutes(5, 12)) == [(5, 7)]


def test_a_file_around_others_brings_what_lies_between(tmp_path: Path) -> None:
    keep(tmp_path, minutes(3, 5), minutes(7, 8), interval_ns=MINUTE)

    assert ranges(tmp_path, minutes(0, 10)) == [(0, 3), (5, 7), (8, 10)]


def test_files_of_one_import_are_compared_with_each_other_too(tmp_path: Path) -> None:
    first = arrived(tmp_path, minutes(0, 5), "a.parquet")
    second = arrived(tmp_path, minutes(3, 8), "b.parquet")

    pieces = new_pieces(tmp_path / "catalog", [first, second])

    assert [(piece.start, piece.stop) for piece in pieces] == [(0, 5), (2, 5)]


def test_files_of_one_import_that_disagree_are_named_both(tmp_path: Path) -> None:
    """Neither is the catalog's, so none has to be deleted."""
    first = arrived(tmp_path, minutes(0, 5), "a.parquet")
    frame = minutes(3, 8)
    frame[1, "volume"] = 7.0
    second = arrived(tmp_path, frame, "b.parquet")

    with pytest.raises(DataError) as caught:
        new_pieces(tmp_path / "catalog", [first, second])

    other = tmp_path / "a.parquet"
    assert f"row 1 has 7.0 where {other} has " in caught.value.message
    assert caught.value.where.endswith("b.parquet, row 1, column volume")
    assert caught.value.hint == (
        f"the two are imported together and disagree: leave out {other} or this one"
    )


def test_a_row_that_differs_is_refused_by_its_cell(tmp_path: Path) -> None:
    [kept] = keep(tmp_path, minutes(0, 10))
    frame = minutes(5, 12)
    frame[2, "close"] = 100.52

    with pytest.raises(DataError) as caught:
        ranges(tmp_path, frame)

    assert caught.value.message == "bars of A.x: row 2 has 100.52 where the catalog has 100.54"
    assert caught.value.where.endswith("in.parquet, row 2, column close")
    assert (
        caught.value.hint == f"the catalog has its rows from {kept}: delete that file to take these"
    )


@pytest.mark.parametrize(
    ("kept", "coming", "words"),
    [
        ([0, 1, 2, 3], [0, 1, 3], "the catalog has a row of 2020-01-01T00:02:00Z that the file"),
        ([0, 1, 3], [0, 1, 2, 3], "the file has a row of 2020-01-01T00:02:00Z that the catalog"),
    ],
)
def test_a_row_that_only_one_has_is_refused(
    tmp_path: Path, kept: list[int], coming: list[int], words: str
) -> None:
    keep(tmp_path, minutes(0, 9)[kept])

    with pytest.raises(DataError, match=words):
        ranges(tmp_path, minutes(0, 9)[coming])


@pytest.mark.parametrize("shift", [-30, 9 * 60 + 30])
def test_bars_that_reach_into_the_catalogs_are_refused(tmp_path: Path, shift: int) -> None:
    keep(tmp_path, minutes(0, 10), interval_ns=MINUTE)
    late = pl.col("ts_open") + shift * 1_000_000_000
    frame = minutes(0, 1).with_columns(late)

    with pytest.raises(DataError, match=r"overlapping bars: row 0 opens at .*, less than 1m from"):
        new_pieces(tmp_path / "catalog", [arrived(tmp_path, frame, interval_ns=MINUTE)])


@pytest.mark.parametrize("comes_first", [True, False])
def test_volumes_are_in_all_files_or_in_none(tmp_path: Path, *, comes_first: bool) -> None:
    bare = minutes(5, 10).with_columns(volume=pl.lit(None, pl.Float64))
    first, second = (bare, minutes(0, 5)) if comes_first else (minutes(0, 5), bare)
    keep(tmp_path, first)

    with pytest.raises(DataError, match="values in column volume"):
        ranges(tmp_path, second)


def test_ticks_of_an_instant_that_two_files_share(tmp_path: Path) -> None:
    """The same ones are known; others may be the rest, or wrong."""
    frame = pl.DataFrame(list(trades().values()))
    keep(tmp_path, frame[:5])

    with pytest.raises(DataError, match="the file has a row of"):
        ranges(tmp_path, frame[4:])
    assert ranges(tmp_path, frame[6:]) == [(0, 4)]


def test_a_grid_that_is_given_has_to_hold(tmp_path: Path) -> None:
    path = written(tmp_path, minutes(0, 10))

    with pytest.raises(DataError, match=r"is off the grid of tick 0\.1"):
        read_incoming(path, replace(into(), tick=Decimal("0.1")))
    given = read_incoming(path, replace(into(), tick=Decimal("0.005"), lot=Decimal(2)))

    assert [str(finding) for finding in given.findings[2:]] == [
        "tick 0.005 (given)",
        "lot 2 (given)",
    ]
