"""Instruments, bars, sessions, and what happens to an instrument beside its price.

A calendar is a list of sessions, each from its opening to its close. With one, a bar opens and
closes within the sessions it overlaps: no earlier than the first of them opens, no later than the
last of them closes. Without one an instrument is always open, and its sessions are the UTC days.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

DAY_NS = 86_400_000_000_000

Sessions = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Instrument:
    """`tick` is the price of one tick, `lot` the size of one lot, both exact."""

    name: str
    tick: Fraction
    lot: Fraction
    calendar: str | None = None

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


@dataclass(frozen=True)
class Split:
    """From `ts` on `numerator` lots stand for each `denominator` of before."""

    ts: int
    numerator: int
    denominator: int

    @property
    def ratio(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)


@dataclass(frozen=True)
class Dividend:
    """`amount` is money for each lot that is held at `ts`."""

    ts: int
    amount: Fraction


@dataclass(frozen=True)
class Halt:
    """Trading is suspended from `ts` on, or (`is_over`) allowed again."""

    ts: int
    is_over: bool = False


Happening = Split | Dividend | Halt


@dataclass(frozen=True)
class Happenings:
    """What happens to one instrument, in time."""

    instrument: str
    rows: tuple[Happening, ...]


def clipped(source: Source, sessions: Sessions) -> Source:
    """The source with its bars within their sessions; bars of no session are left out."""
    bars = []
    for bar in source.bars:
        inside = [s for s in sessions if s[0] < bar.ts_close and s[1] > bar.ts_open]
        if inside:
            opens, closes = max(bar.ts_open, inside[0][0]), min(bar.ts_close, inside[-1][1])
            bars.append(replace(bar, ts_open=opens, ts_close=closes))
    return replace(source, bars=tuple(bars))


def multiples(interval: int, first: int, last: int) -> range:
    """Every multiple of `interval` from `first` to `last`, both included."""
    return range(-(-first // interval) * interval, last + 1, interval)


def closings(sessions: Sessions | None, first: int, last: int) -> Iterator[int]:
    """The closes of sessions from `first` to `last`, both included."""
    if sessions is None:
        yield from multiples(DAY_NS, first, last)
    else:
        yield from (close for _, close in sessions if first <= close <= last)


def openings(
    calendars: Mapping[str | None, Sessions | None], first: int, last: int
) -> list[tuple[int, str | None]]:
    """When sessions begin, and of which calendar, from `first` to `last`, both included."""
    found: list[tuple[int, str | None]] = []
    for name, sessions in calendars.items():
        if sessions is None:
            found += [(ts, name) for ts in multiples(DAY_NS, first, last)]
        else:
            found += [(opens, name) for opens, _ in sessions if first <= opens <= last]
    return sorted(found, key=lambda each: (each[0], each[1] or "UTC"))


def open_between(sessions: Sessions | None, since: int, until: int) -> int:
    """How long the market was open between two instants."""
    if sessions is None:
        return until - since
    return sum(max(0, min(until, close) - max(since, opens)) for opens, close in sessions)


def session_of(sessions: Sessions | None, ts: int) -> tuple[int, int]:
    """The session in which an instant lies; the next one if it lies between two."""
    if sessions is None:
        start = ts // DAY_NS * DAY_NS
        return start, start + DAY_NS
    return next(session for session in sessions if ts < session[1])


def last_close(sources: Iterable[Source]) -> int:
    return max(bar.ts_close for source in sources for bar in source.bars)


def first_close(sources: Iterable[Source]) -> int:
    return min(bar.ts_close for source in sources for bar in source.bars)
