"""What risk watches beside the orders it judges: losses, slippage, positions without a stop.

A breaker speaks once, and again only after a person has let trading go on. It is silent while
trading is halted, since nothing could follow from its word. Nothing here costs a price anything:
the portfolio says when a loss may be too large, and what is without a stop is looked at when a
position or an order changes, and by a timer at the instant at which too much will be used up.
"""

from collections.abc import Collection, Sequence
from typing import Final

from trader.logic.breakers import Breach, Slippage, Slips, alarm_line, lost
from trader.logic.rules.view import Account, Standing
from trader.model.account import EquityMarked
from trader.model.control import LimitBreached, StartTimer, TradingState
from trader.model.envelope import Message
from trader.model.orders import OrderFilled, OrderRole, OrderType, SubmitOrder
from trader.model.units import NONE, Money, Nanoseconds

OWNER: Final = "risk"
"""Whose timers these are."""

_NOTHING: Final[tuple[Message, ...]] = ()
_HALTED: Final = TradingState.HALTED
_MARKET: Final = OrderType.MARKET
_STOP_LIMIT: Final = OrderType.STOP_LIMIT
_STOPS: Final = (OrderType.STOP, OrderType.STOP_LIMIT)
_PROTECTION: Final = OrderRole.PROTECTION


class Watching:
    """Watches one account; the positions of `guarded` strategies are meant to have a stop."""

    def __init__(self, account: Account, guarded: Collection[str]) -> None:
        self.guarded: Final = guarded
        self.slipped: Breach | None = None
        self.bind(account)

    def bind(self, account: Account) -> None:
        """Watches this account from now on."""
        self._account = account
        self.renew()

    def renew(self) -> None:
        """Looks the limits up anew."""
        account, limits = self._account, self._account.limits
        self._drawdown, self._daily_loss = limits.drawdown_max, limits.daily_loss_max
        self._wholes, self._line = (NONE, NONE), NONE
        self._tick_lots = {name: 2 * each.half for name, each in account.exposures.items()}
        allowed = limits.slippage_bps_max
        self.slippage = (
            None if allowed is None else Slippage(account.slips, limits.slippage_window, allowed)
        )

    def lift(self, now: Nanoseconds) -> None:
        """A person lets trading go on: every count begins anew.

        The time in which trading stood still is not held against a position.
        """
        account = self._account
        account.tripped, account.slips = [], Slips()
        for standing in account.standings.values():
            naked = standing.naked
            naked.turn(naked.worth, now)
            naked.clear()
        self.renew()

    # -- losses ---------------------------------------------------------------------------------

    def on_marked(self, marked: EquityMarked, now: Nanoseconds) -> Sequence[Message]:
        """The account is worth so much; what is lost of its peak, and since the session began."""
        del now
        account = self._account
        account.equity, account.cash = marked.equity, marked.cash
        if marked.asked:
            # Else the order that asks would be met, half made, by what its own fill has lost.
            return _NOTHING
        wholes = marked.peak, marked.session
        if wholes != self._wholes:
            # They seldom change, and with them the line above which nobody has to look.
            self._wholes = wholes
            self._line = alarm_line(*wholes, self._drawdown, self._daily_loss)
        return _NOTHING if marked.equity >= self._line else self._losses(marked)

    def _losses(self, marked: EquityMarked) -> Sequence[Message]:
        out: Sequence[Message] = _NOTHING
        if self._drawdown is not None:
            breach = lost(marked.peak, marked.equity, self._drawdown)
            if breach is not None:
                out = self._trip("drawdown_max", breach)
        if self._daily_loss is not None:
            breach = lost(marked.session, marked.equity, self._daily_loss)
            if breach is not None:
                out = (*out, *self._trip("daily_loss_max", breach))
        return out

    # -- slippage -------------------------------------------------------------------------------

    def filled(self, fill: OrderFilled, order: SubmitOrder) -> None:
        """A market or stop order was filled: counts what that cost beyond what was expected.

        A market order expects the price it was decided at, a stop its own.
        """
        kind = order.order_type
        expected = order.ref_ticks if kind is _MARKET else order.stop_ticks
        if self.slippage is None or expected is None or kind is _STOP_LIMIT:
            return
        tick_lot = self._tick_lots[fill.instrument]
        self.slipped = self.slippage.add(fill.last_lots, fill.last_ticks, expected, tick_lot)

    def booked(self) -> Sequence[Message]:
        """The fill is in the books, and the position was seen to: it may be spoken of.

        Before, what closes the position would be sent for the lots of before the fill.
        """
        breach, self.slipped = self.slipped, None
        return _NOTHING if breach is None else self._trip("slippage_bps_max", breach)

    # -- positions without a stop ---------------------------------------------------------------

    def look(self, strategy: str, now: Nanoseconds) -> Sequence[Message]:
        """Something has changed; how much of the strategy's position has no working stop now."""
        standing = self._account.standings.get(strategy)
        allowed = self._account.limits.unprotected_max
        if standing is None or allowed is None or strategy not in self.guarded:
            return _NOTHING
        naked = standing.naked
        naked.turn(self._bare(strategy, standing), now)
        breach = naked.spent(allowed)
        if not naked.worth:
            naked.clear()
        if breach is not None:
            return self._trip("unprotected_max", breach)
        if not naked.worth:
            return _NOTHING
        name = f"unprotected:{strategy}"
        return (StartTimer(owner=OWNER, name=name, due=naked.due(allowed)),)

    def _bare(self, strategy: str, standing: Standing) -> Money:
        """What the lots without a working stop are worth, at the last price."""
        held = standing.lots
        if not held:
            return 0
        covered = 0
        for resting in self._account.resting.values():
            order = resting.order
            is_stop = order.role is _PROTECTION and order.order_type in _STOPS
            if order.strategy == strategy and is_stop and resting.works and order.lots * held < 0:
                # A larger size that is asked for protects nothing before the venue confirms it.
                covered += min(resting.room, abs(order.lots) - resting.done)
        exposure = self._account.exposures[standing.instrument]
        return max(0, abs(held) - covered) * exposure.price()[0] * exposure.half

    def _trip(self, limit: str, breach: Breach) -> Sequence[Message]:
        account = self._account
        if account.trading is _HALTED or limit in account.tripped:
            return _NOTHING
        account.tripped.append(limit)
        return (LimitBreached(limit=limit, value=breach.value, bound=breach.bound),)
