"""What the market streams say, as the messages that the feed takes.

Streams come combined, each event under the name of its stream, since best prices bear no word that
tells what they are. A name is looked up once and leads to its symbol and to what makes a message of
the event; names that nobody asked for are passed over.
"""

from collections.abc import Callable
from types import MappingProxyType
from typing import Final, TypeAlias

from msgspec import Raw, Struct, field

from trader.model.envelope import Message
from trader.model.market import BarClosed, Quote, Trade
from trader.model.units import (
    DAY_NS,
    HOUR_NS,
    MILLISECOND_NS,
    MINUTE_NS,
    NONE,
    SECOND_NS,
    Lots,
    Nanoseconds,
    Ticks,
)
from trader.venues.binance.frames import body
from trader.venues.binance.grid import Grid, instant

INTERVALS: Final = MappingProxyType(
    {
        SECOND_NS: "1s",
        MINUTE_NS: "1m",
        3 * MINUTE_NS: "3m",
        5 * MINUTE_NS: "5m",
        15 * MINUTE_NS: "15m",
        30 * MINUTE_NS: "30m",
        HOUR_NS: "1h",
        2 * HOUR_NS: "2h",
        4 * HOUR_NS: "4h",
        6 * HOUR_NS: "6h",
        8 * HOUR_NS: "8h",
        12 * HOUR_NS: "12h",
        DAY_NS: "1d",
        3 * DAY_NS: "3d",
        7 * DAY_NS: "1w",
    }
)
"""The lengths of bars that the venue has, and their names."""

Make: TypeAlias = Callable[[Raw, Grid, Nanoseconds], list[Message]]


class BestPrices(Struct, frozen=True):
    """A `bookTicker`: it has no time of its own."""

    bid: str = field(name="b")
    bid_size: str = field(name="B")
    ask: str = field(name="a")
    ask_size: str = field(name="A")


class AnsweredPrices(Struct, frozen=True, rename="camel"):
    """Best prices as they are answered to who asks."""

    bid_price: str
    bid_qty: str
    ask_price: str
    ask_qty: str


class Print(Struct, frozen=True, kw_only=True):
    """A `trade`; the buyer was the maker where somebody sold into it."""

    trade_id: int = field(name="t")
    price: str = field(name="p")
    size: str = field(name="q")
    ts_ms: int = field(name="T")
    is_buyer_maker: bool = field(name="m")


class AggregatePrint(Struct, frozen=True, kw_only=True):
    """An `aggTrade`: what one taker traded at one price."""

    trade_id: int = field(name="a")
    price: str = field(name="p")
    size: str = field(name="q")
    ts_ms: int = field(name="T")
    is_buyer_maker: bool = field(name="m")


class Candle(Struct, frozen=True, kw_only=True):
    """A bar that may still be under way."""

    ts_open_ms: int = field(name="t")
    ts_last_ms: int = field(name="T")
    open: str = field(name="o")
    high: str = field(name="h")
    low: str = field(name="l")
    close: str = field(name="c")
    size: str = field(name="v")
    is_closed: bool = field(name="x")


class CandleEvent(Struct, frozen=True):
    """A `kline`."""

    candle: Candle = field(name="k")


def quote(raw: Raw, grid: Grid, now: Nanoseconds) -> list[Message]:
    """Best bid and ask, as of when they arrived."""
    event = body(raw, BestPrices)
    return [_quoted((event.bid, event.bid_size), (event.ask, event.ask_size), grid, now)]


def best(raw: Raw, grid: Grid, now: Nanoseconds) -> list[Message]:
    """Best bid and ask of an answer, as of when it arrived."""
    answer = body(raw, AnsweredPrices)
    bid, ask = (answer.bid_price, answer.bid_qty), (answer.ask_price, answer.ask_qty)
    return [_quoted(bid, ask, grid, now)]


def trade(raw: Raw, grid: Grid, now: Nanoseconds) -> list[Message]:
    """A print."""
    del now
    return [_print(body(raw, Print), grid)]


def aggregate(raw: Raw, grid: Grid, now: Nanoseconds) -> list[Message]:
    """Prints of one taker at one price, as one."""
    del now
    return [_print(body(raw, AggregatePrint), grid)]


def bar(raw: Raw, grid: Grid, now: Nanoseconds) -> list[BarClosed]:
    """A bar, once it has closed."""
    del now
    candle = body(raw, CandleEvent).candle
    if not candle.is_closed:
        return []
    ts_open = instant(candle.ts_open_ms)
    ts_close = instant(candle.ts_last_ms) + MILLISECOND_NS
    return [
        BarClosed(
            grid.instrument,
            ts_close - ts_open,
            grid.ticks(candle.open),
            grid.ticks(candle.high),
            grid.ticks(candle.low),
            grid.ticks(candle.close),
            grid.lots(candle.size),
            ts_open,
            ts_close,
        )
    ]


def _print(event: Print | AggregatePrint, grid: Grid) -> Trade:
    return Trade(
        grid.instrument,
        grid.ticks(event.price),
        grid.lots(event.size),
        -1 if event.is_buyer_maker else 1,
        event.trade_id,
        instant(event.ts_ms),
    )


def _quoted(bid: tuple[str, str], ask: tuple[str, str], grid: Grid, now: Nanoseconds) -> Quote:
    bid_ticks, bid_lots = _side(*bid, grid)
    ask_ticks, ask_lots = _side(*ask, grid)
    return Quote(grid.instrument, bid_ticks, ask_ticks, bid_lots, ask_lots, now)


def _side(price: str, size: str, grid: Grid) -> tuple[Ticks, Lots]:
    """One side of a quote; without a size there is none."""
    lots = grid.lots(size)
    return (grid.ticks(price), lots) if lots else (NONE, 0)
