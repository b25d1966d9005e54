"""The journal: what went into the core and what came out, in order, on disk before any effect.

A record is a kind and a payload; its hash covers the record before it, so no record can be
altered, dropped or put in without the next one showing it. The head, one row beside the records,
says how many there are and how the last one hashes: a lost tail shows too. One writer holds the
folder's lock. A commit that fails ends the journal: what a disk did with half a write is unknown,
and to try again could make a promise that was broken before. All of SQLite is behind this door.

What a crash cut off before it was durable is gone and the rest stands; anything else that cannot
be read is damage, and named.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from hashlib import blake2b
from pathlib import Path
from sqlite3 import SQLITE_BUSY
from typing import Any, Final

import aiosqlite
import anyio
from msgspec import Struct

from actors.runtime.journal_files import (
    PAGE,
    Identity,
    Log,
    has_head,
    is_held,
    locked,
    log_of,
    must_be_writable,
)
from trader.errors import TraderdError, UsageError, VerificationError

JOURNAL_VERSION: Final = 1
HEADER: Final = "header"
END: Final = "end"
"""The kinds of a journal's first record and of its last, whatever run it is of."""

_SCHEMA: Final = """
CREATE TABLE records (number INTEGER PRIMARY KEY, kind TEXT NOT NULL, payload BLOB NOT NULL,
  hash BLOB NOT NULL) STRICT;
CREATE TABLE head (one INTEGER PRIMARY KEY, records INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;
"""
_READ: Final = "SELECT number, kind, payload, hash FROM records WHERE number >= ? ORDER BY number"
_READ_HEAD: Final = "SELECT records, hash FROM head"
_READ_BACK: Final = 256
_LEAST_READ_BACK: Final = 2
_ROWS: Final = 1_024
PATIENCE_S: Final = 30
"""So long a commit waits for somebody else who has locked the file."""
# SQLite quotes what it cannot parse, and a damaged byte need not be text.
_UNREADABLE: Final = (aiosqlite.Error, UnicodeDecodeError)


class JournalFailed(TraderdError):
    """The disk refused a commit; nothing may leave for the venue any more."""

    code = "journal"
    exit_code = 5


class Record(Struct, frozen=True):
    """One record: `index` counts from 0, the payload means what its kind says."""

    index: int
    kind: str
    payload: bytes


class JournalContents(Struct, frozen=True):
    """What a journal holds. `ended`: its last record is an end; `note` tells what is missing."""

    records: tuple[Record, ...]
    ended: bool
    note: str


class Journal:
    """A journal open for writing, of `count` records; `found` are those of when it was opened."""

    def __init__(
        self,
        path: Path,
        database: aiosqlite.Connection,
        found: JournalContents,
        count: int,
        head: bytes,
    ) -> None:
        """Raises OSError if the journal has no file at `path`."""
        self.found = found
        self.count = count
        self._path: Final = path
        self._address: Final = f"{path.absolute().as_uri()}?mode=ro"
        self._identity: Final = Identity(path)
        self._database: Final = database
        self._head = head
        self._failure = ""

    async def commit(self, records: Iterable[tuple[str, bytes]]) -> None:
        """Makes all the records durable together, or raises JournalFailed, now and ever after."""
        if self._failure:
            raise JournalFailed(self._failure, hint="the journal takes no more records")
        head, count, rows = self._head, self.count, []
        for kind, payload in records:
            head = _chained(head, kind, payload)
            rows.append((count, kind, payload, head))
            count += 1
        with anyio.CancelScope(shield=True):
            try:
                await self._write(rows, count, head)
            except aiosqlite.Error as error:
                raise self._failed(f"the journal could not be written: {error}") from error
        if lost := self._identity.lost():
            raise self._failed(f"the journal could not be written: {lost}")
        self._head, self.count = head, count

    async def audit(self) -> None:
        """Reads the last records back on a way of its own, and the head of the log they are in.

        Raises JournalFailed if they are not what was written; no more records are taken then.
        """
        least = self.count
        if least < _LEAST_READ_BACK:
            return
        # Whoever stops the daemon waits for it: a connection that is left alone ends nowhere.
        with anyio.CancelScope(shield=True):
            wrong = await self._read_back(least)
        if wrong:
            raise self._failed(wrong)

    async def _read_back(self, least: int) -> str:
        """What is wrong with the end of a journal of at least so many records."""
        if not has_head(self._path):
            return "the journal cannot be read back: its log is none any more"
        try:
            async with aiosqlite.connect(self._address, uri=True, isolation_level=None) as database:
                await database.execute("BEGIN")
                [(count, head)] = await database.execute_fetchall(_READ_HEAD)
                first = max(0, count - _READ_BACK)
                rows = list(await database.execute_fetchall(_READ, (first,)))
            is_whole = count >= least and _ends_with(rows, count, head)
        except (*_UNREADABLE, LookupError, TypeError, ValueError) as error:
            is_busy = getattr(error, "sqlite_errorcode", 0) == SQLITE_BUSY
            return "" if is_busy else f"the journal cannot be read back: {error}"
        return "" if is_whole else "the journal does not say what was written into it"

    def _failed(self, text: str) -> JournalFailed:
        self._failure = text
        return JournalFailed(text)

    async def _write(self, rows: Sequence[tuple[Any, ...]], count: int, head: bytes) -> None:
        database = self._database
        await database.execute("BEGIN IMMEDIATE")
        await database.executemany("INSERT INTO records VALUES (?, ?, ?, ?)", rows)
        await database.execute("INSERT OR REPLACE INTO head VALUES (0, ?, ?)", (count, head))
        await database.execute("COMMIT")


