"""Names of columns, as vendors have them."""

from pathlib import Path

import pytest

from trader.data.defects import Source
from trader.data.tables.roles import named

SOURCE = Source(name="A.x", path=Path("prices.csv"), kind="data")


@pytest.mark.parametrize(
    ("header", "kind", "roles"),
    [
        (
            "Date,Open,High,Low,Close,Adj Close,Volume",
            "bars",
            {"time": 0, "open": 1, "high": 2, "low": 3, "close": 4, "volume": 6},
        ),
        (
            "unix,date,symbol,open,high,low,close,Volume BTC",
            "bars",
            {"time": 0, "symbol": 2, "open": 3, "high": 4, "low": 5, "close": 6, "volume": 7},
        ),
        (
            "<TICKER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>",
            "bars",
            {
                "symbol": 0,
                "time": 1,
                "clock": 2,
                "open": 3,
                "high": 4,
                "low": 5,
                "close": 6,
                "volume": 7,
            },
        ),
        (
            "Date,Price,Open,High,Low,Vol.,Change %",
            "bars",
            {"time": 0, "close": 1, "open": 2, "high": 3, "low": 4, "volume": 5},
        ),
        (
            "open_time,open,high,low,close,volume,close_time,quote_volume",
            "bars",
            {"time": 0, "open": 1, "high": 2, "low": 3, "close": 4, "volume": 5, "close_time": 6},
        ),
        ("end,o,h,l,c", "bars", {"close_time": 0, "open": 1, "high": 2, "low": 3, "close": 4}),
        (
            "timestamp,bidPrice,bidSize,askPrice,askSize",
            "quotes",
            {"time": 0, "bid": 1, "bid_size": 2, "ask": 3, "ask_size": 4},
        ),
        (
            "symbol,timestamp,local_timestamp,id,side,price,amount",
            "trades",
            {"symbol": 0, "time": 1, "ts_recv": 2, "trade_id": 3, "side": 4, "price": 5, "size": 6},
        ),
        (
            "id,price,qty,quote_qty,time,is_buyer_maker",
            "trades",
            {"trade_id": 0, "price": 1, "size": 2, "time": 4, "maker": 5},
        ),
        (
            "timestamp,first_update_id,last_update_id,side,update_type,price,qty,pu",
            "depth",
            {
                "time": 0,
                "first_id": 1,
                "last_id": 2,
                "side": 3,
                "is_snapshot": 4,
                "price": 5,
                "size": 6,
                "prev_id": 7,
            },
        ),
    ],
)
def test_headers_of_vendors(header: str, kind: str, roles: dict[str, int]) -> None:
    found, columns, findings = named(SOURCE, header.split(","), None)

    assert (found, columns) == (kind, roles)
    assert findings[0].origin == "found"


def test_a_kind_that_is_given_is_taken() -> None:
    """Bids and asks beside trades are what they are said to be."""
    names = ["time", "bid", "ask", "price", "size"]

    assert named(SOURCE, names, "trades")[1] == {"time": 0, "price": 3, "size": 4}
    assert str(named(SOURCE, names, "quotes")[2][0]) == "kind quotes (given)"
