"""The timers that core actors have started, in the order in which they will fire.

A timer fires once and never early. At one instant those that wait for the instant's bars come
after the others; else the order is that of their starting.
"""

from collections.abc import Sequence

from msgspec import Struct

from actors.runtime.actor import NOTHING
from trader.model.control import StartTimer, TimerFired
from trader.model.envelope import Message
from trader.model.units import INT64_MAX, Nanoseconds


class TimersState(Struct):
    """What is pending, sorted by (due, after_bars, order of starting)."""

    pending: list[tuple[Nanoseconds, bool, int, str, str]] = []
    started: int = 0


class Timers:
    """Keeps the pending timers; whoever owns the clock asks what is due.

    `next_due` is when somebody must be asked next: a timer, or who wants to be called otherwise.
    """

    def __init__(self) -> None:
        self.state = TimersState()
        self.next_due: Nanoseconds = INT64_MAX
        self._otherwise: Nanoseconds = INT64_MAX

    def start(self, message: StartTimer, now: Nanoseconds) -> Sequence[Message]:
        """The timers' port in the graph; starting a pending timer again moves it."""
        del now
        state = self.state
        state.pending = [p for p in state.pending if p[3:] != (message.owner, message.name)]
        state.started += 1
        entry = (message.due, message.after_bars, state.started, message.owner, message.name)
        state.pending.append(entry)
        state.pending.sort()
        self._look()
        return NOTHING

    def wake_by(self, due: Nanoseconds) -> None:
        """Lets `next_due` be no later than `due`, for somebody who keeps an agenda of his own."""
        self._otherwise = due
        self._look()

    def _look(self) -> None:
        pending = self.state.pending
        self.next_due = min(pending[0][0], self._otherwise) if pending else self._otherwise

    def due(self, now: Nanoseconds, *, after_bars: bool) -> TimerFired | None:
        """The next timer that is due at `now`, taken out; those after bars only if asked for.

        A timer due before `now` fires in any case: its instant has gone by.
        """
        pending = self.state.pending
        if not pending:
            return None
        due, waits, _, owner, name = pending[0]
        if due > now or (due == now and waits and not after_bars):
            return None
        del pending[0]
        self._look()
        return TimerFired(owner=owner, name=name, due=due)

    def load(self, state: TimersState) -> None:
        """Takes a snapshot's state."""
        self.state = state
        self._look()
