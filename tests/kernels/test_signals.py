"""The step of the averages' cross against a rule written over whole lists."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernels import slow
from trader.kernels.kernel import HOLD
from trader.kernels.signals import ema_cross
from trader.strategies.averages import EmaCross, EmaCrossState
from trader.strategies.params import EmaCrossParams

# Few levels and short windows: ties, flat stretches and touches of the band happen all the time.
NARROW = st.lists(st.integers(96, 104), min_size=1, max_size=80)
WIDE = st.lists(st.integers(1, 10**9), min_size=1, max_size=80)
CLOSES = st.one_of(NARROW, WIDE)


def cross(fast: int, slow_n: int, *, trend: int | None = None) -> EmaCrossState:
    return EmaCross(EmaCrossParams(fast=fast, slow=slow_n, lots=1, trend=trend)).state


def crossed(state: EmaCrossState, closes: list[int]) -> list[int | None]:
    said = [ema_cross(state, slow.bar(close)) for close in closes]
    return [None if answer == HOLD else answer for answer in said]


def test_saying_nothing_is_no_sign_of_a_target() -> None:
    assert HOLD not in {1, 0, -1}


def test_a_cross_worked_by_hand() -> None:
    """Fast 1, slow 2: the fast average is the close, the slow one goes two thirds of the way."""
    closes = [10, 10, 12, 12, 6, 6, 20]

    assert crossed(cross(1, 2), closes) == [None, None, 1, None, -1, None, 1]


def test_the_first_ready_bar_sets_no_target() -> None:
    """Rising from the first bar on, the fast average is above all the time: nothing crosses."""
    assert crossed(cross(2, 4), list(range(100, 130))) == [None] * 30


def test_equal_averages_are_not_above() -> None:
    """Flat is below: leaving it upward is a cross, coming back to it from below is none."""
    assert crossed(cross(1, 2), [10, 10, 11]) == [None, None, 1]
    assert crossed(cross(1, 2), [10, 10, 9, 9, 9]) == [None] * 5


@settings(max_examples=300)
@given(CLOSES, st.integers(1, 8), st.integers(1, 12))
def test_crosses_equal_those_of_the_lists(closes: list[int], fast: int, more: int) -> None:
    slow_n = fast + more

    assert crossed(cross(fast, slow_n), closes) == slow.crossings(
        closes, fast, slow_n, ready=slow_n
    )


@given(CLOSES, st.integers(1, 30))
def test_a_trend_filter_makes_the_cross_wait_for_it(closes: list[int], trend: int) -> None:
    """What crossed before all averages were ready is not told afterwards."""
    assert crossed(cross(2, 5, trend=trend), closes) == slow.crossings(
        closes, 2, 5, ready=max(5, trend)
    )


@given(CLOSES, st.integers(1, 8))
def test_the_state_shows_what_the_cross_saw(closes: list[int], fast: int) -> None:
    state = cross(fast, fast + 3)
    crossed(state, closes)
    [*_, fast_ema], [*_, slow_ema] = slow.emas(closes, fast), slow.emas(closes, fast + 3)

    assert (state.count, state.close) == (len(closes), closes[-1])
    if slow_ema is not None:
        assert (state.fast_ema, state.slow_ema) == (fast_ema, slow_ema)


@given(CLOSES, st.integers(1, 8))
def test_it_knows_the_bar_of_its_latest_cross(closes: list[int], fast: int) -> None:
    """Counted from 1; 0 before there was one."""
    state = cross(fast, fast + 3)
    said = crossed(state, closes)

    assert state.crossed == max((row for row, each in enumerate(said, 1) if each), default=0)
