"""Names of market streams, such as `btcusdt@depth5@100ms`, and what they mean."""

import re
from collections.abc import Container
from enum import Enum, auto
from typing import Final

from msgspec import Struct

from sims.servers.binance.market.candles import INTERVALS


class Kind(Enum):
    """What a channel tells of."""

    TRADE = auto()
    AGGREGATE = auto()
    BEST = auto()
    KLINE = auto()
    DIFF = auto()
    PARTIAL = auto()
    DAY = auto()
    MINI_DAY = auto()
    ALL_MINI_DAYS = auto()
    WINDOW = auto()
    ALL_WINDOWS = auto()
    AVERAGE = auto()


class Channel(Struct, frozen=True):
    """One stream; what a kind does not have is empty. A window's length is its `interval`."""

    kind: Kind
    symbol: str = ""
    interval: str = ""
    levels: int = 0
    period_ms: int = 1_000


ALL_MINI_DAYS: Final = "!miniTicker@arr"

_PLAIN: Final = {
    "trade": Kind.TRADE,
    "aggTrade": Kind.AGGREGATE,
    "bookTicker": Kind.BEST,
    "ticker": Kind.DAY,
    "miniTicker": Kind.MINI_DAY,
    "avgPrice": Kind.AVERAGE,
}
_DEPTH: Final = re.compile(r"depth(5|10|20)?(?:@(100|1000)ms)?")
_WINDOW: Final = re.compile(r"ticker_(1h|4h|1d)")
_ALL_WINDOWS: Final = re.compile(rf"!{_WINDOW.pattern}@arr")
_KLINE: Final = re.compile(rf"kline_({'|'.join(INTERVALS)})")


def channel(name: str, symbols: Container[str]) -> Channel | None:
    """Return what a stream's name means; None if there is no such stream."""
    if name.startswith("!"):
        return _of_all(name)
    lower, _, what = name.partition("@")
    symbol = lower.upper()
    if symbol not in symbols or lower != lower.lower():
        return None
    if kind := _PLAIN.get(what):
        return Channel(kind, symbol)
    for kind, pattern in ((Kind.KLINE, _KLINE), (Kind.WINDOW, _WINDOW)):
        if match := pattern.fullmatch(what):
            return Channel(kind, symbol, interval=match[1])
    return _depth(symbol, what)


def _of_all(name: str) -> Channel | None:
    if name == ALL_MINI_DAYS:
        return Channel(Kind.ALL_MINI_DAYS)
    match = _ALL_WINDOWS.fullmatch(name)
    return None if match is None else Channel(Kind.ALL_WINDOWS, interval=match[1])


def _depth(symbol: str, what: str) -> Channel | None:
    match = _DEPTH.fullmatch(what)
    if match is None:
        return None
    levels, period_ms = int(match[1] or 0), int(match[2] or 1_000)
    kind = Kind.PARTIAL if levels else Kind.DIFF
    return Channel(kind, symbol, levels=levels, period_ms=period_ms)
