"""Builds the core that a configuration describes: the same one for every kind of run.

Whatever differs between live, simulation and replay stands outside. What is built here depends on
the configuration alone, so that two cores from one configuration start in the same state.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from hashlib import blake2b
from typing import Final

import msgspec
from msgspec import Struct

from actors.core.feed import Feed
from actors.core.feed import Watched as WatchedSymbol
from actors.core.kill_switch import KillSwitch
from actors.core.order_manager import OrderManager
from actors.core.portfolio import NextSample, Portfolio, Watched
from actors.core.reconciler import Reconciler
from actors.core.risk import Risk
from actors.core.scheduler import Scheduler
from actors.core.strategy import StrategyActor
from actors.graph import ROUTES
from actors.runtime.actor import NOTHING, Actor, Handler
from actors.runtime.reactor import Asked, Reactor, ReactorState
from actors.runtime.recorder import Approvals, Recorder
from actors.runtime.routes import Listeners, MarketKey, Routes, compile_routes
from actors.runtime.timers import Timers, TimersState
from trader.calendars.sessions import UTC, Sessions
from trader.calendars.table import calendar, shared
from trader.config.finest import finest, heard_interval, matches
from trader.config.limits import facts_of, limits_of, reader, spelled
from trader.config.notation import interval_ns
from trader.config.scale import scale_of
from trader.config.schema import Config, RiskConfig, StrategyConfig
from trader.errors import ConfigError
from trader.logic.order_book import PLAIN
from trader.logic.tables import Tables
from trader.model.control import RearmStrategy, TradingState
from trader.model.envelope import Message, Name
from trader.model.market import BarClosed, Quote, Trade
from trader.model.money import MoneyScale
from trader.model.orders import SubmitOrder
from trader.model.units import BEFORE_ALL, INT64_MAX, MINUTE_NS, SECOND_NS, Nanoseconds
from trader.strategies.deciding import Sizing
from trader.strategies.exits import make_exit
from trader.strategies.library import BUNDLED
from trader.strategies.loader import load_strategy, make_params, start
from trader.strategies.strategy import Strategy

RECONCILE_NS: Final = MINUTE_NS
"""How often a live run holds the venue's view beside its own."""
LATE_PART: Final = 10
LATE_NS_MIN: Final = 5 * SECOND_NS
"""A live bar that is heard a tenth of its length after its close, and so long, comes late."""


class Snapshot(Struct, frozen=True, kw_only=True):
    """Everything the core is, at the end of a step."""

    reactor: ReactorState
    timers: TimersState
    approvals: dict[str, Name]
    actors: dict[str, bytes]


class Core:
    """The wired core of one run."""

    def __init__(
        self, config: Config, *, patient: bool, live: bool = False, tables: bool = True
    ) -> None:
        """`patient`: cancels take time, so orders wait for their answers.

        `live`: the venue is nobody's of ours. Its view is held beside ours again and again, what is
        for the day is taken back when that ends, and bars may come late.

        `tables`: outputs are written into tables, which a run without an end cannot do for ever.
        """
        self.scale: Final = scale_of(config)
        self.tables: Final = Tables()
        self.timers: Final = Timers()
        self.recorder: Final = Recorder(self.tables) if tables else Approvals()
        self.strategies: Final = tuple(
            _strategy(s, config, self.scale, live=live) for s in config.strategies
        )
        sized = any(strategy.sizes_by_weight for strategy in self.strategies)
        self.portfolio: Final = _portfolio(config, self.scale, sized=sized)
        self.kill_switch: Final = KillSwitch(config.risk.on_breach)
        self.reconciler: Final = Reconciler(
            RECONCILE_NS if live else None, foreign=config.account.foreign
        )
        self.order_manager: Final = OrderManager(
            {s.name: s.instrument for s in config.strategies},
            account=config.account.id,
            patient=patient,
            ends_days=live,
            calendars={i.name: _calendar_of(config, i.name) for i in config.instruments},
        )
        self.feed, self.risk = _feed(config), _risk(config, self.scale)
        actors: list[Actor] = [
            self.feed,
            self.portfolio,
            *self.strategies,
            self.order_manager,
            self.risk,
            self.reconciler,
            self.kill_switch,
            Scheduler(_calendars(config)),
        ]
        effects: list[Message] = []
        ports: dict[str, Handler] = {
            "timers": self.timers.start,
            "gateway": _collector(effects),
            "quarantine": self._on_rearm,
        }
        outlets = compile_routes(
            _routes(config),
            actors,
            self.strategies,
            ports,
            self.recorder.records,
            _listeners(config, self.strategies),
        )
        self.reactor: Final = Reactor(
            outlets,
            actors,
            self.recorder,
            Asked(
                self.trading_state,
                self.risk.recall,
                self.feed.passes,
                {self.risk.name: self.risk.keeper},
            ),
            effects,
        )

    def trading_state(self) -> TradingState:
        """The kill switch's word."""
        return self.kill_switch.state.trading

    def _on_rearm(self, command: RearmStrategy, now: Nanoseconds) -> Sequence[Message]:
        """The way out of quarantine: the strategy hears again, first of all that it was rearmed."""
        del now
        for actor in self.strategies:
            if actor.label == command.strategy and self.reactor.release(actor.name):
                desk = self.order_manager.state.desks[actor.label]
                actor.begin_anew(desk.position, desk.last_ticks)
        return NOTHING

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
        self.reactor.find_lanes()
        for name in snapshot.reactor.quarantined:
            self.reactor.quarantine(name)


def make_strategy(config: StrategyConfig) -> Strategy:
    """The strategy that a section asks for; raises ConfigError for a broken file or parameter."""
    cls = BUNDLED[config.type] if config.type else load_strategy(config.file or "")
    where = f"strategies.{config.name}.params"
    return start(cls, make_params(cls, config.params, where), config.file or where)


