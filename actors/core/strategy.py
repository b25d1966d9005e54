"""The actor around a strategy: turns its answers into targets and orders, with their reasons.

It owns what every strategy would otherwise repeat: that a target is told only when it changes,
its size, that an entry goes with its exits or not at all, that nothing is decided in the warm-up,
and that an entry which an exit ended is not taken again before the strategy has let go of it.
"""

from collections.abc import Mapping, Sequence
from struct import Struct as Packing
from typing import Final, get_type_hints

import msgspec
from msgspec import Struct

from actors.runtime.actor import NOTHING, Handler
from trader.errors import ConfigError
from trader.kernels.kernel import HOLD
from trader.kernels.sizing import weighted_lots
from trader.model.account import EquityMarked, PositionChanged
from trader.model.envelope import Message
from trader.model.market import BarClosed
from trader.model.orders import (
    CancelKey,
    DecisionRecorded,
    OrderFilled,
    OrderRequested,
    OrderRole,
    OrderType,
    TargetPosition,
)
from trader.model.units import INT64_MAX, Lots, Money, Nanoseconds, Ticks
from trader.strategies.exits import ExitPolicy, ExitState
from trader.strategies.strategy import Action, Cancel, Order, Side, Strategy, Target

_PROTECTION: Final = OrderRole.PROTECTION

_SIGNS: Final = (-1, 0, 1)


class Sizing(Struct, frozen=True, kw_only=True):
    """How large a full side is: fixed lots, or the share `rate / unit` of equity.

    `half` is money in half a tick x lot; `bound` is what |lots x ticks| may not reach.
    """

    lots: Lots = 0
    rate: int = 0
    unit: int = 1
    half: Money
    bound: int = INT64_MAX // 4


class StrategyState(Struct):
    """What the actor keeps beside the strategy's own state and its exits' states."""

    target: Lots = 0
    position: Lots = 0
    blocked: int = 0
    equity: Money = 0


