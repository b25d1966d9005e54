"""A daemon whose clock and the venue's are apart: nothing leaves until they are near again."""

from pathlib import Path
from time import time_ns  # noqa: TID251 - the daemon runs on the real clock, and so does its venue

import anyio
import pytest
from anyio import to_thread

from sims.servers.binance.scenarios.clock import SkewedClock
from tests.crash.judge import judge_end, placed
from tests.crash.stage import staged
from tests.crash.streams import direct
from trader.cli.main import main
from trader.model.units import MILLISECOND_NS

pytestmark = pytest.mark.anyio

FAR_NS = 800 * MILLISECOND_NS
"""Not so far that the venue would refuse an order for it."""


@pytest.mark.parametrize("skew_ns", [FAR_NS, -FAR_NS])
async def test_it_halts_while_the_clocks_are_apart_and_goes_on_by_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], skew_ns: int
) -> None:
    clock = SkewedClock(time_ns)
    with anyio.fail_after(60):
        async with staged(tmp_path, now=clock) as stage, stage.daemon() as daemon:
            admin = {"admin": f"{stage.venue.http}/admin"}

            async def put(ms: int) -> None:
                """The venue's clock is set; a new connection is what looks at it at once."""
                await direct(
                    admin,
                    "deeds",
                    {"do": "skew", "ms": ms},
                    {"do": "disconnect", "surface": "ws_api"},
                )

            await daemon.event("order_filled")
            await put(skew_ns // MILLISECOND_NS)
            await daemon.event("clock_untrusted")
            before = placed(stage)
            for _ in range(3):
                await daemon.event("order_denied", code="trading_halted")
            assert placed(stage) == before
            words = ["status", "--state-dir", str(stage.journal.parent)]
            assert await to_thread.run_sync(main, words) == 0
            assert "clock_untrusted" in capsys.readouterr().out

            await put(0)
            await daemon.event("trading_state_changed", state="active")
            filled = await daemon.event("order_filled")
            assert filled["client_order_id"] not in before
            assert await daemon.stop() == 0
            await judge_end(stage)
