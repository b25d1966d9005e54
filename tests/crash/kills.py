"""Lives of one daemon, each ended by a kill somewhere else, and the judgement at the end.

The venue lives in this process and its price wanders meanwhile, so that stops and limits that rest
there are reached whether a daemon is there to hear of it or not.
"""

import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import anyio

from sims.seeds import stream
from sims.servers.binance.reports import Event
from tests.crash.daemon import POINTS
from tests.crash.judge import judge_books, judge_end
from tests.crash.stage import Stage, staged

Chance = Callable[[int], int]

KILLED: Final = -signal.SIGKILL
LIFE_S: Final = 3.0
SETTLE_S: Final = 20.0
MID: Final = 105_236
BAND: Final = 220
POSITION_MAX: Final = 200
SETS: Final = ("gateway.pace_ns=10000000",)


@dataclass
class Toll:
    """What has happened so far: kills by their point, fills by the venue's count."""

    points: Counter[str] = field(default_factory=Counter)
    fills: int = 0


async def be_killed(stage: Stage, point: str, count: int) -> str:
    """A life that ends at the point, or wherever it is when its time is up; where it was."""
    async with stage.daemon(point, count, *SETS) as daemon:
        with anyio.move_on_after(LIFE_S):
            if point.startswith("finish"):
                await daemon.event("trading_state_changed", state="active")
                await daemon.event("order_filled")
                daemon.process.send_signal(signal.SIGTERM)
            await daemon.end()
        if daemon.process.returncode is None:
            point = "anywhere"
            daemon.process.kill()
        code = await daemon.end()
    differences = [line for line in daemon.lines if line["event"] in {"difference_found", "failed"}]
    assert not differences, differences
    assert code == KILLED, (point, code, daemon.lines[-5:])
    return point


async def live_on(stage: Stage, street: "Street") -> None:
    """The last life: it agrees with the venue, trades on, and is stopped in order.

    The price stands still before that, so that nothing fills which nobody hears of any more.
    """
    async with stage.daemon("none", 1, *SETS) as daemon:
        with anyio.fail_after(SETTLE_S):
            await daemon.event("trading_state_changed", state="active")
            for _ in range(4):
                await daemon.event("order_filled")
            street.stands.set()
            await daemon.event("order_filled")
            code = await daemon.stop()
    assert code == 0, daemon.lines[-5:]
    assert all(line["event"] != "difference_found" for line in daemon.lines)


class Street:
    """Moves the price to and fro, and watches what the account holds after each trade."""

    def __init__(self, stage: Stage, chance: Chance) -> None:
        self.fills = 0
        self.beyond: list[int] = []
        self.stands: Final = anyio.Event()
        self._stage: Final = stage
        self._chance: Final = chance
        self._held = 0
        stage.engine.listen(self._hear)

    async def wander(self) -> None:
        """Goes on until the price is to stand."""
        while not self.stands.is_set():
            ticks = MID + self._chance(2 * BAND + 1) - BAND
            self._stage.engine.mark("EURUSDT", f"{ticks // 100_000}.{ticks % 100_000:05}")
            await anyio.sleep(0.02)

    def _hear(self, _account: str, event: Event) -> None:
        if event.get("x") != "TRADE":
            return
        self.fills += 1
        lots = round(float(str(event["l"])))
        self._held += lots if event["S"] == "BUY" else -lots
        if abs(self._held) > POSITION_MAX:
            self.beyond.append(self._held)


async def kill_again_and_again(folder: Path, seed: int, kills: int) -> Toll:
    """So many kills, each at a point that the seed chooses, then a life until an orderly end."""
    chance = stream(seed, "kills").randrange
    names = sorted(POINTS)
    toll = Toll()
    async with (

        staged(folder, strategy="mixed") as stage,
        anyio.create_task_group() as tasks,
    ):
        pass
        street = Street(stage, chance)
        tasks.start_soon(street.wander)
        for each in range(kills):
            point = names[(seed * kills + each) % len(names)]
            toll.points[await be_killed(stage, point, 1 + chance(POINTS[point]))] += 1
        await live_on(stage, street)
        await judge_end(stage)
        await judge_books(stage)
        assert not street.beyond, "the position went beyond its limit"
        toll.fills = street.fills
    return toll
