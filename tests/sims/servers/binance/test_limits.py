"""Windows are aligned to the clock, orders that trade give back, and excess is refused."""

import pytest

from sims.servers.binance.engine import Engine
from sims.servers.binance.limits import WARNINGS_MAX, WEIGHT, Limits, Meter, Window
from tests.sims.servers.binance.desk import START_MS, Clock, Desk, limit, market, outcome

NS = 1_000_000_000
ORDERS = (Window(kind="ORDERS", interval="SECOND", number=10, limit=3),)


def test_a_count_starts_anew_with_the_next_window() -> None:
    meter = Meter(Window(kind="ORDERS", interval="SECOND", number=10, limit=3))

    meter.add(2, 109 * NS)

    assert [meter.count(second * NS) for second in (109, 110)] == [2, 0]
    assert meter.retry(109 * NS) == {"serverTime": 109_000, "retryAfter": 110_000}


def test_a_count_never_falls_below_zero() -> None:
    meter = Meter(WEIGHT)

    meter.add(-5, 0)

    assert meter.count(0) == 0


@pytest.fixture
def desk(engine: Engine, clock: Clock) -> Desk:
    return Desk(engine, clock, Limits(engine, orders=ORDERS))


def test_resting_orders_fill_the_window_and_trades_empty_it(desk: Desk) -> None:
    counts = [
        desk.place(params)["rateLimits"][0]["count"]
        for params in (limit(), limit(), market(), market(), limit())
    ]

    # A market order is counted and given back in one turn.
    assert counts == [1, 2, 2, 2, 3]
    assert outcome(desk.place(limit())) == (
        429,
        -1015,
        "Too many new orders; current limit is 3 orders per 10 SECOND.",
    )
    desk.engine.mark("BTCUSDT", "50000.00")
    assert desk.place(limit(price="40000.00"))["rateLimits"][0]["count"] == 1


def test_a_refusal_says_when_to_come_back(desk: Desk, clock: Clock) -> None:
    for _ in range(3):
        desk.place(limit())

    data = desk.place(limit())["error"]["data"]
    assert data == {"serverTime": START_MS, "retryAfter": START_MS + 10_000}
    clock.ms = data["retryAfter"]
    assert desk.place(limit())["status"] == 200


def test_weight_is_shared_and_a_successful_order_is_free(engine: Engine, clock: Clock) -> None:
    window = Window(kind="REQUEST_WEIGHT", interval="MINUTE", number=1, limit=45)
    limits = Limits(engine, weight=window)
    first, second = Desk(engine, clock, limits), Desk(engine, clock, limits)

    used = [
        first.ask("exchangeInfo")["rateLimits"][-1]["count"],
        second.ask("ping")["rateLimits"][-1]["count"],
        first.place(limit())["rateLimits"][-1]["count"],
        first.place(limit(quantity="0"))["rateLimits"][-1]["count"],
        second.ask("exchangeInfo")["rateLimits"][-1]["count"],
    ]

    assert used == [20, 21, 21, 22, 42]
    status, code, text = outcome(first.ask("exchangeInfo"))
    assert (status, code) == (429, -1003)
    assert text.startswith("Too much request weight used; current limit is 45 request weight per")


def test_who_goes_on_asking_is_shut_out_and_each_time_for_longer(
    engine: Engine, clock: Clock
) -> None:
    window = Window(kind="REQUEST_WEIGHT", interval="MINUTE", number=1, limit=10)
    desk = Desk(engine, clock, Limits(engine, weight=window))
    lengths = []
    for _ in range(2):
        statuses = [desk.ask("exchangeInfo")["status"] for _ in range(WARNINGS_MAX)]
        assert set(statuses) == {429}
        status, code, text = outcome(banned := desk.ask("ping"))
        data = banned["error"]["data"]
        assert (status, code) == (418, -1003)
        assert f"IP banned until {data['retryAfter']}" in text
        lengths.append(data["retryAfter"] - data["serverTime"])
        clock.ms = data["retryAfter"]
        assert desk.ask("ping")["status"] == 200

    assert lengths == [120_000, 240_000]


def test_requests_count_whatever_they_weigh(engine: Engine, clock: Clock) -> None:
    raw = Window(kind="RAW_REQUESTS", interval="MINUTE", number=5, limit=3)
    desk = Desk(engine, clock, Limits(engine, raw=raw))

    statuses = [desk.ask("ping")["status"] for _ in range(4)]

    assert statuses == [200, 200, 200, 429]


def test_a_replacement_counts_as_an_order(desk: Desk) -> None:
    for name in ("a", "b", "c"):
        desk.place(limit(newClientOrderId=name))

    params = limit() | {"cancelReplaceMode": "STOP_ON_FAILURE", "cancelOrigClientOrderId": "a"}
    assert outcome(desk.sign("order.cancelReplace", params))[1] == -1015
    pair = {
        "symbol": "BTCUSDT",
        "side": "SELL",
        "quantity": "0.1",
        "aboveType": "LIMIT_MAKER",
        "abovePrice": "65000",
        "belowType": "STOP_LOSS",
        "belowStopPrice": "55000",
    }
    assert outcome(desk.sign("orderList.place.oco", pair))[1] == -1015
