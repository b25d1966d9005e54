"""The forms in which instants are written, and the numbers in them.

All texts of a column have one form. A form is a pattern with places for year, month, day, hour,
minute, second, fraction, half of the day and offset; or it is a count since 1970, whose unit shows
in its size. The result is nanoseconds since 1970 on whatever clock the writer looked at, and the
offset from UTC where it is written. Which of two small numbers is the month is found over the
whole column.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import polars as pl

from trader.data.order import TS_MAX, YEAR_MAX, YEAR_MIN
from trader.data.tables.numbers import text
from trader.model.units import DAY_NS, HOUR_NS, MILLISECOND_NS, MINUTE_NS, SECOND_NS

Order: TypeAlias = Literal["day_first", "month_first"]

_OFFSET: Final = r"(?:\s*(?P<offset>[Zz]|UTC|GMT|[-+][0-9]{2}:?(?:[0-9]{2})?))?"
_HALF: Final = r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
_CLOCK: Final = (
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,:](?P<fraction>[0-9]{1,9})[0-9]*)?)?" + _HALF
)
_MAYBE_CLOCK: Final = rf"(?:(?:[Tt]|,?\s+){_CLOCK})?{_OFFSET}"
_YEAR: Final = "(?P<year>[0-9]{4}|[0-9]{2})"
_WORD: Final = "(?P<word>[A-Za-z]{3,9})"

FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "count": r"(?P<count>-?[0-9]{9,19})(?:\.(?P<part>[0-9]{1,9})[0-9]*)?",
        "year first": r"(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})"
        + _MAYBE_CLOCK,
        "digits": r"(?P<year>(?:19|20)[0-9]{2})(?P<month>0[1-9]|1[0-2])(?P<day>[0-3][0-9])"
        r"(?:[Tt _-]?(?P<hour>[0-2][0-9]):?(?P<minute>[0-5][0-9])"
        r"(?::?(?P<second>[0-5][0-9])"
        r"(?:[.,](?P<fraction>[0-9]{1,9})|(?P<millis>[0-9]{3}))?)?)?" + _OFFSET,
        "year last": rf"(?P<one>[0-9]{{1,2}})[-/.](?P<two>[0-9]{{1,2}})[-/.]{_YEAR}{_MAYBE_CLOCK}",
        "month's name": rf"(?P<day>[0-9]{{1,2}})[-/. ]{_WORD}\.?[-/., ]+{_YEAR}{_MAYBE_CLOCK}",
        "month's name first": r"(?:[A-Za-z]{3,9},?\s+)?"
        rf"{_WORD}\.?\s+(?P<day>[0-9]{{1,2}}),?\s+(?P<year>[0-9]{{4}}){_MAYBE_CLOCK}",
    }
)
"""Patterns of whole texts; where two fit as often, the later is meant."""
MAYBE_SHORT: Final = frozenset({"year last", "month's name"})
"""The forms whose years people write with two digits as well."""
CLOCKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "clock": _CLOCK + _OFFSET,
        "clock digits": "(?P<hour>[0-2][0-9])(?P<minute>[0-5][0-9])(?P<second>[0-5][0-9])?",
    }
)
"""Patterns of a time of day in a column of its own."""
_SPREADSHEET: Final = r"^[1-9][0-9]{4}(\.[0-9]+)?$"
_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
UNITS: Final = ((10**11, "s", SECOND_NS), (10**14, "ms", MILLISECOND_NS), (10**17, "us", 1_000))
"""Below the first number a count since 1970 has this unit; beyond all, nanoseconds."""
_DAYS_MAX: Final = TS_MAX // DAY_NS
_NOON: Final = 12
_HOURS: Final = 24
_MINUTES: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """Expressions over a column of texts: its instants, null where a text is none."""

    naive: pl.Expr
    """Nanoseconds since 1970 on the writer's clock; Int64."""
    offset: pl.Expr
    """Nanoseconds which that clock is ahead of UTC; null where the text has no offset."""
    has_clock: pl.Expr
    """Whether the text has a time of day."""


def matches(column: str, forms: Mapping[str, str]) -> list[pl.Expr]:
    """How many texts of a column have each form, and how many look like a spreadsheet's days."""
    cell = text(column)
    counts = [cell.str.contains(f"^{each}$").sum().alias(name) for name, each in forms.items()]
    return [*counts, cell.str.contains(_SPREADSHEET).sum().alias("spreadsheet")]


def parts(column: str, form: str) -> pl.Expr:
    """The numbers in a column of texts, for `parsed` to read: made once, for it is dear."""
    pattern = {**FORMS, **CLOCKS}[form]
    return text(column).str.extract_groups(f"^{pattern}$").alias(f"{column} parts")


def parsed(column: str, form: str, order: Order) -> Parsed:
    """The instants of a column of texts of one form of FORMS or CLOCKS, from its `parts`."""
    pattern = {**FORMS, **CLOCKS}[form]
    groups = pl.col(f"{column} parts")
    if form == "count":
        return _counted(groups)
    hour = _whole(groups, "hour")
    if "(?P<half>" in pattern:
        hour = _of_half(hour, groups.struct.field("half").str.to_lowercase())
    within = (
        _bounded(hour, _HOURS) * HOUR_NS
        + _bounded(_whole(groups, "minute"), _MINUTES) * MINUTE_NS
        + _bounded(_whole(groups, "second").fill_null(0), _MINUTES) * SECOND_NS
    )
    for name in ("fraction", "millis"):
        if f"(?P<{name}>" in pattern:
            within += _fraction(groups.struct.field(name), 9).fill_null(0)
    has_clock = groups.struct.field("hour").is_not_null()
    offset = pl.lit(None, pl.Int64)
    if "(?P<offset>" in pattern:
        offset = _offset(groups.struct.field("offset"))
    if form in CLOCKS:
        return Parsed(naive=within, offset=offset, has_clock=has_clock)
    days = _days(groups, form, order) * DAY_NS
    return Parsed(
        naive=pl.when(has_clock).then(days + within).otherwise(days),
        offset=offset,
        has_clock=has_clock,
    )


