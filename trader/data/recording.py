"""What lies under a reader: rows that can be decoded in pieces, and the bytes they come from.

Most often that is one Parquet file. A series of the catalog is several, read as if they were one;
a text is converted first, and then its rows lie in memory or in a Parquet file of ours. Readers do
not tell them apart: they ask for pieces, and errors name the file that a person knows.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Protocol

import polars as pl

from trader.data.defects import Address, Source
from trader.data.parquet import ParquetFile, digest_of, open_parquet


class Rows(Protocol):
    """Rows of named, typed columns, decoded as they are asked for."""

    @property
    def schema(self) -> pl.Schema:
        """Names and types of the columns."""

    @property
    def rows(self) -> int:
        """How many there are."""

    @property
    def lazy(self) -> pl.LazyFrame:
        """All of them, not read yet."""

    def read(self, columns: Sequence[str], row: int, count: int) -> pl.DataFrame:
        """`count` rows of some columns from `row` on."""

    def nulls(self, column: str) -> int:
        """How many rows have no value in `column`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MemoryRows:
    """Rows that are in memory already."""

    frame: pl.DataFrame

    @property
    def schema(self) -> pl.Schema:
        """Names and types of the columns."""
        return self.frame.schema

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.frame.height

    @property
    def lazy(self) -> pl.LazyFrame:
        """All of them, not read yet."""
        return self.frame.lazy()

    def read(self, columns: Sequence[str], row: int, count: int) -> pl.DataFrame:
        """`count` rows of some columns from `row` on."""
        return self.frame.select(columns).slice(row, count)

    def nulls(self, column: str) -> int:
        """How many rows have no value in `column`."""
        return self.frame[column].null_count()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JoinedRows:
    """The rows of several files of one schema, one after the other."""

    files: tuple[ParquetFile, ...]
    ends: tuple[int, ...]  # the row after the last of each file

    @property
    def schema(self) -> pl.Schema:
        """Names and types of the columns."""
        return self.files[0].schema

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.ends[-1]

    @property
    def lazy(self) -> pl.LazyFrame:
        """All of them, not read yet."""
        return pl.concat([file.lazy for file in self.files])

    def read(self, columns: Sequence[str], row: int, count: int) -> pl.DataFrame:
        """`count` rows of some columns from `row` on."""
        pieces = []
        while count:
            number, begin = self.part(row)
            file = self.files[number]
            taken = min(count, file.rows - begin)
            pieces.append(file.read(columns, begin, taken))
            row, count = row + taken, count - taken
        return pl.concat(pieces, rechunk=True)

    def nulls(self, column: str) -> int:
        """How many rows have no value in `column`."""
        return sum(file.nulls(column) for file in self.files)

    def part(self, row: int) -> tuple[int, int]:
        """Which file the row stands in, and where in it."""
        number = bisect_right(self.ends, row)
        return number, row - (self.ends[number] - self.files[number].rows)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recording:
    """Rows and the file they come from; `open_recording` makes one of a Parquet file.

    `digest` is BLAKE2b-256 in hex of the bytes at `path` (of the files' digests where `path` is a
    folder of several). `notes` say for people what was inferred about it.
    """

    path: Path
    file: Rows
    digest: str
    address: Address | None = None
    notes: tuple[str, ...] = ()

    def source(self, name: str, kind: str) -> Source:
        """How messages speak of it."""
        return Source(name=name, path=self.path, kind=kind, address=self.address, notes=self.notes)


def open_recording(path: Path | Recording) -> Recording:
    """The Parquet file, opened by its footer; what is a recording already stays as it is.

    Raises `DataError` if the file is missing, empty, damaged or not Parquet.
    """
    if isinstance(path, Recording):
        return path
    return Recording(path=path, file=open_parquet(path), digest=digest_of(path))


def join(folder: Path, paths: Sequence[Path]) -> Recording:
    """The files of a folder as one recording, in the order given; at least one.

    Raises `DataError` as `open_recording` does, and for a file whose columns are not the first's.
    """
    files = tuple(open_parquet(path) for path in paths)
    for path, file in zip(paths, files, strict=True):
        if file.schema != files[0].schema:
            source = Source(name=folder.name, path=path, kind="columns")
            raise source.defect(
                "they differ from those of the first file", hint=f"compare it with {paths[0].name}"
            )
    digests = [digest_of(path) for path in paths]
    together = hashlib.blake2b("".join(digests).encode(), digest_size=32).hexdigest()
    rows = JoinedRows(files=files, ends=tuple(accumulate(file.rows for file in files)))

    def address(row: int) -> tuple[Path, str]:
        number, at = rows.part(row)
        return paths[number], f"row {at}"

    return Recording(
        path=folder,
        file=rows,
        digest=digests[0] if len(digests) == 1 else together,
        address=address,
    )
