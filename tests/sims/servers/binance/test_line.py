"""A connection is pinged, is given a day, and is told when the server goes."""

import json
from typing import Any

import aiohttp
import anyio
import pytest

from sims.servers.binance.engine import Engine
from sims.servers.binance.line import Pulse
from sims.servers.binance.server import serve

pytestmark = pytest.mark.anyio
QUICK = Pulse(ping_s=0.01, pong_s=0.03)


async def test_a_client_that_answers_pings_stays(engine: Engine) -> None:
    with anyio.fail_after(10):
        async with (
            serve(engine, pulse=QUICK) as venue,
            aiohttp.ClientSession() as http,
            http.ws_connect(venue.url, autoping=False) as socket,
        ):
            payloads = []
            for _ in range(8):
                ping = await socket.receive()
                assert ping.type is aiohttp.WSMsgType.PING
                payloads.append(bytes(ping.data))
                await socket.pong(ping.data)
            await socket.send_str('{"id": 1, "method": "ping"}')
            while (frame := await socket.receive()).type is aiohttp.WSMsgType.PING:
                await socket.pong(frame.data)

    assert len(set(payloads)) == 8
    assert json.loads(frame.data)["result"] == {}


@pytest.mark.parametrize("pong", [None, b"", b"something else"])
@pytest.mark.parametrize("path", ["/ws-api/v3", "/ws"])
async def test_a_client_that_owes_its_pongs_is_cut_off(
    engine: Engine, path: str, pong: bytes | None
) -> None:
    with anyio.fail_after(10):
        async with (
            serve(engine, pulse=QUICK) as venue,
            aiohttp.ClientSession() as http,
            http.ws_connect(venue.ws + path, autoping=False) as socket,
        ):
            kinds = []
            while (frame := await socket.receive()).type is aiohttp.WSMsgType.PING:
                kinds.append(frame.type)
                if pong is not None:
                    await socket.pong(pong)

    assert len(kinds) == 3
    assert socket.close_code == aiohttp.WSCloseCode.ABNORMAL_CLOSURE


async def test_the_server_answers_pings(engine: Engine) -> None:
    with anyio.fail_after(10):
        async with (
            serve(engine) as venue,
            aiohttp.ClientSession() as http,
            http.ws_connect(venue.url, autoping=False) as socket,
        ):
            await socket.ping(b"are you there")
            pong = await socket.receive()

    assert (pong.type, bytes(pong.data)) == (aiohttp.WSMsgType.PONG, b"are you there")


async def test_nobody_stays_for_ever(engine: Engine) -> None:
    with anyio.fail_after(10):
        async with (
            serve(engine, pulse=Pulse(life_s=0.02)) as venue,
            aiohttp.ClientSession() as http,
            http.ws_connect(venue.url) as socket,
        ):
            frame = await socket.receive()

    assert frame.type is aiohttp.WSMsgType.CLOSE
    assert socket.close_code == aiohttp.WSCloseCode.GOING_AWAY


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/ws-api/v3", ["event", "e"]),
        ("/ws", ["e"]),
        ("/stream", ["data", "e"]),
    ],
)
async def test_a_server_that_goes_says_so_first(
    engine: Engine, path: str, expected: list[str]
) -> None:
    with anyio.fail_after(10):
        async with aiohttp.ClientSession() as http:
            async with serve(engine) as venue:
                socket = await http.ws_connect(venue.ws + path)
                # A connection is one when it has been answered.
                await socket.send_str('{"id": 1, "method": "LIST_SUBSCRIPTIONS"}')
                await socket.receive()
            told = json.loads((await socket.receive()).data)
            closing = await socket.receive()

    value: Any = told
    for name in expected:
        value = value[name]
    assert value == "serverShutdown"
    assert told.get("stream") in {None, "!serverShutdown"}
    assert closing.type is aiohttp.WSMsgType.CLOSE
