"""EMA cross: with the trend of two averages, decided when they cross."""

from typing import ClassVar

from msgspec import Struct

from trader.kernels.signals import HOLD, ema_cross
from trader.model.market import BarClosed
from trader.strategies.params import EmaCrossParams
from trader.strategies.strategy import Answer, Side, Strategy


class EmaCrossState(Struct):
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
    ring: list[int] = []
    total: int = 0


class EmaCross(Strategy):
    """Long when the fast average crosses above the slow one; flat or short when it crosses below.

    With `trend: n`, a cross against the n-bar SMA of the closes only flattens.
    """

    Params = EmaCrossParams
    State = EmaCrossState
    inputs: ClassVar[tuple[str, ...]] = ("close", "fast_ema", "slow_ema")
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
        return max(3 * self.state.ready, 100)

    def on_bar(self, bar: BarClosed) -> Answer:
        """Answers at crosses only."""
        says = ema_cross(self.state, bar)
        if self.state.ring:
            self._roll(bar.close_ticks)
        if says == HOLD:
            return None
        return self._side(says, bar.close_ticks)

    def _roll(self, close: int) -> None:
        state = self.state
        at = (state.count - 1) % len(state.ring)
        state.total += close - state.ring[at]
        state.ring[at] = close

    def _side(self, says: int, close: int) -> Side:
        trend = self.params.trend
        if trend is not None and (close * trend - self.state.total) * says <= 0:
            return Side(0, "cross_against_trend", withheld=True)
        if says > 0:
            return Side(1, "cross_up")
        return Side(0 if self.params.direction == "long" else -1, "cross_down")
