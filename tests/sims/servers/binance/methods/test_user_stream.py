"""Subscriptions through the protocol: by signature, one an account, ended by number or all."""

import pytest

from tests.sims.servers.binance.desk import OTHER, Desk, Document, limit, outcome


def test_a_subscriber_hears_its_own_account_only(desk: Desk) -> None:
    desk.place(limit(quantity="0.00100"), OTHER)
    desk.place(limit())

    assert {frame["subscriptionId"] for frame in desk.frames} == {0}
    assert [event["q"] for event in desk.events() if "q" in event] == ["0.10000000"]


def test_a_second_subscription_to_an_account_is_refused(desk: Desk) -> None:
    assert outcome(desk.subscribe()) == (
        400,
        -2035,
        "User Data Stream subscription already active.",
    )
    assert desk.subscribe(OTHER)["result"] == {"subscriptionId": 1}


@pytest.mark.parametrize(("params", "ended"), [({}, 2), ({"subscriptionId": 1}, 1)])
def test_one_or_all_are_ended(desk: Desk, params: Document, ended: int) -> None:
    desk.subscribe(OTHER)

    answer = desk.ask("userDataStream.unsubscribe", **params)

    assert (answer["status"], answer["result"]) == (200, {})
    assert [event["e"] for event in desk.events()] == ["eventStreamTerminated"] * ended


def test_what_is_not_subscribed_cannot_be_ended(desk: Desk) -> None:
    assert outcome(desk.ask("userDataStream.unsubscribe", subscriptionId=9)) == (
        400,
        -2036,
        "User Data Stream subscription not active.",
    )
