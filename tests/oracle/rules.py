"""What each strategy wants: a target position and the reason for it.

A rule hears every bar of its instrument and is then asked for an answer, unless it is still
before the first instant of decision. It answers only when something changes, except that a cross
against the trend is always told. What it knows of its position is its own target.

Where the rules leave a choice, this is the choice:

* Reasons are cross_up, cross_down, cross_against_trend; below_band, above_band; rsi_low, rsi_high;
  below_vwap, above_vwap, flat_at_close; reverted; first_bar; scripted; and, given by the desk,
  those of the exits and warming_up.
* A cross down against the trend is cross_against_trend in direction `long` too.
* A bar that both ends and begins a position is one decision, with the reason of the entry. One
  that would end and begin it on the same side decides nothing.
* naive_mean_reversion enters when z is beyond the threshold and the target is not already on that
  side (it does not size anew while there); an entry comes before the exit at zero.
* A size is worked out before anything is withheld: an entry of 0 lots aims at 0 for its own reason,
  and is tried again while its condition holds.
* The entry conditions of the two sides are armed one by one. An entry that was withheld or had no
  lots stays armed. buy_and_hold asks until it holds, and not again when an exit has ended that.
* Of two entries that hold at once the long one is taken.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from tests.oracle.market import DAY_NS, Bar, Sessions
from tests.oracle.signals import Ema, Rsi, Sma, Vwap, ZScore, quantile
from tests.oracle.strategies import (
    BollingerReversion,
    BuyAndHold,
    EmaCross,
    NaiveMeanReversion,
    RsiReversion,
    Signal,
    VwapFade,
)

AGAINST_TREND = "cross_against_trend"
SIDES = (1, -1)


@dataclass(frozen=True)
class Answer:
    target: int
    reason: str


class Rule:
    """A strategy at work."""

    def hear(self, bar: Bar) -> None: ...

    def answer(self, target: int, lots: Callable[[], int]) -> Answer | None:
        """What is wanted now, given the present target; `lots` works the size out."""
        raise NotImplementedError

    def disarm(self, side: int) -> None:
        """An entry of this side was ended by an exit."""

    def split(self, ratio: Fraction) -> None: ...


def rule_of(signal: Signal, interval_ns: int, sessions: Sessions | None) -> Rule:
    """The rule at its start, for bars of this length and an instrument of these sessions."""
    match signal:
        case EmaCross():
            return EmaCrossRule(signal)
        case BollingerReversion():
            return BollingerRule(signal)
        case NaiveMeanReversion():
            return NaiveRule(signal)
        case RsiReversion():
            return RsiRule(signal)
        case VwapFade():
            return VwapRule(signal, interval_ns, sessions)
        case BuyAndHold():
            return BuyAndHoldRule()


class EmaCrossRule(Rule):
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
        self._crossed = False
        self._fast.update(bar.close)
        self._slow.update(bar.close)
        if self._trend is not None:
            self._trend.update(bar.close)
            if not self._trend.ready:
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

    def split(self, ratio: Fraction) -> None:
        for average in (self._fast, self._slow, self._trend):
            if average is not None:
                average.split(ratio)

    def _is_against_trend(self) -> bool:
        if self._plan.trend is None or self._trend is None:
            return False
        beyond = self._close * self._plan.trend - self._trend.total
        return beyond <= 0 if self._above else beyond >= 0


class ReversionRule(Rule):
    """What reversions share: entries that are armed side by side, and exits that come first."""

    reasons = ("", "")  # of an entry that buys, of one that sells

    def __init__(self, direction: str) -> None:
        self._sides = SIDES if direction == "both" else (1,)
        self._armed = dict.fromkeys(SIDES, True)

    def hear(self, bar: Bar) -> None:
        self._update(bar)
        for side in SIDES:
            if not self._is_entry(side):
                self._armed[side] = True

    def disarm(self, side: int) -> None:
        self._armed[side] = False

    def answer(self, target: int, lots: Callable[[], int]) -> Answer | None:
        wanted = Answer(target, "")
        leaves = self._exit(target) if target != 0 else None
        if leaves is not None:
            wanted = Answer(0, leaves)
        side = self._entry()
        if wanted.target == 0 and side != 0:
            if side * target > 0:
                return None
            wanted = Answer(side * lots(), self._reason(side))
        return wanted if wanted.target != target else None

    def _update(self, bar: Bar) -> None:
        raise NotImplementedError

    def _holds(self, side: int) -> bool:
        """True if this side's entry condition does."""
        raise NotImplementedError

    def _exit(self, side: int) -> str | None:
        """The reason to leave a position of this side, if there is one."""
        raise NotImplementedError

    def _is_entry(self, side: int) -> bool:
        return side in self._sides and self._holds(side)

    def _entry(self) -> int:
        """The side that may be entered now, else 0."""
        for side in SIDES:
            if self._is_entry(side) and self._armed[side]:
                return side
        return 0

    def _reason(self, side: int) -> str:
        return self.reasons[0] if side > 0 else self.reasons[1]


