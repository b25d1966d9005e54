"""What rules do to events on their way to a client, over real sockets."""

import json

import pytest
from websockets.asyncio.client import connect

from sims.servers.binance.amounts import amount
from sims.servers.binance.orders import Side
from sims.servers.binance.scenarios.rules import Delay, Drop, Duplicate, Lose, Reorder
from tests.sims.servers.binance.scenarios.counter import Counter, at

pytestmark = pytest.mark.anyio
TRADE = "executionReport:TRADE"


async def filled(counter: Counter) -> None:
    await counter.place(price="61000.00")


async def test_a_report_may_be_lost() -> None:
    async with at(Lose(what=TRADE)) as counter:
        await filled(counter)
        assert [each["event"]["e"] for each in counter.frames if "event" in each] == [
            "executionReport", "outboundAccountPosition",
        ]  # fmt: skip
        assert counter.known() == "FILLED"


async def test_a_report_may_come_twice() -> None:
    async with at(Duplicate(what=TRADE)) as counter:
        await filled(counter)
        events = [each["event"] for each in counter.frames if "event" in each]
        assert [each.get("x") for each in events] == ["NEW", "TRADE", "TRADE", None]
        assert events[1] == events[2]


async def test_a_report_may_come_late() -> None:
    async with at(Delay(what=TRADE, ms=100)) as counter:
        await filled(counter)
        assert [each["event"].get("x") for each in counter.frames if "event" in each] == [
            "NEW", None,
        ]  # fmt: skip
        assert await counter.executions(1) == ["TRADE"]


async def test_a_report_may_be_overtaken_by_the_next() -> None:
    async with at(Reorder(what="executionReport:NEW")) as counter:
        await filled(counter)
        events = [each["event"] for each in counter.frames if "event" in each]
        assert [each.get("x") for each in events] == ["TRADE", "NEW", None]


async def test_a_report_that_nothing_overtakes_comes_by_itself() -> None:
    async with at(Reorder(what="outboundAccountPosition", ms=50)) as counter:
        await filled(counter)
        assert (await counter.next())["event"]["e"] == "outboundAccountPosition"


async def test_market_events_may_be_lost_by_their_stream() -> None:
    async with at(Drop(what="btcusdt@trade", skip=1, times=1)) as counter:
        url = f"{counter.venue.ws}/stream?streams=btcusdt@trade/btcusdt@aggTrade"
        async with connect(url) as socket:
            for _ in range(3):
                counter.engine.flow("BTCUSDT", Side.BUY, amount("0.1"), amount("60000"))
            frames = [json.loads(await socket.recv()) for _ in range(5)]

        ids = [each["data"]["t"] for each in frames if each["stream"] == "btcusdt@trade"]
        assert ids == [1, 3]
        assert len(frames) - len(ids) == 3


async def test_what_strikes_is_drawn_from_the_seed() -> None:
    async def struck(seed: int) -> list[int]:
        async with (
            at(Drop(what="btcusdt@trade", share=0.5), seed=seed) as counter,
            connect(f"{counter.venue.ws}/ws/btcusdt@trade") as socket,
        ):
            for _ in range(40):
                counter.engine.flow("BTCUSDT", Side.BUY, amount("0.1"), amount("60000"))
            await counter.do(do="disconnect", surface="streams", how="announced")
            frames = [json.loads(frame) async for frame in socket]
        assert frames[-1]["e"] == "serverShutdown"
        return [each["t"] for each in frames[:-1]]

    first = await struck(3)
    assert first == await struck(3)
    assert first != await struck(4)
    assert 5 < len(first) < 35
