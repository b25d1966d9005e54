"""A connection hears the accounts it has subscribed to, and is told when that ends."""

from collections.abc import Mapping

from sims.servers.binance import refusals
from sims.servers.binance.accounts import Account
from sims.servers.binance.session import SUBSCRIPTIONS_MAX, Session
from tests.sims.servers.binance.desk import MAIN, OTHER


def test_events_come_in_the_envelope_of_their_subscription() -> None:
    frames: list[Mapping[str, object]] = []
    session = Session(frames.append)

    numbers = [session.subscribe(Account(spec, uid=1)) for spec in (MAIN, OTHER)]
    for name in ("other", "main", "third"):
        session.deliver(name, {"e": name})

    assert numbers == [0, 1]
    assert frames == [
        {"subscriptionId": 1, "event": {"e": "other"}},
        {"subscriptionId": 0, "event": {"e": "main"}},
    ]


def test_an_account_is_subscribed_once_at_a_time() -> None:
    session = Session(lambda _: None)
    account = Account(MAIN, uid=1)

    first = session.subscribe(account)
    second = session.subscribe(account)
    ended = session.unsubscribe(None, 0)
    third = session.subscribe(account)

    assert (first, second, ended, third) == (0, refusals.ALREADY_SUBSCRIBED, None, 1)


def test_the_end_of_a_subscription_is_told_and_final() -> None:
    frames: list[Mapping[str, object]] = []
    session = Session(frames.append)
    session.subscribe(Account(MAIN, uid=1))

    assert session.unsubscribe(0, 5_000_000) is None
    assert session.unsubscribe(0, 6_000_000) == refusals.NOT_SUBSCRIBED
    session.deliver("main", {"e": "x"})

    assert frames == [{"subscriptionId": 0, "event": {"e": "eventStreamTerminated", "E": 5}}]


def test_subscriptions_run_out() -> None:
    session = Session(lambda _: None)
    for _ in range(SUBSCRIPTIONS_MAX):
        session.subscribe(Account(MAIN, uid=1))
        session.unsubscribe(None, 0)

    assert session.subscribe(Account(MAIN, uid=1)) == refusals.SUBSCRIPTIONS_EXHAUSTED
