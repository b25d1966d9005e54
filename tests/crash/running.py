"""Daemons as processes of their own: started cold, or forked by a nursery that imported them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Protocol

import anyio
from anyio.abc import ByteReceiveStream
from anyio.streams.buffered import BufferedByteReceiveStream

from tests.sims.servers.binance.desk import MAIN

ROOT: Final = Path(__file__).resolve().parents[2]
KEYS: Final = f"{MAIN.key}:{MAIN.secret}"
ENVIRON: Final[Mapping[str, str]] = {
    "LOOPBACK_KEYS": KEYS,
    "PYTHONPATH": str(ROOT),
    "PATH": "",
}
LINE_BYTES_MAX: Final = 1 << 20
EXIT: Final = "exit"
Line = dict[str, Any]


class Mortal(Protocol):
    """A process that may be signalled and waited for."""

    @property
    def pid(self) -> int:
        """Its id."""

    @property
    def returncode(self) -> int | None:
        """How it ended, a negative number by a signal; None while it is not known to have."""

    def send_signal(self, number: signal.Signals, /) -> None:
        """Sends it a signal."""

    def kill(self) -> None:
        """Kills it as the machine would."""

    async def wait(self) -> int:
        """Waits for its end; how it ended."""


class Lines:
    """What is said on a stream, line by line."""

    def __init__(self, stream: ByteReceiveStream) -> None:
        self._stream: Final = BufferedByteReceiveStream(stream)

    async def next(self) -> Line | None:
        """The next line; None if there is none any more."""
        try:
            data = await self._stream.receive_until(b"\n", LINE_BYTES_MAX)
        except (anyio.EndOfStream, anyio.IncompleteRead):
            return None
        line: Line = json.loads(data) if data.startswith(b"{") else {"event": data.decode()}
        return line


class Running:
    """A daemon at work; `lines` are what it has said so far."""

    def __init__(self, process: Mortal, said: Callable[[], Any]) -> None:
        self.process: Final = process
        self.lines: Final[list[Line]] = []
        self._said: Final = said

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
        line: Line | None = await self._said()
        if line is not None:
            self.lines.append(line)
        return line


@asynccontextmanager
async def running(*words: str, keys: str = KEYS) -> AsyncIterator[Running]:
    """A Python process with the keys of the account, killed at the end of the block."""
    async with await anyio.open_process(
        [sys.executable, *words],
        cwd=ROOT,
        env={**ENVIRON, "LOOPBACK_KEYS": keys},
        stdin=None,
        stdout=None,
    ) as process:
        assert process.stderr is not None
        async with _killed_at_the_end(process):
            yield Running(process, Lines(process.stderr).next)


@asynccontextmanager
async def _killed_at_the_end(process: Mortal) -> AsyncIterator[None]:
    try:
        yield
    finally:
        if process.returncode is None:
            process.kill()
        with anyio.CancelScope(shield=True):
            await process.wait()


class Forked:
    """A daemon that a nursery has forked; its keeper tells its end on the same line."""

    def __init__(self, pid: int, lines: Lines) -> None:
        self.pid: Final = pid
        self.returncode: int | None = None
        self._lines: Final = lines

    def send_signal(self, number: signal.Signals, /) -> None:
        """Sends it a signal; one that has ended meanwhile hears none."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kills it as the machine would."""
        self.send_signal(signal.SIGKILL)

    async def said(self) -> Line | None:
        """The next line that it says; None if it has ended."""
        line = await self._lines.next() if self.returncode is None else None
        if line is None or EXIT not in line:
            assert line is not None or self.returncode is not None, "its keeper is gone"
            return line
        self.returncode = line[EXIT]
        return None

    async def wait(self) -> int:
        """Waits for its end; how it ended."""
        while await self.said() is not None:
            pass
        assert self.returncode is not None
        return self.returncode


class Nursery:
    """Forks daemons that need not import anything any more; it ends with whoever started it."""

    def __init__(self) -> None:
        """Waits until it is ready."""
        self._folder: Final = TemporaryDirectory()
        self._address: Final = str(Path(self._folder.name) / "nursery")
        program = Path(__file__).with_name("nursery.py")
        self._process: Final = subprocess.Popen(
            [sys.executable, str(program), self._address],
            cwd=ROOT,
            env=dict(ENVIRON),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"

    def close(self) -> None:
        """Forks no more."""
        self._process.communicate()
        self._folder.cleanup()

    @asynccontextmanager
    async def fork(self, *words: str, on_paper: bool = False) -> AsyncIterator[Running]:
        """A daemon with these words, killed at the end of the block."""
        async with await anyio.connect_unix(self._address) as stream:
            asked = {"words": words, "on_paper": on_paper, "environ": dict(ENVIRON)}
            await stream.send(json.dumps(asked).encode() + b"\n")
            lines = Lines(stream)
            first = await lines.next()
            assert first is not None, "nobody was born"
            process = Forked(first["pid"], lines)
            async with _killed_at_the_end(process):
                yield Running(process, process.said)
