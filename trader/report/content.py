"""What a page shows: the documents of a run and its columns, as whoever read them hands them in.

Instants are nanoseconds, amounts of money floats for drawing (exact figures are in the documents),
prices floats in the instrument's currency.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]


class Curve(Struct, frozen=True, kw_only=True):
    """What an account was worth, a value a row."""

    instants: Int64s
    equity: Floats


class Account(Struct, frozen=True, kw_only=True):
    """The run's own account: its worth, its fall below the peak, and what share of it was at work.

    `long` and `short` are parts of the equity, the latter negative.
    """

    curve: Curve
    drawdown: Floats
    long: Floats
    short: Floats


class Candles(Struct, frozen=True, kw_only=True):
    """An instrument's prices in whole multiples of `step`; `rows` were joined into each candle."""

    instants: Int64s
    open: Int64s
    high: Int64s
    low: Int64s
    close: Int64s
    step: float
    places: int
    rows: int


class Content(Struct, frozen=True, kw_only=True):
    """One run. `trades` are the columns of the trade table, `traded` instant and size of fills."""

    run: Mapping[str, Any]
    metrics: Mapping[str, Any]
    account: Account
    baselines: Mapping[str, Curve]
    traded: tuple[Int64s, Floats]
    trades: Mapping[str, Sequence[Any]]
    candles: Mapping[str, Candles]
