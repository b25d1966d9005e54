"""Frames that were damaged on the way: messages the core can journal, or the venue's fault."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shared_data import shared
from tests.sims.servers.binance.desk import START_MS
from tests.venues.binance.wire import EPOCH, GRID, KEYS, NAME, PATIENCE, START, order, query
from trader.errors import VenueFault
from trader.model.account import QueryAccount
from trader.model.envelope import Envelope, Message, decode, encode
from trader.model.money import money_scale
from trader.model.orders import (
    CancelOrder,
    OrderAccepted,
    OrderCanceled,
    OrderExpired,
    OrderFilled,
)
from trader.venues.binance.dialogue import BinanceDialogue
from trader.venues.binance.grid import grid_of

ID = f"main-x-{EPOCH}-1"
EVENT = {
    "e": "executionReport",
    "E": START_MS,
    "s": "BTCUSDT",
    "c": ID,
    "S": "BUY",
    "o": "LIMIT",
    "f": "GTC",
    "q": "0.01000000",
    "p": "60000.00000000",
    "C": "",
    "x": "TRADE",
    "X": "FILLED",
    "r": "NONE",
    "i": 1,
    "l": "0.01000000",
    "z": "0.01000000",
    "L": "60000.00000000",
    "n": "0.00001000",
    "N": "BTC",
    "T": START_MS,
    "t": 7,
    "w": True,
    "m": False,
}
STATE = {
    "symbol": "BTCUSDT",
    "orderId": 1,
    "clientOrderId": ID,
    "price": "0.00000000",
    "origQty": "0.01000000",
    "executedQty": "0.01000000",
    "status": "FILLED",
    "side": "BUY",
    "updateTime": START_MS,
}
TRADE = {
    "id": 7,
    "orderId": 1,
    "price": "60000.00000000",
    "qty": "0.01000000",
    "commission": "0.00000000",
    "commissionAsset": "BTC",
    "time": START_MS,
    "isBuyer": True,
    "isMaker": False,
}
PLACED = {
    **STATE,
    "transactTime": START_MS,
    "fills": [
        {
            "price": "60000.00000000",
            "qty": "0.01000000",
            "commission": "0",
            "commissionAsset": "USDT",
            "tradeId": 7,
        }
    ],
}
ACCOUNT = {"balances": [{"asset": "BTC", "free": "1.00000000", "locked": "0.5"}], "updateTime": 1}
CANCELED = {"origClientOrderId": ID, "transactTime": START_MS}
ERROR = {"code": -1003, "msg": "no", "data": {"serverTime": 1, "retryAfter": START_MS + 1}}


def answer(count: int, result: Any) -> dict[str, Any]:
    return {"id": str(count), "status": 200, "result": result, "rateLimits": []}


# Each follows from what `talking` has asked, in its order.
FRAMES = [
    {"subscriptionId": 0, "event": EVENT},
    {"subscriptionId": 0, "event": EVENT | {"x": "CANCELED", "C": ID, "c": "web", "t": -1}},
    {"subscriptionId": 0, "event": EVENT | {"x": "EXPIRED", "eR": "UNFILLED"}},
    {"subscriptionId": 0, "event": EVENT | {"x": "REJECTED"}},
    answer(3, PLACED),
    {"id": "3", "status": 400, "error": ERROR},
    answer(4, CANCELED),
    answer(5, [STATE | {"status": "NEW"}]),
    answer(6, ACCOUNT),
    answer(7, STATE),
    answer(8, [TRADE]),
    {"id": "7", "status": 400, "error": {"code": -2013, "msg": "Order does not exist."}},
]


def talking() -> BinanceDialogue:
    """A dialogue with one question of each kind open."""
    dialogue = BinanceDialogue(KEYS, [GRID], PATIENCE)
    dialogue.greet(EPOCH, START)
    dialogue.hear(json.dumps(answer(1, {"serverTime": START_MS})).encode(), START)
    dialogue.hear(json.dumps(answer(2, {"subscriptionId": 0})).encode(), START)
    dialogue.perform([order()], START)
    dialogue.perform(
        [CancelOrder(client_order_id=ID, instrument=NAME, request_id="r", reason="t")], START
    )
    dialogue.perform([QueryAccount(request_id="q")], START)
    dialogue.perform([query()], START)
    dialogue.hear(json.dumps(answer(7, STATE)).encode(), START)
    dialogue.perform([query(2)], START)
    return dialogue


def hear(frame: bytes) -> None:
    """Only a VenueFault may come of it, or messages that the journal can hold."""
    dialogue = talking()
    try:
        turn = dialogue.hear(frame, START)
    except VenueFault:
        turn = dialogue.lose(START)
    turn += dialogue.tick(min(dialogue.due, START + 10**12))
    for message in turn.messages:
        envelope = Envelope(seq=1, n=0, ts=0, cause=(1, 0), source="world", body=message)
        assert decode(encode(envelope)) == envelope
    for outgoing in turn.frames:
        json.loads(outgoing.frame)


@pytest.mark.parametrize("frame", FRAMES)
def test_whole_frames_are_understood(frame: dict[str, Any]) -> None:
    hear(json.dumps(frame).encode())


@settings(max_examples=1_000)
@given(
    frame=st.sampled_from(FRAMES).map(lambda frame: json.dumps(frame).encode()),
    changes=st.lists(st.tuples(st.integers(0, 1_000), st.integers(0, 255)), min_size=1, max_size=4),
)
def test_damaged_bytes_are_the_venues_fault(frame: bytes, changes: list[tuple[int, int]]) -> None:
    data = bytearray(frame)
    for at, value in changes:
        data[at % len(data)] = value
    hear(bytes(data))


@given(frame=st.sampled_from(FRAMES), size=st.floats(0, 1))
def test_cut_frames_are_the_venues_fault(frame: dict[str, Any], size: float) -> None:
    data = json.dumps(frame).encode()
    hear(data[: int(size * len(data))])


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.from_regex(r"-?[0-9]{1,25}(\.[0-9]{1,25})?", fullmatch=True),
    st.sampled_from(["NEW", "FILLED", "PARTIALLY_FILLED", "SELL", "TRADE", "ODD", "USDT", ID]),
    st.just([]),
    st.just({}),
)


def places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Every container of the document with each of its keys."""
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in items:
        yield document, key
        if isinstance(value, dict | list):
            yield from places(value)


