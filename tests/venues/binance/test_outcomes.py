"""What each answer proves: one row for each that the venue documents or that users have met."""

import json
from typing import Any

import pytest

from tests.shared_data import shared
from trader.venues.binance.frames import ErrorBody
from trader.venues.binance.outcomes import OUTCOMES, Outcome, judge

UNKNOWN, REFUSED, LATER = Outcome.UNKNOWN, Outcome.REFUSED, Outcome.LATER
SILENCE, CLOCK, CREDENTIALS = Outcome.SILENCE, Outcome.CLOCK, Outcome.CREDENTIALS

ROWS = [
    # The outcome is unknown: the order may live.
    (400, -1000, "An unknown error occurred while processing the request.", UNKNOWN),
    (400, -1001, "Internal error; unable to process your request. Please try again.", UNKNOWN),
    (500, -1006, "An unexpected response was received from the message bus.", UNKNOWN),
    (400, -1006, "Execution status unknown.", UNKNOWN),
    (504, -1007, "Timeout waiting for response from backend server.", UNKNOWN),
    (200, -1007, "Send status unknown; execution status unknown.", UNKNOWN),
    (400, 0, "", UNKNOWN),
    (451, 0, "Service unavailable from a restricted location", UNKNOWN),
    (400, -9999, "a code of next year", UNKNOWN),
    (400, 1, "", UNKNOWN),
    (500, -2010, "Account has insufficient balance for requested action.", UNKNOWN),
    (502, -1013, "Filter failure: LOT_SIZE", UNKNOWN),
    (503, -1003, "Service unavailable.", UNKNOWN),
    (400, -2010, "Duplicate order sent.", UNKNOWN),
    (409, -2021, "Order cancel-replace partially failed.", UNKNOWN),
    (400, -2022, "Order cancel-replace failed.", UNKNOWN),
    # Refused, and safe to ask again.
    (503, -1008, "Server is currently overloaded with other requests.", LATER),
    (400, -1008, "Server is currently overloaded with other requests.", LATER),
    (429, -1015, "Too many new orders; current limit is 100 orders per 10 SECOND.", LATER),
    (429, -1034, "Too many concurrent connections; current limit is '300'.", LATER),
    # Refused, and everything else will be.
    (429, -1003, "Too much request weight used; current limit is 6000.", SILENCE),
    (418, -1003, "Way too much request weight used; IP banned until 1659146400000.", SILENCE),
    # Refused for the time.
    (400, -1021, "Timestamp for this request is outside of the recvWindow.", CLOCK),
    (400, -1021, "Timestamp for this request was 1000ms ahead of the server's time.", CLOCK),
    # Refused for the keys.
    (401, -1002, "You are not authorized to execute this request.", CREDENTIALS),
    (400, -1022, "Signature for this request is not valid.", CREDENTIALS),
    (401, -2014, "API-key format invalid.", CREDENTIALS),
    (401, -2015, "Invalid API-key, IP, or permissions for action.", CREDENTIALS),
    # Refused for good.
    (400, -1010, "Market is closed.", REFUSED),
    (400, -1013, "Filter failure: LOT_SIZE", REFUSED),
    (400, -1016, "This service is no longer available.", REFUSED),
    (400, -1020, "This operation is not supported.", REFUSED),
    (400, -1100, "Illegal characters found in a parameter.", REFUSED),
    (400, -1102, "Mandatory parameter was not sent.", REFUSED),
    (400, -1104, "Not all sent parameters were read.", REFUSED),
    (400, -1106, "Parameter sent when not required.", REFUSED),
    (400, -1111, "Parameter has too much precision.", REFUSED),
    (400, -1116, "Invalid orderType.", REFUSED),
    (400, -1117, "Invalid side.", REFUSED),
    (400, -1121, "Invalid symbol.", REFUSED),
    (400, -1125, "This listenKey does not exist.", REFUSED),
    (400, -1130, "Data sent for a parameter is not valid.", REFUSED),
    (400, -1135, "Invalid JSON Request", REFUSED),
    (400, -1145, "cancelRestrictions has to be one of two.", REFUSED),
    (400, -1191, "Too many subscriptions.", REFUSED),
    (400, -1194, "Invalid time unit.", REFUSED),
    (400, -1220, "The symbol is not in the asked status.", REFUSED),
    (400, -2010, "Account has insufficient balance for requested action.", REFUSED),
    (400, -2010, "Order would trigger immediately.", REFUSED),
    (400, -2011, "Unknown order sent.", REFUSED),
    (400, -2013, "Order does not exist.", REFUSED),
    (400, -2026, "Order was canceled or expired with no executed qty over 90 days ago.", REFUSED),
    (400, -2035, "User Data Stream subscription already active.", REFUSED),
    (400, -2036, "User Data Stream subscription not active.", REFUSED),
    (400, -2038, "The requested action would change no state; rejecting.", REFUSED),
    (400, -2039, "Client order ID is not correct for this order ID.", REFUSED),
    (400, -2042, "Maximum subscription ID reached for this connection.", REFUSED),
    (400, -2043, "The symbol has no reference price.", REFUSED),
]


@pytest.mark.parametrize(("status", "code", "text", "outcome"), ROWS)
def test_what_an_answer_proves(status: int, code: int, text: str, outcome: Outcome) -> None:
    assert judge(status, ErrorBody(code, text)) is outcome


def test_every_code_of_the_table_has_a_row() -> None:
    """The malformed ones are many and are one thing; the rows show some of them."""
    shown = {code for _, code, _, _ in ROWS}
    assert {code for code in OUTCOMES if not -1130 <= code <= -1100} <= shown


def test_recorded_errors_prove_what_their_codes_say() -> None:
    known = {(code, text): outcome for _, code, text, outcome in ROWS}
    lines = shared("wire/open/binance/error_bodies.jsonl").read_text().splitlines()
    found: dict[int, set[Outcome]] = {}
    for line in lines:
        recorded: Any = json.loads(line)
        body = recorded["body"]
        outcome = judge(recorded["http"], ErrorBody(body["code"], body["msg"]))
        found.setdefault(body["code"], set()).add(outcome)
        assert known.get((body["code"], body["msg"]), outcome) is outcome

    assert found[-1007] == found[-1006] == {UNKNOWN}
    assert found[-2010] == {REFUSED, UNKNOWN}
    assert (found[-1008], found[-1003]) == ({LATER}, {SILENCE})
