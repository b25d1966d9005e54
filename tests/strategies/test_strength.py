"""RSI reversion with its reasons, and with levels that follow the market."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernels import slow
from tests.strategies.making import answers, ask, bundled, reasons, signs
from trader.strategies.strength import nearest_rank

CLOSES = st.lists(st.integers(96, 104), min_size=1, max_size=80)
ENDED = st.lists(st.integers(0, 79), max_size=25)
QUANTILES = st.sampled_from(
    [("0.1", "0.9"), ("0.333333333", "0.5"), ("0.5", "1"), ("0.000000001", "0.2")]
)


def test_every_answer_says_why() -> None:
    """Two falls, a rise back, two rises, a fall back."""
    fade = bundled("rsi_reversion", n=2, low=20, high=80, direction="both")
    said = answers(fade, [10, 9, 8, 11, 12, 8])

    assert signs(said) == [None, None, 1, 0, -1, 0]
    assert reasons(said) == ["rsi_low", "reverted", "rsi_high", "reverted"]


def test_long_only_is_never_short() -> None:
    assert signs(answers(bundled("rsi_reversion", n=2), [10, 11, 12, 13])) == [None] * 4


@pytest.mark.parametrize(("low", "said"), [(50, None), ("50.000000001", 1)])
def test_the_level_itself_is_not_below_it(low: object, said: int | None) -> None:
    """As far up as down is exactly 50."""
    fade = bundled("rsi_reversion", n=2, low=low, exit=60)

    assert signs(answers(fade, [10, 11, 10]))[-1] == said


@settings(max_examples=200)
@given(CLOSES, st.integers(2, 5), st.integers(2, 9), QUANTILES, st.booleans(), ENDED)
def test_adaptive_levels_equal_the_sorted_values_before(
    closes: list[int],
    n: int,
    window: int,
    quantiles: tuple[str, str],
    both: bool,
    ended: list[int],
) -> None:
    low, high = quantiles
    fade = bundled(
        "rsi_reversion",
        n=n,
        direction="both" if both else "long",
        adaptive={"window": window, "low_quantile": low, "high_quantile": high},
    )
    values = slow.rsis(closes, n)
    levels = slow.quantile_levels(values, window, Fraction(low), Fraction(high))

    assert signs(answers(fade, closes, ended=ended)) == slow.strength_targets(
        values, levels, leave=50.0, both=both, ended=ended
    )
    if levels[-1] is not None:
        assert (fade.state.low, fade.state.high) == levels[-1]


def test_a_value_is_not_judged_by_itself() -> None:
    """Ever lower strength: each value is below all that came before, so below any level of them.

    Three values make a window, with them the seventh bar is the first that is judged.
    """
    fade = bundled("rsi_reversion", n=2, adaptive={"window": 3, "high_quantile": 1})
    said = answers(fade, [100, 110, 109, 107, 103, 95, 80])

    assert signs(said) == [None] * 5 + [1, None]


def test_the_window_is_kept_in_order() -> None:
    """Twice: as the values came, in a ring, and sorted."""
    fade = bundled("rsi_reversion", n=2, adaptive={"window": 3})
    values = []
    for close in (10, 12, 11, 15, 14, 18, 16, 17):
        ask(fade, slow.bar(close))
        values.append(fade.state.rsi)

    assert sorted(fade.state.seen) == fade.state.ranked == sorted(values[-4:-1])


@pytest.mark.parametrize(
    ("quantile", "count", "index"),
    [
        ("0.1", 10, 0),
        ("0.100000001", 10, 1),
        ("0.5", 5, 2),
        ("0.5", 4, 1),
        ("1", 4, 3),
        ("0.000000001", 4, 0),
        ("0.9", 100, 89),
    ],
)
def test_ranks_worked_by_hand(quantile: str, count: int, index: int) -> None:
    """Rank ceil(quantile x count), counted from 1; no float comes near it."""
    assert nearest_rank(Decimal(quantile), count) == index


@pytest.mark.parametrize(
    ("params", "bars"),
    [({"n": 14}, 100), ({"n": 40}, 120), ({"n": 14, "adaptive": {"window": 200}}, 242)],
)
def test_the_warm_up_is_three_averages_and_the_window(params: dict[str, int], bars: int) -> None:
    assert bundled("rsi_reversion", **params).warmup_bars == bars


def test_the_step_is_the_whole_rule_unless_levels_adapt() -> None:
    assert bundled("rsi_reversion").short_way is not None
    assert bundled("rsi_reversion", adaptive={"window": 5}).short_way is None


def test_a_withheld_entry_is_tried_again_at_once() -> None:
    fade = bundled("rsi_reversion", n=2)
    answers(fade, [10, 9, 8])
    fade.on_flat(exited=False)

    assert signs(answers(fade, [7])) == [1]


def test_a_stopped_entry_waits_until_its_condition_was_false() -> None:
    """Falling on it is silent; after one bar above the level it may fall again."""
    fade = bundled("rsi_reversion", n=2)
    answers(fade, [10, 9, 8])
    fade.on_flat(exited=True)

    assert signs(answers(fade, [7, 6, 9, 5, 4])) == [None, None, None, 1, None]


def test_what_it_saw_stands_in_its_state() -> None:
    fade = bundled("rsi_reversion", n=2)
    answers(fade, [10, 13, 12])

    assert {name: getattr(fade.state, name) for name in fade.inputs} == {
        "close": 12,
        "rsi": 75.0,
        "low": 30.0,
        "high": 70.0,
    }
