"""A strategy with one more order far below the market on every bar; all of them rest there."""

from msgspec import Struct

from trader.model.market import BarClosed
from trader.strategies.strategy import Answer, Order, Strategy

RUNGS = 5


class Ladder(Strategy):
    """Asks for a rung a bar, as long as risk allows it."""

    class Params(Struct):
        """How large all rungs are together."""

        lots: int = 100

    class State(Struct):
        """How many bars it has seen."""

        bars: int = 0

    def on_bar(self, bar: BarClosed) -> Answer:
        self.state.bars += 1
        number = self.state.bars
        lots = self.params.lots // RUNGS
        return Order(f"rung{number}", lots, limit_ticks=bar.close_ticks // 2 - number)
