"""The order in which everything happens.

A bar makes three events: its opening (seen by the venue alone), its inside (the fills between
opening and close, known at the close), and its close (the row becomes known, strategies decide).
Events are taken by (ts, round, kind, source, row). Recorded events have round 0. What is caused
while another event is handled keeps that event's round if its own kind is still to come in it,
else it waits for the next one: so all bars of an instant are decided, and all openings of an
instant are met, before any fill they cause is known. Before something happens to an instrument
all reports of the instant are told.

With latency a command is under way for a while, and so is a report; each arrives at its own
instant, none before one that left earlier on the same way.

Rows are numbered 1, 2, ... in the order in which they are delivered: closes and happenings.
"""

import heapq
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum


class Kind(IntEnum):
    """What happens first at one instant and in one round."""

    INSIDE = 0
    TIMER = 1
    SESSION = 2
    COMMAND = 3
    EARLY = 4
    """What happens to an instrument that trades on ticks."""
    PRINT = 5
    QUOTE = 6
    DEPTH = 7
    SEND = 8
    """A report leaves the venue, where it takes time."""
    REPORT = 9
    CLOSE = 10
    EQUITY = 11
    HAPPENING = 12
    OPENING = 13


@dataclass(frozen=True, order=True)
class Event:
    ts: int
    round_no: int
    kind: Kind
    source: int
    row: int


class Agenda:
    """What is still to happen, earliest first."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._alarms: dict[int, int] = {}

    def recorded(self, kind: Kind, source: int, instants: Sequence[int]) -> None:
        """Enter what is known beforehand to happen, in rows of a source."""
        for row, ts in enumerate(instants):
            heapq.heappush(self._events, Event(ts, 0, kind, source, row))

    def caused(self, during: Event, kind: Kind, number: int) -> None:
        """Enter what `during` has caused for its own instant."""
        is_to_come = during.kind <= kind
        round_no = during.round_no if is_to_come else during.round_no + 1
        heapq.heappush(self._events, Event(during.ts, round_no, kind, 0, number))

    def under_way(self, ts: int, kind: Kind, number: int) -> None:
        """Enter what arrives later, at `ts`."""
        heapq.heappush(self._events, Event(ts, 0, kind, 0, number))

    def set_alarms(self, alarms: Mapping[int, int]) -> None:
        """Enter when alarms ring, by their numbers; one that was put off rings all the same."""
        for number, due in alarms.items():
            if self._alarms.get(number) != due:
                self.under_way(due, Kind.TIMER, number)
        self._alarms = dict(alarms)

    def next(self, until: int) -> Event | None:
        """What happens next, if anything does up to and with the instant `until`."""
        if self._events and self._events[0].ts <= until:
            return heapq.heappop(self._events)
        return None

    def at_once(self, kind: Kind, ts: int) -> Event | None:
        """The next of this kind at this instant, before all others."""
        found = min((e for e in self._events if e.ts == ts and e.kind is kind), default=None)
        if found is not None:
            self._events.remove(found)
            heapq.heapify(self._events)
        return found

    def take(self, kinds: Collection[Kind], is_meant: Callable[[int], bool]) -> list[Event]:
        """What of these kinds is meant, by its number, does not come later any more."""
        found = [e for e in self._events if e.kind in kinds and is_meant(e.row)]
        self._events = [e for e in self._events if e not in found]
        heapq.heapify(self._events)
        return sorted(found, key=lambda event: event.row)

    def last(self, kind: Kind) -> int:
        """When the last of a kind comes that is still to come; 0 if none is."""
        return max((event.ts for event in self._events if event.kind is kind), default=0)

    def count(self, kind: Kind) -> int:
        """How many of a kind are still to happen."""
        return sum(event.kind is kind for event in self._events)
