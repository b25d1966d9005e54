"""A journal's files as the system shows them: the lock, the log beside the file, who is who.

Names can be moved, removed or given to other files while a program writes on into what had them;
what is written then is durable and yet nowhere to be found.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES
from pathlib import Path
from typing import Final

from msgspec import Struct

from actors.runtime.write_ahead import HEADER_BYTES, commits, is_header
from trader.errors import AccountHeld

PAGE: Final = 4_096
_PAGES_AT: Final = slice(28, 32)
_SQLITE_HEADER: Final = 100
_LOOKS: Final = 3


class Log(Struct, frozen=True, kw_only=True):
    """The log beside a file, and what both say about the file's size.

    `commits` wait in the log, None if it is damaged or being written right now. `cuts_file`: the
    file is shorter than it says and no log makes up for it; `tears_page`: not even its pages are
    whole.
    """

    exists: bool
    commits: int | None
    cuts_file: bool
    tears_page: bool = False


def log_path(path: Path) -> Path:
    """Where SQLite keeps the log of the file at `path`."""
    return path.with_name(path.name + "-wal")


def log_of(path: Path) -> Log:
    """The log of the file at `path`. Nobody in this process may have the file open."""
    log = log_path(path)
    exists = log.exists()
    found = commits(log.read_bytes()) if exists else 0
    if not path.exists():
        return Log(exists=exists, commits=found, cuts_file=False)
    size = path.stat().st_size
    with path.open("rb") as file:
        pages = int.from_bytes(file.read(_SQLITE_HEADER)[_PAGES_AT], "big")
    is_cut = found == 0 and _SQLITE_HEADER <= size < pages * PAGE
    return Log(exists=exists, commits=found, cuts_file=is_cut, tears_page=size % PAGE > 0)


def has_head(path: Path) -> bool:
    """Whether the log of the file at `path` is empty or begins as one, at one of a few looks.

    Whoever writes it may be about to begin it anew at one of them.
    """
    for _ in range(_LOOKS):
        try:
            with log_path(path).open("rb") as file:
                head = file.read(HEADER_BYTES)
        except OSError:
            return False
        if not head or is_header(head):
            return True
    return False


def must_be_writable(path: Path) -> None:
    """Raises PermissionError if the file or its folder is not, or lies on a disk that is not."""
    for each in (path.parent, path):
        if not os.access(each, os.W_OK):
            raise PermissionError(EACCES, f"{each.name} cannot be written", str(each))


class Identity:
    """Which files have the journal's names now."""

    def __init__(self, path: Path) -> None:
        """Raises OSError if one of the two is missing."""
        self._paths: Final = path, log_path(path)
        self._known: Final = [_which(each) for each in self._paths]

    def lost(self) -> str:
        """What has become of them since; empty if they are the same."""
        for path, known in zip(self._paths, self._known, strict=True):
            try:
                found = _which(path)
            except OSError as error:
                return f"{path.name} is gone: {error.strerror}"
            if found != known:
                return f"{path.name} is another file than it was"
        return ""


def _which(path: Path) -> tuple[int, int]:
    found = os.stat(path)  # noqa: PTH116 - half the time, once for every commit
    return found.st_dev, found.st_ino


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds the folder for one writer; the lock ends with the process, however that ends.

    Raises AccountHeld if somebody else holds it, OSError for a folder that cannot be.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _lock(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise AccountHeld(
            "another instance writes its journal here", where=str(folder), hint="stop it first"
        ) from None


def is_held(folder: Path) -> bool:
    """Whether somebody writes there now."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
