"""Paper over a kill: what protects a position stands as it stood, and nothing false is told."""

from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from actors.edge.journal import read_journal
from actors.replay import replay_live
from tests.crash.saying import said
from tests.crash.stage import running

pytestmark = pytest.mark.anyio

HOLD = (
    "strategies=[{name: hold, type: buy_and_hold, instrument: BTCUSDT.binance,"
    " params: {lots: 1000}, exits: [{kind: atr_stop, n: 2, k: 1000},"
    " {kind: take_profit, n: 2, k: 1000}]}]"
)


async def test_a_stop_and_a_target_stand_at_once_after_a_kill(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say = partial(said, capsys, tmp_path)

    async def protection() -> Any:
        orders = (await say("orders"))["orders"]
        return [order for order in orders if order["role"] == "PROTECTION"]

    words = ("-m", "trader", "--config", "config/paper.yaml")
    sets = ("--set", HOLD, "--set", f"state_dir={tmp_path}")
    with anyio.fail_after(90):
        async with running(*words, *sets) as first:
            await first.event("order_filled", role="target")
            stood = await protection()
            assert {order["order_type"] for order in stood} == {"STOP", "LIMIT"}
            first.process.kill()
            await first.end()
        async with running(*words, *sets) as second:
            await second.event("trading_state_changed", state="active")
            assert await protection() == stood
            await say("flatten")
            await second.event("order_filled", role="target")
            for order in stood:
                await second.event("order_canceled", client_order_id=order["client_order_id"])
            assert await second.stop() == 5  # a person's halt is latched

    events = {line["event"] for line in (*first.lines, *second.lines)}
    assert not events & {"order_rejected", "order_denied", "difference_found"}
    fills = [line for line in (*first.lines, *second.lines) if line["event"] == "order_filled"]
    assert len({fill["trade_id"] for fill in fills}) == len(fills)
    agrees, text = replay_live(await read_journal(tmp_path / "journal.db"))
    assert agrees, text
