"""The street's side of a book: what everybody else offers around the best prices.

Away from the best prices it waits at round ones, which stay where they are while the best moves
about them, so that a quote changes a few levels and not the whole book.
"""

from collections.abc import Callable
from typing import Final

from sims.servers.binance.amounts import ONE, amount
from sims.servers.binance.markets import SymbolRules

LEVELS: Final = 25
# Round prices are about this fraction of the opening price apart.
GAPS_PER_PRICE: Final = 20_000
# What waits at a level is worth about this much of the quote asset, between nothing and twice it.
WORTH: Final = amount("20000")

Quotes = dict[int, int]


class Street:
    """Makes books of best prices; `draw(n)` returns one of 0 ... n-1."""

    def __init__(self, rules: SymbolRules, draw: Callable[[int], int]) -> None:
        self._rules: Final = rules
        self._draw: Final = draw
        self._gap: Final = max(1, rules.price_opening // GAPS_PER_PRICE // rules.tick) * rules.tick
        self._waiting: Final[dict[bool, Quotes]] = {True: {}, False: {}}

    def around(self, bid: tuple[int, int], ask: tuple[int, int]) -> tuple[Quotes, Quotes]:
        """Return both sides of a book whose best prices and quantities are these."""
        return self._side(bid, is_bid=True), self._side(ask, is_bid=False)

    def size(self, price: int) -> int:
        """Draw a quantity, at least one step."""
        steps = WORTH * ONE // (price * self._rules.step)
        return (1 + self._draw(2 * steps + 1)) * self._rules.step

    def _side(self, best: tuple[int, int], *, is_bid: bool) -> Quotes:
        price, quantity = best
        waiting = self._waiting[is_bid]
        quotes = {price: quantity}
        for level in self._round_prices(price, is_bid=is_bid):
            quotes[level] = waiting.get(level) or self.size(level)
        self._waiting[is_bid] = {level: quotes[level] for level in quotes if level != price}
        return quotes

    def _round_prices(self, price: int, *, is_bid: bool) -> list[int]:
        gap = self._gap
        if is_bid:
            first = (price - 1) // gap * gap
            return [level for level in range(first, first - LEVELS * gap, -gap) if level > 0]
        first = (price // gap + 1) * gap
        last = min(first + LEVELS * gap, self._rules.price_max + 1)
        return list(range(first, last, gap))
