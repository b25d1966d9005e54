"""The bare loops: the signals and the fills of workloads W1 and W3, and nothing else.

They know no orders, no risk, no journal, no digest. A target of speed is a ratio to one of them,
measured in the same process on the same machine. W1 is a million seeded one-minute bars without
holes, in whole ticks, on which an EMA cross 12/26 turns about 36,000 times; it decides at the
close and trades 100 lots either way at the next opening. W3 is two million seeded quotes, 10 to
100 ms apart: every ten thousandth one buys or sells 100 lots at the next, and the account is
marked by each.
"""

import gc
from time import perf_counter
from typing import Any, Final, TypeAlias

import numba
import numpy as np
import numpy.typing as npt

Int64s: TypeAlias = npt.NDArray[np.int64]

MINUTE_NS: Final = 60_000_000_000
TS_START: Final = 1_577_836_800_000_000_000  # 2020-01-01 UTC
TICKS_START: Final = 3_000_000

FAST: Final = 12
SLOW: Final = 26
LOTS: Final = 100
EVERY: Final = 10_000


def bars(rows: int, seed: int = 1) -> dict[str, Int64s]:
    """Seeded bars in ticks and lots; the same for the same rows and seed."""
    draw = np.random.default_rng(seed)
    close = TICKS_START + np.cumsum(draw.integers(-400, 401, rows))
    before = np.concatenate(([TICKS_START], close[:-1]))
    open_ = before + draw.integers(-50, 51, rows)
    return {
        "ts_open": TS_START + MINUTE_NS * np.arange(rows, dtype=np.int64),
        "open": open_,
        "high": np.maximum(open_, close) + draw.integers(0, 101, rows),
        "low": np.minimum(open_, close) - draw.integers(0, 101, rows),
        "close": close,
        "volume": draw.integers(1, 50_001, rows),
    }


def quotes(rows: int, seed: int = 2) -> dict[str, Int64s]:
    """Seeded best bids and asks in ticks and lots; the same for the same rows and seed."""
    draw = np.random.default_rng(seed)
    mid = TICKS_START + np.cumsum(draw.integers(-2, 3, rows))
    return {
        "ts": TS_START + np.cumsum(draw.integers(10_000_000, 100_000_000, rows)),
        "bid": mid - 1,
        "ask": mid + 1,
        "bid_size": draw.integers(1, 5_000, rows),
        "ask_size": draw.integers(1, 5_000, rows),
    }


class Bar:
    """One bar, as the plainest program would hold it."""

    __slots__ = ("close", "high", "low", "open", "ts", "volume")

    def __init__(self, ts: int, open_: int, high: int, low: int, close: int, volume: int) -> None:
        self.ts, self.open, self.high = ts, open_, high
        self.low, self.close, self.volume = low, close, volume


class Average:
    """An EMA seeded by the mean of its first n values."""

    __slots__ = ("alpha", "count", "n", "total", "value")

    def __init__(self, n: int) -> None:
        self.n, self.alpha, self.count, self.total, self.value = n, 2.0 / (n + 1), 0, 0.0, 0.0

    def take(self, x: int) -> None:
        """One more value."""
        self.count += 1
        if self.count > self.n:
            self.value += self.alpha * (x - self.value)
        else:
            self.total += x
            if self.count == self.n:
                self.value = self.total / self.n


class Desk:
    """Fills at the opening what was wanted at the close before."""

    def __init__(self) -> None:
        self.wanted, self.lots, self.cash = 0, 0, 0
        self.fills: list[tuple[int, int, int]] = []

    def on_bar(self, bar: Bar) -> None:
        """The bar opens."""
        if self.wanted:
            self.cash -= self.wanted * bar.open
            self.lots += self.wanted
            self.fills.append((bar.ts, self.wanted, bar.open))
            self.wanted = 0


