"""Orders over real sockets with either kind of key, and every request by its second way."""

from collections.abc import Callable
from typing import TypeVar

import anyio
import pytest

from actors.edge.gateway import Gateway
from actors.runtime.calls import Calls, calling
from actors.runtime.line import Way
from sims.servers.binance.accounts import ACCOUNTS
from sims.servers.binance.engine import Engine
from sims.servers.binance.server import Venue, serve
from tests.edge.test_gateway import clock, connected
from tests.venues.binance.family import (
    ENTRY,
    LIMIT,
    LOW,
    STOP,
    cancel,
    entry,
    limit,
    replace,
    stop,
)
from tests.venues.binance.test_signing import PEM
from tests.venues.binance.wire import EPOCH, GRID, KEYS, PATIENCE
from tests.venues.contract.cards import Life
from trader.logic.rules.limits import Steps
from trader.logic.rules.listing import misfit
from trader.model.envelope import Message
from trader.venues.binance import requests
from trader.venues.binance.dialogue import BinanceDialogue
from trader.venues.binance.exchange_info import ExchangeInfo, version_of
from trader.venues.binance.frames import (
    AccountStatus,
    Canceled,
    OrderState,
    OwnTrade,
    Placed,
    Time,
    body,
)
from trader.venues.binance.requests import Request
from trader.venues.binance.rest import call_of, frame_of
from trader.venues.binance.signing import Keys, SigningKey, signing_key
from trader.venues.binance.terms import Terms

pytestmark = pytest.mark.anyio

SIGNING = signing_key(ACCOUNTS[1].key, PEM)
MS = 1_000_000
T = TypeVar("T")


class Desk:
    """A gateway with a kind of key, and the lives of its orders."""

    def __init__(self, venue: Venue, keys: Keys) -> None:
        self.ready = anyio.Event()
        self.lives = {id_: Life(id_) for id_ in (ENTRY, STOP, LIMIT)}
        self.gateway = Gateway(
            Way(venue.url),
            BinanceDialogue(keys, [GRID], PATIENCE),
            clock=clock,
            put=self._put,
            begin=lambda: EPOCH,
            begun=lambda _: None,
        )

        self._news = anyio.Event()

    def _put(self, message: Message) -> None:
        for life in self.lives.values():
            life.hear([message])
        self._news.set()
        self._news = anyio.Event()

    async def until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            await self._news.wait()

    async def do(self, *messages: Message) -> None:
        self.gateway.perform(messages)
        await self.gateway.rest()


@pytest.mark.parametrize("keys", [KEYS, SIGNING], ids=["secret", "private key"])
async def test_a_family_lives_its_life_over_a_socket(keys: Keys) -> None:
    engine = Engine(now=clock)
    engine.mark("BTCUSDT", "60000.00")
    with anyio.fail_after(30):
        async with serve(engine) as venue:
            desk = Desk(venue, keys)
            entry_, stop_, limit_ = desk.lives.values()
            async with connected(desk):  # type: ignore[arg-type]
                await desk.do(
                    entry(limit=LOW + 50_000, ts_decided=clock()),
                    stop(ts_decided=clock()),
                    limit(ts_decided=clock()),
                )
                assert (entry_.accepted, stop_.accepted, limit_.accepted) == (True,) * 3
                engine.mark("BTCUSDT", "59400.00")
                await desk.until(lambda: entry_.filled == 1_000)
                engine.mark("BTCUSDT", "60000.00")
                await desk.do(replace(STOP, stop_ticks=LOW + 20_000))
                await desk.until(lambda: stop_.lots == -1_000)
                engine.mark("BTCUSDT", "59100.00")
                await desk.until(lambda: stop_.filled == -1_000 and bool(limit_.end))
                await desk.do(cancel(LIMIT))

            assert (limit_.filled, limit_.end) == (0, "canceled")
            names = [str(order.terms.client_order_id) for order in engine.orders.values()]
            assert len(set(names)) == len(names) == 5
            assert {name.partition("_")[0] for name in names} == set(desk.lives)
            asked = {request.method for request in venue.received}
            assert ("session.logon" in asked) is isinstance(keys, SigningKey)
            assert not any(order.is_open for order in engine.orders.values())


class Teller:
    """Asks over REST with one key."""

    def __init__(self, calls: Calls, keys: Keys) -> None:
        self._calls = calls
        self._keys = keys

    async def ask(self, request: Request, kind: type[T]) -> T:
        reply = await self._calls.make(call_of(request, self._keys, clock() // MS))
        assert reply is not None
        frame = frame_of(reply, clock())
        assert frame.error is None, (request, frame)
        return body(frame.result, kind)


@pytest.mark.parametrize("keys", [KEYS, SIGNING], ids=["secret", "private key"])
async def test_every_request_has_a_second_way(keys: Keys) -> None:
    engine = Engine(now=clock)
    engine.mark("BTCUSDT", "60000.00")
    terms = Terms(sign=1, lots=1_000, kind="LIMIT", life="GTC", limit_ticks=LOW)
    with anyio.fail_after(30):
        async with (
            serve(engine) as venue,
            calling(venue.url.replace("ws:", "http:").rsplit("/", 2)[0]) as calls,
        ):
            ask = Teller(calls, keys).ask
            assert (await ask(requests.time(), Time)).ms == pytest.approx(clock() // MS, abs=999)
            placed = await ask(requests.place(ENTRY, terms, GRID, 2_000), Placed)
            assert placed.client_id == ENTRY
            state = await ask(requests.order_status(ENTRY, GRID), OrderState)
            assert (state.order_id, state.status) == (placed.order_id, "NEW")
            assert await ask(requests.open_orders(GRID), tuple[OrderState, ...]) == (state,)
            assert (await ask(requests.cancel(ENTRY, GRID), Canceled)).original_id == ENTRY
            all_ = await ask(requests.orders_since(placed.order_id, GRID), tuple[OrderState, ...])
            assert [each.status for each in all_] == ["CANCELED"]
            market = Terms(sign=1, lots=1_000, kind="MARKET")
            await ask(requests.place(STOP, market, GRID, 2_000), Placed)
            [trade] = await ask(requests.trades_since(0, GRID), tuple[OwnTrade, ...])
            assert GRID.lots(trade.size) == 1_000
            account = await ask(requests.account(), AccountStatus)
            assert {each.asset for each in account.balances} >= {"BTC", "USDT"}
            info = await ask(requests.exchange_info(["BTCUSDT"]), ExchangeInfo)
            assert misfit(version_of(info.symbols[0], 0), Steps(tick=GRID.tick, lot=GRID.lot)) == ""
