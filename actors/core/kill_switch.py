"""The kill switch: owns the trading state. It starts HALTED and trusts nothing until reconciled."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from actors.runtime.actor import NOTHING, Handler, Stateful
from trader.model.account import DifferenceFound, Reconciled
from trader.model.control import (
    EdgeFailed,
    InboxOverflowed,
    LimitBreached,
    RunStarted,
    SetTradingState,
    TradingState,
    TradingStateChanged,
)
from trader.model.envelope import Message
from trader.model.orders import CancelAll
from trader.model.units import Nanoseconds

_GATEWAY: Final = "gateway"


class KillSwitchState(Struct):
    """The trading state, and whether it is latched until a person lifts it."""

    trading: TradingState = TradingState.HALTED
    latched: bool = False


class KillSwitch(Stateful[KillSwitchState]):
    """Halts on whatever must not go on; resumes when reconciled, or when told if it was latched."""

    name = "kill_switch"

    def __init__(self) -> None:
        self.state = KillSwitchState()

    @property
    def handlers(self) -> Mapping[type, Handler]:
        """What halts, what lifts a halt, and the operator."""
        return {
            RunStarted: self._on_start,
            Reconciled: self._on_reconciled,
            DifferenceFound: self._on_difference,
            LimitBreached: self._on_breach,
            EdgeFailed: self._on_edge_failed,
            InboxOverflowed: self._on_overflow,
            SetTradingState: self._on_command,
        }

    def _on_start(self, started: RunStarted, now: Nanoseconds) -> Sequence[Message]:
        """A new life of the process is halted again until the venue and we agree."""
        del started, now
        return self._move(TradingState.HALTED, "restarted", "runtime")

    def _on_reconciled(self, reconciled: Reconciled, now: Nanoseconds) -> Sequence[Message]:
        del reconciled, now
        if self.state.latched:
            return NOTHING
        return self._move(TradingState.ACTIVE, "reconciled", "reconciler")

    def _on_difference(self, difference: DifferenceFound, now: Nanoseconds) -> Sequence[Message]:
        del now
        return self._halt(f"difference_{difference.kind}", "reconciler")

    def _on_breach(self, breach: LimitBreached, now: Nanoseconds) -> Sequence[Message]:
        del now
        return self._halt(breach.limit, "risk")

    def _on_edge_failed(self, failed: EdgeFailed, now: Nanoseconds) -> Sequence[Message]:
        """Without the way to the venue nothing may be decided; the reconciliation lifts this."""
        del now
        if failed.edge != _GATEWAY:
            return NOTHING
        return self._move(TradingState.HALTED, "edge_failed", failed.edge)

    def _on_overflow(self, overflow: InboxOverflowed, now: Nanoseconds) -> Sequence[Message]:
        del overflow, now
        return self._halt("inbox_overflowed", "runtime")

    def _on_command(self, command: SetTradingState, now: Nanoseconds) -> Sequence[Message]:
        del now
        if command.state is TradingState.ACTIVE:
            self.state.latched = False
            return self._move(TradingState.ACTIVE, command.reason, command.by)
        return self._halt(command.reason, command.by, command.state)

    def _halt(
        self, code: str, by: str, state: TradingState = TradingState.HALTED
    ) -> Sequence[Message]:
        """Halts (or only reduces) until a person lifts it, and takes back what works."""
        self.state.latched = True
        moved = self._move(state, code, by)
        if not moved or state is not TradingState.HALTED:
            return moved
        return (*moved, CancelAll(strategy="", reason=code))

    def _move(self, state: TradingState, code: str, by: str) -> Sequence[Message]:
        previous, self.state.trading = self.state.trading, state
        if state is previous:
            return NOTHING
        return (TradingStateChanged(state=state, previous=previous, code=code, by=by),)
