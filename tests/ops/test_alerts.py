"""Which events are alerts, and how often the same one is sent."""

import pytest

from trader.config.ops_schema import ALERT_KINDS
from trader.ops.alerts import REMEMBERED_MAX, Alert, Event, Quiet, alert_of

EVENTS: list[tuple[Event, str, str]] = [
    (
        {"event": "commit_slow", "age_s": 1.2},
        "commit_slow",
        "the journal's disk has not answered for 1.2 s; only cancels leave",
    ),
    (
        {"event": "trading_state_changed", "state": "halted", "code": "drawdown_max", "by": "risk"},
        "halt",
        "trading is halted: drawdown_max, risk",
    ),
    (
        {"event": "difference_found", "kind": "order", "key": "i", "ours": "a", "theirs": "b"},
        "difference",
        "order i: we have a, the venue b",
    ),
    (
        {
            "event": "foreign_found",
            "client_order_id": "web_1",
            "instrument": "A.v",
            "trade_id": "7",
            "size": "-2",
            "price": "3",
            "policy": "ignore",
        },
        "difference",
        "trade 7 of order web_1 is somebody else's: -2 A.v at 3 (ignore)",
    ),
    (
        {
            "event": "foreign_found",
            "client_order_id": "web_1",
            "instrument": "A.v",
            "size": "2",
            "price": "3",
            "policy": "halt",
        },
        "difference",
        "order web_1 is somebody else's: 2 A.v at 3 (halt)",
    ),
    (
        {"event": "instrument_halted", "instrument": "A.v", "reason": "break"},
        "halt",
        "A.v is suspended: break",
    ),
    (
        {"event": "strategy_disabled", "strategy": "one", "code": "repeat_exceeds_max"},
        "quarantine",
        "one is disabled: repeat_exceeds_max",
    ),
    (
        {"event": "strategy_faulted", "strategy": "one", "error": "ZeroDivisionError"},
        "quarantine",
        "one is quarantined: ZeroDivisionError",
    ),
    (
        {"event": "order_rejected", "client_order_id": "i", "code": "-2010", "text": "no money"},
        "rejected",
        "i was rejected: -2010 no money",
    ),
    (
        {"event": "order_still_in_doubt", "client_order_id": "i", "age_s": 12.0},
        "in_doubt",
        "i is in doubt for 12.0 s",
    ),
    (
        {"event": "feed_stale", "instrument": "A.v", "text": "no price for 9 s"},
        "stale_feed",
        "A.v is silent: no price for 9 s",
    ),
    (
        {"event": "edge_failed", "edge": "gateway", "attempt": 2, "error": "refused"},
        "edge_failed",
        "gateway failed for the 2. time of late: refused",
    ),
    (
        {"event": "clock_untrusted", "skew_s": -0.8},
        "halt",
        "nothing new is traded: our clock is -0.8 s ahead of the venue's",
    ),
    ({"event": "failed", "error": "disk full"}, "failed", "the daemon ends: disk full"),
    (
        {"event": "stalled", "stalled_s": 3.0, "at": "f (a.py:1)"},
        "stalled",
        "nothing was done for 3.0 s, in f (a.py:1)",
    ),
]


@pytest.mark.parametrize(("event", "kind", "text"), EVENTS, ids=lambda each: str(each)[:30])
def test_trouble_is_an_alert(event: Event, kind: str, text: str) -> None:
    alert = alert_of({"ts": 5, **event})

    assert alert is not None
    assert (alert.kind, alert.text, alert.ts) == (kind, text, 5)


def test_every_kind_of_alert_has_an_event() -> None:
    assert {kind for _, kind, _ in EVENTS} == set(ALERT_KINDS)


@pytest.mark.parametrize(
    "event",
    [
        {"event": "order_filled"},
        {"event": "trading_state_changed", "state": "active", "code": "reconciled", "by": "x"},
        {"event": "trading_state_changed", "state": "halted", "code": "restarted", "by": "x"},
    ],
)
def test_what_is_as_it_should_be_is_none(event: Event) -> None:
    assert alert_of({"ts": 5, **event}) is None


def alert(ts: int, about: str = "a") -> Alert:
    return Alert(kind="rejected", about=about, text="", ts=ts)


def test_the_same_again_is_counted_until_the_quiet_time_is_over() -> None:
    quiet = Quiet(10)

    assert [quiet.passes(alert(ts)) for ts in (0, 1, 9, 10, 11, 20)] == [0, None, None, 2, None, 1]


def test_another_one_is_not_the_same() -> None:
    quiet = Quiet(10)

    assert [quiet.passes(alert(0)), quiet.passes(alert(0, "b"))] == [0, 0]


def test_what_was_told_long_ago_is_forgotten() -> None:
    """As many are remembered as there are; one that comes again late is as good as new."""
    quiet = Quiet(10)
    for number in range(REMEMBERED_MAX + 1):
        assert quiet.passes(alert(0, str(number))) == 0
        assert quiet.passes(alert(1, str(number))) is None

    assert quiet.passes(alert(2, "0")) == 0
    assert quiet.passes(alert(2, str(REMEMBERED_MAX))) is None
