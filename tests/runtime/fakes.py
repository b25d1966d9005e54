"""Actors that say what they are told to say, so that the runtime around them can be watched."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import pytest

from actors.runtime.actor import Handler
from actors.runtime.reactor import Asked, Reactor
from actors.runtime.recorder import Recorder
from actors.runtime.routes import Listeners, Routes, compile_routes
from tests.core.making import A
from trader.logic.tables import Tables
from trader.model.account import EquityMarked
from trader.model.control import RunStarted, StrategyFaulted, TradingState
from trader.model.envelope import Message
from trader.model.market import BarClosed
from trader.model.orders import (
    CancelOrder,
    OrderApproved,
    OrderCanceled,
    ReplaceOrder,
    ReplaceRejected,
    SubmitOrder,
    TargetPosition,
)
from trader.model.units import MINUTE_NS, Nanoseconds

Says: TypeAlias = Sequence[Message] | BaseException
Way: TypeAlias = Callable[[Reactor, BarClosed, int], Sequence[Message]]

ROUTES: Routes = {
    ("world", BarClosed): ("feed",),
    ("world", RunStarted): ("portfolio",),
    ("world", OrderCanceled): ("order_manager",),
    ("world", ReplaceRejected): ("order_manager",),
    ("runtime", StrategyFaulted): ("order_manager",),
    ("feed", BarClosed): ("portfolio", "strategy", "risk"),
    ("portfolio", EquityMarked): ("strategy", "risk"),
    ("strategy", TargetPosition): ("order_manager",),
    ("order_manager", SubmitOrder): ("risk",),
    ("order_manager", CancelOrder): ("gateway",),
    ("order_manager", ReplaceOrder): ("risk",),
    ("risk", ReplaceOrder): ("gateway",),
    ("risk", OrderApproved): ("order_manager", "gateway"),
}
MARKED = EquityMarked(equity=1, peak=1)


class Teller:
    """Answers each type of message with what is written for it; writes down what it heard."""

    def __init__(
        self,
        name: str,
        says: Mapping[type, Says],
        heard: list[tuple[str, str]],
        instrument: str = A,
    ) -> None:
        """An exception is raised in place of an answer; `heard` may be shared by many."""
        self.name = name
        self.instrument = instrument
        self._says = says
        self._heard = heard

    @property
    def handlers(self) -> Mapping[type, Handler]:
        """One for each type that something is written for."""
        return dict.fromkeys(self._says, self._hear)

    def dump(self) -> bytes:
        """It has no state."""
        return b""

    def load(self, data: bytes) -> None:
        """It takes none."""

    def _hear(self, message: Message, now: Nanoseconds) -> Sequence[Message]:
        del now
        self._heard.append((self.name, type(message).__name__))
        says = self._says[type(message)]
        if isinstance(says, BaseException):
            raise says
        return says


def by_row(reactor: Reactor, made: BarClosed, now: int) -> Sequence[Message]:
    return reactor.row(made, now)


def by_lane(reactor: Reactor, made: BarClosed, now: int) -> Sequence[Message]:
    return reactor.lane(BarClosed, (made.instrument, made.interval_ns))(made, now)


both_ways = pytest.mark.parametrize("way", [by_row, by_lane], ids=["row", "lane"])


class Told:
    """A reactor among actors that say what they are told to, and all they heard, in order."""

    def __init__(
        self,
        says: Mapping[str, Mapping[type, Says]],
        *,
        state: TradingState = TradingState.ACTIVE,
        recall: str = "",
    ) -> None:
        """Two strategies trade A; whoever is told nothing says nothing.

        With `recall`, an approval or a replacement must not leave, for that reason.
        """
        self.recall = recall
        self.heard: list[tuple[str, str]] = []
        effects: list[Message] = []
        known = {role: _silent(role) for role in ("feed", "portfolio", "order_manager", "risk")}
        core = [
            Teller(name, {**silent, **says.get(name, {})}, self.heard)
            for name, silent in known.items()
        ]
        strategies = [
            Teller(f"strategy:{name}", {**_silent("strategy"), **says.get(name, {})}, self.heard, A)
            for name in ("one", "two")
        ]
        recorder = Recorder(Tables())

        def gateway(message: Message, now: int) -> Sequence[Message]:
            del now
            self.heard.append(("gateway", type(message).__name__))
            effects.append(message)
            return ()

        actors = [*core, *strategies]
        listeners: Listeners = {BarClosed: {(A, MINUTE_NS): {actor.name for actor in actors}}}
        ports = {"gateway": gateway}
        outlets = compile_routes(ROUTES, actors, strategies, ports, recorder.records, listeners)
        self.reactor = Reactor(
            outlets, actors, recorder, Asked(lambda: state, self._recall), effects
        )

    def _recall(self, effect: Message) -> str:
        return self.recall if isinstance(effect, OrderApproved | ReplaceOrder) else ""


def _silent(role: str) -> dict[type, Says]:
    return {kind: () for (_, kind), roles in ROUTES.items() if role in roles}
