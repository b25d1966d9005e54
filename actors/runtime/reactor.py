"""The reactor: one input at a time, depth first, to quiescence; then the effects may leave.

Each message goes to its receivers in the graph's order, and what one returns is delivered, with
all it causes, before the next receiver is called. So a drawdown halts trading before a strategy
sees the bar that broke it. Effects are collected while a step runs and handed out at its end,
filtered by the trading state that holds then: an approval that the final state withholds becomes
a cancellation in the same step, and a replacement a rejected one.

A message that enters an output table is named by the step's row and a count. Everything else
bears the name of its nearest ancestor that has one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from actors.runtime.actor import Actor
from actors.runtime.lanes import NO_KEEPERS, Keepers, Lane, Passes, never
from actors.runtime.recorder import Approvals
from actors.runtime.routes import WORLD, MarketKey, Outlet, Receiver, is_strategy
from trader.model.control import StrategyFaulted, TradingState
from trader.model.envelope import Envelope, Message, Name
from trader.model.orders import (
    CancelOrder,
    OrderApproved,
    OrderCanceled,
    ReplaceOrder,
    ReplaceRejected,
)
from trader.model.units import Nanoseconds
from trader.strategies.faults import told

Effects: TypeAlias = Sequence[Message]
Observer: TypeAlias = Callable[[Envelope], None]

_ACTIVE: Final = TradingState.ACTIVE
_NOT_ITS_FAULT: Final = (MemoryError, KeyboardInterrupt)
_NO_EFFECTS: Final[tuple[Message, ...]] = ()


def _looks_at_all(kind: type, about: MarketKey) -> Passes:
    del kind, about
    return never


@dataclass(slots=True, frozen=True)
class Fault:
    """What a strategy raised, at which row, when."""

    error: str
    seq: int
    ts: Nanoseconds


@dataclass(slots=True)
class ReactorState:
    """Where the reactor stands: its last row, the messages named since, who is quarantined."""

    seq: int = 0
    n: int = 0
    quarantined: dict[str, Fault] = field(default_factory=dict)


class Asked(NamedTuple):
    """What actors are asked without a message, since no row of a run comes of it.

    `recall` says why something must not leave after all, which the step has let through before
    trading was halted or reduced in it; nothing if it may. `passes` is the feed's short answer to
    the rows of a source, `keepers` is where they are left for those who do no more with them.
    """

    trading_state: Callable[[], TradingState]
    recall: Callable[[Message], str]
    passes: Callable[[type, MarketKey], Passes] = _looks_at_all
    keepers: Keepers = NO_KEEPERS


class Reactor:
    """Delivers messages among the actors; owns the sequence and nothing else."""

    def __init__(
        self,
        outlets: Mapping[str, Outlet],
        actors: Sequence[Actor],
        recorder: Approvals,
        asked: Asked,
        effects: list[Message],
    ) -> None:
        """`effects` is where the gateway's port puts what will leave at the end of the step."""
        self.actors: Final = tuple(actors)
        self.recorder: Final = recorder
        self.state = ReactorState()
        self.effects = effects
        self._observer: Observer | None = None
        self._outlets = outlets
        self._world = outlets[WORLD]
        self._runtime = outlets["runtime"]
        self._trading_state, self._recall, self._passes, self._keepers = asked
        self._now: Nanoseconds = 0
        self._feed_outlet = outlets["feed"]
        self._lanes: dict[tuple[type, MarketKey], Lane] = {}

    @property
    def observer(self) -> Observer | None:
        """Who is shown every message, if anybody is."""
        return self._observer

    @observer.setter
    def observer(self, observer: Observer | None) -> None:
        self._observer = observer
        self.find_lanes()

    def row(self, message: Message, now: Nanoseconds) -> Effects:
        """Takes an input row, which gets the next sequence number, and runs to quiescence."""
        state = self.state
        state.seq += 1
        state.n = 0
        self._now = now
        self._deliver(self._world, message, (state.seq, 0))
        return self._finish() if self.effects else _NO_EFFECTS

    def lane(self, kind: type, about: MarketKey) -> Callable[[Message, Nanoseconds], Effects]:
        """`row` for the rows of one source of history, by the short way: most cause nothing.

        What the feed lets through as it came goes at once to those whom it concerns; whatever any
        of them answers is delivered like every other message. An observer sees the long way.
        """
        effects = self.effects
        lane = self._lanes.setdefault((kind, about), Lane())
        self.find_lanes()

        def deliver(row: Message, now: Nanoseconds) -> Effects:
            state = self.state
            state.seq = seq = state.seq + 1
            state.n = 0
            self._now = now
            passes = lane.passes
            if not passes(row):
                self._deliver(self._world, row, (seq, 0))
                return self._finish() if effects else _NO_EFFECTS
            lane.keeper.last = row
            first = lane.first
            answers = first(row, now)
            if answers:
                self._deliver_all(lane.outlet, answers, (seq, 0))
            for handle, receiver in lane.ways:
                try:
                    answers = handle(row, now)
                except BaseException as error:  # noqa: BLE001 - `_fault` judges it
                    self._deliver(self._runtime, self._fault(receiver, error), (seq, 0))
                    continue
                if answers:
                    self._deliver_all(receiver.outlet, answers, (seq, 0))
            return self._finish() if effects else _NO_EFFECTS

        return deliver

    def note(self, message: Message, now: Nanoseconds) -> Effects:
        """Takes an input that bears the last row's number: a timer, the start, a report.

        A report on an order that was approved in this run is caused by its approval.
        """
        self._now = now
        # To ask for a struct's base costs a report as much as a few of its handlers.
        cause = self.recorder.approvals.get(getattr(message, "client_order_id", ""))
        self._deliver(self._world, message, cause or (self.state.seq, 0))
        return self._finish() if self.effects else _NO_EFFECTS

    def quarantine(self, actor: str) -> None:
        """Takes a strategy out of the graph; it is called no more."""
        for outlet in self._outlets.values():
            for route in outlet.routes.values():
                route.remove(actor)
        self.find_lanes()

    def release(self, actor: str) -> bool:
        """Puts a strategy back into the graph if it is quarantined; whether it was."""
        if self.state.quarantined.pop(actor, None) is None:
            return False
        [found] = [each for each in self.actors if each.name == actor]
        handlers = found.handlers
        for outlet in self._outlets.values():
            for kind, route in outlet.routes.items():
                if kind in handlers:
                    route.restore(actor, handlers[kind])
        self.find_lanes()
        return True

    def find_lanes(self) -> None:
        """Finds the lanes anew, since what they lead to was replaced."""
        for (kind, about), lane in self._lanes.items():
            route = self._feed_outlet.routes.get(kind)
            passes = self._passes(kind, about) if self._observer is None else never
            lane.find(kind, about, route, passes, self._keepers)

    def _deliver_all(self, outlet: Outlet, messages: Sequence[Message], cause: Name) -> None:
        for message in messages:
            self._deliver(outlet, message, cause)

    def _deliver(self, outlet: Outlet, message: Message, cause: Name) -> None:
        # What is called stands in locals: to call what an attribute holds is not made fast.
        route = outlet.routes[type(message)]
        record, now = route.record, self._now
        if record is None:
            name = cause
        else:
            state = self.state
            n = state.n = state.n + 1
            name = (state.seq, n)
            record(name, now, cause, message)
        if self._observer is not None:
            self._observe(outlet, message, name, cause)
        for receiver in route.everybody if route.key is None else route.receivers(message):
            handle = receiver.handle
            try:
                answers = handle(message, now)
            except BaseException as error:  # noqa: BLE001 - `_fault` judges it
                self._deliver(self._runtime, self._fault(receiver, error), name)
                continue
            if answers:
                for answer in answers:
                    self._deliver(receiver.outlet, answer, name)

    def _fault(self, receiver: Receiver, error: BaseException) -> StrategyFaulted:
        """The one place where a strategy's own error ends; anybody else's goes on up."""
        if not is_strategy(receiver) or isinstance(error, _NOT_ITS_FAULT):
            raise error
        text = told(error)
        self.state.quarantined[receiver.actor] = Fault(text, self.state.seq, self._now)
        self.quarantine(receiver.actor)
        return StrategyFaulted(strategy=receiver.actor.partition(":")[2], error=text)

    def _finish(self) -> Effects:
        effects = list(self.effects)
        self.effects.clear()
        if self._trading_state() is _ACTIVE:
            return effects
        kept: list[Message] = []
        withheld: list[str] = []
        for effect in effects:
            reason = self._recall(effect)
            if reason and isinstance(effect, OrderApproved):
                id_ = effect.order.client_order_id
                withheld.append(id_)
                answer = OrderCanceled(client_order_id=id_, reason=reason, ts_event=self._now)
                self._deliver(self._world, answer, self.recorder.approval(id_))
            elif reason and isinstance(effect, ReplaceOrder):
                id_ = effect.client_order_id
                refused = ReplaceRejected(client_order_id=id_, code=reason, ts_event=self._now)
                self._deliver(self._world, refused, self.recorder.approval(id_))
            # Nobody outside knows of an order that did not leave: no cancel of it leaves either.
            elif not isinstance(effect, CancelOrder) or effect.client_order_id not in withheld:
                kept.append(effect)
        kept += self.effects
        self.effects.clear()
        return kept

    def _observe(self, outlet: Outlet, message: Message, name: Name, cause: Name) -> None:
        assert self._observer is not None
        self._observer(
            Envelope(
                seq=name[0],
                n=name[1],
                ts=self._now,
                cause=cause,
                source=outlet.source,
                body=message,
            )
        )
