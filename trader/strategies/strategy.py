"""What a strategy is: what the market says in, an answer out. Everything else is done for it.

A strategy says where it wants to stand; orders, sizes, stops, limits and bookkeeping follow from
that. It declares its parameters and its state as two structs, and keeps nothing anywhere else:
the state is what is saved, hashed, replayed. A whole strategy:

    class Rising(Strategy):
        class Params(Struct):
            closes: int = 3
            lots: int = 100

        class State(Struct):
            last: int = 0
            rises: int = 0

        def on_bar(self, bar):
            s = self.state
            s.rises = s.rises + 1 if bar.close_ticks > s.last else 0
            s.last = bar.close_ticks
            if s.rises >= self.params.closes:
                return Target(self.params.lots, "rising")
            return Target(0, "fell") if s.rises == 0 else None
"""

from collections.abc import Callable
from typing import Any, ClassVar, Final

from trader.kernels.kernel import HOLD
from trader.model.market import BarClosed, Quote, Trade
from trader.model.units import Nanoseconds, Ticks
from trader.strategies.answers import Action, Answer, Cancel, Order, Replace, Side, Target
from trader.strategies.carrying import carried
from trader.strategies.explaining import Condition, shown

__all__ = [
    "WARMUP_BARS_MIN",
    "Action",
    "Answer",
    "Cancel",
    "Condition",
    "Order",
    "Replace",
    "Side",
    "Strategy",
    "Target",
]

WARMUP_BARS_MIN: Final = 100
"""Loaded before the first decision even for a strategy that looks less far back."""


class Strategy:
    """A rule that answers what it hears of one instrument: bars, quotes, trades.

    Class attributes: `Params` and `State` (msgspec structs, every field with a default but where
    a parameter must be given), `inputs` (up to four fields of the state that are written down
    with each decision), `prices` and `volumes` (fields of the state that a split changes).
    A strategy hears what its class has a method for.
    """

    Params: ClassVar[Any]
    State: ClassVar[Any]
    inputs: ClassVar[tuple[str, ...]] = ()
    prices: ClassVar[tuple[str, ...]] = ()
    volumes: ClassVar[tuple[str, ...]] = ()

    def __init__(self, params: Any) -> None:
        self.params = params
        self.state: Any = self.initial()

    def initial(self) -> Any:
        """The state before the first bar."""
        return self.State()

    @property
    def warmup_bars(self) -> int:
        """How many bars before the first decision are worth loading."""
        return WARMUP_BARS_MIN

    # -- what it hears --------------------------------------------------------------------------

    @classmethod
    def hears(cls, method: str) -> bool:
        """Whether the class has a method of its own by this name, such as `on_quote`."""
        own = getattr(cls, method) is not getattr(Strategy, method)
        return own or (method == "on_bar" and cls.kernel is not Strategy.kernel)

    def on_bar(self, bar: BarClosed) -> Answer:
        """The answer to a closed bar; None says nothing new. As it stands: what the step says."""
        kernel = self.kernel
        if kernel is None:
            raise NotImplementedError
        return self.stepped(kernel, bar)

    def on_quote(self, quote: Quote) -> Answer:
        """The answer to a quote; a class without this method hears none."""
        raise NotImplementedError

    def on_trade(self, trade: Trade) -> Answer:
        """The answer to a trade; a class without this method hears none."""
        raise NotImplementedError

    def on_session(self, ts_open: Nanoseconds, ts_close: Nanoseconds) -> None:
        """A session of its instrument's calendar began that ends at `ts_close`.

        Without a calendar sessions are UTC days, of which one begins when the last bar of the
        day before is still to be told.
        """

    def on_flat(self, *, exited: bool) -> None:
        """The target has become 0 without being asked: an exit ended it, or it was withheld."""

    def on_split(self, numerator: int, denominator: int) -> None:
        """From now on `numerator` lots stand for each `denominator`: 7 and 1 for 7:1.

        As it stands: fields in `prices` x denominator / numerator, those in `volumes` the other
        way round; floats in this order, whole numbers rounded half to even.
        """
        for name in self.prices:
            value = getattr(self.state, name)
            setattr(self.state, name, carried(value, denominator, numerator))
        for name in self.volumes:
            value = getattr(self.state, name)
            setattr(self.state, name, carried(value, numerator, denominator))

    def explain(self) -> tuple[Condition, ...]:
        """What the rule looks at now. As it stands: the inputs, without a verdict."""
        return tuple(Condition(name, shown(getattr(self.state, name))) for name in self.inputs)

    # -- a rule that is a step ------------------------------------------------------------------

    @property
    def kernel(self) -> Callable[[Any, BarClosed], int] | None:
        """The step that stands for `on_bar`, if there is one: HOLD, or what `answer` tells."""
        return None

    def answer(self, says: int, close: Ticks) -> Answer:
        """The answer that a step's number stands for."""
        raise NotImplementedError

    def stepped(self, step: Callable[[Any, BarClosed], int], bar: BarClosed) -> Answer:
        """The answer to a bar by this step."""
        says = step(self.state, bar)
        return None if says == HOLD else self.answer(says, bar.close_ticks)

    @property
    def short_way(self) -> Callable[[Any, BarClosed], int] | None:
        """The step, unless somebody further down wrote an `on_bar` of their own beside it."""
        for cls in type(self).__mro__:
            if "kernel" in cls.__dict__:
                return self.kernel
            if "on_bar" in cls.__dict__:
                return None
        return None
