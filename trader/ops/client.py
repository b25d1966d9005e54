"""The other end of the control socket: one connection to a running daemon."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self, TypeVar

import msgspec

from trader.errors import DaemonAbsent, UsageError
from trader.ops.protocol import (
    HEAD,
    VERSION,
    Act,
    Acted,
    Answer,
    Ask,
    Hello,
    Question,
    Refused,
    Reply,
    Request,
    Told,
    Watch,
    Welcome,
    decode_reply,
    frame,
    length_of,
    socket_of,
)

ANSWER_S_MAX: Final = 30.0
"""A commit may be slow; a daemon that takes longer than this hangs."""

R = TypeVar("R", bound=Reply)


class Client:
    """Talks to the daemon that holds `state_dir`. Raises DaemonAbsent where none answers."""

    def __init__(self, state_dir: Path) -> None:
        self._where: Final = str(state_dir)
        self._socket: Final = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(ANSWER_S_MAX)
        try:
            self._socket.connect(str(socket_of(state_dir)))
        except OSError as error:
            self._socket.close()
            raise DaemonAbsent(
                "no daemon runs there",
                where=self._where,
                hint="start one, or name another configuration or state_dir",
            ) from error
        self.daemon: Final = self._asked(Hello(VERSION), Welcome)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._socket.close()

    def ask(self, about: Question) -> Answer:
        """The document about it."""
        return self._asked(Ask(about), Answer)

    def act(self, act: Act) -> Acted:
        """Tells the daemon, and returns when it is durable; UsageError if it refuses."""
        return self._asked(act, Acted)

    def watch(self) -> Iterator[Told]:
        """Every event from now on, until the daemon stops."""
        self._send(Watch())
        self._socket.settimeout(None)
        while True:
            yield self._expect(self._receive(), Told)

    def _asked(self, request: Request, kind: type[R]) -> R:
        self._send(request)
        return self._expect(self._receive(), kind)

    def _expect(self, reply: Reply, kind: type[R]) -> R:
        if isinstance(reply, Refused):
            raise UsageError(reply.message, where=self._where, hint=reply.hint)
        if not isinstance(reply, kind):
            raise self._lost(f"it answered {type(reply).__name__}")
        return reply

    def _send(self, request: Request) -> None:
        try:
            framed = frame(request)
        except (OverflowError, UnicodeEncodeError) as error:
            raise UsageError(
                "what the daemon is told holds a number beyond 64 bits, or text that is not UTF-8",
                where=self._where,
            ) from error
        try:
            self._socket.sendall(framed)
        except BrokenPipeError:
            return  # it has said why before it hung up; that is what is read next
        except OSError as error:
            raise self._lost(str(error)) from error

    def _receive(self) -> Reply:
        try:
            return decode_reply(self._read(length_of(self._read(HEAD.size))))
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            raise self._lost(str(error)) from error

    def _read(self, count: int) -> bytes:
        parts: list[bytes] = []
        while count:
            part = self._socket.recv(count)
            if not part:
                raise OSError("it ended the conversation")
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def _lost(self, why: str) -> DaemonAbsent:
        return DaemonAbsent(f"the daemon gave no answer: {why}", where=self._where)
