"""A loopback venue in this process, and daemons beside it as processes that may be killed."""

import json
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import time_ns  # noqa: TID251 - the daemon runs on the real clock, and so does its venue
from typing import Any, Final

import anyio
from anyio.abc import Process
from anyio.streams.buffered import BufferedByteReceiveStream

from sims.servers.binance.accounts import AccountSpec
from sims.servers.binance.engine import Engine
from sims.servers.binance.markets import EUROS
from sims.servers.binance.server import Venue, serve
from tests.sims.servers.binance.desk import MAIN
from trader.data.samples import sample

ROOT: Final = Path(__file__).resolve().parents[2]
BARS: Final = sample("bars/fx/EURUSD/1h/20170101-20171229.parquet")
ACCOUNT: Final = AccountSpec(
    name="main", key=MAIN.key, secret=MAIN.secret, balances={"USDT": "100000", "EUR": "50"}
)
CONFIG: Final = """
run: {{name: crash}}
account: {{currency: USDT, cash: "100000", keys: {{env: LOOPBACK_KEYS}}}}
instruments:
  - {{symbol: EURUSDT, venue: binance, tick: "0.00001", lot: "1", currency: USDT}}
data:
  - {{kind: bars, instrument: EURUSDT.binance, interval: 1h, path: "{bars}"}}
strategies:
  - {{name: {name}, file: "{file}", instrument: EURUSDT.binance, params: {{lots: 100}}}}
risk: {{lots_max: 100, notional_max: "1000", position_max: 200, gross_max: "1000",
  orders_max: 1000, drawdown_max: "0.5"}}
state_dir: state
gateway: {{venue: binance, ws_api: "{url}", pace_ns: {pace_ns}}}
"""
KEYS: Final = f"{MAIN.key}:{MAIN.secret}"
PACE_NS: Final = 20_000_000
Line = dict[str, Any]


class Running:
    """A daemon at work; `lines` are what it has said so far."""

    def __init__(self, process: Process) -> None:
        assert process.stderr is not None
        self.process: Final = process
        self.lines: Final[list[Line]] = []
        self._stream: Final = BufferedByteReceiveStream(process.stderr)

    async def until(self, wanted: Callable[[Line], bool]) -> Line:
        """The next line that is wanted; what else it says is in the failure, if it ends first."""
        while True:
            line = await self._next()
            assert line is not None, self.lines[-20:]
            if wanted(line):
                return line

    async def event(self, name: str, **fields: object) -> Line:
        """The next line of an event with these fields."""

        def wanted(line: Line) -> bool:
            return line["event"] == name and all(line.get(k) == v for k, v in fields.items())

        return await self.until(wanted)

    async def stop(self) -> int:
        """Tells it to stop; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await self.end()

    async def end(self) -> int:
        """Reads what it still says; its exit code."""
        while await self._next() is not None:
            pass
        return await self.process.wait()

    async def _next(self) -> Line | None:
        try:
            data = await self._stream.receive_until(b"\n", 1 << 20)
        except (anyio.EndOfStream, anyio.IncompleteRead):
            return None
        line: Line = json.loads(data) if data.startswith(b"{") else {"event": data.decode()}
        self.lines.append(line)
        return line


class Stage:
    """A venue, a folder for the daemon's state, and the daemon's configuration."""

    def __init__(self, venue: Venue, engine: Engine, folder: Path, strategy: str) -> None:
        self.venue: Final = venue
        self.engine: Final = engine
        self.config = folder / "live.yaml"
        self.journal: Final = folder / "state" / "journal.db"
        self.config.write_text(
            CONFIG.format(
                bars=BARS,
                name=strategy,
                file=Path(__file__).with_name(f"{strategy}.py"),
                url=venue.url,
                pace_ns=PACE_NS,
            )
        )

    @asynccontextmanager
    async def daemon(
        self, point: str = "none", count: int = 1, *sets: str
    ) -> AsyncIterator[Running]:
        """A daemon, killed at the end of the block if it still runs; `sets` change its values."""
        async with mortal(self.config, point, count, *sets) as running:
            yield running


@asynccontextmanager
async def running(*words: str, keys: str = KEYS) -> AsyncIterator[Running]:
    """A daemon as a process with the keys of the account, killed at the end of the block."""
    environ = {
        "LOOPBACK_KEYS": keys,
        "PYTHONPATH": str(ROOT),
        "PATH": "",
    }
    async with await anyio.open_process(
        [sys.executable, *words], cwd=ROOT, env=environ, stdin=None, stdout=None
    ) as process:
        try:
            yield Running(process)
        finally:
            if process.returncode is None:
                process.kill()
            with anyio.CancelScope(shield=True):
                await process.wait()


@asynccontextmanager
async def mortal(
    config: Path, point: str = "none", count: int = 1, *sets: str, keys: str = KEYS
) -> AsyncIterator[Running]:
    """The daemon that dies at a point, with short patience."""
    program = Path(__file__).with_name("daemon.py")
    async with running(str(program), str(config), point, str(count), *sets, keys=keys) as daemon:
        yield daemon


@asynccontextmanager
async def staged(
    folder: Path, *, strategy: str = "flip", now: Callable[[], int] = time_ns
) -> AsyncIterator[Stage]:
    """A venue that stands by the clock `now`, and everything that a daemon needs to trade there."""
    engine = Engine(now=now, symbols=(EUROS,), accounts=(ACCOUNT,))
    async with serve(engine) as venue:
        yield Stage(venue, engine, folder, strategy)
