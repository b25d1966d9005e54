"""What the market says: nouns that enter at the feed and leave it clean.

A bar is the one struct made for every row of history, so it is the one that is built by position:
keyword arguments would cost more than the rest of its way through the core's dispatch.
"""

from enum import StrEnum

from msgspec import Struct

from trader.model.units import Lots, Nanoseconds, Ticks


class BarClosed(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """A bar as it becomes known, at `ts_close` and never before."""

    instrument: str
    interval_ns: Nanoseconds
    open_ticks: Ticks
    high_ticks: Ticks
    low_ticks: Ticks
    close_ticks: Ticks
    lots: Lots
    ts_open: Nanoseconds
    ts_close: Nanoseconds


class FeedState(StrEnum):
    """What the feed thinks of one instrument's data."""

    LIVE = "live"
    GAP = "gap"
    STALE = "stale"
    DOWN = "down"


class FeedStatus(Struct, frozen=True, array_like=True, tag=True, gc=False, kw_only=True):
    """The feed's opinion of an instrument changed at `since`."""

    instrument: str
    status: FeedState
    since: Nanoseconds
