"""The rows of a file of corporate actions as texts, from CSV or Parquet.

Actions are few and often typed by hand, so a file is read whole, and every cell is brought to the
text that a person would write: one set of rules then judges both kinds of file. What a person
wrote is not touched; of a Parquet file numbers become plain decimals and times ISO 8601 or
nanoseconds.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import polars as pl

from trader.data.defects import Source
from trader.data.order import NS_PER_UNIT, check_type_of_time
from trader.data.parquet import open_parquet
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
    """Every row of a file whose name ends in .csv, or of a Parquet file.

    Raises `DataError` for a file that cannot be read, lacks a column or has one twice.
    """
    if path.suffix.lower() == ".csv":
        return _of_csv(path, name)
    frame = open_parquet(path)
    source = Source(name=name, path=path, kind=KIND)
    known = _known(source, frame.schema.names())
    columns = frame.read(known, 0, frame.rows)
    texts = {column: _texts(source, columns[column]) for column in known}
    rows = [{column: texts[column][at] for column in known} for at in range(frame.rows)]
    return Cells(source=source, rows=tuple(_filled(row) for row in rows))


def _of_csv(path: Path, name: str) -> Cells:
    lines = list(_lines(path))
    numbers = [number for number, _ in lines[1:]]
    source = Source(
        name=name, path=path, kind=KIND, address=lambda row: (path, f"line {numbers[row]}")
    )
    head = [each.strip() for each in lines[0][1]] if lines else []
    known = _known(source, head)
    rows = []
    for row, (_, cells) in enumerate(lines[1:]):
        if len(cells) != len(head):
            raise source.defect(f"{len(cells)} cells, and {len(head)} columns", row=row)
        texts = {column: cells[head.index(column)].strip() for column in known}
        rows.append(_filled(texts))
    return Cells(source=source, rows=tuple(rows))


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The lines that are not empty, with their numbers."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield reader.line_num, cells
    except FileNotFoundError as error:
        raise DataError("no such file", where=str(path), hint="correct the path") from error
    except OSError as error:
        message = f"cannot read the file: {error.strerror or error}"
        raise DataError(message, where=str(path)) from error
    except UnicodeDecodeError as error:
        hint = "save it as UTF-8" if error.start else "is it a CSV file?"
        raise DataError("the file is no text in UTF-8", where=str(path), hint=hint) from error
    except csv.Error as error:
        raise DataError(f"not a CSV file: {error}", where=str(path)) from error


def _known(source: Source, names: list[str]) -> list[str]:
    """The columns that mean something; others are for people."""
    known = [each for each in names if each in COLUMNS]
    if twice := [each for each in COLUMNS if known.count(each) > 1]:
        raise source.defect(f"column {twice[0]} is there twice")
    if not names:
        raise source.defect("the file is empty", hint=f"its columns are {', '.join(COLUMNS)}")
    hint = f"the file has {', '.join(names)}"
    if ACTION not in known:
        raise source.defect(f"column {ACTION} is missing", hint=hint)
    if TS not in known and EX_DATE not in known:
        raise source.defect(f"one of the columns {EX_DATE} and {TS} is needed", hint=hint)
    return known


def _filled(row: dict[str, str]) -> dict[str, str]:
    return {column: row.get(column, "") for column in COLUMNS}


def _texts(source: Source, column: pl.Series) -> list[str]:
    """A Parquet column as people would write it."""
    if column.name == TS and column.dtype != pl.String:
        check_type_of_time(source, column.dtype, TS)
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
