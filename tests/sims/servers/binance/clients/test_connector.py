"""The older official library, binance-connector: REST with either key, WebSocket API with HMAC."""

import json
from collections.abc import Iterator
from queue import Queue
from typing import Any, Final

import pytest

from tests.sims.servers.binance.clients.keys import ED25519, HMAC, PEM
from tests.sims.servers.binance.clients.served import Served
from tests.sims.servers.binance.strangers import stranger

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
PAIR: Final = {
    "symbol": "BTCUSDT",
    "side": "SELL",
    "quantity": "0.01",
    "aboveType": "LIMIT_MAKER",
    "abovePrice": "65000",
    "belowType": "STOP_LOSS",
    "belowStopPrice": "55000",
}


@pytest.fixture(params=KEYS)
def client(served: Served, request: pytest.FixtureRequest) -> Iterator[Any]:
    client = stranger("binance.spot").Spot(base_url=served.http, **request.param)
    yield client
    client.session.close()


def test_an_order_goes_its_whole_way(client: Any) -> None:
    placed = client.new_order(**LIMIT, newClientOrderId="mine")
    replaced = client.cancel_and_replace(**REPLACED)
    order_id = replaced["newOrderResponse"]["orderId"]
    found = client.get_order("BTCUSDT", orderId=order_id)
    [opened] = client.get_open_orders("BTCUSDT")
    canceled = client.cancel_order("BTCUSDT", orderId=order_id)
    listed = client.get_orders("BTCUSDT", orderId=placed["orderId"])

    assert (placed["status"], found["price"]) == ("NEW", "51000.00000000")
    assert opened["orderId"] == order_id
    assert (canceled["status"], canceled["origQty"]) == ("CANCELED", "0.01000000")
    assert [each["orderId"] for each in listed] == [placed["orderId"], order_id]


def test_a_trade_is_in_the_account(client: Any) -> None:
    filled = client.new_order("BTCUSDT", "SELL", "MARKET", quoteOrderQty="60")
    [trade] = client.my_trades("BTCUSDT", orderId=filled["orderId"])

    assert (filled["executedQty"], trade["quoteQty"]) == ("0.00100000", "60.00000000")
    assert client.account()["uid"] == 1


def test_orders_come_in_lists(client: Any) -> None:
    pair = client.new_oco_order(**PAIR)
    [opened] = client.get_oco_open_orders()
    canceled = client.cancel_oco_order("BTCUSDT", orderListId=pair["orderListId"])

    assert opened["orderListId"] == pair["orderListId"]
    assert canceled["listOrderStatus"] == "ALL_DONE"


def test_a_refusal_keeps_its_status_and_its_code(client: Any) -> None:
    error = stranger("binance.error").ClientError

    with pytest.raises(error) as caught:
        client.cancel_and_replace(**REPLACED)
    assert (caught.value.status_code, caught.value.error_code) == (400, -2022)
    assert caught.value.error_data["newOrderResult"] == "NOT_ATTEMPTED"
    with pytest.raises(error) as caught:
        client.new_listen_key()
    assert (caught.value.status_code, caught.value.error_code) == (410, -1016)


def test_orders_and_events_share_a_connection(served: Served) -> None:
    heard: Queue[Any] = Queue()
    client = stranger("binance.websocket.spot.websocket_api").SpotWebsocketAPIClient(
        stream_url=served.ws_api,
        api_key=HMAC.key,
        api_secret=HMAC.secret,
        on_message=lambda _, text: heard.put(json.loads(text)),
    )
    utils = stranger("binance.lib.utils")

    def answer() -> Any:
        while "status" not in (frame := heard.get(timeout=5)):
            events.append(frame["event"])
        return frame

    events: list[Any] = []
    try:
        params = utils.websocket_api_signature(HMAC.key, HMAC.secret, {})
        client.send({"id": "s", "method": "userDataStream.subscribe.signature", "params": params})
        assert answer()["result"] == {"subscriptionId": 0}
        client.new_order(**LIMIT, newClientOrderId="mine")
        assert answer()["result"]["status"] == "NEW"
        client.cancel_replace_order(**REPLACED)
        order_id = answer()["result"]["newOrderResponse"]["orderId"]
        client.get_order("BTCUSDT", orderId=order_id)
        assert answer()["result"]["status"] == "NEW"
        client.cancel_order("BTCUSDT", orderId=order_id)
        assert answer()["result"]["status"] == "CANCELED"
        client.user_data_start()
        assert answer()["error"]["code"] == -1016
    finally:
        client.stop()
        client.socket_manager.ws.shutdown()

    kinds = [event["x"] for event in events if event["e"] == "executionReport"]
    assert kinds == ["NEW", "CANCELED", "NEW", "CANCELED"]
