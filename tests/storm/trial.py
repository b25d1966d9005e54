"""What a storm is made of: trials of seeds, each with its verdict."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Verdict:
    """What became of one seed: nothing in `faults` is well; `met` counts the cells it reached."""

    faults: tuple[str, ...] = ()
    met: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Storm:
    """One kind of storm.

    `trial` judges a seed and must be a function that another process can import. `expected` are
    the cells that `seeds_enough` seeds together must reach, or the storm fails.
    """

    about: str
    trial: Callable[[int], Verdict]
    expected: frozenset[str] = frozenset()
    seeds_enough: int = 0
