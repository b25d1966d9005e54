"""How a position ends that its strategy would keep.

A policy hears every bar of its strategy's instrument. What it says of a distance is from the close
of the decision; what it says of a position it says at a closed bar, while there is one.

Where the rules leave a choice, this is the choice:

* A trailing exit is in profit enough if the best close is at least activate x ATR beyond the
  price of the entry's first fill, slippage included.
* Of several stops of one entry the one at the least distance is taken, of equal ones the first
  listed, before any is put at one tick; the same goes for limits.
"""

from dataclasses import dataclass
from fractions import Fraction

from tests.oracle.market import Bar
from tests.oracle.signals import Atr
from tests.oracle.splits import split_price


@dataclass(frozen=True)
class AtrStop:
    n: int = 14
    k: Fraction = Fraction(3)


@dataclass(frozen=True)
class TakeProfit:
    n: int = 14
    k: Fraction = Fraction(3)


@dataclass(frozen=True)
class Trailing:
    n: int = 14
    k: Fraction = Fraction(3)
    activate: Fraction = Fraction(0)


@dataclass(frozen=True)
class TimeStop:
    bars: int


Exit = AtrStop | TakeProfit | Trailing | TimeStop


@dataclass
class Held:
    """A position since the entry's first fill was booked; `bars` closed since, that one's too."""

    side: int
    entry: int
    best: int | None = None
    bars: int = 0

    def hear(self, close: int) -> None:
        self.bars += 1
        if self.best is None or self.side * (close - self.best) > 0:
            self.best = close

    def split(self, ratio: Fraction) -> None:
        entry, best = split_price(self.entry, ratio), split_price(self.best, ratio)
        assert entry is not None
        self.entry, self.best = entry, best


class Policy:
    """One exit at work."""

    def __init__(self, setup: Exit) -> None:
        self._setup = setup
        self._atr = None if isinstance(setup, TimeStop) else Atr(setup.n)

    @property
    def reason(self) -> str:
        names = {AtrStop: "atr_stop", TakeProfit: "take_profit", Trailing: "trailing"}
        return names.get(type(self._setup), "time_stop")

    @property
    def ready(self) -> bool:
        return self._atr is None or self._atr.value is not None

    def hear(self, bar: Bar) -> None:
        if self._atr is not None:
            self._atr.update(bar)

    def split(self, ratio: Fraction) -> None:
        if self._atr is not None:
            self._atr.split(ratio)

    @property
    def distance(self) -> int:
        """The average true ranges asked for in ticks, half to even."""
        assert not isinstance(self._setup, TimeStop)
        return round(float(self._setup.k) * self._value)

    @property
    def gives_stop(self) -> bool:
        """True if an entry takes a stop of this policy along."""
        setup = self._setup
        return isinstance(setup, AtrStop) or (isinstance(setup, Trailing) and setup.activate == 0)

    @property
    def gives_limit(self) -> bool:
        return isinstance(self._setup, TakeProfit)

    def level(self, held: Held) -> int | None:
        """Where stops must at least stand now."""
        setup = self._setup
        if not isinstance(setup, Trailing) or not self.ready or held.best is None:
            return None
        if setup.activate > 0:
            profit = held.side * (held.best - held.entry)
            if profit < float(setup.activate) * self._value:
                return None
        return max(1, held.best - held.side * self.distance)

    def is_over(self, held: Held) -> bool:
        """True if the time of the position is up."""
        return isinstance(self._setup, TimeStop) and held.bars > self._setup.bars

    @property
    def _value(self) -> float:
        assert self._atr is not None
        assert self._atr.value is not None
        return self._atr.value
