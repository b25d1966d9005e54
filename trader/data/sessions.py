"""When bars open and close, where their market has sessions.

A recorded bar is a label and an interval; what happened in it happened while the market was open.
So a bar opens no earlier than the first session that it overlaps and closes no later than the
last: a day labelled 00:00 New York opens at 09:30 and closes at 16:00, or at 13:00 on a half day.
A bar that overlaps no session contradicts the calendar. One of the two is wrong, and nobody here
knows which, so it is refused unless the configuration lets such bars go.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from trader.calendars.sessions import UTC_DAYS, Calendar, Days, Sessions
from trader.config.notation import instant_text
from trader.data.defects import Source, first
from trader.data.grid import Int64s
from trader.data.order import TS_LIKELY_MIN, TS_OPEN, Times
from trader.errors import DataError

OffSession = Literal["refuse", "drop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Whose sessions bars keep to, and what becomes of a bar outside all of them."""

    sessions: Sessions = UTC_DAYS
    off_session: OffSession = "refuse"


ALWAYS_OPEN: Final = Hours()


def bar_times(source: Source, labels: Int64s, row: int, interval_ns: int, hours: Hours) -> Times:
    """The times of the piece of a file that begins at `row`.

    Raises `DataError` for a bar of a time of which the calendar knows nothing, and for one outside
    every session if such bars are refused.
    """
    ends = labels + interval_ns
    sessions = hours.sessions
    if isinstance(sessions, Days):
        kept = np.ones(len(labels), np.bool_)
        return Times(labels=labels, opens=labels, closes=ends, kept=kept)
    _check_known(source, labels, row, sessions)
    begun = np.searchsorted(sessions.closes, labels, side="right")
    ended = np.searchsorted(sessions.opens, ends) - 1
    kept = begun <= ended
    if hours.off_session == "refuse" and (at := first(~kept)) is not None:
        raise _outside(source, int(labels[at]), row + at, sessions)
    # Where nothing overlaps the indices mean nothing, but stay inside the calendar.
    opens = np.maximum(labels, sessions.opens[np.minimum(begun, len(sessions.opens) - 1)])
    closes = np.minimum(ends, sessions.closes[np.maximum(ended, 0)])
    return Times(labels=labels, opens=opens, closes=closes, kept=kept)


def _check_known(source: Source, labels: Int64s, row: int, calendar: Calendar) -> None:
    at = first((labels < calendar.ts_from) | (labels >= calendar.ts_to))
    if at is None:
        return
    label = int(labels[at])
    hint = f"`scripts/calendars {instant_text(label)[:4]}` makes the table reach further"
    if label < calendar.ts_from:
        hint = "begin later, or leave the instrument's calendar out"
    if abs(label) < TS_LIKELY_MIN:
        hint = f"{TS_OPEN} counts nanoseconds since 1970: {label} is {instant_text(label)}"
    raise source.defect(
        f"{source.place(row + at)} opens at {instant_text(label)}: {calendar.unknown(label)}",
        row=row + at,
        column=TS_OPEN,
        hint=hint,
    )


def _outside(source: Source, label: int, row: int, calendar: Calendar) -> DataError:
    nearest = calendar.nearest(label)
    return source.defect(
        f"{source.place(row)} opens at {instant_text(label)}, outside every session of"
        f" {calendar.name}; the nearest is from {instant_text(nearest.ts_open)}"
        f" to {instant_text(nearest.ts_close)}",
        row=row,
        column=TS_OPEN,
        hint="is that its calendar? `run.off_session: drop` leaves such bars out",
    )