class BandRule(ReversionRule):
    """On z: in beyond the threshold, out when z has come back to the exit."""

    reasons = ("below_band", "above_band")

    def __init__(self, n: int, threshold: float, exit_z: float, direction: str) -> None:
        super().__init__(direction)
        self._z = ZScore(n)
        self._threshold = threshold
        self._exit_z = exit_z

    def _update(self, bar: Bar) -> None:
        self._z.update(bar.close)

    def _holds(self, side: int) -> bool:
        z = self._z.value
        return z is not None and -side * z > self._threshold

    def _exit(self, side: int) -> str | None:
        z = self._z.value
        if z is None:
            return None
        is_back = z >= -self._exit_z if side > 0 else z <= self._exit_z
        return "reverted" if is_back else None

    def split(self, ratio: Fraction) -> None:
        self._z.split(ratio)


class BollingerRule(BandRule):
    def __init__(self, plan: BollingerReversion) -> None:
        super().__init__(plan.n, plan.entry, plan.exit, plan.direction)


class NaiveRule(BandRule):
    def __init__(self, plan: NaiveMeanReversion) -> None:
        super().__init__(plan.n, plan.threshold, 0.0, "both")

    def answer(self, target: int, lots: Callable[[], int]) -> Answer | None:
        wanted = Answer(target, "")
        side = self._entry()
        leaves = self._exit(target) if target != 0 else None
        if side * target <= 0 and side != 0:
            wanted = Answer(side * lots(), self._reason(side))
        elif leaves is not None:
            wanted = Answer(0, leaves)
        return wanted if wanted.target != target else None


class RsiRule(ReversionRule):
    """On the RSI, against fixed thresholds or the quantiles of the values before this one."""

    reasons = ("rsi_low", "rsi_high")

    def __init__(self, plan: RsiReversion) -> None:
        super().__init__(plan.direction)
        self._plan = plan
        self._rsi = Rsi(plan.n)
        self._before: list[float] = []
        self._low, self._high = plan.low, plan.high
        self._ready = False

    def _update(self, bar: Bar) -> None:
        self._rsi.update(bar.close)
        value, adaptive = self._rsi.value, self._plan.adaptive
        if value is None:
            return
        if adaptive is None:
            self._ready = True
            return
        if len(self._before) == adaptive.window:
            self._ready = True
            self._low = quantile(self._before, adaptive.low_quantile)
            self._high = quantile(self._before, adaptive.high_quantile)
        self._before = [*self._before, value][-adaptive.window :]

    def _holds(self, side: int) -> bool:
        value = self._rsi.value
        if value is None or not self._ready:
            return False
        return value < self._low if side > 0 else value > self._high

    def _exit(self, side: int) -> str | None:
        value = self._rsi.value
        if value is None or not self._ready:
            return None
        is_back = value >= self._plan.exit if side > 0 else value <= self._plan.exit
        return "reverted" if is_back else None

    def split(self, ratio: Fraction) -> None:
        self._rsi.split(ratio)


class VwapRule(ReversionRule):
    """Against the session's mean price, on bars without much volume."""

    reasons = ("below_vwap", "above_vwap")

    def __init__(self, plan: VwapFade, interval_ns: int, sessions: Sessions | None) -> None:
        super().__init__(plan.direction)
        self._plan = plan
        self._interval_ns = interval_ns
        self._sessions = sessions
        self._session: tuple[int, int] | None = None
        self._vwap = Vwap()
        self._volumes = Sma(plan.volume_n)
        self._distance: float | None = None
        self._is_last = False
        self._is_calm = False

    def _update(self, bar: Bar) -> None:
        session = self._session_of(bar)
        if session != self._session:
            self._session = session
            self._vwap.start()
        self._is_last = bar.ts_close < session[1] <= bar.ts_close + self._interval_ns
        self._vwap.update(bar)
        self._volumes.update(bar.lots)
        mean = self._vwap.value
        self._distance = None if mean is None else (bar.close - mean) / mean * 10_000
        usual = self._volumes.value
        self._is_calm = usual is not None and bar.lots <= self._plan.volume_ratio * usual

    def _session_of(self, bar: Bar) -> tuple[int, int]:
        """The session that began last before the bar's close."""
        if self._sessions is None:
            start = (bar.ts_close - 1) // DAY_NS * DAY_NS
            return start, start + DAY_NS
        return max(session for session in self._sessions if session[0] < bar.ts_close)

    def _holds(self, side: int) -> bool:
        if self._distance is None or not self._is_calm:
            return False
        if self._plan.flat_at_close and self._is_last:
            return False
        return -side * self._distance > self._plan.entry_bps

    def _exit(self, side: int) -> str | None:
        if self._plan.flat_at_close and self._is_last:
            return "flat_at_close"
        if self._distance is None:
            return None
        return "reverted" if side * self._distance >= 0 else None

    def split(self, ratio: Fraction) -> None:
        self._vwap.split(ratio)
        self._volumes.split(1 / ratio)


class BuyAndHoldRule(Rule):
    """The full target at the first bar that allows it."""

    def __init__(self) -> None:
        self._ended = False

    def answer(self, target: int, lots: Callable[[], int]) -> Answer | None:
        if target != 0 or self._ended:
            return None
        wanted = Answer(lots(), "first_bar")
        return wanted if wanted.target != target else None

    def disarm(self, side: int) -> None:
        del side  # it has but one
        self._ended = True
