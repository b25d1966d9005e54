"""What happens to orders: they rest in the book, trade with whoever is next there, and end.

An order that arrives takes from the other side of the book as far as its limit reaches, at the
price of those who waited. What moves the last price may trigger stops, which then arrive in
turn. Each change of an order is reported at once, in the order in which it happened, to everyone
who listens; the balances of all that a turn has touched follow at its end.
"""

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from msgspec import Struct, structs

from sims.servers.binance.amounts import product
from sims.servers.binance.crossing import affordable, would_match, yielding
from sims.servers.binance.market.book import STREET, Ladder, Maker
from sims.servers.binance.market.tape import Print
from sims.servers.binance.markets import Market
from sims.servers.binance.orders import (
    Order,
    OrderStatus,
    OrderType,
    PreventedMatch,
    SelfTrade,
    Side,
    TimeInForce,
    Trade,
)
from sims.servers.binance.paying import Fees, pay, trade_of
from sims.servers.binance.reports import (
    Event,
    Execution,
    ExecutionType,
    Prevention,
    account_position,
    execution_report,
)

Listener = Callable[[str, Event], None]


class Counts(Struct):
    """How many reports, given names and prevented trades there were; they name what comes."""

    executions: int = 0
    names: int = 0
    prevented: int = 0


class Follower(Protocol):
    """Who must hear of the orders that belong to a list, since others depend on them."""

    def begins(self, order: Order, now: int) -> None:
        """`order` is about to trade, or not to trade with itself, or has been triggered."""

    def ended(self, order: Order, now: int) -> None:
        """`order` will trade no more."""