class Cross:
    """Wants the other side at each cross."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.fast, self.slow = desk, Average(FAST), Average(SLOW)
        self.above: bool | None = None

    def on_bar(self, bar: Bar) -> None:
        """The bar closes."""
        self.fast.take(bar.close)
        self.slow.take(bar.close)
        if self.slow.count < self.slow.n:
            return
        above = self.fast.value > self.slow.value
        if self.above is not None and above is not self.above:
            self.desk.wanted = (LOTS if above else -LOTS) - self.desk.lots
        self.above = above


def python_bars(feeds: list[dict[str, Int64s]]) -> tuple[float, int, int]:
    """Seconds of the plain Python loop over feeds that close together, its fills and its cash.

    One object and two method calls a bar; cash in tick x lot.
    """
    names = ("ts_open", "open", "high", "low", "close", "volume")
    rows = [list(zip(*(f[name].tolist() for name in names), strict=True)) for f in feeds]
    gc.freeze()
    begun = perf_counter()
    desks = [Desk() for _ in feeds]
    crosses = [Cross(desk) for desk in desks]
    for instant in zip(*rows, strict=True):
        for desk, cross, row in zip(desks, crosses, instant, strict=True):
            bar = Bar(*row)
            desk.on_bar(bar)
            cross.on_bar(bar)
    seconds = perf_counter() - begun
    gc.unfreeze()
    return seconds, sum(len(d.fills) for d in desks), sum(d.cash for d in desks)


class Quote:
    """One quote, as the plainest program would hold it."""

    __slots__ = ("ask", "ask_size", "bid", "bid_size", "ts")

    def __init__(self, ts: int, bid: int, ask: int, bid_size: int, ask_size: int) -> None:
        self.ts, self.bid, self.ask = ts, bid, ask
        self.bid_size, self.ask_size = bid_size, ask_size


class QuoteDesk:
    """Fills at a quote what was wanted at the one before, and keeps the account's peak."""

    def __init__(self) -> None:
        self.wanted, self.lots, self.cash, self.peak = 0, 0, 0, 0
        self.fills: list[tuple[int, int, int]] = []

    def on_quote(self, quote: Quote) -> None:
        """The market moves."""
        if self.wanted:
            ticks = quote.ask if self.wanted > 0 else quote.bid
            self.cash -= self.wanted * ticks
            self.lots += self.wanted
            self.fills.append((quote.ts, self.wanted, ticks))
            self.wanted = 0
        equity = 2 * self.cash + self.lots * (quote.bid + quote.ask)
        self.peak = max(self.peak, equity)


class Alternate:
    """Buys when flat, sells when not, now and then."""

    def __init__(self, desk: QuoteDesk) -> None:
        self.desk, self.count = desk, 0

    def on_quote(self, quote: Quote) -> None:
        """Counts quotes."""
        del quote
        self.count += 1
        if self.count % EVERY == 0:
            self.desk.wanted = -LOTS if self.desk.lots else LOTS


def python_quotes(feed: dict[str, Int64s]) -> tuple[float, int, int]:
    """Seconds of the plain Python loop over quotes, its fills and its cash in tick x lot."""
    names = ("ts", "bid", "ask", "bid_size", "ask_size")
    rows = list(zip(*(feed[name].tolist() for name in names), strict=True))
    gc.freeze()
    begun = perf_counter()
    desk = QuoteDesk()
    alternate = Alternate(desk)
    for row in rows:
        quote = Quote(*row)
        desk.on_quote(quote)
        alternate.on_quote(quote)
    seconds = perf_counter() - begun
    gc.unfreeze()
    return seconds, len(desk.fills), desk.cash


@numba.njit(cache=False)
def _compiled(open_: Any, close: Any, ts: Any, fills: Any) -> tuple[int, int]:
    fast_alpha, slow_alpha = 2.0 / (FAST + 1), 2.0 / (SLOW + 1)
    fast = slow = fast_total = slow_total = 0.0
    lots = wanted = cash = count = 0
    before = -1
    for row in range(close.shape[0]):
        if wanted != 0:
            cash -= wanted * open_[row]
            lots += wanted
            fills[0, count], fills[1, count], fills[2, count] = ts[row], wanted, open_[row]
            count += 1
            wanted = 0
        x = float(close[row])
        if row >= FAST:
            fast += fast_alpha * (x - fast)
        else:
            fast_total += x
            if row == FAST - 1:
                fast = fast_total / FAST
        if row >= SLOW:
            slow += slow_alpha * (x - slow)
        else:
            slow_total += x
            if row == SLOW - 1:
                slow = slow_total / SLOW
        if row >= SLOW - 1:
            above = 1 if fast > slow else 0
            if before >= 0 and above != before:
                wanted = (LOTS if above else -LOTS) - lots
            before = above
    return count, cash


def numba_bars(feed: dict[str, Int64s], room: Int64s) -> tuple[float, int, int]:
    """Seconds of the compiled loop, its number of fills, its cash; `room` is (3, rows) int64."""
    begun = perf_counter()
    fills, cash = _compiled(feed["open"], feed["close"], feed["ts_open"], room)
    return perf_counter() - begun, int(fills), int(cash)
