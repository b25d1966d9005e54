"""Keys of a real daemon after trading, faults, alerts and crashes: written down nowhere."""

import json
import re
import socket
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import time_ns  # noqa: TID251 - the daemon runs on the real clock, and so does its venue
from typing import TypeAlias
from urllib.parse import quote
from urllib.request import urlopen

import anyio
import pytest
from anyio import to_thread
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from msgspec import Struct

from sims.servers.binance.accounts import AccountSpec
from sims.servers.binance.engine import Engine
from sims.servers.binance.markets import EUROS
from sims.servers.binance.server import serve
from tests.crash.canary import PIECE, found
from tests.crash.stage import Running, Stage, mortal, plain
from tests.crash.streams import direct
from tests.ops.sinks import webhook
from trader.cli.main import main

pytestmark = pytest.mark.anyio

Capture: TypeAlias = pytest.CaptureFixture[bytes]

KEY = "CanaryKey0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2w3X4y5Z6"
SECRET = "CanarySecret+z9Y8/x7W6v5U4t3S2r1Q0p9O8n7M6l5K4j3I2h1G0f9E8d7"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(7, 39)))
SEED = bytes(range(7, 39))
PEM = PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLIC = PRIVATE.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
FAULTS = (
    {"do": "answer", "what": "order.place", "code": -1007, "is_executed": True, "times": 1},
    {"do": "close", "what": "order.place", "skip": 1, "times": 1},
)
REFUSAL = ({"do": "answer", "what": "order.place", "code": -1022, "times": 1},)
CHILD = (
    "import pathlib, sys; out = pathlib.Path(sys.argv[1]); own = pathlib.Path('/proc/self');"
    " out.write_bytes(sys.stdin.buffer.read() + own.joinpath('environ').read_bytes()"
    " + own.joinpath('cmdline').read_bytes())"
)


class Kind(Struct, frozen=True):
    """Keys of one kind: the venue's half of them, ours, and what must be found nowhere."""

    account: AccountSpec
    keys: str
    secrets: dict[str, bytes]


BALANCES = {"USDT": "100000", "EUR": "50"}
KINDS = {
    "hmac": Kind(
        AccountSpec(name="main", key=KEY, secret=SECRET, balances=BALANCES),
        f"{KEY}:{SECRET}",
        {"key": KEY.encode(), "secret": SECRET.encode()},
    ),
    "ed25519": Kind(
        AccountSpec(name="main", key=KEY, ed25519_public=PUBLIC, balances=BALANCES),
        f"{KEY}\n{PEM}",
        {"key": KEY.encode(), "seed": SEED, "pem": "".join(PEM.split("\n")[1:-2]).encode()},
    ),
}


@asynccontextmanager
async def staged(folder: Path, account: AccountSpec) -> AsyncIterator[Stage]:
    engine = Engine(now=time_ns, symbols=(EUROS,), accounts=(account,))
    async with serve(engine) as venue:
        yield Stage(venue, engine, folder, plain("flip"))


def private(path: Path, text: str) -> str:
    path.touch(mode=0o600)
    path.write_text(text)
    return str(path)


def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number: int = free.getsockname()[1]
        return number


def scraped(number: int) -> bytes:
    with urlopen(f"http://127.0.0.1:{number}/metrics") as answer:
        content: bytes = answer.read()
        return content


def shown(pid: int) -> Iterator[tuple[str, bytes]]:
    """How the system shows a process and its threads to others."""
    own = Path(f"/proc/{pid}")
    for path in (own / "cmdline", own / "limits", *own.glob("task/*/comm")):
        yield f"shown {path.name}", path.read_bytes()


