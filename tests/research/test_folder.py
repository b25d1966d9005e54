"""Run folders: written whole, found again, and honest about what is broken."""

from pathlib import Path

import polars as pl
import pytest

from tests.research.making import ran
from trader.config.notation import instant
from trader.errors import DataError, UsageError
from trader.research.folder import RunFolder, find_run, open_run, runs_in, write_document


def test_a_document_appears_at_once_and_whole(tmp_path: Path) -> None:
    write_document(tmp_path / "run.json", {"a": 1})
    write_document(tmp_path / "run.json", {"a": 2})

    assert (tmp_path / "run.json").read_text() == '{\n  "a": 2\n}\n'
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


@pytest.mark.parametrize("name", ["nothing", ""])
def test_where_there_is_no_run_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="there is no"):
        open_run(tmp_path / name)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff"])
def test_a_damaged_document_is_named(tmp_path: Path, content: bytes) -> None:
    folder = ran(tmp_path)
    (folder.path / "metrics.json").write_bytes(content)

    with pytest.raises(DataError) as caught:
        open_run(folder.path)

    assert caught.value.where.endswith("metrics.json")


def test_a_missing_document_is_named(tmp_path: Path) -> None:
    folder = ran(tmp_path)
    (folder.path / "metrics.json").unlink()

    with pytest.raises(DataError, match="No such file"):
        open_run(folder.path)


@pytest.mark.parametrize("content", [None, b"PAR1"])
def test_a_damaged_table_is_named(tmp_path: Path, content: bytes | None) -> None:
    folder = ran(tmp_path)
    path = folder.path / "fills.parquet"
    path.unlink()
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(DataError) as caught:
        folder.frame("fills")

    assert caught.value.where == str(path)


def test_a_name_is_a_path_or_an_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()

    assert find_run("here", Path("runs")) == Path("here")
    assert find_run("demo-1", Path("runs")) == Path("runs/demo-1")
    assert find_run("some/where", Path("runs")) == Path("some/where")


def test_runs_are_listed_in_their_order_and_damaged_ones_are_told(tmp_path: Path) -> None:
    root = tmp_path / "runs"
    whole = ran(tmp_path)
    for name in ("b", "a", "broken", "empty"):
        (root / name).mkdir(parents=True)
        write_document(root / name / "metrics.json", whole.metrics)
        write_document(root / name / "run.json", {**whole.run, "id": name})
    (root / "broken" / "run.json").write_text("?")
    (root / "empty" / "metrics.json").write_text("{}")
    (root / "unfinished").mkdir()

    runs, problems = runs_in(root)

    assert [each.run["id"] for each in runs] == ["b", "a"]
    assert [name for name in ("broken", "empty") if any(name in each for each in problems)] == [
        "broken",
        "empty",
    ]
    assert "it has no 'equity_final'" in " ".join(problems)


def test_no_folder_of_runs_holds_no_runs(tmp_path: Path) -> None:
    assert runs_in(tmp_path / "none") == ([], [])


def test_the_curves_begin_where_trading_does(tmp_path: Path) -> None:
    """The bars of the warm-up have no row."""
    folder = ran(tmp_path, sets=["run.from=2020-09-13T20:00:00Z", "report.equity_interval=1h"])

    equity, drawdown = folder.curves()

    rows = folder.frame("equity")
    assert len(equity) == len(drawdown) == len(rows)
    assert rows["ts"][0] >= instant("2020-09-13T20:00:00Z")
    assert folder.run["period"]["from"] == "2020-09-13T20:00:00Z"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "no such file"),
        (b"", "the file is empty (0 bytes)"),
        (b"PAR1 and no more", "truncated Parquet file: it ends after 16 bytes without a footer"),
        (b"seq,n\n1,1\n", "not a Parquet file: it begins with b'seq,'"),
    ],
)
def test_a_damaged_table_is_told_in_our_words(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    path = tmp_path / "equity.parquet"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(DataError) as caught:
        RunFolder(path=tmp_path, run={}, metrics={}).curves()

    assert caught.value.message == f"a table of the run cannot be read: {says}"
    assert caught.value.where == str(path)
    assert "copy the folder of the run again" in caught.value.hint


def test_a_table_of_other_columns_is_told(tmp_path: Path) -> None:
    pl.DataFrame({"ts": [1]}).write_parquet(tmp_path / "equity.parquet")

    with pytest.raises(DataError, match="its columns are not those that a run writes"):
        RunFolder(path=tmp_path, run={}, metrics={}).curves()


def test_a_damaged_page_is_told(tmp_path: Path) -> None:
    path = tmp_path / "equity.parquet"
    pl.DataFrame({"equity": [1.5] * 999, "drawdown": [0.5] * 999}).write_parquet(path)
    content = bytearray(path.read_bytes())
    content[4:60] = bytes(each ^ 0x5A for each in content[4:60])
    path.write_bytes(content)

    with pytest.raises(DataError, match="cannot be read: damaged Parquet file") as caught:
        RunFolder(path=tmp_path, run={}, metrics={}).curves()

    assert str(caught.value).count(str(path)) == 1
