"""The official SDK, binance-sdk-spot: REST and WebSocket API, with either kind of key."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

import anyio
import pytest

from tests.sims.servers.binance.clients.keys import ED25519, HMAC, PEM
from tests.sims.servers.binance.clients.served import Served
from tests.sims.servers.binance.strangers import stranger

# It gives aiohttp a timeout in a form that will go.
pytestmark = pytest.mark.filterwarnings("ignore:parameter 'timeout':DeprecationWarning")

KEYS: Final = [
    pytest.param({"api_key": HMAC.key, "api_secret": HMAC.secret}, id="hmac"),
    pytest.param({"api_key": ED25519.key, "private_key": PEM}, id="ed25519"),
]
WAYS_IN: Final = [
    pytest.param({"api_key": HMAC.key, "api_secret": HMAC.secret}, False, id="hmac"),
    pytest.param({"api_key": ED25519.key, "private_key": PEM}, False, id="ed25519"),
    pytest.param({"api_key": ED25519.key, "private_key": PEM}, True, id="ed25519-logon"),
]
LIMIT: Final = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "time_in_force": "GTC",
    "quantity": 0.01,
    "price": 50000.0,
}
PAIR: Final = {
    "symbol": "BTCUSDT",
    "side": "SELL",
    "quantity": 0.01,
    "above_type": "LIMIT_MAKER",
    "above_price": 65000.0,
    "below_type": "STOP_LOSS",
    "below_stop_price": 55000.0,
}


@contextmanager
def resting(served: Served, keys: dict[str, str]) -> Iterator[Any]:
    """A client of REST."""
    configuration = stranger("binance_common.configuration").ConfigurationRestAPI
    client = stranger("binance_sdk_spot").Spot(
        config_rest_api=configuration(base_path=served.http, retries=0, **keys)
    )
    yield client.rest_api
    client.rest_api._session.close()  # noqa: SLF001 - it has no way to close it of its own


@pytest.fixture(params=KEYS)
def client(served: Served, request: pytest.FixtureRequest) -> Iterator[Any]:
    with resting(served, request.param) as client:
        yield client


def test_an_order_goes_its_whole_way_over_rest(client: Any) -> None:
    placed = client.new_order(**LIMIT, new_client_order_id="mine")
    replaced = client.order_cancel_replace(
        **LIMIT | {"price": 51000.0},
        cancel_replace_mode="STOP_ON_FAILURE",
        cancel_orig_client_order_id="mine",
    ).data()
    new = replaced.new_order_response
    amended = client.order_amend_keep_priority("BTCUSDT", order_id=new.order_id, new_qty=0.005)
    found = client.get_order("BTCUSDT", order_id=new.order_id).data()
    [opened] = client.get_open_orders(symbol="BTCUSDT").data()
    canceled = client.delete_order("BTCUSDT", order_id=new.order_id).data()

    assert placed.data().status == "NEW"
    assert [limit.rateLimitType for limit in placed.rate_limits] == [
        "ORDERS",
        "ORDERS",
        "REQUEST_WEIGHT",
    ]
    assert (replaced.cancel_result, replaced.new_order_result) == ("SUCCESS", "SUCCESS")
    assert replaced.cancel_response.orig_client_order_id == "mine"
    assert amended.data().amended_order.qty == "0.00500000"
    assert (found.price, found.orig_qty) == ("51000.00000000", "0.00500000")
    assert opened.order_id == new.order_id
    assert canceled.status == "CANCELED"


def test_a_trade_is_in_the_account_over_rest(client: Any) -> None:
    filled = client.new_order("BTCUSDT", "SELL", "MARKET", quantity=0.01).data()
    trades = client.my_trades("BTCUSDT", order_id=filled.order_id).data()
    account = client.get_account(omit_zero_balances=True).data()

    assert (filled.status, filled.fills[0].price) == ("FILLED", "60000.00000000")
    assert [trade.id for trade in trades] == [filled.fills[0].trade_id]
    assert {each.asset for each in account.balances} == {"BTC", "USDT"}


def test_lists_and_what_everybody_may_know(client: Any) -> None:
    pair = client.order_list_oco(**PAIR).data()
    canceled = client.delete_order_list("BTCUSDT", order_list_id=pair.order_list_id).data()
    symbols = client.exchange_info(symbols=["BTCUSDT", "ETHUSDT"]).data().symbols
    book = client.depth("BTCUSDT", limit=5).data()
    counts = client.rate_limit_order().data()

    assert [report.status for report in pair.order_reports] == ["NEW", "NEW"]
    assert canceled.list_order_status == "ALL_DONE"
    assert [each.symbol for each in symbols] == ["BTCUSDT", "ETHUSDT"]
    tick = symbols[0].filters[0].actual_instance
    assert (tick.filter_type, tick.tick_size) == ("PRICE_FILTER", "0.01000000")
    assert book.bids[0][0] == "60000.00000000"
    assert [each.interval for each in counts] == ["SECOND", "DAY"]


def test_a_refusal_keeps_its_code_and_its_text(client: Any, served: Served) -> None:
    errors = stranger("binance_common.errors")

    with pytest.raises(errors.BadRequestError) as caught:
        client.new_order(**LIMIT | {"price": 50000.001})
    assert caught.value.status_code == -1013
    assert caught.value.error_message == "Filter failure: PRICE_FILTER"

    with (
        resting(served, {"api_key": "z" * 64, "api_secret": "s"}) as nobody,
        pytest.raises(errors.UnauthorizedError),
    ):
        nobody.get_account()


@asynccontextmanager
async def talking(served: Served, keys: dict[str, str]) -> AsyncIterator[Any]:
    """A connection of the WebSocket API."""
    configuration = stranger("binance_common.configuration").ConfigurationWebSocketAPI
    client = stranger("binance_sdk_spot").Spot(
        config_ws_api=configuration(stream_url=served.ws_api, **keys)
    )
    with anyio.fail_after(10):
        connection = await client.websocket_api.create_connection()
        try:
            yield connection
        finally:
            await connection.close_connection(close_session=True)


async def listen(connection: Any, hear: Callable[[Any], None], *, logs_on: bool) -> None:
    """Subscribe to the account's events, with a session or with a signature alone."""
    if logs_on:
        logged_on = (await connection.session_logon()).data().result
        assert logged_on.api_key == ED25519.key
        subscribed = await connection.user_data_stream_subscribe()
    else:
        subscribed = await connection.user_data_stream_subscribe_signature()
    subscribed.stream.on("message", lambda event: hear(event.actual_instance))


