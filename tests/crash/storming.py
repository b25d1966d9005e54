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
from tests.crash.lives import Toll
from tests.crash.paper_kills import kill_on_paper, market
from tests.crash.running import Nursery
from tests.crash.scene import CODES
from tests.crash.under_way import KINDS, REPLACE
from tests.storm.trial import Verdict

PAIRS: Final = 3
SEED_S_MAX: Final = 120.0
SEEDS_ENOUGH: Final = 80
CELLS: Final = frozenset(
    f"killed at {point}, {kind}" for point in (*STARTING, *TRADING) for kind in KINDS
)
EXPECTED: Final = frozenset(
    {
        *CELLS,
        *(f"denied: {code}" for code in CODES),
    }
)
ON_PAPER: Final = frozenset(
    {cell for cell in CELLS if not cell.endswith(REPLACE)}
    | {f"denied: {code}" for code in ("lots_exceed_max", "position_exceeds_max")}
)
"""On paper every change is answered at once, so none is ever under way."""


def killed(seed: int) -> Verdict:
    """What became of one seed."""
    with TemporaryDirectory() as folder:
        try:
            return anyio.run(_killed, Path(folder), seed)
        except Exception as error:  # noqa: BLE001 - whatever it is, the storm tells the seed
            return Verdict(tuple("".join(format_exception(error)).splitlines()[-12:]))


def killed_on_paper(seed: int) -> Verdict:
    """What became of one seed whose venue died with the daemon."""
    with TemporaryDirectory() as folder:
        try:
            return anyio.run(_killed_on_paper, Path(folder), seed)
        except Exception as error:  # noqa: BLE001 - as above
            return Verdict(tuple("".join(format_exception(error)).splitlines()[-12:]))


async def _killed(folder: Path, seed: int) -> Verdict:
    with anyio.fail_after(SEED_S_MAX):
        return _told(await kill_again_and_again(folder, _nursery(), seed, PAIRS))


async def _killed_on_paper(folder: Path, seed: int) -> Verdict:
    with anyio.fail_after(SEED_S_MAX), market() as where:
        return _told(await kill_on_paper(folder, _nursery(), where, seed, PAIRS))


def _told(toll: Toll) -> Verdict:
    met = Counter({f"killed at {cell}": times for cell, times in toll.cells.items()})
    met.update({f"denied: {code}": times for code, times in toll.denied.items()})
    met["kills"] = toll.kills
    met["fills"] = toll.fills
    return Verdict((), met)


@cache
def _nursery() -> Nursery:
    """One for all seeds of this process; it ends with it."""
    return Nursery()
