"""What a split makes of sizes and prices: `ratio` new lots stand for one of before."""

from fractions import Fraction


def split_lots(lots: int, ratio: Fraction) -> int:
    """Whole lots of the new kind, the fraction dropped."""
    return int(lots * ratio)


def split_price(ticks: int | None, ratio: Fraction) -> int | None:
    """The price in ticks of the new kind, half to even, one at least."""
    return None if ticks is None else max(1, round(ticks / ratio))


def split_mark(ticks: Fraction, ratio: Fraction) -> Fraction:
    """A mark, which may lie half way between two ticks, half to even."""
    return Fraction(round(2 * ticks / ratio), 2)
