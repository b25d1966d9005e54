"""A storm of kills: each seed is a venue, five kills of the daemon there, and the judgement."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from traceback import format_exception

import anyio

from tests.crash.daemon import POINTS
from tests.crash.kills import kill_again_and_again
from tests.storm.trial import Verdict

KILLS = 5
SEED_S_MAX = 120.0
EXPECTED = frozenset(f"killed at {point}" for point in POINTS)


def killed(seed: int) -> Verdict:
    """What became of one seed."""
    with TemporaryDirectory() as folder:
        try:
            return anyio.run(_killed, Path(folder), seed)
        except Exception as error:  # noqa: BLE001 - whatever it is, the storm tells the seed
            return Verdict(tuple("".join(format_exception(error)).splitlines()[-12:]))


async def _killed(folder: Path, seed: int) -> Verdict:
    with anyio.fail_after(SEED_S_MAX):
        toll = await kill_again_and_again(folder, seed, KILLS)
    met = Counter({f"killed at {point}": times for point, times in toll.points.items()})
    met["kills"] = KILLS
    met["fills"] = toll.fills
    return Verdict((), met)
