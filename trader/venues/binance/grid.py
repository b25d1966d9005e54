"""The wire's decimal texts as integers of the core, exactly or not at all.

A price is ticks, a size lots, a fee money. A text that is no number, or lies beside the grid, is
the venue's fault: to round it would be to invent a trade.
"""

import re
from decimal import ROUND_CEILING, Decimal
from typing import Final

from msgspec import Struct

from trader.errors import VenueFault
from trader.model.money import MoneyScale, plain
from trader.model.units import INT64_MAX, MILLISECOND_NS, Lots, Money, Nanoseconds, Ticks

PLACES: Final = 18
"""Texts are read in units of so many decimal places, of which every step is a whole number."""
DIGITS_MAX: Final = 20
_POWERS: Final = tuple(10**power for power in range(PLACES + 1))
_NUMBER: Final = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?", re.ASCII)


class Grid(Struct, frozen=True, kw_only=True):
    """One symbol: its assets, its steps, and what money is counted in.

    `half` is money in half a tick x lot; the core's arithmetic stays within int64 for what passes.
    `tick_units` and `lot_units` are the steps in the units in which texts are read.
    """

    instrument: str
    symbol: str
    base: str
    quote: str
    tick: Decimal
    lot: Decimal
    half: Money
    places: int
    tick_units: int
    lot_units: int

    def ticks(self, text: str) -> Ticks:
        """A price."""
        ticks = _multiple(text, self.tick_units, "price")
        if not ticks:
            raise VenueFault("a price of zero", where=self.symbol)
        return ticks

    def lots(self, text: str) -> Lots:
        """A size, which is never negative on the wire."""
        return _multiple(text, self.lot_units, "size")

    def held(self, *texts: str) -> Lots:
        """What several balances of the base asset make together, whole lots of it."""
        return _bounded(int(sum(map(amount, texts)) / self.lot), "balance")

    def price_text(self, ticks: Ticks) -> str:
        """A price as the wire wants it."""
        return plain(ticks * self.tick)

    def size_text(self, lots: Lots) -> str:
        """A size, without its sign."""
        return plain(abs(lots) * self.lot)

    def fee(self, text: str, asset: str | None, ticks: Ticks) -> Money:
        """A commission in money, up to the next multiple: in the base asset at the fill's price.

        One in a third asset has no price here and counts as nothing.
        """
        paid = amount(text)
        if asset == self.base:
            paid *= ticks * self.tick
        elif asset != self.quote:
            return 0
        quanta = paid.scaleb(self.places).to_integral_value(ROUND_CEILING)
        return _bounded(int(quanta), "commission")

    def check_worth(self, lots: Lots, ticks: Ticks) -> None:
        """Raises VenueFault for a trade whose worth the core could not count."""
        _bounded(4 * abs(lots) * ticks * self.half, "trade")


def grid_of(
    *, symbol: str, venue: str, quote: str, steps: tuple[Decimal, Decimal], scale: MoneyScale
) -> Grid:
    """The grid of a symbol, whose name must end in its quote asset; `steps` are tick and lot.

    Raises ValueError if it does not.
    """
    base = symbol.removesuffix(quote)
    if base in {symbol, ""}:
        raise ValueError(f"{symbol} does not end in {quote}")
    instrument = f"{symbol}.{venue}"
    return Grid(
        instrument=instrument,
        symbol=symbol,
        base=base,
        quote=quote,
        tick=steps[0],
        lot=steps[1],
        half=scale.half[instrument],
        places=scale.places,
        tick_units=int(steps[0].scaleb(PLACES)),
        lot_units=int(steps[1].scaleb(PLACES)),
    )


def amount(text: str) -> Decimal:
    """A number of the wire."""
    if not _NUMBER.fullmatch(text):
        raise VenueFault(f"{text[:40]!r} is not a decimal number")
    return Decimal(text)


def instant(ms: int) -> Nanoseconds:
    """A time of the wire, which is in milliseconds."""
    if not 0 <= ms <= INT64_MAX // MILLISECOND_NS:
        raise VenueFault(f"{ms} is no time in milliseconds")
    return ms * MILLISECOND_NS


def _multiple(text: str, step: int, what: str) -> int:
    whole, dot, part = text.partition(".")
    digits = whole + part
    is_number = digits.isdecimal() and digits.isascii() and bool(whole) and bool(part) is bool(dot)
    if not is_number or len(whole) > DIGITS_MAX or len(part) > DIGITS_MAX:
        raise VenueFault(f"{text[:40]!r} is not a decimal number")
    beyond = len(part) - PLACES
    units = int(digits) * _POWERS[-beyond] if beyond <= 0 else int(digits[:-beyond])
    steps, rest = divmod(units, step)
    if rest or (beyond > 0 and part[PLACES:].strip("0")):
        raise VenueFault(f"a {what} of {text} is no multiple of its step")
    return _bounded(steps, what)


def _bounded(number: int, what: str) -> int:
    if number > INT64_MAX:
        raise VenueFault(f"a {what} beyond all counting")
    return number
