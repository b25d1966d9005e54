"""From decimal prices and sizes to whole ticks and lots.

The quotient is one IEEE division of two float64, rounded half to even. A quotient further from
its integer than the noise of a decimal written as float64 (one millionth, or 4 ulp where that is
more) is *off grid*. Whether that is refused is not decided here.

Bounds: a price has at most `TICKS_MAX` = 2^40 ticks. There 4 ulp are still a thousandth of a tick,
so the off-grid test means something (from 2^50 on it would pass everything), and a product with a
million lots stays inside int64. A bar's lots times its ticks must fit int64 as well.
"""

from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]
Float64s = NDArray[np.float64]
Bools = NDArray[np.bool_]

TICKS_MAX: Final = 2**40
TOLERANCE: Final = 1e-6
TOLERANCE_ULPS: Final = 4.0


def nearest(values: Float64s, unit: Decimal) -> tuple[Float64s, Bools]:
    """Whole multiples of `unit` nearest to `values` (finite), and which of them are off grid.

    A multiple beyond float64 comes back as infinity; the caller bounds the result before it makes
    integers of it.
    """
    quotients, rounded = _divide(values, unit)
    return rounded, _off_grid(quotients, rounded)


def floored(values: Float64s, unit: Decimal) -> Float64s:
    """Whole multiples of `unit`, rounded down unless within the tolerance of the next one up."""
    quotients, rounded = _divide(values, unit)
    return np.where(_off_grid(quotients, rounded), np.floor(quotients), rounded)


def _divide(values: Float64s, unit: Decimal) -> tuple[Float64s, Float64s]:
    with np.errstate(over="ignore"):
        quotients = values / np.float64(float(unit))
    return quotients, np.rint(quotients)


def _off_grid(quotients: Float64s, rounded: Float64s) -> Bools:
    with np.errstate(invalid="ignore"):  # inf - inf: not off grid, but out of bounds
        tolerance = np.maximum(TOLERANCE, TOLERANCE_ULPS * np.spacing(np.abs(quotients)))
        off: Bools = np.abs(quotients - rounded) > tolerance
    return off
