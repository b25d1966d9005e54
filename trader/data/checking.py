"""What of the catalog, or of single files, a run would take, and what is odd in it."""

from dataclasses import dataclass
from pathlib import Path

from trader.data.catalog import Series, all_series, check_apart, length_of
from trader.data.examining import Examined, examine
from trader.data.reading import read_file
from trader.data.recording import join
from trader.data.tables.findings import Finding
from trader.data.tables.table import Asked
from trader.errors import DataError


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A file or a series: what it holds, or why a run would refuse it."""

    name: str
    path: Path
    files: int = 1
    examined: Examined | None = None
    findings: tuple[Finding, ...] = ()
    refusal: DataError | None = None


def check_series(root: Path, series: Series) -> Checked:
    """Read all files of a series as a run does."""
    name, folder, files = str(series), series.folder(root), series.files(root)
    try:
        length = length_of(root, series)
        check_apart(files)
        rows = join(folder, files)
        examined = examine(rows, series.kind, series.name, interval_ns=length)
    except DataError as error:
        return Checked(name=name, path=folder, files=len(files), refusal=error)
    return Checked(name=name, path=folder, files=len(files), examined=examined)


def check_catalog(root: Path) -> list[Checked]:
    """Read every series of the catalog, in alphabetical order."""
    return [check_series(root, series) for series in all_series(root)]


def check_file(path: Path, asked: Asked) -> Checked:
    """Read a text or a Parquet file that is not in the catalog."""
    try:
        read = read_file(path, path.name, asked)
        examined = examine(read.recording, read.kind, path.name, interval_ns=read.interval_ns)
    except DataError as error:
        return Checked(name=path.name, path=path, refusal=error)
    return Checked(
        name=f"{read.kind} of {path.name}",
        path=path,
        examined=examined,
        findings=(*read.findings, *examined.findings),
    )
