"""A made-up market is the same for the same seed, on its grid, and goes on for ever."""

from decimal import Decimal
from itertools import islice, pairwise

import pytest

from sims.servers.binance.feeds.made_up import ROWS, made_up
from sims.servers.binance.feeds.rows import Quote, Taken
from sims.servers.binance.markets import EUROS, SYMBOLS, SymbolRules


@pytest.mark.parametrize("rules", [*SYMBOLS, EUROS])
def test_rows_are_in_order_on_the_grid_and_never_crossed(rules: SymbolRules) -> None:
    price = rules.price_opening
    rows = list(islice(made_up(rules, price, 7, Decimal(4)), 3 * ROWS))

    assert rows == list(islice(made_up(rules, price, 7, Decimal(4)), 3 * ROWS))
    assert rows != list(islice(made_up(rules, price, 8, Decimal(4)), 3 * ROWS))
    assert all(before.at_ns <= after.at_ns for before, after in pairwise(rows))
    for row in rows:
        match row:
            case Quote(_, bid, ask, bid_quantity, ask_quantity):
                assert 0 < bid < ask
                assert bid % rules.tick == ask % rules.tick == 0
                assert bid_quantity % rules.step == ask_quantity % rules.step == 0
                assert bid_quantity > 0 < ask_quantity
            case Taken(_, price, quantity, _):
                assert quantity > 0 == quantity % rules.step == price % rules.tick
    quotes = [row for row in rows if isinstance(row, Quote)]
    seconds = quotes[-1].at_ns / 1e9
    assert len(quotes) / seconds == pytest.approx(4, rel=0.1)
    # Where one chunk ends and the next begins the price goes on.
    assert max(abs(a.bid - b.bid) / a.bid for a, b in pairwise(quotes)) < 0.05
