"""Bars that closed while a daemon was down: the strategy hears them, and opens nothing on them."""

from pathlib import Path
from time import time_ns  # noqa: TID251 - the venue runs on the real clock

import anyio
import pytest

from actors.assembly import LATE_PART
from actors.edge.began import BEGAN
from actors.edge.journal import read_journal
from actors.replay import STEP, replay_live
from actors.runtime.step_record import decode_step
from tests.crash.stage import mortal
from tests.crash.streams import venue, written
from trader.model.envelope import Envelope
from trader.model.market import BarClosed
from trader.model.orders import OrderApproved
from trader.model.units import MINUTE_NS
from trader.strategies.deciding import LATE

pytestmark = pytest.mark.anyio

HOLD = "name: hold, type: buy_and_hold, instrument: BTCUSDT.binance, params: {lots: 1000}"
MINUTES = (
    "data=[{kind: quotes, instrument: BTCUSDT.binance},"
    " {kind: bars, instrument: BTCUSDT.binance, interval: 1m}]"
)
LATE_NS = MINUTE_NS // LATE_PART


def is_late(heard: Envelope) -> bool:
    return isinstance(heard.body, BarClosed) and heard.ts - heard.body.ts_close > LATE_NS


async def test_they_are_heard_in_order_and_nothing_is_opened_on_them(tmp_path: Path) -> None:
    """The account began ten minutes ago, so ten minutes of bars were missed."""
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    (state / BEGAN).write_text(f"{time_ns() - 10 * MINUTE_NS}\n")
    with anyio.fail_after(60):
        async with venue() as ready:
            config = written(tmp_path, ready, HOLD)
            async with mortal(config, "none", 1, MINUTES) as daemon:
                for _ in range(8):
                    withheld = await daemon.event("decision_recorded", reason=LATE)
                assert await daemon.stop() == 0

    assert (withheld["strategy"], withheld["lots"]) == ("hold", 1000)
    journal = await read_journal(state / "journal.db")
    steps = [decode_step(record.payload) for record in journal.records if record.kind == STEP]
    late = [step for step in steps if is_late(step.input)]
    assert len(late) >= 8
    assert not any(isinstance(each.body, OrderApproved) for step in late for each in step.kept)
    agrees, text = replay_live(journal)
    assert agrees, text
