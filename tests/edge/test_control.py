"""The control socket itself: who may come, what is refused, and that nobody slows the daemon."""

import os
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from threading import Thread

import anyio
import pytest
from anyio import to_thread

from actors.edge import control
from actors.edge.control import ControlSocket
from trader.errors import ConfigError, DaemonAbsent, UsageError
from trader.ops.client import Client
from trader.ops.protocol import (
    FRAME_BYTES_MAX,
    HEAD,
    VERSION,
    Act,
    Acted,
    Answer,
    Ask,
    Hello,
    Refused,
    Told,
    Watch,
    Welcome,
    decode_reply,
    frame,
    socket_of,
)

pytestmark = pytest.mark.anyio

GREETED = Welcome(version=1, run="trial", account="main", mode="loopback", pid=7)


class Desk:
    """Says what was asked of it, and remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[Act, str]] = []

    def welcome(self) -> Welcome:
        return GREETED

    def answer(self, ask: Ask) -> Answer:
        return Answer(5, {"about": ask.about})

    async def act(self, act: Act, by: str) -> Acted | Refused:
        self.told.append((act, by))
        if act.verb == "dance":
            raise UsageError("nobody dances here", hint="did you mean halt?")
        return Acted(seq=len(self.told), events=({"event": "done"},))


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[tuple[ControlSocket, Desk]]:
    """A control socket at work."""
    desk = Desk()
    server = ControlSocket(folder, desk)
    ready = anyio.Event()
    with anyio.fail_after(30):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(server.run, ready.set)
            await ready.wait()
            yield server, desk
            tasks.cancel_scope.cancel()


def raw(server: ControlSocket, *frames: bytes) -> list[object]:
    """What a client hears that sends these bytes, until the daemon ends the conversation."""
    replies: list[object] = []
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(server.path))
        with suppress(BrokenPipeError):  # whoever is refused need not be heard
            line.sendall(b"".join(frames))
            line.shutdown(socket.SHUT_WR)
        with line.makefile("rb") as source:
            while head := source.read(HEAD.size):
                replies.append(decode_reply(source.read(HEAD.unpack(head)[0])))
    return replies


async def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    async with serving(tmp_path) as (server, _):
        assert stat.S_IMODE(server.path.stat().st_mode) == 0o600
        assert stat.S_IMODE(server.path.parent.stat().st_mode) == 0o700
    assert not server.path.exists()


async def test_a_client_asks_and_tells(tmp_path: Path) -> None:
    async with serving(tmp_path) as (_, desk):

        def talk() -> tuple[Welcome, Answer, Acted]:
            with Client(tmp_path) as client:
                act = Act(verb="halt", reason="lunch")
                return client.daemon, client.ask("orders"), client.act(act)

        said = await to_thread.run_sync(talk)

        assert said == (
            GREETED,
            Answer(5, {"about": "orders"}),
            Acted(seq=1, events=({"event": "done"},)),
        )
        [(act, by)] = desk.told
        assert (act.verb, act.reason) == ("halt", "lunch")
        assert by == control.user_name(os.getuid())


async def test_what_makes_no_sense_is_refused_with_its_hint(tmp_path: Path) -> None:
    async with serving(tmp_path):

        def talk() -> None:
            with Client(tmp_path) as client:
                client.act(Act(verb="dance"))

        with pytest.raises(UsageError, match="nobody dances") as refused:
            await to_thread.run_sync(talk)
        assert refused.value.hint == "did you mean halt?"


@pytest.mark.parametrize(
    "act",
    [Act(verb="submit", lots=2**64), Act(verb="halt", reason="\udcff")],
    ids=["number", "text"],
)
async def test_what_fits_no_frame_is_refused_before_it_is_sent(tmp_path: Path, act: Act) -> None:
    async with serving(tmp_path) as (_, desk):

        def talk() -> None:
            with Client(tmp_path) as client:
                client.act(act)

        with pytest.raises(UsageError, match="beyond 64 bits, or text that is not UTF-8"):
            await to_thread.run_sync(talk)
        assert desk.told == []


@pytest.mark.parametrize(
    ("frames", "codes"),
    [
        ((frame(Hello(2)),), ["version"]),
        ((frame(Ask("status")),), ["version"]),
        ((frame(Hello(1)), HEAD.pack(3) + b"\xc1\xc1\xc1"), ["Welcome", "protocol"]),
        ((frame(Hello(1)), HEAD.pack(FRAME_BYTES_MAX + 1)), ["Welcome", "protocol"]),
        ((HEAD.pack(5) + b"ab",), []),
        ((frame(Hello(1)), frame(Hello(1)), frame(Ask("fills"))), ["Welcome", "Welcome", "Answer"]),
    ],
)
async def test_bad_frames_end_one_conversation_and_nothing_else(
    tmp_path: Path, frames: tuple[bytes, ...], codes: list[str]
) -> None:
    async with serving(tmp_path) as (server, _):
        replies = await to_thread.run_sync(raw, server, *frames)
        said = [r.code if isinstance(r, Refused) else type(r).__name__ for r in replies]

        assert said == codes
        assert await to_thread.run_sync(raw, server, frame(Hello(1))) == [GREETED]


async def test_a_watcher_hears_every_event_and_one_that_sleeps_is_told_what_it_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "EVENTS_MAX", 3)
    async with serving(tmp_path) as (server, _):
        heard: list[Told] = []

        def listen() -> None:
            with Client(tmp_path) as client:
                for told in client.watch():
                    heard.append(told)
                    if told.event["n"] == 9:
                        return

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(to_thread.run_sync, listen)
            while not server.watched:
                await anyio.lowlevel.checkpoint()
            for n in range(10):
                server.tell({"n": n})

        assert sum(told.dropped for told in heard) + len(heard) == 10
        assert heard[-1].event == {"n": 9}
        assert any(told.dropped for told in heard)


async def test_a_watcher_that_leaves_is_forgotten(tmp_path: Path) -> None:
    async with serving(tmp_path) as (server, _):
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(server.path))
            line.sendall(frame(Hello(1)) + frame(Watch()))
            while not server.watched:
                await anyio.lowlevel.checkpoint()
        while server.watched:
            await anyio.lowlevel.checkpoint()


async def test_too_many_clients_are_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "CLIENTS_MAX", 0)
    async with serving(tmp_path) as (server, _):
        [refused] = await to_thread.run_sync(raw, server)
        assert isinstance(refused, Refused)
        assert refused.code == "busy"


def test_a_client_hears_why_a_daemon_hung_up_before_it_could_speak(tmp_path: Path) -> None:
    path = socket_of(tmp_path)
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def welcome_and_hang_up() -> None:
            line, _ = listener.accept()
            with line:
                line.recv(len(frame(Hello(VERSION))), socket.MSG_WAITALL)
                line.sendall(frame(GREETED) + frame(Refused(code="busy", message="too many")))

        daemon = Thread(target=welcome_and_hang_up)
        daemon.start()
        with Client(tmp_path) as client:
            daemon.join()
            with pytest.raises(UsageError, match="too many"):
                client.ask("status")


async def test_what_an_earlier_life_left_is_no_obstacle(tmp_path: Path) -> None:
    left = tmp_path / "control" / "daemon.sock"
    left.parent.mkdir()
    left.touch()
    with pytest.raises(DaemonAbsent, match="no daemon runs there"):
        Client(tmp_path)

    async with serving(tmp_path) as (server, _):
        assert await to_thread.run_sync(raw, server, frame(Hello(1))) == [GREETED]


def test_a_path_too_long_for_a_socket_is_refused_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="too long"):
        ControlSocket(tmp_path / ("x" * 100), Desk())
