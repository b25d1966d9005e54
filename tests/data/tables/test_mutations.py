"""Texts that somebody has damaged are read or refused; nothing else ever happens."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trader.data.converting import recording_of
from trader.data.examining import examine
from trader.data.tables.table import Asked, Table, read_table
from trader.errors import DataError

BARS = (
    "Date;Time;Open;High;Low;Close;Vol\n"
    "30.10.2020;09:30:00;1.234,5;1.240,25;1.230,0;1.236,75;10\n"
    '30.10.2020;09:31:00;1.236,75;"1.240,5";1.231,0;1.239,0;1.000\n'
    "02.11.2020;09:30:00;1.239,0;1.239,0;1.239,0;1.239,0;7\n"
)
QUOTES = (
    "\ufefftimestamp,local_timestamp,bid,bid size,ask,ask size\r\n"
    "1600000000000,1600000000005,1.5,10,1.6,20\r\n"
    "1600000000250,1600000000255,,,1.6,20\r\n"
    "1600000000250,1600000000259,1.55,1e3,1.6,\r\n"
)
TRADES = (
    "7,1.5,2,3.0,1577923200000,true,true\n8,1.6,1,1.6,1577923200001,false,true\n"
    "9,1.6,1,1.6,1577923200001,false,true\n"
)
PIECES = (
    "",
    "0",
    "9",
    "-",
    ".",
    ",",
    ";",
    '"',
    "\n",
    "\t",
    " ",
    "\x00",
    "e",
    "NaN",
    "ü",
    "1e999",
    "99999999999999999999",
)
ASKED = (Asked(), Asked(time_zone="America/New_York"), Asked(kind="bars", interval_ns=10**9))


def attempt(path: Path, asked: Asked) -> Table | None:
    try:
        return read_table(path, "A.x", asked)
    except DataError as error:
        assert str(path) in error.where  # noqa: PT017 - both ends are right
        return None


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.sampled_from([BARS, QUOTES, TRADES]),
    cuts=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(PIECES)),
        min_size=1,
        max_size=4,
    ),
    asked=st.sampled_from(ASKED),
)
def test_a_damaged_text_is_read_or_refused(
    tmp_path: Path, text: str, cuts: list[tuple[float, int, str]], asked: Asked
) -> None:
    for place, length, piece in cuts:
        at = int(place * len(text))
        text = text[:at] + piece + text[at + length :]
    path = tmp_path / "prices.csv"
    path.write_bytes(text.encode())

    table = attempt(path, asked)

    if table is not None:
        recording = recording_of(table)
        try:
            examine(recording, table.kind, "A.x", interval_ns=table.interval_ns)
        except DataError as error:
            assert str(path) in error.where  # noqa: PT017 - both ends are right


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_is_in_a_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "prices.csv"
    path.write_bytes(content)

    attempt(path, Asked())


def test_texts_before_they_are_damaged_are_read(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    kinds = []
    for text in (BARS, QUOTES, TRADES):
        path.write_bytes(text.encode())
        table = attempt(path, Asked(time_zone="America/New_York"))
        assert table is not None
        kinds.append(table.kind)

    assert kinds == ["bars", "quotes", "trades"]
