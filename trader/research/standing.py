"""Where a strategy stands in a core at rest: what it knows, wants and holds, what its exits see."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from actors.assembly import Core
from actors.core.strategy import StrategyActor
from trader.config.notation import instant_text
from trader.config.schema import Config, StrategyConfig
from trader.logic.desk import Order
from trader.model.control import TradingState
from trader.model.units import INT64_MAX, Lots, Nanoseconds
from trader.research.telling import Telling, Told, side
from trader.research.trade_frame import SIDES
from trader.strategies.exits import AtrExit, ExitPolicy, Held, make_exit
from trader.strategies.explaining import Condition
from trader.strategies.faults import told
from trader.strategies.strategy import Strategy

NEVER: Final = INT64_MAX
_RAISED: Final = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


class Standing:
    """One strategy of a core, looked at from outside; changes nothing."""

    def __init__(self, core: Core, config: Config, strategy: StrategyConfig) -> None:
        self.core: Final = core
        self.config: Final = strategy
        self.actor: Final[StrategyActor] = next(
            each for each in core.strategies if each.name == f"strategy:{strategy.name}"
        )
        self.telling: Final = Telling(config)
        self.exits: Final = tuple(_exits(strategy, self.actor))

    @property
    def position(self) -> Lots:
        """What it holds."""
        held = self.core.portfolio.state.positions[self.config.name].get(self.config.instrument)
        return 0 if held is None else held.lots

    @property
    def quarantined(self) -> str | None:
        """What it raised, if it did."""
        fault = self.core.reactor.state.quarantined.get(self.actor.name)
        return None if fault is None else fault.error

    @property
    def exits_ready(self) -> bool:
        """Whether its exits know enough for an entry."""
        return all(each.ready for each in self.exits)

    def told(self, now: Nanoseconds) -> Told:
        """The whole of it."""
        state = self.actor.state
        own = self.actor.strategy
        values = {name: getattr(own.state, name) for name in own.inputs}
        return {
            "inputs": self.telling.inputs(self.config.name, values),
            "state": _plain(own.state),
            "conditions": [msgspec.to_builtins(each) for each in _explained(own)],
            "decides_from": None if state.decides_from <= now else _from(state.decides_from),
            "disabled": state.disabled,
            "quarantined": self.quarantined,
            "target_lots": state.target,
            "position_lots": self.position,
            "blocked": SIDES[state.blocked] if state.blocked else None,
            "held": self._held(state.held),
            "exits": [self._exit(each, state.held) for each in self.exits],
            "working": [self._order(id_, each) for id_, each in self.working()],
        }

    def working(self) -> Iterator[tuple[str, Order]]:
        """Its orders that have not ended."""
        orders = self.core.order_manager.state
        for id_ in orders.desks[self.config.name].working:
            yield id_, orders.orders[id_]

    def _held(self, held: Held | None) -> Told | None:
        """What its exits know of the position; they are asked only where it has some."""
        if held is None:
            return None
        price = self.telling.price
        return {
            "side": SIDES[held.side],
            "entry": price(self.config.instrument, held.entry_ticks),
            "best": price(self.config.instrument, held.best_ticks) if held.bars else None,
            "bars": held.bars,
        }

    def _exit(self, exit_: ExitPolicy, held: Held | None) -> Told:
        """What an exit looks at: how far its orders stand, and where it wants stops now."""
        distance = exit_.distance_ticks if isinstance(exit_, AtrExit) and exit_.ready else None
        level = exit_.trail(held) if held is not None and exit_.ready and held.bars else None
        price = self.telling.price
        return {
            "kind": exit_.reason,
            "ready": exit_.ready,
            "distance": price(self.config.instrument, distance),
            "level": price(self.config.instrument, level),
            "ends_now": held is not None and exit_.ready and exit_.ends(held),
            "state": _plain(exit_.state),
        }

    def _order(self, id_: str, order: Order) -> Told:
        price = self.telling.price
        return {
            "client_order_id": id_,
            "side": side(order.lots),
            "lots": order.lots,
            "lots_filled": order.lots_filled,
            "role": order.role.name,
            "order_type": order.order_type.name,
            "status": order.status.name,
            "limit": price(self.config.instrument, order.limit_ticks),
            "stop": price(self.config.instrument, order.stop_ticks),
        }


def trading(core: Core) -> Told:
    """The trading state, and what latched it if a person has to lift it."""
    state = core.kill_switch.state
    return {
        "state": state.trading.name,
        "latched": state.latched,
        "reason": state.code if state.trading is not TradingState.ACTIVE else "",
    }


def _exits(config: StrategyConfig, actor: StrategyActor) -> Iterator[ExitPolicy]:
    """The exits as they are, made anew from what the actor would save."""
    shape = tuple[msgspec.Raw, msgspec.Raw, list[msgspec.Raw]]
    _, _, states = msgspec.msgpack.decode(actor.dump(), type=shape)
    for each, state in zip(config.exits, states, strict=True):
        exit_ = make_exit(each)
        exit_.state = msgspec.msgpack.decode(state, type=type(exit_.state))
        yield exit_


def _explained(strategy: Strategy) -> tuple[Condition, ...]:
    """What the rule looks at; what a rule of one's own raises in place of it is told as well."""
    try:
        return strategy.explain()
    except _RAISED as error:
        return (Condition("explain", told(error), "an answer", holds=False),)


def _plain(state: Any) -> Told:  # noqa: ANN401 - a strategy's own struct or dataclass
    """A state as JSON can hold it; what it cannot is told as a text."""
    told = msgspec.to_builtins(state, enc_hook=str, str_keys=True)
    assert isinstance(told, dict)
    return told


def _from(ts: Nanoseconds) -> str:
    return "a person lets it" if ts == NEVER else instant_text(ts)
