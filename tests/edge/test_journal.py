"""The journal on a real disk: the committed stays, damage is named, what is cut off is said."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import anyio
import pytest

from actors.edge.journal import (
    END,
    JOURNAL_VERSION,
    JournalContents,
    JournalFailed,
    Record,
    open_journal,
    read_journal,
)
from trader.errors import AccountHeld, UsageError, VerificationError

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).resolve().parents[2]
COMMITS = 12
BATCH = [("step", b"one"), ("step", b"two"), ("note", b"")]
LARGE = 5
"""The commit whose payload needs pages of its own."""


def payload(commit: int) -> bytes:
    return bytes([commit + 1]) * (6_000 if commit == LARGE else 1_000)


async def write(path: Path, copy_to: Path | None = None) -> None:
    """Writes some commits; `copy_to` gets what a kill just before the close would leave."""
    async with open_journal(path) as journal:
        for commit in range(COMMITS):
            await journal.commit([("step", payload(commit)), ("note", b"x")])
        if copy_to is not None:
            for file in (path, path.with_name(f"{path.name}-wal")):
                shutil.copy(file, copy_to / file.name)


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A journal after an orderly stop: one file."""
    path = tmp_path / "closed" / "journal.db"
    anyio.run(write, path)
    return path


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """A journal after a kill: nearly everything is in the log beside it."""
    copy = tmp_path / "killed"
    copy.mkdir()
    anyio.run(write, tmp_path / "living" / "journal.db", copy)
    return copy / "journal.db"


@pytest.fixture(params=["closed", "killed"])
def written(request: pytest.FixtureRequest) -> Path:
    path: Path = request.getfixturevalue(request.param)
    return path


def read(path: Path) -> JournalContents:
    return anyio.run(read_journal, path)


def append(path: Path) -> None:
    async def run() -> None:
        async with open_journal(path) as journal:
            await journal.commit(BATCH)

    anyio.run(run)


def forget_index(path: Path) -> None:
    """The log's index is a cache that SQLite makes anew."""
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)


async def test_what_was_committed_is_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with open_journal(path) as journal:
        await journal.commit(BATCH)
        await journal.commit([(END, b"ok")])

    contents = await read_journal(path)

    kinds = [(record.index, record.kind, record.payload) for record in contents.records]
    assert kinds == [(0, "step", b"one"), (1, "step", b"two"), (2, "note", b""), (3, END, b"ok")]
    assert (contents.ended, contents.note) == (True, "")