class Matching:
    """Carries orders through their lives; the caller gives the time of each turn.

    `orders` are all orders by their ids. A turn is over with `settle`.
    """

    def __init__(self, fees: Fees, orders: Mapping[int, Order], counts: Counts) -> None:
        self.fees: Final = fees
        self.listeners: Final[list[Listener]] = []
        self.follower: Follower | None = None
        self._counts: Final = counts
        self._orders: Final = orders
        self._touched: Final[dict[int, Order]] = {}
        self._stops: Final[dict[int, Order]] = {}
        self._released: Final[list[Order]] = []

    def accept(self, order: Order, now: int) -> None:
        """Lock what `order` may spend and report it; then let it meet the market."""
        order.status = OrderStatus.NEW
        order.account.lock(order.spent_asset, order.hold(order.remaining))
        is_conditional = order.terms.order_type.is_conditional
        if is_conditional:
            self._stops[order.order_id] = order
        else:
            order.working_ns = now
        self._report(order, ExecutionType.NEW, now)
        if not is_conditional:
            self._arrive(order, now)

    def keep(self, order: Order, now: int) -> None:
        """Report an order that waits for another one, and locks nothing until then."""
        order.status = OrderStatus.PENDING_NEW
        self._report(order, ExecutionType.NEW, now)

    def release(self, order: Order) -> None:
        """Let an order that was kept come to the market before this turn is over."""
        self._released.append(order)

    def cancel(self, order: Order, name: str, now: int) -> None:
        """End an open `order`, which from now on is called `name`."""
        order.original_client_order_id = order.client_order_id
        order.client_order_id = name
        self._leave(order)
        self._end(order, OrderStatus.CANCELED, now)
        self._report(order, ExecutionType.CANCELED, now)

    def expire(self, order: Order, reason: str, now: int) -> None:
        """End an open `order` for the venue's own reasons."""
        self._leave(order)
        self._expire(order, reason, now)

    def amend(self, order: Order, quantity: int, name: str, now: int) -> None:
        """Leave an open `order` its place, but no more than `quantity`; it is now called `name`."""
        order.original_client_order_id = order.client_order_id
        order.client_order_id = name
        if quantity <= order.executed + order.prevented:
            self.expire(order, "EXCHANGE_CANCELED", now)
            return
        surplus = order.terms.quantity - quantity
        order.account.unlock(order.spent_asset, order.hold(surplus))
        if order.has_arrived:
            side = order.market.book.side(is_bid=order.terms.side is Side.BUY)
            side.withdraw(order.terms.price, order.order_id, surplus)
        order.terms = structs.replace(order.terms, quantity=quantity)
        order.updated_ns = now
        self._report(order, ExecutionType.REPLACED, now)

    def tell(self, account: str, event: Event) -> None:
        """Tell an account's event to everyone who listens."""
        for listener in tuple(self.listeners):
            listener(account, event)

    def flow(self, market: Market, side: Side, quantity: int, limit: int, now: int) -> int:
        """Let the street take up to `quantity` as far as `limit`; return what it did not get."""
        ladder = market.book.side(is_bid=side is Side.SELL)
        while quantity and (maker := ladder.first(limit)):
            quantity -= self._meet(market, ladder, maker, quantity, now)
        return quantity

    def trigger(self, market: Market, now: int) -> None:
        """Let those arrive who have waited for the last price or for another order, in turn."""
        while True:
            if self._released:
                self._admit(self._released.pop(0), now)
            elif reached := self._reached(market):
                del self._stops[reached.order_id]
                self._trigger(reached, now)
            else:
                return

    def settle(self, now: int) -> list[Order]:
        """Tell the balances of everyone whom this turn has touched; return its orders."""
        touched = list(self._touched.values())
        self._touched.clear()
        for account, rules in {
            each.account.name: (each.account, each.market.rules) for each in touched
        }.values():
            account.changed_ns = now
            self.tell(account.name, account_position(account, (rules.base, rules.quote)))
        return touched

    def resume(self, order: Order) -> None:
        """Put an open order of an earlier life of the venue back to where it waited."""
        if order.has_arrived:
            self._rest(order)
        elif order.status is OrderStatus.NEW:
            self._stops[order.order_id] = order

    def _reached(self, market: Market) -> Order | None:
        for stop in self._stops.values():
            if stop.market is market and stop.triggers():
                return stop
        return None

    def _admit(self, order: Order, now: int) -> None:
        if not order.is_open:
            return
        free = order.account.balance(order.spent_asset).free
        if free < order.hold(order.remaining):
            self._reject(order, "INSUFFICIENT_BALANCES", now)
        elif order.terms.order_type.is_conditional and order.triggers():
            self._reject(order, "STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY", now)
        elif order.terms.order_type is OrderType.LIMIT_MAKER and would_match(order):
            self._reject(order, "WOULD_MATCH_IMMEDIATELY", now)
        else:
            self.accept(order, now)

    def _trigger(self, order: Order, now: int) -> None:
        self._begin(order, now)
        order.working_ns = now
        self._report(order, ExecutionType.NEW, now)
        if self._affords(order):
            self._arrive(order, now)
            return
        self._end(order, OrderStatus.REJECTED, now)
        self._report(order, ExecutionType.REJECTED, now, reject_reason="INSUFFICIENT_BALANCES")

    def _reject(self, order: Order, reason: str, now: int) -> None:
        # It has locked nothing yet.
        order.holds = False
        self._end(order, OrderStatus.REJECTED, now)
        self._report(order, ExecutionType.REJECTED, now, reject_reason=reason)

    def _affords(self, order: Order) -> bool:
        if order.terms.side is Side.SELL or order.terms.order_type.has_limit:
            return True
        # A stop locks its stop price; the market may have jumped past it.
        free = order.account.balance(order.spent_asset).free
        cost = order.market.book.asks.cost(order.remaining)
        return free + order.hold(order.remaining) >= cost

    def _arrive(self, order: Order, now: int) -> None:
        """Take from the book what the order can get; what may not rest expires."""
        terms = order.terms
        ladder = order.market.book.side(is_bid=terms.side is Side.SELL)
        if terms.time_in_force is TimeInForce.FOK:
            found, _ = ladder.found(terms.quantity, terms.limit)
            if found < terms.quantity:
                self._expire(order, "UNFILLED_FOK_ORDER_EXPIRED", now)
                return
        while order.is_open and order.remaining and (maker := ladder.first(terms.limit)):
            wanted = affordable(order, maker.price)
            if not wanted:
                break
            if not self._prevents(order, maker, now):
                self._meet(order.market, ladder, maker, wanted, now, order)
        if not order.is_open:
            return
        if not terms.order_type.has_limit:
            self._expire(order, "INSUFFICIENT_LIQUIDITY", now)
        elif terms.time_in_force is TimeInForce.IOC:
            self._expire(order, "UNFILLED_IOC_QUANTITY_EXPIRED", now)
        else:
            self._rest(order)

    def _prevents(self, taker: Order, maker: Maker, now: int) -> bool:
        """Say whether the two are of one account and may not trade; then one yields, or both."""
        mode = taker.terms.self_trade
        if mode is SelfTrade.NONE or maker.order_id == STREET:
            return False
        other = self._orders[maker.order_id]
        if other.account is not taker.account:
            return False
        self._counts.prevented += 1
        quantity = min(taker.remaining, maker.quantity)
        taker.prevented_matches.append(
            PreventedMatch(
                match_id=self._counts.prevented,
                maker_order_id=other.order_id,
                price=maker.price,
                quantity=quantity,
                ts_ns=now,
            )
        )
        for order, counter in yielding(mode, taker, other):
            self._begin(order, now)
            prevention = Prevention(
                match_id=self._counts.prevented,
                counter=counter,
                price=maker.price,
                quantity=quantity,
            )
            ends = mode is not SelfTrade.DECREMENT or quantity == order.remaining
            if order is other:
                side = order.market.book.side(is_bid=order.terms.side is Side.BUY)
                gone = order.remaining if ends else quantity
                side.withdraw(maker.price, order.order_id, gone)
            self._yield(order, prevention, now, ends=ends)
        return True

    def _yield(self, order: Order, prevention: Prevention, now: int, *, ends: bool) -> None:
        """Take from `order` what was prevented, and all the rest of it if it ends by that."""
        order.account.unlock(order.spent_asset, order.hold(prevention.quantity))
        order.prevented += prevention.quantity
        order.prevented_match_id = prevention.match_id
        order.updated_ns = now
        if ends:
            self._end(order, OrderStatus.EXPIRED_IN_MATCH, now)
        self._report(order, ExecutionType.TRADE_PREVENTION, now, prevention=prevention)

    def _rest(self, order: Order) -> None:
        side = order.market.book.side(is_bid=order.terms.side is Side.BUY)
        side.rest(order.terms.price, order.order_id, order.remaining)

    def _leave(self, order: Order) -> None:
        if order.has_arrived:
            side = order.market.book.side(is_bid=order.terms.side is Side.BUY)
            side.withdraw(order.terms.price, order.order_id, order.remaining)
        elif order.status is OrderStatus.PENDING_NEW:
            order.holds = False
        else:
            del self._stops[order.order_id]

    def _begin(self, order: Order, now: int) -> None:
        if order.list_id >= 0 and self.follower is not None:
            self.follower.begins(order, now)

    def _meet(
        self,
        market: Market,
        ladder: Ladder,
        maker: Maker,
        wanted: int,
        now: int,
        taker: Order | None = None,
    ) -> int:
        """Trade with who is next; return how much."""
        quantity = min(wanted, maker.quantity)
        print_ = Print(
            trade_id=market.tape.last_id + 1,
            price=maker.price,
            quantity=quantity,
            quote=product(maker.price, quantity),
            ts_ns=now,
            is_buyer_maker=ladder.is_bid,
            taker=STREET if taker is None else taker.order_id,
        )
        ladder.take(maker, quantity)
        market.tape.add(print_)
        if taker is not None:
            self._fill(taker, print_, now, is_maker=False)
        if maker.order_id != STREET:
            self._fill(self._orders[maker.order_id], print_, now, is_maker=True)
        return quantity

    def _fill(self, order: Order, print_: Print, now: int, *, is_maker: bool) -> None:
        if not order.executed:
            self._begin(order, now)
        trade = trade_of(order, print_, self.fees, is_maker=is_maker)
        pay(order, trade)
        order.trades.append(trade)
        order.executed += trade.quantity
        order.executed_quote += trade.quote
        order.updated_ns = now
        order.status = OrderStatus.PARTIALLY_FILLED if order.remaining else OrderStatus.FILLED
        self._report(order, ExecutionType.TRADE, now, trade=trade)

    def _expire(self, order: Order, reason: str, now: int) -> None:
        order.expiry_reason = reason
        self._end(order, OrderStatus.EXPIRED, now)
        self._report(order, ExecutionType.EXPIRED, now)

    def _end(self, order: Order, status: OrderStatus, now: int) -> None:
        order.account.unlock(order.spent_asset, order.hold(order.remaining))
        order.status = status
        order.updated_ns = now

    def _report(
        self,
        order: Order,
        kind: ExecutionType,
        now: int,
        *,
        trade: Trade | None = None,
        prevention: Prevention | None = None,
        reject_reason: str = "NONE",
    ) -> None:
        self._counts.executions += 1
        self._touched[order.order_id] = order
        execution = Execution(
            kind=kind,
            execution_id=self._counts.executions,
            ts_ns=now,
            trade=trade,
            prevention=prevention,
            reject_reason=reject_reason,
        )
        self.tell(order.account.name, execution_report(order, execution))
        if order.list_id >= 0 and self.follower is not None and not order.is_open:
            self.follower.ended(order, now)
