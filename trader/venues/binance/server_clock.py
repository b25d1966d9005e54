"""The venue's time as far as ours can tell it: an offset, and how wrong that may be.

A question about the time is asked at one instant of ours and answered by another; somewhere in
between the venue read its clock. So each answer bounds the offset from both sides, by the length of
the round trip. All bounds hold at once, so the offset lies where they overlap. Clocks drift, so an
old bound widens as it ages; and a clock that was set makes a bound that meets no other one: then
the new one alone counts.
"""

from typing import Final

from trader.model.units import INT64_MAX, MILLISECOND_NS, Nanoseconds

DRIFT_PER_MILLION: Final = 200
"""How much two clocks may drift apart, in millionths of the time that passes."""

SKEW_MAX_NS: Final = 500 * MILLISECOND_NS
"""How far ours may be from the venue's, to either side, before it is not trusted."""


class ServerClock:
    """Turns instants of ours into the venue's milliseconds."""

    def __init__(self) -> None:
        self._low: Nanoseconds = 0
        self._high: Nanoseconds = 0
        self._since: Nanoseconds | None = None

    @property
    def is_set(self) -> bool:
        """Whether the venue has ever told its time."""
        return self._since is not None

    @property
    def offset_ns(self) -> Nanoseconds:
        """The venue's time less ours, at its likeliest."""
        return (self._low + self._high) // 2

    @property
    def is_trusted(self) -> bool:
        """Whether ours is near enough to the venue's."""
        return abs(self.offset_ns) <= SKEW_MAX_NS

    def uncertainty_ns(self, now: Nanoseconds) -> Nanoseconds:
        """By how much the offset may be wrong, to either side."""
        if self._since is None:
            return INT64_MAX
        return (self._high - self._low + 1) // 2 + _drift(now - self._since)

    def learn(self, asked: Nanoseconds, told_ms: int, heard: Nanoseconds) -> None:
        """The venue told its time, in whole milliseconds, to a question of ours."""
        told = told_ms * MILLISECOND_NS
        low, high = told - heard, told + MILLISECOND_NS - 1 - asked
        if self._since is not None:
            drift = _drift(heard - self._since)
            both = max(low, self._low - drift), min(high, self._high + drift)
            if both[0] <= both[1]:
                low, high = both
        self._low, self._high, self._since = low, high, heard

    def stamp(self, at: Nanoseconds) -> int:
        """An instant of ours in the venue's milliseconds."""
        return (at + self.offset_ns) // MILLISECOND_NS


def _drift(elapsed: Nanoseconds) -> Nanoseconds:
    return abs(elapsed) * DRIFT_PER_MILLION // 1_000_000
