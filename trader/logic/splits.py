"""What a split makes of sizes, prices and costs: whole numbers in, whole numbers out.

A split of 7:1 has the numerator 7 and the denominator 1: seven lots stand for each one of before,
at a seventh of its price. Whoever keeps a size or a price applies these functions to its own, so
that all sides arrive at the same number without a word between them.
"""

from trader.kernels.accounting import truncated
from trader.kernels.rounding import half_even
from trader.model.units import Lots, Money, Ticks


def split_lots(lots: Lots, numerator: int, denominator: int) -> Lots:
    """Signed lots after the split: whole ones, rounded toward zero.

    >>> split_lots(100, 7, 1), split_lots(-15, 1, 10)
    (700, -1)
    """
    return truncated(lots * numerator, denominator)


def split_ticks(ticks: Ticks, numerator: int, denominator: int) -> Ticks:
    """A price of an order after the split, rounded half to even; at least one tick.

    >>> split_ticks(64570, 7, 1), split_ticks(5, 2, 1), split_ticks(1, 10, 1)
    (9224, 2, 1)
    """
    return max(1, half_even(ticks * denominator, numerator))


def split_half_ticks(mark: int, numerator: int, denominator: int) -> int:
    """A mark in half ticks after the split, rounded half to even."""
    return half_even(mark * denominator, numerator)


def cash_in_lieu(
    lots: Lots, cost: int, ratio: tuple[int, int], *, mark: int, half: Money
) -> tuple[Money, int]:
    """What is paid for the part of a lot that a split leaves over, and the cost that goes with it.

    `lots` and `cost` (in tick x lot) are those before the split, `mark` (in half ticks) is the one
    after it, `half` the money in half a tick x lot. A long receives, a short pays; both amounts
    are rounded toward zero. A position that becomes less than a lot loses its whole cost.

    Of 1.5 lots that cost 1500 half a lot is paid at 1000 ticks:

    >>> cash_in_lieu(15, 1500, (1, 10), mark=2000, half=1)
    (1000, 500)
    """
    numerator, denominator = ratio
    whole = lots * numerator
    left = whole - split_lots(lots, numerator, denominator) * denominator
    if not left:
        return 0, 0
    paid = truncated(left * mark * half, denominator)
    return paid, truncated(cost * abs(left), abs(whole))
