"""A storm of kills: each seed is a venue, six kills of the daemon there, and the judgement."""

from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from traceback import format_exception
from typing import Final

import anyio

from tests.crash.daemon import STARTING, TRADING
from tests.crash.kills import kill_again_and_again
from tests.crash.running import Nursery
from tests.crash.scene import CODES
from tests.crash.under_way import KINDS
from tests.storm.trial import Verdict

PAIRS: Final = 3
SEED_S_MAX: Final = 120.0
SEEDS_ENOUGH: Final = 80
EXPECTED: Final = frozenset(
    {
        *(f"killed at {point}, {kind}" for point in (*STARTING, *TRADING) for kind in KINDS),
        *(f"denied: {code}" for code in CODES),
    }
)


def killed(seed: int) -> Verdict:
    """What became of one seed."""
    with TemporaryDirectory() as folder:
        try:
            return anyio.run(_killed, Path(folder), seed)
        except Exception as error:  # noqa: BLE001 - whatever it is, the storm tells the seed
            return Verdict(tuple("".join(format_exception(error)).splitlines()[-12:]))


async def _killed(folder: Path, seed: int) -> Verdict:
    with anyio.fail_after(SEED_S_MAX):
        toll = await kill_again_and_again(folder, _nursery(), seed, PAIRS)
    met = Counter({f"killed at {cell}": times for cell, times in toll.cells.items()})
    met.update({f"denied: {code}": times for code, times in toll.denied.items()})
    met["kills"] = toll.kills
    met["fills"] = toll.fills
    return Verdict((), met)


@cache
def _nursery() -> Nursery:
    """One for all seeds of this process; it ends with it."""
    return Nursery()
