"""The table of sessions, made from exchange_calendars. Called by `scripts/calendars`.

The library builds a calendar from rules and lists of holidays; here its sessions are taken as they
come out and written down as what is usual and what is not. Nothing is rounded or left out: the
tests expand the table again and compare every session.
"""

import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import Final, TypeAlias

import exchange_calendars
import numpy as np
import pandas as pd

from trader.calendars.sessions import Int64s
from trader.calendars.table import TABLE, Rules, read_table, weekday, write_table
from trader.model.units import DAY_NS, MINUTE_NS

NAMES: Final = (
    *("XNYS", "XTSE"),
    *("XLON", "XETR", "XFRA", "XEUR", "XPAR", "XSWX"),
    *("XTKS", "XHKG", "XASX", "XBOM"),
    *("CMES", "24/5"),
)
FIRST: Final = "1990-01-01"
USUAL_AFTER: Final = 3
"""Sessions in a row with new hours, from which on these are the usual ones."""
TRADES_MIN: Final = 50
"""A weekday with fewer sessions than so many in all is none on which the exchange trades."""

Hours: TypeAlias = tuple[int, int, int]
"""A day since 1970, its opening and its close in minutes."""


def heads() -> list[str]:
    """What stands above the table."""
    library = f"exchange_calendars {version('exchange-calendars')} (Apache-2.0)"
    return [
        f"Sessions of exchanges, from {library}.",
        "Made by scripts/calendars; do not edit. Hours are UTC, see table.py.",
    ]


def table(last_year: int) -> str:
    """The whole text, up to the end of a year or as far as the library knows a calendar."""
    return write_table({name: rules(name, last_year) for name in NAMES}, heads())


def rules(name: str, last_year: int) -> Rules:
    """One calendar, as what is usual and what is not."""
    first, last = bounds(name, last_year)
    known = library_calendar(name, last_year)
    days = nanoseconds(known.sessions) // DAY_NS
    opens = (nanoseconds(known.opens) - days * DAY_NS) // MINUTE_NS
    closes = (nanoseconds(known.closes) - days * DAY_NS) // MINUTE_NS
    every = np.arange(*nanoseconds([first, last]) // DAY_NS + (0, 1))
    weekdays = np.flatnonzero(np.bincount(weekday(days), minlength=7) >= TRADES_MIN)
    hours, special = _hours(list(zip(days.tolist(), opens.tolist(), closes.tolist(), strict=True)))
    return Rules(
        first=int(every[0]),
        last=int(every[-1]),
        weekdays="".join(str(day + 1) for day in weekdays),
        hours=hours,
        special=special,
        closed=np.setdiff1d(every[np.isin(weekday(every), weekdays)], days).tolist(),
    )


def bounds(name: str, last_year: int) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The first and last day of which the library knows something, within ours."""
    known = type(exchange_calendars.get_calendar(name))
    first, last = pd.Timestamp(FIRST), pd.Timestamp(year=last_year, month=12, day=31)
    return max(first, known.bound_min() or first), min(last, known.bound_max() or last)


def library_calendar(name: str, last_year: int) -> exchange_calendars.ExchangeCalendar:
    """The library's own calendar over our range."""
    first, last = bounds(name, last_year)
    return exchange_calendars.get_calendar(name, start=first, end=last)


def nanoseconds(times: Iterable[pd.Timestamp]) -> Int64s:
    """Instants since 1970, whatever unit the library keeps."""
    return np.asarray(pd.DatetimeIndex(times).as_unit("ns").asi8, np.int64)


def _hours(sessions: Sequence[Hours]) -> tuple[list[Hours], list[Hours]]:
    """Sessions with which usual hours begin, and those with hours of their own."""
    usual: list[Hours] = []
    special: list[Hours] = []
    for at, session in enumerate(sessions):
        hours = session[1:]
        if usual and hours == usual[-1][1:]:
            continue
        following = [each[1:] for each in sessions[at : at + USUAL_AFTER]]
        begins = not usual or following == [hours] * USUAL_AFTER
        (usual if begins else special).append(session)
    return usual, special


def last_year_of(text: str) -> int:
    """Up to which year a table goes."""
    last = max(rules.last for rules in read_table(text).values())
    return int(str(np.datetime64(last, "D"))[:4])


def main(arguments: Sequence[str]) -> int:
    """Write the table and say what it is."""
    if len(arguments) > 1 or not all(word.isdigit() for word in arguments):
        sys.stderr.write("usage: scripts/calendars [LAST_YEAR]\n")
        return 2
    year = int(arguments[0]) if arguments else last_year_of(TABLE.read_text(encoding="utf-8"))
    text = table(year)
    TABLE.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{TABLE.name}: {len(NAMES)} calendars, {len(text)} bytes, up to {year}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
