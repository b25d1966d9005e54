"""Methods about an account: what it owns, what it has traded, what it pays."""

from sims.servers.binance import answers, refusals
from sims.servers.binance.methods.call import Call, Outcome
from sims.servers.binance.methods.paging import page, read_span
from sims.servers.binance.orders import Trade


def status(call: Call) -> Outcome:
    """Tell the account's permissions, fees and balances."""
    is_brief = call.params.flag("omitZeroBalances")
    call.params.done()
    balances = [
        (asset, balance)
        for asset, balance in sorted(call.account.balances.items())
        if not is_brief or balance.free or balance.locked
    ]
    return answers.account_status(call.account, call.engine.fees, balances, call.unit)


def trades(call: Call) -> Outcome:
    """List the account's trades in one symbol, oldest first.

    Without a first trade id or a start time these are the latest ones.
    """
    symbol = call.symbol()
    order_id = call.params.integer("orderId")
    from_id = call.params.integer("fromId")
    start_ns, end_ns = read_span(call.params)
    limit = call.params.integer("limit")
    call.params.done()
    if (order_id, from_id) != (None, None) and (start_ns, end_ns) != (None, None):
        return refusals.BAD_COMBINATION

    def is_wanted(trade: Trade) -> bool:
        return (
            order_id in {None, trade.order_id}
            and (from_id or 0) <= trade.trade_id
            and (start_ns is None or start_ns <= trade.ts_ns)
            and (end_ns is None or trade.ts_ns <= end_ns)
        )

    found = [
        trade for trade in call.engine.registry.trades(call.account, symbol) if is_wanted(trade)
    ]
    is_forward = from_id is not None or start_ns is not None
    return [answers.trade(trade, call.unit) for trade in page(found, limit, is_forward=is_forward)]


def commission(call: Call) -> Outcome:
    """Tell what the account pays in one symbol."""
    symbol = call.symbol()
    call.params.done()
    return answers.commission(symbol, call.engine.fees)


def order_counts(call: Call) -> Outcome:
    """Tell how many unfilled orders the account has piled up in each window."""
    call.params.done()
    return [reading.describe() for reading in call.limits.orders(call.account.name, call.now)]
