"""Indicators as stateless helpers of steps, in TA-Lib's definitions.

Inputs are float64(ticks). A recursive average is kept as a running sum until its n-th value and
as the average from then on, so that one float is its whole state.
"""

from math import sqrt

from trader.kernels.kernel import kernel


@kernel
def recursive_average(average: float, count: int, n: int, alpha: float, x: float) -> float:
    """The average after the `count`-th value x: seeded by the mean of the first n, then recursive.

    With alpha 2/(n+1) this is the EMA, with 1/n Wilder's average. Before the n-th value it is the
    running sum, and the caller must not take it for an average.
    """
    if count > n:
        return average + alpha * (x - average)
    if count == n:
        return (average + x) / n
    return average + x


@kernel
def true_range(high: int, low: int, previous_close: int) -> int:
    """The widest of the bar's range and its distances to the close before it, in ticks."""
    return max(high - low, abs(high - previous_close), abs(low - previous_close))


@kernel
def z_score(n: int, total: int, squares: int, x: int) -> float:
    """(x - mean) / std of n integers with this sum and sum of squares; 0 where they are all equal.

    The variance is formed in integers, so nothing cancels: std = sqrt(n*squares - total^2) / n.
    """
    spread = n * squares - total * total
    if spread == 0:
        return 0.0
    return (float(x) - float(total) / n) / (sqrt(float(spread)) / n)
