"""Sessions: told once when they open and once when they close, for each calendar."""

import numpy as np
import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from actors.core.scheduler import Scheduler
from tests.core.making import given, reborn
from trader.calendars.sessions import UTC_DAYS, Calendar
from trader.model.control import RunStarted, SessionClosed, SessionOpened, StartTimer, TimerFired
from trader.model.envelope import Message
from trader.model.units import DAY_NS, HOUR_NS

STARTED = RunStarted(run="trial", epoch=1)


def calendar(name: str, *sessions: tuple[int, int]) -> Calendar:
    """Sessions given in hours."""
    opens, closes = (np.array(column) * HOUR_NS for column in zip(*sessions, strict=True))
    return Calendar(name, opens, closes, ts_from=0, ts_to=10 * DAY_NS)


# A day session, the next one half as long, and a hole of a day before the last.
DAY = calendar("DAY", (9, 17), (33, 37), (81, 89))
# Sessions that touch, one of which opens on the evening before.
NIGHT = calendar("NIGHT", (-2, 22), (22, 46))


def opened(name: str, begins: int, ends: int) -> SessionOpened:
    return SessionOpened(calendar=name, session=ends * HOUR_NS, ts_open=begins * HOUR_NS)


def closed(name: str, ends: int) -> SessionClosed:
    return SessionClosed(calendar=name, session=ends * HOUR_NS)


def timer(due: int) -> StartTimer:
    return StartTimer(owner="scheduler", name="session", due=due * HOUR_NS)


def rings(due: int, *, owner: str = "scheduler") -> TimerFired:
    return TimerFired(owner=owner, name="session", due=due * HOUR_NS)


def course(scheduler: Scheduler, now: int, timers: int) -> list[Message]:
    """What it says from its start on, when its timers ring as it set them."""
    told = given(scheduler, STARTED, now=now)
    for _ in range(timers):
        last = told[-1]
        if not isinstance(last, StartTimer):
            break
        fired = TimerFired(owner=last.owner, name=last.name, due=last.due)
        told += given(scheduler, fired, now=last.due)
    return told


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        (0, DAY_NS),
        (1, DAY_NS),
        (DAY_NS - 1, DAY_NS),
        (DAY_NS, 2 * DAY_NS),  # midnight belongs to the day that begins
        (-1, 0),
    ],
)
def test_without_a_calendar_a_run_opens_the_session_of_its_day(now: int, midnight: int) -> None:
    scheduler = Scheduler()

    assert given(scheduler, STARTED, now=now) == [
        SessionOpened(calendar="UTC", session=midnight, ts_open=midnight - DAY_NS),
        StartTimer(owner="scheduler", name="session", due=midnight),
    ]
    assert scheduler.state.closes == {"UTC": midnight}


def test_midnight_closes_one_session_and_opens_the_next() -> None:
    scheduler = Scheduler()
    given(scheduler, STARTED)

    # It goes by the instant for which the timer was set, however late it rings.
    answers = given(scheduler, rings(24), now=DAY_NS + 5)

    assert answers == [closed("UTC", 24), opened("UTC", 24, 48), timer(48)]


def test_a_run_that_begins_between_two_sessions_waits_for_the_next() -> None:
    """And a hole of a day is gone over in one step."""
    assert course(Scheduler([DAY]), 18 * HOUR_NS, 9) == [
        timer(33),
        opened("DAY", 33, 37),
        timer(37),
        closed("DAY", 37),
        timer(81),
        opened("DAY", 81, 89),
        timer(89),
        closed("DAY", 89),
    ]


def test_a_run_that_begins_in_a_session_is_told_when_it_opened() -> None:
    assert course(Scheduler([DAY]), 12 * HOUR_NS, 1) == [
        opened("DAY", 9, 17),
        timer(17),
        closed("DAY", 17),
        timer(33),
    ]


def test_the_instant_of_an_opening_is_in_the_session_and_that_of_a_close_is_not() -> None:
    assert course(Scheduler([DAY]), 9 * HOUR_NS, 0) == [opened("DAY", 9, 17), timer(17)]
    assert course(Scheduler([DAY]), 17 * HOUR_NS, 0) == [timer(33)]


def test_calendars_take_turns_by_their_names() -> None:
    """Whatever the order in which they were given; each closes before it opens again."""
    both = Scheduler([NIGHT, UTC_DAYS, DAY])

    assert course(both, 10 * HOUR_NS, 3) == [
        opened("DAY", 9, 17),
        opened("NIGHT", -2, 22),
        opened("UTC", 0, 24),
        timer(17),
        closed("DAY", 17),
        timer(22),
        closed("NIGHT", 22),
        opened("NIGHT", 22, 46),
        timer(24),
        closed("UTC", 24),
        opened("UTC", 24, 48),
        timer(33),
    ]


@generated(st.integers(-3, 88), st.permutations([DAY, NIGHT]))
def test_whatever_opens_is_closed_in_time_and_nothing_opens_twice(
    begin: int, calendars: list[Calendar]
) -> None:
    told = course(Scheduler(calendars), begin * HOUR_NS, 30)
    openings = [each for each in told if isinstance(each, SessionOpened)]
    closings = [each for each in told if isinstance(each, SessionClosed)]

    assert [(each.calendar, each.session) for each in closings] == sorted(
        ((each.calendar, each.session) for each in openings), key=lambda each: each[1]
    )
    expected = {
        (each.name, begins, ends)
        for each in (DAY, NIGHT)
        for begins, ends in zip(each.opens.tolist(), each.closes.tolist(), strict=True)
        if ends > begin * HOUR_NS
    }
    assert {(each.calendar, each.ts_open, each.session) for each in openings} == expected
    assert len(openings) == len(expected)


def test_the_timers_of_others_are_not_its_own() -> None:
    scheduler = Scheduler()
    given(scheduler, STARTED)
    before = scheduler.dump()

    assert given(scheduler, rings(24, owner="portfolio")) == []
    assert scheduler.dump() == before


def test_it_goes_on_from_its_dumped_state() -> None:
    scheduler = Scheduler([DAY, NIGHT])
    given(scheduler, STARTED, rings(9))

    again = reborn(scheduler, Scheduler([DAY, NIGHT]))

    assert given(again, rings(17)) == given(scheduler, rings(17)) != []
    assert again.dump() == scheduler.dump()


def test_a_start_in_the_same_session_does_not_open_it_again() -> None:
    """Else a strategy would take the rest of a session for a whole one."""
    scheduler = Scheduler([DAY])
    given(scheduler, STARTED, now=10 * HOUR_NS)

    assert given(scheduler, STARTED, now=11 * HOUR_NS) == [timer(17)]


@pytest.mark.parametrize(
    ("hours", "after"),
    [
        (20, [closed("DAY", 17), timer(33)]),
        (34, [closed("DAY", 17), opened("DAY", 33, 37), timer(37)]),
    ],
)
def test_a_session_that_ended_while_nobody_ran_is_closed_at_the_start(
    hours: int, after: list[Message]
) -> None:
    scheduler = Scheduler([DAY])
    given(scheduler, STARTED, now=10 * HOUR_NS)

    assert given(scheduler, STARTED, now=hours * HOUR_NS) == after
