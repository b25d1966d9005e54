"""One client's connection: its requests pass the gate, and everything to it is written in turn.

Answers and events share one bounded queue, so that a client sees them in the order in which the
venue made them. A client that does not read until the queue is full loses its connection.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import anyio
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from sims.servers.binance.gate import Interference, Verdict
from sims.servers.binance.protocol import Answer, Protocol, Request, refused
from sims.servers.binance.refusals import OUTCOME_UNKNOWN
from sims.servers.binance.session import Session

FRAMES_MAX: Final = 10_000


class Connection:
    """Carries requests to the protocol, and answers and events back to the socket."""

    def __init__(self, socket: ServerConnection, protocol: Protocol, *, shows_limits: bool) -> None:
        self.session: Final = Session(self._send_event, shows_limits=shows_limits)
        self._socket: Final = socket
        self._protocol: Final = protocol
        self._inlet, self._outlet = anyio.create_memory_object_stream[str](FRAMES_MAX)
        self._holders = 0
        self._held: Final[list[Mapping[str, object]]] = []

    async def write(self) -> None:
        """Write what is to be sent, until the connection or the queue is closed."""
        with self._outlet:
            async for text in self._outlet:
                try:
                    await self._socket.send(text)
                except ConnectionClosed:
                    return

    def close(self) -> None:
        """Take nothing more to send; `write` ends when it has written the rest."""
        self._inlet.close()

    def send(self, frame: Mapping[str, object]) -> bool:
        """Queue a frame; say whether there is still somebody to send it to."""
        try:
            self._inlet.send_nowait(json.dumps(frame, separators=(",", ":")))
        except anyio.WouldBlock:
            self._break()
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            pass
        else:
            return True
        return False

    async def process(self, request: Request, gate: Interference) -> None:
        """Take one request through the gate, the engine and the gate again."""
        verdict = await gate.before_execute(request.method, request.params)
        if verdict not in {Verdict.PROCEED, Verdict.LOSE}:
            self._give_up(request, verdict)
            return
        with self._events_held(is_held=gate.answers_first):
            answer = self._protocol.execute(request, self.session)
            if verdict is Verdict.LOSE:
                return
            verdict = await gate.before_answer(request.method, request.params)
            if verdict is Verdict.PROCEED:
                self._answer(request, answer)
            else:
                self._give_up(request, verdict)

    def _give_up(self, request: Request, verdict: Verdict) -> None:
        if verdict is Verdict.CLOSE:
            self._break()
        elif verdict is Verdict.UNKNOWN:
            self._answer(request, refused(request.id, OUTCOME_UNKNOWN))

    def _answer(self, request: Request, answer: Answer) -> None:
        request.answered = self.send(answer)

    def _send_event(self, event: Mapping[str, object]) -> None:
        if self._holders:
            self._held.append(event)
        else:
            self.send(event)

    @contextmanager
    def _events_held(self, *, is_held: bool) -> Iterator[None]:
        self._holders += is_held
        try:
            yield
        finally:
            self._holders -= is_held
            if not self._holders:
                for event in self._held:
                    self.send(event)
                self._held.clear()

    def _break(self) -> None:
        # No closing handshake: to the client the line is simply cut.
        self._socket.transport.abort()
