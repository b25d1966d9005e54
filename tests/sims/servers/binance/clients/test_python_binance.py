"""python-binance: REST with bodies on DELETE, its WebSocket requests and its user socket."""

from collections.abc import AsyncIterator
from typing import Any, Final

import anyio
import pytest

from tests.sims.servers.binance.clients.keys import ED25519, HMAC, PEM
from tests.sims.servers.binance.clients.served import Served
from tests.sims.servers.binance.strangers import stranger

pytestmark = pytest.mark.anyio

KEYS: Final = [
    pytest.param({"api_key": HMAC.key, "api_secret": HMAC.secret}, id="hmac"),
    pytest.param({"api_key": ED25519.key, "private_key": PEM}, id="ed25519"),
]
LIMIT: Final = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.01",
    "price": "50000",
}
REPLACED: Final = LIMIT | {
    "price": "51000",
    "cancelReplaceMode": "STOP_ON_FAILURE",
    "cancelOrigClientOrderId": "mine",
}


@pytest.fixture(params=KEYS)
async def client(served: Served, request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    """A client of a class of its own, which says where the venue is."""
    kind = stranger("binance").AsyncClient
    here = {"API_URL": f"{served.http}/api", "WS_API_URL": served.ws_api}
    with anyio.fail_after(20):
        at_venue: Any = type("AtVenue", (kind,), here)
        client = await at_venue.create(**request.param)
        # It waits so long for one more message before it lets its connection go.
        client.ws_api.TIMEOUT = 0.1
        yield client
        await client.close_connection()


async def test_an_order_goes_its_whole_way_and_is_heard(client: Any) -> None:
    sockets = stranger("binance").BinanceSocketManager(client)
    async with sockets.user_socket() as user:
        placed = await client.create_order(**LIMIT, newClientOrderId="mine")
        replaced = await client.cancel_replace_order(**REPLACED)
        order_id = replaced["newOrderResponse"]["orderId"]
        found = await client.get_order(symbol="BTCUSDT", orderId=order_id)
        [opened] = await client.get_open_orders(symbol="BTCUSDT")
        canceled = await client.cancel_order(symbol="BTCUSDT", orderId=order_id)
        heard = [await user.recv() for _ in range(8)]

    assert (placed["status"], found["status"]) == ("NEW", "NEW")
    assert opened["orderId"] == order_id
    assert canceled["status"] == "CANCELED"
    kinds = [event["x"] for event in heard if event["e"] == "executionReport"]
    assert kinds == ["NEW", "CANCELED", "NEW", "CANCELED"]


async def test_the_same_goes_over_its_socket(client: Any) -> None:
    placed = await client.ws_create_order(**LIMIT, newClientOrderId="mine")
    replaced = await client.ws_cancel_and_replace_order(**REPLACED)
    order_id = replaced["newOrderResponse"]["orderId"]
    found = await client.ws_get_order(symbol="BTCUSDT", orderId=order_id)
    canceled = await client.ws_cancel_order(symbol="BTCUSDT", orderId=order_id)
    filled = await client.ws_create_order(
        symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.01"
    )

    assert (placed["status"], found["status"]) == ("NEW", "NEW")
    assert canceled["status"] == "CANCELED"
    assert filled["fills"][0]["price"] == "60000.00000000"


async def test_orders_come_in_lists_and_all_of_them_can_be_canceled(client: Any) -> None:
    pair = await client.create_oco_order(
        symbol="BTCUSDT",
        side="SELL",
        quantity="0.01",
        aboveType="LIMIT_MAKER",
        abovePrice="65000",
        belowType="STOP_LOSS",
        belowStopPrice="55000",
    )
    [canceled] = await client.cancel_all_open_orders(symbol="BTCUSDT")

    assert pair["contingencyType"] == "OCO"
    assert canceled["listOrderStatus"] == "ALL_DONE"
    assert await client.get_open_oco_orders() == []


async def test_a_refusal_keeps_its_status_and_its_code(client: Any) -> None:
    error = stranger("binance.exceptions").BinanceAPIException

    with pytest.raises(error) as caught:
        await client.create_order(**LIMIT | {"quantity": "0.000001"})
    assert (caught.value.status_code, caught.value.code) == (400, -1013)
    with pytest.raises(error, match="-2013"):
        await client.ws_get_order(symbol="BTCUSDT", orderId=10**9)


async def test_it_knows_the_symbol_and_the_account(client: Any) -> None:
    symbol = await client.get_symbol_info("BTCUSDT")
    account = await client.get_account()
    candles = await client.get_klines(symbol="BTCUSDT", interval="1m")

    assert (symbol["status"], account["uid"]) == ("TRADING", 1)
    assert len(candles[-1]) == 12
