"""A symbol's filters: which prices, quantities and amounts it lets in, and how many orders."""

from collections.abc import Iterable

from sims.servers.binance.amounts import ONE, text_of
from sims.servers.binance.markets import Market, SymbolRules
from sims.servers.binance.orders import NewOrder, Order, OrderType
from sims.servers.binance.refusals import Refusal, filter_failure


def check(terms: NewOrder, market: Market) -> Refusal | None:
    """Name the first filter of the symbol that forbids the order, if there is one."""
    rules = market.rules
    if not all(_is_price(price, rules) for price in _prices(terms)):
        return filter_failure("PRICE_FILTER")
    if not _is_within_percents(terms, market):
        return filter_failure("PERCENT_PRICE_BY_SIDE")
    if not rules.step <= terms.quantity <= rules.quantity_max or terms.quantity % rules.step:
        return filter_failure("LOT_SIZE")
    if terms.order_type is OrderType.MARKET and terms.quantity > rules.market_quantity_max:
        return filter_failure("MARKET_LOT_SIZE")
    if not _is_notional(terms, market):
        return filter_failure("NOTIONAL")
    return None


def check_count(
    terms: Iterable[NewOrder], rules: SymbolRules, open_: Iterable[Order]
) -> Refusal | None:
    """Refuse orders beyond the number that an account may have open in one symbol."""
    types = [order.terms.order_type for order in open_] + [each.order_type for each in terms]
    if len(types) > rules.orders_max:
        return filter_failure("MAX_NUM_ORDERS")
    if sum(order_type.is_conditional for order_type in types) > rules.conditional_max:
        return filter_failure("MAX_NUM_ALGO_ORDERS")
    return None


def described(rules: SymbolRules) -> list[dict[str, object]]:
    """Describe the filters as the wire does."""
    up, down = (f"{percent / 100:g}" for percent in (rules.percent_max, rules.percent_min))
    return [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": text_of(rules.tick),
            "maxPrice": text_of(rules.price_max),
            "tickSize": text_of(rules.tick),
        },
        {
            "filterType": "LOT_SIZE",
            "minQty": text_of(rules.step),
            "maxQty": text_of(rules.quantity_max),
            "stepSize": text_of(rules.step),
        },
        {
            "filterType": "MARKET_LOT_SIZE",
            "minQty": text_of(0),
            "maxQty": text_of(rules.market_quantity_max),
            "stepSize": text_of(0),
        },
        {
            "filterType": "PERCENT_PRICE_BY_SIDE",
            "bidMultiplierUp": up,
            "bidMultiplierDown": down,
            "askMultiplierUp": up,
            "askMultiplierDown": down,
            "avgPriceMins": 0,
        },
        {
            "filterType": "NOTIONAL",
            "minNotional": text_of(rules.notional_min),
            "applyMinToMarket": True,
            "maxNotional": text_of(rules.notional_max),
            "applyMaxToMarket": False,
            "avgPriceMins": 0,
        },
        {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": rules.orders_max},
        {"filterType": "MAX_NUM_ORDER_LISTS", "maxNumOrderLists": rules.lists_max},
        {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": rules.conditional_max},
        {"filterType": "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends": rules.amendments_max},
    ]


def reference_price(terms: NewOrder, market: Market) -> int:
    """Return the price at which the order is valued before it trades."""
    return terms.limit or terms.stop_price or market.price


def _prices(terms: NewOrder) -> list[int]:
    prices = [terms.price] if terms.order_type.has_limit else []
    return [*prices, terms.stop_price] if terms.order_type.is_conditional else prices


def _is_price(price: int, rules: SymbolRules) -> bool:
    return rules.tick <= price <= rules.price_max and price % rules.tick == 0


def _is_within_percents(terms: NewOrder, market: Market) -> bool:
    if not terms.order_type.has_limit:
        return True
    rules = market.rules
    return market.price * rules.percent_min <= terms.price * 100 <= market.price * rules.percent_max


def _is_notional(terms: NewOrder, market: Market) -> bool:
    rules = market.rules
    notional = reference_price(terms, market) * terms.quantity
    if notional < rules.notional_min * ONE:
        return False
    # The upper bound does not apply to market orders.
    return terms.order_type is OrderType.MARKET or notional <= rules.notional_max * ONE
