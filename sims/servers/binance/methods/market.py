"""Methods about a market, which need no key: its book, its trades, its candles, its day."""

import re
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Final, TypeVar

from sims.servers.binance import refusals
from sims.servers.binance.market import bodies
from sims.servers.binance.market.candles import INTERVALS, SECOND_NS, SECONDS, Candle
from sims.servers.binance.market.day import Day, average_price, day, trading_day, window
from sims.servers.binance.markets import Market
from sims.servers.binance.methods.call import Call, Outcome
from sims.servers.binance.params import Params
from sims.servers.binance.refusals import RefusedError
from sims.servers.binance.reports import NS_PER_MS

DEPTH_DEFAULT: Final = 100
DEPTH_MAX: Final = 5_000
ROWS_DEFAULT: Final = 500
ROWS_MAX: Final = 1_000
UTC_ZONES: Final = frozenset({None, "0", "0:00", "00:00", "+0", "+0:00", "+00:00"})
NS_PER_US: Final = 1_000
# A time of 15 digits or more is in microseconds.
MICROSECONDS_FROM: Final = 10**14

WINDOW_WEIGHT: Final = 4
WINDOW_WEIGHT_MAX: Final = 200

Body = dict[str, object]
Tell = Callable[[Market, Day, int], Body]
_WINDOW: Final = re.compile(r"([1-9]|[1-5][0-9])m|([1-9]|1[0-9]|2[0-3])h|[1-7]d")
T = TypeVar("T")


def depth(call: Call) -> Outcome:
    """Tell the best levels of a book."""
    market = _market(call)
    limit = _limit(call.params, DEPTH_DEFAULT, DEPTH_MAX)
    call.params.done()
    return bodies.depth(market, limit)


def recent_trades(call: Call) -> Outcome:
    """Tell the last trades, oldest first."""
    market = _market(call)
    limit = _limit(call.params, ROWS_DEFAULT, ROWS_MAX)
    call.params.done()
    return [bodies.trade(each, call.unit) for each in _last(market.tape.prints, limit)]


def historical_trades(call: Call) -> Outcome:
    """Tell trades from one on, or the last ones."""
    market = _market(call)
    from_id = call.params.integer("fromId")
    limit = _limit(call.params, ROWS_DEFAULT, ROWS_MAX)
    call.params.done()
    if from_id is None:
        found = _last(market.tape.prints, limit)
    else:
        found = list(
            islice((each for each in market.tape.prints if each.trade_id >= from_id), limit)
        )
    return [bodies.trade(each, call.unit) for each in found]


