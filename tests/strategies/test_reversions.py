"""The reversions as strategies: their reasons, and what an exit does to them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernels import slow
from tests.strategies.making import answers, ask, bundled, reasons, signs
from trader.strategies.strategy import Side, Strategy

CLOSES = st.lists(st.integers(96, 104), min_size=1, max_size=80)
ENDED = st.lists(st.integers(0, 79), max_size=25)
N = st.integers(2, 8)

# Five bars, then a fall: the last close is exactly two deviations below the mean of five.
FALL = [100, 100, 100, 100, 90]
KINDS = ["bollinger_reversion", "naive_mean_reversion"]


def low_band(kind: str, **params: object) -> Strategy:
    """Enters 1.9 deviations from the mean of five."""
    return bundled(kind, n=5, entry="1.9", **params)


@given(CLOSES, N, st.booleans(), ENDED)
def test_bollinger_equals_its_sentences_whatever_exits_do(
    closes: list[int], n: int, both: bool, ended: list[int]
) -> None:
    fade = bundled(
        "bollinger_reversion",
        n=n,
        entry=Decimal(1),
        exit=Decimal("0.25"),
        direction="both" if both else "long",
    )

    assert signs(answers(fade, closes, ended=ended)) == slow.band_targets(
        slow.z_scores(closes, n), entry=1.0, leave=0.25, both=both, ended=ended
    )


@given(CLOSES, N, ENDED)
def test_the_naive_reversion_equals_its_sentences_whatever_exits_do(
    closes: list[int], n: int, ended: list[int]
) -> None:
    naive = bundled("naive_mean_reversion", n=n, entry=Decimal(1))

    assert signs(answers(naive, closes, ended=ended)) == slow.naive_targets(
        slow.z_scores(closes, n), entry=1.0, ended=ended
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_says_why(kind: str) -> None:
    """Below the band, back at the mean, above it, back again."""
    params = {"direction": "both"} if kind == "bollinger_reversion" else {}
    said = answers(low_band(kind, **params), [*FALL, 101, 100, 100, 100, 100, 100, 110, 100])

    assert signs(said) == [*[None] * 4, 1, 0, *[None] * 5, -1, 0]
    assert reasons(said) == ["below_band", "reverted", "above_band", "reverted"]


@given(CLOSES, N, ENDED)
def test_mirrored_prices_give_mirrored_answers(closes: list[int], n: int, ended: list[int]) -> None:
    """Short is long upside down, in the rule and in what an exit blocks."""
    for kind in KINDS:
        params = {"direction": "both"} if kind == "bollinger_reversion" else {}
        one, other = (bundled(kind, n=n, entry=1, **params) for _ in range(2))
        said = signs(answers(one, closes, ended=ended))
        mirrored = signs(answers(other, [200 - close for close in closes], ended=ended))

        assert mirrored == [None if sign is None else -sign for sign in said]


@given(CLOSES, N)
def test_long_only_is_never_short(closes: list[int], n: int) -> None:
    said = signs(answers(bundled("bollinger_reversion", n=n, entry=1), closes))

    assert -1 not in said


@pytest.mark.parametrize("kind", KINDS)
def test_the_band_itself_is_not_beyond_it(kind: str) -> None:
    assert signs(answers(bundled(kind, n=5, entry=2), FALL)) == [None] * 5


@pytest.mark.parametrize("kind", KINDS)
def test_a_withheld_entry_is_tried_again_at_once(kind: str) -> None:
    """It was never there, so nothing has to be false first."""
    fade = low_band(kind)
    assert signs(answers(fade, FALL)) == [None, None, None, None, 1]
    fade.on_flat(exited=False)

    assert ask(fade, slow.bar(50)) == Side(1, "below_band")


@pytest.mark.parametrize("kind", KINDS)
def test_a_stopped_entry_waits_until_its_condition_was_false(kind: str) -> None:
    """Far below all the while it is silent; after one bar inside the band it may fall again."""
    fade = low_band(kind)
    answers(fade, FALL)
    fade.on_flat(exited=True)

    assert ask(fade, slow.bar(50)) is None  # still beyond the band
    assert signs(answers(fade, [60, 60, 60, 60])) == [None] * 4  # inside it
    assert ask(fade, slow.bar(10)) == Side(1, "below_band")


@pytest.mark.parametrize("kind", KINDS)
def test_the_other_side_does_not_wait(kind: str) -> None:
    params = {"direction": "both"} if kind == "bollinger_reversion" else {}
    fade = low_band(kind, **params)
    answers(fade, FALL)
    fade.on_flat(exited=True)

    assert ask(fade, slow.bar(10_000)) == Side(-1, "above_band")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("exited", [True, False])
def test_being_told_what_it_knows_changes_nothing(kind: str, exited: bool) -> None:
    fade = low_band(kind)
    answers(fade, FALL[:4])
    fade.on_flat(exited=exited)

    assert ask(fade, slow.bar(FALL[4])) == Side(1, "below_band")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("n", "bars"), [(5, 100), (40, 120)])
def test_the_warm_up_is_three_windows(kind: str, n: int, bars: int) -> None:
    assert bundled(kind, n=n).warmup_bars == bars


@pytest.mark.parametrize("kind", KINDS)
def test_what_it_saw_stands_in_its_state(kind: str) -> None:
    fade = low_band(kind)
    answers(fade, FALL)

    assert {name: getattr(fade.state, name) for name in fade.inputs} == {"close": 90, "z": -2.0}
