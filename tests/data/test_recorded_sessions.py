"""Recorded markets and the calendar agree, to the minute, over holidays, half days and clocks."""

from decimal import Decimal

import numpy as np
import pytest

from tests.data.acting import SPLIT, csv
from tests.data.acting import opened as opened_actions
from tests.data.making import opened
from tests.shared_data import shared
from trader.calendars.sessions import Calendar
from trader.calendars.table import calendar
from trader.config.notation import instant
from trader.data.bars import BarColumns, BarFile
from trader.data.sessions import Hours, OffSession
from trader.errors import DataError
from trader.logic.splits import split_ticks
from trader.model.control import SplitEffective
from trader.model.units import DAY_NS, HOUR_NS, MINUTE_NS

TICK = Decimal("0.0001")
XNYS = calendar("XNYS")
assert isinstance(XNYS, Calendar)
LENGTHS = {"1d": DAY_NS, "1h": HOUR_NS, "1m": MINUTE_NS}


def recorded(name: str, off_session: OffSession = "refuse") -> BarFile:
    path = shared(f"data/bars/{name}.parquet")
    return opened(
        path,
        interval_ns=LENGTHS[path.parent.name],
        tick=TICK,
        lot=Decimal(1),
        hours=Hours(sessions=XNYS, off_session=off_session),
    )


def whole(file: BarFile) -> BarColumns:
    [batch] = file.batches(0, file.rows, file.rows)
    return batch


def sessions_between(since: int, until: int) -> list[tuple[int, int]]:
    """All sessions from the one that opens at `since` to the one that closes at `until`."""
    assert isinstance(XNYS, Calendar)
    pairs = zip(XNYS.opens.tolist(), XNYS.closes.tolist(), strict=True)
    return [(opens, closes) for opens, closes in pairs if since <= opens and closes <= until]


@pytest.mark.parametrize("symbol", ["SPY", "AAPL", "IBM"])
def test_every_day_of_23_years_is_a_session(symbol: str) -> None:
    """The days after 2001-09-11, the hurricane of 2012 and all holidays with them."""
    bars = whole(recorded(f"usa/{symbol}/1d/19980102-20210331"))
    days = list(zip(bars.ts_open.tolist(), bars.ts_close.tolist(), strict=True))

    assert len(days) == 5_849
    assert days == sessions_between(days[0][0], days[-1][1])


def test_hours_end_with_their_session_on_half_days_too() -> None:
    """What this vendor shows after 13:00 on a half day is no part of it: refused, or left out."""
    with pytest.raises(DataError, match="row 1600 opens at 1998-11-27T18:00:00Z, outside every"):
        recorded("usa/SPY/1h/19980102-20210331")

    file = recorded("usa/SPY/1h/19980102-20210331", "drop")
    bars = whole(file)
    begins = np.flatnonzero(np.diff(bars.ts_open, prepend=0) > 2 * HOUR_NS)
    ends = np.append(begins[1:], len(bars)) - 1
    sessions = list(zip(bars.ts_open[begins], bars.ts_close[ends], strict=True))

    assert file.file.rows - file.rows == 47
    assert len(sessions) == 5_849
    expected = sessions_between(int(bars.ts_open[0]), int(bars.ts_close[-1]))
    # On that day New York mourned until 11:00.
    assert [own for own, other in zip(sessions, expected, strict=True) if own != other] == [
        (instant("2002-09-11T15:00:00Z"), instant("2002-09-11T20:00:00Z"))
    ]
    short = [closes for opens, closes in sessions if closes - opens < 4 * HOUR_NS]
    assert len(short) == 52


def test_minutes_are_390_a_day_before_and_after_the_clocks_change() -> None:
    file = recorded("arca-nt/SPY/1m/20110301-20110331", "drop")

    assert file.rows == 23 * 390
    assert file.off_session(0, file.rows) > 8_000
    assert whole(file).ts_open.tolist() == [
        minute
        for opens, closes in sessions_between(instant("2011-03-01"), instant("2011-04-01"))
        for minute in range(opens, closes, MINUTE_NS)
    ]


def test_a_half_day_has_210_minutes() -> None:
    assert recorded("usa/GOOG/1m/20151224", "drop").rows == 210


def test_minutes_go_on_across_a_split_of_seven(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A print before the bell is still at the old price; the first of the session is not."""
    file = opened_actions(csv(tmp_path_factory.mktemp("split"), SPLIT), market="XNYS")
    [split] = file.messages
    assert isinstance(split, SplitEffective)
    friday = whole(recorded("usa/AAPL/1m/20140606", "drop"))
    monday = recorded("usa/AAPL/1m/20140609", "drop")

    file.check_between(monday)
    assert split.ts_event == monday.ts_first == instant("2014-06-09T13:30:00Z")
    carried = split_ticks(int(friday.close[-1]), split.numerator, split.denominator)
    assert abs(int(whole(monday).open[0]) / carried - 1) < 0.01
    assert (len(friday), monday.rows) == (390, 390)
