"""The daemon's own gateway as a bench: real sockets to the loopback venue, in a thread beside."""

from contextlib import ExitStack
from typing import Final

import anyio
from anyio.from_thread import BlockingPortal, start_blocking_portal
from msgspec.structs import replace

from actors.edge.gateway import Gateway
from actors.runtime.line import Way
from sims.servers.binance.engine import Engine
from sims.servers.binance.server import serve
from tests.edge.test_gateway import clock
from tests.venues.binance.wire import EPOCH, GRID, KEYS, PATIENCE
from trader.model.envelope import Message
from trader.model.orders import OrderApproved
from trader.model.units import Ticks
from trader.venues.binance.dialogue import BinanceDialogue

QUIET_S: Final = 0.06
"""So long nothing comes once all has come."""


class GatewayBench:
    """Whatever is done is done in the thread of the gateway's loop."""

    def __init__(self) -> None:
        self._stack: Final = ExitStack()
        self._portal: Final[BlockingPortal] = self._stack.enter_context(start_blocking_portal())
        self._engine: Final = self._portal.call(lambda: Engine(now=clock))
        venue = self._stack.enter_context(
            self._portal.wrap_async_context_manager(serve(self._engine))
        )
        self._told: list[Message] = []
        self._gateway: Final = self._portal.call(
            lambda: Gateway(
                Way(venue.url),
                BinanceDialogue(KEYS, [GRID], PATIENCE),
                clock=clock,
                put=self._told.append,
                begin=lambda: EPOCH,
                begun=lambda _: None,
            )
        )
        self.move(6_000_000)

    def connect(self, _epoch: int) -> list[Message]:
        """Begins the gateway, and returns when orders may leave."""
        running, _ = self._portal.start_task(self._run)
        self._stack.callback(running.cancel)
        return self._news()

    def close(self) -> None:
        """Ends the gateway and the venue."""
        self._stack.close()

    def perform(self, *messages: Message) -> list[Message]:
        self._portal.call(self._perform, messages)
        return self._news()

    def move(self, ticks: Ticks) -> list[Message]:
        price = f"{ticks // 100}.{ticks % 100:02}"
        self._portal.call(self._engine.mark, "BTCUSDT", price)
        return self._news()

    async def _run(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        await self._gateway.run(task_status.started)

    def _perform(self, messages: tuple[Message, ...]) -> None:
        self._gateway.perform([_decided_now(each) for each in messages])

    def _news(self) -> list[Message]:
        self._portal.call(self._quiet)
        told = self._told[:]
        self._told.clear()
        return told

    async def _quiet(self) -> None:
        count = -1
        while count != len(self._told):
            count = len(self._told)
            await self._gateway.rest()
            await anyio.sleep(QUIET_S)


def _decided_now(message: Message) -> Message:
    if not isinstance(message, OrderApproved):
        return message
    return replace(message, order=replace(message.order, ts_decided=clock()))
