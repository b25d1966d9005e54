"""Frames become requests or are answered at once; every answer has the right envelope."""

import pytest

from sims.servers.binance.protocol import refused
from sims.servers.binance.refusals import BAD_JSON, OUTCOME_UNKNOWN
from sims.servers.binance.request import Request, Unreadable, read
from tests.sims.servers.binance.desk import Desk, Document, limit, outcome


@pytest.mark.parametrize(
    "frame",
    ["", "{", "[]", "7", "\xff", '{"id": NaN}', "[" * 60_000, '{"id": 1' + "0" * 5_000 + "}"],
)
def test_a_frame_that_is_no_object_cannot_be_attributed(frame: str) -> None:
    assert read(frame) == Unreadable(None, BAD_JSON)
    assert refused(None, BAD_JSON) == {
        "id": None,
        "status": 400,
        "error": {"code": -1135, "msg": "Invalid JSON Request"},
    }


def test_octets_that_are_no_text_are_no_request() -> None:
    assert isinstance(read(b"\xff{}"), Unreadable)


@pytest.mark.parametrize(
    ("frame", "request_id"),
    [
        ('{"id": true, "method": "ping"}', None),
        ('{"id": {}, "method": "ping"}', None),
        ('{"id": "' + "x" * 37 + '", "method": "ping"}', None),
        ('{"id": "a"}', "a"),
        ('{"id": 7, "method": 1}', 7),
        ('{"id": 7, "method": "ping", "params": []}', 7),
    ],
)
def test_a_member_of_the_wrong_kind_is_refused(frame: str, request_id: object) -> None:
    answer = read(frame)

    assert isinstance(answer, Unreadable)
    assert (answer.id, answer.refusal.status) == (request_id, 400)


@pytest.mark.parametrize("request_id", ['"abc"', "17", "null", "-5"])
def test_a_request_keeps_its_id(request_id: str) -> None:
    request = read(f'{{"id": {request_id}, "method": "v3/ping"}}')

    assert isinstance(request, Request)
    assert request.method == "ping"
    assert request.params == {}


def test_a_fraction_stays_the_text_that_was_signed() -> None:
    request = read('{"id": 1, "method": "x", "params": {"price": 52000.00, "n": 1}}')

    assert isinstance(request, Request)
    assert request.params == {"price": "52000.00", "n": 1}


@pytest.mark.parametrize("method", ["", "order", "order.replace"])
def test_a_method_that_is_not_there_is_refused(desk: Desk, method: str) -> None:
    assert outcome(desk.ask(method)) == (400, -1020, "This operation is not supported.")


@pytest.mark.parametrize(
    ("params", "is_shown"),
    [({}, True), ({"returnRateLimits": False}, False), ({"returnRateLimits": "true"}, True)],
)
def test_limits_are_shown_unless_switched_off(
    desk: Desk,
    params: Document,
    is_shown: bool,
) -> None:
    assert ("rateLimits" in desk.ask("time", **params)) is is_shown
    assert desk.ask("time", returnRateLimits="maybe")["error"]["code"] == -1130


def test_placements_show_the_account_s_orders_and_others_do_not(desk: Desk) -> None:
    kinds = [each["rateLimitType"] for each in desk.place(limit())["rateLimits"]]
    others = [each["rateLimitType"] for each in desk.ask("time")["rateLimits"]]

    assert kinds == ["ORDERS", "ORDERS", "REQUEST_WEIGHT"]
    assert others == ["REQUEST_WEIGHT"]


def test_an_unknown_outcome_is_the_server_s_fault() -> None:
    assert (OUTCOME_UNKNOWN.status, OUTCOME_UNKNOWN.code) == (504, -1007)
