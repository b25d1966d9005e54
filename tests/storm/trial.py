"""What a storm is made of: trials of seeds, each with its verdict."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from math import ceil


@dataclass(frozen=True)
class Verdict:
    """What became of one seed: nothing in `faults` is well; `met` counts the cells it reached."""

    faults: tuple[str, ...] = ()
    met: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Storm:
    """One kind of storm.

    `trial` judges a seed and must be a function that another process can import. `expected` are
    the cells that `seeds_enough` seeds together must reach, or the storm fails. Where a trial goes
    on for as long as it is told, it does so for `seconds` unless told, and `for_long` tells it.
    """

    about: str
    trial: Callable[[int], Verdict]
    expected: frozenset[str] = frozenset()
    seeds_enough: int = 0
    seconds: float = 0.0
    for_long: Callable[[int, float], Verdict] | None = None

    def lasting(self, seconds: float) -> "Storm":
        """The same storm with trials of this length; a ValueError if it has none, or for none."""
        if self.for_long is None:
            raise ValueError("a trial of it lasts as long as it lasts")
        if seconds <= 0:
            raise ValueError(f"a trial takes longer than {seconds} s")
        enough = ceil(self.seeds_enough * self.seconds / seconds)
        return replace(
            self, trial=partial(_for, self.for_long, seconds), seeds_enough=enough, seconds=seconds
        )


def _for(trial: Callable[[int, float], Verdict], seconds: float, seed: int) -> Verdict:
    return trial(seed, seconds)
