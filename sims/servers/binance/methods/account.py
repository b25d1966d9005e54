"""Methods about an account: what it owns and what it has traded."""

from typing import Final

from sims.servers.binance import answers, refusals
from sims.servers.binance.methods.call import Call, Outcome
from sims.servers.binance.orders import Trade
from sims.servers.binance.params import Params
from sims.servers.binance.refusals import RefusedError
from sims.servers.binance.reports import NS_PER_MS

TRADES_DEFAULT: Final = 500
TRADES_MAX: Final = 1_000
SPAN_MS_MAX: Final = 86_400_000


def status(call: Call) -> Outcome:
    """Tell the account's permissions, fees and balances."""
    is_brief = call.params.flag("omitZeroBalances")
    call.params.done()
    balances = [
        (asset, balance)
        for asset, balance in sorted(call.account.balances.items())
        if not is_brief or balance.free or balance.locked
    ]
    return answers.account_status(call.account, call.engine.fees, balances)


def trades(call: Call) -> Outcome:
    """List the account's trades in one symbol, oldest first.

    Without a first trade id or a start time these are the latest ones.
    """
    symbol = call.symbol()
    order_id = call.params.integer("orderId")
    from_id = call.params.integer("fromId")
    start_ms, end_ms = _span(call.params)
    limit = call.params.integer("limit")
    call.params.done()
    if (order_id, from_id) != (None, None) and (start_ms, end_ms) != (None, None):
        return refusals.BAD_COMBINATION

    def is_wanted(trade: Trade) -> bool:
        return (
            order_id in {None, trade.order_id}
            and (from_id or 0) <= trade.trade_id
            and (start_ms is None or start_ms <= trade.ts_ns // NS_PER_MS)
            and (end_ms is None or trade.ts_ns // NS_PER_MS <= end_ms)
        )

    found = [trade for trade in call.engine.trades(call.account, symbol) if is_wanted(trade)]
    count = min(limit or TRADES_DEFAULT, TRADES_MAX)
    is_forward = from_id is not None or start_ms is not None
    chosen = found[:count] if is_forward else found[-count:]
    return [answers.trade(trade) for trade in chosen]


def _span(params: Params) -> tuple[int | None, int | None]:
    start_ms = params.integer("startTime")
    end_ms = params.integer("endTime")
    if start_ms is not None and end_ms is not None and end_ms - start_ms > SPAN_MS_MAX:
        raise RefusedError(refusals.WINDOW_TOO_LONG)
    return start_ms, end_ms
