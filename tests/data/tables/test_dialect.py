"""Delimiters, headers and what stands before them."""

import gzip
from pathlib import Path

import pytest

from trader.data.defects import Source
from trader.data.tables.dialect import Dialect, sniff
from trader.errors import DataError


def sniffed(folder: Path, content: str | bytes) -> tuple[Dialect, list[list[str]], list[str]]:
    path = folder / "prices.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    dialect, body, findings = sniff(Source(name="A.x", path=path, kind="data"))
    return dialect, body, [str(each) for each in findings]


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a;b;c\n1,5;2,5;3,5\n", ";"),
        ("a\tb\tc\n1,000\t2,000\t3,000\n", "\t"),
        ("a|b|c\n1;2|3|4\n", "|"),
        ('a,b,c\n"1;2",3,4\n5,6,7\n', ","),
    ],
)
def test_the_delimiter_is_the_one_that_gives_most_lines_as_many_fields(
    tmp_path: Path, content: str, delimiter: str
) -> None:
    dialect, body, _ = sniffed(tmp_path, content)

    assert (dialect.delimiter, dialect.width, dialect.names) == (delimiter, 3, ("a", "b", "c"))
    assert len(body[0]) == 3


def test_without_a_header_the_first_line_is_a_row(tmp_path: Path) -> None:
    dialect, body, told = sniffed(tmp_path, "2020-01-02,1,2\n2020-01-03,1,2\n")

    assert (dialect.skipped, dialect.has_header, dialect.names) == (0, False, ("", "", ""))
    assert body[0] == ["2020-01-02", "1", "2"]
    assert told == ["columns 3 parted by comma", "header none"]


def test_titles_and_remarks_before_the_table_are_skipped(tmp_path: Path) -> None:
    content = "Prices of A\n# made by nobody, ever\ntime,bid,ask\n2020-01-02,1,2\n"
    dialect, body, told = sniffed(tmp_path, content)

    assert (dialect.skipped, dialect.names) == (3, ("time", "bid", "ask"))
    assert body == [["2020-01-02", "1", "2"]]
    assert told[-1] == "skipped 2 lines before the table"


def test_what_is_blank_between_header_and_rows_is_skipped(tmp_path: Path) -> None:
    dialect, body, told = sniffed(tmp_path, "time,bid,ask\n\n \n2020-01-02,1,2\n\n2020-01-03,1,2\n")

    assert (dialect.skipped, dialect.titles) == (3, 0)
    assert body == [["2020-01-02", "1", "2"], ["2020-01-03", "1", "2"]]
    assert not any("before the table" in each for each in told)


def test_a_header_of_two_lines_is_skipped_whole(tmp_path: Path) -> None:
    """A quoted name may hold the end of a line."""
    dialect, body, _ = sniffed(tmp_path, 'time,bid,"ask\nprice"\n2020-01-02,1,2\n')

    assert (dialect.skipped, dialect.has_header) == (2, True)
    assert body == [["2020-01-02", "1", "2"]]


def test_a_quotation_beyond_all_measure_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no columns can be made out"):
        sniffed(tmp_path, 'time,bid,"ask\n' + ("x" * 400 + "\n") * 500)


def test_a_delimiter_at_the_end_of_rows_makes_no_column(tmp_path: Path) -> None:
    dialect, _, _ = sniffed(tmp_path, "time,bid,ask\n2020-01-02,1,2,\n2020-01-03,1,2,\n")

    assert dialect.names == ("time", "bid", "ask", "")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_ends_packing_and_byte_order_marks(
    tmp_path: Path, end: str, mark: str, *, packed: bool
) -> None:
    content = (mark + end.join(["time,bid,ask", "2020-01-02,1,2", ""])).encode()
    dialect, body, _ = sniffed(tmp_path, gzip.compress(content) if packed else content)

    assert dialect.names == ("time", "bid", "ask")
    assert body == [["2020-01-02", "1", "2"]]
    assert dialect.eol == ("\r" if end == "\r" else "\n")


def test_only_the_beginning_is_looked_at(tmp_path: Path) -> None:
    """A line that the end of the sample cuts does not count, nor does a sign of two bytes."""
    row = "2020-01-02,1,2,\u00fc\n"
    dialect, body, _ = sniffed(tmp_path, "time,bid,ask,note\n" + row * 20_000)

    assert dialect.width == 4
    assert {len(each) for each in body} == {4}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("time,bid,ask\n2020-01-02,1,2,3\n", "line 1 has 3 fields, line 2 has 4"),
        ("a,b,c\nd,e,f\n2020-01-02,1,2,3\n2020-01-02,1,2,3\n", "line 1 has 3 fields"),
        ("title\n" * 20 + "time,bid,ask\n" + "2020-01-02,1,2\n" * 30, "within its first 10 lines"),
    ],
)
def test_what_has_no_table_is_refused(tmp_path: Path, content: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        sniffed(tmp_path, content)


def test_a_file_that_is_not_there_or_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        sniff(Source(name="A.x", path=tmp_path / "nowhere.csv"))
    with pytest.raises(DataError, match="cannot read the file: Is a directory"):
        sniff(Source(name="A.x", path=tmp_path))
