"""RSI reversion: against relative strength that is unusually low or high.

What is unusual can be fixed, or found among the latest values of the strength itself: then the
levels are its quantiles over a window that ends with the bar before. The window is kept in order
twice, as it came and sorted, so that a bar costs two searches and no sorting.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from trader.kernels.fades import StrengthFade, rsi_reversion
from trader.model.market import BarClosed
from trader.strategies.explaining import Condition, bars_seen
from trader.strategies.fading import NAMES, Fade, compared
from trader.strategies.params import RsiReversionParams
from trader.strategies.strategy import WARMUP_BARS_MIN, Answer


class RsiReversion(Fade):
    """Buys below the low level, sells above the high one, leaves at `exit`."""

    Params = RsiReversionParams
    State = StrengthFade
    inputs: ClassVar[tuple[str, ...]] = ("close", "rsi", "low", "high")
    prices: ClassVar[tuple[str, ...]] = ("close",)
    reasons: ClassVar[Mapping[int, str]] = {1: "rsi_low", 0: "reverted", -1: "rsi_high"}
    params: RsiReversionParams
    state: StrengthFade

    def __init__(self, params: RsiReversionParams) -> None:
        super().__init__(params)
        if params.adaptive is not None:
            self._window = params.adaptive.window
            self._low_at = nearest_rank(params.adaptive.low_quantile, self._window)
            self._high_at = nearest_rank(params.adaptive.high_quantile, self._window)

    def initial(self) -> StrengthFade:
        """Flat; adaptive levels are not there before their window is full."""
        p = self.params
        return StrengthFade(
            n=p.n,
            low=0.0 if p.adaptive else float(p.low),
            high=0.0 if p.adaptive else float(p.high),
            exit=float(p.exit),
            short=1 if p.direction == "both" else 0,
            ready=p.n + 1 + (p.adaptive.window if p.adaptive else 0),
        )

    @property
    def warmup_bars(self) -> int:
        """Three times the averages' length, and the window."""
        adaptive = self.params.adaptive
        return max(3 * self.state.n + (adaptive.window if adaptive else 0), WARMUP_BARS_MIN)

    @property
    def kernel(self) -> Callable[[Any, BarClosed], int] | None:
        """The step alone, unless the levels are to be found beside it."""
        return rsi_reversion if self.params.adaptive is None else None

    def on_bar(self, bar: BarClosed) -> Answer:
        """Finds the levels among the values before this bar's, then takes the step."""
        if self.params.adaptive is not None and self.state.count > self.state.n:
            self._rank(self.state.count - self.state.n - 1)
        return self.stepped(rsi_reversion, bar)

    def _rank(self, at: int) -> None:
        """Takes the latest value, the `at`-th from 0, into the window; reads the levels off it."""
        s = self.state
        if at < self._window:
            s.seen.append(s.rsi)
        else:
            slot = at % self._window
            del s.ranked[bisect_left(s.ranked, s.seen[slot])]
            s.seen[slot] = s.rsi
        insort(s.ranked, s.rsi)
        if len(s.ranked) == self._window:
            s.low = s.ranked[self._low_at]
            s.high = s.ranked[self._high_at]

    def readiness(self) -> tuple[Condition, ...]:
        """The averages, and the window where there is one."""
        return (bars_seen(self.state.count, self.state.ready),)

    def leaving(self) -> Condition:
        """The strength is back at the exit."""
        s = self.state
        return compared("rsi to leave", s.rsi, s.side, s.exit, reached=True)

    def entering(self, sign: int) -> Condition:
        """The strength is beyond the level."""
        s = self.state
        level = s.low if sign > 0 else s.high
        return compared(f"rsi to enter {NAMES[sign]}", s.rsi, -sign, level, reached=False)


def nearest_rank(quantile: Decimal, count: int) -> int:
    """The index of a quantile among so many sorted values: rank ceil(quantile x count), exactly."""
    above, below = quantile.as_integer_ratio()
    return -(-above * count // below) - 1