class Round:
    """Some lives of a daemon with keys of a kind; `places` are all things that came of them."""

    def __init__(
        self, stage: Stage, folder: Path, kind: Kind, *, in_file: bool, capture: Capture
    ) -> None:
        self.places: dict[str, bytes] = {}
        self._stage = stage
        self._folder = folder
        self._capture = capture
        self._port = port()
        self._sets = [f"ops.metrics_port={self._port}"]
        self._environ = "" if in_file else kind.keys
        if in_file:
            self._sets.append(f"account.keys={{file: {private(folder / 'keys', kind.keys)!r}}}")

    async def ask(self, *words: str) -> None:
        """One of the program's verbs; what it says is for everybody."""
        code = await to_thread.run_sync(main, list(words))
        said = self._capture.readouterr()
        self.places[" ".join(words[:2])] = said.out + said.err
        assert code == 0, said

    @asynccontextmanager
    async def life(self, point: str, count: int, *sets: str) -> AsyncIterator[Running]:
        """A daemon, of which all that it says is kept."""
        config, environ = self._stage.config, self._environ
        async with mortal(config, point, count, *self._sets, *sets, keys=environ) as daemon:
            yield daemon
        self.places[f"said {point}"] = json.dumps(daemon.lines, ensure_ascii=False).encode()

    async def trade(self, *sets: str) -> None:
        """Trades through faults of the venue, halts, and is asked for all that can be asked."""
        state, admin = self._stage.journal.parent, {"admin": f"{self._stage.venue.http}/admin"}
        at = ("--state-dir", str(state))
        await direct(admin, "rules", *FAULTS)
        async with self.life("none", 1, *sets) as daemon:
            await daemon.event("edge_failed", edge="gateway")
            await daemon.event("trading_state_changed", state="active")
            await daemon.event("order_filled")
            await direct(admin, "rules", *REFUSAL)
            await daemon.event("order_rejected")
            await self.ask("halt", *at, "--reason", "lunch")
            for verb in ("status", "orders", "positions", "fills"):
                await self.ask(verb, *at)
            self.places["metrics"] = await to_thread.run_sync(scraped, self._port)
            self.places |= shown(daemon.process.pid)
            # While it runs: what is written ahead is there too.
            self.keep("running")
            assert await daemon.stop() == 5
        # A daemon that stops waits for its channels.
        self.places["child"] = (self._folder / "child").read_bytes()

    async def crash(self) -> None:
        """Ends by what nobody expected, with a traceback, and by an input that breaks the core."""
        async with self.life("bug", 1) as daemon:
            await daemon.event("connected")
            await self.ask("resume", "--state-dir", str(self._stage.journal.parent))
            assert await daemon.end() == 1
        async with self.life("poison", 3) as daemon:
            assert await daemon.end() == 1

    def keep(self, when: str) -> None:
        """Every file of the state, as it is now."""
        paths = (path for path in self._stage.journal.parent.rglob("*") if path.is_file())
        self.places |= {f"{when} {path.name}": path.read_bytes() for path in paths}


@pytest.mark.parametrize(("kind", "in_file"), [("hmac", False), ("ed25519", True)])
async def test_no_key_is_in_anything_that_is_written_or_shown(
    tmp_path: Path, capfdbinary: Capture, kind: str, *, in_file: bool
) -> None:
    with anyio.fail_after(120), webhook() as hook:
        command = json.dumps([sys.executable, "-c", CHILD, str(tmp_path / "child")])
        address = private(tmp_path / "hook", hook.address)
        channels = (
            f"alerts=[{{name: hook, channel: {{file: {address!r}}}}},"
            f" {{name: own, command: {command}, about: [halt]}}]"
        )
        async with staged(tmp_path, KINDS[kind].account) as stage:
            made = Round(stage, tmp_path, KINDS[kind], in_file=in_file, capture=capfdbinary)
            await made.trade(channels)
            await made.crash()
            await made.ask("config", "show", str(stage.config))
            await made.ask("replay", str(stage.journal))
            made.keep("left")
        alerts = [hook.got.get_nowait() for _ in range(hook.got.qsize())]

    places = made.places | {"alerts": json.dumps(alerts).encode()}
    assert b"Traceback" in places["said bug"]
    assert b"the core crashed" in places["said poison"]
    assert b"traderd_commit_seconds_count" in places["metrics"]
    assert b"trading is halted" in places["alerts"]
    assert b"PATH" in places["child"]
    assert re.search(rb"core file size +0 ", places["shown limits"])
    files = {"journal.db", "epoch", "daemon.jsonl"}
    assert {f"left {name}" for name in files} | {"running journal.db-wal"} <= places.keys()
    assert found(KINDS[kind].secrets, places) == []


PLANTED = {
    "plain": SECRET.encode(),
    "backwards": SECRET[::-1].encode(),
    "a piece": b"..." + SECRET[9 : 9 + PIECE].encode() + b"...",
    "a piece backwards": b"x" + SECRET[20 : 20 + PIECE][::-1].encode() + b"x",
    "url": quote(SECRET, safe="").encode(),
    "hex": SECRET.encode().hex().encode(),
    "HEX": SECRET.encode().hex().upper().encode(),
    "base64": b64encode(SECRET.encode()),
    "base64 of a header": b64encode(f"{KEY}:{SECRET}".encode()),
    "base64, one further": b64encode(b"u" + SECRET.encode() + b"!"),
    "raw bytes": b"\0\1" + SEED,
    "hex of raw bytes": SEED.hex().encode(),
    "base64 of raw bytes": b64encode(b"\x30\x2e" + SEED),
}


@pytest.mark.parametrize("way", PLANTED)
def test_a_secret_that_is_planted_is_found(way: str) -> None:
    secrets = {"secret": SECRET.encode(), "seed": SEED}
    noise = bytes(range(256)) * 20

    assert found(secrets, {"clean": noise[3:5000:7]}) == []
    [(name, place)] = found(secrets, {"clean": b"nothing", "planted": noise[::-3] + PLANTED[way]})
    assert (name, place) == ("seed" if "raw" in way else "secret", "planted")


def test_what_is_too_short_to_be_no_accident_is_not_found() -> None:
    assert found({"secret": SECRET.encode()}, {"x": SECRET[: PIECE - 1].encode()}) == []
