"""A daemon on a venue's own streams: warmed up, killed, recovered, equal to the venue, replayed."""

import json
from decimal import Decimal
from functools import partial
from pathlib import Path
from time import time_ns  # noqa: TID251 - the venue runs on the real clock

import anyio
import pytest

from actors.edge.journal import read_journal
from actors.replay import replay_live
from actors.runtime.calls import calling
from tests.crash.saying import said
from tests.crash.stage import mortal
from tests.crash.streams import venue, written
from tests.sims.servers.binance.desk import MAIN
from trader.venues.binance import requests
from trader.venues.binance.rest import call_of
from trader.venues.binance.signing import KeyPair

pytestmark = pytest.mark.anyio


async def held(rest: str) -> dict[str, Decimal]:
    """What the account holds at the venue, by its own word; nothing of it is tied to an order."""
    keys = KeyPair(MAIN.key, MAIN.secret)
    request = requests.account()
    async with calling(rest) as calls:
        reply = await calls.make(call_of(request, keys, time_ns() // 1_000_000))
    assert reply is not None
    balances = json.loads(reply.body)["balances"]
    assert {Decimal(each["locked"]) for each in balances} == {Decimal(0)}
    return {each["asset"]: Decimal(each["free"]) for each in balances}


async def test_it_lives_through_a_kill_and_holds_what_the_venue_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state"

    say = partial(said, capsys, state)

    with anyio.fail_after(90):
        async with venue() as ready:
            config = written(tmp_path, ready)
            before = await held(ready["rest"])
            async with mortal(config) as first:
                # Warmed up by the bars before its start, it trades within a few of its own.
                await first.event("order_filled")
                await first.event("order_filled")
                first.process.kill()
                await first.end()
            async with mortal(config) as second:
                await second.event("recovered")
                await second.event("trading_state_changed", state="active")
                await second.event("order_filled")
                assert (await say("status"))["trading"] == "ACTIVE"
                await say("flatten")
                while (await say("positions"))["positions"]:
                    pass
                cash = Decimal((await say("status"))["cash"])
                await second.stop()
            after = await held(ready["rest"])
            assert after["BTC"] == before["BTC"]
            assert cash - 100_000 == after["USDT"] - before["USDT"]

    agrees, text = replay_live(await read_journal(state / "journal.db"))
    assert agrees, text
    assert all(line["event"] != "difference_found" for line in (*first.lines, *second.lines))
