"""At what price, and for how many lots, a bar fills an order: the leaves of the simulated venue.

Rates are exact fractions (numerator, denominator); nothing here is a float. `lots` is signed,
its sign is the side.
"""

from trader.kernels.kernel import kernel


@kernel
def worsened(ticks: int, lots: int, rate: int, unit: int, slip: int) -> int:
    """The price moved against the trader by ceil(|ticks| * rate / unit) + slip; 1 at least."""
    away = (abs(ticks) * rate + unit - 1) // unit + slip
    if lots > 0:
        return ticks + away
    return max(1, ticks - away)


@kernel
def limit_met(lots: int, limit: int, ticks: int) -> bool:
    """Whether a price is at or through the limit."""
    return ticks <= limit if lots > 0 else ticks >= limit


@kernel
def limit_passed(lots: int, limit: int, low: int, high: int, touch: int) -> bool:
    """Whether a bar's inside goes through the limit, or with `touch` reaches it."""
    if lots > 0:
        return low < limit + touch
    return high > limit - touch


@kernel
def stop_met(lots: int, stop: int, ticks: int) -> bool:
    """Whether a price is at or through the stop."""
    return ticks >= stop if lots > 0 else ticks <= stop


@kernel
def stop_reached(lots: int, stop: int, low: int, high: int) -> bool:
    """Whether a bar's inside reaches the stop."""
    return high >= stop if lots > 0 else low <= stop


@kernel
def joined_limit(lots: int, limit: int, low: int, high: int) -> int:
    """The price of a limit that joined the bar late: no better than the bar reached."""
    return min(limit, high) if lots > 0 else max(limit, low)


@kernel
def share(bar_lots: int, rate: int, unit: int) -> int:
    """The lots a bar gives to all our orders together: floor(rate / unit of its volume)."""
    return bar_lots * rate // unit
