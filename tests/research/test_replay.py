"""A run made again from its journal: the same, or the first place where it is not."""

import os
import shutil
from decimal import Decimal
from pathlib import Path
from time import perf_counter

import anyio
import msgspec
import polars as pl
import pytest

from actors.edge.journal import END, HEADER, open_journal
from tests.research.making import CROSS, configuration, project, quiet, ran, run, wave, write_bars
from trader.errors import DataError, UsageError, VerificationError
from trader.research.folder import JOURNAL, RunFolder, write_document
from trader.research.records import (
    Header,
    end_of,
    header_of,
    mode_of,
    read_contents,
    write_journal,
)
from trader.research.replay import Verdict, journal_of, replay


def replayed(folder: Path, until: int | None = None, base_dir: Path | None = None) -> Verdict:
    path = journal_of(folder)
    contents = read_contents(path)
    return replay(contents, path, until=until, watch=quiet, clock=perf_counter, base_dir=base_dir)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return ran(tmp_path)


def test_a_replay_agrees_to_the_bit(folder: RunFolder) -> None:
    verdict = replayed(folder.path)

    assert verdict.agrees
    assert verdict.difference is None
    assert verdict.notes == []
    assert verdict.digest.replayed == verdict.digest.recorded == folder.run["digest"]
    assert verdict.state_hash.replayed == verdict.state_hash.recorded == folder.run["state_hash"]


def test_the_environment_and_the_folder_one_stands_in_play_no_part(
    folder: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setenv("TRADERD_RUN__SEED", "99")

    assert replayed(folder.path).agrees


def test_a_fused_run_is_replayed_by_step(tmp_path: Path) -> None:
    path = project(tmp_path, configuration([CROSS]))
    free = ["venue.participation=null", "venue.taker_bps=0", "run.gear=fused"]
    report = run(path, tmp_path / "out", free)

    verdict = replayed(tmp_path / "out")

    assert report.run["gear"] == "fused"
    assert verdict.agrees
    assert verdict.state_hash.recorded is None


@pytest.mark.parametrize(
    ("strategies", "more"),
    [
        (["{name: falls, file: falls.py}", CROSS], ""),
        ([CROSS], "risk: {drawdown_max: 0.0001}\n"),
    ],
)
def test_a_run_that_ended_badly_is_replayed_to_its_bad_end(
    tmp_path: Path, strategies: list[str], more: str
) -> None:
    path = project(tmp_path, configuration(strategies, more=more + "report: {baselines: false}"))
    report = run(path, tmp_path / "out")

    assert report.exit_code == 5
    assert replayed(tmp_path / "out").agrees


def test_changed_data_are_not_replayed(folder: RunFolder, tmp_path: Path) -> None:
    write_bars(tmp_path / "bars.parquet", [each + 0.01 for each in wave()])

    with pytest.raises(DataError, match="have changed") as caught:
        replayed(folder.path)

    assert caught.value.hint


def test_missing_data_are_told(folder: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "bars.parquet").unlink()

    with pytest.raises(DataError):
        replayed(folder.path)


def test_data_that_moved_are_found_where_one_says(folder: RunFolder, tmp_path: Path) -> None:
    moved = tmp_path / 'a "moved" folder'
    moved.mkdir()
    shutil.move(tmp_path / "bars.parquet", moved / "bars.parquet")

    assert replayed(folder.path, base_dir=moved).agrees


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("fills", "ticks", 1),
        ("fills", "fee", Decimal(9)),
        ("orders", "lots", 1),
        ("orders", "status", "EXPIRED"),
        ("statuses", "status", "EXPIRED"),
        ("decisions", "inputs", "{}"),
        ("equity", "cash", 0.0),
        ("states", "by", "nobody"),
    ],
)
def test_a_changed_table_is_found_with_both_messages(
    folder: RunFolder, table: str, column: str, value: object
) -> None:
    path = folder.path / f"{table}.parquet"
    frame = pl.read_parquet(path)
    row = len(frame) // 2
    before = frame.row(row, named=True)
    frame[row, column] = value
    frame.write_parquet(path)

    verdict = replayed(folder.path)

    assert not verdict.agrees
    assert verdict.difference is not None
    assert verdict.difference.table == table
    assert (verdict.difference.seq, verdict.difference.n) == (before["seq"], before["n"])
    assert verdict.difference.replayed == before
    assert verdict.difference.recorded == {**before, column: value}


def test_a_removed_row_is_found(folder: RunFolder) -> None:
    path = folder.path / "fills.parquet"
    frame = pl.read_parquet(path)
    frame.head(len(frame) - 1).write_parquet(path)

    difference = replayed(folder.path).difference

    assert difference is not None
    assert difference.recorded is None


def test_up_to_a_row_only_what_came_before_counts(folder: RunFolder) -> None:
    path = folder.path / "fills.parquet"
    frame = pl.read_parquet(path)
    seq = frame[20, "seq"]
    frame[20, "ticks"] = 1
    frame.write_parquet(path)

    assert replayed(folder.path, until=seq - 1).agrees
    assert not replayed(folder.path, until=seq).agrees


@pytest.mark.parametrize("until", [1, 2, 77, 1_499, 1_500, 99_999])
def test_every_row_agrees_up_to_any_row(folder: RunFolder, until: int) -> None:
    assert replayed(folder.path, until=until).agrees


