"""A strategy that is in and out again and leaves its protection to its exits."""

from msgspec import Struct

from trader.model.market import BarClosed
from trader.strategies.strategy import Answer, Strategy, Target

ROUND = 14
IN_BARS = 9


class Guarded(Strategy):
    """In for some bars, out for the rest of the round."""

    class Params(Struct):
        """How large."""

        lots: int = 50

    class State(Struct):
        """How many bars it has seen."""

        bars: int = 0

    def on_bar(self, bar: BarClosed) -> Answer:
        del bar
        at = self.state.bars % ROUND
        self.state.bars += 1
        if at == 0:
            return Target(self.params.lots, "in")
        return Target(0, "out") if at == IN_BARS else None
