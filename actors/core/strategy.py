"""The actor around a strategy: turns its answers into targets and orders, with their reasons.

It hears what its strategy has methods for, and beside that only what exits and sizes need: an
event that concerns neither costs nothing. What an answer comes to is decided in
`trader.strategies.deciding`; the actor keeps what is held and lets exits speak of it, carries
everything over a split, and leaves the market when it has to.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from actors.runtime.actor import NOTHING, Handler
from trader.kernels.kernel import HOLD
from trader.logic.splits import split_half_ticks, split_lots, split_ticks
from trader.model.account import EquityMarked, PositionChanged
from trader.model.control import (
    CloseInstrument,
    PauseStrategy,
    SessionOpened,
    SplitEffective,
    StrategyRearmed,
    TradingState,
    TradingStateChanged,
)
from trader.model.envelope import Message
from trader.model.market import BarClosed, Quote, Trade
from trader.model.orders import (
    Flatten,
    OrderFilled,
    OrderRole,
    TrailStops,
)
from trader.model.units import INT64_MAX, NONE, Lots, Money, Nanoseconds, Ticks
from trader.strategies import saving
from trader.strategies.deciding import Decider, Sizing, StrategyState
from trader.strategies.exits import ExitPolicy, Held
from trader.strategies.strategy import Strategy

_PROTECTION: Final = OrderRole.PROTECTION
_ACTIVE: Final = TradingState.ACTIVE
_FLATTENING: Final = TradingState.FLATTENING
_NEVER: Final = INT64_MAX


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
        calendar: str = "UTC",
        heard_ns: Nanoseconds = 0,
        marked_apart: bool = False,
        late_ns: Nanoseconds = INT64_MAX,
    ) -> None:
        """Decides nothing before `trade_from`; `equity` is the account's at the start.

        A bar that is heard more than `late_ns` after its close opens nothing any more.
        `marked_apart`: the account marks the instrument by something else than the bars that the
        strategy hears, whose interval is `heard_ns`.
        """
        self.name = f"strategy:{name}"
        self.instrument = instrument
        self.strategy = strategy
        self.state = StrategyState(decides_from=trade_from, equity=equity)
        self._kernel = strategy.short_way
        self.label = name
        self._sizing = sizing
        self._exits = tuple(exits)
        # Most exits only go with an entry: nothing is to be asked of them while it lasts.
        self._tends = any(each.does("trail") or each.does("ends") for each in exits)
        self._steps = [(each.kernel, each) for each in exits if each.kernel is not None]
        self._trade_from = trade_from
        self._calendar = calendar
        self._heard_ns = heard_ns
        self._late_ns = late_ns
        self._marks = sizing.rate != 0 and marked_apart
        self._hears_bars = strategy.hears("on_bar")
        self._decider = Decider(
            strategy,
            self.state,
            name=name,
            instrument=instrument,
            sizing=sizing,
            exits=self._exits,
            marked_apart=marked_apart,
        )
        self._take = self._decider.take
        self._first_exits = [msgspec.msgpack.encode(each.state) for each in self._exits]
        self._found: tuple[Lots, Ticks] | None = None

    @property
    def sizes_by_weight(self) -> bool:
        """Whether its sizes follow the account's equity."""
        return self._sizing.rate != 0

    @property
    def handlers(self) -> Mapping[type, Handler]:
        """What its class hears of the market, and what exits and sizes need to know."""
        heard: dict[type, Handler] = {
            SplitEffective: self._on_split,
            TradingStateChanged: self._on_trading_state,
            Flatten: self._on_flatten,
            CloseInstrument: self._on_flatten,
            PauseStrategy: self._on_pause,
            StrategyRearmed: self._on_rearm,
        }
        if self._exits:
            heard[BarClosed] = self._on_bar_with_exits
            heard[PositionChanged] = self._on_position
            heard[OrderFilled] = self._on_fill
        elif self._hears_bars:
            heard[BarClosed] = self._on_bar
        if self.strategy.hears("on_quote"):
            heard[Quote] = self._on_quote
        if self.strategy.hears("on_trade"):
            heard[Trade] = self._on_trade
        if self._marks:
            heard |= {
                kind: _after(mark, heard.get(kind))
                for kind, mark in (
                    (BarClosed, self._mark_bar),
                    (Quote, self._mark_quote),
                    (Trade, self._mark_trade),
                )
            }
        if self.sizes_by_weight:
            heard[EquityMarked] = self._on_equity
        if self.strategy.hears("on_session"):
            heard[SessionOpened] = self._on_session
        return heard

    def dump(self) -> bytes:
        """The actor's, the strategy's and the exits' states, in this order."""
        own = msgspec.Raw(saving.saved(self.strategy.state))
        exits = [exit_.state for exit_ in self._exits]
        return msgspec.msgpack.encode((self.state, own, exits))

    def load(self, data: bytes) -> None:
        """Takes back what `dump` wrote."""
        shape = tuple[StrategyState, msgspec.Raw, list[msgspec.Raw]]
        self.state, own, exits = msgspec.msgpack.decode(data, type=shape)
        self._decider.state = self.state
        self.strategy.state = saving.restored(own, type(self.strategy.state), self.label)
        for exit_, state in zip(self._exits, exits, strict=True):
            exit_.state = msgspec.msgpack.decode(state, type=type(exit_.state))

    # -- the market -----------------------------------------------------------------------------

    def _on_bar(self, bar: BarClosed, now: Nanoseconds) -> Sequence[Message]:
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
        # A live run hears what it missed late: a bar speaks for when it closed.
        if now - bar.ts_close > self._late_ns:
            return self._decider.take_late(answer, bar.close_ticks, bar.ts_close)
        return self._take(answer, bar.close_ticks, min(now, bar.ts_close))

    def _on_bar_with_exits(self, bar: BarClosed, now: Nanoseconds) -> Sequence[Message]:
        """Exits speak first: of the position there is, before a new one is decided."""
        for step, exit_ in self._steps:
            step(exit_.state, bar)
        held = self.state.held if self._tends else None
        if held is None:
            return self._on_bar(bar, now) if self._hears_bars else NOTHING
        out = self._tend(held, bar.close_ticks)
        return [*out, *self._on_bar(bar, now)] if self._hears_bars else out

    def _on_quote(self, quote: Quote, now: Nanoseconds) -> Sequence[Message]:
        answer = self.strategy.on_quote(quote)
        if answer is None:
            if self.state.blocked and not self._hears_bars:
                self.state.blocked = 0
            return NOTHING
        bid, ask = quote.bid_ticks, quote.ask_ticks
        if NONE in (bid, ask):
            # One side alone has to do for both; NONE lies below every price.
            return self._take(answer, max(bid, ask), now)
        return self._take(answer, (bid + ask) // 2, now)

    def _on_trade(self, trade: Trade, now: Nanoseconds) -> Sequence[Message]:
        answer = self.strategy.on_trade(trade)
        if answer is None:
            if self.state.blocked and not self._hears_bars:
                self.state.blocked = 0
            return NOTHING
        return self._take(answer, trade.ticks, now)

    def _mark_bar(self, bar: BarClosed) -> bool:
        """Whether it is one of its strategy's; any other only marks."""
        if bar.interval_ns == self._heard_ns:
            return True
        self.state.mark = 2 * bar.close_ticks
        return False

    def _mark_quote(self, quote: Quote) -> bool:
        bid, ask = quote.bid_ticks, quote.ask_ticks
        if NONE not in (bid, ask):
            self.state.mark = bid + ask
            self.state.quoted = True
        return True

    def _mark_trade(self, trade: Trade) -> bool:
        """Prints count until there is a quote."""
        if not self.state.quoted:
            self.state.mark = 2 * trade.ticks
        return True

    # -- exits ----------------------------------------------------------------------------------

    def _tend(self, held: Held, close: Ticks) -> list[Message]:
        """What exits want of the position at a closed bar: nearer stops, or its end."""
        state, side = self.state, held.side
        if not held.bars or side * (close - held.best_ticks) > 0:
            held.best_ticks = close
        held.bars += 1
        out: list[Message] = []
        ready = [exit_ for exit_ in self._exits if exit_.ready]
        levels = [(level, e.reason) for e in ready if (level := e.trail(held)) is not None]
        if levels:
            # Told at every bar: a stop may have been sent meanwhile that stands further away.
            level, reason = max(levels, key=lambda each: side * each[0])
            out.append(
                TrailStops(
                    strategy=self.label,
                    side=side,
                    stop_ticks=level,
                    ref_ticks=close,
                    reason=reason,
                )
            )
        over = [exit_.reason for exit_ in ready if exit_.ends(held)]
        if over and state.target * side > 0:
            state.blocked = side
            out.append(self._decider.end(over[0], close))
        return out

    def _on_position(self, changed: PositionChanged, now: Nanoseconds) -> Sequence[Message]:
        del now
        state = self.state
        lots = state.position = changed.lots
        if not lots:
            state.held = None
        elif state.held is None or state.held.side * lots < 0:
            ticks = changed.last_ticks
            state.held = Held(1 if lots > 0 else -1, ticks, ticks, 0)
        return NOTHING

    def _on_fill(self, fill: OrderFilled, now: Nanoseconds) -> Sequence[Message]:
        """The fill is booked already: an exit that leaves nothing ends the target it protected."""
        del now
        state = self.state
        if fill.role is not _PROTECTION or state.position * fill.last_lots < 0:
            return NOTHING
        if state.target * fill.last_lots >= 0:
            return NOTHING
        state.blocked = 1 if state.target > 0 else -1
        return (self._decider.end(fill.reason or "protection", fill.last_ticks),)

    # -- what happens to it ---------------------------------------------------------------------

    def _on_equity(self, marked: EquityMarked, now: Nanoseconds) -> Sequence[Message]:
        del now
        self.state.equity = marked.equity
        return NOTHING

    def _on_session(self, opened: SessionOpened, now: Nanoseconds) -> Sequence[Message]:
        del now
        if opened.calendar == self._calendar:
            self.strategy.on_session(opened.ts_open, opened.session)
        return NOTHING

    def _on_split(self, split: SplitEffective, now: Nanoseconds) -> Sequence[Message]:
        """Everything is carried over; a target that is less than a lot by then is none."""
        del now
        state, ratio = self.state, (split.numerator, split.denominator)
        aimed = state.target
        state.target = split_lots(aimed, *ratio)
        state.position = split_lots(state.position, *ratio)
        if state.mark != NONE:
            state.mark = split_half_ticks(state.mark, *ratio)
        held = state.held
        if held is not None:
            held.entry_ticks = split_ticks(held.entry_ticks, *ratio)
            held.best_ticks = split_ticks(held.best_ticks, *ratio)
            state.held = held if state.position else None
        for exit_ in self._exits:
            exit_.on_split(*ratio)
        self.strategy.on_split(*ratio)
        if aimed and not state.target:
            self.strategy.on_flat(exited=False)
        return NOTHING

    # -- control --------------------------------------------------------------------------------

    def _on_flatten(
        self, command: Flatten | CloseInstrument, now: Nanoseconds
    ) -> Sequence[Message]:
        """The strategy has to leave the market until a person lets it trade again."""
        del now
        self.state.disabled = True
        return self._flatten(command.reason)

    def _on_pause(self, command: PauseStrategy, now: Nanoseconds) -> Sequence[Message]:
        """It keeps what it holds, with its exits, and decides nothing more."""
        del command, now
        self.state.disabled = True
        self.state.decides_from = _NEVER
        return NOTHING

    def _on_trading_state(
        self, changed: TradingStateChanged, now: Nanoseconds
    ) -> Sequence[Message]:
        """All strategies have to leave the market until a person makes trading active again."""
        del now
        if changed.state is _FLATTENING:
            return self._flatten(changed.code)
        if changed.state is _ACTIVE and not self.state.disabled:
            self.state.decides_from = max(self._trade_from, self.state.warm_from)
        return NOTHING

    def _flatten(self, reason: str) -> Sequence[Message]:
        state = self.state
        state.decides_from, state.blocked = _NEVER, 0
        # At what price, the order manager knows better: a strategy need not have heard one.
        return (self._decider.end(reason, 0),) if state.target else NOTHING

    def _on_rearm(self, command: StrategyRearmed, now: Nanoseconds) -> Sequence[Message]:
        del command
        if self._found is not None:
            self._begin(*self._found, now)
        self.state.disabled = False
        self.state.decides_from = max(self._trade_from, self.state.warm_from)
        return NOTHING

    def begin_anew(self, position: Lots, last_ticks: Ticks) -> None:
        """When it is rearmed it starts from nothing but the position that it finds."""
        self._found = position, last_ticks

    def _begin(self, position: Lots, last_ticks: Ticks, now: Nanoseconds) -> None:
        """What it was in the middle of when it raised is not to be trusted, and bars have passed.

        So its state is a new one, and it decides nothing before it is as warm as at a start.
        """
        self._found = None
        warmth = max(self.strategy.warmup_bars, *(each.warmup_bars for each in self._exits), 0)
        self.state = self._decider.state = StrategyState(
            decides_from=_NEVER,
            target=position,
            position=position,
            equity=self.state.equity,
            warm_from=now + warmth * self._heard_ns,
        )
        if position and self._exits:
            self.state.held = Held(1 if position > 0 else -1, last_ticks, last_ticks, 0)
        for exit_, first in zip(self._exits, self._first_exits, strict=True):
            exit_.state = msgspec.msgpack.decode(first, type=type(exit_.state))
        self.strategy.state = self.strategy.initial()


def _after(mark: Callable[[Any], bool], handle: Handler | None) -> Handler:
    """Marks first, and then lets the strategy hear what is for it."""

    def marked(row: Message, now: Nanoseconds) -> Sequence[Message]:
        return handle(row, now) if mark(row) and handle is not None else NOTHING

    return marked
