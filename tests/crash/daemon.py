"""The daemon as a process that dies where it is told to, or breaks its promise.

`python daemon.py CONFIG POINT COUNT [KEY=VALUE...]`: at the COUNT-th time that it passes POINT it
kills itself, as abruptly as the machine would; "POINT KIND" counts only while KIND is under way.
`STARTING`, `TRADING` and `ENDING` are those that every daemon passes, whatever it trades. The core
crashes at the COUNT-th commit (`poison`), or raises what nobody expects at the COUNT-th order
(`bug`); `none` is nowhere, `unsnapped` too, and no snapshot is made. At `stopped_POINT` it is only
stopped, and its lease is short. The commit of the COUNT-th order can be `slow`, or find a broken
store: `STORE_FAULTS`. `powerless` is a daemon without a superuser's powers over files.
"""

import ctypes
import json
import os
import re
import resource
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import anyio
from websockets.asyncio.client import ClientConnection

from actors.edge.gateway import Gateway
from actors.live import Daemon, run_daemon
from actors.replay import SNAPSHOT, STEP
from actors.runtime.lease import Lease
from actors.runtime.step_record import decode_step
from actors.runtime.supervisor import Restarts
from tests.crash.under_way import under_way
from trader.config.loader import load
from trader.errors import TraderdError
from trader.model.envelope import Message
from trader.model.market import BarClosed
from trader.model.orders import OrderApproved, OrderFilled
from trader.venues.binance.inquiry import Patience
from trader.venues.execution_client import Turn

STDERR = 2
STOPPED = "stopped_"
SLOW_S = 5
LEASE_S = 0.8
PLACE = b'"order.place"'
STARTING = ("recover_before", "recover_after", "epoch_before", "epoch_after", "unagreed")
TRADING = (
    *("commit_before", "commit_after", "released", "snapshot_after"),
    *("frame_before", "frame_after", "report_before", "report_after"),
)
ENDING = ("finish_before", "finish_after")
"""Where every daemon can die: on its way to trade, while it trades, in the end."""
HASTY = Patience(
    answer_within_ns=1_000_000_000,
    ask_again_ns=10_000_000,
    absent_after_ns=600_000_000,
    valid_ms=500,
)
"""Of a daemon that is killed again and again: what never arrived is known to be absent soon."""
FILLED = b'"status":"FILLED"'


class Point:
    """Where to die, and at which pass while `kind` is under way; nowhere until it is told."""

    def __init__(self) -> None:
        self.look: Callable[[], frozenset[str]] = frozenset
        self._name = ""
        self._left = 0
        self._kind = ""
        self._signal = signal.SIGKILL

    def aim(
        self, name: str, count: int, number: signal.Signals = signal.SIGKILL, kind: str = ""
    ) -> None:
        self._name, self._left, self._signal, self._kind = name, count, number, kind

    def reached(self, name: str) -> bool:
        if name != self._name or (self._kind and self._kind not in self.look()):
            return False
        self._left -= 1
        return self._left == 0

    def passes(self, name: str, order: str = "") -> None:
        """Dies here, if this is the place, and names the order about which it happens."""
        if self.reached(name):
            note("dying", order, sorted(self.look()))
            os.kill(os.getpid(), self._signal)


POINT = Point()


def note(event: str, order: str, kinds: Sequence[str] = ()) -> None:
    """Says something past the daemon, which catches what is printed."""
    line = {"event": event, "client_order_id": order, "under_way": kinds}
    os.write(STDERR, json.dumps(line).encode() + b"\n")


def fill_disk(journal: Path) -> None:
    """From now on no file of this process can grow."""
    del journal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))


def forbid_writing(journal: Path) -> None:
    """From now on the journal's files can only be read."""
    for each in Path("/proc/self/fd").iterdir():
        target = each.resolve()
        if target.name in {journal.name, f"{journal.name}-wal"}:
            os.dup2(os.open(target, os.O_RDONLY), int(each.name))


def remove(journal: Path) -> None:
    """Somebody tidies up."""
    journal.unlink()


def restore_backup(journal: Path) -> None:
    """Somebody puts a copy in the journal's place."""
    copy = journal.with_suffix(".copy")
    copy.write_bytes(journal.read_bytes())
    copy.replace(journal)


def move_folder(journal: Path) -> None:
    """Somebody gives the folder another name."""
    journal.parent.rename(journal.parent.with_suffix(".old"))


STORE_FAULTS: Mapping[str, Callable[[Path], None]] = {
    "full": fill_disk,
    "readonly": forbid_writing,
    "removed": remove,
    "replaced": restore_backup,
    "moved": move_folder,
}
"""What can happen to the store of a daemon at work."""


def drop_powers() -> None:
    """Lets the modes of files hold for this process too, whoever runs it."""
    version_3 = 0x20080522
    header, nothing = (ctypes.c_uint32 * 2)(version_3, 0), (ctypes.c_uint32 * 6)()
    assert ctypes.CDLL(None).capset(header, nothing) == 0


