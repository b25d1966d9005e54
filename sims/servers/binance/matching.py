"""What happens to orders: they rest in the book, trade with whoever is next there, and end.

An order that arrives takes from the other side of the book as far as its limit reaches, at the
price of those who waited. What moves the last price may trigger stops, which then arrive in
turn. Each change of an order is reported at once, in the order in which it happened, to everyone
who listens; the balances of all that a turn has touched follow at its end.
"""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from sims.servers.binance.amounts import product
from sims.servers.binance.market.book import STREET, Ladder, Maker
from sims.servers.binance.market.tape import Print
from sims.servers.binance.markets import Market
from sims.servers.binance.orders import Order, OrderStatus, OrderType, Side, TimeInForce, Trade
from sims.servers.binance.reports import (
    Event,
    Execution,
    ExecutionType,
    account_position,
    execution_report,
)

PPM: Final = 1_000_000

Listener = Callable[[str, Event], None]


class Fees(Struct, frozen=True, kw_only=True):
    """Commissions in millionths of what an order receives."""

    maker_ppm: int = 0
    taker_ppm: int = 0


class Counts(Struct):
    """How many reports and cancels there have been; they name what comes."""

    executions: int = 0
    cancels: int = 0


class Matching:
    """Carries orders through their lives; the caller gives the time of each turn.

    `orders` are all orders by their ids. A turn is over with `settle`.
    """

    def __init__(self, fees: Fees, orders: Mapping[int, Order], counts: Counts) -> None:
        self.fees: Final = fees
        self.listeners: Final[list[Listener]] = []
        self._counts: Final = counts
        self._orders: Final = orders
        self._touched: Final[dict[int, Order]] = {}
        self._stops: Final[dict[int, Order]] = {}

    def accept(self, order: Order, now: int) -> None:
        """Lock what `order` may spend and report it; then let it meet the market."""
        order.account.lock(order.spent_asset, order.hold(order.terms.quantity))
        is_stop = order.terms.order_type is OrderType.STOP_LOSS
        if is_stop:
            self._stops[order.order_id] = order
        else:
            order.working_ns = now
        self._report(order, ExecutionType.NEW, now)
        if not is_stop:
            self._arrive(order, now)

    def cancel(self, order: Order, name: str, now: int) -> None:
        """End an open `order`, which from now on is called `name`."""
        order.original_client_order_id = order.client_order_id
        order.client_order_id = name
        self._leave(order)
        self._end(order, OrderStatus.CANCELED, now)
        self._report(order, ExecutionType.CANCELED, now)

    def flow(self, market: Market, side: Side, quantity: int, limit: int, now: int) -> int:
        """Let the street take up to `quantity` as far as `limit`; return what it did not get."""
        ladder = market.book.side(is_bid=side is Side.SELL)
        while quantity and (maker := ladder.first(limit)):
            quantity -= self._meet(market, ladder, maker, quantity, now)
        return quantity

    def trigger(self, market: Market, now: int) -> None:
        """Let the stops arrive that the last price has reached, and those that they reach."""
        while reached := self._reached(market):
            del self._stops[reached.order_id]
            self._trigger(reached, now)

    def settle(self, now: int) -> list[Order]:
        """Tell the balances of everyone whom this turn has touched; return its orders."""
        touched = list(self._touched.values())
        self._touched.clear()
        for account, rules in {
            each.account.name: (each.account, each.market.rules) for each in touched
        }.values():
            account.changed_ns = now
            self._tell(account.name, account_position(account, (rules.base, rules.quote)))
        return touched

    def resume(self, order: Order) -> None:
        """Put an open order of an earlier life of the venue back to where it waited."""
        if order.terms.order_type is OrderType.STOP_LOSS and order.working_ns is None:
            self._stops[order.order_id] = order
        else:
            self._rest(order)

    def _reached(self, market: Market) -> Order | None:
        for stop in self._stops.values():
            if stop.market is market and stop.triggers():
                return stop
        return None

    def _trigger(self, order: Order, now: int) -> None:
        order.working_ns = now
        self._report(order, ExecutionType.NEW, now)
        if self._affords(order):
            self._arrive(order, now)
            return
        self._end(order, OrderStatus.REJECTED, now)
        self._report(order, ExecutionType.REJECTED, now, reject_reason="INSUFFICIENT_BALANCES")

    def _affords(self, order: Order) -> bool:
        if order.terms.side is Side.SELL:
            return True
        # A stop locks its stop price; the market may have jumped past it.
        free = order.account.balance(order.spent_asset).free
        _, worst = order.market.book.asks.found(order.remaining, None)
        return free + order.hold(order.remaining) >= product(worst, order.remaining)

    def _arrive(self, order: Order, now: int) -> None:
        """Take from the book what the order can get; what may not rest expires."""
        terms = order.terms
        is_limit = terms.order_type is OrderType.LIMIT
        limit = terms.price if is_limit else None
        ladder = order.market.book.side(is_bid=terms.side is Side.SELL)
        if terms.time_in_force is TimeInForce.FOK:
            found, _ = ladder.found(terms.quantity, limit)
            if found < terms.quantity:
                self._expire(order, "UNFILLED_FOK_ORDER_EXPIRED", now)
                return
        while order.remaining and (maker := ladder.first(limit)):
            self._meet(order.market, ladder, maker, order.remaining, now, order)
        if not order.is_open:
            return
        if not is_limit:
            self._expire(order, "INSUFFICIENT_LIQUIDITY", now)
        elif terms.time_in_force is TimeInForce.IOC:
            self._expire(order, "UNFILLED_IOC_QUANTITY_EXPIRED", now)
        else:
            self._rest(order)

    def _rest(self, order: Order) -> None:
        side = order.market.book.side(is_bid=order.terms.side is Side.BUY)
        side.rest(order.terms.price, order.order_id, order.remaining)

    def _leave(self, order: Order) -> None:
        if self._stops.pop(order.order_id, None) is None:
            side = order.market.book.side(is_bid=order.terms.side is Side.BUY)
            side.withdraw(order.terms.price, order.order_id, order.remaining)

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
        trade = self._trade(order, print_, is_maker=is_maker)
        self._pay(order, trade)
        order.trades.append(trade)
        order.executed += trade.quantity
        order.executed_quote += trade.quote
        order.updated_ns = now
        order.status = OrderStatus.PARTIALLY_FILLED if order.remaining else OrderStatus.FILLED
        self._report(order, ExecutionType.TRADE, now, trade=trade)

    def _trade(self, order: Order, print_: Print, *, is_maker: bool) -> Trade:
        rules = order.market.rules
        is_buyer = order.terms.side is Side.BUY
        received = print_.quantity if is_buyer else print_.quote
        rate = self.fees.maker_ppm if is_maker else self.fees.taker_ppm
        return Trade(
            trade_id=print_.trade_id,
            order_id=order.order_id,
            symbol=rules.symbol,
            price=print_.price,
            quantity=print_.quantity,
            quote=print_.quote,
            commission=received * rate // PPM,
            commission_asset=rules.base if is_buyer else rules.quote,
            ts_ns=print_.ts_ns,
            is_buyer=is_buyer,
            is_maker=is_maker,
        )

    def _pay(self, order: Order, trade: Trade) -> None:
        account = order.account
        spent, received = trade.quote, trade.quantity
        if not trade.is_buyer:
            spent, received = received, spent
        account.unlock(order.spent_asset, order.hold(trade.quantity))
        account.earn(order.spent_asset, -spent)
        account.earn(trade.commission_asset, received - trade.commission)

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
        reject_reason: str = "NONE",
    ) -> None:
        self._counts.executions += 1
        self._touched[order.order_id] = order
        execution = Execution(
            kind=kind,
            execution_id=self._counts.executions,
            ts_ns=now,
            trade=trade,
            reject_reason=reject_reason,
        )
        self._tell(order.account.name, execution_report(order, execution))

    def _tell(self, account: str, event: Event) -> None:
        for listener in tuple(self.listeners):
            listener(account, event)
