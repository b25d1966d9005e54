"""Answers for a running daemon to whoever asks over the control socket, and passes on what is told.

What is told waits in the inbox like everything else; the answer to it goes out when the step that
took it is durable.
"""

import os
from collections import deque
from collections.abc import Callable
from typing import Final

import anyio

from actors.acting import message_of
from actors.assembly import Core
from actors.edge.telemetry import events_of
from actors.runtime.step_record import Step
from actors.standing import Standing
from actors.unsure import Unsure
from trader.config.schema import Config
from trader.model.envelope import Message
from trader.model.orders import OrderFilled
from trader.model.units import Nanoseconds
from trader.ops.protocol import VERSION, Act, Acted, Answer, Ask, Document, Refused, Welcome

FILLS_MAX: Final = 1_000


class Operator:
    """Speaks for one daemon; `put` is the way into its inbox."""

    def __init__(
        self,
        config: Config,
        core: Core,
        *,
        mode: str,
        now: Callable[[], Nanoseconds],
        put: Callable[[Message], None],
        unsure: Unsure,
    ) -> None:
        self._config: Final = config
        self._core: Final = core
        self._mode: Final = mode
        self._now: Final = now
        self._put: Final = put
        self._standing: Final = Standing(config, core)
        self._unsure: Final = unsure
        self._fills: Final[deque[Document]] = deque(maxlen=FILLS_MAX)
        self._waiting: Final[dict[int, _Waiting]] = {}

    def welcome(self) -> Welcome:
        """Which run this is."""
        return Welcome(
            version=VERSION,
            run=self._config.run.name,
            account=self._config.account.id,
            mode=self._mode,
            pid=os.getpid(),
        )

    def answer(self, ask: Ask) -> Answer:
        """The document that is asked for."""
        standing, now = self._standing, self._now()
        match ask.about:
            case "status":
                document = {**standing.account(now), **self._unsure.document(now)}
            case "orders":
                document = {"orders": standing.orders()}
            case "positions":
                document = {"positions": standing.positions()}
            case "fills":
                document = {"fills": list(self._fills)}
        return Answer(now, document)

    async def act(self, act: Act, by: str) -> Acted | Refused:
        """Tells the core; returns when that is durable. Raises UsageError for what has no sense."""
        message = message_of(act, self._core, by)
        waiting = self._waiting[id(message)] = _Waiting(message)
        self._put(message)
        acted = await waiting.acted()
        for event in acted.events:
            if event["event"] == "limit_rejected":
                return Refused(code="limit", message=f"{event['limit']}: {event['text']}")
            if event["event"] == "order_denied" and act.verb == "submit":
                return Refused(code="denied", message=f"{event['code']}: {event['detail']}")
        return acted

    def settle(self, step: Step) -> None:
        """A step has become durable."""
        for envelope in step.kept:
            if isinstance(envelope.body, OrderFilled):
                self._fills.append(self._fill(envelope.body))
        waiting = self._waiting.pop(id(step.input.body), None)
        if waiting is not None:
            waiting.settle(Acted(seq=step.input.seq, events=tuple(events_of(step))))

    def _fill(self, fill: OrderFilled) -> Document:
        standing = self._standing
        return {
            "ts": fill.ts_event,
            "client_order_id": fill.client_order_id,
            "trade_id": fill.trade_id,
            "strategy": fill.strategy,
            "instrument": fill.instrument,
            "size": standing.size(fill.instrument, fill.last_lots),
            "price": standing.price(fill.instrument, fill.last_ticks),
            "fee": self._core.scale.text(fill.fee),
            "reason": fill.reason,
        }


class _Waiting:
    """An act under way; it holds its message, by whose identity the step is known."""

    def __init__(self, message: Message) -> None:
        self.message: Final = message
        self._acted: Acted | None = None
        self._done: Final = anyio.Event()

    def settle(self, acted: Acted) -> None:
        self._acted = acted
        self._done.set()

    async def acted(self) -> Acted:
        await self._done.wait()
        assert self._acted is not None
        return self._acted
