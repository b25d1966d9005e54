"""Random tables, written in many styles, are read back to the bit."""

from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.data.tables.writing import HEADERS, LOCAL, SECOND, TIMES, Row, Style
from trader.data.tables.table import Asked, Table, read_table

START = 1_579_132_800  # 2020-01-16 00:00 UTC: the day is no month
TEN_DAYS = 864_000
ZONES = ("UTC", "America/New_York", "Asia/Tokyo", "Europe/Berlin")
LENGTHS = (60, 300, 3_600, 86_400)


@st.composite
def tables(draw: st.DrawFn) -> tuple[int, list[Row]]:
    """The seconds of a bar, and three bars or more, most of them one after the other."""
    length = draw(st.sampled_from(LENGTHS))
    places = draw(st.integers(0, 6))
    count = draw(st.integers(3, 12))
    steps = [
        1,
        1,
        *draw(st.lists(st.sampled_from([1, 1, 1, 2, 5]), min_size=count, max_size=count)),
    ]
    rows, at = [], START + draw(st.integers(0, 1_000)) * length % TEN_DAYS
    for step in steps:
        price = st.integers(1, 10**9).map(lambda number: Decimal(number).scaleb(-places))
        prices = sorted(draw(st.lists(price, min_size=4, max_size=4)))
        open_, close = draw(st.permutations(prices[1:3]))
        volume = Decimal(draw(st.integers(0, 10**7))).scaleb(-draw(st.integers(0, 3)))
        rows.append((at, open_, prices[3], prices[0], close, volume))
        at += step * length
    return length, rows


@st.composite
def styles(draw: st.DrawFn) -> tuple[str | None, Style]:
    """The zone to give, if one has to be given, and a style."""
    delimiter = draw(st.sampled_from([",", ";", "\t", "|"]))
    decimal = draw(st.sampled_from([".", ","]))
    group = draw(st.sampled_from(["", "", "'", "." if decimal == "," else ",", " "]))
    zone = draw(st.sampled_from([None, *ZONES]))
    times = draw(st.sampled_from(sorted(TIMES if zone is None else LOCAL)))
    style = Style(
        times=TIMES[times] if zone is None else LOCAL[times],
        zone=None if zone is None else ZoneInfo(zone),
        delimiter=delimiter,
        decimal=decimal,
        group=group,
        quoted=draw(st.booleans()),
        end=draw(st.sampled_from(["\n", "\r\n", "\r"])),
        mark=draw(st.booleans()),
        header=draw(st.sampled_from(HEADERS)),
        more=draw(st.booleans()),
        titles=draw(st.integers(0, 2)),
        blanks=draw(st.integers(0, 3)),
        padded=draw(st.booleans()),
        newest_first=draw(st.booleans()),
        packed=draw(st.booleans()),
    )
    return zone, style


def minutes(*prices: str) -> list[Row]:
    """Five bars of a minute, all the same."""
    open_, high, low, close = map(Decimal, prices)
    return [(START + 60 * at, open_, high, low, close, Decimal(10)) for at in range(5)]


def read(folder: Path, content: bytes, asked: Asked, name: str = "prices.csv") -> Table:
    path = folder / name
    path.write_bytes(content)
    return read_table(path, "A.x", asked)


def assert_same(table: Table, rows: list[Row], shift_ns: int = 0) -> None:
    """Every number is the float64 nearest to its text."""
    names = ("open", "high", "low", "close", "volume")
    wanted = {
        "ts_open": [row[0] * SECOND - shift_ns for row in rows],
        **{name: [float(row[at]) for row in rows] for at, name in enumerate(names, 1)},
    }
    found = table.frame.select(wanted.keys())
    assert found.to_dict(as_series=False) == wanted


def is_certain(rows: list[Row], style: Style) -> bool:
    """Whether some number shows which sign is decimal, or none has a sign at all."""
    texts = [f"{number:,f}" for row in rows for number in row[1:]]
    plain = [text.replace(",", "") for text in texts]
    if any("." in text and len(text.rpartition(".")[2]) != 3 for text in plain):
        return True
    return not style.group and not any("." in text for text in plain)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables(), style=styles())
def test_a_table_in_any_style_is_read_back(
    tmp_path: Path, table: tuple[int, list[Row]], style: tuple[str | None, Style]
) -> None:
    length, rows = table
    zone, written = style
    assume(is_certain(rows, written))

    asked = Asked(interval_ns=length * SECOND, time_zone=zone, label="open")
    found = read(tmp_path, written.write(rows), asked)

    assert_same(found, rows)
    turned = any("turned round" in finding.value for finding in found.findings)
    assert turned is written.newest_first


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(table=tables(), label=st.sampled_from(["open", "close"]))
def test_an_interval_is_found_and_a_label_taken(
    tmp_path: Path, table: tuple[int, list[Row]], label: str
) -> None:
    length, rows = table
    assume(is_certain(rows, Style(times=TIMES["ISO"])))

    asked = Asked(label="open" if label == "open" else "close")
    found = read(tmp_path, Style(times=TIMES["ISO"]).write(rows), asked)

    assert found.interval_ns == length * SECOND
    assert_same(found, rows, found.interval_ns if label == "close" else 0)


@pytest.mark.parametrize("times", [*TIMES, *LOCAL])
@pytest.mark.parametrize("has_header", [True, False])
def test_every_way_to_write_times_with_and_without_a_header(
    tmp_path: Path, times: str, has_header: bool
) -> None:
    rows = minutes("1.25", "3.5", "0.75", "2.5")
    write = TIMES.get(times) or LOCAL[times]
    style = Style(times=write, header=HEADERS[0] if has_header else None)
    zone = "UTC" if times in LOCAL else None

    found = read(tmp_path, style.write(rows), Asked(time_zone=zone))

    assert_same(found, rows)
    assert (found.kind, found.interval_ns) == ("bars", 60 * SECOND)


def test_a_parquet_file_of_a_strangers_is_read_the_same(tmp_path: Path) -> None:
    """Its own types in place of texts."""
    rows = minutes("1.1", "3.3", "0.7", "2.9")
    frame = pl.DataFrame(
        {
            "Datetime": [row[0] * 10**6 for row in rows],
            **{
                name: [float(row[at]) for row in rows]
                for at, name in enumerate(("Open", "High", "Low", "Close", "Volume"), 1)
            },
        }
    )
    for name, dtype in (
        ("us", pl.Datetime("us", "UTC")),
        ("ms", pl.Datetime("ms", "Asia/Tokyo")),
        ("naive", pl.Datetime("us")),
    ):
        path = tmp_path / f"{name}.parquet"
        moment = pl.col("Datetime").cast(pl.Datetime("us", "UTC"))
        moment = moment.dt.replace_time_zone(None) if name == "naive" else moment.cast(dtype)
        frame.with_columns(moment).write_parquet(path)

        assert_same(read_table(path, "A.x", Asked(time_zone="UTC")), rows)
