"""A strategy that turns its position over at each quote: one order a tick."""

from msgspec import Struct

from trader.model.market import Quote
from trader.strategies.strategy import Answer, Strategy, Target


class Flip(Strategy):
    """Long after one quote, flat after the next."""

    class Params(Struct):
        """How large."""

        lots: int = 100

    class State(Struct):
        """Whether it is long, and the last price; its own fills change sizes, which is no tick."""

        is_long: bool = False
        bid_ticks: int = 0

    def on_quote(self, quote: Quote) -> Answer:
        """The other side, at each new price."""
        if quote.bid_ticks == self.state.bid_ticks:
            return None
        self.state.bid_ticks = quote.bid_ticks
        self.state.is_long = not self.state.is_long
        return Target(self.params.lots if self.state.is_long else 0, "flip")
