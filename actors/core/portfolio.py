"""The portfolio: positions of every strategy, cash, and what the account is worth at every event.

Each strategy has its own ledger; the account is their sum. Equity is kept up to date by
differences, so an event costs the same however many instruments and strategies there are. Who
marks an instrument (quotes, prints or bars) is decided by the routes; of quotes and prints
together, prints count until the first quote with both sides.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from msgspec import Struct

from actors.runtime.actor import NOTHING, Handler, Stateful
from trader.kernels.accounting import booked
from trader.logic.books import Holding, PortfolioState, Position, split_position
from trader.logic.breakers import alarm_line
from trader.logic.splits import split_half_ticks
from trader.model.account import (
    EquityMarked,
    EquitySampled,
    ForeignAdopted,
    PositionAdjusted,
    PositionChanged,
)
from trader.model.control import (
    DividendPaid,
    LimitChanged,
    RunEnded,
    RunStarted,
    SessionOpened,
    SplitEffective,
    StartTimer,
    TimerFired,
)
from trader.model.envelope import Message
from trader.model.market import BarClosed, Quote, Trade
from trader.model.orders import OrderBusted, OrderFilled, OrderRole, SubmitOrder
from trader.model.units import NONE, Money, Nanoseconds

_EXPLICIT: Final = OrderRole.EXPLICIT
NextSample = Callable[[Nanoseconds], Nanoseconds]
"""From an instant to that of the next row of the equity table."""


class Watched(Struct, frozen=True, kw_only=True):
    """Who wants to know what the account is worth, and when.

    `always`: after every event (sizes follow it); `asked`: before every order that risk judges;
    `drawdown` and `daily_loss`, as fractions: once it is lower than they allow.
    """

    always: bool = False
    asked: bool = False
    drawdown: tuple[int, int] | None = None
    daily_loss: tuple[int, int] | None = None


class Portfolio(Stateful[PortfolioState]):
    """Books fills, marks prices, tells positions; and equity at every event where it is watched."""

    name = "portfolio"

    def __init__(  # noqa: PLR0913 - the assembly names each; no two belong together
        self,
        halves: Mapping[str, Money],
        strategies: Sequence[str],
        cash: Money,
        *,
        watched: Watched,
        next_sample: NextSample,
        sample_from: Nanoseconds = 0,
        calendar: str = "UTC",
    ) -> None:
        """`halves`: money in half a tick x lot by instrument.

        The first equity row is not before `sample_from`; sessions are those of `calendar`.
        """
        self.state = PortfolioState(
            cash=cash,
            equity=cash,
            peak=cash,
            session=cash,
            alarm=NONE,
            holdings={name: Holding(half=half) for name, half in halves.items()},
            positions={name: {} for name in strategies},
            allowed={"drawdown_max": watched.drawdown, "daily_loss_max": watched.daily_loss},
        )
        self._always = watched.always
        self._asked = watched.asked
        self._next_sample = next_sample
        self._sample_from = sample_from
        self._calendar = calendar
        self._set_alarm()
        self.bind()

    def bind(self) -> None:
        """Renews the short cut to the holdings."""
        self._holdings = self.state.holdings

    @property
    def handlers(self) -> Mapping[type, Handler]:
        """Prices, fills, what happens to instruments, and the timer of the equity rows."""
        return {
            BarClosed: self._on_bar,
            Quote: self._on_quote,
            Trade: self._on_trade,
            OrderFilled: self._on_fill,
            OrderBusted: self._on_fill,
            ForeignAdopted: self._on_adopted,
            SubmitOrder: self._on_submit,
            SplitEffective: self._on_split,
            DividendPaid: self._on_dividend,
            SessionOpened: self._on_session,
            LimitChanged: self._on_limit,
            RunStarted: self._on_start,
            RunEnded: self._on_end,
            TimerFired: self._on_timer,
        }

    def sample(self) -> EquitySampled:
        """The account as it stands, as a row of the equity table."""
        state = self.state
        realized = unrealized = 0
        for by_instrument in state.positions.values():
            for instrument, position in by_instrument.items():
                holding = self._holdings[instrument]
                realized += 2 * holding.half * position.realized - position.fees + position.income
                unrealized += holding.half * (position.lots * holding.mark - 2 * position.cost)
        return EquitySampled(
            equity=state.equity,
            cash=state.cash,
            realized=realized,
            unrealized=unrealized,
            peak=state.peak,
        )

    # -- prices ---------------------------------------------------------------------------------

    def _on_bar(self, bar: BarClosed, now: Nanoseconds) -> Sequence[Message]:
        del now
        holding = self._holdings[bar.instrument]
        mark = 2 * bar.close_ticks
        if holding.worth:
            state = self.state
            state.equity = equity = state.equity + holding.worth * (mark - holding.mark)
            holding.mark = mark
            if equity > state.peak:
                self._rise(equity)
            if equity < state.alarm:
                return (self._marked(),)
        else:
            holding.mark = mark
        return (self._marked(),) if self._always else NOTHING

    def _on_quote(self, quote: Quote, now: Nanoseconds) -> Sequence[Message]:
        del now
        bid, ask = quote.bid_ticks, quote.ask_ticks
        if NONE in (bid, ask):
            return NOTHING
        holding = self._holdings[quote.instrument]
        holding.quoted = True
        mark = bid + ask
        if holding.worth:
            state = self.state
            state.equity = equity = state.equity + holding.worth * (mark - holding.mark)
            holding.mark = mark
            if equity > state.peak:
                self._rise(equity)
            if equity < state.alarm:
                return (self._marked(),)
        else:
            holding.mark = mark
        return (self._marked(),) if self._always else NOTHING

    def _on_trade(self, trade: Trade, now: Nanoseconds) -> Sequence[Message]:
        del now
        holding = self._holdings[trade.instrument]
        if holding.quoted:
            return NOTHING
        return self._mark(holding, 2 * trade.ticks)

    def _mark(self, holding: Holding, mark: int) -> Sequence[Message]:
        state = self.state
        if holding.worth:
            state.equity += holding.worth * (mark - holding.mark)
        holding.mark = mark
        return self._told()

    def _told(self) -> Sequence[Message]:
        """The account's worth has changed: what follows, and who must know."""
        state = self.state
        if state.equity > state.peak:
            self._rise(state.equity)
        return (self._marked(),) if self._always or state.equity < state.alarm else NOTHING

    def _rise(self, equity: Money) -> None:
        """A new highest worth."""
        self.state.peak = equity
        if self.state.alarm != NONE:
            self._set_alarm()

    def _set_alarm(self) -> None:
        state = self.state
        state.alarm = alarm_line(
            state.peak,
            state.session,
            state.allowed["drawdown_max"],
            state.allowed["daily_loss_max"],
        )

    # -- fills ----------------------------------------------------------------------------------

    def _on_adopted(self, event: ForeignAdopted, now: Nanoseconds) -> Sequence[Message]:
        """A trade of somebody else is booked in its ledger; an order alone moves nothing."""
        return self._on_fill(event, now) if event.trade_id else NOTHING

    def _on_fill(
        self, fill: OrderFilled | OrderBusted | ForeignAdopted, now: Nanoseconds
    ) -> Sequence[Message]:
        """A bust is booked as the fill's reverse; nothing is bought again for it."""
        del now
        state = self.state
        if type(fill) is OrderFilled:
            lots, fee, role = fill.last_lots, fill.fee, fill.role
        elif type(fill) is ForeignAdopted:
            lots, fee, role = fill.last_lots, fill.fee, _EXPLICIT
        else:
            lots, fee, role = -fill.last_lots, 0, _EXPLICIT
        ticks = fill.last_ticks
        mine = state.positions.get(fill.strategy)
        if mine is None:  # what is traded by hand has a ledger from its first trade on
            mine = state.positions[fill.strategy] = {}
        position = mine.get(fill.instrument)
        if position is None:
            position = mine[fill.instrument] = Position()
        realized, position.cost = booked(position.lots, position.cost, lots, ticks)
        position.realized += realized
        position.lots += lots
        position.fees += fee
        holding = self._holdings[fill.instrument]
        if holding.mark == NONE:
            holding.mark = 2 * ticks
        holding.lots += lots
        holding.worth = holding.lots * holding.half
        paid = lots * 2 * ticks * holding.half + fee
        state.cash -= paid
        state.equity += lots * holding.mark * holding.half - paid
        changed = PositionChanged(
            strategy=fill.strategy,
            instrument=fill.instrument,
            lots=position.lots,
            cost=position.cost,
            realized=2 * holding.half * position.realized - position.fees + position.income,
            last_lots=lots,
            last_ticks=ticks,
            role=role,
        )
        return (changed, *self._told())

    def _on_submit(self, order: SubmitOrder, now: Nanoseconds) -> Sequence[Message]:
        """Risk hears what the account is worth before it hears of the order."""
        del order, now
        return (self._marked(asked=True),) if self._asked else NOTHING

    # -- what happens to an instrument ----------------------------------------------------------

    def _on_split(self, split: SplitEffective, now: Nanoseconds) -> Sequence[Message]:
        """Lots and mark change with the split; what is lost of a lot is paid at the new mark."""
        del now
        holding = self._holdings[split.instrument]
        if holding.mark == NONE:
            return NOTHING
        state = self.state
        adjusted: list[Message] = []
        ratio = split.numerator, split.denominator
        holding.mark = split_half_ticks(holding.mark, *ratio)
        holding.lots = 0
        for strategy, by_instrument in state.positions.items():
            position = by_instrument.get(split.instrument)
            if position is not None:
                before = position.income
                state.cash += split_position(position, holding, ratio)
                holding.lots += position.lots
                income = position.income - before
                adjusted.append(_adjusted(strategy, split.instrument, position, income, "split"))
        holding.worth = holding.lots * holding.half
        held = self._holdings.values()
        state.equity = state.cash + sum(each.worth * each.mark for each in held if each.worth)
        return (*adjusted, *self._told())

    def _on_dividend(self, dividend: DividendPaid, now: Nanoseconds) -> Sequence[Message]:
        """Whoever is long receives it, whoever is short pays."""
        del now
        state = self.state
        adjusted: list[Message] = []
        name = dividend.instrument
        for strategy, by_instrument in state.positions.items():
            position = by_instrument.get(name)
            if position is not None and position.lots:
                paid = position.lots * dividend.amount
                position.income += paid
                state.cash += paid
                state.equity += paid
                adjusted.append(_adjusted(strategy, name, position, paid, "dividend"))
        return (*adjusted, *self._told())

    # -- time -----------------------------------------------------------------------------------

    def _on_session(self, opened: SessionOpened, now: Nanoseconds) -> Sequence[Message]:
        del now
        if opened.calendar == self._calendar:
            self.state.session = self.state.equity
            self._set_alarm()
        return NOTHING

    def _on_limit(self, changed: LimitChanged, now: Nanoseconds) -> Sequence[Message]:
        """The line below which somebody must hear of the equity moves with what may be lost."""
        del now
        if changed.limit in {"drawdown_max", "daily_loss_max"}:
            given = changed.new not in {"", "null"}
            share = Fraction(Decimal(changed.new)).as_integer_ratio() if given else None
            self.state.allowed[changed.limit] = share
            self._set_alarm()
            return self._told()
        return NOTHING

    def _on_start(self, started: RunStarted, now: Nanoseconds) -> Sequence[Message]:
        del started
        return (self._next_row(now),)

    def _on_end(self, ended: RunEnded, now: Nanoseconds) -> Sequence[Message]:
        del ended, now
        return (self.sample(),)

    def _on_timer(self, timer: TimerFired, now: Nanoseconds) -> Sequence[Message]:
        del now
        if timer.owner != self.name:
            return NOTHING
        unmarked = all(holding.mark == NONE for holding in self._holdings.values())
        if unmarked or timer.due < self._sample_from:
            return (self._next_row(timer.due),)
        return (self.sample(), self._next_row(timer.due))

    def _next_row(self, ts: Nanoseconds) -> StartTimer:
        due = self._next_sample(ts)
        return StartTimer(owner=self.name, name="equity", due=due, after_bars=True)

    def _marked(self, *, asked: bool = False) -> EquityMarked:
        state = self.state
        return EquityMarked(
            equity=state.equity,
            peak=state.peak,
            session=state.session,
            cash=state.cash,
            asked=asked,
        )


def _adjusted(
    strategy: str, instrument: str, position: Position, income: Money, reason: str
) -> PositionAdjusted:
    return PositionAdjusted(
        strategy=strategy,
        instrument=instrument,
        lots=position.lots,
        cost=position.cost,
        income=income,
        reason=reason,
    )
