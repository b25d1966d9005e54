"""Builds the core that a configuration describes: the same one for every kind of run.

Whatever differs between live, simulation and replay stands outside. What is built here depends on
the configuration alone, so that two cores from one configuration start in the same state.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from hashlib import blake2b
from typing import Final

import msgspec
from msgspec import Struct

from actors.core.feed import Feed
from actors.core.kill_switch import KillSwitch
from actors.core.order_manager import OrderManager
from actors.core.portfolio import Portfolio
from actors.core.reconciler import Reconciler
from actors.core.risk import Risk
from actors.core.scheduler import Scheduler
from actors.core.strategy import Sizing, StrategyActor
from actors.graph import ROUTES
from actors.runtime.actor import NOTHING, Actor, Handler
from actors.runtime.reactor import Reactor, ReactorState
from actors.runtime.recorder import Recorder
from actors.runtime.routes import compile_routes
from actors.runtime.timers import Timers, TimersState
from trader.config.notation import interval_ns
from trader.config.schema import Config, StrategyConfig
from trader.errors import ConfigError
from trader.logic.limits import Limits
from trader.logic.tables import Tables
from trader.model.control import TradingState
from trader.model.envelope import Message, Name
from trader.model.money import MoneyScale, money_scale
from trader.model.units import BEFORE_ALL, DAY_NS, INT64_MAX, Nanoseconds
from trader.strategies.exits import AtrStop
from trader.strategies.library import BUNDLED
from trader.strategies.loader import load_strategy, make_params
from trader.strategies.strategy import Strategy

STALE_BARS: Final = 2
"""A price is stale after two intervals without a bar, unless the configuration says otherwise."""


class Snapshot(Struct, frozen=True, kw_only=True):
    """Everything the core is, at the end of a step."""

    reactor: ReactorState
    timers: TimersState
    approvals: dict[str, Name]
    actors: dict[str, bytes]


class Core:
    """The wired core of one run."""

    def __init__(self, config: Config, *, patient: bool) -> None:
        """`patient`: cancels take time, so orders wait for their answers (live)."""
        self.scale: Final = scale_of(config)
        self.tables: Final = Tables()
        self.timers: Final = Timers()
        self.recorder: Final = Recorder(self.tables)
        self.strategies: Final = tuple(_strategy(s, config, self.scale) for s in config.strategies)
        sized = any(strategy.sizes_by_weight for strategy in self.strategies)
        self.portfolio: Final = _portfolio(config, self.scale, sized=sized)
        self.kill_switch: Final = KillSwitch()
        self.order_manager: Final = OrderManager(
            {s.name: s.instrument for s in config.strategies},
            account=config.account.id,
            patient=patient,
        )
        actors: list[Actor] = [
            Feed([i.name for i in config.instruments]),
            self.portfolio,
            *self.strategies,
            self.order_manager,
            _risk(config, self.scale),
            Reconciler(),
            self.kill_switch,
            Scheduler(),
        ]
        effects: list[Message] = []
        ports: dict[str, Handler] = {"timers": self.timers.start, "gateway": _collector(effects)}
        outlets = compile_routes(ROUTES, actors, self.strategies, ports, self.recorder.records)
        self.reactor: Final = Reactor(
            outlets,
            actors,
            self.recorder,
            self.trading_state,
            [i.name for i in config.instruments],
            effects,
        )

    def trading_state(self) -> TradingState:
        """The kill switch's word."""
        return self.kill_switch.state.trading

    def state_hash(self) -> str:
        """BLAKE2b-256, in hex, over every core actor's declared state."""
        whole = blake2b(digest_size=32)
        for actor in self.reactor.actors:
            whole.update(actor.name.encode())
            whole.update(actor.dump())
        return whole.hexdigest()

    def snapshot(self) -> Snapshot:
        """The whole state, shared with nobody; meant for the end of a step."""
        reactor, timers = self.reactor.state, self.timers.state
        return Snapshot(
            reactor=replace(reactor, quarantined=dict(reactor.quarantined)),
            timers=msgspec.structs.replace(timers, pending=list(timers.pending)),
            approvals=dict(self.recorder.approvals),
            actors={actor.name: actor.dump() for actor in self.reactor.actors},
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Takes the state of a snapshot of a core with the same configuration."""
        reactor, timers = snapshot.reactor, snapshot.timers
        self.reactor.state = replace(reactor, quarantined=dict(reactor.quarantined))
        self.timers.load(msgspec.structs.replace(timers, pending=list(timers.pending)))
        self.recorder.approvals = dict(snapshot.approvals)
        for actor in self.reactor.actors:
            actor.load(snapshot.actors[actor.name])
        for name in snapshot.reactor.quarantined:
            self.reactor.quarantine(name)


def scale_of(config: Config) -> MoneyScale:
    """The money quantum of a run with this configuration."""
    venue = config.venue
    fees = any((venue.maker_bps, venue.taker_bps, venue.per_lot))
    grids = [(i.name, i.tick, i.lot) for i in config.instruments]
    return money_scale(grids, config.account.cash, fees=fees)


def make_strategy(config: StrategyConfig) -> Strategy:
    """The strategy that a section asks for; raises ConfigError for a broken file or parameter."""
    cls = BUNDLED[config.type] if config.type else load_strategy(config.file or "")
    where = f"strategies.{config.name}.params"
    return cls(make_params(cls, config.params, where))


def warmup_bars(config: StrategyConfig) -> int:
    """How many bars before the first decision this strategy and its exits want."""
    exits = [AtrStop(e.n, e.k).warmup_bars for e in config.exits]
    return max(make_strategy(config).warmup_bars, *exits, 0)


def trade_from(config: Config) -> Nanoseconds:
    """From when on the run decides and is measured; 1970 is a date like others."""
    return BEFORE_ALL if config.run.from_ is None else config.run.from_


def sample_ns(config: Config) -> Nanoseconds:
    """The time between two rows of the equity table."""
    interval = config.report.equity_interval
    return interval_ns(interval) if interval else DAY_NS


def fraction(amount: Decimal) -> tuple[int, int]:
    """An exact decimal as numerator and denominator without common factors."""
    return Fraction(amount).as_integer_ratio()


def _collector(effects: list[Message]) -> Handler:
    """The gateway's port: what arrives there leaves when the step has ended."""

    def collect(message: Message, now: Nanoseconds) -> Sequence[Message]:
        del now
        effects.append(message)
        return NOTHING

    return collect


def _strategy(config: StrategyConfig, whole: Config, scale: MoneyScale) -> StrategyActor:
    strategy = make_strategy(config)
    weight = getattr(strategy.params, "weight", None)
    lots = getattr(strategy.params, "lots", None)
    where = f"strategies.{config.name}.params"
    if lots is not None and weight is not None:
        raise ConfigError(
            "lots and weight are both given", where=where, hint="a size is one of them"
        )
    if lots is not None and type(lots) is not int:
        raise ConfigError(f"lots must be a whole number, not {lots!r}", where=where)
    rate, unit = fraction(Decimal(weight)) if weight is not None else (0, 1)
    half = scale.half[config.instrument]
    sizing = Sizing(
        lots=lots or 0,
        rate=rate,
        unit=unit,
        half=half,
        bound=INT64_MAX // (4 * half),
    )
    return StrategyActor(
        strategy,
        name=config.name,
        instrument=config.instrument,
        sizing=sizing,
        exits=[AtrStop(e.n, e.k) for e in config.exits],
        trade_from=trade_from(whole),
        equity=scale.of(whole.account.cash),
    )


def _portfolio(config: Config, scale: MoneyScale, *, sized: bool) -> Portfolio:
    return Portfolio(
        scale.half,
        [s.name for s in config.strategies],
        scale.of(config.account.cash),
        watched=sized or config.risk.drawdown_max is not None,
        sample_ns=sample_ns(config),
        sample_from=trade_from(config),
    )


def _risk(config: Config, scale: MoneyScale) -> Risk:
    risk = config.risk
    intervals = {source.instrument: source.interval_ns for source in config.data}
    stale: Mapping[str, Nanoseconds] = {
        i.name: interval_ns(risk.stale_after)
        if risk.stale_after
        else STALE_BARS * intervals[i.name]
        for i in config.instruments
        if i.name in intervals
    }
    limits = Limits(
        lots_max=risk.lots_max,
        notional_max=None if risk.notional_max is None else scale.of(risk.notional_max),
        position_max=risk.position_max,
        gross_max=None if risk.gross_max is None else scale.of(risk.gross_max),
        orders_max=risk.orders_max,
        orders_window_ns=risk.orders_window_ns,
        long_only=tuple(i.name for i in config.instruments if not i.shortable),
        drawdown_max=None if risk.drawdown_max is None else fraction(risk.drawdown_max),
    )
    return Risk({name: scale.tick_lot(name) for name in stale}, stale, limits)
