"""Unmodified clients on real sockets: they hear a moving market, and their books are the engine's.

The venue runs on the real clock here; what a client is waited for comes within a second or two.
"""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from time import time_ns  # noqa: TID251 - the venue runs on the real clock
from typing import Any, Final

import anyio
import pytest
from websockets.asyncio.client import connect

from sims.servers.binance.engine import Engine
from sims.servers.binance.feeds.opening import Plan, open_players
from sims.servers.binance.market.bodies import depth
from sims.servers.binance.server import Venue, serve
from tests.sims.servers.binance.desk import Document
from tests.sims.servers.binance.strangers import stranger

pytestmark = pytest.mark.anyio
WANTED: Final = ("bookTicker", "trade", "kline_1s", "depth@100ms", "aggTrade", "depth5@100ms")


class Street:
    """A venue with a market that moves until it is told to stand still."""

    def __init__(self, venue: Venue, engine: Engine) -> None:
        self.venue = venue
        self.engine = engine
        self.is_moving = True

    async def move(self) -> None:
        players = open_players(self.engine, Plan(seed=5, rows_per_s=Decimal(40)))
        while True:
            for player in players if self.is_moving else ():
                player.advance(time_ns())
            await anyio.sleep(0.01)

    def book(self, limit: int = 5_000) -> Document:
        return depth(self.engine.markets["BTCUSDT"], limit)


@pytest.fixture
async def street() -> AsyncIterator[Street]:
    engine = Engine(now=time_ns)
    with anyio.fail_after(30):
        async with serve(engine) as venue, anyio.create_task_group() as tasks:
            street = Street(venue, engine)
            tasks.start_soon(street.move)
            yield street
            tasks.cancel_scope.cancel()


async def until(is_true: Callable[[], object]) -> None:
    while not is_true():  # noqa: ASYNC110 - a client in its own thread sets no event of ours
        await anyio.sleep(0.01)


class Follower:
    """A book kept by the documented procedure; `lost` counts the gaps."""

    def __init__(self) -> None:
        self.events: list[Document] = []
        self.bids: dict[str, str] = {}
        self.asks: dict[str, str] = {}
        self.last = -1
        self.lost = 0

    def begin(self, snapshot: Document) -> None:
        self.bids, self.asks = dict(snapshot["bids"]), dict(snapshot["asks"])
        self.last = snapshot["lastUpdateId"]
        assert self.events[0]["U"] <= self.last + 1
        for event in self.events:
            self.follow(event)

    def hear(self, event: Document) -> None:
        if self.last < 0:
            self.events.append(event)
        else:
            self.follow(event)

    def follow(self, event: Document) -> None:
        if event["u"] <= self.last:
            return
        self.lost += event["U"] > self.last + 1
        self.last = event["u"]
        for side, letter in ((self.bids, "b"), (self.asks, "a")):
            for price, quantity in event[letter]:
                side[price] = quantity
                if Decimal(quantity) == 0:
                    del side[price]

    def has(self, book: Document) -> bool:
        sides = (self.bids, "bids"), (self.asks, "asks")
        return self.last == book["lastUpdateId"] and all(
            side == dict(book[name]) for side, name in sides
        )


@asynccontextmanager
async def asking(venue: Venue) -> AsyncIterator[Callable[[str, Document], Any]]:
    async with connect(venue.url) as socket:

        async def ask(method: str, params: Document) -> Any:
            await socket.send(json.dumps({"id": 1, "method": method, "params": params}))
            return json.loads(await socket.recv())["result"]

        yield ask


async def test_a_plain_client_keeps_the_book(street: Street) -> None:
    names = "/".join(f"btcusdt@{name}" for name in WANTED)
    url = f"ws://{street.venue.host}:{street.venue.port}/stream?streams={names}"
    heard: dict[str, list[Document]] = {f"btcusdt@{name}": [] for name in WANTED}
    follower = Follower()
    async with connect(url) as socket, asking(street.venue) as ask:

        async def hear() -> None:
            async for frame in socket:
                event = json.loads(frame)
                heard[event["stream"]].append(event["data"])
                if event["stream"] == "btcusdt@depth@100ms":
                    follower.hear(event["data"])

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(hear)
            await until(lambda: follower.events)
            # A snapshot may be older than the first event; then another is asked for.
            while (snapshot := await ask("depth", {"symbol": "BTCUSDT", "limit": 5_000}))[
                "lastUpdateId"
            ] < follower.events[0]["U"] - 1:
                pass
            follower.begin(snapshot)
            await until(lambda: all(len(events) > 1 for events in heard.values()))
            street.is_moving = False
            await until(lambda: follower.has(street.book()))
            tasks.cancel_scope.cancel()

    assert follower.lost == 0
    ids = [event["t"] for event in heard["btcusdt@trade"]]
    assert ids == list(range(ids[0], ids[0] + len(ids)))
    assert heard["btcusdt@kline_1s"][-1]["k"]["i"] == "1s"


