"""What a strategy is: a closed bar in, an answer out. Everything else is done for it.

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
from typing import Any, ClassVar, Final, TypeAlias

from msgspec import Struct

from trader.kernels.kernel import HOLD
from trader.model.market import BarClosed
from trader.model.orders import OrderType
from trader.model.units import Lots, Ticks

WARMUP_BARS_MIN: Final = 100
"""Loaded before the first decision even for a strategy that looks less far back."""


class Target(Struct, frozen=True):
    """Be at this many signed lots; saying what already holds changes nothing."""

    lots: Lots
    reason: str = "target"


class Side(Struct, frozen=True):
    """Be long (1), flat (0) or short (-1), in the size that the configuration sets.

    `withheld` marks an answer that a filter made of another one; it is written down even where it
    changes nothing.
    """

    sign: int
    reason: str
    withheld: bool = False


class Order(Struct, frozen=True):
    """Place an order of one's own, beside any target; `key` names it for `Cancel`."""

    key: str
    lots: Lots
    limit_ticks: Ticks | None = None
    stop_ticks: Ticks | None = None

    @property
    def order_type(self) -> OrderType:
        """What the price given makes of it; both at once are refused."""
        if self.limit_ticks is not None:
            return OrderType.LIMIT
        return OrderType.MARKET if self.stop_ticks is None else OrderType.STOP


class Cancel(Struct, frozen=True):
    """Take back the order placed under `key`."""

    key: str


Action: TypeAlias = Target | Side | Order | Cancel
Answer: TypeAlias = Action | list[Action] | None


class Strategy:
    """A rule that answers closed bars of one instrument.

    Class attributes: `Params` and `State` (msgspec structs, every field with a default but where
    a parameter must be given), `inputs` (up to four fields of the state that are written down
    with each decision).
    """

    Params: ClassVar[Any]
    State: ClassVar[Any]
    inputs: ClassVar[tuple[str, ...]] = ()

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

    @property
    def kernel(self) -> Callable[[Any, BarClosed], int] | None:
        """The step that stands for `on_bar`, if there is one: HOLD, or what `answer` tells."""
        return None

    def answer(self, says: int, close: Ticks) -> Answer:
        """The answer that a step's number stands for."""
        raise NotImplementedError

    def on_bar(self, bar: BarClosed) -> Answer:
        """The answer to a closed bar; None says nothing new. As it stands: what the step says."""
        kernel = self.kernel
        if kernel is None:
            raise NotImplementedError
        says = kernel(self.state, bar)
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

    def on_flat(self, *, exited: bool) -> None:
        """The target has become 0 without being asked: an exit ended it, or it was withheld."""
