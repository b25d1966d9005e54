"""A made-up market has a past: minutes, and longer candles of the same minutes."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from sims.servers.binance.engine import Engine
from sims.servers.binance.feeds.opening import Plan, open_players
from sims.servers.binance.market.candles import KEPT
from tests.sims.servers.binance.desk import START_MS, Clock, Desk

MINUTE_MS = 60_000


@pytest.fixture
def opened(engine: Engine, clock: Clock) -> Desk:
    open_players(engine, Plan(seed=2))
    return Desk(engine, clock)


def klines(desk: Desk, interval: str, **params: object) -> Any:
    return desk.ask("klines", symbol="BTCUSDT", interval=interval, limit=1_000, **params)["result"]


def test_minutes_lead_up_to_the_price_at_which_the_venue_begins(opened: Desk) -> None:
    rows = klines(opened, "1m")

    assert len(rows) == 1_000
    assert rows[-2][4] == rows[-1][1] == "60000.00000000"
    assert all(after[0] - before[0] == MINUTE_MS for before, after in pairwise(rows))
    assert rows[-1][0] == START_MS // MINUTE_MS * MINUTE_MS
    assert len({row[4] for row in rows}) > 900
    day = opened.ask("ticker.24hr", symbol="BTCUSDT")["result"]
    assert day["count"] > 10_000
    assert Decimal(day["lowPrice"]) < Decimal(day["openPrice"]) < Decimal(day["highPrice"])


@pytest.mark.parametrize(("interval", "minutes"), [("5m", 5), ("1h", 60), ("1d", 1_440)])
def test_longer_candles_are_made_of_the_same_minutes(
    opened: Desk, interval: str, minutes: int
) -> None:
    rows = klines(opened, interval)
    single = {row[0]: row for start in (0, 1) for row in klines(opened, "1m", startTime=start)} | {
        row[0]: row for row in klines(opened, "1m")
    }
    checked = 0
    for row in rows[:-1]:
        inside = [single.get(row[0] + n * MINUTE_MS) for n in range(minutes)]
        if any(each is None for each in inside):
            continue
        whole = [each for each in inside if each is not None]
        checked += 1
        assert row[2] == max((each[2] for each in whole), key=Decimal)
        assert Decimal(row[5]) == sum(Decimal(each[5]) for each in whole)
        assert (row[1], row[4], row[8]) == (whole[0][1], whole[-1][4], 12 * minutes)
    assert checked or interval == "1d"
    assert len(rows) >= KEPT // minutes


def test_trades_go_on_after_those_of_the_past(opened: Desk) -> None:
    market = opened.engine.markets["BTCUSDT"]
    assert market.tape.last_id == 12 * KEPT
    opened.engine.mark("BTCUSDT", "60000.00")
    [row] = klines(opened, "1M")[-1:]
    assert row[8] > 0
