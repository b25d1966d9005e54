"""A split in the middle of a series: what an indicator remembers becomes what it would have been.

The law: bars before the split, the split, bars after it come to the same as the bars after it with
those before it adjusted, prices down and volumes up.
"""

from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.making import opened
from tests.kernels import slow
from trader.data.samples import sample
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
from trader.model.market import BarClosed

Shape = tuple[int, int, int, int]

# (low, up to the close, up to the high, volume) in what a split makes whole.
SHAPES = st.lists(
    st.tuples(st.integers(1, 10**4), st.integers(0, 60), st.integers(0, 60), st.integers(0, 9)),
    min_size=1,
    max_size=40,
)
RATIOS = st.sampled_from([(7, 1), (2, 1), (3, 2), (1, 10), (1, 1)])
INDICATORS: list[tuple[Callable[..., int], Callable[[], Any]]] = [
    (sma, lambda: Sma(n=5)),
    (ema, lambda: Ema(n=5)),
    (rsi, lambda: Rsi(n=5)),
    (atr, lambda: Atr(n=5)),
    (zscore, lambda: ZScore(n=5)),
    (bands, lambda: Bands(n=5)),
    (vwap, Vwap),
]
every_one = pytest.mark.parametrize(
    ("step", "begin"), INDICATORS, ids=[step.__name__ for step, _ in INDICATORS]
)


def bars(shapes: list[Shape], price: int = 1, volume: int = 1) -> list[BarClosed]:
    """The bars of these shapes, with every price and volume so many times as large."""
    return [
        slow.bar(
            price * (low + body), high=price * (low + body + top), low=price * low, lots=volume * n
        )
        for low, body, top, n in shapes
    ]


def numbers(state: Any) -> list[Any]:
    """All that a state remembers, rings opened; the first close in place of distances to it."""
    values = {field.name: getattr(state, field.name) for field in fields(state)}
    if "first" in values:
        heard = min(state.count, state.n)
        values["ring"] = [state.first + each for each in state.ring[:heard]]
        del values["first"], values["total"], values["squares"]
    ring = values.pop("ring", [])
    return [*values.values(), *ring]


@every_one
@given(shapes=SHAPES, at=st.integers(0, 40), ratio=RATIOS)
def test_a_split_is_as_if_it_had_always_been(
    step: Callable[..., int],
    begin: Callable[[], Any],
    shapes: list[Shape],
    at: int,
    ratio: tuple[int, int],
) -> None:
    """Every bar is of a size that the split makes whole numbers of whole ones."""
    new, old = ratio
    split, adjusted = begin(), begin()
    for each in bars(shapes[:at], price=new, volume=old):
        step(split, each)
    split.carry(old, new)
    for each in bars(shapes[at:], price=old, volume=new):
        step(split, each)
    for each in bars(shapes, price=old, volume=new):
        step(adjusted, each)

    assert numbers(split) == pytest.approx(numbers(adjusted), rel=1e-12, abs=1e-9)


@every_one
@given(shapes=SHAPES, ratio=RATIOS)
def test_a_split_that_leaves_parts_of_a_tick_is_off_by_a_tick(
    step: Callable[..., int],
    begin: Callable[[], Any],
    shapes: list[Shape],
    ratio: tuple[int, int],
) -> None:
    """Each close is rounded, so their sums and averages are off by no more than that."""
    new, old = ratio
    state, exact = begin(), begin()
    for each in bars(shapes):
        step(state, each)
        step(exact, each)
    state.carry(old, new)

    for field in ("sma", "ema", "atr", "mean", "vwap", "rsi"):
        if hasattr(state, field):
            factor = 1.0 if field == "rsi" else old / new
            assert getattr(state, field) == pytest.approx(factor * getattr(exact, field))
    if hasattr(state, "total"):
        moved = state.total - exact.total * old / new
        assert abs(moved) <= state.n


def test_a_window_that_is_not_full_stays_so() -> None:
    """Two closes of 700 and 714 become 100 and 102; the empty places count as nothing."""
    score = ZScore(n=4)
    for close in (700, 714):
        zscore(score, slow.bar(close))
    score.carry(1, 7)

    assert (score.first, score.ring, score.total, score.squares) == (100, [0, 2, 0, 0], 2, 4)
    assert score.close == 102


def test_closes_are_rounded_half_to_even_and_not_their_distances() -> None:
    """101 and 103 become 50 and 52 (from 50.5 and 51.5): two ticks apart, not one."""
    score = ZScore(n=2)
    for close in (101, 103):
        zscore(score, slow.bar(close))
    score.carry(1, 2)

    assert (score.first, score.ring) == (50, [0, 2])


# Two for one, twice; each falls into the first bar at the new price.
DAY_NS = 86_400_000_000_000
APPLE = "bars/usa/AAPL/1d/20000301-20130301.parquet"
APPLE_SPLITS = [11_129 * DAY_NS, 12_842 * DAY_NS]  # 2000-06-21, 2005-02-28


@every_one
def test_recorded_splits_are_as_if_they_had_always_been(
    step: Callable[..., int], begin: Callable[[], Any]
) -> None:
    """Thirteen years of AAPL as it was traded, beside the same with older prices divided.

    A few older prices are no whole ticks then, so it is to a tick.
    """
    settings = {"interval_ns": DAY_NS, "tick": Decimal("0.0001"), "lot": Decimal(1)}
    file = opened(sample(APPLE), **settings)
    [batch] = file.batches(0, file.rows)
    columns = [batch.high, batch.low, batch.close, batch.lots, batch.ts_open]
    splits = [int(np.searchsorted(batch.ts_open, day)) for day in APPLE_SPLITS]
    traded, adjusted = begin(), begin()
    for row, (high, low, close, lots, _) in enumerate(
        zip(*(column.tolist() for column in columns), strict=True)
    ):
        if row in splits:
            traded.carry(1, 2)
        factor = 2 ** sum(row < split for split in splits)
        step(traded, slow.bar(close, high=high, low=low, lots=lots))
        old = slow.bar(close // factor, high=high // factor, low=low // factor, lots=lots * factor)
        step(adjusted, old)

        if row >= splits[-1]:
            assert numbers(traded) == pytest.approx(numbers(adjusted), rel=1e-8, abs=1.0)
    assert [int(batch.close[row - 1] / batch.close[row] + 0.5) for row in splits] == [2, 2]
    assert numbers(traded)[-1] == pytest.approx(numbers(adjusted)[-1], rel=1e-8)