@settings(max_examples=1_000)
@given(frame=st.sampled_from(FRAMES), data=st.data())
def test_wrong_values_are_the_venues_fault(frame: dict[str, Any], data: st.DataObject) -> None:
    document = json.loads(json.dumps(frame))
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(list(places(document))))
        if isinstance(container, dict) and data.draw(st.booleans()):
            del container[key]
        else:
            container[key] = data.draw(VALUES)
        if not document:
            break
    hear(json.dumps(document).encode())


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"<html>502</html>",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"id": 1' + b"0" * 5_000 + b"}",
        b'{"event": {"e": "executionReport", "c": "\\ud800"}}',
    ],
)
def test_what_is_no_frame_is_the_venues_fault(frame: bytes) -> None:
    with pytest.raises(VenueFault):
        talking().hear(frame, START)


def test_recorded_events_are_understood() -> None:
    """With every field that the venue may add, known to us or not."""
    event = EVENT | {"V": "NONE", "W": 1, "d": 4, "uS": True, "j": 1, "gP": "X", "new": {"a": [1]}}
    assert talking().hear(json.dumps({"event": event}).encode(), START).messages


def test_recorded_streams_are_understood() -> None:
    path = shared("wire/open/binance/user_stream_sequence_composed.jsonl")
    steps = Decimal("0.0000001"), Decimal("0.00001")
    scale = money_scale([("ETHBTC.binance", *steps)], Decimal(1), fees=True)
    grid = grid_of(symbol="ETHBTC", venue="binance", quote="BTC", steps=steps, scale=scale)
    told: list[Message] = []
    *lines, last = path.read_bytes().splitlines()
    for line in lines:
        told += BinanceDialogue(KEYS, [grid], PATIENCE).hear(line, START).messages
    with pytest.raises(VenueFault, match="ends the stream"):
        talking().hear(last, START)

    kinds = {type(message) for message in told}
    assert kinds >= {OrderAccepted, OrderFilled, OrderCanceled, OrderExpired}