@pytest.mark.anyio
@pytest.mark.parametrize(("keys", "logs_on"), WAYS_IN)
async def test_orders_and_events_share_a_connection(
    served: Served, keys: dict[str, str], logs_on: bool
) -> None:
    heard: list[Any] = []
    done = anyio.Event()

    def hear(event: Any) -> None:
        heard.append(event)
        if getattr(event, "x", None) == "TRADE":
            done.set()

    async with talking(served, keys) as connection:
        await listen(connection, hear, logs_on=logs_on)
        await connection.order_place(**LIMIT, new_client_order_id="mine")
        replaced = await connection.order_cancel_replace(
            **LIMIT | {"price": 51000.0},
            cancel_replace_mode="STOP_ON_FAILURE",
            cancel_orig_client_order_id="mine",
        )
        order_id = replaced.data().result.new_order_response.order_id
        found = await connection.order_status("BTCUSDT", order_id=order_id)
        canceled = await connection.order_cancel("BTCUSDT", order_id=order_id)
        pair = await connection.order_list_place_oco(**PAIR)
        await connection.open_orders_cancel_all("BTCUSDT")
        await connection.order_place("BTCUSDT", "BUY", "MARKET", quantity=0.01)
        await done.wait()
        status = (await connection.session_status()).data().result

    assert (found.data().result.status, canceled.data().result.status) == ("NEW", "CANCELED")
    assert pair.data().result.contingency_type == "OCO"
    assert status.user_data_stream is (True if logs_on else None)
    reports = [(event.x, event.c) for event in heard if hasattr(event, "x")]
    assert [kind for kind, _ in reports] == [
        *("NEW", "CANCELED", "NEW", "CANCELED"),
        *("NEW", "NEW", "CANCELED", "CANCELED"),
        *("NEW", "TRADE"),
    ]
    assert reports[0] == ("NEW", "mine")
    assert "ListStatus" in {type(event).__name__ for event in heard}


@pytest.mark.anyio
async def test_an_error_is_told_to_who_asked(served: Served) -> None:
    keys = {"api_key": HMAC.key, "api_secret": HMAC.secret}
    async with talking(served, keys) as connection:
        missing = (await connection.order_status("BTCUSDT", order_id=10**9)).data()
        refused = (await connection.session_logon()).data()

    assert missing == {"error": {"code": -2013, "msg": "Order does not exist."}}
    assert refused["error"]["code"] == -4056
