"""Instruments, bars, and the order in which everything happens.

A bar makes three events: its opening (seen by the venue alone), its inside (the fills between
opening and close, known at the close), and its close (the row becomes known, strategies decide).
Events are taken by (ts, round, kind, source, row). Recorded events have round 0. A report of the
venue is made while another event is handled: it keeps that event's round if the reports of that
round are not over, else it waits for the next one, so that all bars of an instant are decided, and
all openings of an instant are met, before any fill they cause is known.

Rows are numbered 1, 2, ... in the order of their closes.
"""

import heapq
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction

DAY_NS = 86_400_000_000_000


@dataclass(frozen=True)
class Instrument:
    """`tick` is the price of one tick, `lot` the size of one lot, both exact."""

    name: str
    tick: Fraction
    lot: Fraction

    @property
    def unit(self) -> Fraction:
        """The money of one tick times one lot."""
        return self.tick * self.lot


@dataclass(frozen=True)
class Bar:
    ts_open: int
    ts_close: int
    open: int
    high: int
    low: int
    close: int
    lots: int


@dataclass(frozen=True)
class Source:
    """The bars of one instrument, at least one, in time, all as long, not overlapping."""

    instrument: str
    bars: tuple[Bar, ...]

    @property
    def interval_ns(self) -> int:
        return self.bars[0].ts_close - self.bars[0].ts_open


class Kind(IntEnum):
    """What happens first at one instant and in one round."""

    INSIDE = 0
    REPORT = 1
    CLOSE = 2
    EQUITY = 3
    OPENING = 4


@dataclass(frozen=True, order=True)
class Event:
    ts: int
    round_no: int
    kind: Kind
    source: int
    row: int


class Agenda:
    """What is still to happen, earliest first."""

    def __init__(self, sources: tuple[Source, ...], equity_interval_ns: int) -> None:
        self._events: list[Event] = []
        for number, source in enumerate(sources):
            for row, bar in enumerate(source.bars):
                self._put(Event(bar.ts_open, 0, Kind.OPENING, number, row))
                self._put(Event(bar.ts_close, 0, Kind.INSIDE, number, row))
                self._put(Event(bar.ts_close, 0, Kind.CLOSE, number, row))
        closes = [bar.ts_close for source in sources for bar in source.bars]
        for ts in _multiples(equity_interval_ns, min(closes), max(closes)):
            self._put(Event(ts, 0, Kind.EQUITY, 0, 0))

    def __bool__(self) -> bool:
        return bool(self._events)

    def next(self) -> Event:
        return heapq.heappop(self._events)

    def report(self, during: Event, number: int) -> None:
        """Enter the venue's report `number`, made while `during` was handled."""
        in_time = during.kind <= Kind.REPORT
        round_no = during.round_no if in_time else during.round_no + 1
        self._put(Event(during.ts, round_no, Kind.REPORT, 0, number))

    def _put(self, event: Event) -> None:
        heapq.heappush(self._events, event)


def _multiples(interval: int, first: int, last: int) -> range:
    """Every multiple of `interval` from `first` to `last`, both included."""
    return range(-(-first // interval) * interval, last + 1, interval)
