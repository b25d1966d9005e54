"""Killed between an entry's fill and its stop: the position has one again after the restart."""

from pathlib import Path

import anyio
import pytest

from tests.crash.judge import judge_orders
from tests.crash.scene import GUARDED_ALONE, scene_of
from tests.crash.stage import staged
from tests.crash.under_way import LIST
from tests.crash.witness import Bounds

pytestmark = pytest.mark.anyio


async def test_a_stop_that_never_left_is_placed_once_trading_goes_on(tmp_path: Path) -> None:
    """While it is halted no order passes, and that is when the venue tells what never arrived."""
    scene = scene_of(Bounds(), strategies=GUARDED_ALONE)
    with anyio.fail_after(60):
        async with staged(tmp_path, scene=scene) as stage:
            # Its second frame with an order would have been the stop with its limit.
            async with stage.daemon(f"frame_before {LIST}", 2) as daemon:
                await daemon.end()
            assert [order.executed for order in stage.engine.orders.values()] == [50 * 10**8]
            async with stage.daemon() as daemon:
                await daemon.event("order_rejected", code="absent")
                denied = await daemon.event("order_denied", code="trading_halted")
                await daemon.event("trading_state_changed", state="active")
                stop = await daemon.event("order_approved", order_type="stop")
                assert stop["lots"] == denied["lots"] == -50
                await daemon.event("order_submitted", client_order_id=stop["client_order_id"])
            await judge_orders(stage)
