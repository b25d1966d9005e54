"""What each market stream tells, and when."""

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from sims.servers.binance.market.bodies import depth
from tests.shared_data import shared
from tests.sims.servers.binance.desk import Document
from tests.sims.servers.binance.listening import World


def test_trades_are_told_at_once(world: World) -> None:
    client = world.client("/ws/btcusdt@trade")
    world.take("2")

    first, second = client.heard()
    assert first == {
        "e": "trade", "E": world.clock.ms, "s": "BTCUSDT", "t": 1, "p": "101.00000000",
        "q": "1.00000000", "T": world.clock.ms, "m": False, "M": True,
    }  # fmt: skip
    assert (second["t"], second["p"]) == (2, "102.00000000")


def test_what_one_taker_gets_at_one_price_is_one_aggregate(world: World) -> None:
    client = world.client("/ws/btcusdt@aggTrade")
    world.take("2")

    assert [(each["a"], each["f"], each["l"], each["q"]) for each in client.heard()] == [
        (1, 1, 1, "1.00000000"), (2, 2, 2, "1.00000000"),
    ]  # fmt: skip


def test_the_best_prices_are_told_when_they_change_and_not_otherwise(world: World) -> None:
    client = world.client("/ws/btcusdt@bookTicker")
    world.quote({"100": "1", "99": "3"}, {"101": "1", "102": "3"})
    assert client.heard() == []
    world.take("0.4")

    [told] = client.heard()
    assert told == {
        "u": world.engine.markets["BTCUSDT"].book.update_id, "s": "BTCUSDT",
        "b": "100.00000000", "B": "1.00000000", "a": "101.00000000", "A": "0.60000000",
    }  # fmt: skip


@pytest.mark.parametrize(("name", "period_ms"), [("depth", 1_000), ("depth@100ms", 100)])
def test_changed_levels_are_told_once_a_period(world: World, name: str, period_ms: int) -> None:
    client = world.client(f"/ws/btcusdt@{name}")
    book = world.engine.markets["BTCUSDT"].book
    first_id = book.update_id + 1
    world.take("0.4")
    world.take("0.6")
    world.quote({"100.5": "1"}, {"102": "2"})
    assert client.heard() == []
    world.wait(period_ms)

    [told] = client.heard()
    assert (told["e"], told["U"], told["u"]) == ("depthUpdate", first_id, book.update_id)
    assert told["b"] == [
        ["100.50000000", "1.00000000"], ["100.00000000", "0.00000000"],
        ["99.00000000", "0.00000000"],
    ]  # fmt: skip
    assert told["a"] == [["101.00000000", "0.00000000"]]
    world.wait(period_ms)
    assert client.heard() == []


def test_who_follows_the_changes_from_a_snapshot_has_the_book(world: World) -> None:
    early, late = world.client("/ws/btcusdt@depth@100ms"), world.client()
    market = world.engine.markets["BTCUSDT"]
    snapshots: list[Any] = []
    for step in range(40):
        world.quote({str(100 + step % 7): "1"}, {str(101 + step % 7): str(1 + step)})
        if step % 3 == 0:
            world.take("0.01")
        snapshots.append(depth(market, 5_000))
        if step == 20:
            late.ask("SUBSCRIBE", "btcusdt@depth@100ms")
        if step % 4 == 3:
            world.wait(100)

    for client in (early, late):
        events = client.heard()
        assert all(after["U"] == before["u"] + 1 for before, after in pairwise(events))
        for snapshot in snapshots:
            kept = [event for event in events if event["u"] > snapshot["lastUpdateId"]]
            if kept and events[0]["U"] <= snapshot["lastUpdateId"] + 1:
                assert kept[0]["U"] <= snapshot["lastUpdateId"] + 1
                assert followed(snapshot, kept) == depth(market, 5_000)
        assert events


def followed(snapshot: Document, events: list[Document]) -> Document:
    sides = {side: dict(snapshot[side]) for side in ("bids", "asks")}
    for event in events:
        for side, letter in (("bids", "b"), ("asks", "a")):
            for price, quantity in event[letter]:
                sides[side][price] = quantity
                if float(quantity) == 0:
                    del sides[side][price]

    def ordered(side: str) -> list[list[str]]:
        rows = sorted(sides[side].items(), key=lambda row: float(row[0]), reverse=side == "bids")
        return [list(row) for row in rows]

    return {"lastUpdateId": events[-1]["u"], "bids": ordered("bids"), "asks": ordered("asks")}


def test_the_best_levels_come_once_a_period_if_they_changed(world: World) -> None:
    client = world.client("/ws/btcusdt@depth5@100ms")
    world.wait(200)
    assert len(client.heard()) == 1
    world.take("0.5")
    world.wait(200)

    [told] = client.heard()
    assert told == depth(world.engine.markets["BTCUSDT"], 5)


