"""Indicators over closes and bars, one value at a time; None is *not ready*.

They follow TA-Lib's definitions. Inputs are whole ticks; sums of them are exact; a recursion is
`e += alpha * (x - e)` in floats, which gives the same bits wherever it is written this way.
"""

from math import sqrt

from tests.oracle.market import Bar


class Sma:
    def __init__(self, n: int) -> None:
        self._n = n
        self._window: list[int] = []
        self.value: float | None = None

    def update(self, x: int) -> None:
        self._window = [*self._window, x][-self._n :]
        if len(self._window) == self._n:
            self.value = float(sum(self._window)) / self._n


class Smoothed:
    """A recursion with the given alpha, seeded by the mean of the first n values."""

    def __init__(self, n: int, alpha: float) -> None:
        self._n = n
        self._alpha = alpha
        self._first: list[int] = []
        self.value: float | None = None

    def update(self, x: int) -> None:
        if self.value is not None:
            self.value += self._alpha * (float(x) - self.value)
            return
        self._first.append(x)
        if len(self._first) == self._n:
            self.value = float(sum(self._first)) / self._n


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


class ZScore:
    """(close - mean) / population std over n closes; 0 where all n are equal.

    Closes are taken relative to the first close of the series. The spread is decided by whole
    numbers: n times the sum of squares less the square of the sum.
    """

    def __init__(self, n: int) -> None:
        self._n = n
        self._first: int | None = None
        self._window: list[int] = []
        self.value: float | None = None

    def update(self, close: int) -> None:
        if self._first is None:
            self._first = close
        shifted = close - self._first
        self._window = [*self._window, shifted][-self._n :]
        if len(self._window) < self._n:
            return
        total = sum(self._window)
        spread = self._n * sum(x * x for x in self._window) - total * total
        if spread == 0:
            self.value = 0.0
            return
        mean = float(total) / self._n
        std = sqrt(float(spread)) / self._n
        self.value = (float(shifted) - mean) / std
