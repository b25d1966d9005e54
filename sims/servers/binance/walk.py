"""A market of its own: prices that wander by small steps, as a stream of chance tells them."""

from collections.abc import Callable
from typing import Final

from sims.servers.binance.amounts import text_of
from sims.servers.binance.engine import Engine
from sims.servers.binance.markets import Market

# One step is this fraction of the opening price, rounded down to the symbol's ticks.
STEPS_PER_OPENING: Final = 10_000


def walk(engine: Engine, draw: Callable[[int], int]) -> None:
    """Move each market a step up, a step down or not; `draw(n)` returns one of 0 ... n-1."""
    for symbol, market in engine.markets.items():
        price = market.price + (draw(3) - 1) * _step(market)
        if market.rules.tick <= price <= market.rules.price_max:
            engine.mark(symbol, text_of(price))


def _step(market: Market) -> int:
    tick = market.rules.tick
    return max(tick, market.rules.price_opening // STEPS_PER_OPENING // tick * tick)
