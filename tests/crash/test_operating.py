"""A person at a real daemon's control socket, by the program's own verbs."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio import to_thread

from tests.crash.stage import Stage, staged
from trader.cli.main import main

pytestmark = pytest.mark.anyio


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    with anyio.fail_after(60):
        async with staged(tmp_path) as stage:
            yield stage


async def test_a_person_asks_tells_and_watches(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("--state-dir", str(stage.journal.parent))

    async def say(*words: str) -> tuple[int, Any]:
        code = await to_thread.run_sync(main, [*words, *where, "--json"])
        return code, json.loads(capsys.readouterr().out)

    async with stage.daemon() as daemon:
        for _ in range(3):
            await daemon.event("order_filled")
        code, status = await say("status")
        assert (code, status["trading"], status["mode"]) == (0, "ACTIVE", "loopback")
        _, fills = await say("fills")
        assert len(fills["fills"]) >= 3

        _, paused = await say("pause", "flip", "--reason", "a look")
        assert (await say("close", "EURUSDT.binance"))[0] == 0
        while (await say("positions"))[1]["positions"]:
            pass
        _, status = await say("status")
        assert status["strategies"][0]["state"] == "paused"
        assert paused["seq"] > 0

        _, halted = await say("halt", "--reason", "lunch")
        assert [e["code"] for e in halted["events"] if e["event"] == "trading_state_changed"] == [
            "lunch"
        ]
        _, status = await say("status")
        assert (status["trading"], status["code"]) == ("HALTED", "lunch")
        assert "traderd resume" in status["lifts"]
        code, refused = await say("resume", "flop")
        assert (code, refused["error"]["hint"]) == (2, "did you mean flip?")
        await say("resume")
        await say("resume", "flip")
        code, limited = await say("set-limit", "lots_max", "90")
        assert limited["events"][0]["event"] == "limit_changed"
        assert await daemon.stop() == 0

    code, absent = await say("status")
    assert (code, absent["error"]["code"]) == (6, "not_running")
