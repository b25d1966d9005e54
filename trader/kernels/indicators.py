"""Indicators in TA-Lib's definitions, each a state and a step that takes a closed bar into it.

A step answers READY or, while there is no value yet, HOLD; the value stands in the state's field
of the indicator's name. Strategies call a step with any state that has its fields, so a rule's
own state can be one. `trader.kernels.folds` runs the same text over whole columns.

Inputs are ticks. A recursive average is kept as a running sum until its n-th value and as the
average from then on, so that one float is its whole state. What moves over a window keeps its
values in a ring and their sums as whole numbers, which forget exactly. After a split,
`carry(up, down)` turns prices into prices x up / down.
"""

from dataclasses import dataclass, field
from math import sqrt
from typing import Final, Protocol

from trader.kernels.kernel import HOLD, kernel
from trader.kernels.rounding import scaled

READY: Final = 1
"""The answer of an indicator's step that has a value."""


class Bar(Protocol):
    """The fields of a closed bar that a step may read."""

    @property
    def open_ticks(self) -> int:
        """The first price."""

    @property
    def high_ticks(self) -> int:
        """The highest price."""

    @property
    def low_ticks(self) -> int:
        """The lowest price."""

    @property
    def close_ticks(self) -> int:
        """The last price."""

    @property
    def lots(self) -> int:
        """The volume."""


@kernel
def recursive_average(average: float, count: int, n: int, alpha: float, x: float) -> float:
    """The average after the `count`-th value x: seeded by the mean of the first n, then recursive.

    With alpha 2/(n+1) this is the EMA, with 1/n Wilder's average. Before the n-th value it is the
    running sum, and the caller must not take it for an average.
    """
    if count > n:
        return average + alpha * (x - average)
    if count == n:
        return (average + x) / n
    return average + x


@kernel
def z_score(n: int, total: int, squares: int, x: int) -> float:
    """(x - mean) / std of n integers with this sum and sum of squares; 0 where they are all equal.

    The variance is formed in integers, so nothing cancels: std = sqrt(n*squares - total^2) / n.
    """
    spread = n * squares - total * total
    if spread == 0:
        return 0.0
    return (float(x) - float(total) / n) / (sqrt(float(spread)) / n)


# -- a mean of the last n -------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class Sma:
    """The simple average of the last n closes: a ring of them and their sum."""

    n: int
    count: int = 0
    ring: list[int] = field(default_factory=list)
    total: int = 0
    sma: float = 0.0

    def __post_init__(self) -> None:
        self.ring = self.ring or [0] * self.n

    def carry(self, up: int, down: int) -> None:
        """Scales what the ring holds; the sum is made anew."""
        self.ring = [scaled(each, up, down) for each in self.ring]
        self.total = sum(self.ring)
        self.sma = self.sma * up / down


class Ring(Protocol):
    """The last n values and their sum."""

    n: int
    count: int
    ring: list[int]
    total: int


@kernel
def rolled(s: Ring, x: int) -> None:
    """Takes a value into the ring and its sum, in place of the one n values ago."""
    at = s.count % s.n
    s.total += x - s.ring[at]
    s.ring[at] = x
    s.count += 1


@kernel
def sma(s: Sma, bar: Bar) -> int:
    """Takes a close; `s.sma` is the mean of the last n."""
    rolled(s, bar.close_ticks)
    says = HOLD
    if s.count >= s.n:
        s.sma = float(s.total) / s.n
        says = READY
    return says


# -- averages that forget slowly ------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class Ema:
    """The exponential average of the closes, alpha 2 / (n + 1)."""

    n: int
    alpha: float = 0.0
    count: int = 0
    ema: float = 0.0

    def __post_init__(self) -> None:
        self.alpha = self.alpha or 2.0 / (self.n + 1)

    def carry(self, up: int, down: int) -> None:
        """Scales the average, or the sum that it still is."""
        self.ema = self.ema * up / down


@kernel
def ema(s: Ema, bar: Bar) -> int:
    """Takes a close; `s.ema` is an average from the n-th on."""
    s.count = count = s.count + 1
    s.ema = recursive_average(s.ema, count, s.n, s.alpha, float(bar.close_ticks))
    return READY if count >= s.n else HOLD


@dataclass(slots=True, kw_only=True)
class Rsi:
    """Wilder's relative strength: his averages of the rises and of the falls of the close."""

    n: int
    alpha: float = 0.0
    count: int = 0
    previous: int = 0
    gain: float = 0.0
    loss: float = 0.0
    rsi: float = 0.0

    def __post_init__(self) -> None:
        self.alpha = self.alpha or 1.0 / self.n

    def carry(self, up: int, down: int) -> None:
        """Scales the averages, whose ratio stays, and the close that the next change is from."""
        self.previous = scaled(self.previous, up, down)
        self.gain = self.gain * up / down
        self.loss = self.loss * up / down


@kernel
def rsi(s: Rsi, bar: Bar) -> int:
    """Takes a close; `s.rsi` is 100 x gain / (gain + loss), and 0 where nothing moved."""
    count = s.count
    close = bar.close_ticks
    if count > 0:
        change = close - s.previous
        s.gain = recursive_average(s.gain, count, s.n, s.alpha, float(max(0, change)))
        s.loss = recursive_average(s.loss, count, s.n, s.alpha, float(max(0, -change)))
    s.count = count + 1
    s.previous = close
    says = HOLD
    if count >= s.n:
        moved = s.gain + s.loss
        s.rsi = 100.0 * s.gain / moved if moved > 0.0 else 0.0
        says = READY
    return says


