"""A strategy that holds a position, and asks for one more order on every bar."""

from msgspec import Struct

from trader.model.market import BarClosed
from trader.strategies.strategy import Answer, Order, Strategy, Target

LATER = 6
RUNGS = 10


class Stair(Strategy):
    """Goes in as soon as its exits let it; what follows rests far below the market."""

    class Params(Struct):
        """How large the position is, and all that rests together."""

        lots: int = 100

    class State(Struct):
        """How many bars it has seen."""

        bars: int = 0

    def on_bar(self, bar: BarClosed) -> Answer:
        self.state.bars += 1
        number, lots = self.state.bars, self.params.lots
        if number < LATER:
            return Target(lots, "in")
        return Order(f"rung{number}", lots // RUNGS, limit_ticks=bar.close_ticks // 2 - number)
