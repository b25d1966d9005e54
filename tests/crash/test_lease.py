"""A daemon that is stopped for longer than its lease, and one that comes second."""

import signal
from pathlib import Path

import anyio
import pytest

from tests.crash.daemon import LEASE_S, STOPPED
from tests.crash.judge import approved_on_disk, judge_end, placed
from tests.crash.stage import staged
from tests.crash.streams import direct

pytestmark = pytest.mark.anyio

ASLEEP_S = LEASE_S + 0.3
"""Still less than an order is valid: it is not the venue that would refuse it."""


async def test_stopped_with_an_order_in_its_hands_it_does_not_send_it_when_it_wakes(
    tmp_path: Path,
) -> None:
    with anyio.fail_after(60):
        async with staged(tmp_path) as stage, stage.daemon(STOPPED + "after_commit", 3) as daemon:
            order = (await daemon.event("dying"))["client_order_id"]
            assert order in await approved_on_disk(stage)
            # Time itself is what is tested, and the daemon's is not ours to move.
            await anyio.sleep(ASLEEP_S)
            before = placed(stage)
            daemon.process.send_signal(signal.SIGCONT)

            failed = await daemon.event("edge_failed", edge="gateway")
            assert "longer than its lease" in failed["error"]
            assert placed(stage) == before
            assert order not in before
            await daemon.event("order_rejected", client_order_id=order, code="absent")
            await daemon.event("trading_state_changed", state="active")
            filled = await daemon.event("order_filled")
            assert filled["client_order_id"].startswith("main-flip-2-")
            assert await daemon.stop() == 0
            await judge_end(stage)


async def test_nor_by_rest_where_its_connection_has_broken_meanwhile(tmp_path: Path) -> None:
    """REST is all that is left when it wakes; by that way too an order would leave late."""
    with anyio.fail_after(60):
        async with staged(tmp_path) as stage:
            rest = f"gateway.rest={stage.venue.http}"
            async with stage.daemon(STOPPED + "after_commit", 3, rest) as daemon:
                order = (await daemon.event("dying"))["client_order_id"]
                admin = {"admin": f"{stage.venue.http}/admin"}
                await direct(admin, "deeds", {"do": "disconnect", "surface": "ws_api"})
                await anyio.sleep(ASLEEP_S)
                before = placed(stage)
                daemon.process.send_signal(signal.SIGCONT)

                await daemon.event("edge_failed", edge="gateway")
                await daemon.event("order_rejected", client_order_id=order)
                assert placed(stage) == before
                await daemon.event("trading_state_changed", state="active")
                await daemon.event("order_filled")
                assert order not in placed(stage)
                assert await daemon.stop() == 0
                await judge_end(stage)
