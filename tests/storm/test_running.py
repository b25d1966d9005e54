"""Storms of a few seeds, whose verdicts are known beforehand."""

from collections import Counter

import pytest

from tests.storm.running import Asked, run
from tests.storm.trial import Storm, Verdict


def even_or_odd(seed: int) -> Verdict:
    """Seed 7 is at fault."""
    faults = ("seven",) if seed == 7 else ()
    return Verdict(faults, Counter(["odd" if seed % 2 else "even"]))


def storm(*expected: str, enough: int = 0) -> Storm:
    return Storm("numbers", even_or_odd, frozenset(expected), enough)


def outcome(asked: Asked) -> tuple[int, str, str]:
    said: list[str] = []
    progress: list[str] = []
    ticks = iter(range(0, 1_000, 20))
    code = run(asked, say=said.append, progress=progress.append, clock=lambda: float(next(ticks)))
    return code, "".join(said), "".join(progress)


@pytest.mark.parametrize(
    ("asked", "code", "told"),
    [
        (Asked("n", storm("even", "odd"), 0, 6), 0, "6 seeds from 0 on, 0 failed"),
        (Asked("n", storm("even", "odd", "other"), 0, 6), 1, "never met: other"),
        (Asked("n", storm("other", enough=9), 0, 6), 0, "6 seeds from 0 on, 0 failed"),
        (Asked("n", storm(), 5, 9), 1, "scripts/storm n --seed 7 --seeds 1"),
        (Asked("n", storm("other"), 5, 9), 1, "3 seeds from 5 on, 1 failed"),
        (Asked("n", storm(), 5, 9, on=True), 1, "9 seeds from 5 on, 1 failed"),
        (
            Asked("n", storm("even", "odd"), 0, 200, jobs=2, on=True),
            1,
            "200 seeds from 0 on, 1 failed",
        ),
    ],
)
def test_a_storm_says_what_it_met_and_where_it_failed(asked: Asked, code: int, told: str) -> None:
    found, said, progress = outcome(asked) if asked.count < 50 else _without_clock(asked)

    assert found == code
    assert told in said
    assert "seeds" in progress or asked.count > 49


def _without_clock(asked: Asked) -> tuple[int, str, str]:
    said: list[str] = []
    return run(asked, say=said.append, progress=said.append, clock=lambda: 0.0), "".join(said), ""


def test_a_seed_that_fails_is_told_at_once() -> None:
    """A long storm may be ended before it has said what came of it."""
    _, _, progress = outcome(Asked("n", storm(), 5, 9, on=True))

    assert progress.count("seed 7 fails\n") == 1
    assert progress.index("seed 7 fails") < progress.rindex("of 9 seeds")


def for_long(seed: int, seconds: float) -> Verdict:
    """Seed 7 is at fault where it goes on for long enough."""
    return even_or_odd(seed) if seconds > 10 else Verdict((), Counter([f"{seconds:g} s"]))


def test_a_trial_goes_on_for_as_long_as_it_is_told() -> None:
    usual = Storm("numbers", even_or_odd, seeds_enough=8, seconds=15, for_long=for_long)

    short = usual.lasting(5)
    assert short.trial(7).met == Counter(["5 s"])
    assert (short.seeds_enough, usual.lasting(600).seeds_enough) == (24, 1)
    _, said, _ = outcome(Asked("n", usual.lasting(60), 7, 1, more=" --seconds 60"))
    assert "scripts/storm n --seed 7 --seeds 1 --seconds 60\n" in said


@pytest.mark.parametrize(
    "asked", [(storm(), 60.0), (Storm("n", even_or_odd, for_long=for_long), 0)]
)
def test_a_trial_without_a_length_cannot_be_told_one(asked: tuple[Storm, float]) -> None:
    kind, seconds = asked
    with pytest.raises(ValueError, match="trial"):
        kind.lasting(seconds)
