"""The first decision of a daemon that hears streams is judged by a price, whatever comes first."""

from pathlib import Path

import anyio
import pytest

from tests.crash.stage import mortal
from tests.crash.streams import direct, venue, written

pytestmark = pytest.mark.anyio

HOLD = "name: hold, type: buy_and_hold, instrument: BTCUSDT.binance, params: {lots: 1000}"


async def test_it_has_a_price_though_no_quote_has_come_by_the_stream(tmp_path: Path) -> None:
    """And though the venue does not answer at first who asks it for one."""
    with anyio.fail_after(60):
        async with venue() as ready:
            await direct(
                ready,
                "rules",
                {"do": "lose", "what": "*@bookTicker"},
                {"do": "answer", "what": "ticker.book", "code": -1000, "times": 1},
            )
            async with mortal(written(tmp_path, ready, HOLD)) as daemon:
                filled = await daemon.event("order_filled")
                assert await daemon.stop() == 0

    assert filled["client_order_id"] == "main-hold-1-1"
    assert not any(line["event"] == "order_denied" for line in daemon.lines)
