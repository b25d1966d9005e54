"""A strategy that hears whatever there is to hear, and wants nothing."""

from msgspec import Struct

from trader.model.market import BarClosed, Quote, Trade
from trader.strategies.strategy import Answer, Strategy


class Hearing(Strategy):
    """Sizes by weight, so that it hears what the account is worth."""

    class Params(Struct):
        """How much of the account it would take."""

        weight: str = "0.5"

    class State(Struct):
        """Nothing to remember."""

    def on_bar(self, bar: BarClosed) -> Answer:
        """Hears bars."""
        del bar
        return None

    def on_quote(self, quote: Quote) -> Answer:
        """Hears quotes."""
        del quote
        return None

    def on_trade(self, trade: Trade) -> Answer:
        """Hears trades."""
        del trade
        return None

    def on_session(self, ts_open: int, ts_close: int) -> None:
        """Hears sessions."""
        del ts_open, ts_close
