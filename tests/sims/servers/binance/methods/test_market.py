"""What everybody may ask about a market: its book, its trades, its candles, its day."""

import json
from typing import Any

import pytest

from sims.servers.binance.amounts import amount
from sims.servers.binance.orders import Side
from tests.shared_data import shared
from tests.sims.servers.binance.desk import OTHER, START_MS, Desk, Document, limit, market, outcome

MINUTE_MS = 60_000


def quoted(desk: Desk, bids: dict[str, str], asks: dict[str, str]) -> None:
    sides = [{amount(p): amount(q) for p, q in side.items()} for side in (bids, asks)]
    desk.engine.quote("BTCUSDT", *sides)


@pytest.fixture
def traded(desk: Desk) -> Desk:
    """Trades at 100, 101 and 102, of which the last two are one taker's, a minute later."""
    quoted(desk, {}, {"100": "1", "101": "2", "102": "4"})
    desk.engine.flow("BTCUSDT", Side.BUY, amount("1"), amount("100"))
    desk.clock.ms += MINUTE_MS
    desk.engine.flow("BTCUSDT", Side.BUY, amount("3"), amount("102"))
    quoted(desk, {"101": "1", "100.5": "3"}, {"102": "3"})
    return desk


def ask(desk: Desk, method: str, **params: object) -> Any:
    return desk.ask(method, symbol="BTCUSDT", **params)["result"]


def test_a_book_has_the_best_levels_of_both_sides(traded: Desk) -> None:
    book = ask(traded, "depth", limit=1)

    assert book == {
        "lastUpdateId": traded.engine.markets["BTCUSDT"].book.update_id,
        "bids": [["101.00000000", "1.00000000"]],
        "asks": [["102.00000000", "3.00000000"]],
    }
    assert len(ask(traded, "depth")["bids"]) == 2


@pytest.mark.parametrize(
    ("method", "params", "ids"),
    [
        ("trades.recent", {}, [1, 2, 3]),
        ("trades.recent", {"limit": 2}, [2, 3]),
        ("trades.historical", {"fromId": 2, "limit": 1}, [2]),
        ("trades.historical", {"limit": 1}, [3]),
    ],
)
def test_trades_are_told_oldest_first(
    traded: Desk, method: str, params: Document, ids: list[int]
) -> None:
    assert [each["id"] for each in ask(traded, method, **params)] == ids


@pytest.mark.parametrize(
    ("params", "ids"),
    [
        ({}, [1, 2, 3]),
        ({"limit": 1}, [3]),
        ({"fromId": 2}, [2, 3]),
        ({"fromId": 1, "limit": 1}, [1]),
        ({"startTime": START_MS + 1}, [2, 3]),
        ({"endTime": START_MS}, [1]),
        ({"startTime": (START_MS + 1) * 1_000}, [2, 3]),
    ],
)
def test_aggregates_are_found_by_id_and_time(
    traded: Desk, params: Document, ids: list[int]
) -> None:
    assert [each["a"] for each in ask(traded, "trades.aggregate", **params)] == ids


def test_an_aggregate_is_what_one_taker_got_at_one_price(desk: Desk) -> None:
    quoted(desk, {}, {"50000": "0.1"})
    desk.place(limit(side="SELL", quantity="0.1"))
    desk.place(limit(side="SELL", quantity="0.2"))
    desk.engine.flow("BTCUSDT", Side.BUY, amount("0.35"), amount("50000"))
    desk.place(market(quantity="0.001"), OTHER)

    first, second = ask(desk, "trades.aggregate")
    assert (first["f"], first["l"], first["q"], first["m"]) == (1, 3, "0.35000000", False)
    assert (second["f"], second["l"], second["q"]) == (4, 4, "0.00100000")


