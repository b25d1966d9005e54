"""Texts and strangers' Parquet files as recordings, which any reader takes.

A small table stays in memory. A large one is written once to a Parquet file of ours in a folder
of conversions, named by the digest of the text and by what was asked of it, so that its batches
stay lazy and the next run finds it. The digest of the recording is that of the text's own bytes.
"""

import hashlib
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

import msgspec
import polars as pl

from trader.data.defects import Address, Source
from trader.data.parquet import digest_of, open_parquet
from trader.data.recording import MemoryRows, Recording, Rows
from trader.data.tables.cells import RECORD
from trader.data.tables.dialect import sniff
from trader.data.tables.lines import line_of
from trader.data.tables.table import Asked, Table, read_table
from trader.errors import DataError

ENDINGS: Final = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
MEMORY_BYTES: Final = 1 << 26
"""A text of up to so many bytes is kept in memory."""
VERSION: Final = 2
"""Changes when the same text would be read otherwise."""
NOTES: Final = "notes"


def is_text(path: Path) -> bool:
    """Whether the name says that it is a text of columns.

    >>> is_text(Path("x.CSV.gz")), is_text(Path("x.parquet"))
    (True, False)
    """
    return path.name.lower().endswith(ENDINGS)


def open_text(
    path: Path, name: str, asked: Asked, cache: Path, memory_bytes: int = MEMORY_BYTES
) -> Recording:
    """The rows of a text; `name` is how messages speak of it, `cache` the folder of conversions.

    Raises `DataError` as `read_table` does.
    """
    try:
        is_small = path.stat().st_size <= memory_bytes
    except OSError:
        is_small = True  # what is wrong with it is told by who opens it
    if is_small:
        return recording_of(read_table(path, name, asked))
    digest = digest_of(path)
    question = msgspec.json.encode((VERSION, asked))
    key = hashlib.blake2b(question, digest_size=8).hexdigest()
    kept = cache / f"{digest[:32]}-{key}.parquet"
    if not kept.exists():
        table = read_table(path, name, asked)
        _keep(table.frame, kept, notes_of(table))
    file = open_parquet(kept)
    notes = msgspec.json.decode(pl.read_parquet_metadata(kept)[NOTES], type=tuple[str, ...])
    source = Source(name=name, path=path)
    return Recording(path=path, file=file, digest=digest, address=_lines(source, file), notes=notes)


def recording_of(table: Table) -> Recording:
    """The rows of a table that was read, in memory."""
    path = table.cells.source.path
    rows = table.frame[RECORD]
    return Recording(
        path=path,
        file=MemoryRows(frame=table.frame),
        digest=digest_of(path),
        address=lambda row: table.cells.address(rows[row]),
        notes=notes_of(table),
    )


def notes_of(table: Table) -> tuple[str, ...]:
    """What was inferred, in one line."""
    told = "; ".join(str(finding) for finding in table.findings)
    return (f"{table.cells.source.path}: {told}",)


def _lines(source: Source, rows: Rows) -> Address:
    """Where a row of a kept conversion stands in its text."""

    def address(row: int) -> tuple[Path, str]:
        record = int(rows.read((RECORD,), row, 1).item())
        return source.path, f"line {line_of(source, sniff(source)[0], record)}"

    return address


def _keep(frame: pl.DataFrame, path: Path, notes: tuple[str, ...]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            unfinished = Path(file.name)
        try:
            frame.write_parquet(unfinished, metadata={NOTES: msgspec.json.encode(notes).decode()})
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise DataError(
            f"the conversion cannot be kept: {error.strerror or error}",
            where=str(path.parent),
            hint="make room, or set state_dir to a folder that can be written",
        ) from error
