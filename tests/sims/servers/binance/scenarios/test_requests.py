"""What rules do to requests: over a real socket, and to REST as well."""

import aiohttp
import anyio
import pytest
from websockets.exceptions import ConnectionClosedError

from sims.servers.binance.scenarios.rules import (
    Answer,
    Close,
    Delay,
    Drop,
    Duplicate,
    Lose,
    Reorder,
)
from tests.sims.servers.binance.scenarios.counter import NAMED, at

pytestmark = pytest.mark.anyio
PLACE = "order.place"


async def test_a_request_may_be_carried_out_and_never_answered() -> None:
    async with at(Lose(what=PLACE, times=1)) as counter:
        await counter.say(PLACE, counter.mine())
        assert await counter.executions(1) == ["NEW"]
        await counter.next()
        assert await counter.is_quiet()
        assert (await counter.sign("order.status", **NAMED))["result"]["status"] == "NEW"


async def test_a_request_may_never_arrive() -> None:
    async with at(Drop(what=PLACE, times=1)) as counter:
        await counter.say(PLACE, counter.mine())
        assert await counter.is_quiet()
        assert counter.known() is None
        assert (await counter.place())["status"] == 200


async def test_a_request_may_be_answered_as_unknown_and_yet_be_carried_out() -> None:
    async with at(Answer(what=PLACE, code=-1007, is_executed=True)) as counter:
        answer = await counter.place()
        assert (answer["status"], answer["error"]["code"]) == (504, -1007)
        assert counter.known() == "NEW"


@pytest.mark.parametrize(
    ("code", "status"), [(-1000, 500), (-1006, 500), (-1008, 503), (-2010, 400), (-7, 500)]
)
async def test_a_request_may_be_answered_with_any_error(code: int, status: int) -> None:
    async with at(Answer(what=PLACE, code=code)) as counter:
        answer = await counter.place()
        assert (answer["status"], answer["error"]["code"]) == (status, code)
        assert counter.known() is None


async def test_an_error_may_have_words_of_its_own() -> None:
    async with at(Answer(what=PLACE, code=-1003, text="Go away.", status=418)) as counter:
        answer = await counter.place()
        assert (answer["status"], answer["error"]["msg"]) == (418, "Go away.")


async def test_a_query_may_lag_behind_an_order() -> None:
    async with at(Answer(what="order.status", code=-2013, times=2)) as counter:
        await counter.place()
        answers = [await counter.sign("order.status", **NAMED) for _ in range(3)]
        assert [each["status"] for each in answers] == [400, 400, 200]
        assert answers[0]["error"] == {"code": -2013, "msg": "Order does not exist."}


@pytest.mark.parametrize(("is_executed", "known"), [(False, None), (True, "NEW")])
async def test_a_connection_may_break_instead_of_an_answer(
    is_executed: bool, known: str | None
) -> None:
    async with at(Close(what=PLACE, is_executed=is_executed)) as counter:
        with pytest.raises(ConnectionClosedError):
            await counter.place()
        assert counter.known() == known


@pytest.mark.parametrize("is_request", [True, False])
async def test_a_request_or_its_answer_may_come_late(is_request: bool) -> None:
    async with at(Delay(what=PLACE, ms=300, is_request=is_request)) as counter:
        await counter.say(PLACE, counter.mine(), "placed")
        await counter.ask("ping", {})
        assert (counter.known() is None) is is_request
        answers = [each["id"] for each in counter.frames if each.get("id")]
        assert answers[-1] == "asked"
        assert (await counter.answer("placed"))["status"] == 200


async def test_a_request_may_arrive_twice() -> None:
    async with at(Duplicate(what=PLACE, times=1)) as counter:
        assert (await counter.place())["status"] == 200
        assert len(counter.engine.orders) == 1
        assert await counter.is_quiet()


async def test_a_request_without_a_name_that_arrives_twice_is_two_orders() -> None:
    async with at(Duplicate(what=PLACE, times=1)) as counter:
        await counter.place(newClientOrderId="")
        assert len(counter.engine.orders) == 2


async def test_a_request_may_be_overtaken_by_the_next() -> None:
    async with at(Reorder(what=PLACE, ms=60_000, times=1)) as counter:
        await counter.say(PLACE, counter.mine(newClientOrderId="first"), "first")
        await counter.say(PLACE, counter.mine(newClientOrderId="second"), "second")
        await counter.answer("first")
        names = [each.client_order_id for each in counter.engine.orders.values()]
        assert names == ["second", "first"]


async def test_a_request_that_nothing_overtakes_goes_on_by_itself() -> None:
    async with at(Reorder(what=PLACE, ms=50)) as counter:
        assert (await counter.place())["status"] == 200


async def test_rules_strike_rest_as_well() -> None:
    async with (
        at(Answer(what="depth", code=-1008), Drop(what="time")) as counter,
        aiohttp.ClientSession(counter.venue.http) as session,
    ):
        async with session.get("/api/v3/depth?symbol=BTCUSDT") as response:
            assert (response.status, (await response.json())["code"]) == (503, -1008)
        with anyio.move_on_after(0.2) as scope:
            await session.get("/api/v3/time")
        assert scope.cancelled_caught
