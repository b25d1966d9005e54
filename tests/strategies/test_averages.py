"""The EMA cross with its direction and its trend filter, against rules over whole lists."""

from fractions import Fraction
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernels import slow
from tests.strategies.making import answers, ask, bundled, reasons, signs
from trader.strategies.explaining import Condition
from trader.strategies.strategy import Answer, Side

CLOSES = st.one_of(
    st.lists(st.integers(96, 104), min_size=1, max_size=80),
    st.lists(st.integers(1, 10**9), min_size=1, max_size=80),
)
DIRECTIONS = st.sampled_from(["long", "both"])

FALLS_AND_RISES = [10, 10, 12, 12, 6, 6, 20]


def sentences(
    closes: list[int], direction: str, trend: int | None, fast: int = 2, slow_n: int = 5
) -> list[Answer]:
    """The rule as it is told: a cross sets a target, a cross against the trend only flattens."""
    ready = max(slow_n, trend or 0)
    out: list[Answer] = []
    for row, crossed in enumerate(slow.crossings(closes, fast, slow_n, ready=ready)):
        if crossed is None:
            out.append(None)
            continue
        against = False
        if trend is not None:
            mean = Fraction(sum(closes[row + 1 - trend : row + 1]), trend)
            against = closes[row] <= mean if crossed > 0 else closes[row] >= mean
        if against:
            out.append(Side(0, "cross_against_trend", withheld=True))
        elif crossed > 0:
            out.append(Side(1, "cross_up"))
        else:
            out.append(Side(0 if direction == "long" else -1, "cross_down"))
    return out


@given(CLOSES, DIRECTIONS, st.none() | st.integers(1, 30))
def test_answers_equal_the_sentences(
    closes: list[int], direction: Literal["long", "both"], trend: int | None
) -> None:
    cross = bundled("ema_cross", fast=2, slow=5, direction=direction, trend=trend)

    assert answers(cross, closes) == sentences(closes, direction, trend)


@pytest.mark.parametrize(("direction", "down"), [("long", 0), ("both", -1)])
def test_down_is_flat_or_short(direction: str, down: int) -> None:
    cross = bundled("ema_cross", fast=1, slow=2, direction=direction)
    said = answers(cross, FALLS_AND_RISES)

    assert signs(said) == [None, None, 1, None, down, None, 1]
    assert reasons(said) == ["cross_up", "cross_down", "cross_up"]


@pytest.mark.parametrize(
    ("closes", "last"),
    [
        # Falling, then up: above the slow average of 15 2/3, still below the mean of four.
        ([30, 20, 10, 16], Side(0, "cross_against_trend", withheld=True)),
        ([30, 20, 10, 40], Side(1, "cross_up")),
        ([30, 20, 10, 20], Side(0, "cross_against_trend", withheld=True)),  # at the mean
    ],
)
def test_a_cross_up_needs_a_close_above_the_trend(closes: list[int], last: Side) -> None:
    """With 1 and 2 bars the averages cross as soon as the close rises."""
    cross = bundled("ema_cross", fast=1, slow=2, trend=4, direction="both")
    answers(cross, [40, *closes[:3]])

    assert ask(cross, slow.bar(closes[3])) == last


@pytest.mark.parametrize(
    ("close", "last"),
    [
        (24, Side(0, "cross_against_trend", withheld=True)),
        (20, Side(0, "cross_against_trend", withheld=True)),  # at the mean of 10, 20, 30 and 20
        (5, Side(-1, "cross_down")),
    ],
)
def test_a_cross_down_needs_a_close_below_the_trend(close: int, last: Side) -> None:
    cross = bundled("ema_cross", fast=1, slow=2, trend=4, direction="both")
    answers(cross, [5, 10, 20, 30])

    assert ask(cross, slow.bar(close)) == last


