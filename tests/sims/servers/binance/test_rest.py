"""What is signed is what was sent, and an answer's headers tell what it cost."""

import json

import pytest

from sims.servers.binance import refusals
from sims.servers.binance.limits import ORDERS, WEIGHT, Reading
from sims.servers.binance.protocol import Reply
from sims.servers.binance.request import Request
from sims.servers.binance.rest import read, respond


def taken(verb: str, path_qs: str, form: str = "") -> Request:
    request = read(verb, path_qs, form, {"X-MBX-APIKEY": "key"})
    assert isinstance(request, Request)
    return request


@pytest.mark.parametrize(
    ("verb", "path_qs", "form", "raw"),
    [
        ("GET", "order?b=2&a=1&signature=x", "", "b=2&a=1"),
        ("POST", "order?a=1", "b=2&signature=x", "a=1b=2"),
        ("POST", "order?signature=x&a=1", "b=2", "a=1b=2"),
        ("DELETE", "order", "b=%EF%BC%91&signature=x", "b=%EF%BC%91"),
        ("GET", "order?a=1&signature=x", "b=2", "a=1"),
    ],
)
def test_the_raw_text_is_signed(verb: str, path_qs: str, form: str, raw: str) -> None:
    request = taken(verb, f"/api/v3/{path_qs}", form)

    assert (request.raw, request.signed_text, request.is_rest) == (raw, raw, True)


def test_the_query_counts_where_the_body_says_otherwise() -> None:
    request = taken("POST", "/api/v3/order?a=1&b=x%2B+y", "a=2&c=3")

    assert request.params == {"a": "1", "b": "x+ y", "c": "3"}


@pytest.mark.parametrize(
    ("verb", "path_qs"),
    [
        ("PUT", "/api/v3/order"),
        ("GET", "/api/v1/ping"),
        ("GET", "/api/v3/"),
        ("GET", "/"),
    ],
)
def test_there_is_nothing_at_other_paths(verb: str, path_qs: str) -> None:
    assert read(verb, path_qs, "", {}) is None


def test_a_parameter_may_be_sent_once() -> None:
    twice = read("GET", "/api/v3/order?symbol=A&symbol=B", "", {})

    assert twice == refusals.DUPLICATE_PARAMETER


def test_meters_are_headers() -> None:
    readings = [Reading(window=window, count=count) for count, window in enumerate(ORDERS)]
    response = respond(
        Reply(outcome={"a": 1}, readings=[*readings, Reading(window=WEIGHT, count=7)])
    )

    assert (response.status, json.loads(response.body)) == (200, {"a": 1})
    assert response.headers == {
        "Content-Type": "application/json;charset=UTF-8",
        "X-MBX-ORDER-COUNT-10S": "0",
        "X-MBX-ORDER-COUNT-1D": "1",
        "X-MBX-USED-WEIGHT-1M": "7",
        "X-MBX-USED-WEIGHT": "7",
    }


def test_a_refusal_is_code_and_text() -> None:
    response = respond(Reply(outcome=refusals.UNKNOWN_KEY))

    assert response.status == 401
    assert json.loads(response.body) == {
        "code": -2015,
        "msg": "Invalid API-key, IP, or permissions for action.",
    }


def test_whoever_asked_too_much_is_told_for_how_many_seconds() -> None:
    data = {"serverTime": 1_000, "retryAfter": 2_001}
    response = respond(Reply(outcome=refusals.too_much_weight(1, "1 MINUTE", data)))

    assert (response.status, response.headers["Retry-After"]) == (429, "2")
    assert set(json.loads(response.body)) == {"code", "msg"}


@pytest.mark.parametrize(
    ("name", "unit"),
    [("MILLISECOND", 1_000_000), ("millisecond", 1_000_000), ("MICROSECOND", 1_000)],
)
def test_times_are_in_the_unit_that_is_asked_for(name: str, unit: int) -> None:
    request = read("GET", "/api/v3/time", "", {"X-MBX-TIME-UNIT": name})

    assert isinstance(request, Request)
    assert request.unit == unit


def test_there_are_two_units() -> None:
    refused = read("GET", "/api/v3/time", "", {"X-MBX-TIME-UNIT": "DAY"})

    assert refused == refusals.BAD_TIME_UNIT
