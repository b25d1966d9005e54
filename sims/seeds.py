"""The one source of chance: streams named for their user, all from the run's seed.

A stream's draws depend on the seed and its own name alone, so a new user of chance changes no
other's numbers.
"""

from hashlib import blake2b
from random import Random
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Int64s: TypeAlias = npt.NDArray[np.int64]


def stream(seed: int, name: str) -> Random:
    """The stream of this name; the same seed and name give the same draws everywhere.

    >>> stream(7, "latency").random() == stream(7, "latency").random()
    True
    """
    return Random(_start(seed, name))


class Numbers:
    """A stream of whole numbers, many at a time; the same everywhere, for nothing in it is a float.

    They come from the generator's raw bits, which no later version of the library will change.
    """

    def __init__(self, seed: int, name: str) -> None:
        self._bits = np.random.PCG64(_start(seed, name))

    def below(self, bound: int, count: int) -> Int64s:
        """So many numbers from 0 up to, but not including, `bound`, which is at most 2^31."""
        assert 0 < bound <= 1 << 31, bound
        raw = self._bits.random_raw(count).astype(np.uint64) >> np.uint64(33)
        scaled: Int64s = (raw * np.uint64(bound) >> np.uint64(31)).astype(np.int64)
        return scaled

    def normal(self, count: int) -> Int64s:
        """So many numbers that are about normal, of mean 0 and deviation 65,536.

        Each is the sum of twelve that are equally likely, which lies within six deviations.
        """
        raw = self._bits.random_raw(3 * count).view(np.uint16).reshape(count, 12)
        summed: Int64s = raw.sum(axis=1, dtype=np.int64)
        return summed - 6 * 65_535


def _start(seed: int, name: str) -> int:
    return int.from_bytes(blake2b(f"{seed}/{name}".encode(), digest_size=16).digest(), "little")
