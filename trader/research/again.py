"""A run played again up to a moment, in step, and listened to from a row on.

The tables of a run say what happened; what a rule compared, or what a strategy remembered, only
the core knows. So it is built once more from the run's own configuration and data, and stopped
when all that is due by the moment has been told, and before anything later is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from actors.runtime.reactor import Observer
from sims.build import build
from sims.simulation import Simulation
from sims.streams import ACTIONS, Source, span
from trader.data.actions import ActionColumns
from trader.model.control import InstrumentResumed
from trader.model.units import BEFORE_ALL, Nanoseconds
from trader.research.pacing import Clock
from trader.research.reopening import Reopened
from trader.research.stepping import Watch, moment_of


class _Over(Exception):
    """The moment has passed."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """A source of one row that nobody will hear: it only makes the clock stop at its instant."""

    ts: Nanoseconds
    instrument: str
    digest: str = ""

    def batches(self, start: int, stop: int, rows: int) -> Iterator[ActionColumns]:
        """The row, if it is asked for."""
        del rows
        if start < stop:
            message = InstrumentResumed(instrument=self.instrument)
            yield ActionColumns(ts=np.array([self.ts], np.int64), messages=[message])


def play_until(
    reopened: Reopened,
    until: Nanoseconds,
    *,
    watch: Watch,
    clock: Clock,
    hear: Observer | None = None,
    hear_from: Nanoseconds = BEFORE_ALL,
) -> Simulation:
    """The run as it stands when all that is due at `until` has been told.

    `hear` is told every message from the instant `hear_from` on, which costs time.
    """
    name = reopened.sources[0].instrument
    # The first instant after the moment: what lies between two rows is not played beyond it.
    stop = Milestone(until + 1, name)
    end = Source(instrument=name, kind=ACTIONS, file=stop, start=0, stop=1)
    simulation = build(reopened.config, [*reopened.sources, end], clock)
    reactor: Final = simulation.core.reactor
    if hear_from <= _first(reopened.sources):
        reactor.observer = hear

    def look(now: Nanoseconds) -> None:
        if now > until:
            raise _Over
        if now >= hear_from:
            reactor.observer = hear

    simulation.pacer = look
    try:
        simulation.run(lambda each: watch(moment_of(each)))
    except _Over:
        reactor.observer = None
        return simulation
    raise AssertionError(until)


def _first(sources: Sequence[Source]) -> Nanoseconds:
    """The instant at which the run starts."""
    return min(span(each)[0] for each in sources if each.start < each.stop)
