"""Twenty kills, each somewhere else, of a daemon whose entries rest with their stops and limits."""

from pathlib import Path

import anyio
import pytest

from tests.crash.daemon import POINTS
from tests.crash.kills import kill_again_and_again

pytestmark = pytest.mark.anyio

KILLS = 5
SEEDS = range(4)


@pytest.mark.parametrize("seed", SEEDS)
async def test_killed_anywhere_nothing_is_sent_twice_and_nothing_is_lost(
    tmp_path: Path, seed: int
) -> None:
    with anyio.fail_after(90):
        toll = await kill_again_and_again(tmp_path, seed, KILLS)

    assert toll.points.total() == KILLS
    assert toll.fills > 0


def test_every_point_has_its_turn() -> None:
    assert KILLS * len(SEEDS) >= len(POINTS)
