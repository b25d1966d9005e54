"""How instants, intervals and decimal numbers are written in a configuration.

Each reader takes a text and gives an exact value, or raises Unfit with what it expected; the
caller knows the place. Nothing here passes through a float.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Final

from trader.config.spelling import shown
from trader.model.money import plain
from trader.model.units import DAY_NS, HOUR_NS, INT64_MAX, MINUTE_NS, SECOND_NS

DIGITS_MAX: Final = 28
INTERVAL_NS_MAX: Final = 366 * DAY_NS
_UNITS: Final = {"s": SECOND_NS, "m": MINUTE_NS, "h": HOUR_NS, "d": DAY_NS}
_INTERVAL: Final = re.compile(r"([1-9][0-9]{0,7})([smhd])")
_PLAIN: Final = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)")
_GROUPED: Final = re.compile(r"[-+]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?")
_EXPONENT: Final = re.compile(r"[-+]?[0-9.]+[eE][-+]?[0-9]{1,2}")
_INSTANT: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?"
    r"(Z|z|[-+][0-9]{2}:[0-9]{2})?)?"
)
_EPOCH: Final = date(1970, 1, 1).toordinal()
_YEARS: Final = range(1900, 2101)


class Unfit(ValueError):
    """A text is not what its place expects."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def decimal(text: str) -> Decimal:
    """The exact number in plain notation, without trailing zeros; at most 28 digits.

    >>> decimal("0.0100"), decimal("-5")
    (Decimal('0.01'), Decimal('-5'))
    """
    if not _PLAIN.fullmatch(text):
        raise Unfit(f"expected a decimal number, got {shown(text)}", _plainer(text))
    if sum(character.isdigit() for character in text) > DIGITS_MAX:
        raise Unfit(f"expected at most {DIGITS_MAX} digits, got {shown(text)}")
    return Decimal(plain(Decimal(text)))


def _plainer(text: str) -> str:
    if _EXPONENT.fullmatch(text) and text.count(".") <= 1:
        return f"write {plain(Decimal(text))}"
    bare = text.replace("_", "").strip()
    if _GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
    elif "." not in bare:
        bare = bare.replace(",", ".")
    return f"write {bare}" if bare != text and _PLAIN.fullmatch(bare) else ""


def interval_ns(text: str) -> int:
    """Nanoseconds of an interval such as 1m, 5m, 1h or 1d; at most 366 days.

    >>> interval_ns("5m")
    300000000000
    """
    match = _INTERVAL.fullmatch(text)
    if not match:
        raise Unfit(f"expected an interval, got {shown(text)}", "write it like 30s, 5m, 1h or 1d")
    ns = int(match[1]) * _UNITS[match[2]]
    if ns > INTERVAL_NS_MAX:
        raise Unfit(f"expected an interval of at most 366 days, got {shown(text)}")
    return ns


def instant(text: str) -> int:
    """Nanoseconds since 1970 of an ISO 8601 date (00:00 UTC) or time with offset.

    >>> instant("1970-01-02"), instant("1970-01-01T01:00:00.5+01:00")
    (86400000000000, 500000000)
    """
    match = _INSTANT.fullmatch(text)
    if not match:
        raise Unfit(
            f"expected a date or a time, got {shown(text)}",
            "write it like 2024-01-31 or 2024-01-31T14:30:00Z",
        )
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    if hour is not None and offset is None:
        raise Unfit(f"the time {shown(text)} has no offset", f"write {text}Z if it is UTC")
    try:
        days = date(int(year), int(month), int(day)).toordinal() - _EPOCH
    except ValueError:
        raise Unfit(f"there is no date {shown(text)}") from None
    clock = [int(part or 0) for part in (hour, minute, second)]
    if clock[0] > 23 or clock[1] > 59 or clock[2] > 59:  # noqa: PLR2004 - the clock's own bounds
        raise Unfit(f"there is no time {shown(text)}")
    within = clock[0] * HOUR_NS + clock[1] * MINUTE_NS + clock[2] * SECOND_NS
    ns = days * DAY_NS + within + int((fraction or "").ljust(9, "0")) - _offset_ns(offset)
    return _within_int64(ns, text)


def whole_instant(ns: int) -> int:
    """An instant given as nanoseconds; Unfit if somebody wrote a year in their place."""
    if ns in _YEARS:
        raise Unfit(f"expected a date, got the year {ns}", f"write {ns}-01-01")
    return _within_int64(ns, str(ns))


def _within_int64(ns: int, text: str) -> int:
    if abs(ns) > INT64_MAX:
        raise Unfit(f"the instant {shown(text)} lies outside the years 1678 to 2261")
    return ns


def instant_text(ns: int) -> str:
    """The instant as ISO 8601 in UTC, exact to the nanosecond.

    >>> instant_text(500000000), instant_text(-DAY_NS)
    ('1970-01-01T00:00:00.5Z', '1969-12-31T00:00:00Z')
    """
    days, within = divmod(ns, DAY_NS)
    seconds, fraction = divmod(within, SECOND_NS)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    tail = f".{fraction:09}".rstrip("0") if fraction else ""
    return f"{date.fromordinal(_EPOCH + days).isoformat()}T{clock}{tail}Z"


def _offset_ns(offset: str | None) -> int:
    if offset in {None, "Z", "z"}:
        return 0
    assert offset is not None
    hours, minutes = int(offset[1:3]), int(offset[4:6])
    if hours > 23 or minutes > 59:  # noqa: PLR2004 - the clock's own bounds
        raise Unfit(f"there is no offset {shown(offset)}")
    sign = -1 if offset[0] == "-" else 1
    return sign * (hours * HOUR_NS + minutes * MINUTE_NS)
