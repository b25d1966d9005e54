"""From records to lines, with blanks, quotes and titles between them."""

from pathlib import Path

import pytest

from trader.data.defects import Source
from trader.data.tables.dialect import sniff
from trader.data.tables.lines import line_of, raggedness


def source(folder: Path, content: str) -> Source:
    path = folder / "prices.csv"
    path.write_bytes(content.encode())
    return Source(name="A.x", path=path)


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("time,bid,ask\n2020-01-02,1,2\n2020-01-03,1,2\n", [2, 3]),
        ("2020-01-02,1,2\n2020-01-03,1,2\n", [1, 2]),
        ("title\ntime,bid,ask\n2020-01-02,1,2\n\n2020-01-03,1,2\n", [3, 4, 5]),
        ('time,bid,note\n2020-01-02,1,"a\nb"\n2020-01-03,1,c\n', [2, 4]),
        ("time,bid,ask\r2020-01-02,1,2\r2020-01-03,1,2\r", [2, 3]),
    ],
)
def test_a_record_is_found_in_its_line(tmp_path: Path, content: str, lines: list[int]) -> None:
    """Records count from 0, and blank lines are records."""
    where = source(tmp_path, content)
    dialect, _, _ = sniff(where)

    assert [line_of(where, dialect, record) for record in range(len(lines))] == lines
    assert raggedness(where, dialect) is None


@pytest.mark.parametrize(
    ("last", "words", "hint"),
    [
        ("2020-01-04,1", "line 5 has 2 fields, the table has 3", "the same number"),
        ("2020-01-04,1,234,5", "line 5 has 4 fields, the table has 3", "need quotes"),
        ('2020-01-04,"1,2', "quotation marks from line 5 on", "double"),
        ('2020-01-04,"1"x,2', "quotation marks from line 5 on", "double"),
    ],
)
def test_the_first_record_that_does_not_fit_is_told(
    tmp_path: Path, last: str, words: str, hint: str
) -> None:
    good = "time,bid,ask\n2020-01-02,1,2\n\n2020-01-03,1,2\n"
    where = source(tmp_path, good)
    dialect, _, _ = sniff(where)

    found = raggedness(source(tmp_path, good + last), dialect)

    assert found is not None
    assert words in found.message
    assert hint in found.hint


def test_bytes_of_another_encoding_are_told(tmp_path: Path) -> None:
    where = source(tmp_path, "time,bid,ask\n2020-01-02,1,2\n")
    dialect, _, _ = sniff(where)
    with where.path.open("ab") as file:
        file.write(b"2020-01-03,\xfc,2\n")

    found = raggedness(where, dialect)

    assert found is not None
    assert "is not UTF-8: byte 0xfc" in found.message
