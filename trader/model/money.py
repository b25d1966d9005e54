"""Money as integers: one quantum a run, small enough that nothing in the run ever rounds.

The quantum is the power of ten that divides half a tick times a lot of every instrument (a mid
price is worth half ticks), the opening cash, and, where fees are paid, the 1e-8 in which they
are counted. Cash, profit and equity are multiples of it.
"""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Final

from msgspec import Struct

from trader.model.units import Money

FEE_PLACES: Final = 8


class MoneyScale(Struct, frozen=True, kw_only=True):
    """`places`: the quantum is 10**-places; `half`: quanta in half a tick x lot, by instrument."""

    places: int
    half: dict[str, int]

    @property
    def quantum(self) -> str:
        """The power of ten of which all money in a run is a multiple, in plain notation.

        >>> MoneyScale(places=5, half={}).quantum
        '0.00001'
        """
        return plain(Decimal(1).scaleb(-self.places))

    def tick_lot(self, instrument: str) -> int:
        """Quanta in one tick x lot of the instrument."""
        return 2 * self.half[instrument]

    def of(self, amount: Decimal) -> Money:
        """The amount in quanta; raises ValueError if that would round."""
        scaled = Fraction(amount) * 10**self.places
        if scaled.denominator != 1:
            raise ValueError(f"{amount} is no multiple of 1e-{self.places}")
        return int(scaled.numerator)

    def text(self, quanta: Money) -> str:
        """The amount in plain notation, without trailing zeros.

        >>> MoneyScale(places=5, half={}).text(-1250000)
        '-12.5'
        """
        digits = f"{abs(quanta):0{self.places + 1}d}"
        cut = len(digits) - self.places
        whole, part = digits[:cut], digits[cut:].rstrip("0")
        sign = "-" if quanta < 0 else ""
        return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"


def plain(amount: Decimal) -> str:
    """A decimal without exponent and without trailing zeros.

    >>> plain(Decimal("1.2300")), plain(Decimal("1E+2")), plain(Decimal("-0.0"))
    ('1.23', '100', '0')
    """
    text = f"{amount:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def places_of(amount: Decimal) -> int:
    """How many decimal places the amount needs.

    >>> places_of(Decimal("0.0100")), places_of(Decimal("1E+3"))
    (2, 0)
    """
    return max(0, len(plain(amount).partition(".")[2]))


def money_scale(
    grids: Iterable[tuple[str, Decimal, Decimal]], cash: Decimal, *, fees: bool
) -> MoneyScale:
    """The scale of a run with these instruments (name, tick, lot) and this cash."""
    halves = {name: Fraction(tick) * Fraction(lot) / 2 for name, tick, lot in grids}
    needed = [_places(half) for half in (*halves.values(), Fraction(cash))]
    places = max([*needed, FEE_PLACES] if fees else needed)
    half = {name: int(value * 10**places) for name, value in halves.items()}
    return MoneyScale(places=places, half=half)


def _places(value: Fraction) -> int:
    """How many decimal places a decimal fraction needs."""
    places = 0
    while 10**places % value.denominator:
        places += 1
    return places
