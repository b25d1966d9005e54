"""Where the rows of a configured source come from: a Parquet file, a text, or the catalog."""

from pathlib import Path
from typing import Final

from trader.config.schema import Config, DataSource
from trader.data.catalog import catalog_files, catalog_recording
from trader.data.converting import MEMORY_BYTES, is_text, open_text
from trader.data.parquet import open_parquet
from trader.data.recording import Recording, open_recording
from trader.data.tables.table import Asked, tells_reception
from trader.data.ticks import has_received
from trader.errors import ConfigError

CONVERSIONS: Final = "conversions"
"""The folder of converted texts in `state_dir`, or where one stands."""


def recording_for(config: Config, source: DataSource) -> Recording:
    """The rows of a source; raises `DataError` for a file that cannot be read as they are meant."""
    assert source.kind != "actions"
    assert source.synthetic is None
    if source.path is None:
        return catalog_recording(config, source)
    path = Path(source.path)
    if not is_text(path):
        _check_nothing_is_said(source)
        return open_recording(path)
    asked = Asked(
        kind=source.kind,
        interval_ns=source.interval_ns or None,
        time_zone=source.time_zone,
        label=source.label,
    )
    folder = Path(config.state_dir or "") / CONVERSIONS
    return open_text(path, source.instrument, asked, folder, MEMORY_BYTES)


def _check_nothing_is_said(source: DataSource) -> None:
    """What only a text needs to be told would be ignored of a Parquet file."""
    for key in ("time_zone", "label"):
        if getattr(source, key) is not None:
            raise ConfigError(
                f"{key} is for the times of a CSV; those of a Parquet file are instants in UTC",
                where=f"data of {source.instrument}",
                hint="remove it",
            )


def ordered_by_reception(config: Config) -> bool:
    """Whether every row of every source says when it was received; bars and made-up rows do not.

    Then that orders the run, for only then was a row known. Actions take effect when they say.
    Raises `DataError` for a file that cannot be opened.
    """
    prices = [source for source in config.data if source.kind != "actions"]
    return bool(prices) and all(_tells_reception(config, source) for source in prices)


def _tells_reception(config: Config, source: DataSource) -> bool:
    if source.kind == "bars" or source.synthetic is not None:
        return False
    if source.path is None:
        files = catalog_files(config, source)
        return all(has_received(open_parquet(path)) for path in files)
    path = Path(source.path)
    if is_text(path):
        assert source.kind != "actions"
        return tells_reception(path, source.instrument, source.kind)
    return has_received(open_parquet(path))
