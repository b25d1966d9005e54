"""A state that is taken elsewhere over an open position, as for another machine or program."""

import shutil
from functools import partial
from pathlib import Path

import anyio
import pytest

from tests.crash.saying import said
from tests.crash.stage import mortal
from tests.crash.streams import venue, written
from tests.crash.test_by_hand import HOLD, STOP

pytestmark = pytest.mark.anyio


async def test_the_position_is_there_and_its_stop_is_the_one_that_rested_at_the_venue(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say = partial(said, capsys)

    state, elsewhere = tmp_path / "state", tmp_path / "elsewhere"
    with anyio.fail_after(90):
        async with venue() as ready:
            config = written(tmp_path, ready, HOLD)
            async with mortal(config) as old:
                await old.event("order_accepted", client_order_id=STOP)
                assert await old.stop() == 0
            shutil.copytree(state, elsewhere, ignore=shutil.ignore_patterns("*.sock"))
            shutil.rmtree(state)
            async with mortal(config, "none", 1, f"state_dir={elsewhere}") as new:
                await new.event("trading_state_changed", state="active")
                [position] = (await say(elsewhere, "positions"))["positions"]
                orders = (await say(elsewhere, "orders"))["orders"]
                assert await new.stop() == 0

    assert position["size"] == "0.01"
    assert {order["order_type"] for order in orders} == {"STOP", "LIMIT"}
    assert STOP in {order["client_order_id"] for order in orders}
    events = {line["event"] for line in new.lines}
    assert not events & {"order_approved", "difference_found", "order_rejected"}
