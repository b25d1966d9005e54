"""Bars and the sessions of their market: when they open and close, and which are none."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.making import MINUTE, bars, opened, write
from trader.calendars import calendar
from trader.calendars.sessions import Calendar
from trader.config.notation import instant, instant_text
from trader.data.bars import WALK_ROWS, BarFile
from trader.data.defects import Source
from trader.data.sessions import Hours, bar_times
from trader.errors import DataError
from trader.model.units import DAY_NS, HOUR_NS

SOURCE = Source(name="TEST.venue", path=Path("bars.parquet"))
NEW_YORK = Hours(sessions=calendar("XNYS"))
DROPPING = Hours(sessions=calendar("XNYS"), off_session="drop")


def file_of(folder: Path, labels: list[int], interval_ns: int, **settings: Any) -> BarFile:
    """A file of bars with these labels."""
    columns = {**bars(len(labels)), "ts_open": pl.Series("ts_open", labels)}
    return opened(write(folder, columns), interval_ns=interval_ns, **settings)


def spans(file: BarFile) -> list[str]:
    """When its bars open and close."""
    batches = list(file.batches(0, file.rows))
    opens = [ts for batch in batches for ts in batch.ts_open.tolist()]
    closes = [ts for batch in batches for ts in batch.ts_close.tolist()]
    return [
        f"{instant_text(a)} to {instant_text(b)[11:]}" for a, b in zip(opens, closes, strict=True)
    ]


DAYS = {
    "2013-03-08": "2013-03-08T14:30:00Z to 21:00:00Z",
    "2013-03-11": "2013-03-11T13:30:00Z to 20:00:00Z",  # the clocks have changed
    "2013-07-03": "2013-07-03T13:30:00Z to 17:00:00Z",  # a half day
    "2013-11-01": "2013-11-01T13:30:00Z to 20:00:00Z",
    "2013-11-04": "2013-11-04T14:30:00Z to 21:00:00Z",  # and back
    "2013-11-29": "2013-11-29T14:30:00Z to 18:00:00Z",
}


@pytest.mark.parametrize("shift", ["utc", "new york"])
def test_a_day_is_its_session_however_it_is_labelled(tmp_path: Path, shift: str) -> None:
    """At 00:00 UTC, or at 00:00 New York, which is at 04:00 or 05:00."""
    labels = [instant(date) for date in DAYS]
    if shift == "new york":
        hours = [5, 4, 4, 4, 5, 5]
        labels = [label + n * HOUR_NS for label, n in zip(labels, hours, strict=True)]

    file = file_of(tmp_path, labels, DAY_NS, hours=NEW_YORK)

    assert spans(file) == list(DAYS.values())
    assert instant_text(file.ts_first) == "2013-03-08T14:30:00Z"
    assert instant_text(file.ts_last) == "2013-11-29T14:30:00Z"


def test_days_23_hours_apart_do_not_overlap(tmp_path: Path) -> None:
    """Labels at 00:00 New York are, over a change of the clocks; without a calendar they do."""
    labels = [instant("2013-03-09T05:00:00Z"), instant("2013-03-10T05:00:00Z")]
    labels.append(labels[-1] + 23 * HOUR_NS)

    with pytest.raises(DataError, match="overlapping bars: row 2 opens at 2013-03-11T04:00:00Z"):
        file_of(tmp_path, labels, DAY_NS)
    assert spans(file_of(tmp_path, labels[1:], DAY_NS, hours=DROPPING)) == [DAYS["2013-03-11"]]


def test_hours_labelled_before_the_opening_begin_with_it(tmp_path: Path) -> None:
    """As some vendors label the half hour from 09:30."""
    labels = [instant("2013-07-03T13:00:00Z") + n * HOUR_NS for n in range(4)]

    assert spans(file_of(tmp_path, labels, HOUR_NS, hours=NEW_YORK)) == [
        "2013-07-03T13:30:00Z to 14:00:00Z",
        "2013-07-03T14:00:00Z to 15:00:00Z",
        "2013-07-03T15:00:00Z to 16:00:00Z",
        "2013-07-03T16:00:00Z to 17:00:00Z",
    ]


def test_a_week_opens_with_its_first_session_and_closes_with_its_last(tmp_path: Path) -> None:
    """Thanksgiving's ends at 13:00 on Friday."""
    monday = instant("2013-11-25")

    assert spans(file_of(tmp_path, [monday], 7 * DAY_NS, hours=NEW_YORK)) == [
        "2013-11-25T14:30:00Z to 18:00:00Z"
    ]


