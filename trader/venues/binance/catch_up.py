"""One series of bars across connections: what closed unheard comes before what follows.

When a connection stands, the bars since the last one that was told are asked for, page by page, and
bars that close meanwhile are held back. The last bar of a page may be under way still: it counts
once the venue must have closed it, and so do all bars that another one follows.
"""

from typing import Final, TypeAlias

import msgspec
from msgspec import Raw

from trader.errors import VenueFault
from trader.model.market import BarClosed
from trader.model.units import MILLISECOND_NS, SECOND_NS, Nanoseconds
from trader.venues.binance import requests
from trader.venues.binance.grid import Grid, instant
from trader.venues.binance.market import INTERVALS
from trader.venues.binance.requests import Request

PAGE_MAX: Final = 1_000
"""Bars that the venue gives at once."""
SURE_AFTER_NS: Final = 2 * SECOND_NS
"""So long after its end a bar is closed at the venue, whatever our clocks say."""

Row: TypeAlias = tuple[int, str, str, str, str, str, int]


class CatchUp:
    """Bars of one length of one symbol; those that close after `since` are wanted.

    Without `since` the past before the first live bar is not.
    """

    def __init__(self, grid: Grid, length_ns: Nanoseconds, since: Nanoseconds | None) -> None:
        self.again_at: Nanoseconds | None = None
        """When to ask once more for a bar that may be under way."""
        self._grid: Final = grid
        self._length: Final = length_ns
        self._last = since
        self._held: list[BarClosed] | None = None

    @property
    def catches_up(self) -> bool:
        """Whether bars that went by unheard are asked for."""
        return self._last is not None

    def begin(self) -> Request | None:
        """A connection stands: what to ask for, if anything is lacking."""
        self.again_at = None
        if self._last is None:
            return None
        self._held = self._held or []
        return self._request()

    def end(self) -> None:
        """The connection broke: what was held back is asked for by the next one."""
        self.again_at = None
        self._held = None

    def live(self, bar: BarClosed) -> list[BarClosed]:
        """A bar closed: told at once, unless older ones are still to come."""
        if self._held is None:
            return self._told([bar])
        self._held.append(bar)
        return []

    def page(self, raw: Raw, now: Nanoseconds) -> tuple[list[BarClosed], Request | None]:
        """A page of bars: those that are told, and what to ask for next."""
        bars = [self._bar(row) for row in _rows(raw)]
        is_full = len(bars) >= PAGE_MAX
        last = bars[-1].ts_close if bars else 0
        if bars and last + SURE_AFTER_NS > now and not is_full:
            bars.pop()
        told = self._told(bars)
        if is_full and told:
            return told, self._request()
        held, self._held = self._held or [], None
        told += self._told(held)
        if last <= now < last + SURE_AFTER_NS and (self._last or 0) < last:
            # It has just closed, and its event may have passed before we listened.
            self.again_at = last + SURE_AFTER_NS
        return told, None

    def _request(self) -> Request:
        assert self._last is not None
        start_ms = self._last // MILLISECOND_NS
        return requests.klines(self._grid, INTERVALS[self._length], start_ms, PAGE_MAX)

    def _told(self, bars: list[BarClosed]) -> list[BarClosed]:
        fresh = [bar for bar in bars if self._last is None or bar.ts_close > self._last]
        if fresh:
            self._last = fresh[-1].ts_close
        return fresh

    def _bar(self, row: Row) -> BarClosed:
        opened, open_, high, low, close, size, ends = row
        grid = self._grid
        ts_open = instant(opened)
        return BarClosed(
            grid.instrument,
            self._length,
            grid.ticks(open_),
            grid.ticks(high),
            grid.ticks(low),
            grid.ticks(close),
            grid.lots(size),
            ts_open,
            instant(ends) + MILLISECOND_NS,
        )


def _rows(raw: Raw) -> list[Row]:
    try:
        rows = msgspec.json.decode(raw, type=list[list[object]])
        return msgspec.convert([row[:7] for row in rows], list[Row])
    except msgspec.MsgspecError as error:
        raise VenueFault(f"the venue's bars make no sense: {error}") from None
