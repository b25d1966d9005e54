"""Where a run's market data come from: the venue's own streams, or recorded bars in their stead."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from actors.assembly import Core, warmup_of
from actors.edge.began import began
from actors.edge.binance import market_of
from actors.edge.market_data import RecordedMarket, open_recordings
from actors.edge.market_stream import MarketStream
from actors.runtime.line import Way
from actors.runtime.supervisor import Ready
from trader.config.schema import Config
from trader.model.envelope import Message
from trader.model.units import BEFORE_ALL, Nanoseconds
from trader.venues.binance.budget import Budget
from trader.venues.binance.signing import Keys


class Market(Protocol):
    """What brings market data to the inbox."""

    async def run(self, ready: Ready) -> None:
        """Works until it is cancelled."""


def with_beginning(config: Config, now: Nanoseconds) -> Config:
    """The configuration of a live run, which on streams decides nothing before its first start."""
    gateway = config.gateway
    if gateway is None or gateway.ws_stream is None or config.run.from_ is not None:
        return config
    assert config.state_dir is not None
    first = began(Path(config.state_dir), now)
    return replace(config, run=replace(config.run, from_=first))


def open_market(
    config: Config,
    core: Core,
    access: tuple[Keys, Budget],
    *,
    clock: Callable[[], Nanoseconds],
    put: Callable[[Message], None],
) -> Market:
    """The market data of a recovered core, which bars that it has missed come before.

    Raises ConfigError for data that the venue does not stream, DataError for a broken recording.
    """
    gateway = config.gateway
    assert gateway is not None
    if gateway.ws_stream is None:
        return RecordedMarket(open_recordings(config), gateway.pace_ns, clock=clock, put=put)

    def since(instrument: str, length: Nanoseconds) -> Nanoseconds:
        return _heard_until(config, core, instrument, length)

    client = market_of(config, core.scale, access, since)
    return MarketStream(Way(gateway.ws_stream, gateway.rest), client, clock=clock, put=put)


def _heard_until(config: Config, core: Core, instrument: str, length: Nanoseconds) -> Nanoseconds:
    """The end of the last bar of a length that the core has heard, else before its warm-up."""
    for series in core.feed.state.symbols[instrument].bars:
        if series.interval_ns == length and series.ts_close != BEFORE_ALL:
            return series.ts_close
    first = config.run.from_
    assert first is not None
    return (first // length - warmup_of(config, instrument, length)) * length
