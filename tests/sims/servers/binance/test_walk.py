"""The market of its own wanders as chance tells it, and stays on its grid and in its bounds."""

import pytest

from sims.servers.binance.amounts import text_of
from sims.servers.binance.engine import Engine
from sims.servers.binance.walk import walk


@pytest.mark.parametrize(
    ("drawn", "btc", "eth"),
    [(0, "59994.00000000", "2999.70000000"), (1, "60000.00000000", "3000.00000000"),
     (2, "60006.00000000", "3000.30000000")],
)  # fmt: skip
def test_each_market_takes_the_step_that_was_drawn(
    engine: Engine, drawn: int, btc: str, eth: str
) -> None:
    walk(engine, lambda _: drawn)

    assert [text_of(market.price) for market in engine.markets.values()] == [btc, eth]


@pytest.mark.parametrize("price", ["0.01", "1000000.00"])
def test_a_price_at_the_edge_stays_where_it_is(engine: Engine, price: str) -> None:
    engine.mark("BTCUSDT", price)

    walk(engine, lambda _: 0 if price == "0.01" else 2)

    assert text_of(engine.markets["BTCUSDT"].price) == f"{price}000000"
