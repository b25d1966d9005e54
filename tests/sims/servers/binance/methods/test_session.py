"""A session logs on with an Ed25519 key, signs nothing from then on, and logs out again."""

import base64

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sims.servers.binance.accounts import ACCOUNTS, AccountSpec
from sims.servers.binance.engine import Engine
from sims.servers.binance.signing import payload
from tests.sims.servers.binance.clients.keys import ED25519, PEM
from tests.sims.servers.binance.desk import OTHER, Clock, Desk, Document, limit, market, outcome

SECOND = AccountSpec(
    name="other", key="e" * 64, ed25519_public=ED25519.ed25519_public, balances={"USDT": "1000"}
)


@pytest.fixture
def desk(clock: Clock) -> Desk:
    return Desk(Engine(now=clock, accounts=(*ACCOUNTS, SECOND)), clock)


def log_on(desk: Desk, key: str = ED25519.key) -> Document:
    private = load_pem_private_key(PEM.encode(), None)
    params: Document = {"apiKey": key, "timestamp": desk.clock.ms}
    signature = private.sign(payload(params).encode())  # type: ignore[union-attr, call-arg]
    params["signature"] = base64.b64encode(signature).decode()
    return desk.ask("session.logon", **params)


def test_who_has_logged_on_signs_nothing_but_tells_the_time(desk: Desk, clock: Clock) -> None:
    answer = log_on(desk)["result"]
    clock.ms += 10
    placed = desk.ask("order.place", **market(), timestamp=clock.ms)
    late = desk.ask("order.place", **market(), timestamp=clock.ms - 5_001)
    silent = desk.ask("order.place", **market())

    assert answer == {
        "apiKey": ED25519.key,
        "authorizedSince": clock.ms - 10,
        "connectedSince": 0,
        "returnRateLimits": True,
        "serverTime": clock.ms - 10,
        "userDataStream": False,
    }
    assert placed["result"]["status"] == "FILLED"
    assert outcome(late)[1] == -1021
    assert outcome(silent)[1:] == (
        -1102,
        "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.",
    )


def test_an_hmac_key_cannot_log_on(desk: Desk) -> None:
    assert outcome(desk.sign("session.logon", {}))[1] == -4056
    assert desk.ask("session.status")["result"]["apiKey"] is None


def test_a_key_that_comes_along_counts_for_its_request_alone(desk: Desk) -> None:
    log_on(desk, SECOND.key)

    own = desk.ask("account.status", timestamp=desk.clock.ms)["result"]["uid"]
    other = desk.sign("account.status", {})["result"]["uid"]

    assert (own, other) == (2, 1)


def test_a_subscription_by_logon_ends_with_it_and_others_stay(desk: Desk) -> None:
    assert outcome(desk.ask("userDataStream.subscribe"))[0] == 401
    log_on(desk, SECOND.key)
    numbers = [
        desk.ask("userDataStream.subscribe")["result"]["subscriptionId"],
        desk.sign("userDataStream.subscribe.signature", {})["result"]["subscriptionId"],
    ]
    assert desk.ask("session.status")["result"]["userDataStream"] is True
    assert desk.ask("session.subscriptions")["result"] == [
        {"subscriptionId": number} for number in numbers
    ]

    ended = desk.ask("session.logout")["result"]

    assert (ended["apiKey"], ended["userDataStream"]) == (None, None)
    [terminated] = desk.frames
    assert terminated["subscriptionId"] == numbers[0]
    assert desk.ask("session.subscriptions")["result"] == [{"subscriptionId": numbers[1]}]
    assert outcome(desk.ask("order.place", **limit(), timestamp=desk.clock.ms))[1] == -1102


def test_a_second_logon_takes_the_place_of_the_first(desk: Desk) -> None:
    log_on(desk, SECOND.key)
    desk.ask("userDataStream.subscribe")

    log_on(desk)

    assert desk.ask("session.status")["result"]["apiKey"] == ED25519.key
    assert [frame["event"]["e"] for frame in desk.frames] == ["eventStreamTerminated"]


@pytest.mark.parametrize("verb", ["start", "ping", "stop"])
def test_a_listen_key_is_no_longer_given(desk: Desk, verb: str) -> None:
    answer = desk.ask(f"userDataStream.{verb}", apiKey=OTHER.key)

    assert outcome(answer) == (410, -1016, "This service is no longer available.")
