"""Any file of rows as a recording of a known kind: ours as it is, a stranger's made into ours."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from trader.data.converting import recording_of
from trader.data.filing import strict_kind
from trader.data.order import TS_OPEN, instants
from trader.data.recording import Recording, open_recording
from trader.data.tables.findings import Finding, Origin
from trader.data.tables.rhythm import interval, interval_text
from trader.data.tables.roles import Kind
from trader.data.tables.table import Asked, read_table

PARQUET: Final = ".parquet"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Read:
    """Rows, what they are, how long their bars are (0 for other rows), and how one knows."""

    recording: Recording
    kind: Kind
    interval_ns: int
    findings: tuple[Finding, ...]


def read_file(path: Path, name: str, asked: Asked) -> Read:
    """Read a text or a Parquet file; `name` is how messages speak of it.

    Raises `DataError` for what cannot be read, and for what cannot be told apart.
    """
    if path.suffix == PARQUET:
        recording = open_recording(path)
        kind = strict_kind(recording.file, asked.kind)
        if kind is not None:
            origin: Origin = "given" if asked.kind else "found"
            told = Finding(what="kind", value=kind, origin=origin, why="by its columns")
            if kind != "bars":
                return Read(recording=recording, kind=kind, interval_ns=0, findings=(told,))
            interval_ns, finding = _interval(recording, name, asked.interval_ns)
            return Read(
                recording=recording, kind=kind, interval_ns=interval_ns, findings=(told, finding)
            )
    table = read_table(path, name, asked)
    return Read(
        recording=recording_of(table),
        kind=table.kind,
        interval_ns=table.interval_ns,
        findings=table.findings,
    )


def _interval(recording: Recording, name: str, asked: int | None) -> tuple[int, Finding]:
    """The length of bars: as asked, else as their openings show it."""
    if asked is not None:
        return asked, Finding(what="interval", value=interval_text(asked), origin="given")
    source = recording.source(name, "bars")
    file = recording.file
    opens = instants(source, file.read((TS_OPEN,), 0, file.rows)[TS_OPEN], 0)
    found, why = interval(opens)
    if isinstance(why, Finding):
        return found, why
    raise source.defect(why, row=found, hint="give the interval, such as 1m or 1d")
