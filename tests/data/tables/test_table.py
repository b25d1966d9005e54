"""Whole tables: what is inferred about them, and why."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from trader.data.tables.table import Asked, Table, read_table, tells_reception
from trader.errors import DataError

SECOND = 1_000_000_000
FIRST = 1_577_923_200 * SECOND  # 2020-01-02 00:00 UTC
DAY = 86_400 * SECOND
BAR = "1.5,2.5,0.5,1.25,10"


def read(folder: Path, text: str, **asked: Any) -> Table:
    path = folder / "prices.csv"
    path.write_text(text, encoding="utf-8")
    return read_table(path, "A.x", Asked(**asked))


def bars(*times: str, head: str = "time") -> str:
    lines = [f"{head},open,high,low,close,volume", *(f"{time},{BAR}" for time in times)]
    return "\n".join(lines)


def told(table: Table, what: str) -> str:
    [found] = [str(finding) for finding in table.findings if finding.what == what]
    return found


def test_everything_that_was_inferred_is_told(tmp_path: Path) -> None:
    table = read(tmp_path, bars("2020-01-02", "2020-01-03", "2020-01-06"))

    assert [str(finding) for finding in table.findings] == [
        "columns 6 parted by comma",
        "header yes",
        "kind bars (found: columns 'open', 'high', 'low', 'close')",
        "decimal point",
        "times like '2020-01-02' (found: column 'time')",
        "zone UTC (default: days begin at 00:00 UTC)",
        "order oldest first",
        "interval 1d (found: 1 of 2 steps, the shortest)",
        "label open (default: nothing shows it)",
    ]
    assert table.frame["ts_open"].to_list() == [FIRST, FIRST + DAY, FIRST + 4 * DAY]
    assert table.frame.columns == ["ts_open", "open", "high", "low", "close", "volume", "record"]


def test_what_is_given_is_taken_and_doubts_are_told(tmp_path: Path) -> None:
    times = [f"2020-01-0{day} {clock}Z" for day in (2, 3, 6) for clock in ("09:31", "10:00")]
    table = read(tmp_path, bars(*times), kind="bars", interval_ns=60 * SECOND, label="open")
    minutes = read(tmp_path, bars("2020-01-02 00:01Z", "2020-01-02 00:02Z"), interval_ns=SECOND)

    assert told(table, "kind") == "kind bars (given)"
    assert told(table, "interval") == "interval 1m (given)"
    doubt = "though at 2 of 2 closings of the market it looks like close"
    assert told(table, "label") == f"label open (given: {doubt})"
    assert told(minutes, "interval") == "interval 1s (given: though its rows are usually 1m apart)"


@pytest.mark.parametrize(
    ("head", "end", "why"),
    [
        ("Open time", "open", "column 'Open time'"),
        ("Close time", "close", "column 'Close time'"),
        ("end", "close", "column 'end'"),
    ],
)
def test_the_name_of_the_column_tells_the_end(
    tmp_path: Path, head: str, end: str, why: str
) -> None:
    table = read(tmp_path, bars("2020-01-02 00:05Z", "2020-01-02 00:10Z", head=head))

    assert told(table, "label") == f"label {end} (found: {why})"
    begin = FIRST + 300 * SECOND - (300 * SECOND if end == "close" else 0)
    assert table.frame["ts_open"][0] == begin


def test_ends_that_cannot_be_told_are_asked_for(tmp_path: Path) -> None:
    """Four of six evenings end on the quarter and begin after it, two do not."""
    late = [("09:31", "10:00")] * 5 + [("09:34", "09:58")] * 2
    times = [f"2020-01-{day:02} {clock}Z" for day, each in enumerate(late, 2) for clock in each]

    with pytest.raises(DataError, match="which end of its bars the times are: 4 of 6") as caught:
        read(tmp_path, bars(*times), interval_ns=60 * SECOND)

    assert caught.value.hint.startswith("give label: open or close")


@pytest.mark.parametrize(
    ("times", "head", "zone", "words"),
    [
        (("1577923200", "1577926800"), "t", None, "zone UTC (found: counted since 1970)"),
        (("2020-01-02T00:00:00Z",) * 2, "t", None, "zone UTC (found: the times have an offset)"),
        (("2020-01-02 00:00",) * 2, "time", None, "zone UTC (default: days begin at 00:00 UTC)"),
        (("2020-01-02 00:01",) * 2, "Gmt time", None, "zone UTC (found: column 'Gmt time')"),
        (("2020-01-02 00:01",) * 2, "time", "Asia/Tokyo", "zone Asia/Tokyo (given)"),
        (("2020-01-02 01:00+01:00",) * 2, "t", "Asia/Tokyo", "zone UTC (found: the times have"),
    ],
)
def test_whose_clock_it_is(
    tmp_path: Path, times: tuple[str, ...], head: str, zone: str | None, words: str
) -> None:
    text = bars(*times, head=head.replace("t", "timestamp") if head == "t" else head)
    table = read(tmp_path, text, time_zone=zone, interval_ns=SECOND)

    assert told(table, "zone").startswith(words)


def test_offsets_may_differ(tmp_path: Path) -> None:
    table = read(
        tmp_path, bars("2020-01-02 01:00+01:00", "2020-01-01 20:00-05:00"), interval_ns=SECOND
    )

    assert table.frame["ts_open"].to_list() == [FIRST, FIRST + 3_600 * SECOND]
    assert "the times have offsets" in told(table, "zone")


@pytest.mark.parametrize(
    ("times", "first", "why"),
    [
        (("02/01/2020", "13/01/2020"), FIRST, "day first (found: a 13 is no month)"),
        (("01/02/2020", "01/13/2020"), FIRST, "month first (found: a 13 is no month)"),
        (
            ("01/02/2020", "02/01/2020", "05/01/2020"),
            FIRST,
            "month first (found: the rows are in order only so)",
        ),
        (
            ("02.01.2020", "03.01.2020", "01.02.2020"),
            FIRST,
            "day first (found: the rows are in order only so)",
        ),
    ],
)
def test_which_number_is_the_month(
    tmp_path: Path, times: tuple[str, ...], first: int, why: str
) -> None:
    table = read(tmp_path, bars(*times), interval_ns=SECOND)

    assert table.frame["ts_open"][0] == first
    assert told(table, "dates") == f"dates {why}"


def test_an_hour_that_came_twice_is_told(tmp_path: Path) -> None:
    clocks = ("00:30", "01:00", "01:30", "01:00", "01:30", "02:00")
    text = bars(*(f"2020-11-01 {clock}" for clock in clocks))
    table = read(tmp_path, text, time_zone="America/New_York")

    assert table.frame["ts_open"].diff().drop_nulls().unique().to_list() == [1_800 * SECOND]
    assert told(table, "hours") == (
        "hours 4 rows of hours that came twice (found: told apart by their order)"
    )


def test_newest_first_is_turned_round_and_lines_stay_known(tmp_path: Path) -> None:
    table = read(tmp_path, bars("2020-01-06", "2020-01-03", "2020-01-02"))

    assert told(table, "order") == "order newest first, turned round"
    assert table.frame["ts_open"].to_list() == [FIRST, FIRST + DAY, FIRST + 4 * DAY]
    assert [table.cells.place(record) for record in table.frame["record"]] == [
        "line 4",
        "line 3",
        "line 2",
    ]


def test_order_is_judged_after_turning(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"comes after .* in line 4") as caught:
        read(tmp_path, bars("2020-01-06", "2020-01-02", "2020-01-03", "2020-01-01"))

    assert caught.value.where.endswith("line 3")


def test_quotes(tmp_path: Path) -> None:
    text = "time;bid;ask;bid size;ask size\n1577923200.5;1,5;1,6;10;\n1577923201;;1,7;;20\n"
    table = read(tmp_path, text)

    assert (table.kind, table.interval_ns) == ("quotes", 0)
    assert table.frame.drop("record").to_dict(as_series=False) == {
        "ts": [FIRST + SECOND // 2, FIRST + SECOND],
        "bid": [1.5, None],
        "ask": [1.6, 1.7],
        "bid_size": [10.0, None],
        "ask_size": [None, 20.0],
    }


def test_trades_with_reception_and_names_for_ids(tmp_path: Path) -> None:
    text = (
        "timestamp,local_timestamp,id,side,price,amount\n"
        "1577923200000000,1577923200000250,a-b,buy,1.5,2\n"
        "1577923200000100,1577923200000300,c-d,,1.6,3\n"
    )
    table = read(tmp_path, text)

    assert table.frame.drop("record").to_dict(as_series=False) == {
        "ts": [FIRST, FIRST + 100_000],
        "price": [1.5, 1.6],
        "size": [2.0, 3.0],
        "side": [1, 0],
        "ts_recv": [FIRST + 250_000, FIRST + 300_000],
    }
    path = tmp_path / "prices.csv"
    assert tells_reception(path, "A.x", "trades")
    path.write_text("time,price,size\n1577923200,1,2\n")
    assert not tells_reception(path, "A.x", "trades")


def test_trades_that_say_who_was_resting(tmp_path: Path) -> None:
    """Without a header, as Binance publishes them."""
    table = read(
        tmp_path, "7,1.5,2,3.0,1577923200000,true,true\n8,1.6,1,1.6,1577923200001,false,true\n"
    )

    assert table.frame["side"].to_list() == [-1, 1]
    assert table.frame["trade_id"].to_list() == [7, 8]


def test_a_side_is_taken_before_who_was_resting(tmp_path: Path) -> None:
    table = read(tmp_path, "time,price,size,side,m\n1577923200,1,2,buy,true\n")

    assert table.frame["side"].to_list() == [1]


def test_depth(tmp_path: Path) -> None:
    text = (
        "timestamp,first_update_id,last_update_id,side,update_type,price,qty,pu\n"
        "1577923200000,5,5,b,snap,1.5,2,-1\n"
        "1577923200100,6,8,a,set,1.6,0,5\n"
    )
    table = read(tmp_path, text)

    assert table.frame.drop("record").to_dict(as_series=False) == {
        "ts": [FIRST, FIRST + 100_000_000],
        "price": [1.5, 1.6],
        "size": [2.0, 0.0],
        "side": [1, -1],
        "is_snapshot": [True, False],
        "first_id": [5, 6],
        "last_id": [5, 8],
        "prev_id": [None, 5],
    }


def test_depth_whose_marks_are_partly_empty(tmp_path: Path) -> None:
    """An empty mark is none."""
    text = "time,side,price,size,snapshot\n1577923200,bid,1,2,true\n1577923201,bid,1,0,\n"

    assert read(tmp_path, text).frame["is_snapshot"].to_list() == [True, False]


def test_a_parquet_file_is_told_by_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "prices.parquet"
    columns = {
        "Time": [FIRST, FIRST + DAY],
        "Bid": [1.0, -1.0],
        "Ask": ["1", "x"],
        "List": [[1], []],
    }
    pl.DataFrame(columns).write_parquet(path)

    with pytest.raises(DataError, match="'x' is no price") as caught:
        read_table(path, "A.x", Asked())

    assert caught.value.where == f"{path}, row 1, column Ask"


def test_a_parquet_file_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "prices.parquet"
    pl.DataFrame({"Time": [1], "Bid": [1.0], "Ask": [1.0]}).head(0).write_parquet(path)

    with pytest.raises(DataError, match="no rows"):
        read_table(path, "A.x", Asked())


def test_a_damaged_parquet_file_is_a_data_error(tmp_path: Path) -> None:
    path = tmp_path / "prices.parquet"
    frame = pl.DataFrame({"Time": [FIRST] * 999, "Bid": [1.0] * 999, "Ask": [2.0] * 999})
    frame.write_parquet(path, compression="uncompressed", use_pyarrow=False)
    content = path.read_bytes()
    path.write_bytes(content[:4] + b"\xff" * 60 + content[64:])

    with pytest.raises(DataError, match="the file cannot be read"):
        read_table(path, "A.x", Asked())
