"""Folds: an indicator over whole columns gives the bits of its step, bar by bar."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernels import slow
from trader.errors import RangeError
from trader.kernels.fades import ScoreFade, bollinger_reversion
from trader.kernels.folds import Series, fold
from trader.kernels.indicators import (
    Atr,
    Bands,
    Bar,
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
from trader.kernels.kernel import HOLD
from trader.kernels.scalarised import COLUMNS, NotFusible
from trader.model.market import BarClosed

INDICATORS: list[tuple[Callable[..., int], Callable[[], Any], tuple[str, ...]]] = [
    (sma, lambda: Sma(n=5), ("sma",)),
    (ema, lambda: Ema(n=5), ("ema",)),
    (rsi, lambda: Rsi(n=5), ("rsi",)),
    (atr, lambda: Atr(n=5), ("atr",)),
    (zscore, lambda: ZScore(n=5), ("z",)),
    (bands, lambda: Bands(n=5), ("mean", "std", "upper", "lower")),
    (vwap, Vwap, ("vwap",)),
    (
        bollinger_reversion,
        lambda: ScoreFade(n=5, entry=1.0, exit=0.0, short=1),
        ("close", "z", "side"),
    ),
]
every_one = pytest.mark.parametrize(
    ("step", "begin", "told"), INDICATORS, ids=[step.__name__ for step, *_ in INDICATORS]
)
BARS = st.lists(
    st.tuples(
        st.integers(1, 10**6) | st.integers(90, 110),
        st.integers(0, 60),
        st.integers(0, 60),
        st.integers(0, 10**6),
    ).map(lambda b: slow.bar(b[0] + b[1], high=b[0] + b[1] + b[2], low=b[0], lots=b[3])),
    max_size=60,
)


def columns(bars: list[BarClosed]) -> dict[str, Any]:
    return {name: np.array([getattr(bar, name) for bar in bars], np.int64) for name in COLUMNS}


def walked(
    step: Callable[..., int], state: Any, bars: list[BarClosed], told: tuple[str, ...]
) -> list[tuple[int, int, list[bytes]]]:
    """Row, answer and told fields by their bits, of the step called bar by bar."""
    out = []
    for row, bar in enumerate(bars):
        said = step(state, bar)
        if said != HOLD:
            out.append((row, said, [np.array(getattr(state, name)).tobytes() for name in told]))
    return out


def listed(series: Series, told: tuple[str, ...]) -> list[tuple[int, int, list[bytes]]]:
    """The same of a series."""
    return [
        (row, said, [series.told[name][k].tobytes() for name in told])
        for k, (row, said) in enumerate(
            zip(series.rows.tolist(), series.says.tolist(), strict=True)
        )
    ]


def bits(state: Any) -> list[bytes]:
    return [np.array(getattr(state, field.name)).tobytes() for field in fields(state)]


@every_one
@settings(max_examples=60)
@given(bars=BARS, cut=st.integers(0, 60))
def test_a_fold_is_the_step_bar_by_bar(
    step: Callable[..., int],
    begin: Callable[[], Any],
    told: tuple[str, ...],
    bars: list[BarClosed],
    cut: int,
) -> None:
    """To the bit, state and all; in two parts too."""
    stepped, folded = begin(), begin()
    expected = walked(step, stepped, bars, told)

    first = listed(fold(step, folded, columns(bars[:cut]), told), told)
    rest = listed(fold(step, folded, columns(bars[cut:]), told), told)

    assert first + [(row + min(cut, len(bars)), *seen) for row, *seen in rest] == expected
    assert bits(folded) == bits(stepped)
    assert type(folded.count if hasattr(folded, "count") else folded.volume) is int


def test_sessions_are_folded_one_by_one() -> None:
    """Three bars each; the second has a price from its second bar on, as its first has no lots."""
    bars = [slow.bar(close, lots=lots) for close, lots in ((10, 1), (20, 1), (30, 2), (50, 0))]
    state = Vwap()
    first = fold(vwap, state, columns(bars[:3]), ["vwap"])
    state.begin()
    second = fold(vwap, state, columns([bars[3], bars[0]]), ["vwap"])

    assert first.told["vwap"].tolist() == [10.0, 15.0, 22.5]
    assert (second.rows.tolist(), second.told["vwap"].tolist()) == ([1], [10.0])


def test_columns_may_be_views() -> None:
    """Every other bar of a longer series."""
    bars = [slow.bar(close) for close in (1, 9, 3, 9, 5)]
    views = {name: column[::2] for name, column in columns(bars).items()}

    assert fold(sma, Sma(n=3), views, ["sma"]).told["sma"].tolist() == [3.0]


def test_a_series_that_is_no_bar_long_is_empty() -> None:
    assert fold(sma, Sma(n=3), columns([]), ["sma"]).rows.tolist() == []


@pytest.mark.parametrize(
    ("step", "state", "bars"),
    [
        (sma, Sma(n=100_000), [slow.bar(2**46)]),
        (zscore, ZScore(n=1000), [slow.bar(1), slow.bar(2**31)]),
        (zscore, ZScore(n=1000, count=1, first=2**31), [slow.bar(1)]),
        (zscore, ZScore(n=2, count=2, ring=[2**31, 0]), [slow.bar(1)]),
        (vwap, Vwap(), [slow.bar(1, lots=2**60)] * 5),
        (vwap, Vwap(volume=2**62), [slow.bar(1)]),
    ],
    ids=["sum", "squares", "squares before", "ring", "volumes", "volume before"],
)
def test_what_could_leave_int64_is_refused(
    step: Callable[..., int], state: Any, bars: list[BarClosed]
) -> None:
    """Python's own whole numbers have no end, so the step alone goes on."""
    with pytest.raises(RangeError, match="the sums of an indicator leave the range of int64"):
        fold(step, state, columns(bars), [])


def listing(s: Vwap, bar: Bar) -> int:
    return len([s, bar])


def test_what_is_no_scan_is_refused() -> None:
    with pytest.raises(NotFusible, match=r"^listing, line .*: s is used whole"):
        fold(listing, Vwap(), columns([]), [])


class Averaged:
    """A state with a ring of floats."""

    ring: list[float]
    at: int

    def __init__(self) -> None:
        self.ring, self.at = [0.5, 0.25], 0


def halved(s: Averaged, bar: Bar) -> int:
    s.ring[s.at] += float(bar.lots) / 4.0
    s.at = 1 - s.at
    return HOLD


def test_rings_may_hold_floats() -> None:
    state = Averaged()
    fold(halved, state, columns([slow.bar(1, lots=1)] * 3), [])

    assert (state.ring, state.at) == ([1.0, 0.5], 1)