def warmup_bars(config: StrategyConfig) -> int:
    """How many bars before the first decision this strategy and its exits want."""
    exits = [make_exit(each).warmup_bars for each in config.exits]
    return max(make_strategy(config).warmup_bars, *exits, 0)


def warmup_of(config: Config, instrument: str, interval_ns: Nanoseconds) -> int:
    """How many bars before the first decision the hungriest strategy that hears them asks for."""
    hearing = (
        each
        for each in config.strategies
        if each.instrument == instrument and heard_interval(config, each) == interval_ns
    )
    return max((warmup_bars(each) for each in hearing), default=0)


def trade_from(config: Config) -> Nanoseconds:
    """From when on the run decides and is measured; 1970 is a date like others."""
    return BEFORE_ALL if config.run.from_ is None else config.run.from_


def next_sample(config: Config) -> NextSample:
    """From an instant to that of the next row of the equity table.

    Without an interval of its own it has one at each close of the account's sessions.
    """
    interval = config.report.equity_interval
    if interval is None:
        return account_sessions(config).next_close
    step = interval_ns(interval)
    return lambda ts: (ts // step + 1) * step


def account_sessions(config: Config) -> Sessions:
    """The sessions of the account: those that all instruments share, else the days of UTC."""
    return shared(each.calendar for each in config.instruments)


def _calendars(config: Config) -> list[Sessions]:
    """The sessions of all instruments, each calendar once."""
    names = {calendar(each.calendar or UTC).name for each in config.instruments}
    return [calendar(name) for name in sorted(names)]


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


def _strategy(
    config: StrategyConfig, whole: Config, scale: MoneyScale, *, live: bool
) -> StrategyActor:
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
    heard_ns = heard_interval(whole, config)
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
        exits=[make_exit(each) for each in config.exits],
        trade_from=trade_from(whole),
        equity=scale.of(whole.account.cash),
        calendar=_calendar_of(whole, config.instrument),
        heard_ns=heard_ns,
        marked_apart=finest(whole)[config.instrument].interval_ns != heard_ns,
        late_ns=max(heard_ns // LATE_PART, LATE_NS_MIN) if live else INT64_MAX,
    )


def _calendar_of(config: Config, instrument: str) -> str:
    """The name of the calendar whose sessions are the instrument's."""
    [named] = [each.calendar for each in config.instruments if each.name == instrument]
    return calendar(named or UTC).name


def _feed(config: Config) -> Feed:
    watched = {}
    for each in config.instruments:
        own = [source for source in config.data if source.instrument == each.name]
        watched[each.name] = WatchedSymbol(
            sessions=calendar(each.calendar or UTC),
            intervals=tuple(sorted({s.interval_ns for s in own if s.kind == "bars"})),
            protocol=next((s.protocol for s in own if s.kind == "depth"), PLAIN),
        )
    return Feed(watched, _optional(config.risk.jump_max))


def _portfolio(config: Config, scale: MoneyScale, *, sized: bool) -> Portfolio:
    risk = config.risk
    return Portfolio(
        scale.half,
        [s.name for s in config.strategies],
        scale.of(config.account.cash),
        watched=Watched(
            always=sized,
            asked=_asks_worth(risk),
            drawdown=_optional(risk.drawdown_max),
            daily_loss=_optional(risk.daily_loss_max),
        ),
        next_sample=next_sample(config),
        sample_from=trade_from(config),
        calendar=account_sessions(config).name,
    )


def _optional(amount: Decimal | None) -> tuple[int, int] | None:
    return None if amount is None else fraction(amount)


def _routes(config: Config) -> Routes:
    """The graph; the portfolio hears of orders only where risk must know what it is worth."""
    if _asks_worth(config.risk):
        return ROUTES
    return {**ROUTES, ("order_manager", SubmitOrder): ("risk",)}


def _asks_worth(risk: RiskConfig) -> bool:
    return bool(risk.concentration_max or risk.sector_max) or not risk.borrow


def _listeners(config: Config, strategies: Sequence[StrategyActor]) -> Listeners:
    """Who hears which clean market data: the finest mark the account, the rest is for strategies.

    A book reaches the core as the quotes at its top.
    """
    best = finest(config)
    bars: dict[MarketKey, set[str]] = {}
    quotes: dict[MarketKey, set[str]] = {}
    trades: dict[MarketKey, set[str]] = {}
    for source in config.data:
        marking = {"portfolio", "risk"} if matches(config, source) else set()
        if source.kind == "bars":
            bars[source.instrument, source.interval_ns] = marking
        elif source.kind == "trades":
            trades[source.instrument] = marking
        elif source.kind != "actions":
            quotes.setdefault(source.instrument, set()).update(marking)
    for own, actor in zip(config.strategies, strategies, strict=True):
        if interval := heard_interval(config, own):
            bars[own.instrument, interval].add(actor.name)
        if actor.sizes_by_weight and best[own.instrument].kind == "bars":
            bars[own.instrument, best[own.instrument].interval_ns].add(actor.name)
        for heard in (quotes, trades):
            if own.instrument in heard:
                heard[own.instrument].add(actor.name)
    return {BarClosed: bars, Quote: quotes, Trade: trades}


def _risk(config: Config, scale: MoneyScale) -> Risk:
    stops = {"atr_stop", "trailing"}
    return Risk(
        facts_of(config, scale),
        limits_of(config.risk, scale),
        read=reader(config, scale),
        spelled=spelled(config.risk),
        guarded=[s.name for s in config.strategies if stops & {e.kind for e in s.exits}],
    )