def aggregate_trades(call: Call) -> Outcome:
    """Tell aggregates from an id or an instant on, or the last ones."""
    market = _market(call)
    from_id = call.params.integer("fromId")
    start_ns, end_ns = _instant(call.params, "startTime"), _instant(call.params, "endTime")
    limit = _limit(call.params, ROWS_DEFAULT, ROWS_MAX)
    call.params.done()
    found = (
        each
        for each in market.tape.aggregates
        if (from_id is None or each.aggregate_id >= from_id)
        and (start_ns is None or each.ts_ns // NS_PER_MS >= start_ns // NS_PER_MS)
        and (end_ns is None or each.ts_ns // NS_PER_MS <= end_ns // NS_PER_MS)
    )
    is_forward = from_id is not None or start_ns is not None
    chosen = list(islice(found, limit)) if is_forward else _last(found, limit)
    return [bodies.aggregate(each, call.unit) for each in chosen]


def klines(call: Call) -> Outcome:
    """Tell candles by the time at which they open, oldest first."""
    market = _market(call)
    interval = call.params.required("interval")
    start_ns, end_ns = _instant(call.params, "startTime"), _instant(call.params, "endTime")
    _check_zone(call.params)
    limit = _limit(call.params, ROWS_DEFAULT, ROWS_MAX)
    call.params.done()
    if interval not in INTERVALS:
        return refusals.BAD_INTERVAL
    candles = market.tape.candles
    candles.advance(call.now // SECOND_NS)
    found = [candles.current(interval), *candles.closed(interval)]
    found.reverse()

    def is_wanted(candle: Candle) -> bool:
        opens_ns = candle.start_s * SECOND_NS
        return (start_ns is None or opens_ns >= start_ns) and (end_ns is None or opens_ns <= end_ns)

    wanted = (candle for candle in found if is_wanted(candle))
    chosen = list(islice(wanted, limit)) if start_ns is not None else _last(wanted, limit)
    return [bodies.kline(candle, call.unit) for candle in chosen]


def average(call: Call) -> Outcome:
    """Tell the average price of the last minutes."""
    market = _market(call)
    call.params.done()
    last = market.tape.prints[-1].ts_ns if market.tape.prints else call.now
    return bodies.average(average_price(market, call.now), last, call.unit)


def price(call: Call) -> Outcome:
    """Tell last prices."""
    return _each(call, bodies.price)


def best(call: Call) -> Outcome:
    """Tell best prices."""
    return _each(call, bodies.best)


def last_day(call: Call) -> Outcome:
    """Tell the last 24 hours, in full or in short."""
    tell = _teller(call.params, bodies.full_day)
    return _each(call, lambda market: tell(market, day(market, call.now), call.unit))


def last_window(call: Call) -> Outcome:
    """Tell the last minutes, hours or days of symbols that are named."""
    length_s = _window_s(call.params)
    tell = _teller(call.params, bodies.full_window)
    _demand_symbols(call.params)
    return _each(call, lambda market: tell(market, window(market, call.now, length_s), call.unit))


def this_day(call: Call) -> Outcome:
    """Tell what there was since midnight of symbols that are named."""
    _check_zone(call.params)
    tell = _teller(call.params, bodies.full_window)
    _demand_symbols(call.params)
    return _each(call, lambda market: tell(market, trading_day(market, call.now), call.unit))


def depth_weight(params: Params) -> int:
    """Weigh a book by how much of it is asked for."""
    limit = params.integer("limit") or DEPTH_DEFAULT
    return _weight(limit, ((100, 5), (500, 25), (1_000, 50)), 250)


def ticker_weight(params: Params) -> int:
    """Weigh prices of one symbol or more."""
    return 2 if params.text("symbol") is not None else 4


def day_weight(params: Params) -> int:
    """Weigh days of a few symbols or of all."""
    if params.text("symbol") is not None:
        return 2
    symbols = params.texts("symbols")
    if symbols is None:
        return 80
    return _weight(len(symbols), ((20, 2), (100, 40)), 80)


def window_weight(params: Params) -> int:
    """Weigh windows by the number of symbols."""
    symbols = params.texts("symbols") or ()
    return min(WINDOW_WEIGHT * max(len(symbols), 1), WINDOW_WEIGHT_MAX)


def _teller(params: Params, full: Tell) -> Tell:
    kind = params.text("type") or "FULL"
    if kind not in {"FULL", "MINI"}:
        raise RefusedError(refusals.invalid("type"))
    return full if kind == "FULL" else bodies.mini_day


def _window_s(params: Params) -> int:
    text = params.text("windowSize") or "1d"
    if not _WINDOW.fullmatch(text):
        raise RefusedError(refusals.invalid("windowSize"))
    return int(text[:-1]) * SECONDS[f"1{text[-1]}"]


def _demand_symbols(params: Params) -> None:
    if params.text("symbol") is None and params.texts("symbols") is None:
        raise RefusedError(refusals.missing_both("symbol", "symbols"))


def _check_zone(params: Params) -> None:
    if params.text("timeZone") not in UTC_ZONES:
        raise RefusedError(refusals.invalid("timeZone"))


def _each(call: Call, tell: Callable[[Market], Body]) -> Outcome:
    """Tell of one symbol, or a list of those that were asked for or of all."""
    one, many = call.symbol_or_none(), call.params.texts("symbols")
    call.params.done()
    if one is not None and many is not None:
        return refusals.BAD_COMBINATION
    markets = call.engine.markets
    if one is not None:
        return tell(markets[one])
    symbols = markets if many is None else [call.known_symbol(symbol) for symbol in many]
    return [tell(markets[symbol]) for symbol in symbols]


def _weight(count: int, steps: Iterable[tuple[int, int]], beyond: int) -> int:
    return next((weight for most, weight in steps if count <= most), beyond)


def _market(call: Call) -> Market:
    return call.engine.markets[call.symbol()]


def _limit(params: Params, default: int, most: int) -> int:
    limit = params.integer("limit")
    if limit == 0:
        raise RefusedError(refusals.invalid("limit"))
    return min(limit or default, most)


def _instant(params: Params, name: str) -> int | None:
    instant = params.integer(name)
    if instant is None:
        return None
    return instant * (NS_PER_US if instant >= MICROSECONDS_FROM else NS_PER_MS)


def _last(rows: Iterable[T], count: int) -> list[T]:
    return list(rows)[-count:]
