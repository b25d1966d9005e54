"""Questions on one connection: who signs, who waits, and who is asked again."""

import json
from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.venues.binance.asking import Asking, Document, asked, hear, methods
from tests.venues.binance.test_signing import PEM, SEED
from tests.venues.binance.wire import GRID, KEYS, MS, PATIENCE, START, order
from trader.errors import VenueFault
from trader.model.orders import OrderInDoubt, OrderRejected
from trader.model.units import INT64_MAX, SECOND_NS
from trader.venues.binance import requests
from trader.venues.binance.dialogue import BinanceDialogue
from trader.venues.binance.signing import payload_of, signing_key
from trader.venues.execution_client import Turn

LATE = {"code": -1021, "msg": "Timestamp for this request is outside of the recvWindow."}


# -- who asks -------------------------------------------------------------------------------------


def test_what_is_public_is_not_signed_and_a_session_needs_no_signature() -> None:
    asking = Asking()
    [public] = asked(asking.ask(requests.time()))
    [signed] = asked(asking.ask(requests.account()))
    asking.line.has_logged_on = True
    [session] = asked(asking.ask(requests.account()))
    [subscribed] = asked(asking.ask(requests.subscribe()))

    assert public["params"] == subscribed["params"] == {}
    assert {"apiKey", "signature", "timestamp"} <= signed["params"].keys()
    assert session["params"] == {"omitZeroBalances": "true", "timestamp": START // MS}


def test_a_key_pair_subscribes_with_a_signature() -> None:
    dialogue = BinanceDialogue(KEYS, [GRID], PATIENCE)

    assert methods(dialogue.greet(3, START)) == ["time"]
    assert methods(hear(dialogue, 1, serverTime=START // MS)) == [
        "userDataStream.subscribe.signature"
    ]
    assert not dialogue.ready
    hear(dialogue, 2, subscriptionId=0)
    assert dialogue.ready


def test_a_signing_key_logs_on_and_signs_nothing_more() -> None:
    dialogue = BinanceDialogue(signing_key("key", PEM), [GRID], PATIENCE)
    dialogue.greet(3, START)

    [logon] = asked(hear(dialogue, 1, serverTime=START // MS))
    params = logon["params"]
    signature = b64decode(params.pop("signature"))
    public = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(SEED)).public_key()
    public.verify(signature, payload_of(params))
    assert logon["method"] == "session.logon"

    assert methods(hear(dialogue, 2, apiKey="key")) == ["userDataStream.subscribe"]
    hear(dialogue, 3, subscriptionId=0)
    [placed] = asked(dialogue.perform([order()], START))
    assert "signature" not in placed["params"]
    assert placed["params"]["timestamp"] == START // MS

    dialogue.lose(START)
    dialogue.greet(4, START)
    assert methods(hear(dialogue, 6, serverTime=START // MS)) == ["session.logon"]


def test_a_venue_that_does_not_let_us_in_is_a_fault() -> None:
    dialogue = BinanceDialogue(KEYS, [GRID], PATIENCE)
    dialogue.greet(3, START)
    hear(dialogue, 1, serverTime=START // MS)
    frame = {"id": "2", "status": 401, "error": {"code": -2015, "msg": "Invalid API-key"}}

    with pytest.raises(VenueFault, match="refuses to report: Invalid API-key"):
        dialogue.hear(json.dumps(frame).encode(), START)


@pytest.mark.parametrize(
    ("hears", "text"), [(False, "has fallen silent"), (True, "does not answer")]
)
def test_a_venue_that_does_not_answer_at_first_is_a_fault(hears: bool, text: str) -> None:
    dialogue = BinanceDialogue(KEYS, [GRID], PATIENCE)
    dialogue.greet(3, START)
    dialogue.tick(START + 100 * MS)
    if hears:
        dialogue.hear(b'{"event": {"e": "listStatus"}}', START + 150 * MS)

    with pytest.raises(VenueFault, match=text):
        dialogue.tick(START + 200 * MS)


def test_a_line_on_which_nothing_comes_any_more_is_given_up() -> None:
    """Not for one answer that is lacking, and with every doubt still to be told."""
    dialogue = BinanceDialogue(KEYS, [GRID], PATIENCE)
    dialogue.greet(3, START)
    hear(dialogue, 1, serverTime=START // MS)
    hear(dialogue, 2, subscriptionId=0)
    dialogue.perform([order()], START)
    doubted = dialogue.tick(START + 100 * MS)
    assert methods(doubted) == ["order.status"]
    dialogue.perform([order(2)], START + 150 * MS)

    with pytest.raises(VenueFault, match="has fallen silent"):
        dialogue.tick(START + 250 * MS)
    told = dialogue.lose(START + 250 * MS).messages
    assert [type(each) for each in (*doubted.messages, *told)] == [OrderInDoubt, OrderInDoubt]


def test_a_line_that_is_heard_of_between_two_questions_lives() -> None:
    asking = Asking()
    asking.ask(requests.time())
    asking.line.tick(START + 100 * MS)
    asking.line.note_life(START + 120 * MS)
    asking.ask(requests.time(), START + 130 * MS)
    asking.line.tick(START + 230 * MS)
    asking.line.forget(START + 230 * MS)
    asking.line.is_connected = True
    asking.ask(requests.time(), START + 240 * MS)
    asking.line.tick(START + 340 * MS)

    assert asking.ends == ["unknown"] * 3


OVERLOADED = {"code": -1008, "msg": "Server is currently overloaded."}
BUSY = {"code": -1003, "msg": "Too many requests.", "data": {"retryAfter": START // MS + 700}}


@pytest.mark.parametrize(("error", "after_ms"), [(OVERLOADED, 500), (BUSY, 700)])
def test_a_change_that_is_put_off_is_asked_for_again(error: Document, after_ms: int) -> None:
    asking = Asking()
    asking.ask(requests.cancel("main-x-3-1", GRID), acts=True)
    asking.hear(1, error=error)
    assert asking.line.acts

    assert asking.line.tick(START + (after_ms - 1) * MS).frames == []
    again = asking.line.tick(START + after_ms * MS)
    assert (methods(again), asking.ends) == (["order.cancel"], [])
    asking.hear(2, result={})
    assert asking.ends == ["answered"]


@pytest.mark.parametrize("error", [OVERLOADED, BUSY])
def test_what_goes_once_and_what_only_asks_are_not_repeated_here(error: Document) -> None:
    asking = Asking()
    asking.ask(requests.cancel("main-x-3-1", GRID), acts=True, once=True)
    asking.ask(requests.time())
    asking.hear(1, error=error)
    asking.hear(2, error=error)

    assert asking.ends == ["refused", "refused"]


def test_calls_beside_the_socket_say_nothing_of_its_life() -> None:
    asking = Asking(has_rest=True, is_connected=False)
    for now in (START, START + 200 * MS, START + 400 * MS):
        asking.ask(requests.time(), now)
        asking.line.tick(now + 100 * MS)

    assert asking.ends == ["unknown"] * 3


# -- what time it is ------------------------------------------------------------------------------


def test_requests_bear_the_venues_time() -> None:
    """An order that of its decision, which was made by our clock."""
    dialogue = BinanceDialogue(KEYS, [GRID], PATIENCE)
    dialogue.greet(3, START)
    hear(dialogue, 1, serverTime=START // MS + 7_000)
    hear(dialogue, 2, subscriptionId=0)

    [placed] = asked(dialogue.perform([order(ts_decided=START - 50 * MS)], START))
    assert placed["params"]["timestamp"] == START // MS + 6_950


def test_clocks_are_compared_again_and_again() -> None:
    dialogue = BinanceDialogue(KEYS, [GRID], PATIENCE)
    dialogue.greet(3, START)
    hear(dialogue, 1, serverTime=START // MS)
    hear(dialogue, 2, subscriptionId=0)

    assert dialogue.due == START + PATIENCE.compare_every_ns
    assert dialogue.tick(dialogue.due - 1).frames == []
    assert methods(dialogue.tick(dialogue.due)) == ["time"]


def test_what_is_refused_for_its_time_is_asked_again_in_the_right_time() -> None:
    asking = Asking()
    asking.ask(requests.account())
    asking.ask(requests.open_orders(GRID))

    assert methods(asking.hear(1, error=LATE)) == ["time"]
    assert methods(asking.hear(2, error=LATE)) == []
    assert asking.line.due == START + 100 * MS
    again = asked(asking.hear(3, result={"serverTime": START // MS + 60_000}))

    assert [each["method"] for each in again] == ["account.status", "openOrders.status"]
    assert {each["params"]["timestamp"] for each in again} == {START // MS + 60_000}
    asking.hear(4, result={})
    assert asking.ends == ["answered"]


def test_it_is_not_asked_for_ever() -> None:
    asking = Asking()
    asking.ask(requests.account())
    for count in (1, 3):
        asking.hear(count, error=LATE)
        asking.hear(count + 1, result={"serverTime": START // MS})
    assert asking.ends == []
    asking.hear(5, error=LATE)

    assert asking.ends == ["refused"]


def test_an_order_is_not_sent_again_for_its_time() -> None:
    asking = Asking()
    asking.ask(requests.account(), once=True)
    asking.hear(1, error=LATE)

    assert asking.ends == ["refused"]


def test_a_venue_that_does_not_tell_the_time_is_asked_in_ours() -> None:
    asking = Asking()
    asking.ask(requests.account())
    asking.hear(1, error=LATE)

    assert methods(asking.line.tick(START + 100 * MS)) == ["account.status"]


# -- how much may be asked ------------------------------------------------------------------------


def limits(count: int) -> list[Document]:
    window = {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1}
    return [window | {"limit": 1_000, "count": count}]


def test_what_weighs_too_much_waits_for_the_next_window() -> None:
    asking = Asking()
    asking.ask(requests.time())
    asking.hear(1, result={}, rateLimits=limits(995))

    assert methods(asking.ask(requests.account())) == []
    assert methods(asking.ask(requests.cancel("x", GRID), urgent=True)) == ["order.cancel"]
    due = asking.line.due
    assert due > START
    asking.hear(2, result={})
    assert asking.line.due % (60 * SECOND_NS) == 0
    assert methods(asking.line.tick(asking.line.due)) == ["account.status"]


def test_no_order_leaves_on_the_weight_that_is_kept_back() -> None:
    dialogue = BinanceDialogue(KEYS, [GRID], PATIENCE)
    dialogue.greet(3, START)
    hear(dialogue, 1, serverTime=START // MS)
    frame = {"id": "2", "status": 200, "result": {}, "rateLimits": limits(700)}
    dialogue.hear(json.dumps(frame).encode(), START)

    [rejected] = dialogue.perform([order()], START).messages
    assert isinstance(rejected, OrderRejected)
    assert rejected.code == "not_sent"


def test_refused_keys_place_nothing_more() -> None:
    dialogue = BinanceDialogue(KEYS, [GRID], PATIENCE)
    dialogue.greet(3, START)
    hear(dialogue, 1, serverTime=START // MS)
    hear(dialogue, 2, subscriptionId=0)
    dialogue.perform([order()], START)
    frame = {"id": "3", "status": 401, "error": {"code": -2015, "msg": "Invalid API-key"}}
    [first] = dialogue.hear(json.dumps(frame).encode(), START).messages
    [second] = dialogue.perform([order(2)], START).messages

    assert isinstance(first, OrderRejected)
    assert isinstance(second, OrderRejected)
    assert (first.code, second.code) == ("-2015", "not_sent")
    assert "Invalid API-key" in second.text


def test_too_many_orders_keep_the_next_ones_here() -> None:
    dialogue = BinanceDialogue(KEYS, [GRID], PATIENCE)
    dialogue.greet(3, START)
    hear(dialogue, 1, serverTime=START // MS)
    hear(dialogue, 2, subscriptionId=0)
    dialogue.perform([order()], START)
    frame = {"id": "3", "status": 429, "error": {"code": -1015, "msg": "Too many new orders"}}
    dialogue.hear(json.dumps(frame).encode(), START)

    [kept] = dialogue.perform([order(2)], START + SECOND_NS).messages
    assert isinstance(kept, OrderRejected)
    assert kept.code == "not_sent"
    assert len(dialogue.perform([order(3)], START + 10 * SECOND_NS).frames) == 1


def test_nothing_waits_where_nothing_is_asked() -> None:
    asking = Asking()
    assert asking.line.due == INT64_MAX
    assert asking.line.tick(START) == Turn()
    assert not asking.line.acts


def test_unused_answers_are_passed_over() -> None:
    """One to a question that has ended already, by its deadline or by another answer."""
    asking = Asking()
    asking.ask(requests.account())
    asking.line.tick(START + 100 * MS)
    asking.hear(1, result={})

    assert asking.ends == ["unknown"]
