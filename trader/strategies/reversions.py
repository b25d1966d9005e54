"""Reversions of the close to its mean, measured as a z-score over the last n closes."""

from collections.abc import Callable
from typing import Any, ClassVar, Final

from msgspec import Struct

from trader.kernels.signals import LONG, SHORT, bollinger_reversion, naive_mean_reversion
from trader.model.market import BarClosed
from trader.model.units import Ticks
from trader.strategies.params import BollingerParams, NaiveMeanReversionParams
from trader.strategies.strategy import WARMUP_BARS_MIN, Answer, Side, Strategy

_REASONS: Final = {1: "below_band", 0: "reverted", -1: "above_band"}


class ReversionState(Struct):
    """The ring of closes less the first, their exact sums, the score, and where the rule stands."""

    n: int
    entry: float
    exit: float
    short: int
    ring: list[int]
    count: int = 0
    first: int = 0
    total: int = 0
    squares: int = 0
    z: float = 0.0
    side: int = 0
    blocked: int = 0
    close: int = 0


class Reversion(Strategy):
    """What both reversions share: their state, and what becomes of it when a target is ended."""

    State = ReversionState
    inputs: ClassVar[tuple[str, ...]] = ("close", "z")
    state: ReversionState

    @property
    def warmup_bars(self) -> int:
        """Enough bars for the window, three times over."""
        return max(3 * self.state.n, WARMUP_BARS_MIN)

    def answer(self, says: int, close: Ticks) -> Answer:
        """A step's number is the side."""
        del close
        return Side(says, _REASONS[says])

    def on_flat(self, *, exited: bool) -> None:
        """Stands flat again; after an exit the same side waits until its condition was false."""
        state = self.state
        if exited and state.side:
            state.blocked |= LONG if state.side > 0 else SHORT
        state.side = 0


class BollingerReversion(Reversion):
    """Buys `entry` deviations below the mean, leaves when the score is back at `exit`."""

    Params = BollingerParams
    params: BollingerParams

    def initial(self) -> ReversionState:
        """Flat, with an empty window."""
        p = self.params
        short = 1 if p.direction == "both" else 0
        return ReversionState(
            n=p.n, entry=float(p.entry), exit=float(p.exit), short=short, ring=[0] * p.n
        )

    @property
    def kernel(self) -> Callable[[Any, BarClosed], int]:
        """Speaks when it enters or leaves."""
        return bollinger_reversion


class NaiveMeanReversion(Reversion):
    """The baseline: against every close beyond the band, both ways, flat at the mean."""

    Params = NaiveMeanReversionParams
    params: NaiveMeanReversionParams

    def initial(self) -> ReversionState:
        """Flat, with an empty window."""
        p = self.params
        return ReversionState(n=p.n, entry=float(p.entry), exit=0.0, short=1, ring=[0] * p.n)

    @property
    def kernel(self) -> Callable[[Any, BarClosed], int]:
        """Speaks when its side changes."""
        return naive_mean_reversion
