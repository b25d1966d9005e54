"""Texts that are refused, and what has to be said about each."""

from pathlib import Path
from typing import TypeAlias

import pytest

from trader.data.tables.table import Asked, read_table
from trader.errors import DataError

HEAD = "time,open,high,low,close,volume\n"
GOOD = "2020-01-02,1.5,2.5,0.5,1.25,10\n2020-01-03,1.5,2.5,0.5,1.25,20\n"
ANY = Asked()
BARS = Asked(kind="bars")
NEW_YORK = Asked(time_zone="America/New_York")

Broken: TypeAlias = tuple[str, str | bytes, Asked, str, str, str]
"""A name, the content, what is asked, and words of the message, of the place and of the hint."""


def with_row(row: str) -> str:
    """A good table, and then one row more, in line 4."""
    return f"{HEAD}{GOOD}{row}\n"


def at(*times: str, head: str = HEAD) -> str:
    """A good table of bars at some times."""
    return head + "".join(f"{time},1.5,2.5,0.5,1.25,10\n" for time in times)


def refuse(folder: Path, broken: Broken) -> None:
    """Reads the text and compares what is said."""
    _, content, asked, message, where, hint = broken
    path = folder / "prices.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(DataError) as caught:
        read_table(path, "A.x", asked)

    assert message in caught.value.message
    assert str(path) in caught.value.where
    assert where in caught.value.where
    assert hint in caught.value.hint
