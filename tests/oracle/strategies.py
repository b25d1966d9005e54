"""What each strategy wants: a target position and the reason for it.

A rule hears every bar of its instrument and is then asked for an answer, unless it is still
before the first instant of decision. It answers only when something changes, except that a cross
against the trend is always told. What it knows of its position is its own target.

Where the rules leave a choice, this is the choice:

* Reasons are cross_up, cross_down, cross_against_trend; below_band, above_band, reverted;
  first_bar; scripted; and, given by the desk, atr_stop and warming_up.
* A cross down against the trend is cross_against_trend in direction `long` too.
* A bar that both ends and begins a position is one decision, with the reason of the entry.
* naive_mean_reversion enters when z is beyond the threshold and the target is not already on that
  side (it does not size anew while there); an entry comes before the exit at zero.
* A size is worked out before anything is withheld: an entry of 0 lots aims at 0 for its own reason,
  and is tried again while its condition holds.
* The entry conditions of the two sides are armed one by one. An entry that was withheld or had no
  lots stays armed. buy_and_hold asks until it holds, and not again when an exit has ended that.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

from tests.oracle.market import Bar
from tests.oracle.signals import Ema, Sma, ZScore

AGAINST_TREND = "cross_against_trend"


@dataclass(frozen=True)
class Lots:
    lots: int


@dataclass(frozen=True)
class Weight:
    weight: Fraction


Size = Lots | Weight


@dataclass(frozen=True)
class Answer:
    target: int
    reason: str


class Rule(Protocol):
    def hear(self, bar: Bar) -> None: ...

    def answer(self, target: int, lots: Callable[[], int]) -> Answer | None:
        """What is wanted now, given the present target; `lots` works the size out."""

    def disarm(self, side: int) -> None:
        """An entry of this side was ended by an exit."""


@dataclass(frozen=True)
class EmaCross:
    fast: int
    slow: int
    size: Size
    direction: str = "long"
    trend: int | None = None


@dataclass(frozen=True)
class BollingerReversion:
    size: Size
    n: int = 20
    entry: float = 2.0
    exit: float = 0.0
    direction: str = "long"


@dataclass(frozen=True)
class NaiveMeanReversion:
    size: Size
    n: int = 20
    threshold: float = 2.0


@dataclass(frozen=True)
class BuyAndHold:
    size: Size


@dataclass(frozen=True)
class Target:
    """Aim at this position, if it is not the present target."""

    lots: int


@dataclass(frozen=True)
class Send:
    """Send an order of one's own; `tag` is how the script speaks of it, `parent` is such a tag."""

    tag: str
    order_type: str
    lots: int
    limit_ticks: int | None = None
    stop_ticks: int | None = None
    parent: str | None = None


@dataclass(frozen=True)
class Cancel:
    tag: str


Action = Target | Send | Cancel
Actions = Mapping[int, tuple[Action, ...]]


@dataclass(frozen=True)
class Scripted:
    """Does what is written, at the close of the bar (from 0) and on the fill (from 1) it says.

    `clock` names the instrument whose bars are counted, if that is not the strategy's own; such
    a script sends orders only.
    """

    at_bar: Actions = field(default_factory=dict)
    on_fill: Actions = field(default_factory=dict)
    clock: str | None = None


Signal = EmaCross | BollingerReversion | NaiveMeanReversion | BuyAndHold


def rule_of(signal: Signal) -> Rule:
    match signal:
        case EmaCross():
            return EmaCrossRule(signal)
        case BollingerReversion():
            return BollingerRule(signal)
        case NaiveMeanReversion():
            return NaiveRule(signal)
        case BuyAndHold():
            return BuyAndHoldRule()


