"""What the strategies share that bet on a return: where they stand, and how they tell it.

The rules themselves are steps in `trader.kernels.fades`.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from trader.kernels.fades import LONG, SHORT
from trader.model.units import Ticks
from trader.strategies.explaining import Condition, shown
from trader.strategies.strategy import Answer, Side, Strategy

NAMES: Final[Mapping[int, str]] = {1: "long", 0: "flat", -1: "short"}
_BLOCKS: Final[Mapping[int, int]] = {1: LONG, -1: SHORT}


class Fade(Strategy):
    """A strategy whose step leaves first and then enters if it is flat.

    `reasons` are those of the three sides. The state has the fields of a fade's step.
    """

    reasons: ClassVar[Mapping[int, str]]
    turns: ClassVar[bool] = False
    """Whether it may go from side to side without having left."""

    def answer(self, says: int, close: Ticks) -> Answer:
        """A step's number is the side."""
        del close
        return Side(says, self.reasons[says])

    def on_flat(self, *, exited: bool) -> None:
        """Stands flat again; after an exit the same side waits until its condition was false."""
        state = self.state
        if exited and state.side:
            state.blocked |= _BLOCKS[state.side]
        state.side = 0

    def on_split(self, numerator: int, denominator: int) -> None:
        """The state carries itself; that some of it is called prices is for those who read it."""
        self.state.carry(denominator, numerator)

    def explain(self) -> tuple[Condition, ...]:
        """Whether it is ready, what would make it leave, and what would make it enter."""
        side = self.state.side
        told = [*self.readiness()]
        told += [self.leaving()] if side else []
        told += [*self.permitting()]
        for sign in (1, -1) if self.state.short else (1,):
            if sign != side:
                told += [self.entering(sign), self._armed(sign)]
        if not self.turns:
            told.append(Condition("flat", NAMES[side], "flat, to enter", not side))
        return tuple(told)

    def readiness(self) -> tuple[Condition, ...]:
        """What the rule needs before it says anything."""
        raise NotImplementedError

    def leaving(self) -> Condition:
        """What makes it leave the side it is on."""
        raise NotImplementedError

    def permitting(self) -> tuple[Condition, ...]:
        """What an entry of either side needs besides."""
        return ()

    def entering(self, sign: int) -> Condition:
        """What makes it enter a side."""
        raise NotImplementedError

    def _armed(self, sign: int) -> Condition:
        is_blocked = bool(self.state.blocked & _BLOCKS[sign])
        value = "ended by an exit" if is_blocked else "armed"
        return Condition(
            f"{NAMES[sign]} armed", value, "an entry condition that was false since", not is_blocked
        )


def compared(name: str, value: Any, sign: int, bound: Any, *, reached: bool) -> Condition:  # noqa: ANN401 - numbers of both kinds
    """Whether a value is above the bound (sign 1) or below it (-1); `reached`: or at it."""
    words = {1: "at least" if reached else "above", -1: "at most" if reached else "below"}
    beyond = sign * (value - bound)
    holds = bool(beyond >= 0 if reached else beyond > 0)
    return Condition(name, shown(value), f"{words[sign]} {shown(bound)}", holds)
