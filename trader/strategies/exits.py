"""Exits: stops that go with an entry, sent together with it so that nothing is naked."""

from decimal import Decimal
from typing import Protocol

from msgspec import Struct

from trader.kernels.indicators import recursive_average, true_range
from trader.model.market import BarClosed
from trader.model.orders import Protection


class ExitState(Struct):
    """The recursive average of the true range, and what the next range needs."""

    count: int = 0
    previous: int = 0
    average: float = 0.0


class ExitPolicy(Protocol):
    """Watches every bar; once ready, says how far away a new entry's stop must be."""

    reason: str
    state: ExitState

    @property
    def ready(self) -> bool:
        """Whether it can protect an entry."""

    @property
    def warmup_bars(self) -> int:
        """How many bars before the first decision are worth loading."""

    def on_bar(self, bar: BarClosed) -> None:
        """Takes a closed bar, before the decision of that bar."""

    def protection(self) -> Protection:
        """The stop for an entry decided now."""


class AtrStop:
    """A stop k average true ranges (Wilder, n) from the close of the decision."""

    reason = "atr_stop"

    def __init__(self, n: int, k: Decimal) -> None:
        self.state = ExitState()
        self._n = n
        self._alpha = 1.0 / n
        self._k = float(k)

    @property
    def ready(self) -> bool:
        """The first range is the second bar's, so n + 1 bars make the average."""
        return self.state.count > self._n

    @property
    def warmup_bars(self) -> int:
        """Three times the average's length."""
        return 3 * self._n

    def on_bar(self, bar: BarClosed) -> None:
        """Takes the bar's range into the average."""
        s = self.state
        if s.count:
            span = float(true_range(bar.high_ticks, bar.low_ticks, s.previous))
            s.average = recursive_average(s.average, s.count, self._n, self._alpha, span)
        s.count += 1
        s.previous = bar.close_ticks

    def protection(self) -> Protection:
        """Half to even where k ranges fall between two ticks."""
        return Protection(self.reason, round(self._k * self.state.average))