async def test_a_journal_is_continued_where_it_stopped(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with open_journal(path) as journal:
        await journal.commit([(END, b"")])
    async with open_journal(path) as journal:
        assert journal.found.records == (Record(0, END, b""),)
        assert journal.count == 1
        await journal.commit(BATCH)

    contents = await read_journal(path)

    assert [record.index for record in contents.records] == [0, 1, 2, 3]
    assert not contents.ended
    assert contents.note.startswith("the journal ends after record 3 without an end")


async def test_an_empty_commit_and_an_empty_journal_are_whole(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with open_journal(path) as journal:
        await journal.commit([])

    contents = await read_journal(path)

    assert (contents.records, contents.note) == ((), "the journal has no record yet")


def test_a_file_without_a_byte_becomes_a_journal(tmp_path: Path) -> None:
    """So it looks when the writer was killed before its first word."""
    path = tmp_path / "journal.db"
    path.touch()
    assert read(path).note == "the journal is empty"

    append(path)

    assert len(read(path).records) == len(BATCH)


def test_reading_what_is_not_there_is_the_callers_mistake(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no journal"):
        read(tmp_path / "journal.db")
    assert list(tmp_path.iterdir()) == []


async def test_a_second_writer_is_refused_and_a_reader_is_not(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with open_journal(path) as journal:
        await journal.commit(BATCH)
        with pytest.raises(AccountHeld):
            async with open_journal(path):
                pass
        assert len((await read_journal(path)).records) == len(BATCH)


def test_reading_changes_nothing(written: Path) -> None:
    before = {file.name: file.read_bytes() for file in written.parent.iterdir()}

    read(written)

    forget_index(written)
    assert {file.name: file.read_bytes() for file in written.parent.iterdir()} == before


def test_a_killed_writer_leaves_all_that_it_had_committed(killed: Path) -> None:
    contents = read(killed)

    assert len(contents.records) == 2 * COMMITS
    assert not contents.ended


def test_no_flipped_byte_goes_unseen(written: Path) -> None:
    """Either the byte held nothing, and all records are as they were, or the damage is named."""
    whole = read(written)
    named = []
    for file in sorted(written.parent.iterdir()):
        if file.name.endswith("-shm"):
            continue
        data = file.read_bytes()
        for at in flipped_places(len(data)):
            file.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            forget_index(written)
            try:
                assert read(written) == whole
            except VerificationError as error:
                named.append(error.message)
        file.write_bytes(data)

    assert len(named) > 20
    assert all(text.startswith(("record ", "the journal is of version")) for text in named)


def flipped_places(size: int) -> Iterator[int]:
    """Every byte of the head, and some of each region of the rest."""
    yield from range(min(128, size))
    yield from range(128, size, 331)


@pytest.mark.parametrize("commit", [0, LARGE, COMMITS - 1])
def test_the_flipped_record_is_named(closed: Path, commit: int) -> None:
    data = closed.read_bytes()
    at = data.index(payload(commit)[:30])
    closed.write_bytes(data[:at] + b"\xff" + data[at + 1 :])

    with pytest.raises(VerificationError, match=rf"^record {2 * commit} of the journal"):
        read(closed)


def test_nothing_is_written_behind_damage(closed: Path) -> None:
    data = closed.read_bytes()
    at = data.index(payload(3))
    closed.write_bytes(data[:at] + b"\xff" + data[at + 1 :])

    with pytest.raises(VerificationError, match=r"^record 6 of"):
        append(closed)


@pytest.mark.parametrize("fraction", [0.1, 0.3, 0.5, 0.8, 0.999])
def test_a_log_cut_short_is_recovered_to_the_last_whole_commit(
    killed: Path, fraction: float
) -> None:
    log = killed.with_name(f"{killed.name}-wal")
    data = log.read_bytes()
    log.write_bytes(data[: int(len(data) * fraction)])
    whole = [payload(commit) for commit in range(COMMITS)]

    contents = read(killed)

    steps = [record.payload for record in contents.records if record.kind == "step"]
    assert steps == whole[: len(steps)]
    assert len(contents.records) == 2 * len(steps)
    assert len(steps) < COMMITS
    assert_says_where_it_ends(contents)
    append(killed)
    assert len(read(killed).records) == 2 * len(steps) + len(BATCH)


def assert_says_where_it_ends(contents: JournalContents) -> None:
    if contents.records:
        assert f"after record {len(contents.records) - 1} without an end" in contents.note
    else:
        assert contents.note


@pytest.mark.parametrize("pages", [1, 2, 3, 5, 6, 8])
def test_a_file_cut_short_is_recovered_to_the_last_whole_record(closed: Path, pages: int) -> None:
    """For reading alone: what was durable is missing, so nothing may be written behind it."""
    data = closed.read_bytes()
    assert len(data) > 8 * 4096
    closed.write_bytes(data[: pages * 4096 - 100])

    contents = read(closed)

    steps = [record.payload for record in contents.records if record.kind == "step"]
    assert steps == [payload(commit) for commit in range(COMMITS)][: len(steps)]
    assert "its file is cut short" in contents.note
    with pytest.raises(VerificationError, match="cut short"):
        append(closed)


@pytest.mark.parametrize("size", [1, 50, 99])
def test_a_file_cut_to_its_head_is_no_journal_any_more(closed: Path, size: int) -> None:
    closed.write_bytes(closed.read_bytes()[:size])

    with pytest.raises(VerificationError, match="record 0"):
        read(closed)
    with pytest.raises(VerificationError):
        append(closed)


async def test_a_journal_of_a_newer_version_says_who_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    newer = JOURNAL_VERSION + 1
    async with open_journal(path, version=newer) as journal:
        await journal.commit(BATCH)

    with pytest.raises(VerificationError, match=f"version {newer}") as caught:
        await read_journal(path)

    assert f"knows journal version {newer}" in caught.value.hint
    with pytest.raises(VerificationError, match=f"version {newer}"):
        async with open_journal(path):
            pass


WRITER = """
import sys
from pathlib import Path
import anyio
from actors.edge.journal import open_journal

async def main():
    async with open_journal(Path(sys.argv[1])) as journal:
        while True:
            await journal.commit([("step", b"x" * 5_000), ("note", b"y")])
            print(journal.count, flush=True)

anyio.run(main)
"""


async def test_a_writer_killed_at_work_loses_nothing_that_it_had_acknowledged(
    tmp_path: Path,
) -> None:
    path = tmp_path / "journal.db"
    acknowledged = 0
    for _ in range(3):
        with start(WRITER, path) as writer:
            for _ in range(20):
                acknowledged = int(line_of(writer.stdout))
            writer.kill()

        contents = await read_journal(path)

        assert len(contents.records) >= acknowledged
        assert len(contents.records) % 2 == 0
        assert contents.note


FULL = """
import resource, signal, sys
from pathlib import Path
import anyio
from actors.edge.journal import JournalFailed, open_journal

async def main():
    async with open_journal(Path(sys.argv[1])) as journal:
        await journal.commit([("step", b"fits")])
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, resource.RLIM_INFINITY))
        for payload in (b"x" * 1_000_000, b"fits"):
            try:
                await journal.commit([("step", payload)])
            except JournalFailed as error:
                print(error.exit_code, error, flush=True)
            # The disk has room again, and still the journal takes nothing.
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)

anyio.run(main)
"""


async def test_a_commit_that_failed_is_never_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with start(FULL, path) as writer:
        first, second = line_of(writer.stdout), line_of(writer.stdout)

    assert first.startswith(f"{JournalFailed.exit_code} the journal could not be written")
    assert second.startswith(f"{JournalFailed.exit_code} the journal could not be written")
    assert [record.payload for record in (await read_journal(path)).records] == [b"fits"]


def start(program: str, path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, str(path)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def line_of(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline()


async def test_a_journal_is_its_owners_alone(tmp_path: Path) -> None:
    """With its log, and in a folder into which nobody else can look."""
    path = tmp_path / "state" / "journal.db"
    async with open_journal(path) as journal:
        await journal.commit(BATCH)
        modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}

    assert modes == {"journal.db": 0o600, "journal.db-wal": 0o600, "journal.db-shm": 0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700
