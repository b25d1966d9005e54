"""The steps of the strategies that bet on a return: they enter against a price far from usual.

All first leave what they hold and then, if they are flat, enter. An entry that an exit policy
ended is taken again only after its condition was false once: until then its side is blocked.
Every answer is the sign of a target (1 long, 0 flat, -1 short); HOLD says that it stays.
"""

from dataclasses import dataclass, field
from typing import Final, Protocol

from trader.kernels.indicators import Bar, Rsi, Vwap, ZScore, rolled, rsi, vwap, zscore
from trader.kernels.kernel import HOLD, kernel
from trader.kernels.rounding import scaled

LONG: Final = 1
SHORT: Final = 2
"""Sides in a sum: 0 is neither of them, 3 both."""


class Fading(Protocol):
    """Where a fade stands: `short` is 1 if it may be short, `side` what it aims at."""

    short: int
    side: int
    blocked: int


@kernel
def unblocked(blocked: int, below: bool, above: bool) -> int:  # noqa: FBT001 - of one bar, alike
    """The sides that stay blocked (LONG, SHORT) after an exit policy ended their entries.

    A side is free again once its own condition has been false.
    """
    kept = blocked
    if not below and kept % SHORT == LONG:
        kept -= LONG
    if not above and kept >= SHORT:
        kept -= SHORT
    return kept


@kernel
def faded(s: Fading, leaves: bool, below: bool, above: bool) -> int:  # noqa: FBT001 - likewise
    """The side after leaving and entering: `below` asks for a long, `above` for a short."""
    if s.blocked > 0:
        s.blocked = unblocked(s.blocked, below, above)
    side = 0 if leaves else s.side
    if side == 0 and below and s.blocked % SHORT == 0:
        side = 1
    elif side == 0 and above and s.blocked < SHORT:
        side = -1
    says = HOLD
    if side != s.side:
        s.side = side
        says = side
    return says


# -- on the score ---------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class ScoreFade(ZScore):
    """A score of the close, and where the fade of it stands."""

    entry: float
    exit: float
    short: int
    side: int = 0
    blocked: int = 0


@kernel
def bollinger_reversion(s: ScoreFade, bar: Bar) -> int:
    """Enters against a close beyond the band, leaves when z has come back to the exit."""
    says = HOLD
    ready = zscore(s, bar)
    if ready != HOLD:
        leaves = (s.side > 0 and s.z >= -s.exit) or (s.side < 0 and s.z <= s.exit)
        says = faded(s, leaves, s.z < -s.entry, s.short == 1 and s.z > s.entry)
    return says


@kernel
def naive_mean_reversion(s: ScoreFade, bar: Bar) -> int:
    """Short above the band, long below it, flat once z has reached or crossed zero."""
    says = HOLD
    ready = zscore(s, bar)
    if ready != HOLD:
        side = s.side
        if (side > 0 and s.z >= 0.0) or (side < 0 and s.z <= 0.0):
            side = 0
        below = s.z < -s.entry
        above = s.z > s.entry
        s.blocked = unblocked(s.blocked, below, above)
        if above and s.blocked < SHORT:
            side = -1
        elif below and s.blocked % SHORT == 0:
            side = 1
        if side != s.side:
            s.side = side
            says = side
    return says


# -- on relative strength -------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class StrengthFade(Rsi):
    """Relative strength, the levels in force, and where the fade of it stands.

    `ready` is the number of bars from which on there are strength and levels. `seen` and `ranked`
    hold the values that the levels are found among where they follow the market.
    """

    low: float
    high: float
    exit: float
    short: int
    ready: int
    side: int = 0
    blocked: int = 0
    close: int = 0
    seen: list[float] = field(default_factory=list)
    ranked: list[float] = field(default_factory=list)

    def carry(self, up: int, down: int) -> None:
        """Scales what is of prices; strength and levels are none."""
        Rsi.carry(self, up, down)
        self.close = self.previous


