"""ccxt: REST, requests over the WebSocket API, and orders that it watches.

It tells the spot market by the address of the venue. So the class here says that this one is.
"""

from collections.abc import AsyncIterator
from typing import Any, Final

import anyio
import pytest

from tests.sims.servers.binance.clients.keys import ED25519, HMAC, PEM
from tests.sims.servers.binance.clients.served import Served
from tests.sims.servers.binance.strangers import stranger

pytestmark = pytest.mark.anyio

KEYS: Final = [
    pytest.param({"apiKey": HMAC.key, "secret": HMAC.secret}, id="hmac"),
    pytest.param({"apiKey": ED25519.key, "secret": PEM}, id="ed25519"),
]
SPOT_ALONE: Final = {
    "defaultType": "spot",
    "fetchCurrencies": False,
    "fetchMargins": False,
    "fetchMarkets": {"types": ["spot"]},
}
MARKET: Final = "BTC/USDT"
SUBSCRIBE: Final = "userDataStream.subscribe.signature"


def here(served: Served) -> Any:
    """The class of an exchange that is at the served venue."""
    exchange: Any = stranger("ccxt.pro").binance

    class Here(exchange):  # type: ignore[misc]  # the class it derives from has no types
        def describe(self) -> Any:
            described = super().describe()
            api = described["urls"]["api"]
            api |= dict.fromkeys(("public", "private", "v1"), f"{served.http}/api/v3")
            api["ws"]["spot"] = f"{served.ws}/ws"
            api["ws"]["ws-api"]["spot"] = served.ws_api
            return described

        def is_spot_url(self, _client: Any) -> bool:
            return True

        def get_exceptions_by_url(self, _url: str, kind: str) -> Any:
            return super().get_exceptions_by_url("https://api.binance.com/api/v3", kind)

    return Here


@pytest.fixture(params=KEYS)
async def exchange(served: Served, request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    served.forget()
    with anyio.fail_after(20):
        exchange = here(served)(request.param | {"options": SPOT_ALONE, "enableRateLimit": False})
        yield exchange
        await exchange.close()


async def test_an_order_goes_its_whole_way(exchange: Any) -> None:
    placed = await exchange.create_order(MARKET, "limit", "buy", 0.01, 50_000)
    edited = await exchange.edit_order(placed["id"], MARKET, "limit", "buy", 0.01, 51_000)
    found = await exchange.fetch_order(edited["id"], MARKET)
    opened = await exchange.fetch_open_orders(MARKET)
    canceled = await exchange.cancel_order(edited["id"], MARKET)
    filled = await exchange.create_order(MARKET, "market", "buy", 0.01)
    trades = await exchange.fetch_my_trades(MARKET)

    assert (placed["status"], edited["price"]) == ("open", 51_000)
    assert edited["id"] != placed["id"]
    assert (found["status"], [each["id"] for each in opened]) == ("open", [edited["id"]])
    assert canceled["status"] == "canceled"
    assert (filled["status"], filled["average"]) == ("closed", 60_000)
    assert trades[-1]["order"] == filled["id"]


async def test_the_same_goes_over_its_socket(exchange: Any) -> None:
    placed = await exchange.create_order_ws(MARKET, "limit", "buy", 0.01, 50_000)
    edited = await exchange.edit_order_ws(placed["id"], MARKET, "limit", "buy", 0.01, 51_000)
    found = await exchange.fetch_order_ws(edited["id"], MARKET)
    canceled = await exchange.cancel_order_ws(edited["id"], MARKET)

    assert (placed["status"], edited["price"]) == ("open", 51_000)
    assert found["status"] == "open"
    assert canceled["status"] == "canceled"


async def test_it_watches_its_orders_and_its_balance(exchange: Any, served: Served) -> None:
    seen: list[tuple[str, str]] = []
    closed = anyio.Event()

    async def watch() -> None:
        while True:
            seen.extend((each["id"], each["status"]) for each in await exchange.watch_orders())
            if seen[-1][1] == "closed":
                closed.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(watch)
        await served.until_answered(SUBSCRIBE)
        placed = await exchange.create_order(MARKET, "limit", "buy", 0.01, 50_000)
        served.mark("50000.00")
        await closed.wait()
        tasks.cancel_scope.cancel()

    assert (seen[0], seen[-1]) == ((placed["id"], "open"), (placed["id"], "closed"))


async def test_it_knows_what_a_refusal_means(exchange: Any) -> None:
    ccxt = stranger("ccxt")

    with pytest.raises(ccxt.InsufficientFunds):
        await exchange.create_order(MARKET, "limit", "buy", 100, 50_000)
    with pytest.raises(ccxt.OrderNotFound):
        await exchange.fetch_order(str(10**9), MARKET)
    with pytest.raises(ccxt.OrderImmediatelyFillable):
        await exchange.create_order(MARKET, "limit", "buy", 0.01, 60_000, {"postOnly": True})


async def test_it_finds_the_markets_with_their_filters(exchange: Any) -> None:
    markets = await exchange.load_markets()
    book = await exchange.fetch_order_book(MARKET, 5)

    assert {MARKET, "ETH/USDT"} <= set(markets)
    assert markets[MARKET]["precision"]["price"] == 0.01
    assert markets[MARKET]["limits"]["cost"]["min"] == 5
    assert book["bids"][0][0] == 60_000