def first_and_second(column: str) -> list[pl.Expr]:
    """The largest of the first and of the second small number of dates with the year last."""
    groups = text(column).str.extract_groups(f"^{FORMS['year last']}$")
    return [_whole(groups, name).max().alias(name) for name in ("one", "two")]


def counted_size(column: str) -> pl.Expr:
    """The sizes of counts since 1970, by which their unit is known."""
    groups = text(column).str.extract_groups(f"^{FORMS['count']}$")
    return _whole(groups, "count").abs()


def has_short_year(column: str, form: str) -> pl.Expr:
    """Whether a text of a form in MAYBE_SHORT tells the last two digits of its year alone."""
    groups = text(column).str.extract_groups(f"^{FORMS[form]}$")
    return groups.struct.field("year").str.len_chars() < 4  # noqa: PLR2004 - digits of a year


def is_far(cell: str, form: str) -> bool:
    """Whether a text of the form tells an instant, but one that int64 does not hold.

    >>> is_far("9999-12-31", "year first"), is_far("2020-02-30", "year first")
    (True, False)
    """
    found = re.fullmatch(FORMS[form], cell.strip())
    if found is None:
        return False
    year = found.groupdict().get("year")
    return year is None or not YEAR_MIN <= int(year) <= YEAR_MAX


def unit_of(count: int) -> tuple[str, int]:
    """The unit in which somebody counted since 1970, and its nanoseconds.

    >>> unit_of(1_600_000_000), unit_of(1_600_000_000_000)
    (('s', 1000000000), ('ms', 1000000))
    """
    for bound, name, unit_ns in UNITS:
        if abs(count) < bound:
            return name, unit_ns
    return "ns", 1


def counted(count: pl.Expr, part: pl.Expr) -> pl.Expr:
    """Nanoseconds of counts since 1970, in the unit that the size of each shows."""
    size = count.abs()
    naive: pl.Expr = pl.when(size <= TS_MAX).then(count)
    for bound, _, unit_ns in reversed(UNITS):
        more = _fraction(part, len(str(unit_ns)) - 1).fill_null(0)
        fits = pl.when(size <= TS_MAX // unit_ns).then(count)
        naive = pl.when(size < bound).then(fits * unit_ns + more).otherwise(naive)
    return naive


def _counted(groups: pl.Expr) -> Parsed:
    naive = counted(_whole(groups, "count"), groups.struct.field("part"))
    return Parsed(naive=naive, offset=pl.lit(0, pl.Int64), has_clock=naive.is_not_null())


def _whole(groups: pl.Expr, name: str) -> pl.Expr:
    return groups.struct.field(name).cast(pl.Int64, strict=False)


def _fraction(digits: pl.Expr, places: int) -> pl.Expr:
    """Digits after a point as a whole number of so many places; more digits are cut off."""
    return digits.str.pad_end(places, "0").str.slice(0, places).cast(pl.Int64, strict=False)


def _bounded(number: pl.Expr, limit: int) -> pl.Expr:
    return pl.when(number < limit).then(number)


def _of_half(hour: pl.Expr, half: pl.Expr) -> pl.Expr:
    """The hour of a day of which only the half's hour is written; 12 comes before 1."""
    of_half = pl.when(hour.is_between(1, _NOON)).then(hour % _NOON)
    later = pl.when(half == "p").then(of_half + _NOON).otherwise(of_half)
    return pl.when(half.is_null()).then(hour).otherwise(later)


def _days(groups: pl.Expr, form: str, order: Order) -> pl.Expr:
    """Days since 1970; null for a date that is in no calendar, or further away than instants go."""
    day, month = ("one", "two") if order == "day_first" else ("two", "one")
    if form != "year last":
        day, month = "day", "month"
    number = _month(groups) if form.startswith("month") else _whole(groups, month)
    written = pl.format("{}-{}-{}", _whole(groups, "year"), number, _whole(groups, day))
    days = written.str.to_date("%Y-%m-%d", strict=False).cast(pl.Int32).cast(pl.Int64)
    return pl.when(days.abs() <= _DAYS_MAX).then(days)


def _month(groups: pl.Expr) -> pl.Expr:
    """The month by the first three letters of its English name."""
    letters = groups.struct.field("word").str.slice(0, 3).str.to_lowercase()
    numbers = {name: number for number, name in enumerate(_MONTHS, 1)}
    return letters.replace_strict(numbers, default=None, return_dtype=pl.Int64)


def _offset(written: pl.Expr) -> pl.Expr:
    """Nanoseconds ahead of UTC."""
    digits = written.str.replace_all(":", "", literal=True)
    hours = digits.str.slice(1, 2).cast(pl.Int64, strict=False)
    minutes = digits.str.slice(3, 2).cast(pl.Int64, strict=False).fill_null(0)
    sign = pl.when(written.str.starts_with("-")).then(-1).otherwise(1)
    ahead = sign * (hours * HOUR_NS + minutes * MINUTE_NS)
    return pl.when(written.is_null()).then(None).otherwise(ahead.fill_null(0))
