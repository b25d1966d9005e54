"""One client's WebSocket: frames to it are queued and written in turn, and its life is bounded.

Answers and events share one queue, so that a client sees them in the order in which the venue
made them. A client that does not read until the queue is full loses its connection, and so does
one that leaves a ping unanswered. Nobody stays longer than a day.
"""

from collections.abc import AsyncIterator
from contextlib import suppress
from enum import Enum, auto
from itertools import count
from typing import Final

import anyio
from aiohttp import WSCloseCode, WSMsgType, web
from msgspec import Struct

FRAMES_MAX: Final = 10_000
FRAME_BYTES_MAX: Final = 1 << 16
CLOSE_S: Final = 1.0


class Pulse(Struct, frozen=True, kw_only=True):
    """How often a client is pinged, how long it may owe the pong, and how long it may stay."""

    ping_s: float = 20
    pong_s: float = 60
    life_s: float = 86_400


class Mood(Enum):
    """What a line does: everything; it sends no frames; or neither sends nor hears anything."""

    LIVELY = auto()
    SILENT = auto()
    DEAD = auto()


class Line:
    """Reads and writes one WebSocket; `beat` and `write` run beside the reader."""

    def __init__(self, request: web.BaseRequest, pulse: Pulse) -> None:
        self.mood = Mood.LIVELY
        self._request: Final = request
        self._pulse: Final = pulse
        self._socket: Final = web.WebSocketResponse(
            autoping=False, compress=False, max_msg_size=FRAME_BYTES_MAX, timeout=CLOSE_S
        )
        self._inlet, self._outlet = anyio.create_memory_object_stream[str](FRAMES_MAX)
        self.written: Final = anyio.Event()
        self._life: Final = anyio.CancelScope()
        self._owed: Final[list[bytes]] = []

    async def open(self) -> web.WebSocketResponse:
        """Shake hands; whoever asks for no WebSocket is refused by an HTTP error."""
        await self._socket.prepare(self._request)
        return self._socket

    def send(self, text: str) -> bool:
        """Queue a frame; say whether there is still somebody to send it to."""
        if self.mood is not Mood.LIVELY:
            return True
        try:
            self._inlet.send_nowait(text)
        except anyio.WouldBlock:
            self.cut()
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            pass
        else:
            return True
        return False

    async def read(self) -> AsyncIterator[str | bytes]:
        """Yield the client's frames until it leaves or the line breaks; answer its pings."""
        async for message in self._socket:
            if self.mood is Mood.DEAD:
                continue
            match message.type:
                case WSMsgType.TEXT | WSMsgType.BINARY:
                    yield message.data
                case WSMsgType.PING:
                    await self._reply(message.data)
                case WSMsgType.PONG:
                    self._heard(bytes(message.data))
                case _:
                    continue

    async def write(self) -> None:
        """Write what is queued until `close`, then take leave of the client."""
        try:
            with self._outlet:
                async for text in self._outlet:
                    await self._socket.send_str(text)
                    await self._write_rest()
            await self._socket.close(code=WSCloseCode.GOING_AWAY)
        except ConnectionError:
            self.cut()
        finally:
            self.written.set()

    async def _write_rest(self) -> None:
        """Write all that waits without a turn of the loop for each frame."""
        while True:
            try:
                text = self._outlet.receive_nowait()
            except (anyio.WouldBlock, anyio.EndOfStream):
                return
            await self._socket.send_str(text)

    async def beat(self) -> None:
        """Ping the client until it leaves; part with it when it is silent or its time is up."""
        with self._life:
            with anyio.move_on_after(self._pulse.life_s):
                await self._ping()
                self.cut()
                return
            self.close()

    def close(self) -> None:
        """Take nothing more to send; `write` ends when it has written the rest."""
        self._inlet.close()
        self._life.cancel()

    def cut(self) -> None:
        """Break the line without a closing handshake."""
        transport = self._request.transport
        if transport is not None:
            transport.abort()

    async def _ping(self) -> None:
        owed_max = max(1, round(self._pulse.pong_s / self._pulse.ping_s))
        for number in count(1):
            await anyio.sleep(self._pulse.ping_s)
            if self.mood is Mood.DEAD:
                continue
            if len(self._owed) >= owed_max:
                return
            payload = b"%d" % number
            self._owed.append(payload)
            with suppress(ConnectionError):
                await self._socket.ping(payload)

    async def _reply(self, payload: bytes) -> None:
        with suppress(ConnectionError):
            await self._socket.pong(payload)

    def _heard(self, payload: bytes) -> None:
        # A pong answers its ping and the ones before it; one that nobody asked for answers nothing.
        if payload in self._owed:
            del self._owed[: self._owed.index(payload) + 1]
