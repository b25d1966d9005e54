"""VWAP fade: against a close far from the session's mean price, while volume is quiet."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from trader.kernels.fades import SessionFade, announced_session, vwap_fade
from trader.model.market import BarClosed
from trader.model.units import Nanoseconds, Ticks
from trader.strategies.explaining import Condition, bars_seen, shown
from trader.strategies.fading import NAMES, Fade, compared
from trader.strategies.params import VwapFadeParams
from trader.strategies.strategy import WARMUP_BARS_MIN, Answer, Side


class VwapFade(Fade):
    """Buys `entry_bps` below the session's VWAP, sells above it, leaves at it."""

    Params = VwapFadeParams
    State = SessionFade
    inputs: ClassVar[tuple[str, ...]] = ("close", "vwap", "distance_bps", "volume_mean")
    prices: ClassVar[tuple[str, ...]] = ("close", "vwap")
    reasons: ClassVar[Mapping[int, str]] = {1: "below_vwap", 0: "reverted", -1: "above_vwap"}
    params: VwapFadeParams
    state: SessionFade

    def initial(self) -> SessionFade:
        """Flat, before any session."""
        p = self.params
        return SessionFade(
            entry_bps=float(p.entry_bps),
            n=p.volume_n,
            volume_ratio=float(p.volume_ratio),
            short=1 if p.direction == "both" else 0,
            flat_at_close=1 if p.flat_at_close else 0,
        )

    @property
    def warmup_bars(self) -> int:
        """Three times the mean volume's length."""
        return max(3 * self.state.n, WARMUP_BARS_MIN)

    @property
    def kernel(self) -> Callable[[Any, BarClosed], int]:
        """Speaks when it enters or leaves."""
        return vwap_fade

    def on_session(self, ts_open: Nanoseconds, ts_close: Nanoseconds) -> None:
        """Waits for the first bar of the session."""
        announced_session(self.state, ts_open, ts_close)

    def answer(self, says: int, close: Ticks) -> Answer:
        """Leaving because the session ends has a reason of its own."""
        if says == 0 and self.state.closing:
            return Side(0, "flat_at_close")
        return super().answer(says, close)

    def readiness(self) -> tuple[Condition, ...]:
        """A mean volume, and a volume in this session."""
        s = self.state
        volume = Condition("session volume", f"{s.volume} lots", "more than 0 lots", s.volume > 0)
        return bars_seen(s.count, s.n), volume

    def leaving(self) -> Condition:
        """The close is back at the mean price, or the session ends."""
        s = self.state
        if s.closing:
            return Condition("session ends", "its last opening is next", "flat by then")
        return compared("distance to leave", s.distance_bps, s.side, 0.0, reached=True)

    def permitting(self) -> tuple[Condition, ...]:
        """Volume is quiet, and the session goes on if it has to be flat at its end."""
        s = self.state
        most = s.volume_ratio * s.volume_mean
        quiet = Condition("volume", f"{s.lots} lots", f"at most {shown(most)} lots", s.lots <= most)
        if not s.flat_at_close:
            return (quiet,)
        value = "its last opening is next" if s.closing else "goes on"
        return quiet, Condition("session", value, "goes on", not s.closing)

    def entering(self, sign: int) -> Condition:
        """The close is far from the mean price."""
        s = self.state
        name = f"distance to enter {NAMES[sign]}"
        return compared(name, s.distance_bps, -sign, -sign * s.entry_bps, reached=False)
