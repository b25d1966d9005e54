"""A strategy of everything that it asks for itself: lists, changes, cancels, and more than it may.

A round of `ROUND` bars or quotes has keys of its own. An entry rests with a stop and a limit; an
order far below is changed and taken back; more orders are asked for than any limit allows; then it
is out.
"""

from msgspec import Struct
from msgspec.structs import replace

from trader.model.market import BarClosed, Quote
from trader.strategies.strategy import Action, Answer, Cancel, Order, Replace, Strategy, Target

ROUND = 13
NEAR = 30
AWAY = 150
FAR = 3_000
LOTS_TOO_MANY = (120, 95, 60, 60, 5, 5, 5)
LOTS_LEFT = 10


class Mixed(Strategy):
    """Goes round and round."""

    class Params(Struct):
        """How large."""

        lots: int = 50

    class State(Struct):
        """How many bars and quotes it has heard."""

        bars: int = 0

    def on_bar(self, bar: BarClosed) -> Answer:
        return self._next(bar.close_ticks)

    def on_quote(self, quote: Quote) -> Answer:
        return self._next(quote.bid_ticks)

    def _next(self, close: int) -> Answer:
        state, lots = self.state, self.params.lots
        round_, at = divmod(state.bars, ROUND)
        state.bars += 1
        rest, stop = f"rest{round_}", f"stop{round_}"
        extra = [f"extra{round_}x{n}" for n in range(len(LOTS_TOO_MANY))]
        answers: dict[int, Answer] = {
            0: self._bracket(round_, close),
            1: Order(rest, lots, limit_ticks=close - FAR),
            3: Replace(rest, limit_ticks=close - 2 * FAR),
            5: Replace(rest, lots=lots - 10),
            6: Replace(stop, stop_ticks=close - AWAY - NEAR),
            7: [
                Order(key, size, limit_ticks=close - FAR - n)
                for n, (key, size) in enumerate(zip(extra, LOTS_TOO_MANY, strict=True))
            ],
            9: [Cancel(key) for key in (rest, *extra)],
            10: [Cancel(key) for key in (f"entry{round_}", stop, f"limit{round_}")],
            # What its own orders have brought is no target's: only another target closes it.
            11: Target(LOTS_LEFT, "nearly out"),
            12: Target(0, "out"),
        }
        return answers.get(at)

    def _bracket(self, round_: int, close: int) -> list[Action]:
        entry, lots = f"entry{round_}", self.params.lots
        stop = Order(
            f"stop{round_}",
            -lots,
            stop_ticks=close - AWAY,
            group=f"pair{round_}",
            parent=entry,
            reduce_only=True,
        )
        limit = replace(stop, key=f"limit{round_}", stop_ticks=None, limit_ticks=close + AWAY)
        return [Order(entry, lots, limit_ticks=close - NEAR), stop, limit]
