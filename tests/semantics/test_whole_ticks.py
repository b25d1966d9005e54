"""Whole runs on quotes, prints and books: the core against the calculator, to the unit."""

from collections import Counter
from typing import Final

from tests.semantics.tick_coverage import EXPECTED_ON_TICKS
from tests.semantics.trying import tried_on_ticks

RARE: Final = (21_387,)
"""A seed that meets what is seldom: a stop sent again that trails behind one sent before it."""
SEEDS: Final = (*range(400), *RARE)


def test_generated_runs_on_ticks_agree_and_reach_everything() -> None:
    """Any seed is tried again by `scripts/storm ticks --seed SEED --seeds 1`."""
    met: Counter[str] = Counter()
    faults: dict[int, tuple[str, ...]] = {}
    for seed in SEEDS:
        verdict = tried_on_ticks(seed)
        if verdict.faults:
            faults[seed] = verdict.faults
        met += verdict.met

    assert faults == {}
    assert sorted(EXPECTED_ON_TICKS - met.keys()) == []
