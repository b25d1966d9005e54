"""One client's conversation over the WebSocket API: its requests pass the gate.

Each request is a task of its own, so that one which is held back lets the others pass; answers
come as they are ready.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from sims.servers.binance.gate import Interference, Verdict
from sims.servers.binance.line import Line
from sims.servers.binance.protocol import Answer, Protocol, Request, refused
from sims.servers.binance.refusals import OUTCOME_UNKNOWN
from sims.servers.binance.reports import server_shutdown
from sims.servers.binance.session import Session


class Connection:
    """Carries requests to the protocol, and answers and events back to the line."""

    def __init__(self, line: Line, protocol: Protocol, *, shows_limits: bool) -> None:
        self.session: Final = Session(self._send_event, shows_limits=shows_limits)
        self._line: Final = line
        self._protocol: Final = protocol
        self._holders = 0
        self._held: Final[list[Mapping[str, object]]] = []

    def send(self, frame: Mapping[str, object]) -> bool:
        """Queue a frame; say whether there is still somebody to send it to."""
        return self._line.send(json.dumps(frame, separators=(",", ":")))

    def say_shutdown(self, now: int) -> None:
        """Announce that the server is about to end the connection."""
        self.send({"event": server_shutdown(now)})

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
            self._line.cut()
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
