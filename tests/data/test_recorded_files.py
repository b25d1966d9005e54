"""Every recorded file at hand is read to its end, or refused with an address and for a reason."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.data.making import opened
from tests.shared_data import shared
from trader.data.depth import open_depth
from trader.data.grids import finest, tick_of
from trader.data.parquet import open_parquet
from trader.data.quotes import open_quotes
from trader.data.tables.roles import PRICES, Kind
from trader.data.tables.table import Asked, read_table
from trader.data.trades import open_trades
from trader.errors import DataError
from trader.model.units import NONE

SECONDS = {"1s": 1, "1m": 60, "5m": 300, "15m": 900, "30m": 1_800, "1h": 3_600, "1d": 86_400}
OPENS: dict[Kind, Callable[..., Any]] = {
    "quotes": open_quotes,
    "trades": open_trades,
    "depth": open_depth,
}
COUNTS = {"bars": 100, "quotes": 20, "trades": 15, "depth": 6}

# (file, how it is opened) -> why it is refused; all others are read whole.
REFUSED = {
    ("bars/eurex/FESX-202406/1m/20240603", ""): (
        "unsorted: row 1152 opens at 2024-06-03T00:15:00Z",
        "row 1152, column ts_open",
    ),
    # The snapshot came by another way than the changes and bears an older instant of the venue's;
    # by the instants of reception these files are in order.
    ("depth/binance/BTCUSDT/diff/20240808", "ts"): ("back in time: row 33 is", "column ts"),
    ("depth/binance-coinm/BTCUSD_PERP/diff/20240808", "ts"): ("back in time: row 274", "column ts"),
    ("depth/binance-coinm/ETHUSD_PERP/diff/20240808", "ts"): ("back in time: row 84", "column ts"),
    ("depth/binance-futures/BTCUSDT/diff/20240808", "ts"): ("back in time: row 328", "column ts"),
}


def files(kind: str) -> list[Path]:
    return sorted(shared(f"data/{kind}").rglob("*.parquet"))


def name_of(path: Path) -> str:
    return path.relative_to(shared("data")).with_suffix("").as_posix()


def read(path: Path, kind: Kind, clock: str) -> int:
    """Read all of it on the finest grid it needs; how many rows came."""
    rows = open_parquet(path)
    tick = tick_of(rows, PRICES[kind]) or finest(rows, PRICES[kind])
    lot = Decimal(1)
    if kind == "bars":
        interval_ns = SECONDS[path.parent.name] * 1_000_000_000
        file: Any = opened(path, interval_ns=interval_ns, tick=tick, lot=lot, off_grid="round")
    else:
        file = OPENS[kind](
            path, name="A.x", tick=tick, lot=lot, off_grid="round", use_received=clock == "ts_recv"
        )
    return sum(len(batch) for batch in file.batches(0, file.rows))


def clocks(path: Path, kind: Kind) -> Iterator[str]:
    """The ways to order the rows of a file."""
    if kind == "bars":
        yield ""
        return
    yield "ts"
    if "ts_recv" in open_parquet(path).schema:
        yield "ts_recv"


@pytest.mark.parametrize("kind", ["bars", "quotes", "trades", "depth"])
def test_recorded_file_is_read_or_refused(kind: Kind) -> None:
    """Nearly all are sound, crossed and one-sided quotes and trades of nothing among them."""
    seen = {}
    for path in files(kind):
        for clock in clocks(path, kind):
            try:
                assert read(path, kind, clock) == open_parquet(path).rows
            except DataError as error:
                seen[name_of(path), clock] = error

    assert len(files(kind)) >= COUNTS[kind]
    expected = {key: why for key, why in REFUSED.items() if key[0].startswith(f"{kind}/")}
    assert seen.keys() == expected.keys()
    for key, (words, where) in expected.items():
        assert words in seen[key].message
        assert seen[key].where.endswith(where) or where in seen[key].where


def test_odd_rows_are_counted_as_the_catalogue_counts_them() -> None:
    crossed, empty = 0, 0
    for path in files("quotes/fxcm"):
        file = open_quotes(path, name="A.x", tick=Decimal("0.00001"), lot=Decimal(1))
        crossed += sum(batch.crossed for batch in file.batches(0, file.rows))
        assert all((batch.bid_lots == NONE).all() for batch in file.batches(0, file.rows))
    for path in files("trades/comex"):
        trades = open_trades(path, name="A.x", tick=Decimal("0.1"), lot=Decimal(1))
        empty += sum(batch.empty for batch in trades.batches(0, trades.rows))

    assert (crossed, empty) == (59_344, 92 + 75 + 27)


def test_messages_of_recorded_depth_are_whole() -> None:
    """Rows of one message stand together and nowhere else."""
    for path in files("depth"):
        frame = pl.read_parquet(path)
        file = open_depth(
            path, name="A.x", tick=Decimal("0.01"), lot=Decimal("0.001"), use_received=True
        )
        ends = sum(int(batch.last.sum()) for batch in file.batches(0, file.rows, 10_000))
        ids = ("ts", "ts_recv", "first_id", "last_id", "prev_id", "is_snapshot")

        assert ends == frame.select(ids).unique().height


# A vendor's text, what has to be said about it, and the file of bars that was made of it elsewhere.
TEXTS: list[tuple[str, Asked, str]] = [
    (
        "raw/alphavantage/AAPL_1min.csv",
        Asked(time_zone="America/New_York"),
        "bars/alphavantage/AAPL/1m/20190211-20190215",
    ),
    (
        "raw/xcme/6EH4.XCME_1min_bars_20240101_20240131.csv.gz",
        Asked(),
        "bars/cme/6E-202403/1m/20240101-20240131",
    ),
    (
        "raw/ninjatrader/nt-spy-minute-2011-03.csv.gz",
        Asked(time_zone="UTC", label="close"),
        "bars/arca-nt/SPY/1m/20110301-20110331",
    ),
    (
        "raw/truefx/usdjpy-ticks.csv",
        Asked(),
        "quotes/truefx/USDJPY/tick/20130101",
    ),
    (
        "raw/bitcoincharts/bitstampUSD.csv.gz",
        Asked(kind="trades"),
        "trades/bitstamp/BTCUSD/tick/20110913-20120531",
    ),
]


@pytest.mark.parametrize(("text", "asked", "same"), TEXTS, ids=[row[0] for row in TEXTS])
def test_a_vendors_text_is_what_others_made_of_it(text: str, asked: Asked, same: str) -> None:
    table = read_table(shared(f"data/{text}"), "A.x", asked)
    wanted = pl.read_parquet(shared(f"data/{same}.parquet"))

    shared_columns = [name for name in table.frame.columns if name in wanted.columns]
    assert len(shared_columns) >= 3
    for name in shared_columns:
        if wanted[name].null_count() < wanted.height:
            ours, theirs = table.frame[name].to_numpy(), wanted[name].to_numpy()
            assert np.array_equal(ours, theirs, equal_nan=True), name


def test_other_texts_of_vendors_are_read_or_refused() -> None:
    """Prices at hand in the forms of Yahoo, Google, Quandl, Binance and Tardis."""
    seen: dict[str, str] = {}
    for path in sorted(shared("data/raw").rglob("*.csv*")):
        if "lean" in path.parts:
            continue
        try:
            table = read_table(path, "A.x", Asked(time_zone="America/New_York"))
        except DataError as error:
            seen[path.name] = error.message
        else:
            seen[path.name] = table.kind

    assert sum(each == "bars" for each in seen.values()) > 40
    assert seen["btcusdt-depth-update.csv"] == "depth"
    assert seen["bitmex_trades_XBTUSD.csv"] == "trades"
    assert seen["orcl-2010-googlefinance-malformed.csv"].endswith("there is no price ('-')")
    assert "show no interval" in seen["AV-L-1wk-bad-stock-split.csv"]
    assert "which end of its bars" in seen["nt-spy-minute-2011-03.csv.gz"]
    assert "there is no header" in seen["bitstampUSD.csv.gz"]
