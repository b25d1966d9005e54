"""The indicators beside TA-Lib, on every packaged market and on generated ones.

TA-Lib works in floats throughout and keeps its sums rolling, so the last bits differ: by less than
1e-9 of the value, whatever the market. It has a value exactly where we are ready.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import talib
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.data.making import opened
from trader.data.samples import sample, samples
from trader.kernels.folds import fold
from trader.kernels.indicators import (
    Atr,
    Bands,
    Ema,
    Rsi,
    Sma,
    Vwap,
    ZScore,
    atr,
    bands,
    ema,
    rsi,
    sma,
    vwap,
    zscore,
)

Floats = npt.NDArray[np.float64]
Market = Mapping[str, npt.NDArray[np.int64]]
Oracle = Callable[[Floats, Floats, Floats, int], Floats]

HOUR = 3_600_000_000_000
DIFFERENCE = 1e-9

INDICATORS: dict[str, tuple[Callable[..., int], Callable[..., Any], str, Oracle]] = {
    "sma": (sma, Sma, "sma", lambda _h, _l, c, n: talib.SMA(c, n)),
    "ema": (ema, Ema, "ema", lambda _h, _l, c, n: talib.EMA(c, n)),
    "rsi": (rsi, Rsi, "rsi", lambda _h, _l, c, n: talib.RSI(c, n)),
    "atr": (atr, Atr, "atr", talib.ATR),
    "std": (bands, Bands, "std", lambda _h, _l, c, n: talib.STDDEV(c, n, 1.0)),
    "mean": (bands, Bands, "mean", lambda _h, _l, c, n: talib.BBANDS(c, n, 2.0, 2.0)[1]),
    "upper": (bands, Bands, "upper", lambda _h, _l, c, n: talib.BBANDS(c, n, 2.0, 2.0)[0]),
    "lower": (bands, Bands, "lower", lambda _h, _l, c, n: talib.BBANDS(c, n, 2.0, 2.0)[2]),
}
LENGTHS = (2, 5, 14, 20, 100, 200)

every_indicator = pytest.mark.parametrize("name", INDICATORS)
every_market = pytest.mark.parametrize("file", samples())


@cache
def recorded(file: str) -> Market:
    """A packaged file whole."""
    shares = "usa" in file
    settings_ = {
        "interval_ns": 24 * HOUR if shares else HOUR,
        "tick": Decimal("0.0001" if shares else "0.00001"),
        "lot": Decimal(1),
    }
    bars = opened(sample(file), **settings_)
    [batch] = bars.batches(0, bars.rows)
    return market(batch.open, batch.high, batch.low, batch.close, batch.lots)


def market(*columns: Any) -> Market:
    names = ("open_ticks", "high_ticks", "low_ticks", "close_ticks", "lots")
    return {name: np.asarray(column, np.int64) for name, column in zip(names, columns, strict=True)}


def both(name: str, bars: Market, n: int) -> tuple[Floats, Floats]:
    """Our values and TA-Lib's, of the same rows."""
    step, begin, field, oracle = INDICATORS[name]
    ours = fold(step, begin(n=n), bars, [field])
    high, low, close = (
        bars[column].astype(np.float64) for column in ("high_ticks", "low_ticks", "close_ticks")
    )
    theirs = oracle(high, low, close, n)

    assert ours.rows.tolist() == np.flatnonzero(~np.isnan(theirs)).tolist()
    return np.asarray(ours.told[field], np.float64), theirs[ours.rows]


@every_indicator
@every_market
def test_values_are_talibs_on_recorded_markets(name: str, file: str) -> None:
    worst = 0.0
    for n in LENGTHS:
        ours, theirs = both(name, recorded(file), n)
        distance = np.abs(ours - theirs) / np.maximum(np.abs(theirs), 1e-300)
        worst = max(worst, float(distance.max(initial=0.0)))

    assert worst <= DIFFERENCE


def walks(start: int, steps: list[tuple[int, int, int]]) -> Market:
    """A market that goes so far up or down at each bar, with so much above and below its close."""
    closes = np.maximum(1, start + np.cumsum([step for step, _, _ in steps]))
    highs = closes + [top for _, top, _ in steps]
    lows = np.maximum(1, closes - [bottom for _, _, bottom in steps])
    return market(closes, highs, lows, closes, np.ones(len(steps)))


STEPS = st.lists(
    st.tuples(st.integers(-400, 400), st.integers(0, 90), st.integers(0, 90)),
    min_size=30,
    max_size=250,
)


@every_indicator
@settings(max_examples=40)
@given(start=st.sampled_from([50, 10_000, 3_000_000]), steps=STEPS, n=st.integers(2, 25))
@example(start=10**9, steps=[(1, 3, 2), (-1, 0, 1)] * 60, n=20)  # a quiet market, far from 0
@example(start=7_000, steps=[(0, 0, 0)] * 60, n=14)  # one that stands still
@example(start=50, steps=[(-1, 0, 0)] * 60, n=14)  # one that falls to the last tick and stays
def test_values_are_talibs_on_generated_markets(
    name: str, start: int, steps: list[tuple[int, int, int]], n: int
) -> None:
    """A std of nearly nothing beside a large price is where TA-Lib's own rounding is largest.

    It stays within 1e-9 of the price's own last digit there.
    """
    ours, theirs = both(name, walks(start, steps), n)

    assert ours == pytest.approx(theirs, rel=DIFFERENCE, abs=1e-9)


@every_market
def test_scores_are_those_of_talibs_mean_and_deviation(file: str) -> None:
    """The difference of close and mean cancels, so the distance is held to a deviation."""
    bars = recorded(file)
    close = bars["close_ticks"].astype(np.float64)
    for n in LENGTHS[:-2]:
        ours = fold(zscore, ZScore(n=n), bars, ["z"])
        deviation = talib.STDDEV(close, n, 1.0)[ours.rows]
        distance = close[ours.rows] - talib.SMA(close, n)[ours.rows]
        stands = np.zeros_like(distance)  # where all are equal
        theirs = np.divide(distance, deviation, out=stands, where=deviation > 0)

        assert np.abs(ours.told["z"] - theirs).max() <= DIFFERENCE


@every_market
def test_the_mean_price_is_the_exact_one(file: str) -> None:
    """TA-Lib has none: over the whole file as one session, beside whole numbers without an end."""
    bars = recorded(file)
    ours = fold(vwap, Vwap(), bars, ["vwap"])
    paid, volume, exact = 0, 0, []
    columns = [bars[name].tolist() for name in ("high_ticks", "low_ticks", "close_ticks", "lots")]
    for high, low, close, lots in zip(*columns, strict=True):
        paid += (high + low + close) * lots
        volume += lots
        exact.append(paid / (3 * volume))

    assert ours.told["vwap"].tolist() == pytest.approx(exact, rel=1e-12)
