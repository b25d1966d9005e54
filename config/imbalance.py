"""A strategy on quotes: lean to the side on which more is offered, and let go after a while.

It is here to show what a strategy on ticks looks like. On a market that is made up there is
nothing to be found, and what it earns is less than nothing: the spread and the fees.
"""

from typing import ClassVar

from msgspec import Struct

from trader.model.market import Quote
from trader.model.units import NONE
from trader.strategies.strategy import Answer, Strategy, Target


class Imbalance(Strategy):
    """Long while the bid is `ratio` times the ask in size, short the other way round."""

    class Params(Struct):
        """How much, how lopsided, and for how many quotes at most."""

        lots: int = 10
        ratio: int = 20
        quotes: int = 200

    class State(Struct):
        """Where it stands, for how many quotes it has, and the sizes it saw last."""

        side: int = 0
        held: int = 0
        bid_lots: int = 0
        ask_lots: int = 0

    inputs: ClassVar[tuple[str, ...]] = ("bid_lots", "ask_lots", "held")
    params: Params
    state: State

    def on_quote(self, quote: Quote) -> Answer:
        """Answers when it enters and when it leaves."""
        if NONE in (quote.bid_lots, quote.ask_lots):
            return None
        state, params = self.state, self.params
        state.bid_lots, state.ask_lots = quote.bid_lots, quote.ask_lots
        if state.side:
            state.held += 1
            if state.held < params.quotes:
                return None
            state.side = state.held = 0
            return Target(0, "held_long_enough")
        if quote.bid_lots >= params.ratio * quote.ask_lots:
            state.side = 1
            return Target(params.lots, "bids_weigh_more")
        if quote.ask_lots >= params.ratio * quote.bid_lots:
            state.side = -1
            return Target(-params.lots, "asks_weigh_more")
        return None

    def on_flat(self, *, exited: bool) -> None:
        """Stands flat without having asked for it."""
        del exited
        self.state.side = self.state.held = 0
