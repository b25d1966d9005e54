"""From a record of a text to the line a person finds it in, and what is wrong with a broken one.

Records are counted from 0 after the header, blank lines included. Quoted fields may hold ends of
lines, so only counting from the top finds a line; that is done when there is an error to tell.
"""

import csv
import io
from collections.abc import Iterator
from itertools import islice

from trader.data.defects import Source
from trader.data.tables.dialect import Dialect, opened
from trader.errors import DataError


def line_of(source: Source, dialect: Dialect, record: int) -> int:
    """The line, counted from 1, in which a record begins."""
    line, _ = next(islice(_records(source, dialect), record, None))
    return line


def raggedness(source: Source, dialect: Dialect) -> DataError | None:
    """The error for the first record that is not as wide as the table, or does not end."""
    try:
        for line, fields in _records(source, dialect):
            if len(fields) == dialect.width or not any(field.strip() for field in fields):
                continue
            hint = "give every line the same number of fields"
            if len(fields) > dialect.width and dialect.delimiter == ",":
                hint += "; numbers with commas need quotes around them"
            return source.defect(
                f"line {line} has {len(fields)} fields, the table has {dialect.width}", hint=hint
            )
    except DataError as error:
        return error
    return None


def _records(source: Source, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """Each record's first line, and its fields; raises `DataError` where there is none."""
    begin = dialect.skipped + 1
    with opened(source) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        try:
            for _ in range(dialect.skipped):
                next(text)
            reader = csv.reader(text, delimiter=dialect.delimiter, strict=True)
            for fields in reader:
                yield begin, fields
                begin = dialect.skipped + reader.line_num + 1
        except csv.Error as error:
            raise source.defect(
                f"the quotation marks from line {begin} on do not fit: {error}",
                hint="double the marks inside of a quoted field",
            ) from None
        except UnicodeDecodeError as error:
            raise source.defect(
                f"a line from {begin} on is not UTF-8: byte {error.object[error.start]:#04x}",
                hint="save it as UTF-8",
            ) from None
        finally:
            text.detach()
