"""A strategy that raises under a real daemon: out, taken up again by a person, out again."""

from functools import partial
from pathlib import Path

import anyio
import pytest
from anyio import to_thread

from actors.edge.journal import read_journal
from actors.replay import replay_live
from tests.crash.saying import said
from tests.crash.stage import staged

pytestmark = pytest.mark.anyio

SLOW = "gateway.pace_ns=100000000"


async def test_a_person_takes_it_up_again_and_a_restart_does_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say = partial(said, capsys, tmp_path / "state")

    async def state() -> str:
        [told] = (await say("status"))["strategies"]
        return str(told["state"])

    with anyio.fail_after(90):
        async with staged(tmp_path, strategy="faulty") as stage:
            async with stage.daemon("none", 1, SLOW) as daemon:
                await daemon.event("strategy_faulted")
                assert await state() == "quarantined"
                answer = await say("resume", "faulty", "--reason", "a bad print")
                [rearmed] = [e for e in answer["events"] if e["event"] == "strategy_rearmed"]
                assert rearmed["reason"] == "a bad print"
                # Its clean slate trades, and ends as the first one did.
                await daemon.event("order_filled")
                await daemon.event("strategy_faulted")
                # An act is answered once it is durable, and so is what came before it.
                await say("set-limit", "lots_max", "90")
                daemon.process.kill()
                await daemon.end()
            async with stage.daemon("none", 1, SLOW) as daemon:
                await daemon.event("trading_state_changed", state="active")
                assert await state() == "quarantined"
                assert await daemon.stop() == 5
            async with stage.daemon("none", 1, SLOW) as daemon:
                await daemon.event("trading_state_changed", state="active")
                await say("resume", "faulty")
                assert await state() == "running"
                assert await daemon.stop() == 0
            contents = await read_journal(stage.journal)
        agrees, text = await to_thread.run_sync(replay_live, contents)
    assert agrees, text
