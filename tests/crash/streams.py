"""A venue with streams of its own, as a process beside the daemons that hear it."""

import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from urllib.request import Request, urlopen

import anyio
from anyio import to_thread
from anyio.streams.buffered import BufferedByteReceiveStream

from tests.crash.stage import ROOT

CONFIG: Final = """
run: {{name: streamed}}
account: {{currency: USDT, cash: "100000", keys: {{env: LOOPBACK_KEYS}}}}
instruments:
  - {{symbol: BTCUSDT, venue: binance, tick: "0.01", lot: "0.00001", currency: USDT}}
data:
  - {{kind: bars, instrument: BTCUSDT.binance, interval: 1s}}
  - {{kind: quotes, instrument: BTCUSDT.binance}}
strategies: [{{{strategy}}}]
risk: {{lots_max: 5000, notional_max: "5000", position_max: 5000, gross_max: "5000",
  orders_max: 1000, drawdown_max: "0.5"}}
state_dir: state
gateway: {{venue: binance, rest: "{rest}", ws_api: "{ws_api}", ws_stream: "{ws_stream}"{more}}}
"""
CROSS: Final = (
    "name: cross, type: ema_cross, instrument: BTCUSDT.binance,"
    " params: {fast: 1, slow: 2, lots: 1000}, exits: [{kind: atr_stop, n: 2, k: 20}]"
)


@asynccontextmanager
async def venue() -> AsyncIterator[dict[str, Any]]:
    """The venue as a process of its own; where it is."""
    command = [sys.executable, str(Path(__file__).with_name("market.py"))]
    environ = {"PYTHONPATH": str(ROOT), "PATH": ""}
    async with await anyio.open_process(
        command, cwd=ROOT, env=environ, stdin=None, stderr=None
    ) as process:
        try:
            assert process.stdout is not None
            line = await BufferedByteReceiveStream(process.stdout).receive_until(b"\n", 1 << 16)
            yield json.loads(line)
        finally:
            process.kill()


def written(folder: Path, ready: dict[str, Any], strategy: str = CROSS, more: str = "") -> Path:
    """A configuration of a daemon there, with one strategy; `more` of the section `gateway`."""
    path = folder / "live.yaml"
    more = f", {more}" if more else ""
    path.write_text(CONFIG.format(strategy=strategy, more=more, **ready))
    return path


async def direct(ready: Mapping[str, Any], way: str, *documents: dict[str, Any]) -> None:
    """Tells the venue's administrator: `rules` to put in force, or `deeds` to do."""
    request = Request(f"{ready['admin']}/{way}", json.dumps(documents).encode(), method="POST")
    await to_thread.run_sync(lambda: urlopen(request).close())
