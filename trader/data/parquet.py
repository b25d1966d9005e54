"""The door to Parquet files: whatever is wrong with the bytes leaves here as a `DataError`.

A file is opened by its footer alone; a slice of it decodes the rows asked for and no others. A
damaged page therefore shows only when its rows are decoded, and the error names them. A file that
is replaced while somebody reads it would be two files under one digest, so that is an error too.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import polars as pl

from trader.errors import DataError, TraderdError

MAGIC: Final = b"PAR1"
SIZE_MIN: Final = 12  # magic, length of the footer, magic
CHUNK_BYTES: Final = 1 << 20
FETCH_AGAIN: Final = "copy or download the file again"

# A decoder that meets impossible bytes may panic; Polars passes that on as its own exception,
# which is no `Exception`.
BROKEN: Final = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ParquetFile:
    """A Parquet file known by its footer; `open_parquet` makes it."""

    path: Path
    schema: pl.Schema
    rows: int
    lazy: pl.LazyFrame
    stamp: tuple[int, int]

    def read(self, columns: Sequence[str], row: int, count: int) -> pl.DataFrame:
        """Decode `count` rows of some columns from `row` on."""
        if _stamp(self.path) != self.stamp:
            raise DataError("the file was changed while it was read", where=str(self.path))
        what = f"rows {row} to {row + count - 1}"
        frame = _collect(self.lazy.select(columns).slice(row, count), self.path, what, "in-memory")
        if frame.height != count:
            raise _damaged(self.path, what, f"{frame.height} rows instead of {count}")
        return frame

    def nulls(self, column: str) -> int:
        """How many rows have no value in `column`."""
        query = self.lazy.select(pl.col(column).null_count())
        return int(_collect(query, self.path, f"column {column}", "streaming").item())


def open_parquet(path: Path) -> ParquetFile:
    """Open a file by its footer; `DataError` if it is missing, truncated or something else."""
    stamp = _stamp(path)
    _check_ends(path, stamp[0])
    try:
        lazy = pl.scan_parquet(path, glob=False, hive_partitioning=False)
        schema = lazy.collect_schema()
    except BROKEN as error:
        raise _damaged(path, "footer", _first_line(error)) from error
    rows = int(_collect(lazy.select(pl.len()), path, "footer", "streaming").item())
    return ParquetFile(path=path, schema=schema, rows=rows, lazy=lazy, stamp=stamp)


def digest_of(path: Path) -> str:
    """BLAKE2b-256 of the file's bytes in hex, read in pieces of 1 MiB."""
    digest = hashlib.blake2b(digest_size=32)
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
    except OSError as error:
        raise _unreadable(path, error) from error
    return digest.hexdigest()


def reason_of(error: BaseException) -> str:
    """Why the disk did not take a file, in a few words.

    >>> reason_of(OSError(28, "No space left on device", "x.parquet"))
    'No space left on device'
    """
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, TraderdError):
        return error.message
    return _first_line(error).rpartition("IO error: ")[2]


def _collect(
    lazy: pl.LazyFrame, path: Path, what: str, engine: Literal["in-memory", "streaming"]
) -> pl.DataFrame:
    try:
        return lazy.collect(engine=engine)
    except BROKEN as error:
        raise _damaged(path, what, _first_line(error)) from error


def _check_ends(path: Path, size: int) -> None:
    """Cut off and never Parquet are different mistakes, and both ends together tell which."""
    try:
        with path.open("rb") as file:
            head = file.read(len(MAGIC))
            file.seek(max(0, size - len(MAGIC)))
            tail = file.read(len(MAGIC))
    except OSError as error:
        raise _unreadable(path, error) from error
    if size == 0:
        raise DataError("the file is empty (0 bytes)", where=str(path), hint=FETCH_AGAIN)
    if head != MAGIC:
        message = f"not a Parquet file: it begins with {head!r}"
        raise DataError(message, where=str(path), hint="convert it to Parquet first")
    if tail != MAGIC or size < SIZE_MIN:
        message = f"truncated Parquet file: it ends after {size} bytes without a footer"
        raise DataError(message, where=str(path), hint=FETCH_AGAIN)


def _stamp(path: Path) -> tuple[int, int]:
    """Size in bytes and time of the last change in nanoseconds."""
    try:
        status = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    return status.st_size, status.st_mtime_ns


def _unreadable(path: Path, error: OSError) -> DataError:
    if isinstance(error, FileNotFoundError):
        return DataError("no such file", where=str(path), hint="correct the path")
    return DataError(f"cannot read the file: {error.strerror or error}", where=str(path))


def _damaged(path: Path, what: str, detail: str) -> DataError:
    message = f"damaged Parquet file: {detail}"
    return DataError(message, where=f"{path}, {what}", hint=FETCH_AGAIN)


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