class StrategyActor:
    """One strategy on one instrument."""

    def __init__(  # noqa: PLR0913 - the assembly names each; no two belong together
        self,
        strategy: Strategy,
        *,
        name: str,
        instrument: str,
        sizing: Sizing,
        exits: Sequence[ExitPolicy] = (),
        trade_from: Nanoseconds = 0,
        equity: Money = 0,
    ) -> None:
        """Decides nothing before `trade_from`; `equity` is the account's at the start."""
        self.name = f"strategy:{name}"
        self.instrument = instrument
        self.strategy = strategy
        self.state = StrategyState(equity=equity)
        self._kernel = strategy.short_way
        self._label = name
        self._sizing = sizing
        self._exits = tuple(exits)
        self._trade_from = trade_from
        self._inputs = strategy.inputs
        types = get_type_hints(type(strategy.state))
        formats = ["d" if types[field] is float else "q" for field in strategy.inputs]
        self._pack = Packing("<" + "".join(formats)).pack
        self._unpack = Packing(f"<{len(formats)}q").unpack

    @property
    def sizes_by_weight(self) -> bool:
        """Whether its sizes follow the account's equity."""
        return self._sizing.rate != 0

    @property
    def handlers(self) -> Mapping[type, Handler]:
        """Bars of its instrument, its own fills and positions, and the account's equity."""
        return {
            BarClosed: self._on_bar,
            PositionChanged: self._on_position,
            OrderFilled: self._on_fill,
            EquityMarked: self._on_equity,
        }

    def dump(self) -> bytes:
        """The actor's, the strategy's and the exits' states, in this order."""
        exits = [exit_.state for exit_ in self._exits]
        whole = (self.state, self.strategy.state, exits)
        return msgspec.msgpack.encode(whole, enc_hook=self._plain)

    def _plain(self, value: object) -> object:
        """A number of a library as the plain number it is; nothing else is kept in a state."""
        item = getattr(value, "item", None)
        if callable(item):
            return item()
        raise ConfigError(
            f"strategy {self._label} keeps a {type(value).__name__} in its state",
            hint="a state holds numbers, texts, lists, dicts and structs: what can be saved",
        )

    def load(self, data: bytes) -> None:
        """Takes back what `dump` wrote."""
        shape = tuple[StrategyState, msgspec.Raw, list[ExitState]]
        self.state, own, exits = msgspec.msgpack.decode(data, type=shape)
        self.strategy.state = msgspec.msgpack.decode(own, type=type(self.strategy.state))
        for exit_, state in zip(self._exits, exits, strict=True):
            exit_.state = state

    def _on_bar(self, bar: BarClosed, now: Nanoseconds) -> Sequence[Message]:
        for exit_ in self._exits:
            exit_.on_bar(bar)
        kernel = self._kernel
        if kernel is None:
            answer = self.strategy.on_bar(bar)
        else:
            says = kernel(self.strategy.state, bar)
            if says == HOLD:
                if self.state.blocked:
                    self.state.blocked = 0
                return NOTHING
            answer = self.strategy.answer(says, bar.close_ticks)
        if answer is None:
            self.state.blocked = 0
            return NOTHING
        if now < self._trade_from:
            self.strategy.on_flat(exited=False)
            return NOTHING
        if self.state.blocked and not _aims(answer):
            self.state.blocked = 0
        if isinstance(answer, list):
            return [message for action in answer for message in self._act(action, bar.close_ticks)]
        return self._act(answer, bar.close_ticks)

    def _act(self, action: Action, close: Ticks) -> Sequence[Message]:
        if type(action) is Side:
            return self._lean(action, close)
        if isinstance(action, Target):
            return self._aim(self._checked(action.lots, close), action.reason, close)
        if isinstance(action, Order):
            return (self._request(action, close),)
        if isinstance(action, Cancel):
            return (CancelKey(strategy=self._label, key=action.key),)
        raise TypeError(f"on_bar answered {type(action).__name__}, which is no action")

    def _lean(self, side: Side, close: Ticks) -> Sequence[Message]:
        if type(side.sign) is not int or side.sign not in _SIGNS:
            raise ValueError(f"a side is 1, 0 or -1, not {side.sign!r}")
        lots = self._sized(side.sign, close)
        if side.sign and not lots:
            self.strategy.on_flat(exited=False)
        if side.withheld and lots == self.state.target:
            self.state.blocked = 0
            return (self._withheld(lots, side.reason),)
        return self._aim(lots, side.reason, close)

    def _aim(self, lots: Lots, reason: str, close: Ticks) -> Sequence[Message]:
        state = self.state
        if state.blocked and lots * state.blocked > 0:
            return NOTHING
        state.blocked = 0
        if lots == state.target:
            return NOTHING
        if self._exits and lots and not all(exit_.ready for exit_ in self._exits):
            self.strategy.on_flat(exited=False)
            return (self._withheld(lots, "warming_up"),)
        state.target = lots
        protection = tuple([exit_.protection() for exit_ in self._exits]) if lots else ()
        return (
            TargetPosition(
                strategy=self._label,
                instrument=self.instrument,
                lots=lots,
                ref_ticks=close,
                reason=reason,
                inputs=self._seen(),
                protection=protection,
            ),
        )

    def _sized(self, sign: int, close: Ticks) -> Lots:
        sizing = self._sizing
        if sizing.lots:
            return sign * sizing.lots
        if sign and not sizing.rate:
            raise ValueError("a side needs a size: give params lots or weight")
        half_ticks = 2 * close
        return sign * weighted_lots(
            self.state.equity, half_ticks, sizing.half, sizing.rate, sizing.unit
        )

    def _checked(self, lots: Lots, close: Ticks) -> Lots:
        if type(lots) is not int:
            raise TypeError(f"lots must be a whole number, not {lots!r}")
        if abs(lots) * max(abs(close), 1) > self._sizing.bound:
            raise ValueError(f"{lots} lots at {close} ticks leave the account's range")
        return lots

    def _request(self, order: Order, close: Ticks) -> OrderRequested:
        if not order.lots:
            raise ValueError("an order needs lots")
        if order.limit_ticks is not None and order.stop_ticks is not None:
            raise ValueError("an order has a limit or a stop: stop-limit is not built")
        for ticks in (order.limit_ticks, order.stop_ticks):
            if ticks is not None and (type(ticks) is not int or ticks <= 0):
                raise ValueError(f"a price must be a positive number of ticks, not {ticks!r}")
        return OrderRequested(
            strategy=self._label,
            instrument=self.instrument,
            key=order.key,
            lots=self._checked(order.lots, order.limit_ticks or order.stop_ticks or close),
            order_type=order.order_type,
            limit_ticks=order.limit_ticks,
            stop_ticks=order.stop_ticks if order.order_type is OrderType.STOP else None,
            ref_ticks=close,
        )

    def _withheld(self, lots: Lots, reason: str) -> DecisionRecorded:
        return DecisionRecorded(
            strategy=self._label,
            instrument=self.instrument,
            lots=lots,
            reason=reason,
            inputs=self._seen(),
        )

    def _seen(self) -> tuple[int, ...]:
        """The declared inputs as integers; floats by their bits."""
        values = [getattr(self.strategy.state, field) for field in self._inputs]
        return self._unpack(self._pack(*values))

    def _on_position(self, changed: PositionChanged, now: Nanoseconds) -> Sequence[Message]:
        del now
        self.state.position = changed.lots
        return NOTHING

    def _on_fill(self, fill: OrderFilled, now: Nanoseconds) -> Sequence[Message]:
        """The fill is booked already: a stop that leaves nothing ends the target it protected."""
        del now
        state = self.state
        if fill.role is not _PROTECTION or state.position * fill.last_lots < 0:
            return NOTHING
        if state.target * fill.last_lots >= 0:
            return NOTHING
        state.blocked = 1 if state.target > 0 else -1
        state.target = 0
        self.strategy.on_flat(exited=True)
        return (
            TargetPosition(
                strategy=self._label,
                instrument=self.instrument,
                lots=0,
                ref_ticks=fill.last_ticks,
                reason=self._exits[0].reason if self._exits else "protection",
                inputs=self._seen(),
            ),
        )

    def _on_equity(self, marked: EquityMarked, now: Nanoseconds) -> Sequence[Message]:
        del now
        self.state.equity = marked.equity
        return NOTHING


def _aims(answer: Action | list[Action]) -> bool:
    """Whether an answer speaks of a target at all."""
    actions = answer if isinstance(answer, list) else (answer,)
    return any(isinstance(each, Target | Side) for each in actions)
