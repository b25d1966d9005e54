"""Kills of one daemon at a venue in this process, and the judgement at the end.

Its prices wander meanwhile, so that stops and limits that rest there are reached whether a daemon
is there to hear of it or not.
"""

from pathlib import Path
from typing import Final

import anyio

from sims.seeds import stream
from sims.servers.binance.engine import Engine
from tests.crash.judge import judge_books, judge_end
from tests.crash.lives import Chance, Lives, Toll
from tests.crash.running import Nursery
from tests.crash.scene import BOUNDS, scene_of
from tests.crash.stage import staged
from tests.crash.witness import Witness, is_too_fast

MID: Final = 105_236
BAND: Final = 220
STREET_S: Final = 0.02


class Street:
    """Moves the prices to and fro until they are to stand."""

    def __init__(self, engine: Engine, chance: Chance) -> None:
        self._engine: Final = engine
        self._chance: Final = chance
        self._stands = False

    def stand(self) -> None:
        """From now on no price moves."""
        self._stands = True

    async def wander(self, witness: Witness) -> None:
        """Goes on until it stands; the witness looks each time."""
        while not self._stands:
            for symbol in self._engine.markets:
                ticks = MID + self._chance(2 * BAND + 1) - BAND
                self._engine.mark(symbol, f"{ticks // 100_000}.{ticks % 100_000:05}")
            witness.look()
            await anyio.sleep(STREET_S)


async def kill_again_and_again(folder: Path, nursery: Nursery, seed: int, pairs: int) -> Toll:
    """So many kills at work and on the way back, then a life until an orderly end."""
    chance = stream(seed, "kills").randrange
    bounds = BOUNDS[seed % len(BOUNDS)]
    async with staged(folder, scene=scene_of(bounds)) as stage, anyio.create_task_group() as tasks:
        stage.nursery = nursery
        witness = Witness(stage.engine, bounds, lambda: len(stage.venue.received))
        street = Street(stage.engine, chance)
        lives = Lives(stage.daemon, chance, witness.answers)
        tasks.start_soon(street.wander, witness)
        for at in range(seed * pairs, seed * pairs + pairs):
            await lives.be_killed_twice(at)
        await lives.live_on(street.stand)
        told = await judge_end(stage)
        await judge_books(stage)
        assert not witness.beyond, witness.beyond
        assert not is_too_fast(told.approved_at, bounds.orders), "orders were approved too fast"
    lives.toll.fills = witness.fills
    return lives.toll
