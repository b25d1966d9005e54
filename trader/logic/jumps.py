"""Prices that jump: one that is too far from the last waits until a second one is near it.

A price that nothing confirms never came. To measure every price would cost more than the rest of
its way through the feed, so a band is kept around the last one that was measured, a third as wide
as a jump to either side: within it no price can have jumped from another, and two comparisons are
enough.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

from trader.logic.splits import split_half_ticks
from trader.model.market import BarClosed, Quote, Trade
from trader.model.units import NONE, Ticks

Price: TypeAlias = BarClosed | Quote | Trade

_PART: Final = 3
"""Two prices of one band lie at most 2/3 of a jump apart, and a jump is at most the whole price."""


@dataclass(slots=True)
class Stream:
    """Prices of one kind of one instrument, in half ticks but for those of the band.

    `latest` is what passed within the band since the last look, `mark` the price before it;
    `doubted` waits, which `doubts` says of the last one. From `low` to `high` (ticks) nobody has to
    look; while that is empty the next price is looked at, whatever it is. `withheld` counts those
    that did not pass.
    """

    mark: int = NONE
    latest: Price | None = None
    doubted: int = NONE
    low: Ticks = 1
    high: Ticks = 0
    doubts: bool = False
    withheld: int = 0

    def look(self, price: Price, jump: tuple[int, int]) -> bool:
        """Whether a price passes: all of it is near the last one, or near the one in doubt."""
        self._settle()
        low, high, mark = _measured(price)
        if self.mark != NONE and not _near(low, high, self.mark, jump):
            doubted, self.doubted = self.doubted, mark
            if doubted == NONE or not _near(low, high, doubted, jump):
                self.doubts = True
                self.withheld += 1
                self.renew()
                return False
        self.mark, self.doubted, self.doubts = mark, NONE, False
        num, den = jump
        whole = 2 * _PART * den
        self.low = -(-mark * (_PART * den - num) // whole)
        self.high = mark * (_PART * den + num) // whole
        return True

    def renew(self) -> None:
        """The next price is looked at."""
        self.low, self.high = 1, 0

    def split(self, numerator: int, denominator: int) -> None:
        """The last price counts in the new ticks; one in doubt is forgotten."""
        self._settle()
        self.doubted = NONE
        self.renew()
        if self.mark != NONE:
            self.mark = split_half_ticks(self.mark, numerator, denominator)

    def _settle(self) -> None:
        if self.latest is not None:
            self.mark = _measured(self.latest)[2]
            self.latest = None


def _measured(price: Price) -> tuple[Ticks, Ticks, int]:
    """The lowest and the highest of it, and what remains of it, in half ticks."""
    if isinstance(price, BarClosed):
        return price.low_ticks, price.high_ticks, 2 * price.close_ticks
    if isinstance(price, Trade):
        return price.ticks, price.ticks, 2 * price.ticks
    return price.bid_ticks, price.ask_ticks, price.bid_ticks + price.ask_ticks


def _near(low: Ticks, high: Ticks, other: int, jump: tuple[int, int]) -> bool:
    num, den = jump
    far = num * other
    return (other - 2 * low) * den <= far and (2 * high - other) * den <= far
