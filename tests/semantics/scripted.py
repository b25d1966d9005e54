"""A strategy file that does what is written: actions by the number of the bar, counted from 0."""

from msgspec import Struct

from trader.model.market import BarClosed
from trader.model.orders import TimeInForce
from trader.strategies.answers import Action, Answer, Cancel, Order, Replace, Target
from trader.strategies.strategy import Strategy


class Line(Struct, frozen=True):
    """One action as a configuration can write it: `does` is target, order, replace or cancel."""

    does: str
    key: str = ""
    lots: int = 0
    size: int | None = None
    limit: int | None = None
    stop: int | None = None
    time_in_force: str = "GTC"
    group: str = ""
    parent: str = ""
    reduce_only: bool = False

    @property
    def action(self) -> Action:
        """The action itself."""
        if self.does == "target":
            return Target(self.lots, "scripted")
        if self.does == "cancel":
            return Cancel(self.key)
        if self.does == "replace":
            return Replace(self.key, self.size, self.limit, self.stop)
        return Order(
            key=self.key,
            lots=self.lots,
            limit_ticks=self.limit,
            stop_ticks=self.stop,
            time_in_force=TimeInForce[self.time_in_force],
            group=self.group,
            parent=self.parent,
            reduce_only=self.reduce_only,
        )


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
        return self._next()

    def _next(self) -> Answer:
        lines = self.params.script.get(self.state.bars)
        self.state.bars += 1
        if not lines:
            return None
        actions = [line.action for line in lines]
        return actions if len(actions) > 1 else actions[0]
