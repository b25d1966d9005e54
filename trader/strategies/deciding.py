"""From what a strategy answers to what is decided: sizes, reasons, and what is withheld.

A target is told when it changes. Its size comes from the configuration where the strategy only
names a side. An entry goes with its exits or not at all; before the first instant, and while the
strategy is disabled, nothing is decided; and an entry that an exit ended is not taken again before
the strategy has let go of it. Of what is decided late only what makes a position smaller is taken.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from struct import Struct as Packing
from typing import Any, Final, get_type_hints

from msgspec import Struct

from trader.kernels.sizing import weighted_lots
from trader.model.envelope import Message
from trader.model.orders import CancelKey, DecisionRecorded, TargetPosition
from trader.model.units import BEFORE_ALL, INT64_MAX, NONE, Lots, Money, Nanoseconds, Ticks
from trader.strategies import answering, faults, saving
from trader.strategies.exits import ExitPolicy, Held, protections
from trader.strategies.strategy import (
    Action,
    Answer,
    Cancel,
    Order,
    Replace,
    Side,
    Strategy,
    Target,
)

LATE: Final = "late"
"""Why an answer to a bar of long ago was withheld."""
_SIGNS: Final = (-1, 0, 1)
_NOTHING: Final[tuple[Message, ...]] = ()


class Sizing(Struct, frozen=True, kw_only=True):
    """How large a full side is: fixed lots, or the share `rate / unit` of equity.

    `half` is money in half a tick x lot; `bound` is what |lots x ticks| may not reach.
    """

    lots: Lots = 0
    rate: int = 0
    unit: int = 1
    half: Money
    bound: int = INT64_MAX // 4


@dataclass(slots=True)
class StrategyState:
    """What the actor keeps beside the strategy's own state and its exits' states.

    Position and `held` are kept for exits, equity and mark (in half ticks; `quoted` once it is a
    quote's) for sizes that are shares of equity.
    `disabled` waits for a person; `checked` once its strategy's state was found to be saveable. One
    that was started anew is warm at `warm_from` and decides nothing before.
    """

    decides_from: Nanoseconds
    target: Lots = 0
    blocked: int = 0
    disabled: bool = False
    checked: bool = False
    position: Lots = 0
    held: Held | None = None
    equity: Money = 0
    mark: int = NONE
    quoted: bool = False
    warm_from: Nanoseconds = BEFORE_ALL


class Decider:
    """Decides for one strategy on one instrument; `state` is all it knows beside the strategy."""

    def __init__(  # noqa: PLR0913 - the parts of a decision
        self,
        strategy: Strategy,
        state: StrategyState,
        *,
        name: str,
        instrument: str,
        sizing: Sizing,
        exits: Sequence[ExitPolicy],
        marked_apart: bool,
    ) -> None:
        """`marked_apart`: shares of equity follow the mark in the state and not the close."""
        self.state = state
        self._strategy = strategy
        self._label = name
        self._instrument = instrument
        self._sizing = sizing
        self._exits = exits
        self._marked_apart = marked_apart
        self._is_late = False
        self._values = _getter(strategy.inputs)
        saving.check_types(name, type(strategy.state))
        types = get_type_hints(type(strategy.state))
        formats = ["d" if types[field] is float else "q" for field in strategy.inputs]
        self._pack = Packing("<" + "".join(formats)).pack
        self._unpack = Packing(f"<{len(formats)}q").unpack

    def take(self, answer: Answer, ref: Ticks, now: Nanoseconds) -> Sequence[Message]:
        """What an answer comes to, decided at a price of `ref`; raises for one without sense."""
        try:
            return self._taken(answer, ref, now)
        except (TypeError, ValueError) as error:
            faults.blame(error, type(self._strategy))
            raise

    def take_late(self, answer: Answer, ref: Ticks, now: Nanoseconds) -> Sequence[Message]:
        """As `take`, of an answer to what happened long ago: it may only make a position smaller.

        What else it asks for is withheld, but for cancels.
        """
        self._is_late = True
        try:
            return self.take(answer, ref, now)
        finally:
            self._is_late = False

    def _taken(self, answer: Answer, ref: Ticks, now: Nanoseconds) -> Sequence[Message]:
        state = self.state
        if now < state.decides_from:
            self._strategy.on_flat(exited=False)
            return _NOTHING
        if not state.checked:
            self._check()
        if ref == NONE:
            self._strategy.on_flat(exited=False)
            return (self._withheld(state.target, "no_price"),)
        if state.blocked and not _aims(answer):
            state.blocked = 0
        if type(answer) is Side:
            return self._lean(answer, ref)
        if isinstance(answer, list):
            return [message for action in answer for message in self._act(action, ref)]
        return self._act(answer, ref)

    def _check(self) -> None:
        """Once, at the first decision: a state that cannot be saved cannot be traded on."""
        self.state.checked = True
        lost = saving.saveable(self._strategy.state)
        if lost is not None:
            raise TypeError(f"the state's {lost.field} cannot be saved: {lost.why}")

    def _act(self, action: Action | None, ref: Ticks) -> Sequence[Message]:
        if type(action) is Side:
            return self._lean(action, ref)
        if isinstance(action, Target):
            lots = answering.size(action.lots, ref, self._sizing.bound)
            return self._aim(lots, answering.text(action.reason), ref)
        label, bound = self._label, self._sizing.bound
        if self._is_late and isinstance(action, Order | Replace):
            return (self._withheld(self.state.target, LATE),)
        if isinstance(action, Order):
            return (answering.requested(action, label, self._instrument, ref, bound),)
        if isinstance(action, Replace):
            return (answering.replacement(action, label, ref, bound),)
        if isinstance(action, Cancel):
            return (CancelKey(strategy=label, key=answering.text(action.key)),)
        raise TypeError(f"the strategy answered {type(action).__name__}, which is no action")

    def _lean(self, side: Side, ref: Ticks) -> Sequence[Message]:
        sign = side.sign
        if type(sign) is not int or sign not in _SIGNS:
            raise ValueError(f"a side is 1, 0 or -1, not {sign!r}")
        reason = side.reason
        if type(reason) is not str or not reason.isascii():
            reason = answering.text(reason)
        # Fixed lots are those of most; sizes that follow the equity take a call.
        lots = sign * self._sizing.lots
        if sign and not lots:
            sized = self._weighted(sign, ref)
            if sized is None:
                self._strategy.on_flat(exited=False)
                return (self._withheld(0, "no_price"),)
            lots = sized
            if not lots:
                self._strategy.on_flat(exited=False)
        if side.withheld and lots == self.state.target:
            self.state.blocked = 0
            return (self._withheld(lots, reason),)
        return self._aim(lots, reason, ref)

    def _weighted(self, sign: int, ref: Ticks) -> Lots | None:
        """The lots of a side by weight; None where the mark that they follow is still unknown."""
        sizing = self._sizing
        if not sizing.rate:
            raise ValueError("a side needs a size: give params lots or weight")
        mark = self.state.mark if self._marked_apart else 2 * ref
        if mark == NONE:
            return None
        equity = self.state.equity
        return sign * weighted_lots(equity, mark, sizing.half, sizing.rate, sizing.unit)

    def _aim(self, lots: Lots, reason: str, ref: Ticks) -> Sequence[Message]:
        state = self.state
        if state.blocked and lots * state.blocked > 0:
            return _NOTHING
        state.blocked = 0
        if lots == state.target:
            return _NOTHING
        if self._is_late:
            return self._aim_late(lots, reason, ref)
        if self._exits and lots and not all(exit_.ready for exit_ in self._exits):
            self._strategy.on_flat(exited=False)
            return (self._withheld(lots, "warming_up"),)
        return (self._told(lots, reason, ref),)

    def _aim_late(self, lots: Lots, reason: str, ref: Ticks) -> Sequence[Message]:
        """What of a new target makes the old one smaller is taken, and the rest withheld."""
        before = self.state.target
        smaller = max(min(lots, before), 0) if before > 0 else min(max(lots, before), 0)
        told: list[Message] = []
        if smaller != before:
            told.append(self._told(smaller, reason, ref))
        if smaller != lots:
            if not smaller:
                self._strategy.on_flat(exited=False)
            told.append(self._withheld(lots, LATE))
        return told

    def _told(self, lots: Lots, reason: str, ref: Ticks) -> TargetPosition:
        self.state.target = lots
        return TargetPosition(
            strategy=self._label,
            instrument=self._instrument,
            lots=lots,
            ref_ticks=ref,
            reason=reason,
            inputs=self._seen(),
            protection=protections(self._exits) if lots and self._exits else (),
        )

    def _withheld(self, lots: Lots, reason: str) -> DecisionRecorded:
        return DecisionRecorded(
            strategy=self._label,
            instrument=self._instrument,
            lots=lots,
            reason=reason,
            inputs=self._seen(),
        )

    def _seen(self) -> tuple[int, ...]:
        """The declared inputs as integers; floats by their bits."""
        return self._unpack(self._pack(*self._values(self._strategy.state)))

    def end(self, reason: str, ref: Ticks) -> TargetPosition:
        """The target becomes 0 without being asked."""
        self.state.target = 0
        self._strategy.on_flat(exited=True)
        return TargetPosition(
            strategy=self._label,
            instrument=self._instrument,
            lots=0,
            ref_ticks=ref,
            reason=reason,
            inputs=self._seen(),
        )


def _getter(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """Reads these fields of a state; one call of C, where there are several."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda state: tuple([getattr(state, name) for name in names])


def _aims(answer: Answer) -> bool:
    """Whether an answer speaks of a target at all."""
    actions = answer if isinstance(answer, list) else (answer,)
    return any(isinstance(each, Target | Side) for each in actions)
