"""A strategy that is in and out, and raises at its seventh bar."""

from msgspec import Struct

from trader.model.market import BarClosed
from trader.strategies.strategy import Answer, Strategy, Target

RAISES_AT = 7


class Faulty(Strategy):
    """Started anew it raises again, seven bars later."""

    class Params(Struct):
        """How large."""

        lots: int = 50

    class State(Struct):
        """How many bars it has heard."""

        bars: int = 0

    @property
    def warmup_bars(self) -> int:
        """None."""
        return 0

    def on_bar(self, bar: BarClosed) -> Answer:
        del bar
        self.state.bars += 1
        if self.state.bars == RAISES_AT:
            raise ValueError("seven is too much")
        return Target(self.params.lots if self.state.bars % 4 < 2 else 0, "in and out")
