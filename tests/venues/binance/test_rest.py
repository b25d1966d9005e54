"""Requests and answers over REST: the bytes that are signed are the bytes that are sent."""

import json
from urllib.parse import parse_qsl, unquote

import pytest

from tests.shared_data import shared
from tests.sims.servers.binance.desk import MAIN
from tests.venues.binance.test_signing import PEM
from tests.venues.binance.wire import GRID, START
from trader.model.units import MILLISECOND_NS, SECOND_NS
from trader.venues.binance import requests
from trader.venues.binance.frames import OrderState, Placed, body
from trader.venues.binance.methods import METHODS
from trader.venues.binance.outcomes import Outcome, judge
from trader.venues.binance.requests import Request
from trader.venues.binance.rest import call_of, frame_of, must_pause
from trader.venues.binance.signing import KeyPair, signing_key
from trader.venues.execution_client import Reply

KEYS = KeyPair(MAIN.key, MAIN.secret)
DOCUMENTED: dict[str, str | int] = {
    "symbol": "LTCBTC",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": 1,
    "price": "0.1",
    "recvWindow": 5_000,
}


def reply(status: int, text: str | bytes, **headers: str) -> Reply:
    content = text if isinstance(text, bytes) else text.encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, headers=named, body=content)


@pytest.mark.parametrize(
    ("symbol", "signature"),
    [
        ("LTCBTC", "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"),
        (
            "\uff11\uff12\uff13\uff14\uff15\uff16",
            "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3",
        ),
    ],
)
def test_the_documented_vectors(symbol: str, signature: str) -> None:
    request = Request("order.place", DOCUMENTED | {"symbol": symbol})

    call = call_of(request, KEYS, 1_499_827_319_559)

    assert (call.verb, call.path) == ("POST", "/api/v3/order")
    assert call.headers == (("X-MBX-APIKEY", MAIN.key),)
    assert call.query.endswith(b"&timestamp=1499827319559&signature=" + signature.encode())


def test_an_ed25519_signature_is_encoded_in_the_query() -> None:
    keys = signing_key("key", PEM)

    query = call_of(requests.cancel("main-x-1-1", GRID), keys, 7).query

    payload, _, signature = query.rpartition(b"&signature=")
    assert set(b"+/=") & set(signature) == set()
    assert unquote(signature.decode()) == keys.sign(payload)


def test_what_is_public_carries_no_key() -> None:
    call = call_of(requests.time(), KEYS, 7)

    assert (call.verb, call.path, call.query, call.headers) == ("GET", "/api/v3/time", b"", ())


def test_a_call_does_not_show_what_it_carries() -> None:
    assert repr(call_of(requests.account(), KEYS, 7)) == "Call(GET /api/v3/account)"


def test_every_method_with_a_way_by_rest_can_be_called() -> None:
    for name, method in METHODS.items():
        if method.verb:
            call = call_of(Request(name, {"symbol": "BTCUSDT"}), KEYS, 7, "3")
            assert dict(parse_qsl(call.query.decode()))["symbol"] == "BTCUSDT"
            assert call.id == "3"


def test_a_good_reply_is_the_frame_that_the_socket_would_bring() -> None:
    frame = frame_of(reply(200, '{"serverTime": 5}'), START, "9")

    assert (frame.id, frame.status, bytes(frame.result)) == ("9", 200, b'{"serverTime": 5}')
    assert frame.error is None


@pytest.mark.parametrize(
    ("status", "text", "outcome"),
    [
        (200, "", Outcome.UNKNOWN),
        (200, '{"symbol": "BTC', Outcome.UNKNOWN),
        (200, "<html>", Outcome.UNKNOWN),
        (400, '{"code": -2010, "msg": "Account has insuffi', Outcome.UNKNOWN),
        (400, '{"code": -2010, "msg": "Account has insufficient balance"}', Outcome.REFUSED),
        (400, '{"msg": "no code"}', Outcome.UNKNOWN),
        (400, '{"code": "-2010"}', Outcome.UNKNOWN),
        (403, "<html><body>403 ERROR</body></html>", Outcome.UNKNOWN),
        (404, "<html>nginx</html>", Outcome.UNKNOWN),
        (451, '{"code": 0, "msg": "Service unavailable"}', Outcome.UNKNOWN),
        (502, "<html>502 Bad Gateway</html>", Outcome.UNKNOWN),
        (503, '{"code": -1008, "msg": "overloaded"}', Outcome.LATER),
        (504, "", Outcome.UNKNOWN),
        (500, b"\xff\xfe", Outcome.UNKNOWN),
        (500, "[" * 100_000, Outcome.UNKNOWN),
        (429, '{"code": -1003, "msg": "Too many requests queued."}', Outcome.SILENCE),
        (429, "slow down", Outcome.UNKNOWN),
        (204, "", Outcome.UNKNOWN),
    ],
)
def test_what_a_reply_proves(status: int, text: str | bytes, outcome: Outcome) -> None:
    frame = frame_of(reply(status, text), START)

    assert frame.error is not None
    assert judge(frame.status, frame.error) is outcome


@pytest.mark.parametrize(
    ("status", "pauses"), [(429, True), (418, True), (403, True), (502, False)]
)
def test_a_limit_is_told_in_seconds_and_meant_as_an_instant(status: int, pauses: bool) -> None:
    answer = reply(status, '{"code": -1003, "msg": "no"}', retry_after="30")
    frame = frame_of(answer, START)

    assert must_pause(answer) is pauses
    assert frame.error is not None
    if pauses:
        assert frame.error.data is not None
        assert frame.error.data.retry_after == (START + 30 * SECOND_NS) // MILLISECOND_NS


@pytest.mark.parametrize("text", ["", "soon", "-1", "9" * 30])
def test_a_pause_without_a_length_has_none(text: str) -> None:
    frame = frame_of(reply(429, '{"code": -1003}', retry_after=text), START)

    assert frame.error is not None
    assert frame.error.data is None


def test_recorded_answers_are_understood() -> None:
    lines = shared("wire/open/binance/rest_order_answers_composed.jsonl").read_text().splitlines()
    cases = {case["case"]: case for case in map(json.loads, lines)}
    for name, case in cases.items():
        frame = frame_of(reply(case["http"], json.dumps(case["body"])), START)
        assert (frame.error is None) is (case["http"] == 200), name

    full = frame_of(reply(200, json.dumps(cases["new FULL"]["body"])), START)
    assert len(body(full.result, Placed).fills) == 2
    query = cases["query"]["body"]
    assert (
        body(frame_of(reply(200, json.dumps(query)), START).result, OrderState).status == "FILLED"
    )
