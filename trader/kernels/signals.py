"""The steps of the bundled trend strategies: one closed bar in, an answer out.

A step reads and writes the declared state `s` and the fields of the bar, and returns once, at its
end. HOLD says nothing; every other answer is the sign of a target (1 long, 0 flat, -1 short).
"""

from typing import Protocol

from trader.kernels.indicators import Bar, recursive_average
from trader.kernels.kernel import HOLD, kernel


class Cross(Protocol):
    """The state of an EMA cross; `ready` is the number of bars all its averages need.

    `crossed` is the bar of the latest cross, counted from 1.
    """

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
    crossed: int


@kernel
def ema_cross(s: Cross, bar: Bar) -> int:
    """1 when the fast average crosses above the slow one, -1 when it crosses below."""
    s.count = count = s.count + 1
    s.close = close = bar.close_ticks
    x = float(close)
    fast, slow = s.fast_ema, s.slow_ema
    if count > s.slow:
        # Both are averages by now; two calls cost as much as all the rest of the step.
        fast += s.fast_alpha * (x - fast)
        slow += s.slow_alpha * (x - slow)
    else:
        fast = recursive_average(fast, count, s.fast, s.fast_alpha, x)
        slow = recursive_average(slow, count, s.slow, s.slow_alpha, x)
    s.fast_ema, s.slow_ema = fast, slow
    says = HOLD
    if count >= s.ready:
        above = 1 if fast > slow else 0
        if above != s.above:
            if s.above >= 0:
                says = 2 * above - 1
                s.crossed = count
            s.above = above
    return says
