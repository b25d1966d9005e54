"""Bodies of answers about a market; `unit` is how many nanoseconds their times count in."""

from collections.abc import Iterable
from typing import Final

from sims.servers.binance.amounts import text_of
from sims.servers.binance.market.candles import SECOND_NS, Candle
from sims.servers.binance.market.day import AVERAGE_MINUTES, Day
from sims.servers.binance.market.tape import Aggregate, Print
from sims.servers.binance.markets import Market

Body = dict[str, object]
Level = list[str]

IGNORED: Final = "0"


def depth(market: Market, limit: int) -> Body:
    """Tell the best levels of both sides."""
    book = market.book
    return {
        "lastUpdateId": book.update_id,
        "bids": levels(book.bids.levels(limit)),
        "asks": levels(book.asks.levels(limit)),
    }


def levels(rows: Iterable[tuple[int, int]]) -> list[Level]:
    """Tell prices and quantities."""
    return [[text_of(price), text_of(quantity)] for price, quantity in rows]


def trade(print_: Print, unit: int) -> Body:
    """Tell one trade."""
    return {
        "id": print_.trade_id,
        "price": text_of(print_.price),
        "qty": text_of(print_.quantity),
        "quoteQty": text_of(print_.quote),
        "time": print_.ts_ns // unit,
        "isBuyerMaker": print_.is_buyer_maker,
        "isBestMatch": True,
    }


def aggregate(found: Aggregate, unit: int) -> Body:
    """Tell what one taker got at one price."""
    return {
        "a": found.aggregate_id,
        "p": text_of(found.price),
        "q": text_of(found.quantity),
        "f": found.first_id,
        "l": found.last_id,
        "T": found.ts_ns // unit,
        "m": found.is_buyer_maker,
        "M": True,
    }


def kline(candle: Candle, unit: int) -> list[object]:
    """Tell a candle; it closes one unit before the next one opens."""
    return [
        candle.start_s * SECOND_NS // unit,
        text_of(candle.open),
        text_of(candle.high),
        text_of(candle.low),
        text_of(candle.close),
        text_of(candle.volume),
        candle.end_s * SECOND_NS // unit - 1,
        text_of(candle.quote),
        candle.count,
        text_of(candle.taker_volume),
        text_of(candle.taker_quote),
        IGNORED,
    ]


def price(market: Market) -> Body:
    """Tell the last price."""
    return {"symbol": market.rules.symbol, "price": text_of(market.price)}


def best(market: Market) -> Body:
    """Tell the best prices and what waits there."""
    (bid, bid_quantity), (ask, ask_quantity) = market.book.bids.best, market.book.asks.best
    return {
        "symbol": market.rules.symbol,
        "bidPrice": text_of(bid),
        "bidQty": text_of(bid_quantity),
        "askPrice": text_of(ask),
        "askQty": text_of(ask_quantity),
    }


def average(price: int, closed_ns: int, unit: int) -> Body:
    """Tell an average price."""
    return {"mins": AVERAGE_MINUTES, "price": text_of(price), "closeTime": closed_ns // unit}


def mini_day(market: Market, day: Day, unit: int) -> Body:
    """Tell a day in short."""
    return {
        "symbol": market.rules.symbol,
        "openPrice": text_of(day.sums.open),
        "highPrice": text_of(day.sums.high),
        "lowPrice": text_of(day.sums.low),
        "lastPrice": text_of(day.sums.close),
        "volume": text_of(day.sums.volume),
        "quoteVolume": text_of(day.sums.quote),
        "openTime": day.open_ns // unit,
        "closeTime": day.close_ns // unit,
        "firstId": day.sums.first_id,
        "lastId": day.sums.last_id,
        "count": day.sums.count,
    }


def full_day(market: Market, day: Day, unit: int) -> Body:
    """Tell a day and the best prices at its end."""
    tops = {name: text for name, text in best(market).items() if name != "symbol"}
    return full_window(market, day, unit) | {
        "prevClosePrice": text_of(day.price_before),
        "lastQty": text_of(market.tape.quantity),
        **tops,
    }


def full_window(market: Market, day: Day, unit: int) -> Body:
    """Tell a window and how far the price has moved in it."""
    return mini_day(market, day, unit) | {
        "priceChange": signed(day.change),
        "priceChangePercent": day.percent,
        "weightedAvgPrice": text_of(day.average),
    }


def signed(units: int) -> str:
    """Write units of 10^-8 that may be below zero."""
    return f"{'-' if units < 0 else ''}{text_of(abs(units))}"
