"""Candles: what traded in each second, minute, ... month.

Only seconds are fed with trades. A second that is over is merged into every longer interval, and
whoever asks for the candle under way gets it merged with the second under way. Intervals in which
nothing traded repeat the last price, as on the venue.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

SECOND_NS: Final = 1_000_000_000
DAY_S: Final = 86_400
MONTH: Final = "1M"
# Weeks begin on Mondays; the first day of the epoch was a Thursday.
WEEK_SHIFT_S: Final = 4 * DAY_S
KEPT: Final = 1_500

SECONDS: Final = {
    "1s": 1,
    "1m": 60,
    "3m": 180,
    "5m": 300,
    "15m": 900,
    "30m": 1_800,
    "1h": 3_600,
    "2h": 7_200,
    "4h": 14_400,
    "6h": 21_600,
    "8h": 28_800,
    "12h": 43_200,
    "1d": DAY_S,
    "3d": 3 * DAY_S,
    "1w": 7 * DAY_S,
    MONTH: 31 * DAY_S,
}
INTERVALS: Final = tuple(SECONDS)


class Candle(Struct, kw_only=True):
    """One interval from `start_s` to `end_s`; `first_id` is -1 if nothing traded."""

    start_s: int
    end_s: int
    open: int
    high: int
    low: int
    close: int
    volume: int = 0
    quote: int = 0
    count: int = 0
    taker_volume: int = 0
    taker_quote: int = 0
    first_id: int = -1
    last_id: int = -1

    def copied(self) -> "Candle":
        """Return a candle that may be changed without changing this one."""
        return Candle(**{name: getattr(self, name) for name in self.__struct_fields__})

    def add(self, later: "Candle") -> None:
        """Continue with what came `later`."""
        self.high = max(self.high, later.high)
        self.low = min(self.low, later.low)
        self.close = later.close
        self.volume += later.volume
        self.quote += later.quote
        self.count += later.count
        self.taker_volume += later.taker_volume
        self.taker_quote += later.taker_quote
        if later.count:
            self.first_id = later.first_id if self.first_id < 0 else self.first_id
            self.last_id = later.last_id


def bounds(interval: str, second: int) -> tuple[int, int]:
    """Return the first second of the interval that holds `second`, and that of the next one."""
    if interval == MONTH:
        return _month(second)
    length = SECONDS[interval]
    shift = WEEK_SHIFT_S if interval == "1w" else 0
    start = (second - shift) // length * length + shift
    return start, start + length


def flat(interval: str, second: int, price: int) -> Candle:
    """Return the candle that holds `second` and in which nothing has traded yet."""
    start, end = bounds(interval, second)
    return Candle(start_s=start, end_s=end, open=price, high=price, low=price, close=price)


class Candles:
    """All intervals of one market; the last ones of each are kept."""

    def __init__(self, price: int, now: int) -> None:
        second = now // SECOND_NS
        self._second = flat("1s", second, price)
        self._done: Final[dict[str, deque[Candle]]] = {
            interval: deque(maxlen=KEPT) for interval in INTERVALS
        }
        self._under_way: Final = {
            interval: flat(interval, second, price) for interval in INTERVALS if interval != "1s"
        }

    def add(self, traded: Candle) -> None:
        """Take in a trade, as a candle of its own, of the second it lies in."""
        self.advance(traded.start_s)
        current = self._second
        if not current.count:
            current.open = current.high = current.low = traded.open
        current.add(traded)

    def recall(self, minutes: Sequence[Candle]) -> None:
        """Know the minutes that were before the first one; they end where that one begins."""
        self._done["1m"].extend(minutes)
        for interval, first in self._under_way.items():
            if interval == "1m":
                continue
            rows = _joined(interval, minutes)
            if rows and rows[-1].end_s > first.start_s:
                self._under_way[interval] = rows.pop()
                _continue(self._under_way[interval], first)
            self._done[interval].extend(rows)

    def advance(self, second: int) -> None:
        """Close what is over at the beginning of `second`."""
        if second - self._second.start_s > KEPT:
            self._skip(second)
        while self._second.start_s < second:
            over = self._second
            self._done["1s"].append(over)
            self._second = flat("1s", over.end_s, over.close)
            self._merge(over)

    def current(self, interval: str) -> Candle:
        """Return a copy of the candle under way."""
        second = self._second
        if interval == "1s":
            return second.copied()
        candle = self._under_way[interval].copied()
        _continue(candle, second)
        return candle

    def closed(self, interval: str) -> Iterator[Candle]:
        """Yield the candles that are over, newest first."""
        return reversed(self._done[interval])

    def _merge(self, over: Candle) -> None:
        for interval, candle in self._under_way.items():
            _continue(candle, over)
            if over.end_s == candle.end_s:
                self._done[interval].append(candle)
                self._under_way[interval] = flat(interval, over.end_s, over.close)

    def _skip(self, second: int) -> None:
        """Leave out seconds that nobody will ask for any more; longer intervals are kept whole."""
        self._merge_now()
        price = self._second.close
        for interval, done in self._done.items():
            while interval in self._under_way and self._under_way[interval].end_s <= second:
                done.append(self._under_way[interval])
                self._under_way[interval] = flat(interval, done[-1].end_s, price)
        self._second = flat("1s", second, price)

    def _merge_now(self) -> None:
        self._done["1s"].append(self._second)
        for candle in self._under_way.values():
            _continue(candle, self._second)


def _continue(candle: Candle, second: Candle) -> None:
    if second.count and not candle.count:
        candle.open = candle.high = candle.low = second.open
    if second.count:
        candle.add(second)


def _joined(interval: str, minutes: Sequence[Candle]) -> list[Candle]:
    rows: list[Candle] = []
    for minute in minutes:
        if not rows or rows[-1].end_s <= minute.start_s:
            rows.append(flat(interval, minute.start_s, minute.open))
        _continue(rows[-1], minute)
    return rows


def _month(second: int) -> tuple[int, int]:
    day = datetime.fromtimestamp(second, UTC).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    after = day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1)
    return int(day.timestamp()), int(after.timestamp())
