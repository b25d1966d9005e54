"""How a text is cut into columns: its delimiter, its ends of lines, its header.

The first lines decide. A delimiter is the sign that gives most lines the same number of fields, of
which there must be three: no table of prices has fewer. Tabs, semicolons and bars are asked before
commas, which may be decimal. Lines before the table (a title, remarks) are skipped and mentioned.
Only UTF-8 is read, because a wrong encoding shows too late.
"""

import codecs
import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, NamedTuple

from trader.config.spelling import shown
from trader.data.defects import Source
from trader.data.tables.findings import Finding
from trader.errors import DataError

SAMPLE_BYTES: Final = 1 << 18
SAMPLE_RECORDS: Final = 500
DELIMITERS: Final = {"\t": "tab", ";": "semicolon", "|": "bar", ",": "comma"}
WIDTH_MIN: Final = 3
TITLES_MAX: Final = 10
GZIP: Final = b"\x1f\x8b"
FOREIGN: Final = {
    b"PK\x03\x04": ("a ZIP archive or a spreadsheet", "unpack it, or export it as CSV"),
    b"PAR1": ("a Parquet file", "name it .parquet"),
    b"\xff\xfe": ("UTF-16 text", "save it as UTF-8"),
    b"\xfe\xff": ("UTF-16 text", "save it as UTF-8"),
    b"\x28\xb5\x2f\xfd": ("Zstandard-compressed", "unpack it, or compress it with gzip"),
    b"BZh": ("bzip2-compressed", "unpack it, or compress it with gzip"),
}
_NUMBER: Final = re.compile(r"[-+]?[0-9][0-9.,' ]*([eE][-+]?[0-9]+)?%?")
_DATE: Final = re.compile(
    r"[0-9]{1,4}([-/.:][0-9]|[-/. ][A-Za-z]{3})|[A-Za-z]{3} [0-9]{1,2},? [0-9]{4}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How to cut a text: `skipped` lines come before the first row, its header among them.

    `titles` of these come before the table; what is blank between header and row is skipped too.
    """

    delimiter: str
    eol: str
    skipped: int
    titles: int
    names: tuple[str, ...]
    """What the header says, one name a column; empty texts if there is no header."""
    has_header: bool

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.names)


@contextmanager
def opened(source: Source) -> Iterator[io.BufferedReader | gzip.GzipFile]:
    """The bytes of a text, unpacked if they are packed; what cannot be read is a `DataError`."""
    path = source.path
    try:
        with path.open("rb") as raw:
            packed = raw.read(len(GZIP)) == GZIP
            raw.seek(0)
            if not packed:
                yield raw
                return
            with gzip.open(raw) as file:
                yield file
    except FileNotFoundError:
        raise DataError("no such file", where=str(path), hint="correct the path") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise source.defect(
            f"the packed file is damaged: {error}", hint="copy or download the file again"
        ) from error
    except OSError as error:
        reason = error.strerror or error
        raise DataError(f"cannot read the file: {reason}", where=str(path)) from error


def sniff(source: Source) -> tuple[Dialect, list[list[str]], list[Finding]]:
    """The dialect of a text, its first records after the header, and what was found out."""
    with opened(source) as file:
        sample = file.read(SAMPLE_BYTES)
        whole = not file.read(1)
    text = decoded(source, sample)
    eol = "\r" if "\r" in text and "\n" not in text else "\n"
    lines = text.split(eol)
    if not whole and len(lines) > 1:
        lines.pop()  # it may be cut
    delimiter, records = _cut(source, lines[:SAMPLE_RECORDS])
    dialect = _headed(source, delimiter, eol, records)
    body = [each.cells for each in records if each.end > dialect.skipped and each.is_filled]
    if not body:
        raise source.defect("the file has a header but no rows")
    return dialect, body, _told(dialect)


def looks_like_data(cell: str) -> bool:
    """Whether a header would not say so: a number, a date, a time.

    >>> [looks_like_data(cell) for cell in ("-1.5", "2020-01-02", "31-Dec-10", "24h volume", "")]
    [True, True, True, False, False]
    """
    cell = cell.strip()
    return bool(_NUMBER.fullmatch(cell) or _DATE.match(cell))


def decoded(source: Source, sample: bytes) -> str:
    """The bytes as text without a byte order mark; `DataError` for what is none in UTF-8."""
    if not sample:
        raise source.defect("the file is empty (0 bytes)")
    for magic, (what, hint) in FOREIGN.items():
        if sample.startswith(magic):
            raise source.defect(f"no text of columns, but {what}", hint=hint)
    if b"\x00" in sample:
        raise source.defect("no text of columns: it holds zero bytes", hint="save it as UTF-8")
    try:
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(sample)
    except UnicodeDecodeError as error:
        line = sample[: error.start].count(b"\n") + 1
        raise source.defect(
            f"line {line} is not UTF-8: byte {sample[error.start]:#04x}", hint="save it as UTF-8"
        ) from None
    if not text.strip():
        raise source.defect("the file holds nothing but blanks")
    return text


class _Record(NamedTuple):
    """The cells of a record, and the line in which it ends, counted from 1."""

    cells: list[str]
    end: int

    @property
    def is_filled(self) -> bool:
        """Whether there is anything in it."""
        return any(cell.strip() for cell in self.cells)


def _cut(source: Source, lines: list[str]) -> tuple[str, list[_Record]]:
    """The delimiter and the records that it makes of the lines."""
    best: tuple[float, str, list[_Record]] = (0.0, "", [])
    for delimiter in DELIMITERS:
        reader = csv.reader(lines, delimiter=delimiter)
        try:
            records = [_Record(cells, reader.line_num) for cells in reader]
        except csv.Error:  # a quotation that does not end in sight
            continue
        widths = Counter(len(each.cells) for each in records if each.is_filled)
        for width, count in widths.most_common(1):
            share = count / widths.total()
            if width >= WIDTH_MIN and share > best[0]:
                best = (share, delimiter, records)
    if not best[0]:
        line = next(line for line in lines if line.strip())
        raise source.defect(
            f"no columns can be made out in {shown(line)}",
            hint="part at least three columns by commas, semicolons, tabs or bars",
        )
    return best[1], best[2]


def _headed(source: Source, delimiter: str, eol: str, records: list[_Record]) -> Dialect:
    """Find where the table begins, and whether with a header."""
    filled = [each for each in records if each.is_filled]
    # Of two lines that differ, the later is the row and the earlier its header.
    width = Counter(len(each.cells) for each in reversed(filled)).most_common(1)[0][0]
    before = 0
    for number, (cells, end) in enumerate(records[: TITLES_MAX + 1]):
        if len(cells) == width:
            is_header = not any(looks_like_data(cell) for cell in cells)
            return Dialect(
                delimiter=delimiter,
                eol=eol,
                skipped=_end_of_blanks(records[number:]) if is_header else before,
                titles=before,
                names=tuple(cell.strip() for cell in cells) if is_header else ("",) * width,
                has_header=is_header,
            )
        is_remark = bool(cells) and cells[0].lstrip().startswith("#")
        if len(cells) >= WIDTH_MIN and not is_remark:
            return _uneven(source, delimiter, eol, records[number:])
        before = end
    raise source.defect(f"no table within its first {TITLES_MAX} lines")


def _uneven(source: Source, delimiter: str, eol: str, records: list[_Record]) -> Dialect:
    """A header one name short of rows that all end in a delimiter; anything else is broken."""
    (head, end), *rest = records
    rows = [each for each in rest if each.is_filled]
    ended = rows and all(
        len(row.cells) == len(head) + 1 and not row.cells[-1].strip() for row in rows
    )
    if not ended or any(looks_like_data(cell) for cell in head):
        odd = next((row for row in rows if len(row.cells) != len(head)), records[0])
        raise source.defect(
            f"line {end} has {len(head)} fields, line {odd.end} has {len(odd.cells)}",
            hint="give every line the same number of fields",
        )
    names = (*(cell.strip() for cell in head), "")
    return Dialect(
        delimiter=delimiter,
        eol=eol,
        skipped=_end_of_blanks(records),
        titles=end - 1,
        names=names,
        has_header=True,
    )


def _end_of_blanks(records: list[_Record]) -> int:
    """The last line of the header, which comes first, and of the blank records that follow it."""
    (_, end), *rest = records
    for record in rest:
        if record.is_filled:
            break
        end = record.end
    return end


def _told(dialect: Dialect) -> list[Finding]:
    named = DELIMITERS[dialect.delimiter]
    found = [
        Finding(what="columns", value=f"{dialect.width} parted by {named}", origin="found"),
        Finding(what="header", value="yes" if dialect.has_header else "none", origin="found"),
    ]
    if dialect.titles:
        word = "line" if dialect.titles == 1 else "lines"
        value = f"{dialect.titles} {word} before the table"
        found.append(Finding(what="skipped", value=value, origin="found"))
    return found
