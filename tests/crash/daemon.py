"""The daemon as a process that dies where it is told to, or breaks its promise.

`python daemon.py CONFIG POINT COUNT [KEY=VALUE...]`: at the COUNT-th time that it passes POINT it
kills itself, as abruptly as the machine would. Other points fill the disk (`full`) or make the
core crash (`poison`) at the COUNT-th commit; `none` is nowhere, `unsnapped` too, and no snapshot
is made.
"""

import os
import re
import resource
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from websockets.asyncio.client import ClientConnection

from actors.edge.gateway import Gateway
from actors.live import Daemon, run_daemon
from actors.replay import STEP
from actors.runtime.step_record import decode_step
from actors.runtime.supervisor import Restarts
from trader.config.loader import load
from trader.errors import TraderdError
from trader.model.envelope import Message
from trader.model.market import BarClosed
from trader.model.orders import OrderApproved, OrderFilled
from trader.venues.binance.inquiry import Patience

PLACE = b'"order.place"'
FILLED = b'"status":"FILLED"'


class Point:
    """Where to die, and at which pass; nowhere until it is told."""

    def __init__(self) -> None:
        self._name = ""
        self._left = 0

    def aim(self, name: str, count: int) -> None:
        self._name, self._left = name, count

    def reached(self, name: str) -> bool:
        if name != self._name:
            return False
        self._left -= 1
        return self._left == 0

    def passes(self, name: str, order: str) -> None:
        """Names the order about which it happens, and dies."""
        if self.reached(name):
            sys.stderr.write(f'{{"event": "dying", "client_order_id": "{order}"}}\n')
            sys.stderr.flush()
            os.kill(os.getpid(), signal.SIGKILL)


POINT = Point()


def fill_disk() -> None:
    """From now on no file of this process can grow."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))


def order_in(frame: bytes) -> str:
    """The id of the order that a request or an answer is about."""
    [found] = re.findall(rb'lientOrderId":"([^"]+)"', frame)
    return str(found, "ascii")


class MortalGateway(Gateway):
    """Passes points around each order's way out and back."""

    async def send(self, socket: ClientConnection, frame: bytes) -> None:
        order = order_in(frame) if PLACE in frame else ""
        if order:
            POINT.passes("before_send", order)
        await super().send(socket, frame)
        if order:
            POINT.passes("after_send", order)

    def hear(self, frame: bytes) -> None:
        is_answer = FILLED in frame and b'"event"' not in frame and b'"fills"' in frame
        order = order_in(frame) if is_answer else ""
        if order:
            POINT.passes("before_hearing", order)
        super().hear(frame)
        if order:
            POINT.passes("after_hearing", order)


class MortalDaemon(Daemon):
    """Passes points around each commit; all its waiting is short."""

    snapshot_inputs = 20
    restarts = Restarts(intensity=5, pause_s_min=0.01, pause_s_max=0.05)
    patience = Patience(
        answer_within_ns=1_000_000_000,
        ask_again_ns=20_000_000,
        absent_after_ns=1_600_000_000,
        valid_ms=1_500,
    )
    gateway_kind: ClassVar[type[Gateway]] = MortalGateway
    _settled: Sequence[tuple[str, bytes]] = ()

    async def settle(
        self, records: Sequence[tuple[str, bytes]], effects: Sequence[Message]
    ) -> None:
        if POINT.reached("full"):
            fill_disk()
        self._settled = records
        await super().settle(records, effects)

    def release(self, effects: Sequence[Message]) -> None:
        if POINT.reached("poison"):
            self.inbox.put(BarClosed("NOBODY.knows", 1, 1, 1, 1, 1, 1, 1, 2))
        for kind, payload in self._settled:
            body = decode_step(payload).input.body if kind == STEP else None
            if isinstance(body, OrderFilled):
                POINT.passes("after_fill_committed", body.client_order_id)
        for effect in effects:
            if isinstance(effect, OrderApproved):
                POINT.passes("after_commit", effect.order.client_order_id)
        super().release(effects)


class UnsafeDaemon(MortalDaemon):
    """Lets effects leave before they are durable: what must never pass the tests."""

    async def settle(
        self, records: Sequence[tuple[str, bytes]], effects: Sequence[Message]
    ) -> None:
        self.gateway.perform(effects)
        await self.gateway.flush()
        await self.journal.commit(records)


if __name__ == "__main__":
    config, point, count, *sets = sys.argv[1:]
    POINT.aim(point.removesuffix("_unsafe"), int(count))
    kind = UnsafeDaemon if point.endswith("_unsafe") else MortalDaemon
    if point == "unsnapped":
        kind.snapshot_inputs = 1_000_000
    try:
        code = run_daemon(load(Path(config), sets=sets, environ=os.environ), kind=kind)
    except TraderdError as error:
        sys.stderr.write(f"error: {error}\n")
        code = error.exit_code
    sys.exit(code)
