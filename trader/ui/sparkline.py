"""A curve in one line of text, in eighths of a character's height."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

BLOCKS: Final = "▁▂▃▄▅▆▇█"


def sparkline(
    values: Sequence[float],
    width: int,
    choose: Callable[[Sequence[float]], float] = lambda bucket: bucket[-1],
) -> str:
    """The values as at most `width` characters; `choose` picks the one that stands for several.

    >>> sparkline([1, 2, 3, 4], 4), sparkline([5, 5], 4), sparkline([], 4)
    ('▁▃▆█', '▁▁', '')
    """
    picked = [choose(bucket) for bucket in _buckets(values, width)]
    low = min(picked, default=0.0)
    span = max(picked, default=0.0) - low
    top = len(BLOCKS) - 1
    return "".join(BLOCKS[round((value - low) / span * top) if span else 0] for value in picked)


def _buckets(values: Sequence[float], width: int) -> list[Sequence[float]]:
    """The values cut into `width` parts of almost equal length, fewer if there are fewer values."""
    count = min(width, len(values))
    edges = [len(values) * k // count for k in range(count + 1)] if count else []
    return [values[start:stop] for start, stop in pairwise(edges)]
