"""A file of actions: in order, told once, and found by its instants."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from tests.data.acting import DIVIDEND, HALT, RESUME, SPLIT, csv, opened
from tests.data.making import bars, write
from tests.data.making import opened as opened_bars
from trader.calendars import calendar
from trader.config.notation import instant
from trader.data.parquet import digest_of
from trader.data.sessions import Hours
from trader.errors import DataError
from trader.model.control import (
    DividendPaid,
    InstrumentHalted,
    InstrumentResumed,
    SplitEffective,
)
from trader.model.units import DAY_NS, MINUTE_NS


def test_rows_become_messages_in_their_order(tmp_path: Path) -> None:
    path = csv(tmp_path, SPLIT, HALT, RESUME, DIVIDEND)
    file = opened(path, market="XNYS")
    june, august = instant("2014-06-09T13:30:00Z"), instant("2014-08-07T13:30:00Z")

    [batch] = file.batches(0, file.rows)

    assert batch.messages == [
        SplitEffective(instrument="AAPL.usa", numerator=7, denominator=1, ts_event=june),
        InstrumentHalted(instrument="AAPL.usa"),
        InstrumentResumed(instrument="AAPL.usa"),
        DividendPaid(instrument="AAPL.usa", amount=47_000_000, ts_event=august),
    ]
    hour = 60 * MINUTE_NS
    assert batch.ts.tolist() == [june, june + 3 * hour // 2, june + 5 * hour // 2, august]
    assert file.digest == digest_of(path)


def test_they_come_in_pieces_and_by_their_time(tmp_path: Path) -> None:
    file = opened(csv(tmp_path, SPLIT, HALT, RESUME, DIVIDEND))
    [split, halt, resume, dividend] = file.ts.tolist()

    assert [len(each.messages) for each in file.batches(0, 4, rows=3)] == [3, 1]
    assert [each.ts.tolist() for each in file.batches(1, 3, rows=1)] == [[halt], [resume]]
    assert list(file.batches(2, 2)) == []
    assert file.window(None, None) == (0, 4)
    assert file.window(halt, dividend) == (1, 3)
    assert file.window(split + 1, dividend + 1) == (1, 4)
    assert file.window(dividend + 1, None) == (4, 4)
    assert file.window(dividend, split) == (3, 3)


def test_a_file_without_actions_is_one(tmp_path: Path) -> None:
    """Somebody looked and there were none."""
    file = opened(csv(tmp_path))

    assert (file.rows, file.window(0, DAY_NS), list(file.batches(0, 0))) == (0, (0, 0), [])


@pytest.mark.parametrize(
    ("rows", "says", "place"),
    [
        ([DIVIDEND, SPLIT], "out of order: line 3 is of 2014-06-09T00:00:00Z, line 2 of", 3),
        ([HALT, ",2014-06-09T14:59:59Z,resume,,,"], "out of order: line 3 is of", 3),
        ([SPLIT, SPLIT], "it is there twice, at 2014-06-09T00:00:00Z", 3),
        ([SPLIT, "2014-06-09,,split,2,1,"], "it is there twice", 3),  # which of the two?
        ([DIVIDEND, DIVIDEND], "it is there twice", 3),
        ([DIVIDEND, "2014-08-07,,dividend,,,1", DIVIDEND], "it is there twice", 4),
        ([HALT, HALT], "the instrument is halted already", 3),
        ([RESUME], "the instrument is not halted", 2),
        ([HALT, RESUME, RESUME], "the instrument is not halted", 4),
    ],
)
def test_a_file_that_tells_no_story_is_refused(
    tmp_path: Path, rows: list[str], says: str, place: int
) -> None:
    path = csv(tmp_path, *rows)

    with pytest.raises(DataError) as caught:
        opened(path)

    assert caught.value.message.startswith(f"actions of AAPL.usa: {says}")
    assert caught.value.where.startswith(f"{path}, line {place}")


def test_a_usual_and_a_special_dividend_may_fall_on_one_day(tmp_path: Path) -> None:
    """And a split with them, in the order of the file."""
    rows = ["2014-08-07,,split,2,1,", DIVIDEND, "2014-08-07,,dividend,,,3"]

    assert opened(csv(tmp_path, *rows)).rows == 3


def days(folder: Path) -> Path:
    """Four days labelled 00:00 New York."""
    labels = [instant(f"2014-06-{day:02}T04:00:00Z") for day in (5, 6, 9, 10)]
    return write(folder, {**bars(4), "ts_open": pl.Series("ts_open", labels)})


@pytest.mark.parametrize("row", ["2014-06-10,,split,7,1,", "2014-06-10,,dividend,,,1"])
def test_an_action_inside_a_bar_is_refused(tmp_path: Path, row: str) -> None:
    """Days labelled 00:00 New York, without the calendar that says when they are."""
    actions = opened(csv(tmp_path, SPLIT, row))
    daily = opened_bars(days(tmp_path), interval_ns=DAY_NS)

    with pytest.raises(DataError) as caught:
        actions.check_between(daily)

    assert caught.value.message == (
        "actions of AAPL.usa: at 2014-06-10T00:00:00Z it falls inside the bar"
        " from 2014-06-09T04:00:00Z to 2014-06-10T04:00:00Z"
    )
    assert "line 3" in caught.value.where
    assert "calendar" in caught.value.hint


def test_with_the_calendar_it_lies_between_two_bars(tmp_path: Path) -> None:
    """And a halt may fall inside of one."""
    hours = Hours(sessions=calendar("XNYS"))
    daily = opened_bars(days(tmp_path), interval_ns=DAY_NS, hours=hours)
    actions = opened(csv(tmp_path, SPLIT, HALT, RESUME), market="XNYS")

    actions.check_between(daily)

    assert daily.under_way(actions.ts.tolist()[1]) is not None


def test_money_is_that_of_a_lot(tmp_path: Path) -> None:
    file = opened(csv(tmp_path, DIVIDEND), lot=Decimal("0.01"))

    assert file.messages[0] == DividendPaid(
        instrument="AAPL.usa", amount=470_000, ts_event=instant("2014-08-07")
    )
