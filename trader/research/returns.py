"""What a curve of equity says: growth, swings, and the deepest fall. Pure arithmetic on its rows.

Sums are exact before they are rounded once (`fsum`), so that every machine finds the same figures.
A figure that has no value is None: too few rows, no deviation, nothing lost. None is ever NaN or
infinite. The formulas stand in `docs/metrics.md`.
"""

from collections.abc import Sequence
from math import fsum, isfinite, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from trader.model.units import Money, Nanoseconds

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

_FLAT: Final = 1e-12
"""Deviations below this part of the largest return are the rounding of equal ones."""


class Drawdown(Struct, frozen=True, kw_only=True):
    """The deepest fall: a positive fraction of the peak before it, and its instants.

    From the peak over the lowest point until the peak was reached again, None if it never was.
    """

    depth: float = 0.0
    since: Nanoseconds | None = None
    lowest: Nanoseconds | None = None
    until: Nanoseconds | None = None


def simple_returns(equity: Sequence[Money]) -> Floats:
    """The growth of each row over the one before it; none where the account was worth nothing."""
    rows = np.asarray(equity, np.int64)
    before = rows[:-1]
    if len(rows) < 2 or before.min() <= 0:  # noqa: PLR2004 - a pair makes a return
        return np.empty(0)
    return np.asarray(np.diff(rows) / before)


def volatility(returns: Floats, rows_a_year: float) -> float | None:
    """The standard deviation of the returns (of a sample), a year."""
    deviation = _deviation(returns)
    return None if deviation is None else deviation * sqrt(rows_a_year)


def sharpe(returns: Floats, rows_a_year: float) -> float | None:
    """Mean over standard deviation, a year; the riskless rate is 0."""
    deviation = _deviation(returns)
    return None if not deviation else _mean(returns) / deviation * sqrt(rows_a_year)


def sortino(returns: Floats, rows_a_year: float) -> float | None:
    """Mean over the deviation of the losses from 0, a year; None where nothing was lost."""
    if len(returns) < 2:  # noqa: PLR2004 - as for the deviation of a sample
        return None
    downside = sqrt(_mean(np.minimum(returns, 0.0) ** 2))
    return finite(_mean(returns) / downside * sqrt(rows_a_year)) if downside else None


def cagr(gain: float, years: float) -> float | None:
    """The yearly growth that makes `gain`, a fraction of what there was, in so many years."""
    if years <= 0 or gain < -1:
        return None
    try:
        return finite((1 + gain) ** (1 / years) - 1)
    except OverflowError:
        return None


def drawdown(instants: Sequence[Nanoseconds], equity: Sequence[Money], peak: Money) -> Drawdown:
    """The deepest fall below the highest row so far; `peak` stands before the first row."""
    rows = np.asarray(equity, np.int64)
    if not len(rows):
        return Drawdown()
    peaks = np.maximum(np.maximum.accumulate(rows), peak)
    falls = (peaks - rows) / peaks
    lowest = int(falls.argmax())
    if falls[lowest] == 0:
        return Drawdown()
    top = peaks[lowest]
    above = np.flatnonzero(rows[: lowest + 1] == top)
    again = np.flatnonzero(rows[lowest:] >= top)
    return Drawdown(
        depth=float(falls[lowest]),
        since=instants[int(above[-1])] if len(above) else instants[0],
        lowest=instants[lowest],
        until=instants[lowest + int(again[0])] if len(again) else None,
    )


def finite(value: float) -> float | None:
    """The value itself, or None where it is no number that JSON could hold."""
    return value if isfinite(value) else None


def _mean(values: Floats) -> float:
    return fsum(values.tolist()) / len(values)


def _deviation(returns: Floats) -> float | None:
    """The standard deviation of a sample; None of fewer than two, 0 of equal ones."""
    if len(returns) < 2:  # noqa: PLR2004 - a sample's deviation takes two
        return None
    apart = returns - _mean(returns)
    deviation = sqrt(fsum((apart**2).tolist()) / (len(returns) - 1))
    return deviation if deviation > _FLAT * float(np.abs(returns).max()) else 0.0
