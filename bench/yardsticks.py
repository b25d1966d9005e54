"""The bare loops: the signal and the fills of workload W1, and nothing else.

They know no orders, no risk, no journal, no digest. A target of speed is a ratio to one of them,
measured in the same process on the same machine. W1 is a million seeded one-minute bars without
holes, in whole ticks, on which an EMA cross 12/26 turns about 36,000 times; it decides at the
close and trades 100 lots either way at the next opening.
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
