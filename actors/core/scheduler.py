"""The scheduler: tells when sessions begin and end, for every calendar that is traded by.

One timer stands for all calendars: it is set to the next opening or close of any of them, and when
it rings each is asked, in the order of their names, what has changed. What has been told is kept,
so that a core that starts again in the middle of a session does not open it twice, and closes the
one that ended while nobody ran.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from actors.runtime.actor import NOTHING, Handler, Stateful
from trader.calendars.sessions import NEVER, UTC_DAYS, Sessions
from trader.model.control import RunStarted, SessionClosed, SessionOpened, StartTimer, TimerFired
from trader.model.envelope import Message
from trader.model.units import Nanoseconds


class SchedulerState(Struct):
    """By calendar, the close of the session that has been opened and not closed yet."""

    closes: dict[str, Nanoseconds]


class Scheduler(Stateful[SchedulerState]):
    """Opens and closes the sessions of its calendars."""

    name = "scheduler"

    def __init__(self, calendars: Sequence[Sessions] = (UTC_DAYS,)) -> None:
        self.state = SchedulerState(closes={})
        self._calendars = sorted(calendars, key=lambda each: each.name)

    @property
    def handlers(self) -> Mapping[type, Handler]:
        """The start of the run and the timer of the next opening or close."""
        return {RunStarted: self._on_start, TimerFired: self._on_timer}

    def _on_start(self, started: RunStarted, now: Nanoseconds) -> Sequence[Message]:
        del started
        return self._turn(now)

    def _on_timer(self, timer: TimerFired, now: Nanoseconds) -> Sequence[Message]:
        del now
        return self._turn(timer.due) if timer.owner == self.name else NOTHING

    def _turn(self, ts: Nanoseconds) -> Sequence[Message]:
        """What has ended by the instant and what is under way then, and the next timer."""
        out: list[Message] = []
        due = NEVER
        for calendar in self._calendars:
            out += self._told(calendar, ts)
            due = min(due, calendar.next_open(ts), calendar.next_close(ts))
        if due != NEVER:
            out.append(StartTimer(owner=self.name, name="session", due=due))
        return out

    def _told(self, calendar: Sessions, ts: Nanoseconds) -> Sequence[Message]:
        out: list[Message] = []
        closes, name = self.state.closes, calendar.name
        if name in closes and closes[name] <= ts:
            out.append(SessionClosed(calendar=name, session=closes.pop(name)))
        session = calendar.session_at(ts)
        if session is not None and name not in closes:
            closes[name] = session.ts_close
            out.append(
                SessionOpened(calendar=name, session=session.ts_close, ts_open=session.ts_open)
            )
        return out
