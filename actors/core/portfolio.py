"""The portfolio: positions of every strategy, cash, and what the account is worth at every event.

Each strategy has its own ledger; the account is their sum. Equity is kept up to date by
differences, so an event costs the same however many instruments and strategies there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msgspec import Struct

from actors.runtime.actor import NOTHING, Handler, Stateful
from trader.kernels.accounting import booked
from trader.model.account import EquityMarked, EquitySampled, PositionChanged
from trader.model.control import RunEnded, RunStarted, StartTimer, TimerFired
from trader.model.envelope import Message
from trader.model.market import BarClosed
from trader.model.orders import OrderBusted, OrderFilled, OrderRole
from trader.model.units import NONE, Lots, Money, Nanoseconds


class Position(Struct):
    """One strategy's holding of one instrument; cost and realized are in tick x lot."""

    lots: Lots = 0
    cost: int = 0
    realized: int = 0
    fees: Money = 0


@dataclass(slots=True, kw_only=True)
class Holding:
    """The account's holding of one instrument.

    `mark` is in half ticks (the first fill's price before there is a bar), `half` money for one
    of a lot, `worth` for one of all lots.
    """

    half: Money
    lots: Lots = 0
    worth: Money = 0
    mark: int = NONE


@dataclass(slots=True, kw_only=True)
class PortfolioState:
    """Everything the account owns, by strategy and in sum."""

    cash: Money
    equity: Money
    peak: Money
    holdings: dict[str, Holding]
    positions: dict[str, dict[str, Position]]


class Portfolio(Stateful[PortfolioState]):
    """Books fills, marks prices, tells positions; and equity at every event where it is watched."""

    name = "portfolio"

    def __init__(
        self,
        halves: Mapping[str, Money],
        strategies: Sequence[str],
        cash: Money,
        *,
        watched: bool,
        sample_ns: Nanoseconds,
        sample_from: Nanoseconds = 0,
    ) -> None:
        """`halves`: money in half a tick x lot by instrument.

        `sample_ns` lies between two equity rows, the first of which is not before `sample_from`.
        """
        self.state = PortfolioState(
            cash=cash,
            equity=cash,
            peak=cash,
            holdings={name: Holding(half=half) for name, half in halves.items()},
            positions={name: {} for name in strategies},
        )
        self._watched = watched
        self._sample_ns = sample_ns
        self._sample_from = sample_from
        self.bind()

    def bind(self) -> None:
        """Renews the short cut to the holdings."""
        self._holdings = self.state.holdings

    @property
    def handlers(self) -> Mapping[type, Handler]:
        """Bars, fills, and the timer of the equity rows."""
        return {
            BarClosed: self._on_bar,
            OrderFilled: self._on_fill,
            OrderBusted: self._on_busted,
            RunStarted: self._on_start,
            RunEnded: self._on_end,
            TimerFired: self._on_timer,
        }

    def sample(self) -> EquitySampled:
        """The account as it stands, as a row of the equity table."""
        state = self.state
        realized = sum(
            2 * self._holdings[instrument].half * position.realized - position.fees
            for by_instrument in state.positions.values()
            for instrument, position in by_instrument.items()
        )
        unrealized = sum(
            self._holdings[instrument].half
            * (position.lots * self._holdings[instrument].mark - 2 * position.cost)
            for by_instrument in state.positions.values()
            for instrument, position in by_instrument.items()
        )
        return EquitySampled(
            equity=state.equity,
            cash=state.cash,
            realized=realized,
            unrealized=unrealized,
            peak=state.peak,
        )

    def _on_bar(self, bar: BarClosed, now: Nanoseconds) -> Sequence[Message]:
        del now
        holding = self._holdings[bar.instrument]
        mark = 2 * bar.close_ticks
        if holding.worth:
            state = self.state
            state.equity = equity = state.equity + holding.worth * (mark - holding.mark)
            if equity > state.peak:  # noqa: PLR1730 - a call costs more than a comparison
                state.peak = equity
        holding.mark = mark
        return self._marked() if self._watched else NOTHING

    def _on_fill(self, fill: OrderFilled, now: Nanoseconds) -> Sequence[Message]:
        del now
        return self._book(fill, fill.last_lots, fill.fee, fill.role)

    def _on_busted(self, bust: OrderBusted, now: Nanoseconds) -> Sequence[Message]:
        """A bust is booked as the fill's reverse; nothing is bought again for it."""
        del now
        return self._book(bust, -bust.last_lots, 0, OrderRole.EXPLICIT)

    def _book(
        self, fill: OrderFilled | OrderBusted, lots: Lots, fee: Money, role: OrderRole
    ) -> Sequence[Message]:
        state = self.state
        ticks = fill.last_ticks
        mine = state.positions[fill.strategy]
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
        if state.equity > state.peak:  # noqa: PLR1730 - a call costs more than a comparison
            state.peak = state.equity
        changed = PositionChanged(
            strategy=fill.strategy,
            instrument=fill.instrument,
            lots=position.lots,
            cost=position.cost,
            realized=2 * holding.half * position.realized - position.fees,
            last_lots=lots,
            last_ticks=ticks,
            role=role,
        )
        return (changed, *self._marked()) if self._watched else (changed,)

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
        due = (ts // self._sample_ns + 1) * self._sample_ns
        return StartTimer(owner=self.name, name="equity", due=due, after_bars=True)

    def _marked(self) -> tuple[EquityMarked]:
        return (EquityMarked(equity=self.state.equity, peak=self.state.peak),)
