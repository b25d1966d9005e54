"""Methods about what became of orders besides trades: amendments and prevented matches."""

from sims.servers.binance import answers, refusals
from sims.servers.binance.methods.call import Call, Outcome
from sims.servers.binance.methods.paging import page
from sims.servers.binance.refusals import Refusal
from sims.servers.binance.registry import OrderKey


def amendments(call: Call) -> Outcome:
    """List the amendments of one order, oldest first."""
    symbol, order_id = call.symbol(), call.params.required_integer("orderId")
    from_id = call.params.integer("fromExecutionId")
    limit = call.params.integer("limit")
    call.params.done()
    order = call.engine.registry.find(call.account, OrderKey(symbol=symbol, order_id=order_id))
    if isinstance(order, Refusal):
        return order
    rows = [row for row in order.amendments if row.execution_id >= (from_id or 0)]
    chosen = page(rows, limit, is_forward=True)
    return [answers.amendment(order, row, call.unit) for row in chosen]


def prevented_matches(call: Call) -> Outcome:
    """List trades of the account with itself that did not happen, oldest first."""
    symbol = call.symbol()
    match_id = call.params.integer("preventedMatchId")
    order_id = call.params.integer("orderId")
    from_id = call.params.integer("fromPreventedMatchId")
    limit = call.params.integer("limit")
    call.params.done()
    if match_id is None and order_id is None:
        return refusals.missing_both("preventedMatchId", "orderId")
    found = [
        (order, row)
        for order in call.engine.registry.all_orders(call.account, symbol)
        for row in order.prevented_matches
        if match_id in {None, row.match_id}
        and order_id in {None, order.order_id, row.maker_order_id}
        and row.match_id >= (from_id or 0)
    ]
    found.sort(key=lambda pair: pair[1].match_id)
    chosen = page(found, limit, is_forward=True)
    return [answers.prevented_match(order, row, call.unit) for order, row in chosen]
