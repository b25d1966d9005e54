"""A strategy of everything: entries that rest with a stop and a limit, targets, changes."""

from msgspec import Struct
from msgspec.structs import replace

from trader.model.market import BarClosed
from trader.strategies.strategy import Answer, Cancel, Order, Replace, Strategy, Target

ROUND = 12
AWAY = 40
FAR = 150


class Mixed(Strategy):
    """Goes round and round; each round has keys of its own."""

    class Params(Struct):
        """How large."""

        lots: int = 50

    class State(Struct):
        """How many bars it has seen."""

        bars: int = 0

    def on_bar(self, bar: BarClosed) -> Answer:
        state, lots, close = self.state, self.params.lots, bar.close_ticks
        round_, at = divmod(state.bars, ROUND)
        state.bars += 1
        entry, group = f"entry{round_}", f"pair{round_}"
        stop = Order(
            f"stop{round_}",
            -lots,
            stop_ticks=close - FAR,
            group=group,
            parent=entry,
            reduce_only=True,
        )
        answers: dict[int, Answer] = {
            0: [
                Order(entry, lots, limit_ticks=close - AWAY),
                stop,
                replace(stop, key=f"limit{round_}", stop_ticks=None, limit_ticks=close + FAR),
            ],
            2: Target(lots, "in"),
            4: Order(f"rest{round_}", lots, limit_ticks=close - 20 * FAR),
            6: Replace(f"rest{round_}", limit_ticks=close - 30 * FAR),
            8: [Target(0, "out"), Cancel(f"rest{round_}")],
            11: [Cancel(entry), Cancel(f"stop{round_}"), Cancel(f"limit{round_}")],
        }
        return answers.get(at)
