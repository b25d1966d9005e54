"""A strategy with one order far below the market, which rests there for good."""

from msgspec import Struct

from trader.model.market import BarClosed
from trader.strategies.strategy import Answer, Order, Strategy


class Rest(Strategy):
    """Asks for its order on the first bar."""

    class Params(Struct):
        """How large."""

        lots: int = 100

    class State(Struct):
        """How many bars it has seen."""

        bars: int = 0

    def on_bar(self, bar: BarClosed) -> Answer:
        self.state.bars += 1
        if self.state.bars > 1:
            return None
        return Order("rest", self.params.lots, limit_ticks=bar.close_ticks // 2)
