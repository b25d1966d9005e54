"""The conversation about market data: asking, joining books, and noticing silence."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from tests.shared_data import shared
from tests.venues.binance.wire import GRID, KEYS, MS, NAME, START
from trader.calendars.sessions import UTC, Calendar, Days
from trader.calendars.table import calendar
from trader.errors import VenueFault
from trader.model.market import BookDelta, Quote
from trader.model.units import HOUR_NS, INT64_MAX, MINUTE_NS, SECOND_NS
from trader.venues.binance.correspondence import Correspondence
from trader.venues.binance.market_client import NAMES_MAX, PAUSE_NS, BinanceMarket, Wanted
from trader.venues.binance.silence import Silence, Watch
from trader.venues.execution_client import Reply, Turn

QUOTE = {"b": "60000.00", "B": "0.5", "a": "60000.01", "A": "2"}
SILENCE = 60 * SECOND_NS


def market(**changes: Any) -> BinanceMarket:
    whole: dict[str, Any] = {"grid": GRID, "sessions": Days(UTC), "quotes": True} | changes
    wanted = Wanted(**whole)
    return BinanceMarket([wanted], Correspondence(KEYS, 100 * MS, has_rest=True))


def asked(turn: Turn) -> list[dict[str, Any]]:
    return [json.loads(outgoing.frame) for outgoing in turn.frames]


def hear(client: BinanceMarket, now: int = START, **frame: Any) -> Turn:
    return client.hear(json.dumps(frame).encode(), now)


def greeted(**changes: Any) -> BinanceMarket:
    client = market(**changes)
    client.greet(START)
    hear(client, result=None, id=1)
    return client


def test_everything_that_is_wanted_is_asked_for() -> None:
    client = market(trades=True, aggregates=True, bars=(MINUTE_NS, HOUR_NS), depth=True)
    assert not client.ready
    [subscribe] = asked(client.greet(START))

    assert subscribe["method"] == "SUBSCRIBE"
    assert subscribe["params"] == [
        "btcusdt@bookTicker",
        "btcusdt@trade",
        "btcusdt@aggTrade",
        "btcusdt@kline_1m",
        "btcusdt@kline_1h",
        "btcusdt@depth@100ms",
    ]
    assert not client.ready
    hear(client, result=None, id=subscribe["id"])
    assert client.ready


def test_many_streams_are_asked_for_in_few_frames_one_after_the_other() -> None:
    grids = [
        replace(GRID, symbol=f"B{number}USDT", instrument=f"B{number}USDT.binance")
        for number in range(NAMES_MAX + 1)
    ]
    many = [Wanted(grid=grid, sessions=Days(UTC), quotes=True) for grid in grids]
    client = BinanceMarket(many, Correspondence(KEYS, 100 * MS, has_rest=True))
    [first] = asked(client.greet(START))
    assert client.due == START + PAUSE_NS
    assert client.tick(START + PAUSE_NS - 1).frames == []
    [second] = asked(client.tick(START + PAUSE_NS))

    assert (len(first["params"]), len(second["params"])) == (NAMES_MAX, 1)
    hear(client, result=None, id=first["id"])
    assert not client.ready
    hear(client, result=None, id=second["id"])
    assert client.ready


def test_events_are_known_by_their_stream() -> None:
    client = greeted()

    turn = hear(client, stream="btcusdt@bookTicker", data=QUOTE)
    assert turn.messages == [Quote(NAME, 6_000_000, 6_000_001, 50_000, 200_000, START)]
    assert hear(client, stream="ethusdt@bookTicker", data=QUOTE) == Turn()
    assert client.heard == {"btcusdt@bookTicker": 1, "unknown": 1}


@pytest.mark.parametrize(
    "frame",
    [
        {"code": 2, "msg": "Invalid request: unknown variant"},
        {"id": 1, "error": {"code": 2, "msg": "Invalid request"}},
        {"stream": "!serverShutdown", "data": {"e": "serverShutdown", "E": 1}},
        {"stream": "btcusdt@bookTicker", "data": {}},
        {"stream": 7},
    ],
)
def test_a_refusal_an_end_and_nonsense_are_faults(frame: dict[str, Any]) -> None:
    with pytest.raises(VenueFault):
        hear(greeted(), **frame)


def test_a_venue_that_does_not_confirm_is_a_fault() -> None:
    client = market()
    client.greet(START)
    client.tick(client.due - 1)

    with pytest.raises(VenueFault, match="do not answer"):
        client.tick(client.due)


# -- books ----------------------------------------------------------------------------------------


def changed(client: BinanceMarket, first: int, last: int, now: int = START) -> Turn:
    data = {"E": 5, "s": "BTCUSDT", "U": first, "u": last, "b": [["60000", "1"]], "a": []}
    return hear(client, now, stream="btcusdt@depth@100ms", data=data)


def snapshot(last: int) -> Reply:
    body = {"lastUpdateId": last, "bids": [["60000.00", "2"]], "asks": [["60001.00", "1"]]}
    return Reply(status=200, headers={}, body=json.dumps(body).encode())


def test_a_book_is_joined_with_a_snapshot_that_is_called_for() -> None:
    client = greeted(depth=True)
    [call] = changed(client, 5, 6).calls
    assert (call.verb, call.path, call.query) == (
        "GET",
        "/api/v3/depth",
        b"symbol=BTCUSDT&limit=5000",
    )
    assert changed(client, 7, 8).calls == []

    told = client.returned(call.id, snapshot(6), START).messages
    ids = [each.last_id for each in told if isinstance(each, BookDelta) and each.last]
    assert ids == [6, 8]


def test_a_snapshot_that_is_too_old_or_does_not_come_is_called_for_again() -> None:
    client = greeted(depth=True)
    [call] = changed(client, 5, 6).calls
    assert client.returned(call.id, snapshot(3), START).messages == []
    assert client.due == START + SECOND_NS
    [call] = client.tick(START + SECOND_NS).calls
    client.returned(call.id, None, START + SECOND_NS)
    [call] = client.tick(START + 2 * SECOND_NS).calls

    assert client.returned(call.id, snapshot(6), START).messages


def test_a_hole_calls_for_another_snapshot() -> None:
    client = greeted(depth=True)
    [call] = changed(client, 5, 6).calls
    client.returned(call.id, snapshot(6), START)

    assert len(changed(client, 9, 9).calls) == 1


def test_a_new_connection_joins_the_book_anew() -> None:
    client = greeted(depth=True)
    [call] = changed(client, 5, 6).calls
    client.returned(call.id, snapshot(6), START)
    client.lose(START)
    client.greet(START)

    assert len(changed(client, 7, 7).calls) == 1


def test_a_recorded_change_of_a_book_is_understood() -> None:
    client = greeted(depth=True)
    frame = json.loads(shared("wire/open/binance/stream_depth_update_combined.json").read_text())

    assert len(hear(client, stream="btcusdt@depth@100ms", data=frame["data"]).calls) == 1


# -- silence --------------------------------------------------------------------------------------


def test_a_symbol_that_falls_silent_is_asked_for_again() -> None:
    client = greeted()
    assert client.due == START + SILENCE
    [first] = asked(client.tick(START + SILENCE))
    [second] = asked(client.tick(START + SILENCE + PAUSE_NS))

    assert (first["method"], second["method"]) == ("UNSUBSCRIBE", "SUBSCRIBE")
    assert first["params"] == ["btcusdt@bookTicker"]
    assert client.silences == 1


def test_who_is_heard_is_not_silent() -> None:
    client = greeted()
    hear(client, START + SILENCE - 1, stream="btcusdt@bookTicker", data=QUOTE)

    assert client.tick(START + SILENCE) == Turn()
    assert client.silences == 0


def test_a_line_without_a_sound_is_asked_whether_it_lives() -> None:
    xnys = calendar("XNYS")
    assert isinstance(xnys, Calendar)
    saturday = 1_767_441_600 * SECOND_NS
    assert not xnys.is_open(saturday)
    client = market(sessions=xnys)
    client.greet(saturday)
    hear(client, saturday, result=None, id=1)

    [probe] = asked(client.tick(client.due))
    assert probe == {"id": 2, "method": "LIST_SUBSCRIPTIONS"}
    hear(client, saturday + SILENCE + MS, result=["btcusdt@bookTicker"], id=2)
    [probe] = asked(client.tick(saturday + 2 * SILENCE + MS))
    with pytest.raises(VenueFault, match="do not answer"):
        client.tick(client.due)
    assert client.silences == 0


def test_time_counts_only_while_a_market_is_open() -> None:
    xnys = calendar("XNYS")
    assert isinstance(xnys, Calendar)
    friday = xnys.next_close(1_767_000_000 * SECOND_NS)
    silence = Silence({"X": Watch(xnys, 10 * MINUTE_NS)})
    silence.begin(friday - 5 * MINUTE_NS)

    assert silence.mute(friday + 20 * MINUTE_NS) == []
    opens = xnys.next_open(friday)
    assert silence.mute(opens + 5 * MINUTE_NS) == []
    assert silence.mute(opens + 20 * MINUTE_NS) == ["X"]
    assert silence.mute(opens + 21 * MINUTE_NS) == []
    silence.end()
    assert silence.due == INT64_MAX
