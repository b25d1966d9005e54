"""Two dozen kills, each somewhere else, of a daemon with lists, changes and protection at work."""

from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from tests.crash.daemon import STARTING, TRADING
from tests.crash.kills import kill_again_and_again
from tests.crash.lives import AIMS
from tests.crash.paper_kills import kill_on_paper, market
from tests.crash.running import Nursery
from tests.crash.under_way import KINDS

pytestmark = pytest.mark.anyio

PAIRS = 3
SEEDS = range(4)
APART = 7
"""So far apart are the seeds, that other kinds are under way in each of them."""


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.mark.parametrize("seed", [APART * seed for seed in SEEDS])
async def test_killed_anywhere_nothing_is_sent_twice_and_nothing_is_lost(
    tmp_path: Path, nursery: Nursery, seed: int
) -> None:
    with anyio.fail_after(90):
        toll = await kill_again_and_again(tmp_path, nursery, seed, PAIRS)

    assert toll.kills == 2 * PAIRS
    assert toll.fills > 0
    assert toll.denied.total() > 0


async def test_killed_on_paper_nothing_is_booked_twice_and_nothing_stays_bare(
    tmp_path: Path, nursery: Nursery
) -> None:
    with anyio.fail_after(90), market() as where:
        toll = await kill_on_paper(tmp_path, nursery, where, APART, 1)

    assert toll.kills == 2
    assert toll.fills > 0


def test_every_point_has_its_turn_while_anything_is_under_way() -> None:
    assert {f"{point} {kind}" for point in TRADING for kind in KINDS} < set(AIMS)
    met = {(at + at // len(AIMS)) % len(STARTING) for at in range(len(AIMS))}
    assert len(met) == len(STARTING)
