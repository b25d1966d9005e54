"""Sessions asked for by instant: what is open, what comes next, how long it was open."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.calendars.sessions import NEVER, UTC_DAYS, Calendar, Session
from trader.model.units import DAY_NS

# Two sessions that touch, a gap, a short one; all on the days 10 to 12.
SESSIONS = (
    Session(10 * DAY_NS, 10 * DAY_NS + 600),
    Session(10 * DAY_NS + 600, 11 * DAY_NS),
    Session(12 * DAY_NS - 50, 12 * DAY_NS + 30),
)
FIRST, LAST = 9 * DAY_NS, 13 * DAY_NS
instants = st.one_of(
    st.integers(-5, 20).map(lambda day: day * DAY_NS),
    st.sampled_from([ts for session in SESSIONS for ts in session]),
).flatmap(lambda ts: st.integers(ts - 2, ts + 2))


def small(*sessions: Session) -> Calendar:
    opens, closes = (np.array(column, np.int64) for column in zip(*sessions, strict=True))
    return Calendar("SMALL", opens, closes, ts_from=FIRST, ts_to=LAST)


CALENDAR = small(*SESSIONS)


@given(instants)
def test_an_instant_lies_in_the_session_that_has_begun_and_not_ended(ts: int) -> None:
    """Compared with looking at every session."""
    under_way = next((each for each in SESSIONS if each.ts_open <= ts < each.ts_close), None)

    assert CALENDAR.session_at(ts) == under_way
    assert CALENDAR.is_open(ts) == (under_way is not None)
    assert CALENDAR.next_open(ts) == min((o for o, _ in SESSIONS if o > ts), default=NEVER)
    assert CALENDAR.next_close(ts) == min((c for _, c in SESSIONS if c > ts), default=NEVER)


@given(instants)
def test_the_nearest_session_holds_the_instant_or_is_no_farther_than_another(ts: int) -> None:
    def distance(session: Session) -> int:
        return max(0, session.ts_open - ts, ts - session.ts_close)

    assert distance(CALENDAR.nearest(ts)) == min(map(distance, SESSIONS))
    assert CALENDAR.session_at(ts) in {None, CALENDAR.nearest(ts)}


@given(instants, instants)
def test_open_time_is_the_overlap_with_the_sessions(one: int, other: int) -> None:
    """And all time where the calendar is not known."""
    since, until = sorted((one, other))
    open_ranges = [(-10 * DAY_NS, FIRST), *SESSIONS, (LAST, 30 * DAY_NS)]
    overlap = sum(max(0, min(until, end) - max(since, begin)) for begin, end in open_ranges)

    assert CALENDAR.open_ns_between(since, until) == overlap


def test_an_instant_between_two_sessions_that_touch_belongs_to_the_later() -> None:
    assert CALENDAR.session_at(SESSIONS[0].ts_close) == SESSIONS[1]


def test_a_date_has_the_session_that_ends_on_it() -> None:
    """Also one that begins on the evening before, or ends at the midnight after."""
    later = small(SESSIONS[1], SESSIONS[2])

    assert [later.session_of(day) for day in (9, 10, 11, 12, 13)] == [
        None,
        SESSIONS[1],
        None,
        SESSIONS[2],
        None,
    ]


@pytest.mark.parametrize(
    ("ts", "says"),
    [
        (FIRST - 1, "the sessions of SMALL are known from 1970-01-11 on"),
        (FIRST, ""),
        (LAST - 1, ""),
        (LAST, "the last session of SMALL that is known is 1970-01-13"),
    ],
)
def test_what_lies_outside_says_how_far_the_calendar_goes(ts: int, says: str) -> None:
    assert CALENDAR.unknown(ts) == says


@given(st.integers(-(10**6), 10**6), st.integers(0, DAY_NS - 1))
def test_a_market_without_a_calendar_is_open_day_after_day(day: int, within: int) -> None:
    ts = day * DAY_NS + within
    session = UTC_DAYS.session_at(ts)

    assert session == UTC_DAYS.session_of(day) == (day * DAY_NS, (day + 1) * DAY_NS)
    assert UTC_DAYS.next_open(ts) == UTC_DAYS.next_close(ts) == session.ts_close
    assert UTC_DAYS.is_open(ts)
    assert UTC_DAYS.unknown(ts) == ""
    assert UTC_DAYS.open_ns_between(ts, ts + 7) == 7


def test_the_columns_are_the_sessions() -> None:
    assert list(zip(CALENDAR.opens, CALENDAR.closes, strict=True)) == list(SESSIONS)
    assert all(one.ts_close <= other.ts_open for one, other in pairwise(SESSIONS))
    assert (CALENDAR.per_year, UTC_DAYS.per_year) == (252, 365)
