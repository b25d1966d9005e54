"""The statistics of a curve, against those of empyrical."""

from math import isfinite

import empyrical
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.research.making import wave
from trader.data.samples import sample
from trader.research.returns import (
    cagr,
    drawdown,
    finite,
    sharpe,
    simple_returns,
    sortino,
    volatility,
)

EQUITY = st.lists(st.integers(1_000, 10_000_000), min_size=2, max_size=60)
PERIODS = st.sampled_from([252, 365, 8_760])


def recorded() -> list[list[int]]:
    """Closes of shares, which are as good as equity, and a wave."""
    closes = [
        (pl_closes("bars/usa/AAPL/1d/20000301-20130301.parquet")),
        (pl_closes("bars/usa/GOOG/1d/20040819-20130301.parquet")),
        [round(100 * each) for each in wave()],
    ]
    assert all(len(each) > 1_000 for each in closes)
    return closes


def pl_closes(name: str) -> list[int]:

    prices: list[float] = pl.read_parquet(sample(name))["close"].to_list()
    return [round(10_000 * each) for each in prices]


def same(ours: float | None, theirs: float) -> None:
    """Ours is theirs; where they have no number, neither have we."""
    if isfinite(theirs):
        assert ours == pytest.approx(theirs, rel=1e-8, abs=1e-9)
    else:
        assert ours is None


def check(equity: list[int], a_year: float) -> None:
    returns = simple_returns(equity)
    theirs = np.diff(np.array(equity, float)) / np.array(equity[:-1], float)
    assert np.allclose(returns, theirs, rtol=1e-15, atol=0)
    if len(returns) > 1:
        same(volatility(returns, a_year), empyrical.annual_volatility(theirs, annualization=a_year))
    same(sharpe(returns, a_year), empyrical.sharpe_ratio(theirs, annualization=a_year))
    same(sortino(returns, a_year), empyrical.sortino_ratio(theirs, annualization=a_year))
    growth = cagr(equity[-1] / equity[0] - 1, len(returns) / a_year)
    with np.errstate(over="ignore"):
        same(growth, empyrical.annual_return(theirs, annualization=a_year))
    fall = drawdown(range(len(equity)), equity, equity[0])
    assert fall.depth == pytest.approx(-empyrical.max_drawdown(theirs), rel=1e-9, abs=1e-12)


@given(EQUITY, PERIODS)
def test_generated_curves_have_the_figures_of_the_oracle(equity: list[int], a_year: float) -> None:
    check(equity, a_year)


@pytest.mark.parametrize("equity", recorded(), ids=["AAPL", "GOOG", "wave"])
@pytest.mark.parametrize("a_year", [252, 365])
def test_recorded_curves_have_the_figures_of_the_oracle(equity: list[int], a_year: float) -> None:
    check(equity, a_year)


@pytest.mark.parametrize(
    "equity",
    [[], [100], [100, 100], [100, 100, 100, 100], [100, 0, 50], [100, -5, 10], [0, 0]],
)
def test_what_has_no_value_is_none(equity: list[int]) -> None:
    returns = simple_returns(equity)

    assert not sharpe(returns, 252)
    assert not sortino(returns, 252)


def test_equal_returns_have_no_deviation_but_for_their_rounding() -> None:
    equity = [100 * 11**k * 10 ** (12 - k) for k in range(5)]

    assert volatility(simple_returns(equity), 252) == 0.0
    assert sharpe(simple_returns(equity), 252) is None


@pytest.mark.parametrize(
    ("gain", "years", "expected"),
    [(0.21, 2, 0.1), (-1.0, 2, -1.0), (-1.5, 2, None), (0.5, 0, None), (1e9, 1e-3, None)],
)
def test_growth_is_a_year(gain: float, years: float, expected: float | None) -> None:
    assert cagr(gain, years) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], (0.0, None, None, None)),
        ([110], (0.0, None, None, None)),
        ([90, 120, 90, 60, 130], (0.5, 1, 3, 4)),
        ([80, 90], (0.2, 0, 0, None)),
        ([-50], (1.5, 0, 0, None)),
        ([100, 120, 120, 60, 110], (0.5, 2, 3, None)),
    ],
)
def test_a_drawdown_runs_from_its_peak_to_its_return(
    rows: list[int], expected: tuple[float, int | None, int | None, int | None]
) -> None:
    """The opening cash, here 100, is the first peak; of equal ones the last counts."""
    fall = drawdown(range(len(rows)), rows, 100)

    assert (fall.depth, fall.since, fall.lowest, fall.until) == expected


def test_no_figure_is_infinite() -> None:
    assert finite(float("inf")) is None
    assert finite(float("nan")) is None
    assert finite(1.5) == 1.5
