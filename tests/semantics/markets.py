"""Generated markets: bars that wander, jump, touch and rest, within sessions or around the clock.

Whatever happens to an instrument beside its price happens between its bars: splits and dividends
would contradict a bar that they fall into.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Final, Protocol, TypeVar

from tests.oracle.gate import stale_after_two_bars
from tests.oracle.market import (
    DAY_NS,
    Bar,
    Dividend,
    Halt,
    Happening,
    Happenings,
    Instrument,
    Sessions,
    Source,
    Split,
    clipped,
)
from trader.calendars import calendar
from trader.calendars.sessions import Calendar

T = TypeVar("T")


class Chance(Protocol):
    """What a stream of chance can be asked for."""

    def random(self) -> float: ...
    def randint(self, a: int, b: int) -> int: ...
    def choice(self, seq: Sequence[T]) -> T: ...


MINUTE_NS: Final = 60_000_000_000
HOUR_NS: Final = 60 * MINUTE_NS
START: Final = 400 * DAY_NS + 20 * HOUR_NS
CALENDARS: Final = ("XNYS", "XNYS", "XLON", "CMES", "24/5", "XTKS")
# Days before a change of the clocks, an early close, a holiday, and a quiet week.
FIRST_DAYS: Final = (14_914, 15_302, 15_409, 16_050)
INTERVALS: Final = (HOUR_NS, HOUR_NS, 30 * MINUTE_NS, 2 * HOUR_NS, 6 * HOUR_NS)


@dataclass(frozen=True)
class Shape:
    """How a market moves: per bar, the chance of a hole, of a jump, and of no volume."""

    hole: float
    jump: float
    mute: float


SHAPES: Final = (
    Shape(0.0, 0.0, 0.0),
    Shape(0.1, 0.0, 0.1),
    Shape(0.0, 0.15, 0.0),
    Shape(0.15, 0.15, 0.2),
)


def market(rng: Chance, interval: int, start: int, rows: int, shape: Shape) -> tuple[Bar, ...]:
    """Bars from `start` on; about every second bar touches nothing beyond open and close."""
    labels, ts = [], start
    for _ in range(rows):
        if rng.random() < shape.hole:
            ts += interval * rng.randint(1, 30)
        labels.append(ts)
        ts += interval
    return priced(rng, labels, interval, shape)


def priced(rng: Chance, labels: Sequence[int], interval: int, shape: Shape) -> tuple[Bar, ...]:
    """Bars with these labels."""
    price, found = rng.randint(40, 400), []
    for ts in labels:
        if rng.random() < shape.jump:
            price = max(1, price + rng.randint(-price // 3, price // 3))
        open_ = max(1, price + rng.choice((-2, -1, 0, 0, 0, 1, 2)))
        price = max(1, open_ + rng.randint(-6, 6))
        high = max(open_, price) + rng.choice((0, 0, 1, 4))
        low = max(1, min(open_, price) - rng.choice((0, 0, 1, 4)))
        lots = 0 if rng.random() < shape.mute else rng.choice((9, 25, 60, 400))
        found.append(Bar(ts, ts + interval, open_, high, low, price, lots))
    return tuple(found)


@cache
def sessions_of(name: str) -> Sessions:
    """All sessions of a calendar that is in the project's table, or days around the clock."""
    found = calendar(name)
    if not isinstance(found, Calendar):
        return tuple((day * DAY_NS, (day + 1) * DAY_NS) for day in range(20_000))
    return tuple(zip(found.opens.tolist(), found.closes.tolist(), strict=True))


def stale_by_default(
    sources: Sequence[Source], instruments: Sequence[Instrument]
) -> dict[str, int]:
    """The ages at which prices are stale in a configuration that sets none."""
    longest = {
        each.name: max(close - opens for opens, close in sessions_of(each.calendar))
        for each in instruments
        if each.calendar is not None
    }
    return stale_after_two_bars(sources, longest)


def within(sessions: Sessions, first: int, last: int) -> Sessions:
    """The sessions near a span of time, a few more on either side."""
    margin = 10 * DAY_NS
    return tuple(s for s in sessions if first - margin < s[1] and s[0] < last + margin)


def exchange(rng: Chance, name: str, first: int, rows: int, shape: Shape) -> tuple[Bar, ...]:
    """Bars as an exchange has them from `first` on: parts of its sessions, or whole days."""
    interval = rng.choice((HOUR_NS, HOUR_NS, 30 * MINUTE_NS, 2 * HOUR_NS, DAY_NS))
    labels: list[int] = []
    for opens, closes in within(sessions_of(name), first, first + 40 * DAY_NS):
        if closes < first or len(labels) >= rows:
            continue
        if interval == DAY_NS:
            labels.append((closes - 1) // DAY_NS * DAY_NS)
            continue
        grid = range(opens // interval * interval, closes, interval)
        labels += [ts for ts in grid if rng.random() >= shape.hole]
    labels = [ts for k, ts in enumerate(labels[:rows]) if k == 0 or ts > labels[k - 1]]
    return priced(rng, labels, interval, shape)


def coarser(rng: Chance, source: Source) -> Source:
    """Longer bars of the same instrument, whose prices have nothing to do with the shorter ones."""
    interval = source.interval_ns * rng.choice((2, 4))
    labels = sorted({bar.ts_open // interval * interval for bar in source.bars})
    return Source(source.instrument, priced(rng, labels, interval, SHAPES[0]))


def happenings(
    rng: Chance, sources: Sequence[Source], sessions: Sessions | None
) -> Happenings | None:
    """A few splits, dividends and halts of one instrument, given all sources it has."""
    seen = [source if sessions is None else clipped(source, sessions) for source in sources]
    opens = sorted({bar.ts_open for bar in seen[0].bars})
    between = [ts for ts in opens if not any(_holds(source, ts) for source in seen)]
    rows: list[Happening] = []
    for ts in between[1:]:
        if rng.random() < 0.1:
            ratios = ((2, 1), (1, 2), (3, 2), (7, 1), (1, 10), (2, 3))
            rows.append(Split(ts, *rng.choice(ratios)))
        if rng.random() < 0.1:
            rows.append(Dividend(ts, Fraction(rng.choice(("0.25", "1", "0.00000001", "3.5")))))
    rows += _halts(rng, opens)
    rows.sort(key=lambda row: row.ts)
    return Happenings(sources[0].instrument, tuple(rows)) if rows else None


def _holds(source: Source, ts: int) -> bool:
    return any(bar.ts_open < ts < bar.ts_close for bar in source.bars)


def _halts(rng: Chance, opens: Sequence[int]) -> list[Happening]:
    """Perhaps one suspension, which begins and ends at openings or inside bars."""
    if rng.random() < 0.6 or len(opens) < 4:
        return []
    first = rng.randint(1, len(opens) - 2)
    last = min(len(opens) - 1, first + rng.randint(0, 4))
    begin = opens[first] + rng.choice((0, 0, 60_000_000_000))
    end = opens[last] + rng.choice((0, 0, 120_000_000_000))
    return [Halt(begin), Halt(max(end, begin + 1), is_over=True)]


def later(source: Source, offset: int) -> Source:
    """The source some time later."""
    bars = (
        replace(b, ts_open=b.ts_open + offset, ts_close=b.ts_close + offset) for b in source.bars
    )
    return replace(source, bars=tuple(bars))
