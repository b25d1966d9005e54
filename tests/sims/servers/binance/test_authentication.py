"""Only fresh requests with a known key and its signature pass."""

import pytest

from sims.servers.binance.refusals import Refusal
from sims.servers.binance.request import Request
from sims.servers.binance.rest import read as read_rest
from sims.servers.binance.signing import sign
from tests.sims.servers.binance.desk import (
    MAIN,
    OTHER,
    START_MS,
    Clock,
    Desk,
    Document,
    outcome,
    signed,
)

LATE = "Timestamp for this request is outside of the recvWindow."
EARLY = "Timestamp for this request was 1000ms ahead of the server's time."


@pytest.mark.parametrize(
    ("timestamp", "window", "text"),
    [
        (START_MS, None, None),
        (START_MS - 5_000, None, None),
        (START_MS - 5_001, None, LATE),
        (START_MS + 999, None, None),
        (START_MS + 1_000, None, EARLY),
        (START_MS - 60_000, 60_000, None),
        (START_MS - 60_001, 60_000, LATE),
        (START_MS - 1, "0.999", LATE),
        (START_MS * 1_000 - 999, "0.999", None),
        (START_MS * 1_000 + 999_999, None, None),
        (START_MS * 1_000 + 1_000_000, None, EARLY),
    ],
)
def test_a_request_is_good_for_its_window(
    desk: Desk, timestamp: int, window: object, text: str | None
) -> None:
    params = {} if window is None else {"recvWindow": window}

    answer = desk.ask("account.status", **signed(params, timestamp))

    if text is None:
        assert answer["status"] == 200
    else:
        assert outcome(answer) == (400, -1021, text)


def test_a_request_ages_until_it_is_carried_out(desk: Desk, clock: Clock) -> None:
    params = signed({})
    clock.ms += 5_001

    assert outcome(desk.ask("account.status", **params)) == (400, -1021, LATE)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"signature": "0" * 64}, (400, -1022, "Signature for this request is not valid.")),
        (
            {"apiKey": "z" * 64},
            (401, -2015, "Invalid API-key, IP, or permissions for action."),
        ),
        ({"apiKey": "short"}, (401, -2014, "API-key format invalid.")),
        ({"apiKey": OTHER.key}, (400, -1022, "Signature for this request is not valid.")),
        (
            {"recvWindow": 60_001},
            (400, -1102, "'recvWindow' contains unexpected value. Cannot be greater than '60000'."),
        ),
        *[
            (
                {name: None},
                (
                    400,
                    -1102,
                    f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.",
                ),
            )
            for name in ("apiKey", "signature", "timestamp")
        ],
    ],
)
def test_a_request_that_is_not_rightly_signed_is_refused(
    desk: Desk, change: Document, expected: tuple[int, int, str]
) -> None:
    assert outcome(desk.ask("account.status", **(signed({}) | change))) == expected


def test_each_account_is_known_by_its_own_key(desk: Desk) -> None:
    assert desk.balance("USDT", MAIN) == ("100000.00000000", "0.00000000")
    assert desk.balance("USDT", OTHER) == ("500.00000000", "0.00000000")


@pytest.mark.parametrize(
    ("note", "is_right"), [("%EF%BC%91", True), ("\N{FULLWIDTH DIGIT ONE}", False)]
)
def test_rest_signs_what_has_been_percent_encoded(desk: Desk, note: str, is_right: bool) -> None:
    text = f"newClientOrderId={note}&timestamp={START_MS}"
    path = f"/api/v3/order?{text}&signature={sign(MAIN.secret, text)}"
    request = read_rest("POST", path, "", {"X-MBX-APIKEY": MAIN.key})
    assert isinstance(request, Request)

    outcome = desk.protocol.perform(request, desk.session).outcome

    assert isinstance(outcome, Refusal)
    assert (outcome.code != -1022) is is_right
