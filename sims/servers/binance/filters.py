"""A symbol's filters: which prices, quantities and amounts it lets in."""

from sims.servers.binance.amounts import ONE
from sims.servers.binance.markets import Market, SymbolRules
from sims.servers.binance.orders import NewOrder, OrderType
from sims.servers.binance.refusals import Refusal, filter_failure


def check(terms: NewOrder, market: Market) -> Refusal | None:
    """Name the first filter of the symbol that forbids the order, if there is one."""
    rules = market.rules
    price = reference_price(terms, market)
    if terms.order_type is not OrderType.MARKET and not _is_price(price, rules):
        return filter_failure("PRICE_FILTER")
    if not rules.step <= terms.quantity <= rules.quantity_max or terms.quantity % rules.step:
        return filter_failure("LOT_SIZE")
    if not _is_notional(terms, market):
        return filter_failure("NOTIONAL")
    return None


def reference_price(terms: NewOrder, market: Market) -> int:
    """Return the price at which the order is valued before it trades."""
    match terms.order_type:
        case OrderType.LIMIT:
            return terms.price
        case OrderType.STOP_LOSS:
            return terms.stop_price
        case OrderType.MARKET:
            return market.price


def _is_price(price: int, rules: SymbolRules) -> bool:
    return rules.tick <= price <= rules.price_max and price % rules.tick == 0


def _is_notional(terms: NewOrder, market: Market) -> bool:
    rules = market.rules
    notional = reference_price(terms, market) * terms.quantity
    if notional < rules.notional_min * ONE:
        return False
    # The upper bound does not apply to market orders.
    return terms.order_type is OrderType.MARKET or notional <= rules.notional_max * ONE