@pytest.mark.parametrize(
    ("label", "nearest"),
    [
        ("2015-04-03T04:00:00Z", "from 2015-04-02T13:30:00Z to 2015-04-02T20:00:00Z"),
        ("2001-09-16T04:00:00Z", "from 2001-09-17T13:30:00Z to 2001-09-17T20:00:00Z"),
    ],
)
def test_a_bar_outside_every_session_is_refused(tmp_path: Path, label: str, nearest: str) -> None:
    """Good Friday; and the Sunday before New York opened again."""
    labels = [instant("1999-06-07T04:00:00Z"), instant(label)]

    with pytest.raises(DataError) as caught:
        file_of(tmp_path, labels, DAY_NS, hours=NEW_YORK)

    assert caught.value.message == (
        f"bars of TEST.venue: row 1 opens at {label}, outside every session of XNYS;"
        f" the nearest is {nearest}"
    )
    assert caught.value.where.endswith("bars.parquet, row 1, column ts_open")
    assert "run.off_session: drop" in caught.value.hint


def test_bars_outside_every_session_are_left_out_and_counted(tmp_path: Path) -> None:
    """Minutes before the opening and after the close; a bar's number is then not its row."""
    begun = instant("2013-07-02T13:20:00Z")
    labels = [begun + n * MINUTE for n in range(2 * 1_440)]
    file = file_of(tmp_path, labels, MINUTE, hours=DROPPING)

    assert file.rows == 390 + 210
    whole = spans(file)
    assert whole[0] == "2013-07-02T13:30:00Z to 13:31:00Z"
    assert whole[389:391] == [
        "2013-07-02T19:59:00Z to 20:00:00Z",
        "2013-07-03T13:30:00Z to 13:31:00Z",
    ]
    assert whole[-1] == "2013-07-03T16:59:00Z to 17:00:00Z"
    assert file.off_session(0, 600) == 2 * 1_440 - 600
    assert file.off_session(0, 390) == 10 + 1_050  # before the bell, and until the next
    assert file.off_session(391, 599) == 0
    assert file.window(instant("2013-07-02T19:58:00Z"), instant("2013-07-03T13:31:00Z"), 3) == (
        385,
        391,
    )


def test_warm_up_counts_bars_and_not_rows(tmp_path: Path) -> None:
    labels = [instant("2013-07-02T13:20:00Z") + n * MINUTE for n in range(2 * 1_440)]
    file = file_of(tmp_path, labels, MINUTE, hours=DROPPING)

    assert file.window(instant("2013-07-03"), None, 100) == (290, 600)
    assert spans(file)[290] == "2013-07-02T18:20:00Z to 18:21:00Z"


def test_a_row_that_is_left_out_is_checked_all_the_same(tmp_path: Path) -> None:
    """A file with a broken row is broken, and its rows are counted as they stand."""
    labels = [instant("2013-07-02T13:28:00Z") + n * MINUTE for n in range(8)]
    columns = {**bars(8), "ts_open": pl.Series("ts_open", labels)}
    columns["close"] = pl.Series("close", [100.0] * 3 + [-1.0] + [100.0] * 4)
    path = write(tmp_path, columns)

    with pytest.raises(DataError) as caught:
        list(opened(path, hours=DROPPING).batches(0, 6))

    assert "row 3, column close" in caught.value.where


def test_prices_of_dropped_rows_off_the_grid_are_not_counted(tmp_path: Path) -> None:
    """A row of the night lies between these two minutes."""
    labels = [instant(f"2013-07-{time}Z") for time in ("02T19:59:00", "02T20:00:00", "03T13:30:00")]
    columns = {**bars(3), "ts_open": pl.Series("ts_open", labels)}
    columns["open"] = columns["open"] + 0.005

    [batch] = opened(write(tmp_path, columns), hours=DROPPING, off_grid="round").batches(0, 2)

    assert (len(batch), batch.rounded) == (2, 2)
    assert [column.flags.c_contiguous for column in (batch.open, batch.ts_close)] == [True, True]


