"""Texts as recordings: in memory if they are small, else converted once."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from trader.data.bars import open_bars
from trader.data.converting import is_text, open_text
from trader.data.parquet import digest_of
from trader.data.recording import MemoryRows, Recording
from trader.data.tables.table import Asked
from trader.errors import DataError

TEXT = "time,open,high,low,close\n2020-01-03,1.5,2.5,0.5,1.25\n\n2020-01-02,1.5,2.5,0.5,1.5\n"
DAY = 86_400_000_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "prices.csv"
    path.write_text(TEXT)
    return path


def opened(path: Path, memory_bytes: int, interval_ns: int | None = None) -> Recording:
    asked = Asked(interval_ns=interval_ns)
    return open_text(path, "A.x", asked, path.parent / "kept", memory_bytes)


def kept(path: Path) -> list[Path]:
    return sorted((path.parent / "kept").glob("*"))


@pytest.mark.parametrize("memory_bytes", [0, 1_000_000])
def test_a_text_reads_the_same_in_memory_and_converted(path: Path, memory_bytes: int) -> None:
    recording = opened(path, memory_bytes)

    assert recording.digest == digest_of(path)
    assert recording.file.read(["close"], 0, 2)["close"].to_list() == [1.5, 1.25]
    assert [recording.source("A.x", "bars").place(row) for row in (0, 1)] == ["line 4", "line 2"]
    [note] = recording.notes
    assert note.startswith(f"{path}: columns 5 parted by comma; header yes; ")
    assert note.endswith("label open (default: nothing shows it)")


def test_a_small_text_leaves_nothing_behind(path: Path) -> None:
    assert isinstance(opened(path, 1_000).file, MemoryRows)
    assert kept(path) == []


def test_a_large_text_is_converted_once(path: Path) -> None:
    opened(path, 0)
    [file] = kept(path)
    stamp = file.stat().st_mtime_ns

    opened(path, 0)

    assert kept(path) == [file]
    assert file.stat().st_mtime_ns == stamp


def test_another_question_or_another_text_is_another_conversion(path: Path) -> None:
    opened(path, 0)
    opened(path, 0, interval_ns=DAY)
    path.write_text(TEXT.replace("1.5", "1.75"))
    again = opened(path, 0)

    assert len(kept(path)) == 3
    assert again.file.read(["close"], 0, 1)["close"].to_list() == [1.75]


@pytest.mark.parametrize("memory_bytes", [0, 1_000_000])
def test_a_defect_that_a_reader_finds_is_told_by_its_line(path: Path, memory_bytes: int) -> None:
    path.write_text(TEXT.replace("2.5", "1.25"))

    step = Decimal("0.01")
    file = open_bars(opened(path, memory_bytes), name="A.x", interval_ns=DAY, tick=step, lot=step)

    with pytest.raises(DataError, match=r"high 1\.25 is below open 1\.5") as caught:
        next(file.batches(0, 2))

    assert caught.value.where == f"{path}, line 4, column high"


def test_a_text_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        opened(tmp_path / "nowhere.csv", 0)


def test_a_place_that_takes_no_conversions(path: Path) -> None:
    (path.parent / "kept").write_text("a file and no folder")

    with pytest.raises(DataError, match="the conversion cannot be kept") as caught:
        opened(path, 0)

    assert "state_dir" in caught.value.hint


def test_a_broken_text_is_not_kept(path: Path) -> None:
    path.write_text(TEXT.replace("1.25", "x"))

    with pytest.raises(DataError, match="'x' is no price"):
        opened(path, 0)

    assert kept(path) == []


@pytest.mark.parametrize(
    ("name", "known"),
    [("a.csv", True), ("A.TSV", True), ("a.txt.gz", True), ("a.parquet", False), ("csv", False)],
)
def test_a_text_is_known_by_its_name(name: str, *, known: bool) -> None:
    assert is_text(Path(name)) is known


def test_a_conversion_is_a_plain_parquet_file(path: Path) -> None:
    opened(path, 0)

    assert pl.read_parquet(kept(path)[0]).columns[:2] == ["ts_open", "open"]
