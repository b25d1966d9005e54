"""The reactor: one input at a time, depth first, to quiescence; then the effects may leave.

Each message goes to its receivers in the graph's order, and what one returns is delivered, with
all it causes, before the next receiver is called. So a drawdown halts trading before a strategy
sees the bar that broke it. Effects are collected while a step runs and handed out at its end,
filtered by the trading state that holds then: an approval that the final state withholds becomes
a cancellation in the same step.

A message that enters an output table is named by the step's row and a count. Everything else
bears the name of its nearest ancestor that has one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from actors.runtime.actor import Actor, Handler
from actors.runtime.recorder import Recorder
from actors.runtime.routes import STRATEGY, WORLD, Outlet, Receiver, role_of
from trader.model.control import StrategyFaulted, TradingState
from trader.model.envelope import Envelope, Message, Name
from trader.model.market import BarClosed
from trader.model.orders import CancelOrder, OrderApproved, OrderCanceled
from trader.model.units import Nanoseconds

Effects: TypeAlias = Sequence[Message]
Observer: TypeAlias = Callable[[Envelope], None]

_ACTIVE: Final = TradingState.ACTIVE
_HALTED: Final = TradingState.HALTED
_OURS: Final = ("actors", "sims", "trader")
_NO_EFFECTS: Final[tuple[Message, ...]] = ()


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


class Reactor:
    """Delivers messages among the actors; owns the sequence and nothing else."""

    def __init__(
        self,
        outlets: Mapping[str, Outlet],
        actors: Sequence[Actor],
        recorder: Recorder,
        trading_state: Callable[[], TradingState],
        instruments: Sequence[str],
        effects: list[Message],
    ) -> None:
        """`effects` is where the gateway's port puts what will leave at the end of the step."""
        self.actors: Final = tuple(actors)
        self.recorder: Final = recorder
        self.state = ReactorState()
        self.effects = effects
        self.observer: Observer | None = None
        self._outlets = outlets
        self._world = outlets[WORLD]
        self._runtime = outlets["runtime"]
        self._trading_state = trading_state
        self._instruments = instruments
        self._now: Nanoseconds = 0
        self._feed = self._world.routes[BarClosed].everybody[0].handle
        self._feed_outlet = outlets["feed"]
        self._ways: dict[str, list[tuple[Handler, Receiver]]] = {i: [] for i in instruments}
        self._find_ways()

    def row(self, message: Message, now: Nanoseconds) -> Effects:
        """Takes an input row, which gets the next sequence number, and runs to quiescence."""
        state = self.state
        state.seq += 1
        state.n = 0
        self._now = now
        self._deliver(self._world, message, (state.seq, 0))
        return self._finish() if self.effects else _NO_EFFECTS

    def lane(self, instrument: str) -> Callable[[BarClosed, Nanoseconds], Effects]:
        """`row` for the bars of one instrument, by the short way: most of them cause nothing.

        What the feed lets through as it came goes at once to those whom it concerns; whatever any
        of them answers is delivered like every other message.
        """
        feed, ways = self._feed, self._ways[instrument]

        def deliver(bar: BarClosed, now: Nanoseconds) -> Effects:
            if self.observer is not None:
                return self.row(bar, now)
            state = self.state
            state.seq = seq = state.seq + 1
            state.n = 0
            self._now = now
            for passed in feed(bar, now):
                if passed is not bar:
                    self._deliver(self._feed_outlet, passed, (seq, 0))
                    continue
                for handle, receiver in ways:
                    try:
                        answers = handle(bar, now)
                    except (Exception, SystemExit) as error:  # noqa: BLE001 - `_fault` judges it
                        self._deliver(self._runtime, self._fault(receiver, error), (seq, 0))
                        continue
                    if answers:
                        for answer in answers:
                            self._deliver(receiver.outlet, answer, (seq, 0))
            return self._finish() if self.effects else _NO_EFFECTS

        return deliver

    def note(self, message: Message, now: Nanoseconds, cause: Name | None = None) -> Effects:
        """Takes an input that bears the last row's number: a report, a timer, the start."""
        self._now = now
        self._deliver(self._world, message, cause or (self.state.seq, 0))
        return self._finish() if self.effects else _NO_EFFECTS

    def quarantine(self, actor: str) -> None:
        """Takes a strategy out of the graph; it is called no more."""
        for outlet in self._outlets.values():
            for route in outlet.routes.values():
                route.remove(actor)
        self._find_ways()

    def _find_ways(self) -> None:
        """By instrument: who gets its bars once the feed has passed them. Lanes hold the lists."""
        route = self._feed_outlet.routes[BarClosed]
        for instrument in self._instruments:
            receivers = route.concerned.get(instrument, route.everybody)
            self._ways[instrument][:] = [(r.handle, r) for r in receivers]

    def _deliver(self, outlet: Outlet, message: Message, cause: Name) -> None:
        route = outlet.routes[type(message)]
        name = cause
        if route.record is not None:
            state = self.state
            state.n += 1
            name = (state.seq, state.n)
            route.record(name, self._now, cause, message)
        if self.observer is not None:
            self._observe(outlet, message, name, cause)
        for receiver in route.everybody if route.key is None else route.receivers(message):
            try:
                answers = receiver.handle(message, self._now)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - `_fault` judges it
                self._deliver(self._runtime, self._fault(receiver, error), name)
                continue
            for answer in answers:
                self._deliver(receiver.outlet, answer, name)

    def _fault(self, receiver: Receiver, error: BaseException) -> StrategyFaulted:
        """The one place where a strategy's own error ends; anybody else's goes on up."""
        if role_of(receiver.actor) != STRATEGY or isinstance(error, MemoryError):
            raise error
        text = _told(error)
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
            if isinstance(effect, OrderApproved) and self._withheld(effect):
                withheld.append(effect.order.client_order_id)
            # Nobody outside knows of an order that did not leave: no cancel of it leaves either.
            elif not isinstance(effect, CancelOrder) or effect.client_order_id not in withheld:
                kept.append(effect)
        kept += self.effects
        self.effects.clear()
        return kept

    def _withheld(self, approval: OrderApproved) -> bool:
        """Cancels an approval that the state at the end of the step no longer lets out."""
        if self._trading_state() is not _HALTED:
            return False
        order = approval.order
        self._deliver(
            self._world,
            OrderCanceled(
                client_order_id=order.client_order_id, reason="trading_halted", ts_event=self._now
            ),
            self.recorder.approval(order.client_order_id),
        )
        return True

    def _observe(self, outlet: Outlet, message: Message, name: Name, cause: Name) -> None:
        assert self.observer is not None
        self.observer(
            Envelope(
                seq=name[0],
                n=name[1],
                ts=self._now,
                cause=cause,
                source=outlet.source,
                body=message,
            )
        )


def _told(error: BaseException) -> str:
    """What went wrong, and in which line of a stranger's file, without the folder it lies in."""
    text = f"{type(error).__name__}: {error}"
    trace, place = error.__traceback__, ""
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.partition(".")[0] not in _OURS:
            file = trace.tb_frame.f_code.co_filename.rpartition("/")[2]
            place = f", {file}:{trace.tb_lineno}"
        trace = trace.tb_next
    return text + place
