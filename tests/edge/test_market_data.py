"""Recorded bars on the real clock: paces apart, prices as recorded, again from the start."""

from decimal import Decimal
from itertools import pairwise

import anyio
import pytest

from actors.edge.market_data import RecordedMarket, Recording, open_recordings
from trader.config.schema import Account, Config, DataSource, InstrumentConfig, Run, StrategyConfig
from trader.data.samples import sample
from trader.model.envelope import Message
from trader.model.market import BarClosed
from trader.model.units import HOUR_NS

pytestmark = pytest.mark.anyio

PACE = 1_000_000
NAME = "EURUSDT.binance"
INTERVAL = HOUR_NS


def config() -> Config:
    return Config(
        run=Run(name="x"),
        account=Account(currency="USDT", cash=Decimal(1)),
        instruments=(
            InstrumentConfig(
                symbol="EURUSDT",
                venue="binance",
                tick=Decimal("0.00001"),
                lot=Decimal(1),
                currency="USDT",
            ),
        ),
        data=(
            DataSource(
                kind="bars",
                instrument=NAME,
                interval="1h",
                path=str(sample("bars/fx/EURUSD/1h/20170101-20171229.parquet")),
            ),
        ),
        strategies=(StrategyConfig(name="s", type="buy_and_hold", instrument=NAME),),
    )


class Listener:
    """Takes bars until there are enough; its clock moves a pace with each."""

    def __init__(self, enough: int) -> None:
        self.bars: list[BarClosed] = []
        self.scope = anyio.CancelScope()
        self.now = 1_000
        self._enough = enough

    def put(self, message: Message) -> None:
        assert isinstance(message, BarClosed)
        self.bars.append(message)
        self.now = message.ts_close + PACE
        if len(self.bars) == self._enough:
            self.scope.cancel()


async def play(recordings: list[Recording], count: int) -> list[BarClosed]:
    listener = Listener(count)
    ready = anyio.Event()
    market = RecordedMarket(recordings, PACE, clock=lambda: listener.now, put=listener.put)
    with anyio.fail_after(10), listener.scope:
        await market.run(ready.set)
    assert ready.is_set()
    return listener.bars


async def test_bars_are_stamped_anew_and_keep_their_prices() -> None:
    [recording] = open_recordings(config())
    batch = next(recording.file.batches(0, 3))

    bars = await play([recording], 3)

    assert [(bar.ts_open, bar.ts_close) for bar in bars] == [
        (1_000 + k * PACE, 1_000 + (k + 1) * PACE) for k in range(3)
    ]
    assert [bar.close_ticks for bar in bars] == batch.close.tolist()
    assert [bar.lots for bar in bars] == batch.lots.tolist()
    assert {(bar.instrument, bar.interval_ns) for bar in bars} == {(NAME, INTERVAL)}


async def test_after_the_last_bar_the_first_one_follows() -> None:
    [recording] = open_recordings(config())
    short = Recording(NAME, recording.file, 5, 7)

    bars = await play([short], 5)

    opens = [bar.open_ticks for bar in bars]
    assert opens == [*opens[:2], *opens[:2], opens[0]]
    assert all(earlier.ts_close == later.ts_open for earlier, later in pairwise(bars))


async def test_several_recordings_play_side_by_side() -> None:
    [recording] = open_recordings(config())
    other = Recording("B.binance", recording.file, 100, 200)

    bars = await play([recording, other], 4)

    assert [bar.instrument for bar in bars] == [NAME, "B.binance"] * 2
    assert bars[0].ts_close == bars[1].ts_close
