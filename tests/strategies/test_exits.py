"""The ATR stop: its average against a plain list, and how far away it stands."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from tests.kernels import slow
from trader.model.orders import Protection
from trader.strategies.exits import AtrStop

# (high, low, close) of bars whose close lies inside them.
BARS = st.lists(
    st.tuples(st.integers(1, 200), st.integers(0, 60), st.integers(0, 60)).map(
        lambda drawn: (drawn[0] + drawn[1] + drawn[2], drawn[0], drawn[0] + drawn[1])
    ),
    min_size=1,
    max_size=60,
)
KS = st.sampled_from([Decimal(3), Decimal("0.5"), Decimal("1.25"), Decimal(10)])


def watch(stop: AtrStop, bars: list[tuple[int, int, int]]) -> None:
    for high, low, close in bars:
        stop.on_bar(slow.bar(close, high=high, low=low))


@given(BARS, st.integers(1, 14), KS)
def test_it_stands_k_average_ranges_away(
    bars: list[tuple[int, int, int]], n: int, k: Decimal
) -> None:
    """It is ready when the average is, with n + 1 bars."""
    stop = AtrStop(n, k)
    watch(stop, bars)
    [*_, average] = slow.atrs(bars, n)

    assert stop.ready is (average is not None)
    if average is not None:
        distance = int(np.rint(float(k) * average))
        assert stop.protection() == Protection("atr_stop", distance)


@pytest.mark.parametrize(
    ("k", "distance"),
    [
        ("1", 5),
        ("3", 15),
        ("0.5", 2),  # 2.5: half to even
        ("0.3", 2),  # 1.5: half to even
        ("0.7", 4),  # 3.5
        ("0.49", 2),
        ("0", 0),
    ],
)
def test_distances_worked_by_hand(k: str, distance: int) -> None:
    """The first bar has no range; then one of 4, and one of 6 from the close before it."""
    stop = AtrStop(2, Decimal(k))
    watch(stop, [(110, 90, 100), (104, 100, 101), (98, 95, 96)])

    assert stop.ready
    assert stop.protection() == Protection("atr_stop", distance)


def test_without_its_average_it_cannot_protect() -> None:
    stop = AtrStop(2, Decimal(3))
    readiness = []
    for close in (100, 101, 102):
        readiness.append(stop.ready)
        stop.on_bar(slow.bar(close))

    assert readiness == [False, False, False]
    assert stop.ready


@pytest.mark.parametrize(("n", "bars"), [(1, 3), (14, 42)])
def test_the_warm_up_is_three_averages(n: int, bars: int) -> None:
    assert AtrStop(n, Decimal(3)).warmup_bars == bars


@given(BARS, st.integers(0, 60))
def test_its_state_is_all_it_remembers(bars: list[tuple[int, int, int]], at: int) -> None:
    """Put into a fresh one in the middle, it goes on as if nothing had happened."""
    whole, first, second = (AtrStop(3, Decimal(2)) for _ in range(3))
    watch(whole, bars)
    watch(first, bars[:at])
    second.state = structs.replace(first.state)
    watch(second, bars[at:])

    assert second.state == whole.state
    assert second.ready is whole.ready