@pytest.mark.parametrize(
    ("interval", "params", "opens"),
    [
        ("1m", {}, [0, 1]),
        ("1m", {"limit": 1}, [1]),
        ("1m", {"startTime": START_MS // MINUTE_MS * MINUTE_MS, "limit": 1}, [0]),
        ("1m", {"endTime": START_MS}, [0]),
        ("1m", {"startTime": START_MS + 1}, [1]),
        ("5m", {}, None),
    ],
)
def test_candles_are_found_by_the_time_at_which_they_open(
    traded: Desk, interval: str, params: Document, opens: list[int] | None
) -> None:
    rows = ask(traded, "klines", interval=interval, **params)

    first = START_MS // MINUTE_MS
    if opens is not None:
        assert [row[0] // MINUTE_MS - first for row in rows] == opens
        assert all(row[6] == row[0] + MINUTE_MS - 1 for row in rows)
    else:
        [row] = rows
        assert row[1:6] == [
            "100.00000000", "102.00000000", "100.00000000", "102.00000000", "4.00000000",
        ]  # fmt: skip
        assert row[7:] == ["404.00000000", 3, "4.00000000", "404.00000000", "0"]


def test_a_day_sums_what_has_traded(traded: Desk) -> None:
    day = ask(traded, "ticker.24hr")

    assert day["openTime"] == day["closeTime"] - 86_400_000 == START_MS + MINUTE_MS - 86_400_000
    assert (day["priceChange"], day["priceChangePercent"]) == ("2.00000000", "2.000")
    assert (day["weightedAvgPrice"], day["lastQty"], day["count"]) == (
        "101.00000000", "1.00000000", 3,
    )  # fmt: skip
    assert (day["bidPrice"], day["askQty"]) == ("101.00000000", "3.00000000")
    traded.clock.ms += 86_400_000
    after = ask(traded, "ticker.24hr")
    assert (after["count"], after["openPrice"], after["prevClosePrice"], after["firstId"]) == (
        0, "102.00000000", "102.00000000", -1,
    )  # fmt: skip
    assert (after["priceChange"], after["weightedAvgPrice"]) == ("0.00000000", "0.00000000")


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("ticker", {"windowSize": "1m"}),
        ("ticker", {}),
        ("ticker", {"windowSize": "7d"}),
        ("ticker.tradingDay", {}),
        ("ticker.tradingDay", {"timeZone": "0"}),
    ],
)
def test_a_window_opens_on_a_minute(traded: Desk, method: str, params: Document) -> None:
    told = ask(traded, method, **params)

    assert told["openTime"] % MINUTE_MS == 0
    assert told["closeTime"] == traded.clock.ms
    assert told["count"] == 3
    assert "bidPrice" not in told
    assert "priceChange" not in ask(traded, method, type="MINI", **params)


def test_a_window_leaves_out_what_was_before(traded: Desk) -> None:
    traded.clock.ms += 2 * MINUTE_MS
    assert ask(traded, "ticker", windowSize="2m")["count"] == 2
    traded.clock.ms += 86_400_000
    assert ask(traded, "ticker.tradingDay")["count"] == 0
    assert ask(traded, "ticker", windowSize="2d")["count"] == 3


def test_a_price_that_fell_has_changed_by_less_than_nothing(desk: Desk) -> None:
    quoted(desk, {"90000": "1", "60000": "1"}, {})
    desk.engine.flow("BTCUSDT", Side.SELL, amount("2"), amount("60000"))

    day = ask(desk, "ticker.24hr")
    assert (day["priceChange"], day["priceChangePercent"]) == ("-30000.00000000", "-33.333")


def test_the_average_price_is_of_the_last_minutes(traded: Desk) -> None:
    assert ask(traded, "avgPrice") == {
        "mins": 5, "price": "101.00000000", "closeTime": START_MS + MINUTE_MS,
    }  # fmt: skip
    traded.clock.ms += 6 * MINUTE_MS
    assert ask(traded, "avgPrice")["price"] == "102.00000000"


@pytest.mark.parametrize("method", ["ticker.price", "ticker.book", "ticker.24hr"])
def test_tickers_are_of_one_symbol_or_of_several_or_of_all(traded: Desk, method: str) -> None:
    one = traded.ask(method, symbol="BTCUSDT")["result"]
    some = traded.ask(method, symbols=["ETHUSDT", "BTCUSDT"])["result"]
    every = traded.ask(method)["result"]

    assert one["symbol"] == "BTCUSDT"
    assert [each["symbol"] for each in some] == ["ETHUSDT", "BTCUSDT"]
    assert [each["symbol"] for each in every] == ["BTCUSDT", "ETHUSDT"]


@pytest.mark.parametrize(
    ("method", "params", "error"),
    [
        ("depth", {}, (400, -1102)),
        ("depth", {"symbol": "BTCUSDT", "limit": 0}, (400, -1130)),
        ("klines", {"symbol": "BTCUSDT", "interval": "1M2"}, (400, -1120)),
        ("klines", {"symbol": "BTCUSDT", "interval": "1d", "timeZone": "8"}, (400, -1130)),
        ("ticker.price", {"symbol": "BTCUSDT", "symbols": ["ETHUSDT"]}, (400, -1128)),
        ("ticker.price", {"symbols": ["LTCUSDT"]}, (400, -1121)),
        ("ticker.24hr", {"type": "SMALL"}, (400, -1130)),
        ("avgPrice", {"symbol": "BTCUSDT", "limit": 3}, (400, -1104)),
        ("ticker", {}, (400, -1102)),
        ("ticker", {"symbol": "BTCUSDT", "windowSize": "60m"}, (400, -1130)),
        ("ticker", {"symbol": "BTCUSDT", "windowSize": "8d"}, (400, -1130)),
        ("ticker.tradingDay", {}, (400, -1102)),
        ("ticker.tradingDay", {"symbol": "BTCUSDT", "timeZone": "5"}, (400, -1130)),
    ],
)
def test_what_cannot_be_answered_is_refused(
    desk: Desk, method: str, params: Document, error: tuple[int, int]
) -> None:
    assert outcome(desk.ask(method, **params))[:2] == error


@pytest.mark.parametrize(
    ("method", "params", "weight"),
    [
        ("depth", {"limit": 100}, 5),
        ("depth", {"limit": 101}, 25),
        ("depth", {"limit": 1_000}, 50),
        ("depth", {"limit": 5_000}, 250),
        ("ticker.24hr", {}, 2),
        ("klines", {"interval": "1m"}, 2),
        ("trades.recent", {}, 25),
    ],
)
def test_each_question_has_its_weight(
    desk: Desk, method: str, params: Document, weight: int
) -> None:
    before = desk.ask("ping")["rateLimits"][-1]["count"]
    after = desk.ask(method, symbol="BTCUSDT", **params)["rateLimits"][-1]["count"]

    assert after - before == weight


@pytest.mark.parametrize(
    ("method", "params", "weight"),
    [
        ("ticker.24hr", {}, 80),
        ("ticker.24hr", {"symbols": ["BTCUSDT"]}, 2),
        ("ticker.24hr", {"symbols": ["BTCUSDT"] * 21}, 40),
        ("ticker.price", {}, 4),
        ("ticker", {"symbol": "BTCUSDT"}, 4),
        ("ticker", {"symbols": ["BTCUSDT", "ETHUSDT"]}, 8),
        ("ticker.tradingDay", {"symbols": ["BTCUSDT"] * 60}, 200),
    ],
)
def test_a_question_about_many_weighs_more(
    desk: Desk, method: str, params: Document, weight: int
) -> None:
    before = desk.ask("ping")["rateLimits"][-1]["count"]
    after = desk.ask(method, **params)["rateLimits"][-1]["count"]

    assert after - before == weight


@pytest.mark.parametrize(
    ("name", "method", "params"),
    [
        ("rest_trades", "trades.recent", {}),
        ("rest_agg_trades", "trades.aggregate", {}),
        ("rest_depth", "depth", {}),
        ("rest_avg_price", "avgPrice", {}),
        ("rest_book_ticker", "ticker.book", {}),
        ("rest_ticker_price", "ticker.price", {}),
        ("rest_ticker_24hr", "ticker.24hr", {}),
        ("rest_klines", "klines", {"interval": "1m"}),
    ],
)
def test_bodies_have_the_fields_of_the_real_ones(
    traded: Desk, name: str, method: str, params: Document
) -> None:
    real, ours = (
        json.loads(shared(f"wire/open/binance/{name}.json").read_text()),
        ask(traded, method, **params),
    )

    if isinstance(real, list):
        real, ours = real[0], ours[0]
    if isinstance(real, dict):
        assert real.keys() <= ours.keys()
        assert {key: type(ours[key]) for key in real} == {key: type(real[key]) for key in real}
    else:
        assert [type(cell) for cell in real] == [type(cell) for cell in ours]
