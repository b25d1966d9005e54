"""The n-th thing that can fail does, once, for one n after the other, in this process.

A life is a daemon that trades a little; every statement to the journal, every commit and every
frame to the venue is counted, and one of them fails. The next life goes on from there. When a life
ends untouched, everything has failed once.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

import anyio
import pytest
from websockets.asyncio.client import ClientConnection

from actors.edge.gateway import Gateway
from actors.edge.journal import JournalFailed
from actors.live import Daemon
from tests.crash.daemon import MortalDaemon, MortalGateway
from tests.crash.judge import judge_books, judge_end, judge_orders
from tests.crash.stage import Stage, plain, staged
from tests.sims.servers.binance.desk import MAIN
from trader.config.loader import load
from trader.model.envelope import Message
from trader.model.orders import OrderApproved

pytestmark = pytest.mark.anyio

ORDERS: Final = 2
"""How many a life sends before it is stopped."""
ENVIRON: Final = {"LOOPBACK_KEYS": f"{MAIN.key}:{MAIN.secret}"}


class Failure:
    """Counts what can fail, and says when it does."""

    def __init__(self, nth: int) -> None:
        self.left = nth

    def strikes(self) -> bool:
        self.left -= 1
        return self.left == 0


class Disk:
    """A database of which one statement fails."""

    def __init__(self, database: Any, failure: Failure) -> None:
        self._database = database
        self._failure = failure

    async def execute(self, *words: Any) -> Any:
        return await self._asked(self._database.execute, words)

    async def executemany(self, *words: Any) -> Any:
        return await self._asked(self._database.executemany, words)

    async def _asked(self, ask: Any, words: Sequence[Any]) -> Any:
        if self._failure.strikes():
            raise sqlite3.OperationalError("disk I/O error")
        return await ask(*words)


def failing(failure: Failure) -> type[Daemon]:
    """A daemon in which it happens."""

    class FailingGateway(MortalGateway):
        async def send(self, socket: ClientConnection, frame: bytes) -> None:
            if failure.strikes():
                raise OSError("the network is gone")
            await super().send(socket, frame)

    class FailingDaemon(MortalDaemon):
        gateway_kind: ClassVar[type[Gateway]] = FailingGateway
        left = ORDERS

        async def _live(self) -> None:
            parts = vars(self.journal)
            parts["_database"] = Disk(parts["_database"], failure)
            await super()._live()

        def release(self, effects: Sequence[Message]) -> None:
            super().release(effects)
            self.left -= sum(isinstance(each, OrderApproved) for each in effects)
            if self.left <= 0:
                self._supervisor.stop()

    return FailingDaemon


async def live(stage: Stage, nth: int) -> bool:
    """One life; whether nothing has failed in it."""
    failure = Failure(nth)
    config = load(stage.config, sets=["gateway.pace_ns=5000000"], environ=ENVIRON).config
    daemon = failing(failure)(config, ENVIRON, "")
    with anyio.fail_after(20):
        try:
            await daemon.run()
        except JournalFailed:
            assert failure.left <= 0
    return failure.left > 0


async def test_whatever_fails_once_nothing_is_sent_twice_and_nothing_is_lost(
    tmp_path: Path,
) -> None:
    # So many lives in one minute would weigh more than a venue takes of one address.
    async with staged(tmp_path, scene=plain("flip", patient=True)) as stage:
        nth = 1
        while not await live(stage, nth):
            nth += 1
            if stage.venue.received and any(stage.engine.orders):
                await judge_orders(stage)
        await judge_end(stage)
        await judge_books(stage)
    assert nth > 20
