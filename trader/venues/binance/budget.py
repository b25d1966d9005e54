"""How much may still be asked, by the venue's own count.

The venue counts in windows that are aligned to the clock and do not slide: weight for each
address, new orders for each account. Every answer tells its counts, and those are the truth; in
between we count what we send. Of the weight a part is kept back, so that orders can always be
canceled and asked about; what places orders or looks at the market does without it.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from trader.model.units import DAY_NS, HOUR_NS, MINUTE_NS, SECOND_NS, Nanoseconds
from trader.venues.binance.frames import ErrorBody, RateLimit
from trader.venues.binance.grid import instant
from trader.venues.binance.methods import Need

KEPT_PER_CENT: Final = 30
PAUSE_NS: Final = MINUTE_NS
"""How long to keep silent where the venue does not say."""
ORDERS_PAUSE_NS: Final = 10 * SECOND_NS

_INTERVALS: Final = {
    "SECOND": SECOND_NS,
    "MINUTE": MINUTE_NS,
    "HOUR": HOUR_NS,
    "DAY": DAY_NS,
}
_LETTERS: Final = {name[0]: name for name in _INTERVALS}
_WEIGHT: Final = "REQUEST_WEIGHT"
_ORDERS: Final = "ORDERS"
_HEADERS: Final = (("x-mbx-used-weight-", _WEIGHT), ("x-mbx-order-count-", _ORDERS))
_WINDOW: Final = re.compile(r"([0-9]{1,4})([SMHD])", re.ASCII)
_UNTIL: Final = re.compile(r"until ([0-9]{13})\b", re.ASCII)


class _Meter(Struct):
    length: Nanoseconds
    limit: int
    count: int = 0
    period: int = 0

    def counted(self, now: Nanoseconds) -> int:
        period = now // self.length
        if period != self.period:
            self.period, self.count = period, 0
        return self.count


_Key = tuple[str, str, int]


class Budget:
    """Counts weight and orders; knows until when the venue wants to hear nothing."""

    def __init__(self) -> None:
        self._meters: dict[_Key, _Meter] = {
            (_WEIGHT, "MINUTE", 1): _Meter(MINUTE_NS, 6_000)  # until the venue says otherwise
        }
        self.silent_until: Nanoseconds = 0
        self._places_from: Nanoseconds = 0

    def is_silent(self, now: Nanoseconds) -> bool:
        """Whether the venue has told us to ask nothing now."""
        return now < self.silent_until

    def allows(self, weight: int, need: Need, now: Nanoseconds) -> bool:
        """Whether a request may leave now."""
        if self.is_silent(now) or (need is Need.PLACE and now < self._places_from):
            return False
        for (kind, _, _), meter in self._meters.items():
            if kind == _WEIGHT:
                limit = meter.limit
                if need is not Need.WAY_OUT:
                    limit -= limit * KEPT_PER_CENT // 100
                if meter.counted(now) + weight > limit:
                    return False
            elif need is Need.PLACE and meter.counted(now) >= meter.limit:
                return False
        return True

    def opens(self, now: Nanoseconds) -> Nanoseconds:
        """When to look again after a request was not allowed."""
        if self.is_silent(now):
            return self.silent_until
        ends = [
            (now // meter.length + 1) * meter.length
            for (kind, _, _), meter in self._meters.items()
            if kind == _WEIGHT
        ]
        return min(ends)

    def spend(self, weight: int, need: Need, now: Nanoseconds) -> None:
        """A request leaves."""
        for (kind, _, _), meter in self._meters.items():
            if kind == _WEIGHT:
                meter.count = meter.counted(now) + weight
            elif need is Need.PLACE:
                meter.count = meter.counted(now) + 1

    def used(self, now: Nanoseconds) -> dict[str, tuple[int, int]]:
        """What is used of each limit in its present window, and the limit.

        Weight and orders are told apart, and each of their windows.
        """
        return {
            _called(key): (meter.counted(now), meter.limit) for key, meter in self._meters.items()
        }

    def headroom(self, now: Nanoseconds) -> dict[str, float]:
        """The part of each limit that is still unused, from 0 to 1."""
        return {name: max(0.0, 1 - used / most) for name, (used, most) in self.used(now).items()}

    def learn(self, limits: Iterable[RateLimit], now: Nanoseconds) -> None:
        """What an answer, or the venue's description of itself, tells of limits and counts."""
        for each in limits:
            length = _INTERVALS.get(each.interval, 0) * each.number
            if each.kind not in {_WEIGHT, _ORDERS} or length <= 0 or each.limit <= 0:
                continue
            key = each.kind, each.interval, each.number
            meter = self._meters.setdefault(key, _Meter(length, each.limit))
            meter.limit = each.limit
            if each.count is not None:
                meter.counted(now)
                meter.count = each.count

    def learn_headers(self, headers: Mapping[str, str], now: Nanoseconds) -> None:
        """What the headers of an answer over REST tell; their names are in lower case."""
        for name, text in headers.items():
            for prefix, kind in _HEADERS:
                window = _WINDOW.fullmatch(name.removeprefix(prefix).upper())
                if name.startswith(prefix) and window and text.isdecimal():
                    meter = self._meters.get((kind, _LETTERS[window[2]], int(window[1])))
                    if meter is not None:
                        meter.counted(now)
                        meter.count = int(text)

    def stop_placing(self, error: ErrorBody, now: Nanoseconds) -> None:
        """The account has too many unfilled orders: no more of them for a while, cancels go on."""
        self._places_from = max(self._places_from, _until(error, now, ORDERS_PAUSE_NS))

    def fall_silent(self, error: ErrorBody, now: Nanoseconds) -> None:
        """The venue wants no more for a while: as long as it says, by any of its ways."""
        self.silent_until = max(self.silent_until, _until(error, now, PAUSE_NS))


def _called(key: _Key) -> str:
    """A limit by a short name; the weight of a minute is the one that everybody means.

    >>> _called(("REQUEST_WEIGHT", "MINUTE", 1)), _called(("ORDERS", "SECOND", 10))
    ('weight', 'orders_10s')
    """
    kind, interval, number = key
    window = f"{number}{interval[0].lower()}"
    if kind == _ORDERS:
        return f"orders_{window}"
    return "weight" if window == "1m" else f"weight_{window}"


def _until(error: ErrorBody, now: Nanoseconds, pause_ns: Nanoseconds) -> Nanoseconds:
    """How long the venue says to wait, as an instant or in words; else a pause."""
    if error.data is not None and error.data.retry_after:
        return instant(error.data.retry_after)
    banned = _UNTIL.search(error.text)
    return instant(int(banned[1])) if banned else now + pause_ns
