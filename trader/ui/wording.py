"""Numbers as people read them."""

from decimal import Decimal


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
