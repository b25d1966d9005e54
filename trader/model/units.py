"""The units in which the core counts. All of them are integers; floats live in signals only.

A price is a number of ticks, a size a number of lots, an instant a number of nanoseconds since
1970-01-01 UTC. The names are aliases: they cost nothing on the path of an event and tell the
reader what an `int` counts.
"""

from typing import Final, TypeAlias

Ticks: TypeAlias = int
Lots: TypeAlias = int
Nanoseconds: TypeAlias = int
Money: TypeAlias = int
"""A multiple of the run's money quantum (see `trader.model.money`)."""

MILLISECOND_NS: Final = 1_000_000
SECOND_NS: Final = 1_000 * MILLISECOND_NS
MINUTE_NS: Final = 60 * SECOND_NS
HOUR_NS: Final = 60 * MINUTE_NS
DAY_NS: Final = 24 * HOUR_NS

INT64_MAX: Final = 2**63 - 1
NONE: Final = -(2**63)
"""Stands for "not given" in integer columns; no price, size or instant reaches it."""

BEFORE_ALL: Final = -(2**62)
"""An instant before every recorded one."""


def day_after(ts: Nanoseconds) -> Nanoseconds:
    """The first UTC midnight strictly after `ts`.

    >>> day_after(0) == DAY_NS, day_after(DAY_NS - 1) == DAY_NS
    (True, True)
    """
    return (ts // DAY_NS + 1) * DAY_NS
