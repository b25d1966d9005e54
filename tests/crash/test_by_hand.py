"""A stop that somebody takes back, here or at the venue: what it protected is closed at once."""

from pathlib import Path

import anyio
import pytest
from anyio import to_thread

from tests.crash.stage import mortal
from tests.crash.streams import direct, venue, written
from trader.cli.main import main

pytestmark = pytest.mark.anyio

HOLD = (
    "name: hold, type: buy_and_hold, instrument: BTCUSDT.binance, params: {lots: 1000},"
    " exits: [{kind: atr_stop, n: 2, k: 50}, {kind: take_profit, n: 2, k: 50}]"
)
STOP = "main-hold-1-2"


@pytest.mark.parametrize("way", ["here", "there"])
async def test_it_is_closed_and_a_person_here_is_told_so_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], way: str
) -> None:
    async def cancel(*words: str) -> int:
        where = ("--state-dir", str(tmp_path / "state"))
        return await to_thread.run_sync(main, ["cancel", STOP, *words, *where])

    with anyio.fail_after(60):
        async with venue() as ready, mortal(written(tmp_path, ready, HOLD)) as daemon:
            await daemon.event("order_accepted", client_order_id=STOP)
            if way == "here":
                assert await cancel() == 2
                assert "closed at the market at once" in capsys.readouterr().err
                assert await cancel("--reason", "drill") == 0
            else:
                await direct(ready, "deeds", {"do": "human_cancel", "symbol": "BTCUSDT"})
            await daemon.event("order_canceled", client_order_id=STOP)
            closed = await daemon.event("order_filled", role="protection", status="filled")
            assert await daemon.stop() == 0

    assert (closed["lots_filled"], closed["reason"]) == (-1000, "atr_stop")
    assert not any(line["event"] in {"difference_found", "order_rejected"} for line in daemon.lines)
