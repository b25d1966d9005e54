"""Workload W3's strategy: every ten thousandth quote it changes sides."""

from msgspec import Struct

from bench.yardsticks import EVERY
from trader.model.market import Quote
from trader.strategies.strategy import Answer, Strategy, Target


class Alternate(Strategy):
    """Long when flat, flat when long."""

    class Params(Struct):
        """How much."""

        lots: int = 100

    class State(Struct):
        """How many quotes it has seen, and where it stands."""

        count: int = 0
        long: bool = False

    params: Params
    state: State

    def on_quote(self, quote: Quote) -> Answer:
        """Counts quotes."""
        del quote
        state = self.state
        state.count += 1
        if state.count % EVERY:
            return None
        state.long = not state.long
        return Target(self.params.lots if state.long else 0, "counted")
