"""When a market is open: sessions in order of time, asked for by instant.

A session is the time from its opening up to, but not including, its close; an instant at which
one ends and the next begins belongs to the next. A lunch break is part of its session. `Days` is
the market that never closes, whose sessions are the days of UTC; `Calendar` holds the sessions of
an exchange as two columns.

A calendar is known from one instant to another. Nothing raises outside that time, since a core
must not: there are no sessions then, and time counts as if the market were open, so that prices
grow stale. Whoever reads recorded times asks `unknown` first.
"""

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from trader.model.units import DAY_NS, INT64_MAX, Nanoseconds, day_after

UTC: Final = "UTC"
"""The calendar of instruments that have none."""
NEVER: Final = INT64_MAX
"""The instant of what does not come any more."""

Int64s: TypeAlias = npt.NDArray[np.int64]


class Session(NamedTuple):
    """One session, from its opening to its close."""

    ts_open: Nanoseconds
    ts_close: Nanoseconds


class Days:
    """A market that never closes: a session is a day of UTC.

    >>> Days(UTC).session_at(1)
    Session(ts_open=0, ts_close=86400000000000)
    """

    per_year: Final = 365

    def __init__(self, name: str) -> None:
        self.name: Final = name

    def session_at(self, ts: Nanoseconds) -> Session:
        """The day that holds the instant."""
        midnight = day_after(ts)
        return Session(midnight - DAY_NS, midnight)

    def session_of(self, day: int) -> Session:
        """The session of a date, which is given in days since 1970."""
        return Session(day * DAY_NS, (day + 1) * DAY_NS)

    def is_open(self, ts: Nanoseconds) -> bool:
        """It is."""
        del ts
        return True

    def next_open(self, ts: Nanoseconds) -> Nanoseconds:
        """The first opening after the instant."""
        return day_after(ts)

    def next_close(self, ts: Nanoseconds) -> Nanoseconds:
        """The first close after the instant."""
        return day_after(ts)

    def open_ns_between(self, since: Nanoseconds, until: Nanoseconds) -> Nanoseconds:
        """How long the market is open between two instants."""
        return until - since

    def unknown(self, ts: Nanoseconds) -> str:
        """It is known at all times."""
        del ts
        return ""


UTC_DAYS: Final = Days(UTC)


class Calendar:
    """The sessions of an exchange, known from `ts_from` up to `ts_to`.

    `opens` and `closes` are int64 nanoseconds UTC, one element a session, in order.
    """

    per_year: Final = 252

    def __init__(
        self,
        name: str,
        opens: Int64s,
        closes: Int64s,
        *,
        ts_from: Nanoseconds,
        ts_to: Nanoseconds,
    ) -> None:
        self.name: Final = name
        self.opens: Final = opens
        self.closes: Final = closes
        self.ts_from: Final = ts_from
        self.ts_to: Final = ts_to
        # Lists of int are what bisect is quick on.
        self._opens: list[int] = opens.tolist()
        self._closes: list[int] = closes.tolist()
        lengths = (closes - opens).tolist()
        self._open_before: list[int] = list(accumulate(lengths, initial=0))

    def session_at(self, ts: Nanoseconds) -> Session | None:
        """The session under way at the instant."""
        at = bisect_right(self._opens, ts) - 1
        if at < 0 or ts >= self._closes[at]:
            return None
        return Session(self._opens[at], self._closes[at])

    def session_of(self, day: int) -> Session | None:
        """The session of a date, which is given in days since 1970.

        That is the one which ends on that day of UTC: an exchange east of London may open the
        evening before, and none trades on into the next day.
        """
        begun = day * DAY_NS
        at = bisect_right(self._closes, begun)
        if at == len(self._closes) or self._closes[at] > begun + DAY_NS:
            return None
        return Session(self._opens[at], self._closes[at])

    def is_open(self, ts: Nanoseconds) -> bool:
        """Whether a session is under way at the instant."""
        at = bisect_right(self._opens, ts) - 1
        return at >= 0 and ts < self._closes[at]

    def next_open(self, ts: Nanoseconds) -> Nanoseconds:
        """The first opening after the instant; NEVER where no later session is known."""
        at = bisect_right(self._opens, ts)
        return self._opens[at] if at < len(self._opens) else NEVER

    def next_close(self, ts: Nanoseconds) -> Nanoseconds:
        """The close of the session under way, else of the next one; NEVER as in `next_open`."""
        at = bisect_right(self._closes, ts)
        return self._closes[at] if at < len(self._closes) else NEVER

    def open_ns_between(self, since: Nanoseconds, until: Nanoseconds) -> Nanoseconds:
        """How long the market is open between two instants, `since` the earlier."""
        return self._open_ns_until(until) - self._open_ns_until(since)

    def nearest(self, ts: Nanoseconds) -> Session:
        """The session under way at the instant, or the one that lies nearest to it."""
        at = min(bisect_right(self._opens, ts), len(self._opens) - 1)
        if at and (ts < self._closes[at - 1] or ts - self._closes[at - 1] < self._opens[at] - ts):
            at -= 1
        return Session(self._opens[at], self._closes[at])

    def unknown(self, ts: Nanoseconds) -> str:
        """Why nothing is known of the instant; nothing to say where something is."""
        if ts < self.ts_from:
            return f"the sessions of {self.name} are known from {_date(self.opens[0])} on"
        if ts >= self.ts_to:
            return f"the last session of {self.name} that is known is {_date(self.closes[-1] - 1)}"
        return ""

    def _open_ns_until(self, ts: Nanoseconds) -> Nanoseconds:
        at = bisect_left(self._opens, ts) - 1
        known = 0
        if at >= 0:
            known = self._open_before[at] + min(ts, self._closes[at]) - self._opens[at]
        return known + min(0, ts - self.ts_from) + max(0, ts - self.ts_to)


Sessions: TypeAlias = Calendar | Days


def _date(ts: np.int64) -> str:
    return str(np.datetime64(int(ts), "ns").astype("datetime64[D]"))