def test_a_run_json_that_tells_another_digest_is_found(folder: RunFolder) -> None:
    write_document(folder.path / "run.json", {**folder.run, "digest": "0" * 64})

    verdict = replayed(folder.path)

    assert not verdict.agrees
    assert "run.json and the journal tell two digests" in verdict.notes


def test_a_journal_whose_end_tells_another_hash_is_found(folder: RunFolder) -> None:
    contents = read_contents(folder.path / JOURNAL)
    end = end_of(contents)
    assert end is not None
    (folder.path / JOURNAL).unlink()
    changed = msgspec.structs.replace(end, state_hash="0" * 64)
    write_journal(folder.path / JOURNAL, header_of(contents), changed)

    verdict = replayed(folder.path)

    assert not verdict.agrees
    assert verdict.digest.agrees
    assert not verdict.state_hash.agrees
    assert verdict.difference is None


def test_without_its_tables_the_journal_alone_is_enough(folder: RunFolder, tmp_path: Path) -> None:
    alone = tmp_path / "alone.db"
    shutil.copy(folder.path / JOURNAL, alone)

    verdict = replayed(alone)

    assert verdict.agrees
    assert verdict.digest.recorded == folder.run["digest"]


def test_a_journal_without_an_end_leans_on_the_folder(folder: RunFolder) -> None:
    keep_records(folder.path / JOURNAL, count=1)

    verdict = replayed(folder.path)

    assert verdict.agrees
    assert verdict.digest.recorded == folder.run["digest"]
    assert any("without an end" in note for note in verdict.notes)


def test_a_journal_without_an_end_and_a_folder_proves_nothing(
    folder: RunFolder, tmp_path: Path
) -> None:
    alone = tmp_path / "alone.db"
    shutil.copy(folder.path / JOURNAL, alone)
    keep_records(alone, count=1)

    with pytest.raises(VerificationError, match="neither"):
        replayed(alone)


def test_a_flipped_byte_names_the_record(folder: RunFolder) -> None:
    path = folder.path / JOURNAL
    content = bytearray(path.read_bytes())
    at = content.index(b'"mode":"sim"') + 3
    content[at] ^= 0x20
    path.write_bytes(content)

    with pytest.raises(VerificationError, match="record 0"):
        replayed(folder.path)


def test_a_truncated_journal_never_replays_as_if_nothing_were(folder: RunFolder) -> None:
    """Cut anywhere, it is recovered and said so, or refused."""
    path = folder.path / JOURNAL
    content = path.read_bytes()
    for size in range(0, len(content), 1_777):
        path.write_bytes(content[:size])

        assert any(word in told(folder.path) for word in ("recovered", "record", "is empty"))


def told(folder: Path) -> str:
    """What a replay says of the journal, by a note or by refusing."""
    try:
        return "; ".join(replayed(folder).notes)
    except VerificationError as error:
        return str(error)


def test_a_header_of_something_else_is_told(folder: RunFolder) -> None:
    contents = read_contents(folder.path / JOURNAL)
    record = msgspec.structs.replace(contents.records[0], payload=b'{"mode":"sim"}')
    changed = msgspec.structs.replace(contents, records=(record, *contents.records[1:]))

    assert mode_of(changed) == "sim"
    with pytest.raises(VerificationError, match="record 0"):
        header_of(changed)


@pytest.mark.parametrize(
    ("size", "says"), [(0, "the journal is empty"), (5_000, "its file is cut short")]
)
def test_a_journal_without_a_record_says_why(folder: RunFolder, size: int, says: str) -> None:
    os.truncate(folder.path / JOURNAL, size)

    with pytest.raises(VerificationError, match=says) as caught:
        read_contents(folder.path / JOURNAL)

    assert caught.value.where == str(folder.path / JOURNAL)
    assert "restore the journal from a copy" in caught.value.hint


def test_other_code_and_other_strategies_are_said(tmp_path: Path) -> None:
    folder = ran(tmp_path, configuration(["{name: falls, file: falls.py, params: {at: 9999}}"]))
    contents = read_contents(folder.path / JOURNAL)
    header = msgspec.structs.replace(header_of(contents), code_version="0.0.0+feed")
    end = end_of(contents)
    assert end is not None
    (folder.path / JOURNAL).unlink()
    write_journal(folder.path / JOURNAL, header, end)
    with (tmp_path / "falls.py").open("a") as file:
        file.write("# another line\n")

    verdict = replayed(folder.path)

    assert verdict.agrees
    assert any("0.0.0+feed" in note for note in verdict.notes)
    assert "strategy files have changed since the run: falls" in verdict.notes


def test_where_there_is_nothing_to_replay_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no journal"):
        journal_of(tmp_path)
    with pytest.raises(UsageError, match="no such run"):
        journal_of(tmp_path / "nothing")


def keep_records(path: Path, count: int) -> None:
    """Writes the journal anew with its first records only."""
    contents = read_contents(path)
    path.unlink()
    header = header_of(contents)
    assert [record.kind for record in contents.records] == [HEADER, END]
    assert count == 1
    write_header_only(path, header)


def write_header_only(path: Path, header: Header) -> None:
    async def write() -> None:
        async with open_journal(path) as journal:
            await journal.commit([(HEADER, msgspec.json.encode(header))])

    anyio.run(write)