@kernel
def rsi_reversion(s: StrengthFade, bar: Bar) -> int:
    """Enters below the low level (or above the high one), leaves at the exit level."""
    s.close = bar.close_ticks
    says = HOLD
    ready = rsi(s, bar)
    if ready != HOLD and s.count >= s.ready:
        leaves = (s.side > 0 and s.rsi >= s.exit) or (s.side < 0 and s.rsi <= s.exit)
        says = faded(s, leaves, s.rsi < s.low, s.short == 1 and s.rsi > s.high)
    return says


# -- on the session's mean price ------------------------------------------------------------------


NO_SESSION: Final = -(2**63)
"""Before all time."""


class SessionBar(Bar, Protocol):
    """A bar that knows where it lies in time."""

    @property
    def interval_ns(self) -> int:
        """Its length."""

    @property
    def ts_close(self) -> int:
        """When it closed."""


@dataclass(slots=True, kw_only=True)
class SessionFade(Vwap):
    """The session's mean price, the mean volume, and where the fade of the distance stands.

    `next_open` and `next_close` are of the session announced last; the first bar that closes
    after its opening belongs to it, and then it is the one of `session_open` and `session_close`.
    `closing` is 1 at the bar after which the session opens one more.
    """

    entry_bps: float
    n: int
    volume_ratio: float
    short: int
    flat_at_close: int
    next_open: int = NO_SESSION
    next_close: int = NO_SESSION
    session_open: int = NO_SESSION
    session_close: int = NO_SESSION
    count: int = 0
    ring: list[int] = field(default_factory=list)
    total: int = 0
    volume_mean: float = 0.0
    distance_bps: float = 0.0
    lots: int = 0
    close: int = 0
    closing: int = 0
    side: int = 0
    blocked: int = 0

    def __post_init__(self) -> None:
        self.ring = self.ring or [0] * self.n

    def carry(self, up: int, down: int) -> None:
        """Scales the mean price and the close, and all volumes the other way round."""
        Vwap.carry(self, up, down)
        self.close = scaled(self.close, up, down)
        self.lots = scaled(self.lots, down, up)
        self.ring = [scaled(each, down, up) for each in self.ring]
        self.total = sum(self.ring)
        self.volume_mean = self.volume_mean * down / up


@kernel
def entered_session(s: SessionFade, ts_close: int) -> None:
    """Begins the announced session with the first bar that closes after its opening."""
    if s.next_open > s.session_open and ts_close > s.next_open:
        s.session_open = s.next_open
        s.session_close = s.next_close
        s.paid = 0.0
        s.volume = 0
        s.vwap = 0.0


@kernel
def announced_session(s: SessionFade, ts_open: int, ts_close: int) -> None:
    """A session begins now. A bar that closes now is still to come: of the session before it."""
    entered_session(s, ts_open)
    s.next_open = ts_open
    s.next_close = ts_close


@kernel
def vwap_fade(s: SessionFade, bar: SessionBar) -> int:
    """Enters far from the session's mean price in quiet volume, leaves at that price.

    With `flat_at_close` it leaves, and does not enter, at the bar after which the session opens
    but one more. While there is no mean price or no mean volume nothing is far.
    """
    entered_session(s, bar.ts_close)
    ready = vwap(s, bar)
    s.lots = bar.lots
    s.close = bar.close_ticks
    rolled(s, bar.lots)
    s.distance_bps = 0.0
    quiet = False
    if ready != HOLD:
        s.distance_bps = (float(s.close) - s.vwap) / s.vwap * 10000.0
    if s.count >= s.n:
        s.volume_mean = float(s.total) / s.n
        quiet = ready != HOLD and float(s.lots) <= s.volume_ratio * s.volume_mean
    last = bar.ts_close < s.session_close <= bar.ts_close + bar.interval_ns
    s.closing = 1 if last and s.flat_at_close == 1 else 0
    back = (s.side > 0 and s.distance_bps >= 0.0) or (s.side < 0 and s.distance_bps <= 0.0)
    enters = quiet and s.closing == 0
    below = enters and s.distance_bps < -s.entry_bps
    above = enters and s.short == 1 and s.distance_bps > s.entry_bps
    return faded(s, s.closing == 1 or (ready != HOLD and back), below, above)
