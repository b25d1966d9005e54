"""What a market did in the last day or another window, and its average price of late."""

from typing import Final

from msgspec import Struct

from sims.servers.binance.amounts import ONE
from sims.servers.binance.market.candles import DAY_S, KEPT, SECOND_NS, Candle, Candles
from sims.servers.binance.markets import Market

AVERAGE_MINUTES: Final = 5
MINUTE_S: Final = 60
PERCENT_PLACES: Final = 3


class Day(Struct, frozen=True, kw_only=True):
    """A window from `open_ns` to `close_ns`, and the last price before it."""

    open_ns: int
    close_ns: int
    price_before: int
    sums: Candle

    @property
    def change(self) -> int:
        """How far the price has moved; below zero if it fell."""
        return self.sums.close - self.sums.open

    @property
    def percent(self) -> str:
        """The change in percent of the opening price, to three places."""
        scaled = abs(self.change) * 10 ** (2 + PERCENT_PLACES) // self.sums.open
        whole, places = divmod(scaled, 10**PERCENT_PLACES)
        return f"{'-' if self.change < 0 else ''}{whole}.{places:0{PERCENT_PLACES}d}"

    @property
    def average(self) -> int:
        """What a unit cost on average; 0 if nothing traded."""
        return _average(self.sums)


def day(market: Market, now: int) -> Day:
    """Return the last 24 hours, whole minutes of them."""
    return _window(market, now, now // SECOND_NS - DAY_S, now - DAY_S * SECOND_NS)


def window(market: Market, now: int, length_s: int) -> Day:
    """Return the minutes of the last `length_s`; it opens on a minute, so it may be longer."""
    open_s = (now // SECOND_NS - length_s) // MINUTE_S * MINUTE_S
    return _window(market, now, open_s, open_s * SECOND_NS)


def trading_day(market: Market, now: int) -> Day:
    """Return what there was since midnight, UTC."""
    open_s = now // SECOND_NS // DAY_S * DAY_S
    return _window(market, now, open_s, open_s * SECOND_NS)


def average_price(market: Market, now: int) -> int:
    """Return the average price of the last minutes; the last price if nothing traded."""
    candles = _advanced(market, now)
    since = now // SECOND_NS - AVERAGE_MINUTES * MINUTE_S
    sums, _ = _summed(candles, since, "1m")
    return _average(sums) or market.price


def _window(market: Market, now: int, since: int, open_ns: int) -> Day:
    candles = _advanced(market, now)
    # So many minutes are not kept; then whole hours must do.
    is_long = now // SECOND_NS - since > KEPT * MINUTE_S
    sums, before = _summed(candles, since, "1h" if is_long else "1m")
    return Day(
        open_ns=open_ns,
        close_ns=now,
        price_before=sums.open if before is None else before.close,
        sums=sums,
    )


def _advanced(market: Market, now: int) -> Candles:
    market.tape.candles.advance(now // SECOND_NS)
    return market.tape.candles


def _summed(candles: Candles, since: int, interval: str) -> tuple[Candle, Candle | None]:
    """Sum the candles that began at `since` or later; return the one before them as well."""
    rows = [candles.current(interval)]
    before = None
    for candle in candles.closed(interval):
        if candle.start_s < since:
            before = candle
            break
        rows.append(candle)
    sums = rows.pop().copied()
    while rows:
        sums.add(rows.pop())
    return sums, before


def _average(sums: Candle) -> int:
    return sums.quote * ONE // sums.volume if sums.volume else 0
