"""A symbol's filters let in what is on the grid and within bounds, and name what is not."""

import pytest

from sims.servers.binance.amounts import amount
from sims.servers.binance.filters import check
from sims.servers.binance.markets import SYMBOLS, Market, SymbolRules
from sims.servers.binance.orders import NewOrder, OrderType, Side
from sims.servers.binance.refusals import filter_failure

BTC = Market(SYMBOLS[0], 0)


@pytest.mark.parametrize(
    ("order_type", "quantity", "price", "failed"),
    [
        ("LIMIT", "0.1", "50000", None),
        ("LIMIT", "0.1", "50000.01", None),
        ("LIMIT", "0.1", "50000.001", "PRICE_FILTER"),
        ("LIMIT", "0.001", "1000000.01", "PRICE_FILTER"),
        ("LIMIT", "0.001", "1000000", "PERCENT_PRICE_BY_SIDE"),
        ("LIMIT", "0.001", "300000", None),
        ("LIMIT", "0.001", "12000", None),
        ("LIMIT", "0.001", "11999.99", "PERCENT_PRICE_BY_SIDE"),
        ("LIMIT", "0.000011", "50000", "LOT_SIZE"),
        ("LIMIT", "0", "50000", "LOT_SIZE"),
        ("LIMIT", "9000.00001", "50000", "LOT_SIZE"),
        ("LIMIT", "0.0001", "50000", None),
        ("LIMIT", "0.0001", "49999.99", "NOTIONAL"),
        ("LIMIT", "180", "50000", None),
        ("LIMIT", "180.00001", "50000", "NOTIONAL"),
        ("MARKET", "0.00008", "0", "NOTIONAL"),
        ("MARKET", "0.00009", "0", None),
        ("MARKET", "120", "0", None),
        ("MARKET", "120.00001", "0", "MARKET_LOT_SIZE"),
        ("STOP_LOSS", "0.1", "50000", None),
        ("STOP_LOSS", "0.1", "50000.005", "PRICE_FILTER"),
        ("STOP_LOSS", "0.00001", "50000", "NOTIONAL"),
    ],
)
def test_the_first_filter_that_fails_is_named(
    order_type: str, quantity: str, price: str, failed: str | None
) -> None:
    is_stop = order_type == "STOP_LOSS"
    terms = NewOrder(
        symbol="BTCUSDT",
        side=Side.BUY,
        order_type=OrderType(order_type),
        quantity=amount(quantity),
        price=0 if is_stop else amount(price),
        stop_price=amount(price) if is_stop else 0,
    )

    assert check(terms, BTC) == (filter_failure(failed) if failed else None)


def test_a_limit_order_without_a_price_is_off_the_grid() -> None:
    terms = NewOrder(
        symbol="BTCUSDT", side=Side.BUY, order_type=OrderType.LIMIT, quantity=amount("0.1")
    )

    assert check(terms, BTC) == filter_failure("PRICE_FILTER")


def test_a_grid_on_which_money_would_be_rounded_is_no_grid() -> None:
    with pytest.raises(ValueError, match="is no money"):
        SymbolRules(symbol="AB", base="A", quote="B", tick=1, step=1, price_opening=1)
