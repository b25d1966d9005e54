"""How many lots a decision is worth."""

from trader.kernels.accounting import truncated
from trader.kernels.kernel import kernel


@kernel
def weighted_lots(equity: int, half_ticks: int, half: int, rate: int, unit: int) -> int:
    """trunc(rate/unit of the equity / the worth of one lot); 0 if equity or price is not positive.

    `half_ticks` is the mark in half ticks and `half` the money in half a tick x lot, so their
    product is the worth of one lot.
    """
    if equity <= 0 or half_ticks <= 0:
        return 0
    return truncated(equity * rate, half_ticks * half * unit)
