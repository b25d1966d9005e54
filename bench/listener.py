"""A strategy that keeps a mean of every quote, and trades at one in ten thousand."""

from msgspec import Struct

from trader.model.market import Quote
from trader.strategies.strategy import Answer, Strategy, Target

EVERY = 10_000


class Listener(Strategy):
    """Turns its position over now and then."""

    class Params(Struct):
        """How large."""

        lots: int = 1

    class State(Struct):
        """Quotes so far, and their mean."""

        quotes: int = 0
        mean: float = 0.0

    def on_quote(self, quote: Quote) -> Answer:
        """Mostly nothing."""
        s = self.state
        s.quotes += 1
        s.mean += (quote.bid_ticks + quote.ask_ticks - 2 * s.mean) / 64
        if s.quotes % EVERY:
            return None
        return Target(self.params.lots if s.quotes // EVERY % 2 else 0, "turn")
