"""What happens to an account beside its orders: a trade that never was, money that comes or goes.

Of a busted trade the money goes back, and the account's list of trades no longer has it. Its order
stays as it was reported: the venue sends no report that takes one back.
"""

from sims.servers.binance.accounts import Account
from sims.servers.binance.engine import Engine
from sims.servers.binance.markets import Market
from sims.servers.binance.orders import Order, Trade
from sims.servers.binance.reports import account_position, balance_update


def bust(engine: Engine, account: Account, market: Market, trade_id: int | None) -> Trade | None:
    """Undo a trade, the last one without an id; None if there is none or its money is gone."""
    found = _find(engine, account, market, trade_id)
    if found is None:
        return None
    order, trade = found
    rules = market.rules
    received = (trade.quantity if trade.is_buyer else trade.quote) - trade.commission
    spent_asset, spent = rules.base, trade.quantity
    if trade.is_buyer:
        spent_asset, spent = rules.quote, trade.quote
    if account.balance(trade.commission_asset).free < received:
        return None
    order.trades.remove(trade)
    transfer(engine, account, trade.commission_asset, -received)
    transfer(engine, account, spent_asset, spent)
    return trade


def transfer(engine: Engine, account: Account, asset: str, units: int) -> bool:
    """Give an account money or take it away; False if it has less."""
    if account.balance(asset).free + units < 0:
        return False
    now = engine.now()
    account.earn(asset, units)
    account.changed_ns = now
    engine.tell(account.name, balance_update(asset, units, now))
    engine.tell(account.name, account_position(account, (asset,)))
    return True


def _find(
    engine: Engine, account: Account, market: Market, trade_id: int | None
) -> tuple[Order, Trade] | None:
    trades = [
        (order, trade)
        for order in engine.orders.values()
        if order.account is account and order.market is market
        for trade in order.trades
        if trade_id in {None, trade.trade_id}
    ]
    return max(trades, key=lambda each: each[1].trade_id, default=None)
