"""A daemon is killed around an order's way out and back; the next one never sends it again."""

import signal
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import anyio
import pytest

from sims.servers.binance.gate import Interference, Verdict
from tests.crash.judge import PLACE, approved_on_disk, judge_end, judge_orders, placed
from tests.crash.running import Running
from tests.crash.stage import Stage, staged

pytestmark = pytest.mark.anyio

KILLED = -signal.SIGKILL
THIRD = 3
"""Everything happens around the third order of the first life."""


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    with anyio.fail_after(60):
        async with staged(tmp_path) as stage:
            yield stage


async def die(stage: Stage, point: str, count: int = THIRD) -> str:
    """A first life that trades and kills itself; the order around which it happened."""
    async with stage.daemon(point, count) as daemon:
        dying = await daemon.event("dying")
        assert await daemon.end() == KILLED
    return str(dying["client_order_id"])


async def be_killed(stage: Stage, hook: str, verdict: Verdict) -> str:
    """A first life that is killed while the venue has an order in its hands; that order."""
    orders: list[str] = []

    async def strike(method: str, params: Mapping[str, object]) -> Verdict:
        if method != PLACE:
            return Verdict.PROCEED
        orders.append(str(params["newClientOrderId"]))
        if len(orders) < THIRD:
            return Verdict.PROCEED
        daemon.process.kill()
        await daemon.process.wait()
        return verdict

    stage.venue.interference = Interference(answers_first=True, **{hook: strike})
    async with stage.daemon() as daemon:
        assert await daemon.end() == KILLED
    stage.venue.interference = Interference()
    return orders[THIRD - 1]


async def settle(daemon: Running, order: str) -> list[str]:
    """Waits for the verdict on the account; what was said of the order until then."""
    said: list[str] = []
    while True:
        line = await daemon.until(lambda _: True)
        if line.get("client_order_id") == order:
            said.append(f"{line['event']} {line.get('code', '')}".strip())
        assert line["event"] != "difference_found", line
        if (line["event"], line.get("state")) == ("trading_state_changed", "active"):
            return said


async def live_again(stage: Stage, order: str, said: list[str]) -> None:
    """A second life: the doubt is resolved as expected, trading goes on, both sides agree."""
    async with stage.daemon() as daemon:
        recovered = await daemon.event("recovered")
        assert "without an end" in recovered["note"]
        assert await settle(daemon, order) == said
        for _ in range(4):
            filled = await daemon.event("order_filled")
            assert filled["client_order_id"].startswith("main-flip-2-")
        assert await daemon.stop() == 0
    await judge_end(stage)


@pytest.mark.parametrize("point", ["after_commit", "before_send"])
async def test_killed_between_commit_and_send(stage: Stage, point: str) -> None:
    """The order never left; the venue proves its absence and it is dropped as stale."""
    order = await die(stage, point)
    assert order not in placed(stage)
    assert order in await approved_on_disk(stage)

    await live_again(stage, order, ["order_in_doubt", "order_rejected absent"])


async def test_killed_when_the_bytes_have_left(stage: Stage) -> None:
    """The venue carries the order out although nobody listens any more."""
    order = await die(stage, "after_send")

    await live_again(stage, order, ["order_in_doubt", "order_filled"])


@pytest.mark.parametrize(
    ("hook", "verdict", "said"),
    [
        ("before_execute", Verdict.PROCEED, ["order_in_doubt", "order_filled"]),
        ("before_execute", Verdict.REFUSE_UNSEEN, ["order_in_doubt", "order_rejected absent"]),
        ("before_answer", Verdict.PROCEED, ["order_in_doubt", "order_filled"]),
    ],
)
async def test_killed_between_send_and_answer(
    stage: Stage, hook: str, verdict: Verdict, said: list[str]
) -> None:
    """The venue has the order in its hands when the daemon dies: before or after it acts.

    The answer would leave before the events, so that nothing of the order is known.
    """
    order = await be_killed(stage, hook, verdict)

    await live_again(stage, order, said)


@pytest.mark.parametrize("point", ["before_hearing", "after_hearing"])
async def test_killed_when_the_answer_has_been_handed_over(stage: Stage, point: str) -> None:
    """The answer was read and not yet journalled, so it was never heard."""
    stage.venue.interference = Interference(answers_first=True)
    order = await die(stage, point)
    stage.venue.interference = Interference()

    await live_again(stage, order, ["order_in_doubt", "order_filled"])


async def test_killed_when_the_fill_is_durable(stage: Stage) -> None:
    """Nothing is in doubt any more, and the fill that is asked for again is not booked again."""
    order = await die(stage, "after_fill_committed")

    await live_again(stage, order, [])


async def test_killed_again_and_again(stage: Stage) -> None:
    """Each life begins with the doubts of the one before."""
    for point in ("after_send", "before_send", "after_hearing", "after_commit"):
        await die(stage, point, 2)
        await judge_orders(stage)

    async with stage.daemon() as daemon:
        await daemon.event("trading_state_changed", state="active")
        await daemon.event("order_filled")
        assert await daemon.stop() == 0
    await judge_end(stage)


async def test_every_approval_is_durable_before_the_venue_sees_the_order(stage: Stage) -> None:
    early: list[object] = []

    async def witness(method: str, params: Mapping[str, object]) -> Verdict:
        if method == PLACE and params["newClientOrderId"] not in await approved_on_disk(stage):
            early.append(params["newClientOrderId"])
        return Verdict.PROCEED

    stage.venue.interference = Interference(before_execute=witness)
    async with stage.daemon() as daemon:
        for _ in range(10):
            await daemon.event("order_filled")
        assert await daemon.stop() == 0

    assert early == []
    await judge_end(stage)


async def test_the_judge_sees_a_commit_behind_the_send(stage: Stage) -> None:
    """The test of the test: with the order of the two exchanged, the same kill is fatal."""
    order = await die(stage, "after_send_unsafe")

    with pytest.raises(AssertionError, match="before its approval was durable"):
        await judge_orders(stage)
    with pytest.raises(AssertionError, match="difference_found"):
        await live_again(stage, order, ["order_in_doubt", "order_filled"])
