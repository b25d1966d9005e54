"""The rows of a file of corporate actions as texts, from CSV or Parquet.

Actions are few and often typed by hand, so a file is read whole, and every cell is brought to the
text that a person would write: one set of rules then judges both kinds of file. A text may have
any dialect that a text of prices may have; of a Parquet file numbers become plain decimals and
times ISO 8601 or nanoseconds.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import polars as pl

from trader.data.converting import is_text
from trader.data.defects import Source
from trader.data.order import NS_PER_UNIT, check_type_of_time
from trader.data.parquet import open_parquet
from trader.data.tables.dialect import DELIMITERS, TITLES_MAX, decoded, opened
from trader.data.tables.numbers import MISSING, Evidence, evidence, style
from trader.data.tables.roles import plain as plain_name
from trader.errors import DataError
from trader.model.money import plain

TS: Final = "ts"
EX_DATE: Final = "ex_date"
ACTION: Final = "action"
NUMERATOR: Final = "numerator"
DENOMINATOR: Final = "denominator"
AMOUNT: Final = "amount"
REASON: Final = "reason"
COLUMNS: Final = (TS, EX_DATE, ACTION, NUMERATOR, DENOMINATOR, AMOUNT, REASON)
KIND: Final = "actions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """A file of actions: for each row the text of each known column, empty where there is none."""

    source: Source
    rows: tuple[dict[str, str], ...]


def read_cells(path: Path, name: str) -> Cells:
    """Every row of a text (`.csv`, `.tsv`, `.txt`, plain or packed), or of a Parquet file.

    Raises `DataError` for a file that cannot be read, lacks a column or has one twice.
    """
    if is_text(path):
        return _of_text(path, name)
    frame = open_parquet(path)
    source = Source(name=name, path=path, kind=KIND)
    known = _known(source, frame.schema.names())
    columns = frame.read(list(known.values()), 0, frame.rows)
    texts = {column: _texts(source, columns[known[column]], column) for column in known}
    rows = [{column: texts[column][at] for column in known} for at in range(frame.rows)]
    return Cells(source=source, rows=tuple(_filled(row) for row in rows))


def _of_text(path: Path, name: str) -> Cells:
    """A text in any of the dialects that a text of prices may have."""
    lines = _lines(Source(name=name, path=path, kind=KIND))
    numbers = [number for number, _ in lines[1:]]
    source = Source(
        name=name, path=path, kind=KIND, address=lambda row: (path, f"line {numbers[row]}")
    )
    head = [each.strip() for each in lines[0][1]]
    known = _known(source, head)
    rows = []
    for row, (_, cells) in enumerate(lines[1:]):
        if len(cells) != len(head):
            raise source.defect(f"{len(cells)} cells, and {len(head)} columns", row=row)
        rows.append({column: _value(cells[head.index(title)]) for column, title in known.items()})
    _write_points(source, rows)
    return Cells(source=source, rows=tuple(_filled(row) for row in rows))


def _value(cell: str) -> str:
    cell = cell.strip()
    return "" if cell.casefold() in MISSING else cell


def _lines(source: Source) -> list[tuple[int, list[str]]]:
    """The header and the rows after it, with their numbers; what is blank or before is skipped.

    The delimiter is the one that makes a header of a line; a comma, if none does.
    """
    with opened(source) as file:
        text = decoded(source, file.read())
    lines: list[tuple[int, list[str]]] | DataError = []
    for delimiter in DELIMITERS:
        lines = _cut(source, text, delimiter)
        if isinstance(lines, DataError):
            continue
        for at, (_, cells) in enumerate(lines[: TITLES_MAX + 1]):
            if ACTION in map(_column, cells):
                return lines[at:]
    if isinstance(lines, DataError):
        raise lines
    return lines


def _cut(source: Source, text: str, delimiter: str) -> list[tuple[int, list[str]]] | DataError:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        where = f"{source.path}, line {reader.line_num}"
        return DataError(f"not a CSV file: {error}", where=where)
    return [each for each in lines if any(cell.strip() for cell in each[1])]


def _write_points(source: Source, rows: list[dict[str, str]]) -> None:
    """Decimal commas of amounts become points, where it is they that are decimal."""
    amounts = pl.DataFrame({AMOUNT: [row.get(AMOUNT, "") for row in rows]}, {AMOUNT: pl.String})
    seen = Evidence(**amounts.select(evidence([AMOUNT])).row(0, named=True))
    found = style(seen, None)
    if isinstance(found, str):
        raise source.defect(found, column=AMOUNT, hint="write 1234.5 for it")
    if found[0] == "comma":
        for row in rows:
            row[AMOUNT] = row[AMOUNT].replace(",", ".")


def _column(title: str) -> str:
    """A title as the columns are called: `Ex-Date` is `ex_date`."""
    return plain_name(title).replace(" ", "_")


def _known(source: Source, names: list[str]) -> dict[str, str]:
    """The columns that mean something, and how the file calls them; others are for people."""
    found = [(_column(each), each) for each in names if _column(each) in COLUMNS]
    known = dict(found)
    if twice := [each for each in COLUMNS if sum(each == column for column, _ in found) > 1]:
        raise source.defect(f"column {twice[0]} is there twice")
    hint = f"the file has {', '.join(names)}; its columns are {', '.join(COLUMNS)}"
    if ACTION not in known:
        raise source.defect(f"column {ACTION} is missing", hint=hint)
    if TS not in known and EX_DATE not in known:
        raise source.defect(f"one of the columns {EX_DATE} and {TS} is needed", hint=hint)
    return known


def _filled(row: dict[str, str]) -> dict[str, str]:
    filled = {column: row.get(column, "") for column in COLUMNS}
    filled[ACTION] = filled[ACTION].casefold()
    return filled


def _texts(source: Source, column: pl.Series, name: str) -> list[str]:
    """A Parquet column as people would write it."""
    if name == TS and column.dtype != pl.String:
        check_type_of_time(source, column.dtype, column.name)
        factor = 1
        if isinstance(column.dtype, pl.Datetime):
            factor = NS_PER_UNIT[column.dtype.time_unit]
        counts = column.to_physical().to_list()
        return ["" if each is None else str(each * factor) for each in counts]
    if column.dtype.is_nested() or column.dtype in (pl.Boolean, pl.Binary, pl.Datetime):
        raise source.defect(f"type {column.dtype} means nothing here", column=column.name)
    return [_text(value) for value in column.to_list()]


def _text(value: Any) -> str:  # noqa: ANN401 - whatever a cell of Parquet holds
    if value is None:
        return ""
    if isinstance(value, float):
        number = Decimal(repr(value))
        return plain(number) if number.is_finite() else repr(value)
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, date) else str(value).strip()