@asynccontextmanager
async def open_journal(
    path: Path, *, version: int = JOURNAL_VERSION, since: str = ""
) -> AsyncIterator[Journal]:
    """The journal at `path`, created or continued, under the lock of its folder.

    All of it is read and checked. Of a long one only the records from the last one of the kind
    `since` on are found, and the first.

    Raises AccountHeld if somebody else writes there, JournalFailed if nobody may,
    VerificationError for a damaged journal.
    """
    with locked(path.parent):
        try:
            _make(path)
            must_be_writable(path)
            log = log_of(path)
        except OSError as error:
            raise _unopened(path, error) from error
        if log.cuts_file:
            raise VerificationError(
                "the journal's file is cut short and takes no more records",
                where=str(path),
                hint="read what is left of it and begin another",
            )
        async with aiosqlite.connect(path, isolation_level=None, timeout=PATIENCE_S) as database:
            reader = _Reader(database, path, log, since)
            found = await reader.contents()
            try:
                await _prepare(database, version, is_new=not reader.head)
                head = reader.head or _genesis(version)
                journal = Journal(path, database, found, reader.count, head)
            except (OSError, aiosqlite.Error) as error:
                raise _unopened(path, error) from error
            yield journal


async def read_journal(path: Path) -> JournalContents:
    """All that can be read of the journal at `path`; changes nothing in it.

    Raises UsageError if there is none, VerificationError where a record is damaged or where the
    journal is of a newer version than this program knows.
    """
    if not _exists(path):
        raise UsageError("there is no journal", where=str(path))
    log = log_of(path)
    if log.commits is None and is_held(path.parent):
        # Caught in the middle of a write: what SQLite takes for whole is whole.
        log = Log(exists=True, commits=1, cuts_file=False)
    address = _address(path, log)
    async with aiosqlite.connect(address, uri=True, isolation_level=None) as database:
        await database.execute("BEGIN")  # head and records of one instant, though a daemon writes
        return await _Reader(database, path, log).contents()


