"""Texts that are no tables, or tables of nothing we know: each gets its own error."""

import gzip
from pathlib import Path

import pytest

from tests.data.tables.refusing import ANY, BARS, GOOD, HEAD, Broken, refuse, with_row
from trader.data.tables.table import Asked

BROKEN: list[Broken] = [
    ("nothing", "", ANY, "the file is empty (0 bytes)", "", ""),
    ("a delimiter alone", ";", ANY, "no columns can be made out in ';'", "", "commas"),
    ("blanks alone", " \n\n  \n", ANY, "nothing but blanks", "", ""),
    ("a header alone", HEAD, ANY, "has a header but no rows", "", ""),
    ("a header and blanks", HEAD + "\n,,,,,\n", ANY, "has a header but no rows", "", ""),
    ("zero bytes", b"time,\x00open\n", ANY, "it holds zero bytes", "", "UTF-8"),
    (
        "another encoding",
        b"time,open\xfc,high,low,close\n",
        ANY,
        "line 1 is not UTF-8",
        "",
        "UTF-8",
    ),
    ("UTF-16", "time,open".encode("utf-16"), ANY, "UTF-16 text", "", "UTF-8"),
    ("a spreadsheet", b"PK\x03\x04....", ANY, "a ZIP archive or a spreadsheet", "", "export it"),
    ("Parquet by mistake", b"PAR1....", ANY, "a Parquet file", "", "name it .parquet"),
    ("a damaged gzip", gzip.compress(b"x" * 999)[:-9], ANY, "packed file is damaged", "", "again"),
    ("prose", "Dear customer\nno data today\n", ANY, "no columns can be made out", "", "commas"),
    ("two columns", "time,close\n2020-01-02,1\n", ANY, "no columns can be made out", "", "three"),
    (
        "a header cut short",
        "time,open,high,low\n" + GOOD,
        ANY,
        "line 1 has 4 fields, line 2 has 6",
        "",
        "the same number",
    ),
    (
        "a row too long",
        with_row("2020-01-06,1,2,1,2,3,4"),
        ANY,
        "line 4 has 7 fields",
        "",
        "quotes",
    ),
    ("a row too short", with_row("2020-01-06,1,2,1"), ANY, "line 4 has 4 fields", "", ""),
    ("a quotation never closed", with_row('"2020-01-06,1,2,1,2,3'), ANY, "from line 4 on", "", ""),
    (
        "no closing price",
        "time,open,high,low\n2020-01-02,1,2,1\n",
        ANY,
        "column close of bars",
        "",
        "low",
    ),
    (
        "no time",
        "open,high,low,close\n1,2,1,2\n",
        ANY,
        "column time of bars is missing",
        "",
        "the file has open, high, low, close; time may be called ts_open, open_time",
    ),
    (
        "no time of quotes",
        "zeit,bid,ask\n2020-01-02,1,2\n",
        ANY,
        "column time of quotes is missing",
        "",
        "the file has zeit, bid, ask; time may be called ts, timestamp",
    ),
    (
        "unknown names",
        "a1,b1,c1\nx,y,z\n",
        ANY,
        "its header names no prices",
        "",
        "the file has a1, b1, c1; name them in English: bars have time, open, high, low, close;",
    ),
    (
        "unknown names of a kind",
        "a1,b1,c1\nx,y,z\n",
        Asked(kind="quotes"),
        "columns bid, ask, time of quotes are missing",
        "",
        "the file has a1, b1, c1; bid may be called bid, bid_price",
    ),
    (
        "a column twice",
        "time,open,high,low,close,close\n2020-01-02,1,2,1,2,2\n",
        ANY,
        "two columns are named 'close'",
        "",
        "rename",
    ),
    (
        "two volumes",
        "time,open,high,low,close,Volume BTC,Volume USD\n2020-01-02,1,2,1,2,2,3\n",
        ANY,
        "one of 'Volume BTC', 'Volume USD' is the volume",
        "",
        "name the right one",
    ),
    (
        "two kinds in one",
        "time,bid,ask,price,size\n2020-01-02T00:00:00Z,1,2,1,2\n",
        ANY,
        "quotes or trades",
        "",
        "which kind",
    ),
    (
        "two symbols",
        "symbol,time,open,high,low,close\nA,2020-01-02,1,2,1,2\nB,2020-01-03,1,2,1,2\n",
        ANY,
        "column symbol holds several: 'A', 'B'",
        "",
        "one file each",
    ),
    (
        "three numbers without a header",
        "1600000000,1.5,2\n1600000060,1.6,3\n",
        ANY,
        "there is no header",
        "",
        "time,open,high",
    ),
    (
        "prices without a header that are no bar",
        "2020-01-02,1,0.5,2,1\n",
        BARS,
        "there is no header",
        "",
        "time,open,high",
    ),
]


@pytest.mark.parametrize("broken", BROKEN, ids=[row[0] for row in BROKEN])
def test_it_is_refused_with_words_a_person_can_act_on(tmp_path: Path, broken: Broken) -> None:
    refuse(tmp_path, broken)


def test_there_are_many_of_them() -> None:
    assert len({row[0] for row in BROKEN}) == len(BROKEN) > 20
