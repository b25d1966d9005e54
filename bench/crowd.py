"""How many market events a second a daemon takes in: 20 symbols, 5 strategies, no growing queue.

The venue runs here, and beside it a socket that does nothing but send prices, as fast as it is
told. A rate holds if after some seconds of it, of the wanted one after a minute, everything was
taken in and nothing was replaced by something newer. The figure is the time an event costs at the
highest rate that held.
"""

import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from subprocess import DEVNULL
from time import monotonic, time_ns
from typing import Final

import anyio
from anyio import to_thread
from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as listen
from websockets.exceptions import ConnectionClosed

from bench.figure import Figure
from sims.servers.binance.accounts import ACCOUNTS
from sims.servers.binance.amounts import amount
from sims.servers.binance.engine import Engine
from sims.servers.binance.markets import SymbolRules
from sims.servers.binance.server import Venue, serve
from trader.ops.client import Client

ROOT: Final = Path(__file__).parent.parent
SYMBOLS: Final = tuple(f"S{number:02}USDT" for number in range(20))
RATES: Final = (1_000, 2_000, 5_000, 10_000, 20_000, 40_000)
WANTED: Final = 5_000
SECONDS: Final = 5
SECONDS_WANTED: Final = 60
BEAT_S: Final = 0.01
SETTLE_S: Final = 1
NEAR: Final = 0.98
"""So much of what was sent has to have been taken in."""


class Firehose:
    """Sends prices to whoever listens."""

    def __init__(self) -> None:
        self.sent = 0
        self.listened = anyio.Event()
        self._sockets: list[ServerConnection] = []
        self._price = 0

    async def handle(self, socket: ServerConnection) -> None:
        """Confirms what is subscribed to and keeps the socket."""
        with suppress(ConnectionClosed):
            async for frame in socket:
                asked = json.loads(frame)
                await socket.send(json.dumps({"result": None, "id": asked["id"]}))
                self._sockets.append(socket)
                self.listened.set()

    async def pour(self, rate: int, seconds: float) -> None:
        """Sends so many prices a second, spread over beats."""
        begun, due, sent = monotonic(), 0.0, 0
        while due < seconds:
            due += BEAT_S
            for frame in self._frames(int(rate * due) - sent):
                await self._sockets[-1].send(frame)
                sent += 1
            await anyio.sleep(max(0, begun + due - monotonic()))
        self.sent += sent

    def _frames(self, count: int) -> Iterator[str]:
        for _ in range(count):
            self._price += 1
            symbol = SYMBOLS[self._price % len(SYMBOLS)]
            bid, ask = f"{100 + self._price % 50}.00", f"{101 + self._price % 50}.00"
            yield (
                f'{{"stream":"{symbol.lower()}@bookTicker","data":{{"u":{self._price},'
                f'"s":"{symbol}","b":"{bid}","B":"5.00","a":"{ask}","A":"5.00"}}}}'
            )


def crowd(folder: Path) -> Figure:
    """Microseconds an event at the highest rate that held."""
    held = anyio.run(_climb, folder)
    note = f"{held:,} events a second held, of rates up to {RATES[-1]:,}; {len(SYMBOLS)} symbols"
    return Figure(
        name="crowd",
        value=1e6 / held if held else float("inf"),
        unit="us an event",
        bound=1e6 / WANTED,
        note=note,
    )


async def _climb(folder: Path) -> int:
    held = 0
    async with _running(folder) as (hose, state):
        for rate in RATES:
            before = await _standing(state)
            sent = hose.sent
            await hose.pour(rate, SECONDS_WANTED if rate == WANTED else SECONDS)
            await anyio.sleep(SETTLE_S)
            after = await _standing(state)
            if after - before < NEAR * (hose.sent - sent):
                break
            held = rate
    return held


async def _standing(state: Path) -> int:
    """How many inputs the daemon has taken."""

    def ask() -> int:
        with Client(state) as client:
            return int(client.ask("status").document["seq"])

    return await to_thread.run_sync(ask)


@asynccontextmanager
async def _running(folder: Path) -> AsyncIterator[tuple[Firehose, Path]]:
    hose, state = Firehose(), folder / "crowd"
    rules = [
        SymbolRules(
            symbol=symbol,
            base=symbol.removesuffix("USDT"),
            quote="USDT",
            tick=amount("0.01"),
            step=amount("0.01"),
            price_opening=amount("100"),
        )
        for symbol in SYMBOLS
    ]
    engine = Engine(now=time_ns, accounts=ACCOUNTS, symbols=rules)
    async with serve(engine) as venue, listen(hose.handle, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        config = folder / "crowd.json"
        config.write_text(json.dumps(_config(venue, f"ws://127.0.0.1:{port}/stream", state)))
        account = next(each for each in ACCOUNTS if each.secret)
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        environ["BENCH_KEYS"] = f"{account.key}:{account.secret}"
        process = await anyio.open_process(
            [sys.executable, "-m", "trader", "--config", str(config)],
            cwd=ROOT,
            env=environ,
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=DEVNULL,
        )
        try:
            with anyio.fail_after(30):
                await hose.listened.wait()
            await anyio.sleep(SETTLE_S)
            yield hose, state
        finally:
            process.kill()
            await process.wait()


def _config(venue: Venue, stream: str, state: Path) -> dict[str, object]:
    names = [f"{symbol}.binance" for symbol in SYMBOLS]
    return {
        "run": {"name": "crowd"},
        "account": {"currency": "USDT", "cash": "100000", "keys": {"env": "BENCH_KEYS"}},
        "instruments": [
            {"symbol": s, "venue": "binance", "tick": "0.01", "lot": "0.01", "currency": "USDT"}
            for s in SYMBOLS
        ],
        "data": [{"kind": "quotes", "instrument": name} for name in names],
        "strategies": [
            {
                "name": f"s{number}",
                "file": str(ROOT / "bench" / "listener.py"),
                "instrument": names[number],
            }
            for number in range(5)
        ],
        "risk": {
            "lots_max": 1000,
            "notional_max": "100000",
            "position_max": 1000,
            "gross_max": "100000",
            "orders_max": 1000,
            "drawdown_max": "0.9",
        },
        "state_dir": str(state),
        "gateway": {
            "venue": "binance",
            "rest": venue.http,
            "ws_api": venue.url,
            "ws_stream": stream,
        },
    }
