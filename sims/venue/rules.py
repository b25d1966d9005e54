"""How the venue fills and what it charges, as exact numbers."""

from dataclasses import dataclass
from fractions import Fraction

from trader.kernels.matching import worsened
from trader.model.orders import Liquidity
from trader.model.units import SECOND_NS, Lots, Money, Nanoseconds, Ticks


@dataclass(frozen=True, kw_only=True)
class VenueRules:
    """Rates are fractions of price, volume and notional; see docs/semantics.md.

    Fees are in money: `maker` and `taker` a share of the notional, `per_lot` for each lot, the sum
    rounded up to a multiple of `fee_quanta`. Negative ones are rebates.
    """

    slippage: tuple[int, int] = (0, 1)
    slippage_ticks: Ticks = 0
    participation: tuple[int, int] | None = None
    touch: int = 0
    targets_first: bool = False
    stale_after_ns: Nanoseconds = 60 * SECOND_NS
    by_volume: bool = False
    maker: Fraction = Fraction(0)
    taker: Fraction = Fraction(0)
    per_lot: Fraction = Fraction(0)
    fee_quanta: int = 1

    @property
    def is_free(self) -> bool:
        """Whether no fill costs a fee."""
        return not (self.maker or self.taker or self.per_lot)

    def taken(self, ticks: Ticks, lots: Lots) -> Ticks:
        """The price for who takes whatever is there: moved against the trader."""
        rate, unit = self.slippage
        return worsened(ticks, lots, rate, unit, self.slippage_ticks)

    def fee(self, lots: Lots, ticks: Ticks, liquidity: Liquidity, half: Money) -> Money:
        """What a fill of unsigned lots costs, rounded up, a rebate too.

        `half` is the money in half a tick x lot.
        """
        rate = self.taker if liquidity is Liquidity.TAKER else self.maker
        notional = lots * abs(ticks) * 2 * half
        owed = (notional * rate + lots * self.per_lot) / self.fee_quanta
        return -(-owed.numerator // owed.denominator) * self.fee_quanta
