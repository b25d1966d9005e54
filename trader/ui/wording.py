"""Numbers as people read them."""

from decimal import Decimal
from typing import Final

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_UNITS: Final = ((_DAY, "d", _DAY // 2), (_HOUR, "h", _HOUR), (_MINUTE, "min", _MINUTE))
"""Length, name, and from when on it is used."""


def money(text: str) -> str:
    """An exact amount to the cent, with separators.

    >>> money("-1234567.895"), money("100000"), money("-0.001")
    ('-1,234,567.90', '100,000.00', '0.00')
    """
    return _unsigned_zero(f"{Decimal(text):,.2f}")


def percent(fraction: float) -> str:
    """A signed share of the whole.

    >>> percent(1.3611), percent(-0.0004)
    ('+136.1 %', '0.0 %')
    """
    return _unsigned_zero(f"{fraction:+,.1%}").replace("%", " %")


def duration(seconds: float) -> str:
    """A time in its largest fitting unit.

    >>> duration(86_400 * 23.4), duration(5_400), duration(90), duration(2.5)
    ('23.4 d', '1.5 h', '1.5 min', '2.5 s')
    """
    for length, unit, least in _UNITS:
        if seconds >= least:
            return f"{seconds / length:,.1f} {unit}"
    return f"{seconds:,.1f} s"


def day(instant: str) -> str:
    """The date of an ISO 8601 instant.

    >>> day("2013-03-01T05:00:00Z")
    '2013-03-01'
    """
    return instant.partition("T")[0]


def counted(counts: dict[str, int]) -> str:
    """How often each word, in one line.

    >>> counted({"FILLED": 1200, "DENIED": 3}), counted({})
    ('1,200 FILLED · 3 DENIED', 'none')
    """
    return " · ".join(f"{count:,} {word}" for word, count in counts.items()) or "none"


def _unsigned_zero(text: str) -> str:
    """What rounds to nothing has no sign."""
    return text if text.strip("+-0.,%") else text.lstrip("+-")
