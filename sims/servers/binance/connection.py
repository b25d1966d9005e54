"""One client's conversation over the WebSocket API: its requests pass the gate.

Each request is a task of its own, so that one which is held back lets the others pass; answers
come as they are ready.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Final

from msgspec import Struct

from sims.servers.binance.gate import Interference, Verdict, carry
from sims.servers.binance.line import Line
from sims.servers.binance.protocol import Protocol, Reply, framed
from sims.servers.binance.reports import server_shutdown
from sims.servers.binance.request import Request
from sims.servers.binance.scenarios.outward import Courier
from sims.servers.binance.session import Session


class Manner(Struct, frozen=True, kw_only=True):
    """Since when a client is there, and how it wants to be answered."""

    since_ns: int
    shows_limits: bool
    unit: int


class Connection:
    """Carries requests to the protocol, and answers and events back to the line."""

    def __init__(
        self,
        line: Line,
        protocol: Protocol,
        courier: Courier,
        manner: Manner,
    ) -> None:
        self.session: Final = Session(
            self._send_event,
            since_ns=manner.since_ns,
            shows_limits=manner.shows_limits,
            unit=manner.unit,
        )
        self._line: Final = line
        self._protocol: Final = protocol
        self._courier: Final = courier
        self._holders = 0
        self._held: Final[list[Mapping[str, object]]] = []

    def send(self, frame: Mapping[str, object]) -> bool:
        """Queue a frame; say whether there is still somebody to send it to."""
        return self._line.send(json.dumps(frame, separators=(",", ":")))

    def say_shutdown(self, now: int) -> None:
        """Announce that the server is about to end the connection."""
        self.send({"event": server_shutdown(now).at(self.session.unit)})

    async def process(self, request: Request, gate: Interference) -> None:
        """Take one request through the gate, the engine and the gate again."""
        with self._events_held(is_held=gate.answers_first):
            reply = await carry(gate, request, self._perform)
            if reply is Verdict.CLOSE:
                self._line.cut()
            elif isinstance(reply, Reply):
                shows_limits = self.session.shows_limits
                answer = framed(request, reply, shows_limits=shows_limits)
                request.answered = self.send(answer)

    def _perform(self, request: Request) -> Reply:
        return self._protocol.perform(request, self.session)

    def _send_event(self, event: Mapping[str, object]) -> None:
        self._courier.carry(_subject(event), partial(self._pass_on, event))

    def _pass_on(self, event: Mapping[str, object]) -> None:
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


def _subject(envelope: Mapping[str, object]) -> str:
    """Return how rules know an event: by its type, and of a report by what happened."""
    event = envelope["event"]
    assert isinstance(event, Mapping), envelope
    return f"{event['e']}:{event['x']}" if "x" in event else str(event["e"])
