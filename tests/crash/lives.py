"""Lives of one daemon, each ended by a kill somewhere else.

Every second kill meets a daemon at work, while something of a certain kind is under way; the one
after it meets its successor on the way back, with that still in the air.
"""

import signal
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Final

import anyio

from tests.crash.daemon import ENDING, STARTING, TRADING
from tests.crash.running import Line, Running
from tests.crash.under_way import KINDS, NOTHING

Begin = Callable[[str, int], AbstractAsyncContextManager[Running]]
Chance = Callable[[int], int]

KILLED: Final = -signal.SIGKILL
ANYWHERE: Final = "anywhere"
LIFE_S: Final = 2.0
SETTLE_S: Final = 20.0
FILLS: Final = 4
"""How many the last life hears of before the prices stand."""
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


def _unheard(*, is_answered_for: bool) -> None:
    del is_answered_for


class Lives:
    """One daemon's lives: `begin` starts one that is aimed at a point and a pass.

    `answers` is told when a daemon has agreed with the venue and when it is gone.
    """

    def __init__(
        self, begin: Begin, chance: Chance, answers: Callable[..., None] = _unheard
    ) -> None:
        self.toll: Final = Toll()
        self._begin: Final = begin
        self._chance: Final = chance
        self._answers: Final = answers
        self._under_way: list[str] = [NOTHING]

    async def be_killed_twice(self, at: int) -> None:
        """At work, where the number says, and on the way back."""
        aim = AIMS[at % len(AIMS)]
        await self._be_killed(aim, 1 if aim in ENDING else 1 + self._chance(PASSES))
        await self._be_killed(STARTING[(at + at // len(AIMS)) % len(STARTING)], 1)

    async def live_on(self, stand: Callable[[], object]) -> None:
        """The last life: it agrees with the venue, trades on, and is stopped in order.

        It lets the prices `stand` before that, so that nothing fills which nobody hears of any
        more.
        """
        async with self._begin("none", 1) as daemon:
            code = None
            with anyio.move_on_after(SETTLE_S):
                await daemon.event("trading_state_changed", state="active")
                self._answers(is_answered_for=True)
                for _ in range(FILLS):
                    await daemon.event("order_filled")
                stand()
                await daemon.event("order_filled")
                code = await daemon.stop()
        self._answers(is_answered_for=False)
        assert code == 0, daemon.lines[-20:]
        self._count_lines(daemon.lines)

    async def _be_killed(self, aim: str, count: int) -> None:
        """A life that ends where it is aimed at, or wherever it is when its time is up."""
        point, *_ = aim.partition(" ")
        async with self._begin(aim, count) as daemon:
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
        self._answers(is_answered_for=False)
        assert code == KILLED, (aim, code, daemon.lines[-5:])
        self._count(point, daemon.lines)

    async def _attend(self, daemon: Running) -> None:
        """Hears what it says until its end, and notes when it answers for what is held."""

        def ends(line: Line) -> bool:
            if line["event"] == "trading_state_changed" and line["state"] == "active":
                self._answers(is_answered_for=True)
            return bool(line["event"] == "dying")

        await daemon.until(ends)
        await daemon.end()

    def _count(self, point: str, lines: list[Line]) -> None:
        """Before it has read its journal a daemon knows nothing: what it left in the air counts."""
        if lines and lines[-1]["event"] == "dying" and point != STARTING[0]:
            self._under_way = lines[-1]["under_way"]
        self.toll.kills += 1
        self.toll.cells.update(f"{point}, {kind}" for kind in self._under_way)
        self._count_lines(lines)

    def _count_lines(self, lines: list[Line]) -> None:
        wrong = [line for line in lines if line["event"] in {"difference_found", "failed"}]
        assert not wrong, wrong
        codes = (line["code"] for line in lines if line["event"] == "order_denied")
        self.toll.denied.update(codes)
        self.toll.fills += sum(line["event"] == "order_filled" for line in lines)
