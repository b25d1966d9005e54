"""Recorded bars, stamped anew on the real clock: a market for a venue that streams none.

Bar k of every file closes at the start plus k + 1 paces; its own times are forgotten, its prices
and sizes are what was recorded, and it still counts as a bar of its own interval. After the last
bar the first one follows.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import anyio
from msgspec import Struct

from actors.runtime.supervisor import Ready
from trader.config.schema import Config
from trader.data.bars import BarFile
from trader.data.sources import open_source
from trader.model.envelope import Message
from trader.model.market import BarClosed
from trader.model.units import SECOND_NS, Nanoseconds


class Recording(Struct, frozen=True):
    """The rows of one instrument's file that are played."""

    instrument: str
    file: BarFile
    start: int
    stop: int


def open_recordings(config: Config) -> list[Recording]:
    """The data of a configuration; raises DataError for a broken file."""
    recordings = []
    for source in config.data:
        if source.kind != "bars":
            continue
        file = open_source(config, source)
        assert isinstance(file, BarFile), source
        start, stop = file.window(config.run.from_, config.run.to, 0)
        recordings.append(Recording(source.instrument, file, start, stop))
    return recordings


class RecordedMarket:
    """Plays recordings side by side into the inbox, one bar of each in a pace."""

    def __init__(
        self,
        recordings: Sequence[Recording],
        pace_ns: Nanoseconds,
        *,
        clock: Callable[[], Nanoseconds],
        put: Callable[[Message], None],
    ) -> None:
        self._recordings: Final = recordings
        self._pace: Final = pace_ns
        self._clock: Final = clock
        self._put: Final = put

    async def run(self, ready: Ready) -> None:
        """Plays until it is cancelled."""
        players = [self._bars(recording) for recording in self._recordings]
        close = self._clock()
        ready()
        while True:
            close += self._pace
            await anyio.sleep(max(0, close - self._clock()) / SECOND_NS)
            for player in players:
                self._put(self._stamped(next(player), close))

    def _stamped(self, bar: BarClosed, close: Nanoseconds) -> BarClosed:
        return BarClosed(
            bar.instrument,
            bar.interval_ns,
            bar.open_ticks,
            bar.high_ticks,
            bar.low_ticks,
            bar.close_ticks,
            bar.lots,
            close - self._pace,
            close,
        )

    def _bars(self, recording: Recording) -> Iterator[BarClosed]:
        file = recording.file
        while True:
            for batch in file.batches(recording.start, recording.stop):
                for row in range(len(batch)):
                    yield BarClosed(
                        recording.instrument,
                        file.interval_ns,
                        int(batch.open[row]),
                        int(batch.high[row]),
                        int(batch.low[row]),
                        int(batch.close[row]),
                        int(batch.lots[row]),
                        int(batch.ts_open[row]),
                        int(batch.ts_close[row]),
                    )
