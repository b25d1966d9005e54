"""Reversions of the close to its mean, measured as a z-score over the last n closes."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from trader.kernels.fades import ScoreFade, bollinger_reversion, naive_mean_reversion
from trader.model.market import BarClosed
from trader.strategies.explaining import Condition, bars_seen
from trader.strategies.fading import NAMES, Fade, compared
from trader.strategies.params import BollingerParams, NaiveMeanReversionParams
from trader.strategies.strategy import WARMUP_BARS_MIN


class Reversion(Fade):
    """What both reversions share: the score, and the words for its sides."""

    State = ScoreFade
    inputs: ClassVar[tuple[str, ...]] = ("close", "z")
    prices: ClassVar[tuple[str, ...]] = ("close",)
    reasons: ClassVar[Mapping[int, str]] = {1: "below_band", 0: "reverted", -1: "above_band"}
    state: ScoreFade

    @property
    def warmup_bars(self) -> int:
        """Enough bars for the window, three times over."""
        return max(3 * self.state.n, WARMUP_BARS_MIN)

    def readiness(self) -> tuple[Condition, ...]:
        """A whole window."""
        return (bars_seen(self.state.count, self.state.n),)

    def leaving(self) -> Condition:
        """The score is back at the exit."""
        s = self.state
        return compared("z to leave", s.z, s.side, -s.side * s.exit, reached=True)

    def entering(self, sign: int) -> Condition:
        """The score is beyond the band."""
        s = self.state
        name = f"z to enter {NAMES[sign]}"
        return compared(name, s.z, -sign, -sign * s.entry, reached=False)


class BollingerReversion(Reversion):
    """Buys `entry` deviations below the mean, leaves when the score is back at `exit`."""

    Params = BollingerParams
    params: BollingerParams

    def initial(self) -> ScoreFade:
        """Flat, with an empty window."""
        p = self.params
        short = 1 if p.direction == "both" else 0
        return ScoreFade(n=p.n, entry=float(p.entry), exit=float(p.exit), short=short)

    @property
    def kernel(self) -> Callable[[Any, BarClosed], int]:
        """Speaks when it enters or leaves."""
        return bollinger_reversion


class NaiveMeanReversion(Reversion):
    """The baseline: against every close beyond the band, both ways, flat at the mean."""

    Params = NaiveMeanReversionParams
    turns: ClassVar[bool] = True
    params: NaiveMeanReversionParams

    def initial(self) -> ScoreFade:
        """Flat, with an empty window."""
        p = self.params
        return ScoreFade(n=p.n, entry=float(p.entry), exit=0.0, short=1)

    @property
    def kernel(self) -> Callable[[Any, BarClosed], int]:
        """Speaks when its side changes."""
        return naive_mean_reversion
