"""What can be traded: each symbol's rules, and the price and liquidity of the moment."""

from typing import Final

from msgspec import Struct

from sims.servers.binance.amounts import ONE, amount


class SymbolRules(Struct, frozen=True, kw_only=True):
    """A symbol with its filters; all numbers in units of 10^-8.

    The product of a price on the grid and a quantity on the grid must itself be a multiple of
    10^-8, so that the venue never rounds money.
    """

    symbol: str
    base: str
    quote: str
    tick: int
    step: int
    price_opening: int
    price_max: int = amount("1000000")
    quantity_max: int = amount("9000")
    notional_min: int = amount("5")
    notional_max: int = amount("9000000")

    def __post_init__(self) -> None:
        assert self.tick > 0, self
        assert self.step > 0, self
        assert self.tick * self.step % ONE == 0, self
        assert self.price_opening > 0, self
        assert self.price_opening % self.tick == 0, self


class Market(Struct, kw_only=True):
    """A symbol at this moment: its price, and how much can still trade at that price."""

    rules: SymbolRules
    price: int
    available: int | None = None

    def takes(self, quantity: int) -> int:
        """Return how much of `quantity` finds liquidity at the current price."""
        return quantity if self.available is None else min(quantity, self.available)

    def consume(self, quantity: int) -> None:
        """Take `quantity` out of the liquidity at the current price."""
        if self.available is not None:
            assert quantity <= self.available, (quantity, self.available)
            self.available -= quantity


SYMBOLS: Final = (
    SymbolRules(
        symbol="BTCUSDT",
        base="BTC",
        quote="USDT",
        tick=amount("0.01"),
        step=amount("0.00001"),
        price_opening=amount("60000"),
    ),
    SymbolRules(
        symbol="ETHUSDT",
        base="ETH",
        quote="USDT",
        tick=amount("0.01"),
        step=amount("0.0001"),
        price_opening=amount("3000"),
    ),
)

EUROS: Final = SymbolRules(
    symbol="EURUSDT",
    base="EUR",
    quote="USDT",
    tick=amount("0.00001"),
    step=amount("1"),
    price_opening=amount("1.05236"),
)
"""On the grid of the euro bars that come with the package: who is fed with them can trade here."""
