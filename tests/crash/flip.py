"""A strategy that decides on every second bar: all in, all out, all in."""

from msgspec import Struct

from trader.model.market import BarClosed
from trader.strategies.strategy import Answer, Strategy, Target


class Flip(Strategy):
    """Turns its whole position over again and again."""

    class Params(Struct):
        """How large."""

        lots: int = 100

    class State(Struct):
        """How many bars it has seen."""

        bars: int = 0

    def on_bar(self, bar: BarClosed) -> Answer:
        del bar
        self.state.bars += 1
        return Target(self.params.lots if self.state.bars // 2 % 2 else 0, "flip")
