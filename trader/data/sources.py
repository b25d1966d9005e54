"""The files that a configuration names as its data, opened as it says."""

from pathlib import Path

from trader.config.schema import Config, DataSource
from trader.data.bars import BarFile, open_bars


def open_source(config: Config, source: DataSource) -> BarFile:
    """The file of one of the configuration's sources; raises `DataError` for a broken one."""
    [instrument] = [each for each in config.instruments if each.name == source.instrument]
    return open_bars(
        Path(source.path),
        name=instrument.name,
        interval_ns=source.interval_ns,
        tick=instrument.tick,
        lot=instrument.lot,
        off_grid=config.run.off_grid,
    )
