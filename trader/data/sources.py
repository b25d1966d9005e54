"""The files that a configuration names as its data, opened as it says."""

from collections.abc import Callable
from typing import Any, Final

from trader.calendars import UTC, calendar
from trader.config.schema import Config, DataSource, InstrumentConfig
from trader.data.bars import BarFile, open_bars
from trader.data.depth import open_depth
from trader.data.opening import recording_for
from trader.data.quotes import open_quotes
from trader.data.sessions import Hours
from trader.data.ticks import TickFile
from trader.data.trades import open_trades

TICKS: Final[dict[str, Callable[..., TickFile[Any]]]] = {
    "quotes": open_quotes,
    "trades": open_trades,
    "depth": open_depth,
}
"""How files of each kind of ticks are opened."""


def open_source(
    config: Config, source: DataSource, *, use_received: bool = False
) -> BarFile | TickFile[Any]:
    """The file of one of the configuration's sources; raises `DataError` for a broken one.

    Ticks are ordered by when they were received, if that is wanted.
    """
    instrument = instrument_of(config, source)
    usual = {
        "name": instrument.name,
        "tick": instrument.tick,
        "lot": instrument.lot,
        "off_grid": config.run.off_grid,
    }
    rows = recording_for(config, source)
    if source.kind != "bars":
        return TICKS[source.kind](rows, **usual, use_received=use_received)
    return open_bars(
        rows,
        name=instrument.name,
        interval_ns=source.interval_ns,
        tick=instrument.tick,
        lot=instrument.lot,
        off_grid=config.run.off_grid,
        hours=Hours(
            sessions=calendar(instrument.calendar or UTC), off_session=config.run.off_session
        ),
    )


def instrument_of(config: Config, source: DataSource) -> InstrumentConfig:
    """The instrument that a source is about."""
    [found] = [each for each in config.instruments if each.name == source.instrument]
    return found
