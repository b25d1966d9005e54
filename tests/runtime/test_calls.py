"""Calls over a real socket: sent to the byte, and nothing is known of what has no answer."""

import json
import socket
from collections.abc import AsyncIterator
from time import time_ns  # noqa: TID251 - the venue runs on the real clock

import anyio
import pytest

from actors.runtime import calls as door
from actors.runtime.calls import calling
from sims.servers.binance.engine import Engine
from sims.servers.binance.gate import Interference, Verdict, once
from sims.servers.binance.server import Venue, serve
from tests.venues.binance.wire import KEYS
from trader.venues.binance import requests
from trader.venues.binance.rest import call_of
from trader.venues.execution_client import Call

pytestmark = pytest.mark.anyio

TIME = Call(verb="GET", path="/api/v3/time", query=b"")


@pytest.fixture
async def venue() -> AsyncIterator[Venue]:
    with anyio.fail_after(20):
        async with serve(Engine(now=time_ns)) as venue:
            yield venue


async def test_an_answer_comes_back_with_its_headers(venue: Venue) -> None:
    async with calling(venue.http + "/") as calls:
        reply = await calls.make(TIME)

    assert reply is not None
    assert reply.status == 200
    assert "serverTime" in json.loads(reply.body)
    assert "x-mbx-used-weight-1m" in reply.headers


async def test_what_is_signed_arrives_to_the_byte(venue: Venue) -> None:
    call = call_of(requests.account(), KEYS, time_ns() // 1_000_000)
    async with calling(venue.http) as calls:
        reply = await calls.make(call)
        spoiled = await calls.make(
            Call(verb=call.verb, path=call.path, query=call.query[:-1], headers=call.headers)
        )

    assert reply is not None
    assert (reply.status, "balances" in json.loads(reply.body)) == (200, True)
    assert spoiled is not None
    assert json.loads(spoiled.body)["code"] == -1022


async def test_of_what_has_no_answer_nothing_is_known(
    venue: Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    async with calling(nobody) as calls:
        assert await calls.make(TIME) is None

    venue.interference = Interference(before_execute=once("time", Verdict.CLOSE))
    async with calling(venue.http) as calls:
        assert await calls.make(TIME) is None

    monkeypatch.setattr(door, "TOTAL_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        async with calling(f"http://127.0.0.1:{mute.getsockname()[1]}") as calls:
            assert await calls.make(TIME) is None


async def test_a_body_without_end_is_none(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "BODY_BYTES_MAX", 3)
    async with calling(venue.http) as calls:
        assert await calls.make(TIME) is None
