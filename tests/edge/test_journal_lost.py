"""A journal whose files somebody else has in hand: what is not to be found again is not written."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from actors.edge.journal import JournalFailed, open_journal
from tests.edge.test_journal import BATCH

pytestmark = pytest.mark.anyio


def take_away(path: Path) -> None:
    path.unlink()


def take_away_log(path: Path) -> None:
    path.with_name(f"{path.name}-wal").unlink()


def replace(path: Path) -> None:
    copy = path.with_suffix(".copy")
    shutil.copy(path, copy)
    copy.replace(path)


@pytest.mark.parametrize("happens", [take_away, take_away_log, replace])
async def test_what_is_written_where_nobody_will_look_is_not_durable(
    tmp_path: Path, happens: Callable[[Path], None]
) -> None:
    path = tmp_path / "journal.db"
    async with open_journal(path) as journal:
        await journal.commit(BATCH)
        happens(path)
        for _ in range(2):
            with pytest.raises(JournalFailed, match=r"journal.db.* is (gone|another file)"):
                await journal.commit(BATCH)
        assert journal.count == len(BATCH)


async def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    async with open_journal(tmp_path / "journal.db") as journal:
        await journal.audit()
        for _ in range(3):
            await journal.commit(BATCH[:1])
            await journal.audit()


@pytest.mark.parametrize("suffix", ["", "-wal"])
async def test_what_cannot_be_read_back_ends_the_journal(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "journal.db"
    async with open_journal(path) as journal:
        await journal.commit(BATCH)
    async with open_journal(path) as journal:
        await (journal.commit(BATCH) if suffix else journal.audit())
        file = path.with_name(path.name + suffix)
        with file.open("r+b") as written:
            written.write(b"\xa5" * file.stat().st_size)

        with pytest.raises(JournalFailed, match=r"the journal (cannot be read back|does not say)"):
            await journal.audit()
        with pytest.raises(JournalFailed, match=r"the journal (cannot be read back|does not say)"):
            await journal.commit(BATCH)


@pytest.mark.parametrize(
    "deed",
    [
        "DELETE FROM records WHERE number = 2",
        "DELETE FROM records WHERE number = 1",
        "UPDATE records SET payload = x'00' WHERE number = 1",
        "UPDATE head SET records = 2",
        "DELETE FROM head",
        "DROP TABLE records",
    ],
)
async def test_a_journal_that_says_something_else_than_was_written_ends(
    tmp_path: Path, deed: str
) -> None:
    path = tmp_path / "journal.db"
    async with open_journal(path) as journal:
        await journal.commit(BATCH)
        with closing(sqlite3.connect(path)) as other:
            other.execute(deed)
            other.commit()

        with pytest.raises(JournalFailed, match=r"the journal (cannot be read back|does not say)"):
            await journal.audit()


async def test_a_lock_of_somebody_else_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with open_journal(path) as journal:
        await journal.commit(BATCH)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await journal.audit()
            other.execute("ROLLBACK")
        await journal.commit(BATCH)


async def test_a_folder_that_nobody_may_write_into_is_no_place_for_a_journal() -> None:
    with pytest.raises(JournalFailed, match="could not be opened"):
        async with open_journal(Path("/proc/self/journal.db")):
            pass
