"""Lives of one daemon, each ended by a kill somewhere else, and the judgement at the end.

The venue lives in this process and its prices wander meanwhile, so that stops and limits that rest
there are reached whether a daemon is there to hear of it or not. Every second kill meets a daemon
at work, while something of a certain kind is under way; the one after it meets its successor on the
way back, with that still in the air.
"""

import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic  # noqa: TID251 - the venue's clock, not the core's
from typing import Final

import anyio

from sims.seeds import stream
from tests.crash.daemon import ENDING, STARTING, TRADING
from tests.crash.judge import judge_books, judge_end
from tests.crash.running import Line, Nursery, Running
from tests.crash.scene import BOUNDS, scene_of
from tests.crash.stage import Stage, staged
from tests.crash.under_way import KINDS, NOTHING
from tests.crash.witness import Witness, decided_ms, is_too_fast

Chance = Callable[[int], int]

KILLED: Final = -signal.SIGKILL
ANYWHERE: Final = "anywhere"
LIFE_S: Final = 2.0
SETTLE_S: Final = 20.0
MID: Final = 105_236
BAND: Final = 220
STREET_S: Final = 0.02
PASSES: Final = 3
"""A daemon at work dies at one of its first passes of this number."""
AIMS: Final = (
    *(f"{point} {kind}" for kind in KINDS for point in TRADING),
    *ENDING,
)
"""Where a daemon at work is killed, and while what is under way."""


@dataclass
class Toll:
    """What has happened: kills by point and what was under way, denials by code, fills."""

    kills: int = 0
    cells: Counter[str] = field(default_factory=Counter)
    denied: Counter[str] = field(default_factory=Counter)
    fills: int = 0
    naked_s_max: float = 0.0


class Lives:
    """One daemon's lives at one venue."""

    def __init__(self, stage: Stage, witness: Witness, chance: Chance) -> None:
        self.toll: Final = Toll()
        self.stands: Final = anyio.Event()
        self._stage: Final = stage
        self._witness: Final = witness
        self._chance: Final = chance
        self._under_way: list[str] = [NOTHING]

    async def wander(self) -> None:
        """Moves the prices to and fro until they are to stand."""
        while not self.stands.is_set():
            for symbol in self._stage.engine.markets:
                ticks = MID + self._chance(2 * BAND + 1) - BAND
                self._stage.engine.mark(symbol, f"{ticks // 100_000}.{ticks % 100_000:05}")
            self._witness.look()
            await anyio.sleep(STREET_S)

    async def be_killed(self, aim: str, count: int) -> None:
        """A life that ends where it is aimed at, or wherever it is when its time is up."""
        point, *_ = aim.partition(" ")
        async with self._stage.daemon(aim, count) as daemon:
            with anyio.move_on_after(LIFE_S):
                if point in ENDING:
                    await daemon.event("trading_state_changed", state="active")
                    await daemon.event("order_filled")
                    daemon.process.send_signal(signal.SIGTERM)
                await self._attend(daemon)
            if daemon.process.returncode is None:
                point = ANYWHERE
                daemon.process.kill()
            code = await daemon.end()
        self._witness.answers(is_answered_for=False)
        differences = [
            line for line in daemon.lines if line["event"] in {"difference_found", "failed"}
        ]
        assert not differences, differences
        assert code == KILLED, (aim, code, daemon.lines[-5:])
        self._count(point, daemon.lines)

    async def live_on(self) -> None:
        """The last life: it agrees with the venue, trades on, and is stopped in order.

        The prices stand still before that, so that nothing fills which nobody hears of any more.
        """
        async with self._stage.daemon("none", 1) as daemon:
            code = None
            with anyio.move_on_after(SETTLE_S):
                await daemon.event("trading_state_changed", state="active")
                self._witness.answers(is_answered_for=True)
                for _ in range(4):
                    await daemon.event("order_filled")
                self.stands.set()
                await daemon.event("order_filled")
                code = await daemon.stop()
        self._witness.answers(is_answered_for=False)
        assert code == 0, daemon.lines[-20:]
        assert all(line["event"] != "difference_found" for line in daemon.lines)
        self._count_denials(daemon.lines)

    async def _attend(self, daemon: Running) -> None:
        """Hears what it says until its end, and notes when it answers for what is held."""

        def has_agreed(line: Line) -> bool:
            return line["event"] == "trading_state_changed" and line["state"] == "active"

        def ends(line: Line) -> bool:
            if has_agreed(line):
                self._witness.answers(is_answered_for=True)
            return line["event"] == "dying"

        await daemon.until(ends)
        await daemon.end()

    def _count(self, point: str, lines: list[Line]) -> None:
        """Before it has read its journal a daemon knows nothing: what it left in the air counts."""
        last = lines[-1]
        if last["event"] == "dying" and point != STARTING[0]:
            self._under_way = last["under_way"]
        self.toll.kills += 1
        self.toll.cells.update(f"{point}, {kind}" for kind in self._under_way)
        self._count_denials(lines)

    def _count_denials(self, lines: list[Line]) -> None:
        codes = (line["code"] for line in lines if line["event"] == "order_denied")
        self.toll.denied.update(codes)


async def kill_again_and_again(folder: Path, nursery: Nursery, seed: int, pairs: int) -> Toll:
    """So many kills at work and on the way back, then a life until an orderly end."""
    chance = stream(seed, "kills").randrange
    bounds = BOUNDS[seed % len(BOUNDS)]
    async with staged(folder, scene=scene_of(bounds)) as stage, anyio.create_task_group() as tasks:
        stage.nursery = nursery
        witness = Witness(stage.engine, bounds, monotonic)
        lives = Lives(stage, witness, chance)
        tasks.start_soon(lives.wander)
        for at in range(seed * pairs, seed * pairs + pairs):
            aim = AIMS[at % len(AIMS)]
            await lives.be_killed(aim, 1 if aim in ENDING else 1 + chance(PASSES))
            back = STARTING[(at + at // len(AIMS)) % len(STARTING)]
            await lives.be_killed(back, 1)
        await lives.live_on()
        await judge_end(stage)
        await judge_books(stage)
        assert not witness.beyond, witness.beyond
        decided = decided_ms(stage.venue.received)
        assert not is_too_fast(decided, bounds.orders), "orders were sent too fast"
    lives.toll.fills = witness.fills
    lives.toll.naked_s_max = witness.naked_s_max
    return lives.toll