def test_a_filter_speaks_at_crosses_only() -> None:
    """The close falls through the trend while the averages stay crossed: nothing is said."""
    cross = bundled("ema_cross", fast=1, slow=2, trend=3, direction="both")
    said = answers(cross, [10, 10, 10, 20, 30, 40])

    assert signs(said) == [None, None, None, 1, None, None]


@pytest.mark.parametrize(
    ("params", "bars"),
    [
        ({"fast": 2, "slow": 5}, 100),
        ({"fast": 12, "slow": 34}, 102),
        ({"fast": 12, "slow": 26, "trend": 200}, 600),
    ],
)
def test_the_warm_up_lets_the_seed_fade(params: dict[str, int], bars: int) -> None:
    assert bundled("ema_cross", **params).warmup_bars == bars


def test_an_exit_leaves_it_waiting_for_the_next_cross() -> None:
    """It tells crosses, not sides: nothing has to be armed again."""
    closes = [*FALLS_AND_RISES, 4, 30]
    exited = bundled("ema_cross", fast=1, slow=2)

    assert answers(exited, closes, ended=[2, 6]) == answers(
        bundled("ema_cross", fast=1, slow=2), closes
    )


@given(CLOSES)
def test_the_step_alone_and_the_bar_give_the_same_answers(closes: list[int]) -> None:
    """Without a trend the step is the whole rule; with one there is more to do on each bar."""
    one, other = (bundled("ema_cross", fast=2, slow=5) for _ in range(2))

    assert one.kernel is not None
    assert [other.on_bar(slow.bar(close)) for close in closes] == answers(one, closes)
    assert one.state == other.state
    assert bundled("ema_cross", fast=2, slow=5, trend=3).kernel is None


def test_what_it_saw_stands_in_its_state() -> None:
    cross = bundled("ema_cross", fast=1, slow=2)
    answers(cross, [10, 16])

    assert {name: getattr(cross.state, name) for name in cross.inputs} == {
        "close": 16,
        "fast_ema": 16.0,
        "slow_ema": 13.0,
    }


def test_it_tells_whether_it_crossed() -> None:
    """One bar and two: the slow average goes two thirds of the way to each close."""
    cross = bundled("ema_cross", fast=1, slow=2)
    answers(cross, [10])
    assert cross.explain() == (Condition("ready", "1 bars", "2 bars", holds=False),)

    answers(cross, [13])
    assert cross.explain()[1:] == (
        Condition("cross", "fast 13 above slow 11.5", "a cross at this bar, 2", holds=False),
    )

    answers(cross, [4])
    assert cross.explain()[1:] == (
        Condition(
            "cross", "fast 4 not above slow 6.5 since bar 3", "a cross at this bar, 3", holds=True
        ),
    )

    answers(cross, [4])
    assert not cross.explain()[1].holds


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (16, Condition("trend", "close 16 by a mean of 19", "a close above it", holds=False)),
        (40, Condition("trend", "close 40 by a mean of 25", "a close above it", holds=True)),
        (5, Condition("trend", "close 5 by a mean of 16.25", "a close below it", holds=True)),
        (10, Condition("trend", "close 10 by a mean of 17.5", "a close below it", holds=True)),
    ],
)
def test_it_tells_on_which_side_of_the_trend_it_closed(last: int, told: Condition) -> None:
    cross = bundled("ema_cross", fast=1, slow=2, trend=4)
    answers(cross, [40, 30, 20, 10, last])

    assert cross.explain()[2] == told


def test_a_split_makes_the_trends_sum_anew() -> None:
    """Of closes that were rounded one by one: 3, 5 and 6 become 2, 2 and 3."""
    cross = bundled("ema_cross", fast=1, slow=2, trend=3)
    answers(cross, [3, 5, 6])
    cross.on_split(2, 1)

    assert (sorted(cross.state.ring), cross.state.total) == ([2, 2, 3], 7)
    assert (cross.state.close, cross.state.fast_ema) == (3, 3.0)
