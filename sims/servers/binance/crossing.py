"""Questions about an order that meets the book: would it trade, how far, with whom not."""

from sims.servers.binance.amounts import ONE
from sims.servers.binance.orders import Order, SelfTrade, Side


def yielding(mode: SelfTrade, taker: Order, maker: Order) -> list[tuple[Order, Order]]:
    """Return who yields, each with the one that it would have traded with."""
    both = [(taker, maker), (maker, taker)]
    match mode:
        case SelfTrade.NONE:
            return []
        case SelfTrade.EXPIRE_TAKER:
            return both[:1]
        case SelfTrade.EXPIRE_MAKER:
            return both[1:]
        case SelfTrade.EXPIRE_BOTH | SelfTrade.DECREMENT:
            return both


def would_match(order: Order) -> bool:
    """Say whether `order` would trade as soon as it arrives."""
    ladder = order.market.book.side(is_bid=order.terms.side is Side.SELL)
    return ladder.first(order.terms.limit) is not None


def affordable(order: Order, price: int) -> int:
    """Return how much of what remains can be paid; without a limit nobody has seen to that."""
    if order.terms.order_type.has_limit or order.terms.side is Side.SELL:
        return order.remaining
    # Each unit of it brings along what is locked for it; only what is beyond that must be free.
    beyond = price - (order.hold_price if order.holds else 0)
    if beyond <= 0:
        return order.remaining
    step = order.market.rules.step
    free = order.account.balance(order.spent_asset).free
    return min(order.remaining, free * ONE // beyond // step * step)
