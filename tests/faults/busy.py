"""A strategy that never rests: entries with a stop and a limit, targets, changes, on quotes."""

from msgspec import Struct
from msgspec.structs import replace

from trader.model.market import Quote
from trader.strategies.strategy import Answer, Cancel, Order, Replace, Strategy, Target

QUOTES = 4
"""It does something at one quote of so many."""
ROUND = 14
LOW = 10
"""What rests for nothing does so at so many tenths of the price."""


class Busy(Strategy):
    """Goes round and round; each round has keys of its own."""

    class Params(Struct):
        """How large, how far below the market to enter, and how far from there to leave."""

        lots: int = 50
        away: int = 4
        far: int = 12

    class State(Struct):
        """How many quotes it has seen."""

        quotes: int = 0

    def on_quote(self, quote: Quote) -> Answer:
        state = self.state
        seen, state.quotes = state.quotes, state.quotes + 1
        if seen % QUOTES:
            return None
        round_, at = divmod(seen // QUOTES, ROUND)
        return self._answers(round_, quote.bid_ticks).get(at)

    def _answers(self, round_: int, price: int) -> dict[int, Answer]:
        params = self.params
        lots, away, far = params.lots, params.away, params.far
        entry, rest, group = f"entry{round_}", f"rest{round_}", f"pair{round_}"
        before = [f"{name}{round_ - 1}" for name in ("entry", "stop", "limit", "rest")]
        stop = Order(
            f"stop{round_}",
            -lots,
            stop_ticks=price - far,
            group=group,
            parent=entry,
            reduce_only=True,
        )
        limit = replace(stop, key=f"limit{round_}", stop_ticks=None, limit_ticks=price + far)
        low = price * 9 // LOW
        return {
            0: [Order(entry, lots, limit_ticks=price - away), stop, limit],
            1: [Cancel(key) for key in before],
            2: Target(lots, "in"),
            4: Order(rest, lots, limit_ticks=low),
            5: Replace(rest, limit_ticks=low - far),
            6: Replace(rest, lots=lots // 2),
            8: [Target(0, "out"), Cancel(rest)],
            11: [Cancel(entry), Cancel(f"stop{round_}"), Cancel(f"limit{round_}")],
            12: Target(lots, "again"),
            13: Target(0, "out again"),
        }
