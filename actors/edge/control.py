"""The control socket: how people and programs on this machine ask a running daemon, and tell it.

A Unix socket that its owner alone may use, in a folder that its owner alone may enter. Whoever
watches gets events from a bounded queue of his own: one who reads too slowly loses the oldest and
is told how many, and the core never waits for him.
"""

import os
import pwd
import socket as sockets
import struct
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import anyio
import msgspec
from anyio.abc import SocketAttribute, SocketStream
from anyio.streams.buffered import BufferedByteReceiveStream

from actors.runtime.supervisor import Ready
from trader.errors import ConfigError, TraderdError
from trader.ops.protocol import (
    HEAD,
    VERSION,
    Act,
    Acted,
    Answer,
    Ask,
    Document,
    Hello,
    Refused,
    Reply,
    Told,
    Watch,
    Welcome,
    decode_request,
    frame,
    length_of,
    socket_of,
)

EVENTS_MAX: Final = 1_000
"""Events that may wait for one who watches."""
CLIENTS_MAX: Final = 32
PATH_BYTES_MAX: Final = 107
"""So long may the path of a Unix socket be."""
_PEER: Final = struct.Struct("3i")
_GONE: Final = (anyio.EndOfStream, anyio.IncompleteRead, anyio.BrokenResourceError, OSError)


class Desk(Protocol):
    """Who answers: the daemon."""

    def welcome(self) -> Welcome:
        """Who this is."""

    def answer(self, ask: Ask) -> Answer:
        """What a question asks for."""

    async def act(self, act: Act, by: str) -> Acted | Refused:
        """Does it; returns when it is durable, or says why it was not done."""


class ControlSocket:
    """Serves the control socket below `folder`."""

    def __init__(self, folder: Path, desk: Desk) -> None:
        """Raises ConfigError where no socket can be."""
        self.path: Final = socket_of(folder)
        self._desk: Final = desk
        self._watchers: Final[list[_Watcher]] = []
        self._clients = 0
        if len(os.fsencode(self.path.absolute())) > PATH_BYTES_MAX:
            raise ConfigError(
                "the path of the control socket is too long",
                where=str(self.path),
                hint=f"name a state_dir so that it has {PATH_BYTES_MAX} bytes at most",
            )

    async def run(self, ready: Ready) -> None:
        """Serves until it is cancelled."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.parent.chmod(0o700)
        # What an earlier life left there answers nobody: the journal's lock says we are alone.
        self.path.unlink(missing_ok=True)
        listener = await anyio.create_unix_listener(self.path, mode=0o600)
        async with listener:
            ready()
            try:
                await listener.serve(self._serve)
            finally:
                self.path.unlink(missing_ok=True)

    @property
    def watched(self) -> bool:
        """Whether anybody watches."""
        return bool(self._watchers)

    def tell(self, event: Mapping[str, Any]) -> None:
        """An event, to everybody who watches."""
        for watcher in self._watchers:
            watcher.put(event)

    async def _serve(self, stream: SocketStream) -> None:
        self._clients += 1
        try:
            async with stream:
                if self._clients > CLIENTS_MAX:
                    await _send(stream, _refused("busy", f"{CLIENTS_MAX} clients are the most"))
                    return
                await self._talk(stream, BufferedByteReceiveStream(stream))
        except _GONE:
            return
        finally:
            self._clients -= 1

    async def _talk(self, stream: SocketStream, source: BufferedByteReceiveStream) -> None:
        by = _peer(stream)
        greeted = False
        while True:
            try:
                head = await source.receive_exactly(HEAD.size)
                request = decode_request(await source.receive_exactly(length_of(head)))
            except (ValueError, msgspec.MsgspecError) as error:
                # Where one frame cannot be read, nobody knows where the next one begins.
                await _send(stream, _refused("protocol", f"no such request: {error}"))
                return
            if not greeted:
                greeted = isinstance(request, Hello) and request.version == VERSION
                await _send(stream, self._desk.welcome() if greeted else _foreign())
                if not greeted:
                    return
                continue
            match request:
                case Hello():
                    await _send(stream, self._desk.welcome())
                case Ask():
                    await _send(stream, self._desk.answer(request))
                case Act():
                    await _send(stream, await self._act(request, by))
                case Watch():
                    await self._watch(stream)
                    return

    async def _act(self, act: Act, by: str) -> Reply:
        try:
            return await self._desk.act(act, by)
        except TraderdError as error:
            return _refused(error.code, error.message, error.hint)

    async def _watch(self, stream: SocketStream) -> None:
        watcher = _Watcher()
        self._watchers.append(watcher)
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_until_gone, stream, tasks.cancel_scope.cancel)
                while True:
                    await _send(stream, await watcher.next())
        finally:
            self._watchers.remove(watcher)


class _Watcher:
    """The events that wait for one client."""

    def __init__(self) -> None:
        self._events: deque[Document] = deque()
        self._dropped = 0
        self._filled = anyio.Event()

    def put(self, event: Mapping[str, Any]) -> None:
        if len(self._events) >= EVENTS_MAX:
            self._events.popleft()
            self._dropped += 1
        self._events.append(dict(event))
        self._filled.set()

    async def next(self) -> Told:
        while not self._events:
            self._filled = anyio.Event()
            await self._filled.wait()
        dropped, self._dropped = self._dropped, 0
        return Told(event=self._events.popleft(), dropped=dropped)


async def _until_gone(stream: SocketStream, gone: Callable[[], None]) -> None:
    """Reads what a watching client has no reason to say, until it leaves."""
    try:
        while True:
            await stream.receive()
    except _GONE:
        gone()


async def _send(stream: SocketStream, reply: Reply) -> None:
    await stream.send(frame(reply))


def _refused(code: str, message: str, hint: str = "") -> Refused:
    return Refused(code=code, message=message, hint=hint)


def _foreign() -> Refused:
    return _refused(
        "version",
        f"this daemon speaks version {VERSION} of the control protocol",
        "ask it with the traderd that it was started with",
    )


def _peer(stream: SocketStream) -> str:
    """The name of the user whose process is at the other end, as the kernel knows it."""
    raw = stream.extra_attributes[SocketAttribute.raw_socket]()
    credentials = raw.getsockopt(sockets.SOL_SOCKET, sockets.SO_PEERCRED, _PEER.size)
    return user_name(_PEER.unpack(credentials)[1])


def user_name(uid: int) -> str:
    """The user's name, or the number of one that has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