def order_in(frame: bytes) -> str:
    """The id of the order that a request or an answer is about, of the first if of several."""
    found, *_ = re.findall(rb'lientOrderId":"([^"]+)"', frame)
    return str(found, "ascii")


class MortalGateway(Gateway):
    """Passes points around each frame's way out and back, and where an epoch begins."""

    def greet(self) -> Turn:
        POINT.passes("epoch_before")
        turn = super().greet()
        POINT.passes("epoch_after")
        return turn

    async def send(self, socket: ClientConnection, frame: bytes) -> None:
        order = order_in(frame) if PLACE in frame else ""
        if order:
            POINT.passes("before_send", order)
        POINT.passes("frame_before")
        if order and POINT.reached("bug"):
            raise RuntimeError(f"a bug at {vars(self)!r} with {frame[:20]!r}")
        await super().send(socket, frame)
        POINT.passes("frame_after")
        if order:
            POINT.passes("after_send", order)

    def hear(self, frame: bytes) -> None:
        POINT.passes("report_before")
        self._hear(frame)
        POINT.passes("report_after")

    def _hear(self, frame: bytes) -> None:
        is_answer = FILLED in frame and b'"event"' not in frame and b'"fills"' in frame
        order = order_in(frame) if is_answer else ""
        if order:
            POINT.passes("before_hearing", order)
        super().hear(frame)
        if order:
            POINT.passes("after_hearing", order)


class LeasedGateway(MortalGateway):
    """One whose lease runs out soon, but not before the venue would refuse an order as too old."""

    def __init__(self, *parts: Any, **named: Any) -> None:
        super().__init__(*parts, lease=Lease(LEASE_S), **named)


class MortalDaemon(Daemon):
    """Passes points around each commit; all its waiting is short."""

    snapshot_inputs = 20
    audit_s = 0.5
    restarts = Restarts(intensity=5, pause_s_min=0.01, pause_s_max=0.05)
    patience = Patience(
        answer_within_ns=1_000_000_000,
        ask_again_ns=20_000_000,
        absent_after_ns=1_600_000_000,
        valid_ms=1_500,
        read_rules_every_ns=2_000_000_000,
    )
    gateway_kind: ClassVar[type[Gateway]] = MortalGateway
    _settled: Sequence[tuple[str, bytes]] = ()

    async def settle(
        self, records: Sequence[tuple[str, bytes]], effects: Sequence[Message]
    ) -> None:
        self._settled = records
        POINT.passes("commit_before")
        for effect in effects:
            if isinstance(effect, OrderApproved):
                self._break_store(effect.order.client_order_id)
                if POINT.reached("slow"):
                    note("slow", effect.order.client_order_id)
                    await anyio.sleep(SLOW_S)
        await super().settle(records, effects)
        POINT.passes("released")

    def _break_store(self, order: str) -> None:
        for name, fault in STORE_FAULTS.items():
            if POINT.reached(name):
                note("broken", order)
                fault(Path(self.config.state_dir or "").resolve() / "journal.db")

    async def _recover(self) -> int:
        POINT.look = partial(under_way, self.core)
        POINT.passes("recover_before")
        epoch = await super()._recover()
        POINT.passes("recover_after")
        return epoch

    async def _finish(self) -> None:
        POINT.passes("finish_before")
        await super()._finish()
        POINT.passes("finish_after")

    def release(self, effects: Sequence[Message]) -> None:
        if POINT.reached("poison"):
            self.inbox.put(BarClosed("NOBODY.knows", 1, 1, 1, 1, 1, 1, 1, 2))
        POINT.passes("commit_after")
        if any(kind == SNAPSHOT for kind, _ in self._settled):
            POINT.passes("snapshot_after")
        if self._stepping.began and not self._agreed.is_set():
            POINT.passes("unagreed")
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


def live(
    words: Sequence[str],
    kind: type[MortalDaemon] = MortalDaemon,
    patience: Patience = MortalDaemon.patience,
) -> int:
    """Lives as the words say; the exit code."""
    config, aim, count, *sets = words
    point, _, under = aim.partition(" ")
    name = point.removesuffix("_unsafe")
    if name.startswith(STOPPED):
        MortalDaemon.gateway_kind = LeasedGateway
        POINT.aim(name.removeprefix(STOPPED), int(count), signal.SIGSTOP)
    else:
        POINT.aim(name, int(count), kind=under)
    kind = UnsafeDaemon if point.endswith("_unsafe") else kind
    kind.patience = patience
    if point == "powerless":
        drop_powers()
    if point == "unsnapped":
        kind.snapshot_inputs = 1_000_000
    try:
        return run_daemon(load(Path(config), sets=sets, environ=os.environ), kind=kind)
    except TraderdError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code


if __name__ == "__main__":
    sys.exit(live(sys.argv[1:]))
