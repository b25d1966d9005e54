"""Risk: every order passes here, or does not pass. It sees the worst case, not the likely one.

It keeps its own view of positions, open orders and targets from what it approved and what was
reported, so that it never has to believe a strategy. The rules stand in `trader.logic.rules`, the
breakers in `trader.logic.watching`. What it may allow is part of its state: an operator changes it
while it runs, and that is an input like every other.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from actors.runtime.actor import NOTHING, Handler, Stateful
from actors.runtime.routes import MarketKey
from trader.logic.rules.gate import Gate
from trader.logic.rules.limits import Facts, Limits
from trader.logic.rules.listing import take
from trader.logic.rules.setting import Read, Setting
from trader.logic.rules.view import Account, Denial, Exposure
from trader.logic.watching import OWNER, Watching
from trader.model.account import EquityMarked, ForeignAdopted, PositionChanged
from trader.model.control import (
    Flattened,
    InstrumentHalted,
    InstrumentReported,
    InstrumentResumed,
    LimitRejected,
    RearmStrategy,
    SessionClosed,
    SetLimit,
    SplitEffective,
    StrategyDisabled,
    StrategyRearmed,
    TimerFired,
    TradingState,
    TradingStateChanged,
)
from trader.model.envelope import Message
from trader.model.market import BarClosed, Quote, Trade
from trader.model.orders import (
    CancelRejected,
    CancelRequested,
    OrderAccepted,
    OrderApproved,
    OrderBusted,
    OrderCanceled,
    OrderDenied,
    OrderEvent,
    OrderExpired,
    OrderFilled,
    OrderInDoubt,
    OrderRejected,
    OrderReplaced,
    OrderRole,
    ReplaceOrder,
    ReplaceRejected,
    SubmitOrder,
    TargetDropped,
    TargetPosition,
)
from trader.model.units import NONE, Nanoseconds

_Halt = InstrumentHalted | InstrumentResumed
_PROTECTION: Final = OrderRole.PROTECTION
_ACTIVE: Final = TradingState.ACTIVE
_FLATTENING: Final = TradingState.FLATTENING


class Risk(Stateful[Account]):
    """Approves or denies; trips the breakers."""

    name = OWNER

    def __init__(
        self,
        facts: Sequence[Facts],
        limits: Limits,
        *,
        read: Read,
        spelled: Mapping[str, str] | None = None,
        guarded: Collection[str] = (),
    ) -> None:
        """`facts` of every instrument; `spelled` are the limits as texts, which `read` reads.

        The positions of `guarded` strategies are meant to have a stop.
        """
        self.state = Account(
            exposures={each.name: Exposure(half=each.half) for each in facts},
            limits=limits,
            spelled=dict(spelled or {}),
        )
        self.steps: Final = {each.name: each.steps for each in facts}
        self._setting = Setting(limits, read)
        self._gate = Gate(self.state, facts)
        self._watching = Watching(self.state, guarded)
        self._weighs_fills = limits.slippage_bps_max is not None
        self._guards = bool(guarded) and limits.unprotected_max is not None
        self.bind()

    def bind(self) -> None:
        """Judges and counts in the state that was loaded."""
        self._gate.bind(self.state)
        self._watching.bind(self.state)
        self._counting = self._gate.counting
        self._exposures = self.state.exposures
        self._standings = self.state.standings
        self._renew()

    def _renew(self) -> None:
        """What a fill has to be looked at for."""
        self._follows = self._guards or self.state.trading is _FLATTENING

    @property
    def handlers(self) -> Mapping[type, Handler]:
        """Orders to judge, prices, what becomes of orders, equity, the trading state, operators."""
        handlers: dict[type, Handler] = {
            BarClosed: self._on_bar,
            Quote: self._on_quote,
            Trade: self._on_trade,
            TargetPosition: self._on_target,
            TargetDropped: self._on_dropped,
            SubmitOrder: self._on_submit,
            ReplaceOrder: self._on_replace,
            OrderFilled: self._on_filled,
            OrderBusted: self._on_busted,
            OrderReplaced: self._on_replaced,
            ReplaceRejected: self._on_replace_rejected,
            ForeignAdopted: self._on_adopted,
            **dict.fromkeys((CancelRequested, CancelRejected), self._on_cancel),
            **dict.fromkeys((OrderCanceled, OrderExpired, OrderRejected), self._on_end),
            EquityMarked: self._watching.on_marked,
            SplitEffective: self._on_split,
            **dict.fromkeys((InstrumentHalted, InstrumentResumed), self._on_halt),
            InstrumentReported: self._on_listed,
            SessionClosed: self._on_session_closed,
            TimerFired: self._on_timer,
            TradingStateChanged: self._on_trading_state,
            SetLimit: self._on_set_limit,
            RearmStrategy: self._on_rearm,
        }
        if self._weighs_fills:
            handlers[PositionChanged] = self._on_position
        if self._guards:
            handlers |= {OrderAccepted: self._on_accepted, OrderInDoubt: self._on_doubt}
        return handlers

    def recall(self, effect: Message) -> str:
        """Why what was let through in this step must not leave after all; empty if it may."""
        if isinstance(effect, OrderApproved):
            return self._gate.recall(effect.order)
        if isinstance(effect, ReplaceOrder):
            resting = self.state.resting.get(effect.client_order_id)
            if resting is not None and (resting.asked or resting.asked_ticks is not None):
                return self._gate.recall(resting.order)
        return ""

    # -- prices ---------------------------------------------------------------------------------

    def keeper(self, kind: type, about: MarketKey) -> Exposure | None:
        """Where the rows of a source can be left without a call: of bars only the last counts."""
        return self._exposures[about[0]] if kind is BarClosed else None

    def _on_bar(self, bar: BarClosed, now: Nanoseconds) -> Sequence[Message]:
        del now
        self._exposures[bar.instrument].last = bar
        return NOTHING

    def _on_quote(self, quote: Quote, now: Nanoseconds) -> Sequence[Message]:
        del now
        if NONE not in (quote.bid_ticks, quote.ask_ticks):
            exposure = self._exposures[quote.instrument]
            exposure.last = quote
            exposure.quoted = True
        return NOTHING

    def _on_trade(self, trade: Trade, now: Nanoseconds) -> Sequence[Message]:
        """Prints count until there is a quote."""
        del now
        exposure = self._exposures[trade.instrument]
        if not exposure.quoted:
            exposure.last = trade
        return NOTHING

    # -- orders ---------------------------------------------------------------------------------

    def _on_target(self, target: TargetPosition, now: Nanoseconds) -> Sequence[Message]:
        del now
        standing = self._standings.get(target.strategy)
        if standing is None:
            standing = self._counting.standing(target.strategy, target.instrument)
        standing.target = target.lots
        return NOTHING

    def _on_dropped(self, dropped: TargetDropped, now: Nanoseconds) -> Sequence[Message]:
        del now
        self._counting.standing(dropped.strategy, dropped.instrument).target = 0
        return NOTHING

    def _on_submit(self, order: SubmitOrder, now: Nanoseconds) -> Sequence[Message]:
        denial = self._gate.admit(order, now)
        if denial is not None:
            return self._denied(order, denial)
        return (OrderApproved(order=order, limits_version=self.state.version),)

    def _denied(self, order: SubmitOrder, denial: Denial) -> Sequence[Message]:
        denied = OrderDenied(
            client_order_id=order.client_order_id,
            strategy=order.strategy,
            instrument=order.instrument,
            lots=order.lots,
            code=denial.code,
            detail=denial.detail,
        )
        return (denied, *self._disabled(order, denial))

    def _disabled(self, order: SubmitOrder, denial: Denial) -> Sequence[Message]:
        """A strategy that repeats itself is stopped, not only the order."""
        if denial.code != "repeat_exceeds_max":
            return NOTHING
        standing = self._counting.standing(order.strategy, order.instrument)
        if standing.disabled:
            return NOTHING
        standing.disabled = denial.code
        return (StrategyDisabled(strategy=order.strategy, code=denial.code),)

    def _on_replace(self, command: ReplaceOrder, now: Nanoseconds) -> Sequence[Message]:
        denial = self._gate.change(command, now)
        if denial is None:
            return (command,)
        id_ = command.client_order_id
        order = self.state.resting[id_].order
        rejected = ReplaceRejected(client_order_id=id_, code=denial.code)
        return (rejected, *self._disabled(order, denial))

    # -- what becomes of them -------------------------------------------------------------------

    def _on_filled(self, fill: OrderFilled, now: Nanoseconds) -> Sequence[Message]:
        resting = self._counting.fill(fill)
        if self._weighs_fills and resting is not None:
            self._watching.filled(fill, resting.order)
        return self._follow(fill.strategy, now) if self._follows else NOTHING

    def _on_position(self, changed: PositionChanged, now: Nanoseconds) -> Sequence[Message]:
        """What a fill cost is told once all that follows from it for its position was sent."""
        del changed, now
        return NOTHING if self._watching.slipped is None else self._watching.booked()

    def _on_busted(self, event: OrderBusted, now: Nanoseconds) -> Sequence[Message]:
        self._counting.bust(event)
        return self._follow(event.strategy, now)

    def _on_replaced(self, event: OrderReplaced, now: Nanoseconds) -> Sequence[Message]:
        self._counting.replaced(event)
        return self._follow(event.strategy, now)

    def _on_replace_rejected(self, event: ReplaceRejected, now: Nanoseconds) -> Sequence[Message]:
        del now
        self._counting.refuse(event.client_order_id)
        return NOTHING

    def _on_cancel(self, event: OrderEvent, now: Nanoseconds) -> Sequence[Message]:
        del now
        self._counting.leave(event.client_order_id, leaving=type(event) is CancelRequested)
        return NOTHING

    def _on_end(self, event: OrderEvent, now: Nanoseconds) -> Sequence[Message]:
        self._counting.end(event.client_order_id)
        return self._follow(event.strategy, now) if self._follows else NOTHING

    def _on_adopted(self, event: ForeignAdopted, now: Nanoseconds) -> Sequence[Message]:
        """What somebody else holds and may still trade counts for the worst case like our own."""
        self._counting.adopt(event)
        return self._follow(event.strategy, now) if self._follows else NOTHING

    def _on_accepted(self, event: OrderAccepted, now: Nanoseconds) -> Sequence[Message]:
        return self._works(event, now, works=True)

    def _on_doubt(self, event: OrderInDoubt, now: Nanoseconds) -> Sequence[Message]:
        return self._works(event, now, works=False)

    def _works(self, event: OrderEvent, now: Nanoseconds, *, works: bool) -> Sequence[Message]:
        resting = self.state.resting.get(event.client_order_id)
        if resting is None:
            return NOTHING
        resting.works = works
        return self._follow(event.strategy, now) if resting.role is _PROTECTION else NOTHING

    def _follow(self, strategy: str, now: Nanoseconds) -> Sequence[Message]:
        """A position or an order has changed: whether it lacks a stop, and whether all is flat."""
        out: Sequence[Message] = NOTHING
        if self._guards:
            out = self._watching.look(strategy, now)
        return (*out, *self._flat()) if self.state.trading is _FLATTENING else out

    def _flat(self) -> Sequence[Message]:
        account = self.state
        works = any(not each.theirs for each in account.resting.values())
        if works or any(each.lots for each in account.standings.values()):
            return NOTHING
        return (Flattened(),)

    # -- instruments ----------------------------------------------------------------------------

    def _on_split(self, split: SplitEffective, now: Nanoseconds) -> Sequence[Message]:
        self._counting.split(split)
        out: list[Message] = []
        for strategy, standing in self.state.standings.items():
            if standing.instrument == split.instrument:
                out += self._follow(strategy, now)
        return out

    def _on_halt(self, event: _Halt, now: Nanoseconds) -> Sequence[Message]:
        del now
        self.state.halted.pop(event.instrument, None)
        if isinstance(event, InstrumentHalted):
            self.state.halted[event.instrument] = event.reason
        self._gate.renew()
        return NOTHING

    def _on_listed(self, report: InstrumentReported, now: Nanoseconds) -> Sequence[Message]:
        """The venue's own word on what it takes holds beside what was configured."""
        del now
        out = take(self.state, report, self.steps[report.instrument])
        if out:
            self._gate.renew()
        return out

    def _on_session_closed(self, closed: SessionClosed, now: Nanoseconds) -> Sequence[Message]:
        """Ids of ended orders are forgotten with the session; those still open stay."""
        del closed, now
        self.state.seen = dict.fromkeys(self.state.resting, True)
        return NOTHING

    # -- breakers and people --------------------------------------------------------------------

    def _on_timer(self, timer: TimerFired, now: Nanoseconds) -> Sequence[Message]:
        if timer.owner != self.name:
            return NOTHING
        return self._watching.look(timer.name.partition(":")[2], now)

    def _on_trading_state(
        self, changed: TradingStateChanged, now: Nanoseconds
    ) -> Sequence[Message]:
        self.state.trading = changed.state
        self._gate.renew()
        self._renew()
        if changed.state is _ACTIVE:
            self._watching.lift(now)
            return self._look_everywhere(now)
        return self._flat() if changed.state is _FLATTENING else NOTHING

    def _look_everywhere(self, now: Nanoseconds) -> Sequence[Message]:
        return [m for name in self.state.standings for m in self._watching.look(name, now)]

    def _on_set_limit(self, command: SetLimit, now: Nanoseconds) -> Sequence[Message]:
        answer = self._setting.take(self.state, command)
        if isinstance(answer, LimitRejected):
            return (answer,)
        self._gate.renew()
        self._watching.renew()
        self._renew()
        return (answer, *self._look_everywhere(now))

    def _on_rearm(self, command: RearmStrategy, now: Nanoseconds) -> Sequence[Message]:
        del now
        standing = self.state.standings.get(command.strategy)
        if standing is not None:  # it has none before its first target or order
            standing.disabled = ""
            standing.recent = []
        return (StrategyRearmed(strategy=command.strategy, by=command.by, reason=command.reason),)
