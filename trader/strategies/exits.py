"""Exits: how a position ends that its strategy would keep.

A policy watches every bar. Some say how far from the close the orders of a new entry stand, which
go with it so that nothing is naked; some move the stops after a price that runs away, or end a
position that has lasted long enough. Their strategy's actor asks them, and keeps what it holds.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, ClassVar, Protocol

from msgspec import Struct

from trader.kernels.indicators import Atr, atr
from trader.model.market import BarClosed
from trader.model.orders import OrderType, Protection
from trader.model.units import Ticks


class Held(Struct):
    """A position as its exits see it, from the entry's first booked fill on.

    `best_ticks` is the best close of the bars closed since then, `bars` their number: at the first
    of them, the one in which the entry filled, it is 1.
    """

    side: int
    entry_ticks: Ticks
    best_ticks: Ticks
    bars: int


class Empty(Struct):
    """The state of a policy that remembers nothing."""


class ExitPolicy:
    """What an exit can do; each does some of it. `state` is all that it remembers."""

    reason: ClassVar[str]
    state: Any

    @classmethod
    def does(cls, method: str) -> bool:
        """Whether it has a method of its own by this name; else there is nothing to ask it for."""
        return getattr(cls, method) is not getattr(ExitPolicy, method)

    @property
    def ready(self) -> bool:
        """Whether an entry can be made; until then it is withheld."""
        return True

    @property
    def warmup_bars(self) -> int:
        """How many bars before the first decision are worth loading."""
        return 0

    @property
    def kernel(self) -> Callable[[Any, BarClosed], int] | None:
        """The step that takes a closed bar into the state, before the decision of that bar."""
        return None

    def protection(self) -> Protection | None:
        """The order that goes with an entry decided now; None for none."""
        return None

    def trail(self, held: Held) -> Ticks | None:
        """The price that no stop of the position may be further away than; None asks for none."""
        del held
        return None

    def ends(self, held: Held) -> bool:
        """Whether the position has to end now."""
        del held
        return False

    def on_split(self, numerator: int, denominator: int) -> None:
        """From now on `numerator` lots stand for each `denominator`."""


class AtrExit(ExitPolicy):
    """What stands k average true ranges (Wilder, n) away from somewhere."""

    state: Atr

    def __init__(self, n: int, k: Decimal) -> None:
        self.state = Atr(n=n)
        self._k = float(k)

    @property
    def ready(self) -> bool:
        """The first range is the second bar's, so n + 1 bars make the average."""
        return self.state.count > self.state.n

    @property
    def warmup_bars(self) -> int:
        """Three times the average's length."""
        return 3 * self.state.n

    @property
    def kernel(self) -> Callable[[Any, BarClosed], int]:
        """It takes the bar's range into the average."""
        return atr

    @property
    def distance_ticks(self) -> Ticks:
        """K ranges, half to even where that falls between two ticks."""
        return round(self._k * self.state.atr)

    def on_split(self, numerator: int, denominator: int) -> None:
        """Carries the average over."""
        self.state.carry(denominator, numerator)


class AtrStop(AtrExit):
    """A stop behind the close of the decision."""

    reason = "atr_stop"

    def protection(self) -> Protection:
        """The stop's distance."""
        return Protection(self.reason, self.distance_ticks)


class TakeProfit(AtrExit):
    """A limit in front of the close of the decision."""

    reason = "take_profit"

    def protection(self) -> Protection:
        """The limit's distance."""
        return Protection(self.reason, self.distance_ticks, OrderType.LIMIT)


class Trailing(AtrExit):
    """A stop that follows the best close, once that is `activate` ranges in profit."""

    reason = "trailing"

    def __init__(self, n: int, k: Decimal, activate: Decimal = Decimal(0)) -> None:
        super().__init__(n, k)
        self._activate = float(activate)

    def protection(self) -> Protection | None:
        """A stop at once, if nothing has to be won first."""
        return None if self._activate else Protection(self.reason, self.distance_ticks)

    def trail(self, held: Held) -> Ticks | None:
        """K ranges behind the best close, at one tick at least."""
        won = held.side * (held.best_ticks - held.entry_ticks)
        if self._activate and won < self._activate * self.state.atr:
            return None
        return max(1, held.best_ticks - held.side * self.distance_ticks)


class TimeStop(ExitPolicy):
    """Ends a position at the close of the n-th bar after the one in which its entry filled."""

    reason = "time_stop"

    def __init__(self, bars: int) -> None:
        self.state = Empty()
        self._bars = bars

    def ends(self, held: Held) -> bool:
        """The bar of the entry's fill is the first of those that are counted."""
        return held.bars > self._bars


class ExitSettings(Protocol):
    """What a configuration says of one exit."""

    @property
    def kind(self) -> str:
        """Which policy."""

    @property
    def n(self) -> int:
        """Bars of the average true range."""

    @property
    def k(self) -> Decimal:
        """Distance in average true ranges."""

    @property
    def activate(self) -> Decimal:
        """Profit from which on it trails, in average true ranges."""

    @property
    def bars(self) -> int | None:
        """Bars after which it ends a position."""


def make_exit(config: ExitSettings) -> ExitPolicy:
    """The policy that a configuration asks for."""
    match config.kind:
        case "atr_stop":
            return AtrStop(config.n, config.k)
        case "take_profit":
            return TakeProfit(config.n, config.k)
        case "trailing":
            return Trailing(config.n, config.k, config.activate)
        case _:
            assert config.kind == "time_stop", config.kind
            assert config.bars is not None, config
            return TimeStop(config.bars)


def protections(exits: Sequence[ExitPolicy]) -> tuple[Protection, ...]:
    """What goes with an entry decided now: the nearest stop and the nearest limit, if any.

    Of two at the same distance it is the first.
    """
    asked = [order for exit_ in exits if (order := exit_.protection()) is not None]
    if len(asked) <= 1:
        return tuple(asked)
    nearest = []
    for kind in (OrderType.STOP, OrderType.LIMIT):
        of_kind = [order for order in asked if order.kind is kind]
        nearest += [min(of_kind, key=lambda order: order.distance_ticks)] if of_kind else []
    return tuple(nearest)
