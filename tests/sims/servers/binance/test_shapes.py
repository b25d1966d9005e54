"""What the venue says has the members that the examples of the protocol have."""

import json
from typing import Any

import pytest

from tests.shared_data import shared
from tests.sims.servers.binance.desk import Desk, Document, limit, market

ANSWERS = "wire/open/binance/rest_order_answers_composed.jsonl"
EVENTS = "wire/open/binance/user_stream_sequence_composed.jsonl"


def example(name: str, case: str) -> Any:
    rows = map(json.loads, shared(name).read_text().splitlines())
    [found] = [row["body"] for row in rows if row["case"] == case]
    return found


def shape(body: Any) -> Any:
    """The names of all members, and the kinds of their values."""
    match body:
        case dict():
            return {name: shape(value) for name, value in body.items()}
        case list():
            return [shape(value) for value in body[:1]]
        case _:
            return type(body).__name__


def answers(desk: Desk) -> dict[str, Document]:
    """An answer of each kind."""
    key = {"symbol": "BTCUSDT", "origClientOrderId": "mine"}
    replaced = limit(price="51000.00", newClientOrderId="mine") | {
        "cancelReplaceMode": "STOP_ON_FAILURE",
        "cancelOrigClientOrderId": "mine",
    }
    made = {
        "new ACK": desk.place(limit(newOrderRespType="ACK")),
        "new RESULT": desk.place(limit(newOrderRespType="RESULT", newClientOrderId="mine")),
        "new FULL": desk.place(market()),
        "test": desk.sign("order.test", limit()),
        "amend keep priority": desk.sign("order.amend.keepPriority", key | {"newQty": "0.05"}),
    }
    named = {"symbol": "BTCUSDT", "orderId": 2}
    made["query"] = desk.sign("order.status", named)
    replaced["cancelOrigClientOrderId"] = made["query"]["result"]["clientOrderId"]
    made["cancelReplace ok"] = desk.sign("order.cancelReplace", replaced)
    made["cancelReplace STOP_ON_FAILURE, cancel failed"] = desk.sign(
        "order.cancelReplace", replaced
    )
    made["cancel"] = desk.sign("order.cancel", key)
    return made


@pytest.mark.parametrize(
    "case",
    [
        *("new ACK", "new RESULT", "new FULL", "test", "query", "cancel"),
        *("amend keep priority", "cancelReplace ok"),
    ],
)
def test_an_answer_is_shaped_as_the_example(desk: Desk, case: str) -> None:
    expected = shape(example(ANSWERS, case))
    if case == "cancelReplace ok":
        expected["newOrderResponse"]["fills"] = []  # the default of a limit order is FULL

    assert shape(answers(desk)[case]["result"]) == expected


def test_a_failed_replacement_is_shaped_as_the_example(desk: Desk) -> None:
    case = "cancelReplace STOP_ON_FAILURE, cancel failed"

    assert shape(answers(desk)[case]["error"]) == shape(example(ANSWERS, case))


@pytest.mark.parametrize("kind", ["NEW", "TRADE", "CANCELED", "EXPIRED", "REPLACED"])
def test_an_execution_report_is_shaped_as_the_example(desk: Desk, kind: str) -> None:
    rows = [json.loads(line)["event"] for line in shared(EVENTS).read_text().splitlines()]
    expected = next(shape(row) for row in rows if row.get("x") == kind)
    answers(desk)
    desk.place(limit(timeInForce="IOC"))

    told = next(shape(event) for event in desk.events() if event.get("x") == kind)

    if kind != "TRADE":
        expected["N"] = "NoneType"
    assert told == expected