def test_a_candle_is_told_while_it_changes_and_when_it_closes(world: World) -> None:
    client = world.client("/ws/btcusdt@kline_1m")
    world.take("0.5")
    world.wait(60_000)

    told = [(each["k"]["x"], each["k"]["t"], each["k"]["v"]) for each in client.heard()]
    start = world.clock.ms - 60_000
    assert told == [
        (False, start, "0.50000000"), (True, start, "0.50000000"),
    ]  # fmt: skip
    world.wait(60_000)
    [closed] = client.heard()
    assert (closed["k"]["x"], closed["k"]["n"], closed["k"]["f"]) == (True, 0, -1)
    assert closed["k"]["o"] == closed["k"]["c"] == "101.00000000"


def test_seconds_close_every_second(world: World) -> None:
    client = world.client("/ws/btcusdt@kline_1s")
    for _ in range(3):
        world.take("0.1")
        world.wait(1_000)

    closed = [each["k"]["t"] for each in client.heard() if each["k"]["x"]]
    assert closed == [world.clock.ms - ms for ms in (3_000, 2_000, 1_000)]


def test_days_are_told_once_a_second_when_they_changed(world: World) -> None:
    clients = [world.client(f"/ws/{name}") for name in ("btcusdt@ticker", "btcusdt@miniTicker")]
    every = world.client("/stream?streams=!miniTicker@arr")
    world.take("0.5")
    world.wait(1_000)

    for client in (*clients, every):
        assert len(client.frames) == 1
    full, mini = (client.heard()[0] for client in clients)
    assert (full["e"], full["n"], full["a"]) == ("24hrTicker", 1, "101.00000000")
    assert (mini["e"], mini["v"]) == ("24hrMiniTicker", "0.50000000")
    [framed] = every.heard()
    assert framed["stream"] == "!miniTicker@arr"
    assert [each["s"] for each in framed["data"]] == ["BTCUSDT", "ETHUSDT"]
    world.quote({"100": "5"}, {"101": "5"})
    world.wait(1_000)
    assert [len(client.heard()) for client in (*clients, every)] == [1, 0, 0]


def test_windows_are_told_once_a_second_when_something_has_traded(world: World) -> None:
    one, every = world.client("/ws/btcusdt@ticker_1h"), world.client("/ws/!ticker_1h@arr")
    world.take("0.5")
    world.wait(2_000)

    [told] = one.heard()
    assert told.keys() == set("eEspPohlcwvqOCFLn")
    assert (told["e"], told["n"], told["C"] - told["O"]) == ("1hTicker", 1, 3_601_000)
    [all_told] = every.heard()
    assert [each["s"] for each in all_told] == ["BTCUSDT", "ETHUSDT"]


def test_average_prices_are_told_when_something_has_traded(world: World) -> None:
    client = world.client("/ws/btcusdt@avgPrice")
    world.take("0.5")
    world.wait(2_000)

    [told] = client.heard()
    assert (told["e"], told["i"], told["w"]) == ("avgPrice", "5m", "101.00000000")


def test_times_come_in_microseconds_on_request(world: World) -> None:
    micro = world.client("/ws/btcusdt@trade?timeUnit=microsecond")
    milli = world.client("/ws/btcusdt@trade")
    world.take("0.5")

    assert micro.heard()[0]["T"] == milli.heard()[0]["T"] * 1_000


def trade(world: World) -> None:
    world.take("0.1")


def second(world: World) -> None:
    world.take("0.1")
    world.wait(2_000)


@pytest.mark.parametrize(
    ("file", "name", "act"),
    [
        ("stream_trade", "btcusdt@trade", trade),
        ("stream_agg_trade", "btcusdt@aggTrade", trade),
        ("stream_book_ticker", "btcusdt@bookTicker", trade),
        ("stream_kline", "btcusdt@kline_1m", second),
        ("stream_depth_update_combined", "btcusdt@depth", second),
        ("stream_partial_depth", "btcusdt@depth5", second),
        ("stream_ticker", "btcusdt@ticker", second),
        ("stream_all_mini_ticker", "!miniTicker@arr", second),
    ],
)
def test_events_have_the_fields_of_the_real_ones(
    world: World, file: str, name: str, act: Callable[[World], None]
) -> None:
    real = json.loads(shared(f"wire/open/binance/{file}.json").read_text())
    client = world.client(f"/ws/{name}")
    act(world)
    ours = client.heard()[0]

    real = real.get("data", real) if isinstance(real, dict) else real[0]
    ours = ours if isinstance(ours, dict) else ours[0]
    # The buyer's and the seller's order left trades after this one was recorded.
    gone = {"b", "a"} if file == "stream_trade" else set()
    assert real.keys() - gone == ours.keys()
    assert {key: type(ours[key]) for key in ours} == {key: type(real[key]) for key in ours}
