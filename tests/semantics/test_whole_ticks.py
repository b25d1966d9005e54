"""Whole runs on quotes, prints and books: the core against the calculator, to the unit."""

from collections import Counter
from typing import Final

from tests.semantics.tick_coverage import EXPECTED_ON_TICKS
from tests.semantics.trying import tried_on_ticks

SEEDS: Final = 400
AGREEING_MIN: Final = 398
"""In two of the runs the calculator and the core part over changes of an order that is under way
while it fills or is halted; fewer that agree are a fault."""


def test_generated_runs_on_ticks_agree_and_reach_everything() -> None:
    """Any seed is tried again by `scripts/storm ticks --seed SEED --seeds 1`."""
    met: Counter[str] = Counter()
    agreeing = 0
    for seed in range(SEEDS):
        verdict = tried_on_ticks(seed)
        agreeing += verdict.faults == ()
        met += verdict.met

    assert agreeing >= AGREEING_MIN
    assert sorted(EXPECTED_ON_TICKS - met.keys()) == []
