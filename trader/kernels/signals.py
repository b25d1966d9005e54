"""The steps of the bundled strategies: one closed bar in, an answer out.

A step reads and writes the declared state `s` and the fields of the bar, and returns once, at its
end. HOLD says nothing; every other answer is the sign of a target (1 long, 0 flat, -1 short).
"""

from typing import Final, Protocol

from trader.kernels.indicators import recursive_average, z_score
from trader.kernels.kernel import HOLD, kernel

LONG: Final = 1
SHORT: Final = 2
"""Sides in a sum: 0 is neither of them, 3 both."""


class Bar(Protocol):
    """The fields of a closed bar that a step may read."""

    @property
    def open_ticks(self) -> int:
        """The first price."""

    @property
    def high_ticks(self) -> int:
        """The highest price."""

    @property
    def low_ticks(self) -> int:
        """The lowest price."""

    @property
    def close_ticks(self) -> int:
        """The last price."""

    @property
    def lots(self) -> int:
        """The volume."""


class Cross(Protocol):
    """The state of an EMA cross; `ready` is the number of bars all its averages need."""

    fast: int
    slow: int
    ready: int
    fast_alpha: float
    slow_alpha: float
    count: int
    fast_ema: float
    slow_ema: float
    above: int
    close: int


@kernel
def ema_cross(s: Cross, bar: Bar) -> int:
    """1 when the fast average crosses above the slow one, -1 when it crosses below."""
    s.count = count = s.count + 1
    s.close = close = bar.close_ticks
    x = float(close)
    s.fast_ema = fast = recursive_average(s.fast_ema, count, s.fast, s.fast_alpha, x)
    s.slow_ema = slow = recursive_average(s.slow_ema, count, s.slow, s.slow_alpha, x)
    says = HOLD
    if count >= s.ready:
        above = 1 if fast > slow else 0
        if above != s.above:
            if s.above >= 0:
                says = 2 * above - 1
            s.above = above
    return says


class Reversion(Protocol):
    """The state of a z-score reversion: the last n closes less the first in a ring, their sums."""

    n: int
    entry: float
    exit: float
    short: int
    count: int
    first: int
    total: int
    squares: int
    ring: list[int]
    z: float
    side: int
    blocked: int
    close: int


@kernel
def roll(s: Reversion, close: int) -> None:
    """Takes a close into the ring; the z-score is of the last n closes, this one included."""
    if s.count == 0:
        s.first = close
    x = close - s.first
    at = s.count % s.n
    old = s.ring[at]
    s.ring[at] = x
    s.total += x - old
    s.squares += x * x - old * old
    s.count += 1
    s.close = close
    if s.count >= s.n:
        s.z = z_score(s.n, s.total, s.squares, x)


@kernel
def unblocked(blocked: int, below: bool, above: bool) -> int:  # noqa: FBT001 - of one bar, alike
    """The sides that stay blocked (LONG, SHORT) after an exit policy ended their entries.

    A side is free again once its own condition has been false.
    """
    kept = blocked
    if not below and kept % SHORT == LONG:
        kept -= LONG
    if not above and kept >= SHORT:
        kept -= SHORT
    return kept


@kernel
def bollinger_reversion(s: Reversion, bar: Bar) -> int:
    """Enters against a close beyond the band, leaves when z has come back to the exit."""
    roll(s, bar.close_ticks)
    says = HOLD
    if s.count >= s.n:
        if (s.side > 0 and s.z >= -s.exit) or (s.side < 0 and s.z <= s.exit):
            s.side = 0
            says = 0
        below = s.z < -s.entry
        above = s.short == 1 and s.z > s.entry
        s.blocked = unblocked(s.blocked, below, above)
        if s.side == 0 and below and s.blocked % SHORT == 0:
            s.side = 1
            says = 1
        elif s.side == 0 and above and s.blocked < SHORT:
            s.side = -1
            says = -1
    return says


@kernel
def naive_mean_reversion(s: Reversion, bar: Bar) -> int:
    """Short above the band, long below it, flat once z has reached or crossed zero."""
    roll(s, bar.close_ticks)
    says = HOLD
    if s.count >= s.n:
        side = s.side
        if (side > 0 and s.z >= 0.0) or (side < 0 and s.z <= 0.0):
            side = 0
        below = s.z < -s.entry
        above = s.z > s.entry
        s.blocked = unblocked(s.blocked, below, above)
        if above and s.blocked < SHORT:
            side = -1
        elif below and s.blocked % SHORT == 0:
            side = 1
        if side != s.side:
            s.side = side
            says = side
    return says
