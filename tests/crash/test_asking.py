"""Why, asked of a daemon's state while it trades on: nothing is held up and nothing is changed."""

import json
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio import to_thread

from tests.crash.judge import judge_end
from tests.crash.stage import staged
from trader.cli.main import main

pytestmark = pytest.mark.anyio


async def test_a_running_daemon_is_asked_why_by_its_journal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def ask(verb: str, *words: str) -> Any:
        place = (verb, str(tmp_path / "state"), *words, "--json")
        assert await to_thread.run_sync(main, place) == 0
        return json.loads(capsys.readouterr().out)

    with anyio.fail_after(60):
        async with staged(tmp_path) as stage:
            async with stage.daemon() as daemon:
                filled = await daemon.event("order_filled")
                order = await ask("why", filled["client_order_id"])
                assert order["orders"][0]["status"] == "FILLED"
                assert order["chain"][-1]["row"]["kind"] == "bars"
                fill = await ask("why", f"trade:{filled['trade_id']}")
                assert [each["kind"] for each in fill["chain"]][-2:] == ["decision", "input"]
                stood = await ask("why-not", "flip", str(filled["ts"]))
                assert stood["trading"]["state"] == "ACTIVE"
                assert (await ask("replay", "--until", "10"))["agrees"]
                await daemon.event("order_filled")
                assert await daemon.stop() == 0
            await judge_end(stage)