class _Reader:
    """Reads and checks a whole journal of `count` records; `head` is the last one's hash.

    Kept are those from the last one of the kind `since` on, and the first.
    """

    def __init__(
        self, database: aiosqlite.Connection, path: Path, log: Log, since: str = ""
    ) -> None:
        self.head = b""
        self.count = 0
        self._since = since
        self._database = database
        self._path = path
        self._log = log
        self._is_cut = log.cuts_file
        self._records: list[Record] = []

    async def contents(self) -> JournalContents:
        """Everything, or the error that names what is wrong."""
        if self._is_cut:
            # SQLite else refuses the whole file for a size that does not fit.
            await self._database.execute("PRAGMA writable_schema = ON")
        promised, promised_head = await self._begin()
        broken = await self._read() if self.head else ""
        if not broken and self._log.commits is None:
            broken = "was in a log that is damaged"
        if not self.head and not broken:
            return JournalContents((), ended=False, note="the journal is empty")
        count = self.count
        is_whole = (promised, promised_head) == (count, self.head)
        if self._is_cut and (broken or not is_whole):
            return self._recovered("its file is cut short")
        if broken or not is_whole:
            raise self._damage(broken or "does not agree with the journal's head")
        if self._records and self._records[-1].kind == END:
            return JournalContents(tuple(self._records), ended=True, note="")
        return self._recovered("")

    def _recovered(self, why: str) -> JournalContents:
        records = tuple(self._records)
        if not records:
            note = f"no whole record is left: {why}" if why else "the journal has no record yet"
            return JournalContents(records, ended=False, note=note)
        because = f" ({why})" if why else ""
        note = (
            f"the journal ends after record {self.count - 1} without an end{because}: "
            "recovered to the last whole record"
        )
        return JournalContents(records, ended=False, note=note)

    async def _begin(self) -> tuple[int, bytes]:
        """What the head promises; sets the hash that the chain begins with, if there is a chain."""
        try:
            version = (await self._rows("PRAGMA user_version"))[0][0]
            tables = await self._rows("SELECT count(*) FROM sqlite_schema")
            mode = (await self._rows("PRAGMA journal_mode"))[0][0]
            if self._log.commits and mode != "wal":
                raise self._damage("is in a log that the file denies")
            _check_version(version, self._path)
            is_new = not version and not tables[0][0]
            if is_new and not self._log.tears_page:
                return 0, b""
            if not version or not tables[0][0]:
                raise self._damage("is gone with all others")
            self.head = _genesis(version)
            rows = await self._rows(_READ_HEAD)
        except _UNREADABLE as error:
            if self._is_cut and self.head:
                return -1, b""
            raise self._damage(f"cannot be read ({error})") from error
        return rows[0] if rows else (0, self.head)

    async def _read(self) -> str:
        """Reads records until the end or the first that is wrong; says what is wrong with it."""
        try:
            async with self._database.execute(_READ, (0,)) as cursor:
                while rows := await cursor.fetchmany(_ROWS):
                    for row in rows:
                        if wrong := self._take(*row):
                            return wrong
        except _UNREADABLE:
            return await self._read_singly()
        return ""

    async def _read_singly(self) -> str:
        """Goes on one by one where a batch was unreadable, to find the record itself."""
        while True:
            try:
                rows = await self._rows(f"{_READ} LIMIT 1", self.count)
            except _UNREADABLE as error:
                return f"cannot be read ({error})"
            if not rows:
                return ""
            if wrong := self._take(*rows[0]):
                return wrong

    def _take(self, number: object, kind: object, payload: object, hashed: object) -> str:
        if number != self.count:
            return "is missing"
        if not isinstance(kind, str) or not isinstance(payload, bytes):
            return "is no record"
        head = _chained(self.head, kind, payload)
        if hashed != head:
            return "is altered: its hash does not follow from it"
        self.head = head
        if kind == self._since:
            del self._records[1:]
        self._records.append(Record(self.count, kind, payload))
        self.count += 1
        return ""

    async def _rows(self, query: str, *values: object) -> list[Any]:
        return list(await self._database.execute_fetchall(query, values))

    def _damage(self, what: str) -> VerificationError:
        return _damage(self.count, what, self._path)


async def _prepare(database: aiosqlite.Connection, version: int, *, is_new: bool) -> None:
    """Empties the log, and makes the tables of a new journal."""
    await database.execute("PRAGMA synchronous = FULL")
    await database.execute(f"PRAGMA page_size = {PAGE}")
    await database.execute_fetchall("PRAGMA journal_mode = WAL")
    await database.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
    if is_new:
        await database.executescript(f"BEGIN; PRAGMA user_version = {version}; {_SCHEMA} COMMIT;")


def _unopened(path: Path, error: Exception) -> JournalFailed:
    why = error.strerror if isinstance(error, OSError) else error
    return JournalFailed(f"the journal could not be opened: {why}", where=str(path))


def _ends_with(rows: Sequence[Any], count: int, head: bytes) -> bool:
    """Whether the last rows follow from one another and end in what the head says."""
    number, _, _, before = rows[0]
    for each, kind, payload, hashed in rows[1:]:
        number += 1
        if each != number or hashed != _chained(before, kind, payload):
            return False
        before = hashed
    return len(rows) > 1 and (number + 1, before) == (count, head)


def _genesis(version: int) -> bytes:
    return blake2b(f"traderd journal {version}".encode(), digest_size=32).digest()


def _chained(head: bytes, kind: str, payload: bytes) -> bytes:
    """The hash of a record whose predecessor hashes to `head`."""
    name = kind.encode()
    return blake2b(head + bytes([len(name)]) + name + payload, digest_size=32).digest()


def _check_version(version: int, path: Path) -> None:
    if version > JOURNAL_VERSION:
        raise VerificationError(
            f"the journal is of version {version}, this program reads up to {JOURNAL_VERSION}",
            where=str(path),
            hint=f"read it with a traderd that knows journal version {version}",
        )


def _damage(record: int, what: str, path: Path) -> VerificationError:
    return VerificationError(
        f"record {record} of the journal {what}",
        where=str(path),
        hint="restore the journal from a copy; what it says can no longer be trusted",
    )


def _exists(path: Path) -> bool:
    return path.is_file()


def _address(path: Path, log: Log) -> str:
    """Where SQLite shall read; a file without a log changes under nobody and needs no lock."""
    mode = "mode=ro" if log.exists else "immutable=1"
    return f"{path.absolute().as_uri()}?{mode}"


def _make(path: Path) -> None:
    """A new file is its owner's alone; SQLite gives the log beside it the same rights."""
    path.touch(mode=0o600)
