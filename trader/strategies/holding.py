"""Buy and hold: the baseline that every rule must be measured against."""

from msgspec import Struct

from trader.model.market import BarClosed
from trader.strategies.explaining import Condition
from trader.strategies.params import BuyAndHoldParams
from trader.strategies.strategy import Answer, Side, Strategy


class HoldingState(Struct):
    """Whether it has bought."""

    holds: bool = False


class BuyAndHold(Strategy):
    """Long on the first closed bar, for good."""

    Params = BuyAndHoldParams
    State = HoldingState
    state: HoldingState

    @property
    def warmup_bars(self) -> int:
        """It looks at nothing."""
        return 0

    def on_bar(self, bar: BarClosed) -> Answer:
        """Answers once."""
        del bar
        if self.state.holds:
            return None
        self.state.holds = True
        return Side(1, "first_bar")

    def explain(self) -> tuple[Condition, ...]:
        """Whether it has yet to buy."""
        holds = self.state.holds
        return (Condition("bought", "yes" if holds else "no", "no", not holds),)

    def on_flat(self, *, exited: bool) -> None:
        """Buys again after a withheld start, but not after an exit."""
        self.state.holds = exited
