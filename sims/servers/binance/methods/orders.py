"""Methods about orders: to place, query, cancel, amend and list them."""

from enum import StrEnum
from typing import Final

from sims.servers.binance import answers, refusals
from sims.servers.binance.methods.call import Call, Outcome
from sims.servers.binance.methods.paging import page, read_span
from sims.servers.binance.methods.terms import TermsReader
from sims.servers.binance.orders import OrderStatus, OrderType
from sims.servers.binance.params import Params
from sims.servers.binance.refusals import Refusal, RefusedError
from sims.servers.binance.registry import OrderKey


class ResponseType(StrEnum):
    """How much an answer to a new order tells."""

    ACK = "ACK"
    RESULT = "RESULT"
    FULL = "FULL"


class Restriction(StrEnum):
    """In which status alone a cancel may succeed."""

    ONLY_NEW = "ONLY_NEW"
    ONLY_PARTIALLY_FILLED = "ONLY_PARTIALLY_FILLED"


BODIES: Final = {
    ResponseType.ACK: answers.placed,
    ResponseType.RESULT: answers.result,
    ResponseType.FULL: answers.full,
}
TOLD_IN_FULL: Final = frozenset({OrderType.LIMIT, OrderType.MARKET})
STATUSES: Final = {
    Restriction.ONLY_NEW: OrderStatus.NEW,
    Restriction.ONLY_PARTIALLY_FILLED: OrderStatus.PARTIALLY_FILLED,
}


def place(call: Call) -> Outcome:
    """Take in a new order."""
    terms = TermsReader(call).read(call.symbol())
    response_type = read_response_type(call.params, terms.order_type)
    call.params.done()
    if refusal := call.limits.admit(call.account.name, call.now):
        return refusal
    order = call.engine.place(call.account, terms)
    return order if isinstance(order, Refusal) else BODIES[response_type](order, call.unit)


def test(call: Call) -> Outcome:
    """Check a new order and forget it again."""
    terms = TermsReader(call).read(call.symbol())
    read_response_type(call.params, terms.order_type)
    with_rates = call.params.flag("computeCommissionRates")
    call.params.done()
    if refusal := call.engine.check(call.account, terms):
        return refusal
    return answers.tested(call.engine.fees) if with_rates else {}


def status(call: Call) -> Outcome:
    """Tell about one order, open or ended."""
    key = read_key(call)
    call.params.done()
    order = call.engine.registry.find(call.account, key)
    return order if isinstance(order, Refusal) else answers.queried(order, call.unit)


def cancel(call: Call) -> Outcome:
    """End an open order."""
    params = call.params
    key = read_key(call)
    name = params.name("newClientOrderId")
    only = read_restriction(params)
    params.done()
    order = call.engine.cancel(call.account, key, name, only)
    return order if isinstance(order, Refusal) else answers.canceled(order, call.unit)


def amend(call: Call) -> Outcome:
    """Make an open order smaller without its losing its place."""
    key = read_key(call)
    name = call.params.name("newClientOrderId")
    quantity = call.params.required_amount("newQty")
    call.params.done()
    order = call.engine.amend(call.account, key, quantity, name)
    return order if isinstance(order, Refusal) else answers.amended(order, call.unit)


def open_orders(call: Call) -> Outcome:
    """List the account's open orders, oldest first."""
    symbol = call.symbol_or_none()
    call.params.done()
    orders = call.engine.registry.open_orders(call.account, symbol)
    return [answers.queried(order, call.unit) for order in orders]


def cancel_all(call: Call) -> Outcome:
    """End all open orders in one symbol."""
    symbol = call.symbol()
    call.params.done()
    bodies: list[answers.Body] = []
    for order in list(call.engine.registry.open_orders(call.account, symbol)):
        if not order.is_open:
            continue  # It went with another one of its list.
        key = OrderKey(symbol=symbol, order_id=order.order_id)
        call.engine.cancel(call.account, key, None, None)
        if order.list_id < 0:
            bodies.append(answers.canceled(order, call.unit))
        else:
            bodies.append(answers.canceled_list(call.engine.lists[order.list_id], call.unit))
    return bodies or refusals.CANCEL_UNKNOWN


def all_orders(call: Call) -> Outcome:
    """List the account's orders in one symbol, open or ended, oldest first.

    Without a first id or a start time these are the latest ones.
    """
    symbol = call.symbol()
    order_id = call.params.integer("orderId")
    start_ns, end_ns = read_span(call.params)
    limit = call.params.integer("limit")
    call.params.done()
    found = [
        order
        for order in call.engine.registry.all_orders(call.account, symbol)
        if order.order_id >= (order_id or 0)
        and (start_ns is None or order.created_ns >= start_ns)
        and (end_ns is None or order.created_ns <= end_ns)
    ]
    is_forward = order_id is not None or start_ns is not None
    return [
        answers.queried(order, call.unit) for order in page(found, limit, is_forward=is_forward)
    ]


def read_key(
    call: Call, id_name: str = "orderId", name_name: str = "origClientOrderId"
) -> OrderKey:
    """Read which order is meant."""
    symbol = call.symbol()
    order_id = call.params.integer(id_name)
    name = call.params.name(name_name)
    if order_id is None and name is None:
        raise RefusedError(refusals.missing_both(name_name, id_name))
    return OrderKey(symbol=symbol, order_id=order_id, client_order_id=name)


def read_restriction(params: Params) -> OrderStatus | None:
    """Read in which status alone an order may be canceled."""
    restriction = params.choice("cancelRestrictions", Restriction, refusals.BAD_RESTRICTIONS)
    return None if restriction is None else STATUSES[restriction]


def read_response_type(params: Params, order_type: OrderType) -> ResponseType:
    """Read how much the answer shall tell, which has a default for each type."""
    asked = params.choice("newOrderRespType", ResponseType, refusals.invalid("newOrderRespType"))
    if asked is not None:
        return asked
    return ResponseType.FULL if order_type in TOLD_IN_FULL else ResponseType.ACK
