"""A store that takes nothing more, or takes its time: no order leaves, and somebody is told."""

from pathlib import Path

import anyio
import pytest
from anyio import to_thread

from tests.crash.judge import judge_end, placed
from tests.crash.stage import staged
from tests.ops.sinks import webhook

pytestmark = pytest.mark.anyio


async def test_a_full_disk_is_told_and_nothing_more_is_placed(tmp_path: Path) -> None:
    address = tmp_path / "address"
    address.touch(mode=0o600)
    with anyio.fail_after(60), webhook() as hook:
        address.write_text(hook.address)
        channel = f"alerts=[{{name: hook, channel: {{file: '{address}'}}, about: [failed]}}]"
        async with staged(tmp_path, strategy="rest") as stage:
            async with stage.daemon("full", 9, channel) as daemon:
                await daemon.event("order_accepted")
                assert await daemon.end() == 5
            assert placed(stage) == ["main-rest-1-1"]
            assert not any(order.is_open for order in stage.engine.orders.values())
        alert = await to_thread.run_sync(hook.got.get)
    assert "journal could not be written" in alert["message"]


async def test_an_order_that_a_slow_commit_made_old_is_not_carried_out(tmp_path: Path) -> None:
    """It is refused as too old, and trading goes on."""
    with anyio.fail_after(60):
        async with staged(tmp_path) as stage:
            async with stage.daemon("slow", 3) as daemon:
                late = (await daemon.event("slow"))["client_order_id"]
                before = placed(stage)
                await daemon.event("order_rejected", client_order_id=late)
                await daemon.event("order_filled")
                assert await daemon.stop() == 0
            assert late not in before
            names = [each.terms.client_order_id for each in stage.engine.orders.values()]
            assert late not in names
            await judge_end(stage)
