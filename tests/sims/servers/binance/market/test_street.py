"""The street's levels lie on the grid beyond the best prices, and stay where they are."""

import pytest

from sims.seeds import stream
from sims.servers.binance.amounts import amount
from sims.servers.binance.market.street import LEVELS, Street
from sims.servers.binance.markets import EUROS, SYMBOLS, SymbolRules

BTC = SYMBOLS[0]
ONE = amount("1")


def street(rules: SymbolRules = BTC) -> Street:
    return Street(rules, stream(1, "street").randrange)


@pytest.mark.parametrize("rules", [*SYMBOLS, EUROS])
def test_levels_lie_on_the_grid_beyond_the_best(rules: SymbolRules) -> None:
    bid, ask = rules.price_opening, rules.price_opening + rules.tick
    bids, asks = street(rules).around((bid, 3 * rules.step), (ask, 4 * rules.step))

    assert (max(bids), bids[bid]) == (bid, 3 * rules.step)
    assert (min(asks), asks[ask]) == (ask, 4 * rules.step)
    assert len(bids) == len(asks) == LEVELS + 1
    for price, quantity in [*bids.items(), *asks.items()]:
        assert price % rules.tick == quantity % rules.step == 0
        assert quantity > 0


def test_what_waits_stays_while_the_best_moves_about_it() -> None:
    made = street()
    before, _ = made.around((amount("60000.01"), ONE), (amount("60000.02"), ONE))
    after, _ = made.around((amount("60001.50"), ONE), (amount("60001.51"), ONE))

    assert len(before.keys() & after.keys()) == LEVELS
    assert all(after[price] == before[price] for price in before.keys() & after.keys())


def test_a_price_near_its_bounds_has_fewer_levels() -> None:
    low, _ = street().around((amount("4.00"), ONE), (amount("4.01"), ONE))
    _, high = street().around((BTC.price_max - BTC.tick, ONE), (BTC.price_max, ONE))

    assert sorted(low) == [amount("3"), amount("4")]
    assert list(high) == [BTC.price_max]
