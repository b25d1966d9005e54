"""What a client of the market streams asks, and what it is answered."""

import pytest

from sims.servers.binance.streams import NAMES_MAX
from tests.sims.servers.binance.desk import Document
from tests.sims.servers.binance.listening import World


@pytest.mark.parametrize(
    ("path", "names", "is_combined"),
    [
        ("/ws", [], False),
        ("/ws/0", [], False),
        ("/ws/btcusdt@trade", ["btcusdt@trade"], False),
        ("/ws/btcusdt@trade/btcusdt@depth", ["btcusdt@trade", "btcusdt@depth"], False),
        ("/stream", [], True),
        ("/stream?streams=btcusdt@trade/%21miniTicker@arr", ["btcusdt@trade", "!miniTicker@arr"],
         True),
    ],
)  # fmt: skip
def test_a_path_names_the_first_streams(
    world: World, path: str, names: list[str], is_combined: bool
) -> None:
    client = world.client(path)

    assert client.ask("LIST_SUBSCRIPTIONS")["result"] == names
    assert client.ask("GET_PROPERTY", "combined")["result"] is is_combined


def test_streams_come_and_go(world: World) -> None:
    client = world.client()
    assert client.ask("SUBSCRIBE", "btcusdt@trade", name="a7") == {"result": None, "id": "a7"}
    world.take("0.1")
    assert [each["e"] for each in client.heard()] == ["trade"]
    assert client.ask("SET_PROPERTY", "combined", True, name=None) == {"result": None, "id": None}
    world.take("0.1")
    assert [each["stream"] for each in client.heard()] == ["btcusdt@trade"]
    assert client.ask("UNSUBSCRIBE", "btcusdt@trade")["result"] is None
    world.take("0.1")
    assert client.heard() == []


def test_who_has_left_hears_nothing(world: World) -> None:
    client, stays = world.client("/ws/btcusdt@trade"), world.client("/ws/btcusdt@trade")
    client.session.close()
    world.take("0.1")

    assert (len(client.heard()), len(stays.heard())) == (0, 1)


def test_two_names_of_one_stream_are_left_one_by_one(world: World) -> None:
    client = world.client()
    client.ask("SUBSCRIBE", "btcusdt@depth", "btcusdt@depth@1000ms", "nothing@all")
    client.ask("UNSUBSCRIBE", "btcusdt@depth", "nothing@all")
    world.take("0.1")
    world.wait(1_000)
    assert len(client.heard()) == 1
    client.ask("UNSUBSCRIBE", "btcusdt@depth@1000ms")
    world.take("0.1")
    world.wait(1_000)
    assert client.heard() == []


@pytest.mark.parametrize(
    ("frame", "answer"),
    [
        ("{", {"code": 3, "msg": "Invalid JSON: expected value at line 1 column 2"}),
        (
            '{"id": 1}',
            {"code": 2, "msg": "Invalid request: missing field `method` at line 1 column 9"},
        ),
        (
            '{"method": "SUBSCRIBER", "id": 1}',
            {
                "code": 2,
                "msg": "Invalid request: unknown variant `SUBSCRIBER`, expected one of "
                "`SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY` "
                "at line 1 column 23",
            },
        ),
        (
            '{"method": "SUBSCRIBE", "params": []}',
            {"code": 2, "msg": "Invalid request: request ID must be an unsigned integer"},
        ),
        (
            '{"method": "SUBSCRIBE", "params": [], "id": 1.5}',
            {"code": 2, "msg": "Invalid request: request ID must be an unsigned integer"},
        ),
        (
            '{"method": "LIST_SUBSCRIPTIONS", "params": [1], "id": 1}',
            {"code": 2, "msg": "Invalid request: too many parameters"},
        ),
        (
            '{"method": "GET_PROPERTY", "params": [], "id": 1}',
            {"code": 2, "msg": "Invalid request: property name must be a string"},
        ),
        (
            '{"method": "GET_PROPERTY", "params": ["combined", true], "id": 1}',
            {"code": 2, "msg": "Invalid request: too many parameters"},
        ),
        (
            '{"method": "SET_PROPERTY", "params": ["colour", true], "id": 1}',
            {"code": 0, "msg": "Unknown property", "id": 1},
        ),
        (
            '{"method": "SET_PROPERTY", "params": ["combined", 1], "id": 1}',
            {"code": 1, "msg": "Invalid value type: expected Boolean"},
        ),
        (
            '{"method": "SUBSCRIBE", "params": [7], "id": 1}',
            {"code": 2, "msg": "Invalid request: stream names must be strings"},
        ),
        (
            '{"method": "SUBSCRIBE", "params": {}, "id": 1}',
            {"code": 2, "msg": "Invalid request: params must be an array"},
        ),
    ],
)
def test_what_cannot_be_asked_is_answered_with_an_error(
    world: World, frame: str, answer: Document
) -> None:
    client = world.client()
    client.say(frame)

    assert client.heard() == [answer]


def test_so_many_streams_and_no_more(world: World) -> None:
    client = world.client()
    names = [f"a{number}@trade" for number in range(NAMES_MAX)]
    assert client.ask("SUBSCRIBE", *names)["result"] is None
    assert client.ask("SUBSCRIBE", *names)["result"] is None

    assert client.ask("SUBSCRIBE", "btcusdt@trade")["code"] == 2
    assert len(client.ask("LIST_SUBSCRIPTIONS")["result"]) == NAMES_MAX


def test_who_asks_too_often_is_cut_off(world: World) -> None:
    client = world.client()
    for _ in range(5):
        client.say('{"method": "LIST_SUBSCRIPTIONS", "id": 1}')
    world.clock.ms += 999
    client.say('{"method": "LIST_SUBSCRIPTIONS", "id": 1}')
    assert (len(client.heard()), len(client.cuts)) == (5, 1)
    world.clock.ms += 1
    client.say('{"method": "LIST_SUBSCRIPTIONS", "id": 1}')
    assert (len(client.heard()), len(client.cuts)) == (1, 1)


@pytest.mark.parametrize(("path", "stream"), [("/ws", None), ("/stream", "!serverShutdown")])
def test_the_end_is_announced(world: World, path: str, stream: str | None) -> None:
    client = world.client(path)
    client.session.say_shutdown(world.engine.now())

    [told] = client.heard()
    event = {"e": "serverShutdown", "E": world.clock.ms}
    assert told == (event if stream is None else {"stream": stream, "data": event})
