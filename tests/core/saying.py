"""A strategy's actor whose answers are given, and what it should make of them."""

from collections.abc import Sequence
from decimal import Decimal
from struct import pack, unpack
from typing import Any, ClassVar

from msgspec import Struct

from actors.core.strategy import StrategyActor
from tests.core.making import A, bar, filled, given
from trader.model.account import PositionChanged
from trader.model.envelope import Message
from trader.model.market import BarClosed
from trader.model.orders import (
    DecisionRecorded,
    OrderRole,
    TargetPosition,
)
from trader.strategies.deciding import Sizing
from trader.strategies.exits import AtrStop, ExitPolicy
from trader.strategies.strategy import Answer, Strategy

FIXED = Sizing(lots=10, half=5, bound=10_000)
SHARE = Sizing(rate=1, unit=2, half=5)  # half of the equity; a lot at 100 ticks is worth 1000


class Says(Strategy):
    """Gives the answers of a list, one for each bar, and counts what became of its targets."""

    class Params(Struct):
        """The answers; after the last one it is silent."""

        answers: list[Any]

    class State(Struct):
        """How many bars were heard, the last close as it is and by seven, unasked ends."""

        bars: int = 0
        close: int = 0
        seventh: float = 0.0
        withheld: int = 0
        exited: int = 0

    inputs: ClassVar[tuple[str, ...]] = ("bars", "close", "seventh")
    params: Params
    state: State

    def on_bar(self, bar: BarClosed) -> Answer:
        """The next answer."""
        state = self.state
        state.bars += 1
        state.close = bar.close_ticks
        state.seventh = bar.close_ticks / 7
        answers = self.params.answers
        answer: Answer = answers[state.bars - 1] if state.bars <= len(answers) else None
        return answer

    def on_flat(self, *, exited: bool) -> None:
        """Counts."""
        self.state.exited += exited
        self.state.withheld += not exited


def says(
    *answers: Any,
    sizing: Sizing = FIXED,
    stops: Sequence[ExitPolicy] = (),
    trade_from: int = 0,
    equity: int = 0,
    **more: Any,
) -> StrategyActor:
    return StrategyActor(
        Says(Says.Params(list(answers))),
        name="one",
        instrument=A,
        sizing=sizing,
        exits=stops,
        trade_from=trade_from,
        equity=equity,
        **more,
    )


def stop(n: int = 1, k: int = 2) -> AtrStop:
    return AtrStop(n, Decimal(k))


def ranging(row: int, close: int = 100) -> BarClosed:
    """A bar with a range of ten ticks, so that a stop of two ranges is twenty away."""
    return bar(close, row=row, high=close + 5, low=close - 5)


def hear(actor: StrategyActor, rows: int, *, start: int = 0) -> list[Message]:
    return given(actor, *(ranging(row) for row in range(start, start + rows)))


def position(lots: int, ticks: int = 100) -> PositionChanged:
    return PositionChanged(
        strategy="one",
        instrument=A,
        lots=lots,
        cost=0,
        realized=0,
        last_lots=0,
        last_ticks=ticks,
        role=OrderRole.TARGET,
    )


def stopped(
    lots: int, left: int = 0, ticks: int = 80, reason: str = "atr_stop"
) -> tuple[Message, Message]:
    """A protective fill as a strategy hears it: the position after it, then the fill itself."""
    return position(left), filled(lots, ticks, role=OrderRole.PROTECTION, reason=reason)


def aims(
    lots: int, reason: str = "target", *, close: int = 100, bars: int = 1, **fields: Any
) -> TargetPosition:
    [bits] = unpack("<q", pack("<d", 100 / 7))
    usual = {"inputs": (bars, 100, bits), "ref_ticks": close}
    return TargetPosition(
        strategy="one", instrument=A, lots=lots, reason=reason, **{**usual, **fields}
    )


def withheld(lots: int, reason: str, *, bars: int = 1) -> DecisionRecorded:
    inputs = aims(lots, bars=bars).inputs
    return DecisionRecorded(strategy="one", instrument=A, lots=lots, reason=reason, inputs=inputs)


def targets(messages: Sequence[Message]) -> list[int]:
    return [message.lots for message in messages if isinstance(message, TargetPosition)]
