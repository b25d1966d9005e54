"""A long journal, opened again: all of it is checked, and its end alone is kept in mind."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from actors.edge.journal import END, open_journal, read_journal
from trader.errors import VerificationError

pytestmark = pytest.mark.anyio

LIFE = [("header", b"h"), ("step", b"1"), ("mark", b"a"), ("step", b"2"), ("mark", b"b")]


async def test_the_first_record_and_those_from_the_last_mark_on_are_found(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with open_journal(path, since="mark") as journal:
        await journal.commit([*LIFE, ("step", b"3")])
    whole = await read_journal(path)

    async with open_journal(path, since="mark") as journal:
        found = journal.found
        assert found.records == (whole.records[0], *whole.records[4:])
        assert "after record 5 without an end" in found.note
        assert journal.count == len(whole.records)
        await journal.commit([(END, b"")])
    assert [each.index for each in (await read_journal(path)).records] == list(range(7))


async def test_without_a_mark_everything_is_found(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with open_journal(path) as journal:
        await journal.commit(LIFE[:2])
    async with open_journal(path, since="mark") as journal:
        assert journal.found.records == (await read_journal(path)).records


async def test_what_is_not_kept_was_checked(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with open_journal(path) as journal:
        await journal.commit(LIFE)
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE records SET payload = x'00' WHERE number = 1")
        other.commit()

    with pytest.raises(VerificationError, match="record 1 of the journal is altered"):
        async with open_journal(path, since="mark"):
            pass


async def test_a_copy_of_a_journal_at_work_is_the_same_journal(tmp_path: Path) -> None:
    """In one file, read like the journal itself, and gone on with."""
    path, copy = tmp_path / "journal.db", tmp_path / "copy" / "journal.db"
    copy.parent.mkdir()
    async with open_journal(path) as journal:
        await journal.commit(LIFE)
        with closing(sqlite3.connect(path)) as other:
            other.execute("VACUUM INTO ?", (str(copy),))
        await journal.commit(LIFE[1:])
        assert [each.name for each in copy.parent.iterdir()] == ["journal.db"]

    assert (await read_journal(copy)).records == (await read_journal(path)).records[: len(LIFE)]
    async with open_journal(copy) as journal:
        await journal.commit([(END, b"")])
    assert (await read_journal(copy)).ended
