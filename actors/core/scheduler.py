"""The scheduler: tells when sessions begin and end. Without a calendar a session is the UTC day."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from actors.runtime.actor import NOTHING, Handler, Stateful
from trader.model.control import RunStarted, SessionClosed, SessionOpened, StartTimer, TimerFired
from trader.model.envelope import Message
from trader.model.units import Nanoseconds, day_after

_CALENDAR: Final = "UTC"


class SchedulerState(Struct):
    """The midnight at which the session under way ends."""

    ends: Nanoseconds = 0


class Scheduler(Stateful[SchedulerState]):
    """Opens a session at the start of the run and a new one at each midnight."""

    name = "scheduler"

    def __init__(self) -> None:
        self.state = SchedulerState()

    @property
    def handlers(self) -> Mapping[type, Handler]:
        """The start of the run and the timer of the day's end."""
        return {RunStarted: self._on_start, TimerFired: self._on_timer}

    def _on_start(self, started: RunStarted, now: Nanoseconds) -> Sequence[Message]:
        del started
        return self._open(now)

    def _on_timer(self, timer: TimerFired, now: Nanoseconds) -> Sequence[Message]:
        del now
        if timer.owner != self.name:
            return NOTHING
        closed = SessionClosed(calendar=_CALENDAR, session=timer.due)
        return (closed, *self._open(timer.due))

    def _open(self, ts: Nanoseconds) -> Sequence[Message]:
        self.state.ends = day_after(ts)
        return (
            SessionOpened(calendar=_CALENDAR, session=self.state.ends),
            StartTimer(owner=self.name, name="session", due=self.state.ends),
        )
