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
    """Keeps the pending timers; whoever owns the clock asks what is due."""

    def __init__(self) -> None:
        self.state = TimersState()
        self.next_due: Nanoseconds = INT64_MAX

    def start(self, message: StartTimer, now: Nanoseconds) -> Sequence[Message]:
        """The timers' port in the graph; starting a pending timer again moves it."""
        del now
        state = self.state
        state.pending = [p for p in state.pending if p[3:] != (message.owner, message.name)]
        state.started += 1
        entry = (message.due, message.after_bars, state.started, message.owner, message.name)
        state.pending.append(entry)
        state.pending.sort()
        self.next_due = state.pending[0][0]
        return NOTHING

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
        self.next_due = pending[0][0] if pending else INT64_MAX
        return TimerFired(owner=owner, name=name, due=due)

    def load(self, state: TimersState) -> None:
        """Takes a snapshot's state."""
        self.state = state
        self.next_due = state.pending[0][0] if state.pending else INT64_MAX