@dataclass(slots=True, kw_only=True)
class Atr:
    """Wilder's average of the true range, the first of which is the second bar's."""

    n: int
    alpha: float = 0.0
    count: int = 0
    previous: int = 0
    atr: float = 0.0

    def __post_init__(self) -> None:
        self.alpha = self.alpha or 1.0 / self.n

    def carry(self, up: int, down: int) -> None:
        """Scales the average and the close that the next range reaches to."""
        self.previous = scaled(self.previous, up, down)
        self.atr = self.atr * up / down


@kernel
def atr(s: Atr, bar: Bar) -> int:
    """Takes a bar; `s.atr` is an average from bar n + 1 on.

    The true range is the bar's, reaching to the close before it. Nothing is called on the way of
    most bars: a call would cost as much as the rest.
    """
    count = s.count
    if count > 0:
        high = bar.high_ticks
        low = bar.low_ticks
        previous = s.previous
        if previous > high:
            high = previous
        elif previous < low:
            low = previous
        if count > s.n:
            average = s.atr
            s.atr = average + s.alpha * (high - low - average)
        else:
            s.atr = recursive_average(s.atr, count, s.n, s.alpha, float(high - low))
    s.count = count + 1
    s.previous = bar.close_ticks
    return READY if count >= s.n else HOLD


# -- deviations from a mean -----------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class ZScore:
    """How many deviations a close is from the mean of its n: a ring of closes less the first one.

    The sums of the ring and of its squares are whole numbers, and smaller ones for that.
    """

    n: int
    count: int = 0
    first: int = 0
    ring: list[int] = field(default_factory=list)
    total: int = 0
    squares: int = 0
    z: float = 0.0
    close: int = 0

    def __post_init__(self) -> None:
        self.ring = self.ring or [0] * self.n

    def carry(self, up: int, down: int) -> None:
        """Scales the closes themselves; what is kept of them is made anew, the score stays."""
        first, self.first = self.first, scaled(self.first, up, down)
        for at in range(min(self.count, self.n)):
            self.ring[at] = scaled(first + self.ring[at], up, down) - self.first
        self.total = sum(self.ring)
        self.squares = sum(each * each for each in self.ring)
        self.close = scaled(self.close, up, down)


@kernel
def deviated(s: ZScore, close: int) -> None:
    """Takes a close into the ring and its sums."""
    if s.count == 0:
        s.first = close
    x = close - s.first
    at = s.count % s.n
    old = s.ring[at]
    s.ring[at] = x
    s.total += x - old
    s.squares += x * x - old * old
    s.count += 1
    s.close = close


@kernel
def zscore(s: ZScore, bar: Bar) -> int:
    """Takes a close; `s.z` is (close - mean) / std of the last n, 0 where all are equal."""
    deviated(s, bar.close_ticks)
    says = HOLD
    if s.count >= s.n:
        s.z = z_score(s.n, s.total, s.squares, s.close - s.first)
        says = READY
    return says


@dataclass(slots=True, kw_only=True)
class Bands(ZScore):
    """Bollinger's: the mean of the last n closes, and k population deviations to either side."""

    k: float = 2.0
    mean: float = 0.0
    std: float = 0.0
    upper: float = 0.0
    lower: float = 0.0

    def carry(self, up: int, down: int) -> None:
        """Scales the closes and the lines drawn through them."""
        ZScore.carry(self, up, down)
        for name in ("mean", "std", "upper", "lower"):
            setattr(self, name, getattr(self, name) * up / down)


@kernel
def bands(s: Bands, bar: Bar) -> int:
    """Takes a close; `s.mean`, `s.std`, `s.upper` and `s.lower` are those of the last n."""
    deviated(s, bar.close_ticks)
    says = HOLD
    if s.count >= s.n:
        s.mean = float(s.n * s.first + s.total) / s.n
        s.std = sqrt(float(s.n * s.squares - s.total * s.total)) / s.n
        s.upper = s.mean + s.k * s.std
        s.lower = s.mean - s.k * s.std
        says = READY
    return says


# -- the session's mean price ---------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class Vwap:
    """The volume-weighted average price since the session began; whoever hears of it calls `begin`.

    A bar's price is (high + low + close) / 3.
    """

    paid: float = 0.0
    volume: int = 0
    vwap: float = 0.0

    def begin(self) -> None:
        """Forgets the session before."""
        self.paid = 0.0
        self.volume = 0
        self.vwap = 0.0

    def carry(self, up: int, down: int) -> None:
        """Scales the average, and the volume the other way round; what was paid stays."""
        self.volume = scaled(self.volume, down, up)
        self.vwap = self.vwap * up / down


@kernel
def vwap(s: Vwap, bar: Bar) -> int:
    """Takes a bar; `s.vwap` is a price once the session has a volume."""
    typical = float(bar.high_ticks + bar.low_ticks + bar.close_ticks) / 3.0
    s.paid += typical * float(bar.lots)
    s.volume += bar.lots
    says = HOLD
    if s.volume > 0:
        s.vwap = s.paid / float(s.volume)
        says = READY
    return says
