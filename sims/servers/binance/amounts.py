"""Exact amounts: integers in units of 10^-8, and their texts on the wire.

Every price, quantity and balance of the venue is a multiple of 10^-8. A product of a price and
a quantity is exact because each symbol's grid is chosen so (see `markets.SymbolRules`).
"""

import re
from typing import Final

PLACES: Final = 8
ONE: Final = 10**PLACES

PATTERN: Final = r"^([0-9]{1,20})(\.[0-9]{1,20})?$"
_SHAPE: Final = re.compile(PATTERN, re.ASCII)


def is_amount(text: str) -> bool:
    """Say whether the venue reads `text` as a decimal number at all."""
    # `$` would also match before a final line feed.
    return _SHAPE.fullmatch(text) is not None


def amount(text: str) -> int:
    """Read a decimal text as units of 10^-8; a ValueError says that it is finer or no number.

    >>> amount("0.01")
    1000000
    """
    if not is_amount(text):
        raise ValueError(f"not a decimal number: {text!r}")
    whole, _, places = text.partition(".")
    if len(places) > PLACES:
        raise ValueError(f"finer than 10^-{PLACES}: {text}")
    return int(whole) * ONE + int(places.ljust(PLACES, "0"))


def text_of(units: int) -> str:
    """Write units of 10^-8 with all eight places; the amount is not negative.

    >>> text_of(1_000_000)
    '0.01000000'
    """
    assert units >= 0, units
    return f"{units // ONE}.{units % ONE:0{PLACES}d}"


def product(price: int, quantity: int) -> int:
    """Return what `quantity` costs at `price`, exactly."""
    worth, rest = divmod(price * quantity, ONE)
    assert rest == 0, (price, quantity)
    return worth
