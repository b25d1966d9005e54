"""Questions over REST, while there is no connection: they end in the same ways."""

import json

import pytest

from tests.venues.binance.asking import Asking
from tests.venues.binance.wire import GRID, KEYS, MS, PATIENCE, START, order
from trader.model.orders import CancelOrder, OrderCanceled
from trader.model.units import SECOND_NS
from trader.venues.binance import requests
from trader.venues.binance.dialogue import BinanceDialogue
from trader.venues.execution_client import Reply, Turn


def test_without_a_socket_a_question_takes_rest() -> None:
    asking = Asking(has_rest=True, is_connected=False)
    [call] = asking.ask(requests.account()).calls

    assert (call.verb, call.path) == ("GET", "/api/v3/account")
    asking.line.returned(call.id, Reply(status=200, headers={}, body=b"{}"), START)
    assert asking.ends == ["answered"]


@pytest.mark.parametrize(
    ("reply", "end"),
    [
        (None, "unknown"),
        (Reply(status=502, headers={}, body=b"<html>"), "unknown"),
        (Reply(status=400, headers={}, body=b'{"code": -2011}'), "refused"),
    ],
)
def test_a_call_ends_in_the_same_ways(reply: Reply | None, end: str) -> None:
    asking = Asking(has_rest=True, is_connected=False)
    [call] = asking.ask(requests.cancel("x", GRID)).calls
    asking.line.returned(call.id, reply, START)
    asking.line.returned(call.id, None, START)

    assert asking.ends == [end]


def test_a_block_without_a_code_is_a_silence_too() -> None:
    asking = Asking(has_rest=True, is_connected=False)
    [call] = asking.ask(requests.account()).calls
    asking.line.returned(call.id, Reply(status=403, headers={}, body=b"<html>"), START)

    assert asking.ends == ["unknown"]
    assert asking.line.budget.is_silent(START + 59 * SECOND_NS)
    assert asking.ask(requests.account()).calls == []


def test_headers_of_a_call_are_counted() -> None:
    asking = Asking(has_rest=True, is_connected=False)
    [call] = asking.ask(requests.account()).calls
    headers = {"x-mbx-used-weight-1m": "5999"}
    asking.line.returned(call.id, Reply(status=200, headers=headers, body=b"{}"), START)

    assert asking.ask(requests.account()).calls == []


def test_a_cancel_takes_the_second_way_while_the_line_is_down() -> None:
    cancel = CancelOrder(
        client_order_id="main-x-3-1", instrument=GRID.instrument, request_id="r", reason="t"
    )
    deaf = BinanceDialogue(KEYS, [GRID], PATIENCE)
    dialogue = BinanceDialogue(KEYS, [GRID], PATIENCE, has_rest=True)

    assert deaf.perform([cancel], START) == Turn()
    [call] = dialogue.perform([cancel, order()], START).calls
    assert call.verb == "DELETE"
    answer = {"origClientOrderId": "main-x-3-1", "transactTime": START // MS}
    reply = Reply(status=200, headers={}, body=json.dumps(answer).encode())
    [told] = dialogue.returned(call.id, reply, START).messages
    assert isinstance(told, OrderCanceled)
