"""Indicators over closes and bars, one value at a time; None is *not ready*.

They follow TA-Lib's definitions. Inputs are whole ticks; sums of them are exact; a recursion is
`e += alpha * (x - e)` in floats, which gives the same bits wherever it is written this way.

Across a split with `ratio` new lots for one of before, prices that are kept as whole numbers are
divided by it and rounded half to even, floats multiplied and divided in this order.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, sqrt

from tests.oracle.market import Bar


def split_whole(ticks: int, ratio: Fraction) -> int:
    """A whole number of ticks across a split; unlike an order's price it may come to 0."""
    return round(ticks / ratio)


def split_float(value: float | None, ratio: Fraction) -> float | None:
    return None if value is None else value * ratio.denominator / ratio.numerator


class Sma:
    """The mean of the last n values, and their exact sum."""

    def __init__(self, n: int) -> None:
        self._n = n
        self._window: list[int] = []

    def update(self, x: int) -> None:
        self._window = [*self._window, x][-self._n :]

    @property
    def ready(self) -> bool:
        return len(self._window) == self._n

    @property
    def total(self) -> int:
        return sum(self._window)

    @property
    def value(self) -> float | None:
        return float(self.total) / self._n if self.ready else None

    def split(self, ratio: Fraction) -> None:
        self._window = [split_whole(x, ratio) for x in self._window]


class Smoothed:
    """A recursion with the given alpha, seeded by the mean of the first n values."""

    def __init__(self, n: int, alpha: float) -> None:
        self._n = n
        self._alpha = alpha
        self._count = 0
        self._total = 0.0
        self.value: float | None = None

    def update(self, x: int) -> None:
        if self.value is not None:
            self.value += self._alpha * (float(x) - self.value)
            return
        self._count += 1
        self._total += float(x)
        if self._count == self._n:
            self.value = self._total / self._n

    def split(self, ratio: Fraction) -> None:
        self.value = split_float(self.value, ratio)
        self._total = split_float(self._total, ratio) or 0.0


class Ema(Smoothed):
    def __init__(self, n: int) -> None:
        super().__init__(n, 2.0 / (n + 1))


class Atr:
    """Wilder's average true range; the first true range is that of the second bar."""

    def __init__(self, n: int) -> None:
        self._average = Smoothed(n, 1.0 / n)
        self._close_before: int | None = None

    @property
    def value(self) -> float | None:
        return self._average.value

    def update(self, bar: Bar) -> None:
        before = self._close_before
        if before is not None:
            highest = max(bar.high, before)
            lowest = min(bar.low, before)
            self._average.update(highest - lowest)
        self._close_before = bar.close

    def split(self, ratio: Fraction) -> None:
        self._average.split(ratio)
        if self._close_before is not None:
            self._close_before = split_whole(self._close_before, ratio)


class Rsi:
    """Wilder's relative strength, from 0 to 100; a series that stands still has 0."""

    def __init__(self, n: int) -> None:
        self._gain, self._loss = Smoothed(n, 1.0 / n), Smoothed(n, 1.0 / n)
        self._close_before: int | None = None

    @property
    def value(self) -> float | None:
        gain, loss = self._gain.value, self._loss.value
        if gain is None or loss is None:
            return None
        return 100.0 * gain / (gain + loss) if gain + loss != 0.0 else 0.0

    def update(self, close: int) -> None:
        if self._close_before is not None:
            change = close - self._close_before
            self._gain.update(max(change, 0))
            self._loss.update(max(-change, 0))
        self._close_before = close

    def split(self, ratio: Fraction) -> None:
        self._gain.split(ratio)
        self._loss.split(ratio)
        if self._close_before is not None:
            self._close_before = split_whole(self._close_before, ratio)


class ZScore:
    """(close - mean) / population std over n closes; 0 where all n are equal.

    Closes are taken relative to the first close of the series. The spread is decided by whole
    numbers: n times the sum of squares less the square of the sum.
    """

    def __init__(self, n: int) -> None:
        self._n = n
        self._first: int | None = None
        self._closes: list[int] = []
        self.value: float | None = None

    def update(self, close: int) -> None:
        if self._first is None:
            self._first = close
        self._closes = [*self._closes, close][-self._n :]
        if len(self._closes) < self._n:
            return
        shifted = [each - self._first for each in self._closes]
        total = sum(shifted)
        spread = self._n * sum(x * x for x in shifted) - total * total
        if spread == 0:
            self.value = 0.0
            return
        mean = float(total) / self._n
        std = sqrt(float(spread)) / self._n
        self.value = (float(shifted[-1]) - mean) / std

    def split(self, ratio: Fraction) -> None:
        if self._first is not None:
            self._first = split_whole(self._first, ratio)
        self._closes = [split_whole(x, ratio) for x in self._closes]


class Vwap:
    """The mean price of a session so far, each bar by its volume; None while there is none."""

    def __init__(self) -> None:
        self._paid = 0.0
        self._lots = 0

    @property
    def value(self) -> float | None:
        return self._paid / self._lots if self._lots else None

    def start(self) -> None:
        """A new session."""
        self._paid, self._lots = 0.0, 0

    def update(self, bar: Bar) -> None:
        self._paid += float(bar.high + bar.low + bar.close) / 3 * bar.lots
        self._lots += bar.lots

    def split(self, ratio: Fraction) -> None:
        """What was paid stays what it is, for another number of lots."""
        self._lots = round(self._lots * ratio)


def quantile(values: Sequence[float], share: Fraction) -> float:
    """The value of rank ceil(share x n) of n values sorted, counted from 1."""
    rank = max(1, ceil(share * len(values)))
    return sorted(values)[rank - 1]
