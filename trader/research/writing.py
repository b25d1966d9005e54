"""A run's files on a disk that may not take them: all are written, or none is left."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import polars as pl

from actors.edge.journal import JournalFailed
from trader.data.parquet import reason_of
from trader.errors import UsageError


@contextmanager
def written_whole(folder: Path) -> Iterator[None]:
    """While the block writes a run into its own folder; whatever ends it early empties that.

    Raises `UsageError` if the disk does not take it.
    """
    is_whole = False
    try:
        yield
        is_whole = True
    except (OSError, pl.exceptions.PolarsError, JournalFailed) as error:
        raise UsageError(
            f"the run cannot be written: {reason_of(error)}",
            where=str(folder),
            hint="make room, or name another folder with --out; nothing was written",
        ) from error
    finally:
        if not is_whole:
            _empty(folder)


def _empty(folder: Path) -> None:
    with suppress(OSError):
        for path in [*folder.iterdir()]:
            path.unlink()
