"""The steps of the fades against rules written over whole lists."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernels import slow
from trader.kernels.fades import (
    Fading,
    ScoreFade,
    SessionFade,
    StrengthFade,
    announced_session,
    bollinger_reversion,
    naive_mean_reversion,
    rsi_reversion,
    unblocked,
    vwap_fade,
)
from trader.kernels.indicators import ZScore, zscore
from trader.kernels.kernel import HOLD
from trader.model.market import BarClosed

# Few levels and short windows: ties, flat stretches and touches of the band happen all the time.
NARROW = st.lists(st.integers(96, 104), min_size=1, max_size=80)
WIDE = st.lists(st.integers(1, 10**9), min_size=1, max_size=80)
CLOSES = st.one_of(NARROW, WIDE)
ENDED = st.lists(st.integers(0, 79), max_size=25)
ENTRIES = st.sampled_from([0.5, 1.0, 1.4, 2.0])


def said(
    step: Callable[[Any, BarClosed], int],
    state: Fading,
    bars: Sequence[BarClosed],
    ended: Sequence[int] = (),
    before: Callable[[int], object] = abs,
) -> list[int | None]:
    """The answers; an exit policy ends what the state aims at after the rows in `ended`."""
    out: list[int | None] = []
    for row, bar in enumerate(bars):
        before(row)
        answer = step(state, bar)
        out.append(None if answer == HOLD else answer)
        if row in ended and state.side:
            state.blocked |= 1 if state.side > 0 else 2
            state.side = 0
    return out


def flat(closes: Sequence[int]) -> list[BarClosed]:
    return [slow.bar(close) for close in closes]


# -- on the score ---------------------------------------------------------------------------------


def test_a_window_forgets_what_left_it_exactly() -> None:
    """After a huge swing has left the window nothing of it remains in the sums."""
    swung = [10**9, 1, 5 * 10**8, 10, 11, 12, 13, 14]
    state, fresh = ZScore(n=4), ZScore(n=4)
    for close in swung:
        zscore(state, slow.bar(close))
    for close in swung[-4:]:
        zscore(fresh, slow.bar(close))

    assert state.z == pytest.approx(fresh.z)
    assert 4 * state.squares - state.total**2 == 4 * fresh.squares - fresh.total**2


@settings(max_examples=300)
@given(CLOSES, st.integers(2, 10), ENTRIES, st.sampled_from([0.0, 0.25]), st.booleans(), ENDED)
def test_bollinger_equals_its_sentences(
    closes: list[int], n: int, entry: float, leave: float, both: bool, ended: list[int]
) -> None:
    state = ScoreFade(n=n, entry=entry, exit=leave, short=int(both))

    assert said(bollinger_reversion, state, flat(closes), ended) == slow.band_targets(
        slow.z_scores(closes, n), entry=entry, leave=leave, both=both, ended=ended
    )
    assert state.close == closes[-1]


@settings(max_examples=300)
@given(CLOSES, st.integers(2, 10), ENTRIES, ENDED)
def test_the_naive_reversion_equals_its_sentences(
    closes: list[int], n: int, entry: float, ended: list[int]
) -> None:
    state = ScoreFade(n=n, entry=entry, exit=0.0, short=1)

    assert said(naive_mean_reversion, state, flat(closes), ended) == slow.naive_targets(
        slow.z_scores(closes, n), entry=entry, ended=ended
    )


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


# -- on relative strength -------------------------------------------------------------------------


@settings(max_examples=300)
@given(
    CLOSES,
    st.integers(2, 8),
    st.sampled_from([(30.0, 50.0, 70.0), (50.0, 50.0, 50.0), (20.0, 60.0, 60.0)]),
    st.booleans(),
    ENDED,
)
def test_strength_equals_its_sentences(
    closes: list[int], n: int, levels: tuple[float, float, float], both: bool, ended: list[int]
) -> None:
    low, leave, high = levels
    state = StrengthFade(n=n, low=low, high=high, exit=leave, short=int(both), ready=n + 1)

    assert said(rsi_reversion, state, flat(closes), ended) == slow.strength_targets(
        slow.rsis(closes, n), [(low, high)] * len(closes), leave=leave, both=both, ended=ended
    )


def test_strength_waits_until_it_is_told_to() -> None:
    """Two changes give a value at the third bar; it was told to wait for the fifth."""
    state = StrengthFade(n=2, low=30.0, high=70.0, exit=50.0, short=0, ready=5)

    assert said(rsi_reversion, state, flat([9, 8, 7, 6, 5, 4])) == [None] * 4 + [1, None]


def test_levels_that_overlap_change_nothing() -> None:
    """A low level above the exit: it would leave and enter the same side, bar after bar."""
    state = StrengthFade(n=2, low=90.0, high=95.0, exit=50.0, short=0, ready=3)

    assert (
        said(rsi_reversion, state, flat([10, 12, 11, 12, 11, 12])) == [None, None, 1] + [None] * 3
    )


@pytest.mark.parametrize(
    ("values", "window", "low", "high", "last"),
    [
        ([5.0, 1.0, 3.0, 2.0, 4.0, 9.0], 5, "0.2", "0.8", (1.0, 4.0)),
        ([5.0, 1.0, 3.0, 2.0, 4.0, 9.0], 5, "0.21", "1", (2.0, 5.0)),
        ([5.0, 1.0, 3.0, 2.0, 4.0, 9.0], 3, "0.001", "0.5", (2.0, 3.0)),
        ([5.0, 1.0, 9.0], 3, "0.5", "0.6", None),
    ],
)
def test_quantiles_worked_by_hand(
    values: list[float], window: int, low: str, high: str, last: tuple[float, float] | None
) -> None:
    """The slow ones; the last value is not among those that it is judged by."""
    assert slow.quantile_levels(values, window, Fraction(low), Fraction(high))[-1] == last


# -- on the session's mean price ------------------------------------------------------------------

TRADED = st.lists(
    st.tuples(st.integers(90, 110), st.integers(0, 3), st.sampled_from([0, 5, 10, 30])),
    min_size=1,
    max_size=60,
)
RULES = st.builds(
    partial,
    st.just(SessionFade),
    entry_bps=st.sampled_from([0.0, 40.0, 200.0]),
    n=st.integers(1, 4),
    volume_ratio=st.sampled_from([0.8, 1.5]),
    short=st.integers(0, 1),
    flat_at_close=st.integers(0, 1),
)


def announced(state: SessionFade, length: int) -> Callable[[int], None]:
    """Sessions of so many bars without a pause between them, each announced at its opening.

    At that instant the last bar of the session before has yet to be told.
    """

    def announce(row: int) -> None:
        for opens in (0, 1) if row == 0 else (row + 1,):
            if opens % length == 0:
                end = opens + length
                announced_session(state, opens * slow.MINUTE, end * slow.MINUTE)

    return announce


def session_looks(
    bars: Sequence[BarClosed], state: SessionFade, length: int
) -> list[slow.Looks | None]:
    """What the rule sees at each bar, from the whole session up to it."""
    volumes = slow.smas([bar.lots for bar in bars], state.n)
    out: list[slow.Looks | None] = []
    for row, bar in enumerate(bars):
        begin = row - row % length
        price = slow.vwaps(bars[begin : row + 1])[-1]
        mean = volumes[row]
        quiet = mean is not None and bar.lots <= state.volume_ratio * mean
        ends = state.flat_at_close == 1 and row % length == length - 2
        d = 0.0 if price is None else (float(bar.close_ticks) - price) / price * 10000.0
        enters = price is not None and quiet and not ends
        out.append(
            slow.Looks(
                long_leaves=ends or (price is not None and d >= 0),
                short_leaves=ends or (price is not None and d <= 0),
                below=enters and d < -state.entry_bps,
                above=enters and state.short == 1 and d > state.entry_bps,
            )
        )
    return out


@settings(max_examples=300)
@given(TRADED, st.integers(1, 9), RULES, ENDED)
def test_the_session_fade_equals_its_sentences(
    traded: list[tuple[int, int, int]],
    length: int,
    rule: Callable[[], SessionFade],
    ended: list[int],
) -> None:
    bars = [
        slow.bar(close, high=close + top, lots=lots, row=row)
        for row, (close, top, lots) in enumerate(traded)
    ]
    state = rule()

    assert said(vwap_fade, state, bars, ended, announced(state, length)) == slow.fade_targets(
        session_looks(bars, state, length), ended=ended
    )
    assert (state.close, state.lots) == (bars[-1].close_ticks, bars[-1].lots)


def session(**told: Any) -> SessionFade:
    """A state that enters ten basis points away, in any volume."""
    usual = {"entry_bps": 10.0, "n": 1, "volume_ratio": 1.0, "short": 1, "flat_at_close": 1}
    return SessionFade(**{**usual, **told})


def test_a_session_fade_worked_by_hand() -> None:
    """1000, then 997 by a mean of 998.5: 15 bp below; 999 and 996 come to the mean, 998."""
    state = session(short=0)

    assert said(vwap_fade, state, flat([1000, 997, 999, 1000])) == [None, 1, 0, None]
    assert (state.vwap, round(state.distance_bps, 6)) == (999.0, 10.01001)


def test_before_any_session_is_told_there_is_one_without_an_end() -> None:
    state = session()
    said(vwap_fade, state, [slow.bar(100, row=row) for row in range(9)])

    assert (state.volume, state.closing) == (90, 0)


@pytest.mark.parametrize(
    ("close_after", "closing"),
    [(0, 0), (1, 1), (slow.MINUTE, 1), (slow.MINUTE + 1, 0), (-1, 0)],
)
def test_the_bar_before_the_last_opening(close_after: int, closing: int) -> None:
    """The next bar would be the last of the session, or a shorter one."""
    state = session()
    announced_session(state, 0, 2 * slow.MINUTE + close_after)
    said(vwap_fade, state, [slow.bar(100, row=0), slow.bar(100, row=1)])

    assert state.closing == closing


def test_a_session_that_has_begun_does_not_begin_again() -> None:
    """Told twice, and the second time after a bar of it."""
    state = session()
    announced_session(state, 0, 9 * slow.MINUTE)
    said(vwap_fade, state, [slow.bar(100, row=0)])
    announced_session(state, 0, 9 * slow.MINUTE)
    said(vwap_fade, state, [slow.bar(100, row=1)])

    assert (state.volume, state.session_close) == (20, 9 * slow.MINUTE)


# -- splits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("ratio", [(2, 1), (1, 4)])
@given(TRADED, st.integers(0, 60), ENDED)
def test_a_fade_goes_on_over_a_split_as_if_it_had_always_been(
    ratio: tuple[int, int], traded: list[tuple[int, int, int]], at: int, ended: list[int]
) -> None:
    """Ratios of powers of two, so that floats are carried without rounding too."""
    new, old = ratio

    def bars(rows: range, price: int, volume: int) -> list[BarClosed]:
        shaped = [(row, *traded[row]) for row in rows if row < len(traded)]
        return [
            slow.bar(price * close, high=price * (close + top), lots=volume * lots, row=row)
            for row, close, top, lots in shaped
        ]

    for step, begin in (
        (bollinger_reversion, lambda: ScoreFade(n=3, entry=1.0, exit=0.0, short=1)),
        (naive_mean_reversion, lambda: ScoreFade(n=3, entry=1.0, exit=0.0, short=1)),
        (
            rsi_reversion,
            lambda: StrengthFade(n=2, low=30.0, high=70.0, exit=50.0, short=1, ready=3),
        ),
        (vwap_fade, session),
    ):
        split, adjusted = begin(), begin()
        later = [row - at for row in ended if row >= at]
        first = said(step, split, bars(range(at), new, old), ended)
        split.carry(old, new)
        rest = said(step, split, bars(range(at, 99), old, new), later)
        whole = said(step, adjusted, bars(range(at), old, new), ended)
        whole += said(step, adjusted, bars(range(at, 99), old, new), later)

        assert first + rest == whole
