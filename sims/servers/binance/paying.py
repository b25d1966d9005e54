"""What a trade moves: the commission that it costs, and money from one asset to the other."""

from typing import Final

from msgspec import Struct

from sims.servers.binance.market.tape import Print
from sims.servers.binance.orders import Order, Side, Trade

PPM: Final = 1_000_000


class Fees(Struct, frozen=True, kw_only=True):
    """Commissions in millionths of what an order receives."""

    maker_ppm: int = 0
    taker_ppm: int = 0


def trade_of(order: Order, print_: Print, fees: Fees, *, is_maker: bool) -> Trade:
    """Return what a print is to one of its two orders."""
    rules = order.market.rules
    is_buyer = order.terms.side is Side.BUY
    received = print_.quantity if is_buyer else print_.quote
    rate = fees.maker_ppm if is_maker else fees.taker_ppm
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
        list_id=order.list_id,
    )


def pay(order: Order, trade: Trade) -> None:
    """Give back what was locked for a trade's quantity, and move what it costs and brings."""
    account = order.account
    spent, received = trade.quote, trade.quantity
    if not trade.is_buyer:
        spent, received = received, spent
    account.unlock(order.spent_asset, order.hold(trade.quantity))
    account.earn(order.spent_asset, -spent)
    account.earn(trade.commission_asset, received - trade.commission)
