"""A configured source is opened on the grid of its own instrument."""

from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.data.making import LOT, TICK, bars, changed, write
from trader.config.schema import Account, Config, DataSource, InstrumentConfig, Run, StrategyConfig
from trader.data.bars import BarFile
from trader.data.sources import open_source
from trader.errors import DataError


def config(path: Path) -> Config:
    """Two instruments on different grids, and a file of the second."""
    other, own = (
        InstrumentConfig(symbol=symbol, venue="x", tick=tick, lot=LOT, currency="USD")
        for symbol, tick in (("A", 100 * TICK), ("B", TICK))
    )
    return Config(
        run=Run(name="x"),
        account=Account(currency="USD", cash=Decimal(1)),
        instruments=(other, own),
        data=(DataSource(kind="bars", instrument=own.name, interval="1m", path=str(path)),),
        strategies=(StrategyConfig(name="s", type="buy_and_hold", instrument=own.name),),
    )


def test_the_file_lies_on_its_own_instruments_grid(tmp_path: Path) -> None:
    whole = config(write(tmp_path, bars()))

    file = open_source(whole, whole.data[0])

    assert isinstance(file, BarFile)
    [batch] = file.batches(0, 1)
    assert (int(batch.open[0]), file.interval_ns) == (10_002, whole.data[0].interval_ns)


def test_the_run_says_what_becomes_of_prices_off_grid(tmp_path: Path) -> None:
    whole = config(write(tmp_path, changed(bars(), "open", {0: 100.025})))
    rounding = replace(whole, run=replace(whole.run, off_grid="round"))

    [batch] = open_source(rounding, whole.data[0]).batches(0, 1)

    assert batch.rounded == 1
    with pytest.raises(DataError, match=r"bars of B\.x: price 100\.025 is off the grid"):
        next(open_source(whole, whole.data[0]).batches(0, 1))


def test_bars_keep_the_hours_of_their_instruments_calendar(tmp_path: Path) -> None:
    """2020-01-01 was a holiday in New York, all of these minutes with it."""
    whole = config(write(tmp_path, bars()))
    other, own = whole.instruments
    trading = replace(whole, instruments=(other, replace(own, calendar="XNYS")))
    dropping = replace(trading, run=replace(whole.run, off_session="drop"))

    with pytest.raises(DataError, match=r"row 0 opens at 2020-01-01T00:00:00Z, outside every"):
        open_source(trading, trading.data[0])
    with pytest.raises(DataError, match="no bar lies in a session of XNYS"):
        open_source(dropping, dropping.data[0])
