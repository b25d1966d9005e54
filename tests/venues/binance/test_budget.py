"""How much may be asked: the venue's own figures, and a part that is kept back."""

import json
from typing import Any

import msgspec
import pytest

from tests.shared_data import shared
from trader.errors import VenueFault
from trader.model.units import DAY_NS, MINUTE_NS, SECOND_NS
from trader.venues.binance.budget import PAUSE_NS, Budget
from trader.venues.binance.frames import ErrorBody, ErrorData, RateLimit
from trader.venues.binance.methods import METHODS, Need, weight_of

NOW = 1_700_000_000 * SECOND_NS // MINUTE_NS * MINUTE_NS
PLACE, OUT, MARKET = Need.PLACE, Need.WAY_OUT, Need.MARKET


def weight(limit: int, count: int | None = None) -> RateLimit:
    return RateLimit(kind="REQUEST_WEIGHT", interval="MINUTE", number=1, limit=limit, count=count)


def orders(limit: int, count: int | None = None, interval: str = "SECOND") -> RateLimit:
    number = 10 if interval == "SECOND" else 1
    return RateLimit(kind="ORDERS", interval=interval, number=number, limit=limit, count=count)


def told(*limits: RateLimit) -> Budget:
    budget = Budget()
    budget.learn(limits, NOW)
    return budget


@pytest.mark.parametrize(
    ("count", "allowed"),
    [
        (0, {PLACE, OUT, MARKET}),
        (690, {PLACE, OUT, MARKET}),
        (691, {OUT}),
        (990, {OUT}),
        (991, set()),
    ],
)
def test_a_part_of_the_weight_is_kept_for_the_way_out(count: int, allowed: set[Need]) -> None:
    budget = told(weight(1_000, count))

    assert {need for need in Need if budget.allows(10, need, NOW)} == allowed


def test_what_leaves_is_counted_until_the_window_ends() -> None:
    budget = told(weight(100))
    for _ in range(7):
        assert budget.allows(10, MARKET, NOW)
        budget.spend(10, MARKET, NOW)

    assert not budget.allows(1, MARKET, NOW + MINUTE_NS - 1)
    assert budget.opens(NOW + 5) == NOW + MINUTE_NS
    assert budget.allows(10, MARKET, NOW + MINUTE_NS)


def test_the_venues_count_replaces_ours() -> None:
    """A request that succeeded may have been given back."""
    budget = told(weight(100))
    budget.spend(70, MARKET, NOW)
    budget.learn([weight(100, 3)], NOW)

    assert budget.headroom(NOW)["weight"] == pytest.approx(0.97)
    assert budget.allows(60, MARKET, NOW)


