"""The loopback venue as it is shipped, a process of its own, and what its administrator is told."""

import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import time_ns  # noqa: TID251 - a venue runs on the real clock
from typing import Any, Final

import aiohttp
import anyio
from anyio.abc import Process
from anyio.streams.buffered import BufferedByteReceiveStream

from sims.servers.binance.accounts import ACCOUNTS
from sims.servers.binance.engine import Engine
from sims.servers.binance.store import Store
from sims.servers.main import DEFAULT_SYMBOLS
from tests.crash.stage import ROOT

Document = dict[str, Any]


class Site:
    """A venue that stands; `ready` is what it says of itself."""

    def __init__(
        self, process: Process, ready: Document, state: Path, session: aiohttp.ClientSession
    ) -> None:
        self.ready: Final = ready
        self._process: Final = process
        self._state: Final = state
        self._session: Final = session

    async def rule(self, *rules: Document) -> None:
        """Rules come into force."""
        await self._admin("POST", "rules", list(rules))

    async def heal(self) -> list[Document]:
        """No rule holds any more; those that did, and how often each has struck."""
        rules = await self._admin("GET", "rules")
        await self._admin("DELETE", "rules")
        return rules

    async def do(self, *deeds: Document) -> list[Document]:
        """Does deeds; what came of each."""
        return await self._admin("POST", "deeds", list(deeds))

    async def stop(self) -> Engine:
        """Ends the venue; its own memory of all that was."""
        self._process.send_signal(signal.SIGTERM)
        await self._process.wait()
        engine = Engine(now=time_ns, symbols=DEFAULT_SYMBOLS, accounts=ACCOUNTS)
        with Store(self._state, engine):
            return engine

    async def _admin(self, verb: str, path: str, body: object = None) -> list[Document]:
        url = f"{self.ready['admin']}/{path}"
        async with self._session.request(verb, url, data=json.dumps(body)) as answer:
            told = await answer.json()
            assert answer.status == 200, told
            return list(told)


@asynccontextmanager
async def shipped(folder: Path, *words: str) -> AsyncIterator[Site]:
    """`traderd venue binance` with these words, killed at the end of the block."""
    state = folder / "venue.db"
    command = [sys.executable, "-m", "trader", "venue", "binance", "--json", "--state", str(state)]
    environ = {"PYTHONPATH": str(ROOT), "PATH": ""}
    async with await anyio.open_process(
        [*command, *words], cwd=ROOT, env=environ, stdin=None, stderr=None
    ) as process:
        try:
            assert process.stdout is not None
            line = await BufferedByteReceiveStream(process.stdout).receive_until(b"\n", 1 << 16)
            async with aiohttp.ClientSession() as session:
                yield Site(process, json.loads(line), state, session)
        finally:
            if process.returncode is None:
                process.kill()
            with anyio.CancelScope(shield=True):
                await process.wait()