def test_two_labels_of_one_session_overlap(tmp_path: Path) -> None:
    """Both days would be the same session."""
    labels = [instant("2013-07-03T04:00:00Z"), instant("2013-07-03T05:00:00Z")]

    with pytest.raises(DataError) as caught:
        file_of(tmp_path, labels, DAY_NS, hours=NEW_YORK)

    assert caught.value.message == (
        "bars of TEST.venue: overlapping bars: row 1 opens at 2013-07-03T05:00:00Z"
        " (1372827600000000000), 3600000000000 ns after row 0 (2013-07-03T04:00:00Z);"
        " the configured interval is 86400 s (86400000000000 ns),"
        " and with its session it opens at 2013-07-03T13:30:00Z"
    )


@pytest.mark.parametrize("step", [0, -MINUTE])
def test_disorder_among_rows_that_are_left_out_is_found(tmp_path: Path, step: int) -> None:
    early = instant("2013-07-03T08:00:00Z")

    with pytest.raises(DataError, match="row 1 opens at"):
        file_of(tmp_path, [early, early + step], MINUTE, hours=DROPPING)


def test_a_file_without_any_bar_in_a_session_is_refused(tmp_path: Path) -> None:
    weekend = [instant("2013-07-06") + n * MINUTE for n in range(5)]

    with pytest.raises(DataError, match="no bar lies in a session of XNYS"):
        file_of(tmp_path, weekend, MINUTE, hours=DROPPING)


@pytest.mark.parametrize("hours", [NEW_YORK, DROPPING], ids=["refuse", "drop"])
@pytest.mark.parametrize(
    ("label", "says", "hint"),
    [
        (
            "1989-12-29",
            "the sessions of XNYS are known from 1990-01-02 on",
            "begin later, or leave the instrument's calendar out",
        ),
        (
            "2061-01-03",
            "the last session of XNYS that is known is ",
            "`scripts/calendars 2061` makes the table reach further",
        ),
        (
            "1970-01-02",
            "the sessions of XNYS are known from 1990-01-02 on",
            "ts_open counts nanoseconds since 1970: 86400000000000 is 1970-01-02T00:00:00Z",
        ),
    ],
)
def test_a_bar_beyond_the_table_says_how_far_it_goes(
    tmp_path: Path, hours: Hours, label: str, says: str, hint: str
) -> None:
    with pytest.raises(DataError, match=says) as caught:
        file_of(tmp_path, [instant(label)], DAY_NS, hours=hours)

    assert f"row 0 opens at {label}T00:00:00Z" in caught.value.message
    assert caught.value.hint == hint


def test_the_table_reaches_to_its_last_nanosecond(tmp_path: Path) -> None:
    """And to its first; there the calendar begins with a holiday."""
    xnys = DROPPING.sessions
    assert isinstance(xnys, Calendar)

    for label in (xnys.ts_from - 1, xnys.ts_to):
        with pytest.raises(DataError, match="of XNYS"):
            file_of(tmp_path, [label], DAY_NS, hours=NEW_YORK)
    first, last = int(xnys.opens[0]), int(xnys.opens[-1])
    file = file_of(tmp_path, [xnys.ts_from, first, last, xnys.ts_to - 1], HOUR_NS, hours=DROPPING)
    assert (file.rows, file.ts_first, file.ts_last) == (2, first, last)


def test_the_bar_under_way_is_the_one_strictly_around_an_instant(tmp_path: Path) -> None:
    """With its session's times, and none in the night."""
    labels = [instant("2013-07-02T04:00:00Z"), instant("2013-07-03T04:00:00Z")]
    file = file_of(tmp_path, labels, DAY_NS, hours=NEW_YORK)
    opens, closes = instant("2013-07-02T13:30:00Z"), instant("2013-07-02T20:00:00Z")

    assert file.under_way(opens) is None
    assert file.under_way(opens + 1) == file.under_way(closes - 1) == (opens, closes)
    assert file.under_way(closes) is None
    assert file.under_way(instant("2013-07-03T04:00:00Z")) is None


