"""Events of the market streams; `unit` is how many nanoseconds their times count in."""

from collections.abc import Iterable, Mapping
from typing import Final

from sims.servers.binance.amounts import text_of
from sims.servers.binance.market import bodies
from sims.servers.binance.market.candles import SECOND_NS, Candle
from sims.servers.binance.market.day import AVERAGE_MINUTES, Day
from sims.servers.binance.market.tape import Aggregate, Print
from sims.servers.binance.markets import Market

Event = dict[str, object]
Levels = Mapping[tuple[bool, int], int]

IGNORED: Final = "0"


def trade(market: Market, print_: Print, now: int, unit: int) -> Event:
    """Tell one trade."""
    return {
        "e": "trade",
        "E": now // unit,
        "s": market.rules.symbol,
        "t": print_.trade_id,
        "p": text_of(print_.price),
        "q": text_of(print_.quantity),
        "T": print_.ts_ns // unit,
        "m": print_.is_buyer_maker,
        "M": True,
    }


def aggregate(market: Market, found: Aggregate, now: int, unit: int) -> Event:
    """Tell what one taker got at one price."""
    head: Event = {"e": "aggTrade", "E": now // unit, "s": market.rules.symbol}
    return head | bodies.aggregate(found, unit)


def best(market: Market) -> Event:
    """Tell the best prices; the only event without a type and a time."""
    (bid, bid_quantity), (ask, ask_quantity) = market.book.bids.best, market.book.asks.best
    return {
        "u": market.book.update_id,
        "s": market.rules.symbol,
        "b": text_of(bid),
        "B": text_of(bid_quantity),
        "a": text_of(ask),
        "A": text_of(ask_quantity),
    }


def kline(market: Market, interval: str, candle: Candle, now: int, unit: int) -> Event:
    """Tell a candle; it is closed if it ends by now."""
    return {
        "e": "kline",
        "E": now // unit,
        "s": market.rules.symbol,
        "k": {
            "t": candle.start_s * SECOND_NS // unit,
            "T": candle.end_s * SECOND_NS // unit - 1,
            "s": market.rules.symbol,
            "i": interval,
            "f": candle.first_id,
            "L": candle.last_id,
            "o": text_of(candle.open),
            "c": text_of(candle.close),
            "h": text_of(candle.high),
            "l": text_of(candle.low),
            "v": text_of(candle.volume),
            "n": candle.count,
            "x": candle.end_s * SECOND_NS <= now,
            "q": text_of(candle.quote),
            "V": text_of(candle.taker_volume),
            "Q": text_of(candle.taker_quote),
            "B": IGNORED,
        },
    }


def diff(market: Market, first_id: int, levels: Levels, now: int, unit: int) -> Event:
    """Tell the levels that have changed from update `first_id` to the book's last one."""
    return {
        "e": "depthUpdate",
        "E": now // unit,
        "s": market.rules.symbol,
        "U": first_id,
        "u": market.book.update_id,
        "b": bodies.levels(_side(levels, is_bid=True)),
        "a": bodies.levels(_side(levels, is_bid=False)),
    }


def mini_day(market: Market, day: Day, unit: int) -> Event:
    """Tell a day in short."""
    return {
        "e": "24hrMiniTicker",
        "E": day.close_ns // unit,
        "s": market.rules.symbol,
        "c": text_of(day.sums.close),
        "o": text_of(day.sums.open),
        "h": text_of(day.sums.high),
        "l": text_of(day.sums.low),
        "v": text_of(day.sums.volume),
        "q": text_of(day.sums.quote),
    }


def window(market: Market, interval: str, day: Day, unit: int) -> Event:
    """Tell a rolling window and how far the price has moved in it."""
    head: Event = {"e": f"{interval}Ticker"}
    return mini_day(market, day, unit) | head | _change(day) | _extent(day, unit)


def full_day(market: Market, day: Day, unit: int) -> Event:
    """Tell a day and the best prices at its end."""
    tops = {letter: text for letter, text in best(market).items() if letter in "bBaA"}
    return mini_day(market, day, unit) | {
        "e": "24hrTicker",
        **_change(day),
        "x": text_of(day.price_before),
        "Q": text_of(market.tape.quantity),
        **tops,
        **_extent(day, unit),
    }


def average(market: Market, price: int, now: int, unit: int) -> Event:
    """Tell the average price of the last minutes."""
    last = market.tape.prints[-1].ts_ns if market.tape.prints else now
    return {
        "e": "avgPrice",
        "E": now // unit,
        "s": market.rules.symbol,
        "i": f"{AVERAGE_MINUTES}m",
        "w": text_of(price),
        "T": last // unit,
    }


def _change(day: Day) -> Event:
    return {"p": bodies.signed(day.change), "P": day.percent, "w": text_of(day.average)}


def _extent(day: Day, unit: int) -> Event:
    return {
        "O": day.open_ns // unit,
        "C": day.close_ns // unit,
        "F": day.sums.first_id,
        "L": day.sums.last_id,
        "n": day.sums.count,
    }


def _side(levels: Levels, *, is_bid: bool) -> Iterable[tuple[int, int]]:
    side = [(price, quantity) for (bid, price), quantity in levels.items() if bid is is_bid]
    return sorted(side, reverse=is_bid)