def test_orders_are_counted_where_orders_are_placed() -> None:
    budget = told(orders(2, 1), orders(1_000, 5, "DAY"))
    assert budget.allows(1, PLACE, NOW)
    budget.spend(1, PLACE, NOW)

    assert not budget.allows(1, PLACE, NOW)
    assert budget.allows(1, OUT, NOW)
    assert budget.allows(1, PLACE, NOW + 10 * SECOND_NS)
    budget.learn([orders(1_000, 1_000, "DAY")], NOW)
    assert not budget.allows(1, PLACE, NOW + 10 * SECOND_NS)
    assert budget.allows(1, PLACE, (NOW // DAY_NS + 1) * DAY_NS)


def test_headers_tell_counts_of_limits_that_are_known() -> None:
    budget = told(weight(1_000), orders(50))
    budget.learn_headers(
        {
            "x-mbx-used-weight": "5",
            "x-mbx-used-weight-1m": "800",
            "x-mbx-used-weight-1h": "9",
            "x-mbx-order-count-10s": "50",
            "x-mbx-order-count-1x": "1",
            "x-mbx-used-weight-5m": "many",
            "date": "today",
        },
        NOW,
    )

    assert [budget.allows(1, need, NOW) for need in (PLACE, OUT, MARKET)] == [False, True, False]
    budget.learn_headers({"x-mbx-used-weight-1m": "1"}, NOW)
    assert [budget.allows(1, need, NOW) for need in (PLACE, OUT, MARKET)] == [False, True, True]


@pytest.mark.parametrize(
    ("error", "until"),
    [
        (ErrorBody(-1003, "", ErrorData(retry_after=NOW // 10**6 + 5_000)), NOW + 5 * SECOND_NS),
        (ErrorBody(-1003, f"IP banned until {NOW // 10**6 + 7_000}. Please"), NOW + 7 * SECOND_NS),
        (ErrorBody(-1003, "Too many requests queued."), NOW + PAUSE_NS),
        (ErrorBody(0, "<html>"), NOW + PAUSE_NS),
    ],
)
def test_the_venue_says_how_long_to_be_silent(error: ErrorBody, until: int) -> None:
    budget = Budget()
    budget.fall_silent(error, NOW)

    assert not any(budget.allows(0, need, until - 1) for need in Need)
    assert budget.opens(NOW) == until
    assert budget.allows(1, OUT, until)
    budget.fall_silent(ErrorBody(-1003, "", ErrorData(retry_after=1)), NOW)
    assert budget.silent_until == until


def test_an_end_of_a_silence_that_is_no_time_is_the_venues_fault() -> None:
    with pytest.raises(VenueFault, match="no time"):
        Budget().fall_silent(ErrorBody(-1003, "", ErrorData(retry_after=2**62)), NOW)


def test_limits_that_make_no_sense_are_passed_over() -> None:
    budget = told(
        RateLimit(kind="RAW_REQUESTS", interval="MINUTE", number=5, limit=1, count=9),
        RateLimit(kind="ORDERS", interval="FORTNIGHT", number=1, limit=1, count=9),
        RateLimit(kind="ORDERS", interval="DAY", number=0, limit=1, count=9),
        RateLimit(kind="ORDERS", interval="DAY", number=1, limit=0, count=9),
    )

    assert budget.allows(1, PLACE, NOW)


def test_recorded_limits_are_understood() -> None:
    path = shared("wire/open/binance/wsapi_order_answers_composed.jsonl")
    answer: Any = json.loads(path.read_text().splitlines()[0])["response"]
    limits = msgspec.convert(answer["rateLimits"], tuple[RateLimit, ...])
    budget = told(*limits)

    assert budget.headroom(NOW)["weight"] == pytest.approx(1 - 3 / 6_000)


def test_every_method_weighs_what_the_venue_says() -> None:
    assert {name: weight_of(name, {}) for name in METHODS if "." not in name} == {
        "time": 1,
        "exchangeInfo": 20,
        "depth": 5,
        "klines": 2,
        "allOrders": 20,
        "myTrades": 20,
    }
    assert [weight_of("depth", {"limit": limit}) for limit in (100, 500, 501, 1_001)] == [
        5,
        25,
        50,
        250,
    ]
    assert weight_of("openOrders.status", {}) == 80


@pytest.mark.parametrize(
    ("error", "until"),
    [
        (ErrorBody(-1015, "", ErrorData(retry_after=NOW // 10**6 + 5_000)), NOW + 5 * SECOND_NS),
        (ErrorBody(-1015, "Too many new orders."), NOW + 10 * SECOND_NS),
    ],
)
def test_too_many_orders_stop_what_places_and_nothing_else(error: ErrorBody, until: int) -> None:
    budget = Budget()
    budget.stop_placing(error, NOW)

    assert not budget.allows(1, PLACE, until - 1)
    assert budget.allows(1, OUT, NOW)
    assert budget.allows(1, MARKET, NOW)
    assert budget.allows(1, PLACE, until)


def test_every_limit_tells_what_is_used_and_left_of_it() -> None:
    budget = Budget()
    budget.learn(
        [
            RateLimit(kind="ORDERS", interval="SECOND", number=10, limit=100, count=25),
            RateLimit(kind="REQUEST_WEIGHT", interval="DAY", number=1, limit=10, count=20),
        ],
        NOW,
    )

    assert budget.used(NOW) == {
        "weight": (0, 6_000),
        "orders_10s": (25, 100),
        "weight_1d": (20, 10),
    }
    assert budget.headroom(NOW) == {"weight": 1.0, "orders_10s": 0.75, "weight_1d": 0.0}
    assert budget.used(NOW + 10 * SECOND_NS)["orders_10s"] == (0, 100)
