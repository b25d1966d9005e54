"""What happens to orders: they rest, trade against the market's price, and end.

There is no book of other people's orders. A market has one price and, if a test says so, a
limited quantity at it; whoever reaches the price trades with the market. Each change of an
order is reported at once, in the order in which it happened, to everyone who listens; the
account's balances follow the last report of one order's turn.
"""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from sims.servers.binance.amounts import product
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


class Matching:
    """Carries orders through their lives; the caller gives the time of each turn."""

    def __init__(self, fees: Fees) -> None:
        self.fees: Final = fees
        self.listeners: Final[list[Listener]] = []
        self._trades = 0
        self._executions = 0

    def accept(self, order: Order, now: int) -> None:
        """Lock what `order` may spend and report it; then let it meet the market."""
        order.account.lock(order.spent_asset, order.hold(order.terms.quantity))
        if order.terms.order_type is not OrderType.STOP_LOSS:
            order.working_ns = now
        self._report(order, ExecutionType.NEW, now)
        if order.terms.order_type is not OrderType.STOP_LOSS:
            self._take(order, now)
        self._settle(order, now)

    def advance(self, order: Order, now: int) -> None:
        """Let a resting `order` meet the market's new price."""
        if order.terms.order_type is OrderType.STOP_LOSS:
            if order.triggers():
                self._trigger(order, now)
                self._settle(order, now)
        elif order.reaches() and order.market.takes(order.remaining):
            self._fill(order, order.terms.price, now, is_maker=True)
            self._settle(order, now)

    def cancel(self, order: Order, name: str, now: int) -> None:
        """End an open `order`, which from now on is called `name`."""
        order.original_client_order_id = order.client_order_id
        order.client_order_id = name
        self._end(order, OrderStatus.CANCELED, now)
        self._report(order, ExecutionType.CANCELED, now)
        self._settle(order, now)

    def _trigger(self, order: Order, now: int) -> None:
        order.working_ns = now
        self._report(order, ExecutionType.NEW, now)
        if self._affords(order):
            self._take(order, now)
            return
        self._end(order, OrderStatus.REJECTED, now)
        self._report(order, ExecutionType.REJECTED, now, reject_reason="INSUFFICIENT_BALANCES")

    def _affords(self, order: Order) -> bool:
        if order.terms.side is Side.SELL:
            return True
        # A stop locks its stop price; the market may have jumped past it.
        free = order.account.balance(order.spent_asset).free
        cost = product(order.market.price, order.remaining)
        return free + order.hold(order.remaining) >= cost

    def _take(self, order: Order, now: int) -> None:
        """Trade at the market's price as far as it goes; what may not rest expires."""
        terms = order.terms
        is_limit = terms.order_type is OrderType.LIMIT
        found = order.market.takes(terms.quantity) if not is_limit or order.reaches() else 0
        if terms.time_in_force is TimeInForce.FOK and found < terms.quantity:
            self._expire(order, "UNFILLED_FOK_ORDER_EXPIRED", now)
            return
        if found:
            self._fill(order, order.market.price, now, is_maker=False)
        if not order.is_open:
            return
        if not is_limit:
            self._expire(order, "INSUFFICIENT_LIQUIDITY", now)
        elif terms.time_in_force is TimeInForce.IOC:
            self._expire(order, "UNFILLED_IOC_QUANTITY_EXPIRED", now)

    def _fill(self, order: Order, price: int, now: int, *, is_maker: bool) -> None:
        quantity = order.market.takes(order.remaining)
        order.market.consume(quantity)
        trade = self._trade(order, price, quantity, now, is_maker=is_maker)
        self._pay(order, trade)
        order.trades.append(trade)
        order.executed += quantity
        order.executed_quote += trade.quote
        order.updated_ns = now
        order.status = OrderStatus.PARTIALLY_FILLED if order.remaining else OrderStatus.FILLED
        self._report(order, ExecutionType.TRADE, now, trade=trade)

    def _trade(self, order: Order, price: int, quantity: int, now: int, *, is_maker: bool) -> Trade:
        rules = order.market.rules
        is_buyer = order.terms.side is Side.BUY
        quote = product(price, quantity)
        rate = self.fees.maker_ppm if is_maker else self.fees.taker_ppm
        self._trades += 1
        return Trade(
            trade_id=self._trades,
            order_id=order.order_id,
            symbol=rules.symbol,
            price=price,
            quantity=quantity,
            quote=quote,
            commission=(quantity if is_buyer else quote) * rate // PPM,
            commission_asset=rules.base if is_buyer else rules.quote,
            ts_ns=now,
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
        self._executions += 1
        execution = Execution(
            kind=kind,
            execution_id=self._executions,
            ts_ns=now,
            trade=trade,
            reject_reason=reject_reason,
        )
        self._tell(order.account.name, execution_report(order, execution))

    def _settle(self, order: Order, now: int) -> None:
        rules = order.market.rules
        order.account.changed_ns = now
        self._tell(order.account.name, account_position(order.account, (rules.base, rules.quote)))

    def _tell(self, account: str, event: Event) -> None:
        for listener in tuple(self.listeners):
            listener(account, event)
