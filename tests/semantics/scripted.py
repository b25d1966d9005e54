"""A strategy file that does what is written: actions by the number of the bar, counted from 0."""

from msgspec import Struct

from trader.model.market import BarClosed
from trader.strategies.strategy import Action, Answer, Cancel, Order, Strategy, Target


class Line(Struct, frozen=True):
    """One action as a configuration can write it: `does` is target, order or cancel."""

    does: str
    key: str = ""
    lots: int = 0
    limit: int | None = None
    stop: int | None = None

    @property
    def action(self) -> Action:
        """The action itself."""
        if self.does == "target":
            return Target(self.lots, "scripted")
        if self.does == "cancel":
            return Cancel(self.key)
        return Order(self.key, self.lots, self.limit, self.stop)


class Scripted(Strategy):
    """Reads its script off and looks at nothing."""

    class Params(Struct):
        """The script."""

        script: dict[int, list[Line]] = {}

    class State(Struct):
        """How many bars were heard."""

        bars: int = 0

    params: Params
    state: State

    @property
    def warmup_bars(self) -> int:
        """It needs none."""
        return 0

    def on_bar(self, bar: BarClosed) -> Answer:
        """The actions written for this bar."""
        del bar
        lines = self.params.script.get(self.state.bars)
        self.state.bars += 1
        if not lines:
            return None
        actions = [line.action for line in lines]
        return actions if len(actions) > 1 else actions[0]
