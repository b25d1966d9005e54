"""What can be traded: each symbol's rules, and its market at this moment."""

from enum import StrEnum
from typing import Final, NamedTuple

from msgspec import Struct

from sims.servers.binance.amounts import ONE, amount
from sims.servers.binance.market.book import Book, Change
from sims.servers.binance.market.tape import Aggregate, Print, Tape


class MarketStatus(StrEnum):
    """Whether a symbol trades."""

    TRADING = "TRADING"
    HALT = "HALT"
    BREAK = "BREAK"
    CANCEL_ONLY = "CANCEL_ONLY"


class SymbolRules(Struct, frozen=True, kw_only=True):
    """A symbol with its filters; all numbers in units of 10^-8.

    The product of a price on the grid and a quantity on the grid must itself be a multiple of
    10^-8, so that the venue never rounds money; what would break that is a ValueError. Prices keep
    within percents of the last one.
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
    market_quantity_max: int = amount("9000")
    percent_min: int = 20
    percent_max: int = 500
    orders_max: int = 200
    conditional_max: int = 5
    lists_max: int = 20
    amendments_max: int = 10

    def __post_init__(self) -> None:
        if self.tick <= 0 or self.step <= 0 or self.tick * self.step % ONE:
            raise ValueError(
                f"{self.symbol}: a step of a price times one of a quantity is no money"
            )
        if self.price_opening <= 0 or self.price_opening % self.tick:
            raise ValueError(f"{self.symbol}: the price at which it opens is not on its grid")


class Turn(NamedTuple):
    """What one turn has done to a market; its last change has the book's update id."""

    prints: list[Print]
    aggregates: list[Aggregate]
    changes: list[Change]


class Market:
    """A symbol at this moment: its rules, its book, what has traded, and whether it is open."""

    def __init__(self, rules: SymbolRules, now: int) -> None:
        self.rules = rules
        self.status = MarketStatus.TRADING
        self.book: Final = Book()
        self.tape: Final = Tape(rules.price_opening, now)

    @property
    def price(self) -> int:
        """The price of the last trade, or where the market was put since."""
        return self.tape.price


SYMBOLS: Final = (
    SymbolRules(
        symbol="BTCUSDT",
        base="BTC",
        quote="USDT",
        tick=amount("0.01"),
        step=amount("0.00001"),
        price_opening=amount("60000"),
        market_quantity_max=amount("120"),
    ),
    SymbolRules(
        symbol="ETHUSDT",
        base="ETH",
        quote="USDT",
        tick=amount("0.01"),
        step=amount("0.0001"),
        price_opening=amount("3000"),
        market_quantity_max=amount("2000"),
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
