"""The table of sessions that comes with the package, and how one calendar is read from it.

`table.txt` is made by `scripts/calendars` and is meant to be read by people too: a refresh shows
as lines that came and went. A calendar begins with its name, its first and last day and the
weekdays (Monday is 1) on which it trades; `hours` hold from a day on; `closed` is a weekday
without a session, `special` a day with hours of its own. Hours are UTC and count from that day's
midnight: -01:00 is the evening before, 24:00 the midnight after. A line that begins with `#` is
for people.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from trader.calendars.sessions import UTC, UTC_DAYS, Calendar, Days, Int64s, Sessions
from trader.errors import ConfigError
from trader.model.units import DAY_NS, MINUTE_NS

TABLE: Final = Path(__file__).with_name("table.txt")
ALWAYS: Final = "24/7"
ALIASES: Final[Mapping[str, str]] = MappingProxyType(
    {"XNAS": "XNYS", "ARCX": "XNYS", "BATS": "XNYS"}
)
"""Venues that keep the hours and holidays of another one."""

_DAYS_A_WEEK: Final = 7
_EPOCH_WEEKDAY: Final = 3
"""1970-01-01 was a Thursday."""
_MINUTES_AN_HOUR: Final = 60


@dataclass(slots=True, kw_only=True)
class Rules:
    """One calendar as the table writes it down; days count from 1970, hours are minutes."""

    first: int
    last: int
    weekdays: str
    hours: list[tuple[int, int, int]] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    special: list[tuple[int, int, int]] = field(default_factory=list)


@cache
def calendar(name: str) -> Sessions:
    """The calendar of that name; a venue that keeps another one's hours has the other one.

    Raises `ConfigError` for a name that is not in the table.
    """
    if name == UTC:
        return UTC_DAYS
    if name == ALWAYS:
        return Days(name)
    if name in ALIASES:
        return calendar(ALIASES[name])
    rules = read_table(TABLE.read_text(encoding="utf-8")).get(name)
    if rules is None:
        hint = f"there are {', '.join(known_calendars())}"
        raise ConfigError(f"no calendar is called {name!r}", hint=hint)
    days, opens, closes = expand(rules)
    return Calendar(
        name,
        days * DAY_NS + opens * MINUTE_NS,
        days * DAY_NS + closes * MINUTE_NS,
        ts_from=rules.first * DAY_NS,
        ts_to=(rules.last + 1) * DAY_NS,
    )


def shared(names: Iterable[str | None]) -> Sessions:
    """The calendar that all of them mean, else the days of UTC; None is no calendar."""
    found = {calendar(name or UTC).name for name in names}
    return calendar(found.pop() if len(found) == 1 else UTC)


@cache
def known_calendars() -> tuple[str, ...]:
    """What a configuration may name as a calendar, sorted."""
    table = read_table(TABLE.read_text(encoding="utf-8"))
    return tuple(sorted([*table, *ALIASES, ALWAYS]))


def read_table(text: str) -> dict[str, Rules]:
    """Every calendar of a table by its name."""
    found: dict[str, Rules] = {}
    rules: Rules | None = None
    for what, *words in _lines(text):
        if what == "calendar":
            name, first, last, weekdays = words
            rules = Rules(first=_day(first), last=_day(last), weekdays=weekdays)
            found[name] = rules
            continue
        assert rules is not None, what
        if what == "closed":
            rules.closed += [_day(word) for word in words]
        else:
            entry = (_day(words[0]), _minutes(words[1]), _minutes(words[2]))
            (rules.hours if what == "hours" else rules.special).append(entry)
    return found


def expand(rules: Rules) -> tuple[Int64s, Int64s, Int64s]:
    """The days that have a session, and each one's opening and close in minutes of its day."""
    week = np.array([str(day + 1) in rules.weekdays for day in range(_DAYS_A_WEEK)])
    special = np.array([day for day, _, _ in rules.special], np.int64)
    every = np.arange(rules.first, rules.last + 1)
    usual = every[week[weekday(every)]]
    days = np.union1d(np.setdiff1d(usual, rules.closed), special)
    since = np.array([day for day, _, _ in rules.hours], np.int64)
    which = np.searchsorted(since, days, side="right") - 1
    own = np.searchsorted(days, special)
    columns = []
    for column in (1, 2):
        minutes = np.array([each[column] for each in rules.hours], np.int64)[which]
        minutes[own] = [each[column] for each in rules.special]
        columns.append(minutes)
    return days, columns[0], columns[1]


def weekday(days: Int64s) -> Int64s:
    """Which day of the week each of them is, Monday being 0."""
    return (days + _EPOCH_WEEKDAY) % _DAYS_A_WEEK


def write_table(calendars: Mapping[str, Rules], heads: Iterable[str]) -> str:
    """The text of a table; `heads` are lines for people that stand before it."""
    lines = [f"# {head}" for head in heads]
    for name, rules in sorted(calendars.items()):
        lines.append("")
        lines.append(f"calendar {name} {_date(rules.first)} {_date(rules.last)} {rules.weekdays}")
        lines += [_entry("hours", entry) for entry in rules.hours]
        lines += [_entry("special", entry) for entry in rules.special]
        lines += _closed(rules.closed)
    return "\n".join(lines) + "\n"


def _lines(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line.split()


def _closed(days: list[int]) -> Iterator[str]:
    """One line a year: holidays are looked at by the year."""
    by_year: dict[str, list[str]] = {}
    for day in days:
        by_year.setdefault(_date(day)[:4], []).append(_date(day))
    for dates in by_year.values():
        yield f"closed {' '.join(dates)}"


def _entry(what: str, entry: tuple[int, int, int]) -> str:
    day, opens, closes = entry
    return f"{what} {_date(day)} {_clock(opens)} {_clock(closes)}"


def _day(text: str) -> int:
    return int(np.datetime64(text, "D").astype(np.int64))


def _date(day: int) -> str:
    return str(np.datetime64(day, "D"))


def _minutes(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    hours, minutes = text.lstrip("-").split(":")
    return sign * (int(hours) * _MINUTES_AN_HOUR + int(minutes))


def _clock(minutes: int) -> str:
    sign = "-" if minutes < 0 else ""
    hours, rest = divmod(abs(minutes), _MINUTES_AN_HOUR)
    return f"{sign}{hours:02}:{rest:02}"