class EmaCrossRule:
    """Ready when all averages are; the first ready bar sets no target."""

    def __init__(self, plan: EmaCross) -> None:
        assert plan.fast < plan.slow
        self._plan = plan
        self._fast, self._slow = Ema(plan.fast), Ema(plan.slow)
        self._trend = Sma(plan.trend) if plan.trend is not None else None
        self._close = 0
        self._above: bool | None = None
        self._crossed = False

    def hear(self, bar: Bar) -> None:
        self._close = bar.close
        self._fast.update(bar.close)
        self._slow.update(bar.close)
        if self._trend is not None:
            self._trend.update(bar.close)
            if self._trend.value is None:
                return
        fast, slow = self._fast.value, self._slow.value
        if fast is None or slow is None:
            return
        above = fast > slow
        self._crossed = self._above is not None and above != self._above
        self._above = above

    def answer(self, target: int, lots: Callable[[], int]) -> Answer | None:
        if not self._crossed:
            return None
        if self._is_against_trend():
            return Answer(0, AGAINST_TREND)
        if self._above:
            wanted = Answer(lots(), "cross_up")
        else:
            wanted = Answer(-lots() if self._plan.direction == "both" else 0, "cross_down")
        return wanted if wanted.target != target else None

    def disarm(self, side: int) -> None:
        """A cross is over when its bar is: the next entry is the next cross anyway."""

    def _is_against_trend(self) -> bool:
        if self._trend is None or self._trend.value is None:
            return False
        if self._above:
            return self._close <= self._trend.value
        return self._close >= self._trend.value


class ReversionRule:
    """What both reversions share: z, and entries that are armed side by side."""

    def __init__(self, n: int, threshold: float, exit_z: float, sides: tuple[int, ...]) -> None:
        self._z = ZScore(n)
        self._threshold = threshold
        self._exit = exit_z
        self._sides = sides
        self._armed = {1: True, -1: True}

    def hear(self, bar: Bar) -> None:
        self._z.update(bar.close)
        for side in (1, -1):
            if not self._is_entry(side):
                self._armed[side] = True

    def disarm(self, side: int) -> None:
        self._armed[side] = False

    def _is_entry(self, side: int) -> bool:
        """Price is more than the threshold below (buy) or above (sell) its mean."""
        z = self._z.value
        return z is not None and side in self._sides and -side * z > self._threshold

    def _is_exit(self, target: int) -> bool:
        z = self._z.value
        if z is None or target == 0:
            return False
        return z >= -self._exit if target > 0 else z <= self._exit

    def _entry(self) -> int:
        """The side that may be entered now, else 0."""
        for side in (1, -1):
            if self._is_entry(side) and self._armed[side]:
                return side
        return 0


class BollingerRule(ReversionRule):
    def __init__(self, plan: BollingerReversion) -> None:
        sides = (1, -1) if plan.direction == "both" else (1,)
        super().__init__(plan.n, plan.entry, plan.exit, sides)

    def answer(self, target: int, lots: Callable[[], int]) -> Answer | None:
        wanted = Answer(target, "")
        if self._is_exit(target):
            wanted = Answer(0, "reverted")
        side = self._entry()
        if wanted.target == 0 and side != 0:
            wanted = Answer(side * lots(), _band(side))
        return wanted if wanted.target != target else None


class NaiveRule(ReversionRule):
    def __init__(self, plan: NaiveMeanReversion) -> None:
        super().__init__(plan.n, plan.threshold, 0.0, (1, -1))

    def answer(self, target: int, lots: Callable[[], int]) -> Answer | None:
        wanted = Answer(target, "")
        side = self._entry()
        if side * target <= 0 and side != 0:
            wanted = Answer(side * lots(), _band(side))
        elif self._is_exit(target):
            wanted = Answer(0, "reverted")
        return wanted if wanted.target != target else None


class BuyAndHoldRule:
    """The full target at the first bar that allows it."""

    def __init__(self) -> None:
        self._ended = False

    def hear(self, bar: Bar) -> None: ...

    def answer(self, target: int, lots: Callable[[], int]) -> Answer | None:
        if target != 0 or self._ended:
            return None
        wanted = Answer(lots(), "first_bar")
        return wanted if wanted.target != target else None

    def disarm(self, side: int) -> None:
        del side  # it has but one
        self._ended = True


def _band(side: int) -> str:
    return "below_band" if side > 0 else "above_band"
