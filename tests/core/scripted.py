"""A strategy file that does what is written for each bar, counted from 0."""

from typing import ClassVar

from msgspec import Struct

from trader.model.market import BarClosed
from trader.strategies.strategy import (
    Action,
    Answer,
    Cancel,
    Order,
    Replace,
    Side,
    Strategy,
    Target,
)


class Line(Struct, frozen=True):
    """One action as a configuration can write it; `does` says which."""

    does: str
    lots: int = 0
    key: str = ""
    limit: int | None = None
    stop: int | None = None
    group: str = ""
    parent: str = ""

    def action(self) -> Action:
        """The action itself; `raise` has none."""
        match self.does:
            case "target":
                return Target(self.lots, "scripted")
            case "side":
                return Side(self.lots, "scripted")
            case "withheld":
                return Side(self.lots, "withheld", withheld=True)
            case "order":
                prices = (self.limit, self.stop)
                return Order(self.key, self.lots, *prices, group=self.group, parent=self.parent)
            case "replace":
                return Replace(self.key, self.lots or None, self.limit, self.stop)
            case "cancel":
                return Cancel(self.key)
            case _:
                raise RuntimeError(f"bar {self.key or 'of doom'}")


class Scripted(Strategy):
    """Reads its script off; what became of its targets it only notes."""

    class Params(Struct):
        """The script, and the size of a side."""

        script: dict[int, list[Line]] = {}
        lots: int | None = None
        weight: str | None = None
        fragile: bool = False

    class State(Struct):
        """How many bars were heard, the last close, how often a target ended unasked."""

        bars: int = 0
        close: int = 0
        share: float = 0.0
        flattened: int = 0
        exited: int = 0

    inputs: ClassVar[tuple[str, ...]] = ("bars", "close", "share")
    params: Params
    state: State

    @property
    def warmup_bars(self) -> int:
        """It wants a handful."""
        return 5

    def on_bar(self, bar: BarClosed) -> Answer:
        """The actions written for this bar."""
        state = self.state
        lines = self.params.script.get(state.bars)
        state.bars += 1
        state.close = bar.close_ticks
        state.share = bar.close_ticks / 7
        if not lines:
            return None
        actions = [line.action() for line in lines]
        return actions if len(actions) > 1 else actions[0]

    def on_flat(self, *, exited: bool) -> None:
        """Counts, or breaks if it was told to."""
        if exited and self.params.fragile:
            raise RuntimeError("cannot bear an exit")
        self.state.flattened += 1
        self.state.exited += exited
