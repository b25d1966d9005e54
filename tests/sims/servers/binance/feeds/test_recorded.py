"""Recorded rows become quotes and trades of the same prices, and come round again."""

from itertools import islice
from pathlib import Path

import polars as pl
import pytest

from sims.servers.binance.amounts import amount, text_of
from sims.servers.binance.feeds.recorded import recorded
from sims.servers.binance.feeds.rows import Quote, Row, Taken, paced
from sims.servers.binance.markets import EUROS, SYMBOLS
from trader.data.samples import sample
from trader.errors import DataError

BTC = SYMBOLS[0]
START = 1_781_000_000_000_000_000
SECOND = 1_000_000_000
BARS = sample("bars/fx/EURUSD/1h/20170101-20171229.parquet")


def written(path: Path, columns: dict[str, list[object]]) -> Path:
    file = path / "rows.parquet"
    pl.DataFrame(columns).write_parquet(file)
    return file


def told(rows: list[Row]) -> list[tuple[int, str, str]]:
    return [
        (row.at_ns, text_of(row.bid), text_of(row.ask))
        if isinstance(row, Quote)
        else (row.at_ns, text_of(row.price), "BUY" if row.is_buyer else "SELL")
        for row in rows
    ]


def test_quotes_are_told_as_they_are_and_looped(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        {
            "ts": [START, START + SECOND, START + 2 * SECOND],
            "bid": [60000.0, 60001.0, 60005.0],
            "ask": [60000.5, 60001.012, 60005.0],  # off the grid, and then locked
            "bid_size": [1.0, 2.0, 1.0],
            "ask_size": [0.5, 0.000001, 1.0],
        },
    )

    rows = list(islice(recorded(file, BTC), 4))

    assert told(rows) == [
        (0, "60000.00000000", "60000.50000000"),
        (SECOND, "60001.00000000", "60001.01000000"),
        (2 * SECOND, "60000.00000000", "60000.50000000"),
        (3 * SECOND, "60001.00000000", "60001.01000000"),
    ]


def test_a_trade_stands_between_a_bid_and_an_ask(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        {
            "ts": [START, START + SECOND],
            "price": [60000.0, 59999.0],
            "size": [0.5, 0.25],
            "side": [1, 0],
        },
    )

    rows = list(islice(paced(recorded(file, BTC), 2), 4))

    assert told(rows) == [
        (0, "59999.99000000", "60000.00000000"),
        (0, "60000.00000000", "BUY"),
        (SECOND // 2, "59999.00000000", "59999.01000000"),
        (SECOND // 2, "59999.00000000", "SELL"),
    ]
    assert [row.quantity for row in rows if isinstance(row, Taken)] == [
        amount("0.5"), amount("0.25"),
    ]  # fmt: skip


def test_a_bar_is_walked_from_its_opening_by_its_extremes_to_its_close() -> None:
    frame = pl.read_parquet(BARS).head(1)
    [bar] = frame.select("open", "high", "low", "close").rows()

    rows = list(islice(recorded(BARS, EUROS), 18))

    prices = [row.price / 10**8 for row in rows if isinstance(row, Taken)]
    assert (min(prices), max(prices), prices[-1]) == pytest.approx((bar[2], bar[1], bar[3]))
    assert 0 <= rows[0].at_ns < rows[-1].at_ns < 3_600 * SECOND


def test_what_is_no_market_is_refused(tmp_path: Path) -> None:
    file = written(
        tmp_path, {"ts": [START], "bid": [2.0], "ask": [1.0], "bid_size": [1.0], "ask_size": [1.0]}
    )

    with pytest.raises(DataError, match="no row of it has two prices"):
        recorded(file, BTC)
    with pytest.raises(DataError, match="missing"):
        recorded(tmp_path / "missing.parquet", BTC)


def test_levels_of_a_book_are_no_market(tmp_path: Path) -> None:
    columns: dict[str, list[object]] = {
        "ts": [START, START], "side": [1, -1], "price": [1.0, 2.0], "size": [1.0, 1.0],
        "is_snapshot": [True, True],
    }  # fmt: skip

    with pytest.raises(DataError, match="cannot be fed with depth"):
        recorded(written(tmp_path, columns), BTC)


def test_trades_of_nothing_are_left_out(tmp_path: Path) -> None:
    file = written(
        tmp_path, {"ts": [START, START], "price": [60000.0, 60001.0], "size": [0.0, 0.5]}
    )

    first, second = islice(recorded(file, BTC), 2)
    assert told([first, second])[1] == (0, "60001.00000000", "BUY")
