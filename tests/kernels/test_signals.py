"""The steps of the bundled strategies against rules written over whole lists."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernels import slow
from trader.kernels.kernel import HOLD
from trader.kernels.signals import (
    bollinger_reversion,
    ema_cross,
    naive_mean_reversion,
    roll,
    unblocked,
)
from trader.strategies.averages import EmaCross, EmaCrossState
from trader.strategies.params import BollingerParams, EmaCrossParams, NaiveMeanReversionParams
from trader.strategies.reversions import BollingerReversion, NaiveMeanReversion, ReversionState

# Few levels and short windows: ties, flat stretches and touches of the band happen all the time.
NARROW = st.lists(st.integers(96, 104), min_size=1, max_size=80)
WIDE = st.lists(st.integers(1, 10**9), min_size=1, max_size=80)
CLOSES = st.one_of(NARROW, WIDE)
ENDED = st.lists(st.integers(0, 79), max_size=25)
ENTRIES = st.sampled_from([Decimal("0.5"), Decimal(1), Decimal("1.4"), Decimal(2)])


def cross(fast: int, slow_n: int, *, trend: int | None = None) -> EmaCrossState:
    return EmaCross(EmaCrossParams(fast=fast, slow=slow_n, lots=1, trend=trend)).state


def crossed(state: EmaCrossState, closes: list[int]) -> list[int | None]:
    said = [ema_cross(state, slow.bar(close)) for close in closes]
    return [None if answer == HOLD else answer for answer in said]


def ends(state: ReversionState) -> None:
    """What becomes of the state when an exit policy ends its entry."""
    if state.side:
        state.blocked |= 1 if state.side > 0 else 2
        state.side = 0


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


def reversion(n: int, entry: Decimal, leave: Decimal, *, both: bool) -> ReversionState:
    params = BollingerParams(
        n=n, entry=entry, exit=leave, lots=1, direction="both" if both else "long"
    )
    return BollingerReversion(params).state


@given(CLOSES, st.integers(2, 12))
def test_scores_equal_those_of_the_lists(closes: list[int], n: int) -> None:
    state = reversion(n, Decimal(2), Decimal(0), both=True)
    seen: list[float | None] = []
    for close in closes:
        roll(state, close)
        seen.append(state.z if state.count >= n else None)

    assert seen == slow.z_scores(closes, n)
    assert state.close == closes[-1]


def test_a_window_forgets_what_left_it_exactly() -> None:
    """After a huge swing has left the window nothing of it remains in the sums."""
    swung = [10**9, 1, 5 * 10**8, 10, 11, 12, 13, 14]
    state, fresh = (reversion(4, Decimal(2), Decimal(0), both=True) for _ in range(2))
    for close in swung:
        roll(state, close)
    for close in swung[-4:]:
        roll(fresh, close)

    assert state.z == pytest.approx(fresh.z)
    assert 4 * state.squares - state.total**2 == 4 * fresh.squares - fresh.total**2


@settings(max_examples=300)
@given(
    CLOSES,
    st.integers(2, 10),
    ENTRIES,
    st.sampled_from([Decimal(0), Decimal("0.25")]),
    st.booleans(),
    ENDED,
)
def test_bollinger_equals_its_sentences(
    closes: list[int], n: int, entry: Decimal, leave: Decimal, both: bool, ended: list[int]
) -> None:
    state = reversion(n, entry, leave, both=both)
    said: list[int | None] = []
    for row, close in enumerate(closes):
        answer = bollinger_reversion(state, slow.bar(close))
        said.append(None if answer == HOLD else answer)
        if row in ended:
            ends(state)

    assert said == slow.band_targets(
        slow.z_scores(closes, n), entry=float(entry), leave=float(leave), both=both, ended=ended
    )


@settings(max_examples=300)
@given(CLOSES, st.integers(2, 10), ENTRIES, ENDED)
def test_the_naive_reversion_equals_its_sentences(
    closes: list[int], n: int, entry: Decimal, ended: list[int]
) -> None:
    state = NaiveMeanReversion(NaiveMeanReversionParams(n=n, entry=entry, lots=1)).state
    said: list[int | None] = []
    for row, close in enumerate(closes):
        answer = naive_mean_reversion(state, slow.bar(close))
        said.append(None if answer == HOLD else answer)
        if row in ended:
            ends(state)

    assert said == slow.naive_targets(slow.z_scores(closes, n), entry=float(entry), ended=ended)


@pytest.mark.parametrize(
    ("z", "said", "then"),
    [
        ([-3.0, -2.5, -0.1, 0.0, 0.5], [1, None, None, 0, None], 0),
        ([3.0, 0.1, -0.1], [-1, None, 0], 0),
        ([-3.0, 3.0], [1, -1], -1),  # from side to side in one answer
        ([-2.0, 2.0], [None, None], 0),  # the band itself is not beyond it
    ],
)
def test_the_sentences_are_right(z: list[float], said: list[int | None], then: int) -> None:
    """The slow rules, on scores that a person can follow."""
    assert slow.band_targets(z, entry=2.0, leave=0.0, both=True, ended=[]) == said
    assert slow.naive_targets(z, entry=2.0, ended=[]) == said
    assert [answer for answer in [0, *said] if answer is not None][-1] == then


def test_a_stopped_entry_waits_until_its_condition_was_false_once() -> None:
    """Stopped after row 0: row 1 is still below the band, row 2 is not, row 3 may enter again."""
    z = [-3.0, -2.5, -1.0, -2.5]

    assert slow.band_targets(z, entry=2.0, leave=0.0, both=True, ended=[0]) == [1, None, None, 1]
    assert slow.naive_targets(z, entry=2.0, ended=[0]) == [1, None, None, 1]


@pytest.mark.parametrize(
    ("blocked", "below", "above", "then"),
    [
        (0, True, False, 0),
        (1, True, False, 1),  # still below: a long still waits
        (1, False, False, 0),
        (1, False, True, 0),  # on the other side it was false as well
        (2, False, True, 2),
        (2, False, False, 0),
        (2, True, False, 0),
        (3, True, False, 1),  # each side waits for its own condition
        (3, False, True, 2),
        (3, False, False, 0),
    ],
)
def test_a_side_is_free_once_its_condition_is_false(
    blocked: int, below: bool, above: bool, then: int
) -> None:
    assert unblocked(blocked, below, above) == then
