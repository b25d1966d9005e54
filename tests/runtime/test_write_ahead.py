"""A log as SQLite itself writes it, cut and damaged in every way that matters."""

import sqlite3
from pathlib import Path

import pytest

from actors.runtime.write_ahead import commits

HEADER = 32
FRAME = 24 + 4096
COMMITS = 4


@pytest.fixture
def log(tmp_path: Path) -> bytes:
    """A log of several commits, one page each, on top of the one that made the table."""
    path = tmp_path / "x.db"
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("CREATE TABLE t (x BLOB)")
    for number in range(COMMITS):
        database.execute("INSERT INTO t VALUES (?)", (bytes([number]),))
    data = path.with_name("x.db-wal").read_bytes()
    database.close()
    return data


def flipped(log: bytes, at: int) -> bytes:
    return log[:at] + bytes([log[at] ^ 4]) + log[at + 1 :]


def test_every_commit_is_found(log: bytes) -> None:
    assert commits(log) == COMMITS + 1


@pytest.mark.parametrize("log", [b"", b"\x37\x7f", b"\0" * 5_000])
def test_a_log_without_a_beginning_holds_nothing(log: bytes) -> None:
    assert commits(log) == 0


@pytest.mark.parametrize("frames", range(COMMITS + 2))
def test_what_a_crash_cut_off_was_not_durable(log: bytes, frames: int) -> None:
    whole = len(log) // FRAME - COMMITS - 1

    for size in (0, 10, FRAME - 1):
        cut = log[: HEADER + (whole + frames) * FRAME + size]
        assert commits(cut) in {frames, COMMITS + 1}


def test_empty_or_older_frames_behind_the_end_are_no_damage(log: bytes) -> None:
    end = HEADER + 3 * FRAME
    stale = bytes([x ^ 7 for x in log[end + 8 : end + 16]])
    older = log[end : end + 8] + stale + log[end + 16 : end + FRAME]

    assert commits(log[:end] + b"\0" * FRAME) == commits(log[:end])
    assert commits(log[:end] + older) == commits(log[:end])


@pytest.mark.parametrize("frame", range(COMMITS))
@pytest.mark.parametrize("at", [0, 3, 5, 8, 12, 17, 21, 24, 4_000])
def test_a_damaged_frame_is_seen(log: bytes, frame: int, at: int) -> None:
    assert commits(flipped(log, HEADER + frame * FRAME + at)) is None


@pytest.mark.parametrize("at", range(0, HEADER, 3))
def test_a_damaged_head_is_seen(log: bytes, at: int) -> None:
    assert commits(flipped(log, at)) is None


def test_a_good_frame_behind_the_end_is_damage(log: bytes) -> None:
    end = HEADER + FRAME

    assert commits(log[:end] + b"\0" * FRAME + log[end + FRAME :]) is None