calendars = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9)), min_size=1, max_size=6)


@given(calendars, st.lists(st.integers(0, 12), max_size=9), st.integers(1, 15))
def test_times_are_those_of_the_sessions_that_a_bar_overlaps(
    gaps: list[tuple[int, int]], steps: list[int], interval: int
) -> None:
    """Compared with looking at every session, in units of an hour."""
    sessions, begun = [], 10**6
    for gap, length in gaps:
        sessions.append((begun + gap, begun + gap + length))
        begun += gap + length
    opens, closes = (np.array(column) * HOUR_NS for column in zip(*sessions, strict=True))
    whole = Calendar("X", opens, closes, ts_from=0, ts_to=2 * 10**6 * HOUR_NS)
    labels = (10**6 - 4 + np.cumsum([0, *steps])) * HOUR_NS

    hours = Hours(sessions=whole, off_session="drop")
    times = bar_times(SOURCE, labels, 0, interval * HOUR_NS, hours)

    for at, label in enumerate((labels // HOUR_NS).tolist()):
        met = [(o, c) for o, c in sessions if o < label + interval and label < c]
        assert times.kept[at] == bool(met)
        if met:
            assert times.opens[at] == max(label, met[0][0]) * HOUR_NS
            assert times.closes[at] == min(label + interval, met[-1][1]) * HOUR_NS


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> BarFile:
    """Minutes around the clock, of which a fifth lies in sessions; a year is left out of them."""
    minutes = np.arange(2 * WALK_ROWS + 1_000)
    holes = np.where(minutes < 300_000, 0, 525_600)
    labels = instant("2011-06-30T22:00:00Z") + MINUTE * (minutes + holes)
    columns = {**bars(len(labels)), "ts_open": pl.Series("ts_open", labels)}
    return opened(write(tmp_path_factory.mktemp("long"), columns), hours=DROPPING)


@pytest.fixture(scope="module")
def opens(long: BarFile) -> list[int]:
    """When its bars open, found by asking the calendar for each minute."""
    labels = pl.read_parquet(long.source.path)["ts_open"].to_list()
    return [ts for ts in labels if calendar("XNYS").is_open(ts)]


def test_every_minute_of_every_session_is_there_once(long: BarFile, opens: list[int]) -> None:
    batches = list(long.batches(0, long.rows, 9_999))

    assert [len(batch) for batch in batches[:-1]] == [9_999] * (len(batches) - 1)
    assert [ts for batch in batches for ts in batch.ts_open.tolist()] == opens
    assert (long.rows, long.ts_first, long.ts_last) == (len(opens), opens[0], opens[-1])


@settings(max_examples=30)
@given(st.data())
def test_a_window_is_the_bars_that_open_in_it(
    long: BarFile, opens: list[int], data: st.DataObject
) -> None:
    """On both sides of a border between two pieces, in the night and at the bell."""
    near = st.sampled_from(opens).flatmap(lambda ts: st.integers(ts - 2, ts + 2))
    since, until = sorted((data.draw(near), data.draw(near)))
    warmup = data.draw(st.sampled_from([0, 1, 500]))
    begins, ends = np.searchsorted(opens, [since, until]).tolist()

    if begins == ends:
        with pytest.raises(DataError, match="no bar opens from"):
            long.window(since, until, warmup)
    else:
        assert long.window(since, until, warmup) == (max(0, begins - warmup), ends)


def test_a_piece_without_a_bar_is_passed_over(tmp_path: Path) -> None:
    """A search does not end in the silence."""
    minutes = [instant("2013-07-02T19:58:00Z") + n * MINUTE for n in range(2)]
    silence = [instant("2013-07-03T18:00:00Z") + n * 1_000_000 for n in range(2 * WALK_ROWS)]
    later = [instant("2013-07-05T13:30:00Z")]
    file = file_of(tmp_path, minutes + silence + later, 1_000_000, hours=DROPPING)

    assert file.rows == 3
    assert file.window(instant("2013-07-03"), None, 1) == (1, 3)
    assert file.window(None, instant("2013-07-05"), 0) == (0, 2)
    assert len(set(file.marks)) == 2
    assert all(one <= other for one, other in pairwise(file.marks))
