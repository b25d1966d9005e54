"""Files into the catalog: everything is read, checked and said before anything is written.

A file may overlap what the catalog has, if the rows they share are the same to the bit; then only
the others are written. Rows that differ are refused: which of the two is right is not for a
program to say. All files of one import are written, or none.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

import numpy as np

from trader.config.notation import instant_text
from trader.data.catalog import TICK, Series, range_of
from trader.data.defects import first
from trader.data.examining import Examined, examine
from trader.data.filing import Sheet, sheet_of
from trader.data.reading import read_file
from trader.data.recording import open_recording
from trader.data.tables.findings import Finding
from trader.data.tables.rhythm import interval_text
from trader.data.tables.table import Asked

CATALOG: Final = "the catalog"


@dataclass(frozen=True, slots=True, kw_only=True)
class Into:
    """Where a file belongs, and what is said about it."""

    venue: str
    symbol: str
    asked: Asked
    tick: Decimal | None = None
    lot: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Incoming:
    """A file that was read and checked, and what was found out about it."""

    path: Path
    series: Series
    interval_ns: int
    sheet: Sheet
    examined: Examined
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """Rows [start, stop) of a file that the catalog does not have."""

    incoming: Incoming
    start: int
    stop: int

    @property
    def first(self) -> int:
        """The instant of its first row."""
        return int(self.incoming.sheet.times[self.start])

    @property
    def last(self) -> int:
        """The instant of its last row."""
        return int(self.incoming.sheet.times[self.stop - 1])


def read_incoming(path: Path, into: Into) -> Incoming:
    """Read a text or a Parquet file; raises `DataError` for what a run would refuse."""
    name = f"{into.symbol}.{into.venue}"
    read = read_file(path, name, into.asked)
    kind, length = read.kind, read.interval_ns
    examined = examine(read.recording, kind, name, interval_ns=length, tick=into.tick, lot=into.lot)
    return Incoming(
        path=path,
        series=Series(
            kind=kind,
            venue=into.venue,
            symbol=into.symbol,
            interval=interval_text(length) if kind == "bars" else TICK,
        ),
        interval_ns=length,
        sheet=sheet_of(read.recording, kind, name),
        examined=examined,
        findings=(*read.findings, *examined.findings),
    )


def new_pieces(root: Path, arrivals: Sequence[Incoming]) -> list[Piece]:
    """What of the files neither the catalog has nor a file before it in the list.

    Raises `DataError` where a file contradicts the catalog, or another file.
    """
    pieces: list[Piece] = []
    for number, incoming in enumerate(arrivals):
        series = incoming.series
        near = (open_recording(path) for path in _near(root, incoming))
        kept = [(sheet_of(each, series.kind, series.name), CATALOG) for each in near]
        before = [each for each in arrivals[:number] if each.series == series]
        kept += [(each.sheet, str(each.path)) for each in before]
        pieces += _new(incoming, kept)
    return pieces


def _near(root: Path, incoming: Incoming) -> Iterator[Path]:
    """The files of the series that may share rows with it or touch it, and at least one."""
    first, last = int(incoming.sheet.times[0]), int(incoming.sheet.times[-1])
    reach = incoming.interval_ns
    for number, path in enumerate(incoming.series.files(root)):
        begin, end = range_of(path)
        if number == 0 or (begin - reach <= last and first <= end + reach):
            yield path


def _new(incoming: Incoming, kept: Iterable[tuple[Sheet, str]]) -> Iterator[Piece]:
    """The rows that nobody has of those who are kept, each with its holder."""
    mine = incoming.sheet
    known: list[tuple[int, int]] = []
    for other, holder in kept:
        _check_alike(mine, other)
        low = max(mine.times[0], other.times[0])
        high = min(mine.times[-1], other.times[-1])
        if low <= high:
            shared = mine.between(low, high)
            _check_same(mine, shared, other, other.between(low, high), holder)
            known.append(shared)
        elif low - high < incoming.interval_ns:
            row = 0 if low == mine.times[0] else len(mine.times) - 1
            raise mine.source.defect(
                f"overlapping bars: {mine.source.place(row)} opens at"
                f" {instant_text(int(mine.times[row]))}, less than {incoming.series.interval} from"
                f" a bar in {holder}",
                row=row,
                hint=f"compare it with {other.source.path}",
            )
    begin = 0
    for start, stop in sorted(known):
        if start > begin:
            yield Piece(incoming=incoming, start=begin, stop=start)
        begin = max(begin, stop)
    if begin < len(mine.times):
        yield Piece(incoming=incoming, start=begin, stop=len(mine.times))


def _check_alike(mine: Sheet, other: Sheet) -> None:
    """Both have a column, or neither has: a series has volumes throughout or not at all."""
    for column in sorted(mine.present ^ other.present):
        one, two = ("has", "has not") if column in mine.present else ("has not", "has")
        raise mine.source.defect(
            f"the file {one} values in column {column}, the series {two}",
            column=column,
            hint=f"compare it with {other.source.path}",
        )


def _check_same(
    mine: Sheet, here: tuple[int, int], other: Sheet, there: tuple[int, int], holder: str
) -> None:
    """The rows that both have are the same; `holder` is who has the other ones."""
    ours, theirs = mine.part(*here), other.part(*there)
    if ours.equals(theirs):
        return
    count = min(ours.height, theirs.height)
    pairs = (ours[name].head(count).ne_missing(theirs[name].head(count)) for name in ours.columns)
    at = first(np.logical_or.reduce([each.to_numpy() for each in pairs]))
    at = count if at is None else at
    row, twin = here[0] + at, there[0] + at
    hint = f"the two are imported together and disagree: leave out {holder} or this one"
    if holder == CATALOG:
        hint = f"the catalog has its rows from {other.source.path}: delete that file to take these"
    is_both = at < count and mine.times[row] == other.times[twin]
    if is_both:
        one, two = ours.row(at, named=True), theirs.row(at, named=True)
        column = next(name for name in ours.columns if one[name] != two[name])
        raise mine.source.defect(
            f"{mine.source.place(row)} has {one[column]} where {holder} has {two[column]}",
            row=row,
            column=column,
            hint=hint,
        )
    is_ours = at < ours.height and (at >= theirs.height or mine.times[row] < other.times[twin])
    when = instant_text(int(mine.times[row] if is_ours else other.times[twin]))
    who, lacks = ("the file", holder) if is_ours else (holder, "the file")
    raise mine.source.defect(f"{who} has a row of {when} that {lacks} has not", hint=hint)
