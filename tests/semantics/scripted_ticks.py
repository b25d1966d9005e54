"""A strategy file that does what is written: actions by the number of what it hears, from 0."""

from tests.semantics import scripted
from trader.model.market import Quote, Trade
from trader.strategies.answers import Answer


class OnTicks(scripted.Scripted):
    """Reads its script off at bars, quotes and prints alike."""

    def on_quote(self, quote: Quote) -> Answer:
        """The actions written for this quote."""
        del quote
        return self._next()

    def on_trade(self, trade: Trade) -> Answer:
        """The actions written for this print."""
        del trade
        return self._next()
