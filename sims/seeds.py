"""The one source of chance: streams named for their user, all from the run's seed.

A stream's draws depend on the seed and its own name alone, so a new user of chance changes no
other's numbers.
"""

from hashlib import blake2b
from random import Random


def stream(seed: int, name: str) -> Random:
    """The stream of this name; the same seed and name give the same draws everywhere.

    >>> stream(7, "latency").random() == stream(7, "latency").random()
    True
    """
    digest = blake2b(f"{seed}/{name}".encode(), digest_size=16).digest()
    return Random(int.from_bytes(digest, "little"))
