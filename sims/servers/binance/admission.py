"""Who is let in: an order or a list passes every check before anything happens to it."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import structs

from sims.servers.binance import filters, refusals
from sims.servers.binance.accounts import Account
from sims.servers.binance.crossing import would_match
from sims.servers.binance.lists import OrderList, refuses_pair
from sims.servers.binance.markets import Market, MarketStatus
from sims.servers.binance.orders import NewOrder, Order, OrderType, Side
from sims.servers.binance.refusals import Refusal, filter_failure
from sims.servers.binance.registry import Registry


class Admission:
    """Drafts orders from what was asked for, and says why one cannot come in."""

    def __init__(
        self,
        markets: Mapping[str, Market],
        registry: Registry,
        lists: Mapping[int, OrderList],
    ) -> None:
        self._markets: Final = markets
        self._registry: Final = registry
        self._lists: Final = lists

    def draft(
        self, account: Account, terms: NewOrder, now: int, offset: int = 0
    ) -> Order | Refusal:
        """Return an order that nobody has seen yet, the `offset`th of those of one request."""
        market = self._markets.get(terms.symbol)
        if market is None:
            return refusals.BAD_SYMBOL
        if market.status is not MarketStatus.TRADING:
            return refusals.MARKET_CLOSED
        if terms.quote_quantity:
            ladder = market.book.side(is_bid=terms.side is Side.SELL)
            quantity = ladder.worth(terms.quote_quantity, market.rules.step)
            terms = structs.replace(terms, quantity=quantity)
        return Order(
            order_id=len(self._registry.orders) + 1 + offset,
            account=account,
            market=market,
            terms=terms,
            client_order_id=terms.client_order_id or self._registry.new_name("order"),
            hold_price=terms.limit or terms.stop_price,
            created_ns=now,
            updated_ns=now,
        )

    def refuses(self, order: Order) -> Refusal | None:
        """Say why an order cannot come in, if so."""
        if refusal := self._refuses_terms([order]):
            return refusal
        if refusal := _refuses_arrival(order):
            return refusal
        free = order.account.balance(order.spent_asset).free
        return refusals.INSUFFICIENT_BALANCE if free < _cost(order) else None

    def refuses_list(self, list_: OrderList) -> Refusal | None:
        """Say why a list cannot come in, if so."""
        if refusal := self._refuses_terms(list_.orders) or self._refuses_another(list_):
            return refusal
        if refusal := refuses_pair(list_):
            return refusal
        arriving = [order for order in list_.orders if order not in list_.pending]
        for order in arriving:
            if refusal := _refuses_arrival(order):
                return refusal
        # Of a pair only the dearer order locks money, and what waits for another one locks none.
        cost = max(_cost(order) for order in arriving)
        free = list_.account.balance(arriving[0].spent_asset).free
        return refusals.INSUFFICIENT_BALANCE if free < cost else None

    def _refuses_another(self, list_: OrderList) -> Refusal | None:
        open_ = [each for each in self._lists.values() if each.is_open]
        own = [each for each in open_ if each.account is list_.account]
        if any(each.name == list_.name for each in own):
            return refusals.DUPLICATE_ORDER
        rules = self._markets[list_.symbol].rules
        if sum(each.symbol == list_.symbol for each in own) >= rules.lists_max:
            return filter_failure("MAX_NUM_ORDER_LISTS")
        return None

    def _refuses_terms(self, orders: Sequence[Order]) -> Refusal | None:
        account, market = orders[0].account, orders[0].market
        symbol = market.rules.symbol
        for order in orders:
            if refusal := filters.check(order.terms, market):
                return refusal
        open_ = self._registry.open_orders(account, symbol)
        if refusal := filters.check_count([order.terms for order in orders], market.rules, open_):
            return refusal
        names = [order.client_order_id for order in orders]
        if len(set(names)) < len(names) or any(
            self._registry.is_taken(account, symbol, name) for name in names
        ):
            return refusals.DUPLICATE_ORDER
        return None


def _refuses_arrival(order: Order) -> Refusal | None:
    """Refuse what cannot begin to wait, since the market is already there."""
    if order.terms.order_type.is_conditional and order.triggers():
        return refusals.WOULD_TRIGGER
    if order.terms.order_type is OrderType.LIMIT_MAKER and would_match(order):
        return refusals.WOULD_MATCH
    return None


def _cost(order: Order) -> int:
    """Return what the account must have for `order`."""
    if order.terms.order_type is OrderType.MARKET and order.terms.side is Side.BUY:
        return order.market.book.asks.cost(order.remaining)
    return order.hold(order.remaining)
