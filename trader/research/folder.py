"""The run folder: what a run leaves on disk, and how it is found and read again.

`run.json` is written last and in one move, so a folder that has one is whole. What else is in it
stands in the documentation of the interface.
"""

import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec
import polars as pl
from msgspec import Struct

from trader.data.parquet import BROKEN, open_parquet
from trader.errors import DataError, UsageError

Query: TypeAlias = Callable[[pl.LazyFrame], pl.LazyFrame]

RUN: Final = "run.json"
METRICS: Final = "metrics.json"
CONFIG: Final = "config.yaml"
TRADES: Final = "trades.parquet"
REPORT: Final = "report.html"
JOURNAL: Final = "journal.db"
_OTHER_COLUMNS: Final = (
    pl.exceptions.ColumnNotFoundError,
    pl.exceptions.SchemaError,
    pl.exceptions.InvalidOperationError,
)
_RUN_HAS: Final = ("id", "config_digest", "gear", "period", "inputs", "digest", "counts", "account")
_METRICS_HAVE: Final = ("equity_final", "strategies", "orders_by_status", "denials_by_code")


class RunFolder(Struct, frozen=True, kw_only=True):
    """A whole run on disk: its folder and the two documents in it."""

    path: Path
    run: dict[str, Any]
    metrics: dict[str, Any]

    def frame(self, name: str) -> pl.DataFrame:
        """One of its tables; raises `DataError` as `rows` does."""
        return self.rows(name, lambda table: table)

    def rows(self, name: str, query: Query) -> pl.DataFrame:
        """What a query finds in one of its tables.

        Raises `DataError` if the file is missing, damaged, or not what a run writes.
        """
        path = self.path / f"{name}.parquet"
        try:
            return query(open_parquet(path).lazy).collect()
        except DataError as error:
            problem = error.message
        except _OTHER_COLUMNS:
            problem = "its columns are not those that a run writes"
        except BROKEN as error:
            problem = f"damaged Parquet file: {str(error).partition('. ')[0].splitlines()[0]}"
        raise DataError(
            f"a table of the run cannot be read: {problem}",
            where=str(path),
            hint="copy the folder of the run again, or run its config.yaml anew",
        )

    def curves(self) -> tuple[list[float], list[float]]:
        """Equity and drawdown, a value a row."""
        rows = self.rows("equity", lambda table: table.select("equity", "drawdown"))
        return rows["equity"].to_list(), rows["drawdown"].to_list()

    def trades(self, most: int) -> list[dict[str, Any]]:
        """The trades that moved the account most, the largest first; none of an older run."""
        if not (self.path / TRADES).is_file():
            return []
        by_size = pl.col("pnl").abs()
        largest = self.rows(
            "trades",
            lambda table: table.sort(by_size, descending=True, maintain_order=True).head(most),
        )
        return largest.to_dicts()


def write_folder(
    folder: Path, *, frames: Mapping[str, pl.DataFrame], config: str, metrics: Mapping[str, Any]
) -> None:
    """Writes everything but the journal and `run.json`."""
    for name, frame in frames.items():
        frame.write_parquet(folder / f"{name}.parquet")
    (folder / CONFIG).write_text(config, encoding="utf-8")
    write_document(folder / METRICS, metrics)


def write_document(path: Path, document: Mapping[str, Any]) -> None:
    """Writes JSON in one move: whoever looks finds all of it or nothing."""
    text = msgspec.json.format(msgspec.json.encode(document), indent=2)
    write_whole(path, text + b"\n")


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file in one move: whoever looks finds all of it or nothing."""
    draft = path.with_name(f".{path.name}")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def open_run(path: Path) -> RunFolder:
    """Reads the run in a folder; `UsageError` if there is none, `DataError` if it is damaged."""
    if not (path / RUN).is_file():
        raise UsageError(
            "there is no run in this folder" if path.is_dir() else "there is no such run",
            where=str(path),
            hint="`traderd runs` lists those in `runs`; give an id from there or a folder",
        )
    return RunFolder(
        path=path, run=_read(path / RUN, _RUN_HAS), metrics=_read(path / METRICS, _METRICS_HAVE)
    )


def find_run(name: str, root: Path) -> Path:
    """The folder that a person means by a path or by an id under `root`."""
    path = Path(name)
    return path if path.exists() or len(path.parts) > 1 else root / name


def runs_in(root: Path) -> tuple[list[RunFolder], list[str]]:
    """The whole runs in `root`, the latest last, and what is wrong with those that are damaged."""
    folders = [path for path in root.iterdir() if (path / RUN).is_file()] if root.is_dir() else []
    folders.sort(key=lambda path: ((path / RUN).stat().st_mtime_ns, path.name))
    runs, problems = [], []
    for path in folders:
        try:
            runs.append(open_run(path))
        except DataError as error:
            problems.append(str(error))
    return runs, problems


def _read(path: Path, needed: Collection[str]) -> dict[str, Any]:
    try:
        document = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except OSError as error:
        problem = error.strerror
    except msgspec.MsgspecError as error:
        problem = str(error)
    else:
        lacking = [name for name in needed if name not in document]
        if not lacking:
            return document
        problem = f"it has no {lacking[0]!r}"
    raise DataError(f"a document of the run cannot be read: {problem}", where=str(path))
