"""The kill switch: owns the trading state. It starts HALTED and trusts nothing until reconciled.

ACTIVE lets everything through, REDUCING only what makes positions smaller, HALTED nothing at all.
FLATTENING closes every position and becomes HALTED when that is done. Whatever a breaker or a
person ordered is *latched*: it stays until a person lifts it. A lost connection halts as well,
but agreement with the venue lifts that, and what was latched before goes on. So does a clock that
is off, until it is near the venue's again.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from actors.runtime.actor import NOTHING, Handler, Stateful
from trader.logic.rules.limits import Breach
from trader.model.account import DifferenceFound, Reconciled
from trader.model.control import (
    ClockCompared,
    EdgeFailed,
    Flattened,
    InboxOverflowed,
    InstrumentResumed,
    LimitBreached,
    LimitChanged,
    Reconcile,
    RunStarted,
    SessionOpened,
    SetTradingState,
    TradingState,
    TradingStateChanged,
)
from trader.model.envelope import Message
from trader.model.orders import CancelAll, Flatten
from trader.model.units import Nanoseconds

_GATEWAY: Final = "gateway"
_HALTED: Final = TradingState.HALTED
_REDUCING: Final = TradingState.REDUCING
_ACTIVE: Final = TradingState.ACTIVE
_FLATTENING: Final = TradingState.FLATTENING
_REMEDIES: Final[Mapping[str, TradingState]] = {
    "halt": _HALTED,
    "reduce": _REDUCING,
    "flatten": _FLATTENING,
}


class KillSwitchState(Struct):
    """The trading state, and whether it is latched until a person lifts it.

    `ordered` is what was latched, and by what word; `on_breach` is what a breaker does. The venue
    and we have `agreed` since the last start, break or difference. `clock_off`: orders would be
    dated by a clock that nobody trusts.
    """

    trading: TradingState = TradingState.HALTED
    latched: bool = False
    ordered: TradingState = TradingState.HALTED
    code: str = ""
    on_breach: str = "halt"
    agreed: bool = False
    clock_off: bool = False


class KillSwitch(Stateful[KillSwitchState]):
    """Stops whatever must not go on; resumes when reconciled, or when told if it was latched."""

    name = "kill_switch"

    def __init__(self, on_breach: Breach = "halt") -> None:
        self.state = KillSwitchState(on_breach=on_breach)

    @property
    def handlers(self) -> Mapping[type, Handler]:
        """What stops, what lifts that, the operator, and when a flattening may go on."""
        return {
            RunStarted: self._on_start,
            Reconciled: self._on_reconciled,
            DifferenceFound: self._on_difference,
            LimitBreached: self._on_breach,
            LimitChanged: self._on_limit,
            EdgeFailed: self._on_edge_failed,
            InboxOverflowed: self._on_overflow,
            ClockCompared: self._on_clock,
            SetTradingState: self._on_command,
            Flattened: self._on_flattened,
            SessionOpened: self._on_open,
            InstrumentResumed: self._on_open,
        }

    def _on_start(self, started: RunStarted, now: Nanoseconds) -> Sequence[Message]:
        """A new life of the process is halted again until the venue and we agree."""
        del started, now
        self.state.agreed = False
        return self._move(_HALTED, "restarted", "runtime")

    def _on_reconciled(self, reconciled: Reconciled, now: Nanoseconds) -> Sequence[Message]:
        del reconciled, now
        state = self.state
        state.agreed = True
        if not state.latched:
            return self._activate("reconciled", "reconciler")
        if state.trading is not _HALTED or state.ordered is _HALTED:
            return NOTHING
        return self._enter(state.ordered, state.code, "reconciler")

    def _on_difference(self, difference: DifferenceFound, now: Nanoseconds) -> Sequence[Message]:
        del now
        self.state.agreed = False
        return self._latch(_HALTED, f"difference_{difference.kind}", "reconciler")

    def _on_breach(self, breach: LimitBreached, now: Nanoseconds) -> Sequence[Message]:
        """A breaker makes nothing milder, and does not stop what is being flattened."""
        del now
        state = self.state
        remedy = _REMEDIES[state.on_breach]
        if state.trading is _HALTED or state.trading is _FLATTENING:
            if not state.latched:
                state.latched, state.ordered, state.code = True, remedy, breach.limit
            return NOTHING
        return self._latch(remedy, breach.limit, "risk")

    def _on_limit(self, changed: LimitChanged, now: Nanoseconds) -> Sequence[Message]:
        del now
        if changed.limit == "on_breach":
            self.state.on_breach = changed.new
        return NOTHING

    def _on_edge_failed(self, failed: EdgeFailed, now: Nanoseconds) -> Sequence[Message]:
        """Without the way to the venue nothing may be decided; the reconciliation lifts this."""
        del now
        if failed.edge != _GATEWAY:
            return NOTHING
        self.state.agreed = False
        return self._move(_HALTED, "edge_failed", failed.edge)

    def _on_overflow(self, overflow: InboxOverflowed, now: Nanoseconds) -> Sequence[Message]:
        del overflow, now
        return self._latch(_HALTED, "inbox_overflowed", "runtime")

    def _on_clock(self, compared: ClockCompared, now: Nanoseconds) -> Sequence[Message]:
        """Nothing new by a clock that is off; what only makes positions smaller goes on."""
        del now
        state = self.state
        state.clock_off = not compared.is_trusted
        if state.clock_off:
            return self._activate("", "") if state.trading is _ACTIVE else NOTHING
        if state.latched or not state.agreed:
            return NOTHING
        return self._activate("clock_trusted", "clock")

    def _activate(self, code: str, by: str) -> Sequence[Message]:
        """Lets trading go on, unless the clock is off: then once it is not."""
        if self.state.clock_off:
            return self._move(_HALTED, "clock_untrusted", "clock")
        return self._move(_ACTIVE, code, by)

    def _on_command(self, command: SetTradingState, now: Nanoseconds) -> Sequence[Message]:
        del now
        if command.state is _ACTIVE:
            self.state.latched = False
            if not self.state.agreed:
                # Nobody trades before both agree; if they do, this is what lets it begin.
                return (Reconcile(accept=command.accept),)
            return self._activate(command.reason, command.by)
        return self._latch(command.state, command.reason, command.by)

    def _on_flattened(self, flattened: Flattened, now: Nanoseconds) -> Sequence[Message]:
        del flattened, now
        self.state.ordered = _HALTED
        return self._move(_HALTED, "flattened", "risk")

    def _on_open(
        self, opened: SessionOpened | InstrumentResumed, now: Nanoseconds
    ) -> Sequence[Message]:
        """What could not be closed while the market was may be now."""
        del opened, now
        return self._again() if self.state.trading is _FLATTENING else NOTHING

    def _latch(self, state: TradingState, code: str, by: str) -> Sequence[Message]:
        """Moves until a person lifts it."""
        self.state.latched, self.state.ordered, self.state.code = True, state, code
        if state is _FLATTENING and state is self.state.trading:
            return self._again()
        return self._enter(state, code, by)

    def _enter(self, state: TradingState, code: str, by: str) -> Sequence[Message]:
        """Moves, and takes back what works and could build up a position."""
        moved = self._move(state, code, by)
        if not moved:
            return moved
        if state is _FLATTENING:
            return (*moved, *self._again())
        cancel = CancelAll(strategy="", reason=code, keep_exits=state is _REDUCING)
        return (*moved, cancel)

    def _again(self) -> Sequence[Message]:
        return (Flatten(strategy="", reason=self.state.code),)

    def _move(self, state: TradingState, code: str, by: str) -> Sequence[Message]:
        previous, self.state.trading = self.state.trading, state
        if state is previous:
            return NOTHING
        return (TradingStateChanged(state=state, previous=previous, code=code, by=by),)
