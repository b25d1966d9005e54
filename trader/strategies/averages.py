"""EMA cross: with the trend of two averages, decided when they cross."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from trader.kernels.kernel import HOLD
from trader.kernels.signals import ema_cross
from trader.model.market import BarClosed
from trader.strategies.explaining import Condition, bars_seen, shown
from trader.strategies.params import EmaCrossParams
from trader.strategies.strategy import WARMUP_BARS_MIN, Answer, Side, Strategy


@dataclass(slots=True, kw_only=True)
class EmaCrossState:
    """The cross's averages and side, and for its trend filter a ring of closes and their sum."""

    fast: int
    slow: int
    ready: int
    fast_alpha: float
    slow_alpha: float
    count: int = 0
    fast_ema: float = 0.0
    slow_ema: float = 0.0
    above: int = -1
    close: int = 0
    crossed: int = 0
    ring: list[int] = field(default_factory=list)
    total: int = 0


class EmaCross(Strategy):
    """Long when the fast average crosses above the slow one; flat or short when it crosses below.

    With `trend: n`, a cross against the n-bar SMA of the closes only flattens.
    """

    Params = EmaCrossParams
    State = EmaCrossState
    inputs: ClassVar[tuple[str, ...]] = ("close", "fast_ema", "slow_ema")
    prices: ClassVar[tuple[str, ...]] = ("close", "fast_ema", "slow_ema", "ring")
    params: EmaCrossParams
    state: EmaCrossState

    def initial(self) -> EmaCrossState:
        """Nothing seen; the first bar with all averages ready sets no target."""
        p = self.params
        return EmaCrossState(
            fast=p.fast,
            slow=p.slow,
            ready=max(p.slow, p.trend or 0),
            fast_alpha=2.0 / (p.fast + 1),
            slow_alpha=2.0 / (p.slow + 1),
            ring=[0] * (p.trend or 0),
        )

    @property
    def warmup_bars(self) -> int:
        """Three times the longest average, so that its seed has faded."""
        return max(3 * self.state.ready, WARMUP_BARS_MIN)

    @property
    def kernel(self) -> Callable[[Any, BarClosed], int] | None:
        """The step alone, unless a trend is to be followed beside it."""
        return ema_cross if self.params.trend is None else None

    def on_bar(self, bar: BarClosed) -> Answer:
        """Answers at crosses only."""
        says = ema_cross(self.state, bar)
        if self.state.ring:
            self._roll(bar.close_ticks)
        return None if says == HOLD else self.answer(says, bar.close_ticks)

    def _roll(self, close: int) -> None:
        state = self.state
        at = (state.count - 1) % len(state.ring)
        state.total += close - state.ring[at]
        state.ring[at] = close

    def answer(self, says: int, close: int) -> Answer:
        """Up is long; down is flat or short; against the trend is flat."""
        trend = self.params.trend
        if trend is not None and (close * trend - self.state.total) * says <= 0:
            return Side(0, "cross_against_trend", withheld=True)
        if says > 0:
            return Side(1, "cross_up")
        return Side(0 if self.params.direction == "long" else -1, "cross_down")

    def on_split(self, numerator: int, denominator: int) -> None:
        """The trend's sum is that of the carried closes."""
        super().on_split(numerator, denominator)
        self.state.total = sum(self.state.ring)

    def explain(self) -> tuple[Condition, ...]:
        """Whether the averages crossed at this bar, and on which side of the trend it closed."""
        s = self.state
        told = [bars_seen(s.count, s.ready)]
        if s.count >= s.ready:
            sides = "above" if s.above else "not above"
            since = f" since bar {s.crossed}" if s.crossed else ""
            told.append(
                Condition(
                    "cross",
                    f"fast {shown(s.fast_ema)} {sides} slow {shown(s.slow_ema)}{since}",
                    f"a cross at this bar, {s.count}",
                    s.crossed == s.count,
                )
            )
            told += [self._trend()] if s.ring else []
        return tuple(told)

    def _trend(self) -> Condition:
        s = self.state
        beyond = s.close * len(s.ring) - s.total
        return Condition(
            "trend",
            f"close {s.close} by a mean of {shown(s.total / len(s.ring))}",
            "a close above it" if s.above else "a close below it",
            beyond > 0 if s.above else beyond < 0,
        )