async def test_the_official_sdk_hears_every_stream(street: Street) -> None:
    configuration = stranger("binance_common.configuration").ConfigurationWebSocketStreams(
        stream_url=f"ws://{street.venue.host}:{street.venue.port}"
    )
    client = stranger("binance_sdk_spot").Spot(config_ws_streams=configuration)
    connection = await client.websocket_streams.create_connection()
    heard: dict[str, list[Any]] = {}
    follower = Follower()
    try:
        for name, stream in [
            ("best", await connection.book_ticker(symbol="btcusdt")),
            ("trade", await connection.trade(symbol="btcusdt")),
            ("kline", await connection.kline(symbol="btcusdt", interval="1s")),
            ("depth", await connection.diff_book_depth(symbol="btcusdt", update_speed="100ms")),
        ]:
            heard[name] = []
            stream.on("message", heard[name].append)
        await until(lambda: all(len(events) > 1 for events in heard.values()))
        street.is_moving = False
        await until(lambda: heard["depth"][-1].u == street.book()["lastUpdateId"])
    finally:
        await connection.close_connection(close_session=True)

    follower.last = heard["depth"][0].U - 1
    for event in heard["depth"]:
        follower.follow({"U": event.U, "u": event.u, "b": event.b, "a": event.a})
    assert follower.lost == 0
    book = street.book(1)
    best = heard["best"][-1]
    assert [[best.b, best.B], [best.a, best.A]] == [*book["bids"], *book["asks"]]
    assert heard["trade"][-1].s == heard["kline"][-1].k.s == "BTCUSDT"


async def test_the_connector_hears_a_stream_in_its_own_thread(street: Street) -> None:
    heard: list[Document] = []

    def begin() -> Any:
        return stranger("binance.websocket.spot.websocket_stream").SpotWebsocketStreamClient(
            stream_url=f"ws://{street.venue.host}:{street.venue.port}",
            on_message=lambda _, text: heard.append(json.loads(text)),
            time_unit="microsecond",
        )

    client = await anyio.to_thread.run_sync(begin)
    await anyio.to_thread.run_sync(lambda: client.agg_trade(symbol="btcusdt", id=7))
    await until(lambda: len(heard) > 1)
    await anyio.to_thread.run_sync(client.stop)
    await anyio.to_thread.run_sync(client.socket_manager.join)
    client.socket_manager.ws.shutdown()

    assert heard[0] == {"result": None, "id": 7}
    assert heard[1]["e"] == "aggTrade"
    assert heard[1]["T"] > 10**15


async def test_the_community_client_keeps_a_depth_cache(street: Street) -> None:
    binance = stranger("binance")
    address = {"STREAM_URL": f"{street.venue.ws}/"}
    manager_type = type("Manager", (binance.BinanceSocketManager,), address)
    client = binance.AsyncClient("k", "s")
    client.API_URL = f"{street.venue.http}/api"
    manager = manager_type(client)
    try:
        cache_manager = binance.DepthCacheManager(
            client, symbol="BTCUSDT", bm=manager, ws_interval=100, limit=5_000, conv_type=str
        )
        async with cache_manager as receiver, manager.trade_socket("BTCUSDT") as trades:
            assert (await trades.recv())["e"] == "trade"
            for _ in range(5):
                cache = await receiver.recv()
            street.is_moving = False
            while not same_book(street.book(), cache.get_bids(), cache.get_asks()):
                cache = await receiver.recv()
            # The client's reader takes its leave when the next frame comes.
            street.is_moving = True
    finally:
        await client.close_connection()


async def test_ccxt_watches_a_book_and_trades(street: Street) -> None:
    venue = street.venue
    exchange = ccxt_at(venue)
    try:
        await exchange.load_markets()
        for _ in range(3):
            trades = await exchange.watch_trades("BTC/USDT")
        candles = await exchange.watch_ohlcv("BTC/USDT", "1s")
        ticker = await exchange.watch_bids_asks(["BTC/USDT"])
        await exchange.watch_order_book("BTC/USDT")
        book = exchange.orderbooks["BTC/USDT"]
        street.is_moving = False
        await until(lambda: book["nonce"] >= street.book()["lastUpdateId"])
    finally:
        await exchange.close()

    assert trades[-1]["symbol"] == "BTC/USDT"
    assert len(candles[-1]) == 6
    assert ticker["BTC/USDT"]["bid"] < ticker["BTC/USDT"]["ask"]
    assert same_book(street.book(), book["bids"], book["asks"])


def ccxt_at(venue: Venue) -> Any:
    exchange = stranger("ccxt.pro").binance(
        {"options": {"defaultType": "spot", "fetchMarkets": {"types": ["spot"]},
                     "fetchCurrencies": False, "fetchMargins": False}}
    )  # fmt: skip
    for name in ("public", "private", "v1"):
        exchange.urls["api"][name] = f"{venue.http}/api/v3"
    exchange.urls["api"]["ws"]["spot"] = f"{venue.ws}/ws"
    exchange.has["fetchCurrencies"] = False
    exchange.is_spot_url = lambda *_: True
    return exchange


def same_book(book: Document, bids: list[Any], asks: list[Any]) -> bool:
    """Say whether somebody's book is the engine's; prices may be numbers there."""
    sides = ((bids, book["bids"]), (asks, book["asks"]))
    return all(
        [[float(price), float(quantity)] for price, quantity, *_ in theirs]
        == [[float(price), float(quantity)] for price, quantity in ours]
        for theirs, ours in sides
    )
