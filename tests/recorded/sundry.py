"""A strategy file for audits: now and then an order of another kind, whatever the market does."""

from collections.abc import Callable
from typing import NamedTuple

from msgspec import Struct

from trader.model.market import BarClosed, Quote, Trade
from trader.model.orders import TimeInForce
from trader.model.units import NONE, Lots, Ticks
from trader.strategies.answers import Answer, Cancel, Order, Replace, Target
from trader.strategies.strategy import Strategy

BPS = 10_000


class Sundry(Strategy):
    """Places, changes and takes back orders of every kind in turn, one each `every` rows."""

    class Params(Struct):
        """Lots of an order, rows from one to the next, and its distance from the market in bps."""

        lots: int = 1
        every: int = 50
        distance_bps: int = 2

    class State(Struct):
        """Rows heard and turns taken."""

        heard: int = 0
        turns: int = 0

    params: Params
    state: State

    @property
    def warmup_bars(self) -> int:
        """It needs none."""
        return 0

    def on_bar(self, bar: BarClosed) -> Answer:
        """Around the close."""
        return self._turn(bar.close_ticks, bar.close_ticks)

    def on_quote(self, quote: Quote) -> Answer:
        """Around both sides; one that is missing is taken for the other one."""
        bid, ask = quote.bid_ticks, quote.ask_ticks
        return self._turn(ask if bid == NONE else bid, bid if ask == NONE else ask)

    def on_trade(self, trade: Trade) -> Answer:
        """Around the print."""
        return self._turn(trade.ticks, trade.ticks)

    def _turn(self, bid: Ticks, ask: Ticks) -> Answer:
        state = self.state
        state.heard += 1
        if state.heard % self.params.every or NONE in (bid, ask):
            return None
        turn = TURNS[state.turns % len(TURNS)]
        state.turns += 1
        away = max(1, bid * self.params.distance_bps // BPS)
        return turn(Place(self.params.lots, max(1, bid - away), ask + away))


class Place(NamedTuple):
    """Where the market is for an order: its lots, a price below the market and one above it."""

    lots: Lots
    below: Ticks
    above: Ticks


Turn = Callable[[Place], Answer]


def _order(
    key: str,
    side: int,
    *,
    limit: int = 0,
    stop: int = 0,
    force: TimeInForce = TimeInForce.GTC,
) -> Turn:
    """An order whose limit and stop are below the market (-1), above it (1), or none (0)."""

    def turn(at: Place) -> Answer:
        price = {-1: at.below, 0: None, 1: at.above}
        return Order(
            key=key,
            lots=side * at.lots,
            limit_ticks=price[limit],
            stop_ticks=price[stop],
            time_in_force=force,
        )

    return turn


TURNS: tuple[Turn, ...] = (
    _order("market", 1),
    _order("bid", 1, limit=-1),
    lambda at: Replace("bid", 2 * at.lots, limit_ticks=at.below),
    _order("stop", -1, stop=-1),
    lambda _: Cancel("bid"),
    _order("offer", -1, limit=1, force=TimeInForce.GTX),
    lambda at: Replace("stop", stop_ticks=at.below),
    lambda _: Cancel("offer"),
    _order("ioc", 1, limit=1, force=TimeInForce.IOC),
    _order("breakout", 1, stop=1, limit=1),
    _order("day", 1, limit=-1, force=TimeInForce.DAY),
    _order("crossing", 1, limit=1, force=TimeInForce.GTX),
    lambda _: [Cancel("breakout"), Cancel("day"), Cancel("crossing")],
    _order("fok", -1, limit=-1, force=TimeInForce.FOK),
    lambda at: Target(-3 * at.lots, "short"),
    _order("taken", -1),
    lambda _: Target(0, "flat"),
    _order("overnight", 1, limit=-1, force=TimeInForce.DAY),
)
