"""A strategy that is in and out again and leaves its protection to its exits."""

from msgspec import Struct

from trader.model.market import BarClosed, Quote
from trader.strategies.strategy import Answer, Strategy, Target

ROUND = 14
IN_FOR = 9


class Guarded(Strategy):
    """In for a while, out for the rest of the round."""

    class Params(Struct):
        """How large."""

        lots: int = 50

    class State(Struct):
        """How many bars and quotes it has heard."""

        bars: int = 0

    def on_bar(self, bar: BarClosed) -> Answer:
        del bar
        return self._next()

    def on_quote(self, quote: Quote) -> Answer:
        del quote
        return self._next()

    def _next(self) -> Answer:
        at = self.state.bars % ROUND
        self.state.bars += 1
        if at == 0:
            return Target(self.params.lots, "in")
        return Target(0, "out") if at == IN_FOR else None
