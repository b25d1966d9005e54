"""What the market says: nouns that enter at the feed and leave it clean.

Rows of history are built by position: keyword arguments would cost more than the rest of a row's
way through the core's dispatch.
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


class Quote(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """The best bid and ask: a state that holds until the next one.

    NONE as a price is a side without a market, NONE as lots a size that nobody told.
    """

    instrument: str
    bid_ticks: Ticks
    ask_ticks: Ticks
    bid_lots: Lots
    ask_lots: Lots
    ts_event: Nanoseconds


class Trade(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """A print: unsigned lots, and the aggressor's side (1 bought, -1 sold, 0 nobody knows)."""

    instrument: str
    ticks: Ticks
    lots: Lots
    side: int
    trade_id: int
    ts_event: Nanoseconds


class BookDelta(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """One level of a venue's message about its book: 1 bid, -1 ask; 0 lots removes the level.

    Rows of one message share its ids (NONE where the venue has none); `last` marks the end of it.
    """

    instrument: str
    side: int
    ticks: Ticks
    lots: Lots
    first_id: int
    last_id: int
    prev_id: int
    snapshot: int
    last: int
    ts_event: Nanoseconds


class FeedState(StrEnum):
    """What the feed thinks of one instrument's data."""

    LIVE = "live"
    GAP = "gap"
    STALE = "stale"
    DOWN = "down"


class FeedStatus(Struct, frozen=True, array_like=True, tag=True, gc=False, kw_only=True):
    """The feed's opinion of an instrument changed at `since`, and why."""

    instrument: str
    status: FeedState
    since: Nanoseconds
    reason: str = ""
