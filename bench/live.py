"""How long a daemon takes from a price to the order's bytes, beside a bare loop at the same venue.

The venue runs in this process, the daemon and the bare loop take turns as processes of their own.
Price after price is told; the clock stands when the venue has the order that answers it.
"""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from statistics import quantiles
from subprocess import DEVNULL
from time import monotonic_ns, time_ns
from typing import Final

import anyio

from bench.figure import Figure
from sims.servers.binance.accounts import ACCOUNTS
from sims.servers.binance.amounts import amount
from sims.servers.binance.engine import Engine
from sims.servers.binance.gate import Interference, Verdict
from sims.servers.binance.server import Venue, serve

ROOT: Final = Path(__file__).parent.parent
TICKS: Final = 400
WARM_UP: Final = 50
GAP_S: Final = 0.02
RETRY_S: Final = 1
DEEP: Final = amount("1000")
TICK: Final = amount("0.01")
WAIT_S_MAX: Final = 30
CONFIG: Final = """
run: {{name: bench}}
account: {{currency: USDT, cash: "100000", keys: {{env: BENCH_KEYS}}}}
instruments:
  - {{symbol: BTCUSDT, venue: binance, tick: "0.01", lot: "0.00001", currency: USDT}}
data:
  - {{kind: quotes, instrument: BTCUSDT.binance}}
strategies:
  - {{name: flip, file: "{strategy}", instrument: BTCUSDT.binance}}
risk: {{lots_max: 1000, notional_max: "100000", position_max: 1000, gross_max: "100000",
  orders_max: 1000000, drawdown_max: "0.9"}}
state_dir: "{state}"
gateway: {{venue: binance, rest: "{rest}", ws_api: "{ws_api}", ws_stream: "{ws_stream}"}}
"""


class Latencies(list[int]):
    """Nanoseconds from price to order, of one client."""

    def share(self, percent: int) -> float:
        """A percentile, in microseconds."""
        return quantiles(self, n=100, method="inclusive")[percent - 1] / 1_000


class Watch:
    """Notes when an order is at the venue."""

    def __init__(self) -> None:
        self.arrived = anyio.Event()
        self.at = 0
        self.told = 0

    async def note(self, method: str, params: Mapping[str, object]) -> Verdict:
        """Called by the venue with each request, before it looks at it."""
        del params
        if method == "order.place":
            self.at = monotonic_ns()
            self.arrived.set()
        return Verdict.PROCEED


async def measure(command: Callable[[Venue], Sequence[str]], key: str) -> Latencies:
    """Tells price after price to a client and waits for its order each time."""
    engine, watch, found = Engine(now=time_ns, accounts=ACCOUNTS), Watch(), Latencies()
    gate = Interference(before_execute=watch.note)
    async with serve(engine, interference=gate) as venue:
        environ = {**os.environ, "PYTHONPATH": str(ROOT), "BENCH_KEYS": key}
        process = await anyio.open_process(
            list(command(venue)),
            cwd=ROOT,
            env=environ,
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=DEVNULL,
        )
        try:
            for number in range(WARM_UP + TICKS):
                with anyio.fail_after(WAIT_S_MAX):
                    latency = await _one(engine, watch)
                if number >= WARM_UP:
                    found.append(latency)
                await anyio.sleep(GAP_S)
        finally:
            process.kill()
            await process.wait()
    return found


async def _one(engine: Engine, watch: Watch) -> int:
    """Tells a price, and another one if nobody answers: at first nobody listens yet."""
    while True:
        watch.arrived = anyio.Event()
        watch.told += 1
        bid = amount(f"{60_000 + watch.told % 7}.00")
        begun = monotonic_ns()
        engine.quote("BTCUSDT", {bid: DEEP}, {bid + TICK: DEEP})
        with anyio.move_on_after(RETRY_S):
            await watch.arrived.wait()
            return watch.at - begun


@cache
def latencies(folder: Path) -> tuple[Latencies, Latencies]:
    """Those of the daemon and of the bare loop."""

    def daemon(venue: Venue) -> Sequence[str]:
        config = folder / "live.yaml"
        config.write_text(
            CONFIG.format(
                strategy=ROOT / "bench" / "flip.py",
                state=folder / "state",
                rest=venue.http,
                ws_api=venue.url,
                ws_stream=f"{venue.ws}/stream",
            )
        )
        return [sys.executable, "-m", "trader", "--config", str(config)]

    def bare(venue: Venue) -> Sequence[str]:
        program = [sys.executable, "-m", "bench.bare_live"]
        return [*program, f"{venue.ws}/stream", venue.url, str(folder / "bare.db")]

    account = next(each for each in ACCOUNTS if each.secret)
    key = f"{account.key}:{account.secret}"
    return anyio.run(measure, daemon, key), anyio.run(measure, bare, key)


def live_p50(folder: Path) -> Figure:
    """From a price to its order's bytes at the venue, at the median."""
    return _share("live_p50", 50, latencies(folder), bound=4)


def live_p99(folder: Path) -> Figure:
    """The same for the slowest in a hundred."""
    return _share("live_p99", 99, latencies(folder), bound=6)


def _share(name: str, percent: int, both: tuple[Latencies, Latencies], bound: float) -> Figure:
    ours, bare = (each.share(percent) for each in both)
    note = f"{ours:,.0f} us beside {bare:,.0f} us, {TICKS} prices"
    return Figure(name=name, value=ours / bare, unit="x bare loop", bound=bound, note=note)
