"""Rows onto the shelves of the catalog: all of an import, or none of it.

Each piece is written beside its place under a name that nobody takes for a file of the catalog,
made safe on the disk, and moved in one step. What fails takes everything back.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

import polars as pl

from trader.data.catalog import file_name
from trader.data.importing import Piece
from trader.data.parquet import reason_of
from trader.errors import DataError


@contextmanager
def held(root: Path) -> Iterator[None]:
    """Hold the catalog for one import: what is new is looked for and written without another.

    The hold ends with the process, however that ends. Raises `DataError` while another has it.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(root, os.O_RDONLY)
    except OSError as error:
        raise _unwritable(root, error) from error
    try:
        _lock(descriptor, root)
        yield
    finally:
        os.close(descriptor)
        _prune(root, [root])


def _lock(descriptor: int, root: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise DataError(
            "another import writes into the catalog", where=str(root), hint="wait until it is done"
        ) from None


def write_pieces(root: Path, pieces: Sequence[Piece]) -> list[Path]:
    """Write rows into the catalog; their files, in the order of the pieces.

    Raises `DataError` if the disk does not take them, and leaves nothing behind then.
    """
    paths = [_place(root, piece) for piece in pieces]
    unfinished: list[Path] = []
    moved: list[Path] = []
    try:
        for piece, path in zip(pieces, paths, strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
                unfinished.append(Path(file.name))
            _write(piece, unfinished[-1])
        for part, path in zip(unfinished, paths, strict=True):
            part.replace(path)
            moved.append(path)
        for folder in {path.parent for path in paths}:
            _make_safe(folder)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _unwritable(root, error) from error
    finally:
        if len(moved) < len(pieces):
            for path in (*unfinished, *moved):
                path.unlink(missing_ok=True)
            _prune(root, [path.parent for path in paths])
    return paths


def _unwritable(root: Path, error: Exception) -> DataError:
    return DataError(
        f"the catalog cannot be written: {reason_of(error)}",
        where=str(root),
        hint="nothing was imported; make room, or name another folder by state_dir",
    )


def _place(root: Path, piece: Piece) -> Path:
    return piece.incoming.series.folder(root) / file_name(piece.first, piece.last)


def _write(piece: Piece, path: Path) -> None:
    rows = piece.incoming.sheet.lazy.slice(piece.start, piece.stop - piece.start)
    rows.sink_parquet(path, compression="zstd")
    _make_safe(path)


def _make_safe(path: Path) -> None:
    """Wait until the disk has it."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _prune(root: Path, folders: Iterable[Path]) -> None:
    """Remove the folders that hold nothing, up to the catalog itself."""
    for each in folders:
        folder = each
        while folder.is_relative_to(root) and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent
