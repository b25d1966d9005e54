"""Sessions: opened at the start, closed and opened anew at each midnight."""

import pytest

from actors.core.scheduler import Scheduler
from tests.core.making import given, reborn
from trader.model.control import RunStarted, SessionClosed, SessionOpened, StartTimer, TimerFired
from trader.model.envelope import Message
from trader.model.units import DAY_NS

STARTED = RunStarted(run="trial", epoch=1)


def opens(midnight: int) -> list[Message]:
    return [
        SessionOpened(calendar="UTC", session=midnight),
        StartTimer(owner="scheduler", name="session", due=midnight),
    ]


def rings(due: int, *, owner: str = "scheduler") -> TimerFired:
    return TimerFired(owner=owner, name="session", due=due)


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
def test_a_run_opens_the_session_of_its_day(now: int, midnight: int) -> None:
    scheduler = Scheduler()

    assert given(scheduler, STARTED, now=now) == opens(midnight)
    assert scheduler.state.ends == midnight


def test_midnight_closes_one_session_and_opens_the_next() -> None:
    scheduler = Scheduler()
    given(scheduler, STARTED)

    # It goes by the instant for which the timer was set, however late it rings.
    answers = given(scheduler, rings(DAY_NS), now=DAY_NS + 5)

    assert answers == [SessionClosed(calendar="UTC", session=DAY_NS), *opens(2 * DAY_NS)]


def test_the_timers_of_others_are_not_its_own() -> None:
    scheduler = Scheduler()
    given(scheduler, STARTED)
    before = scheduler.dump()

    assert given(scheduler, rings(DAY_NS, owner="portfolio")) == []
    assert scheduler.dump() == before


def test_it_goes_on_from_its_dumped_state() -> None:
    scheduler = Scheduler()
    given(scheduler, STARTED, rings(DAY_NS))

    again = reborn(scheduler, Scheduler())

    assert given(again, rings(2 * DAY_NS)) == given(scheduler, rings(2 * DAY_NS))
    assert again.dump() == scheduler.dump()
