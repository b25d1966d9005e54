"""Methods about orders: place, status, cancel, openOrders."""

from enum import StrEnum
from typing import Final

from sims.servers.binance import answers, refusals
from sims.servers.binance.engine import OrderKey
from sims.servers.binance.methods.call import Call, Outcome
from sims.servers.binance.orders import NewOrder, OrderStatus, OrderType, Side, TimeInForce
from sims.servers.binance.params import Params
from sims.servers.binance.refusals import Refusal, RefusedError


class ResponseType(StrEnum):
    """How much an answer to a new order tells."""

    ACK = "ACK"
    RESULT = "RESULT"
    FULL = "FULL"


class Restriction(StrEnum):
    """In which status alone a cancel may succeed."""

    ONLY_NEW = "ONLY_NEW"
    ONLY_PARTIALLY_FILLED = "ONLY_PARTIALLY_FILLED"


UNSUPPORTED: Final = {
    "STOP_LOSS_LIMIT": "Stop loss limit",
    "TAKE_PROFIT": "Take profit",
    "TAKE_PROFIT_LIMIT": "Take profit limit",
    "LIMIT_MAKER": "Limit maker",
}
BODIES: Final = {
    ResponseType.ACK: answers.placed,
    ResponseType.RESULT: answers.result,
    ResponseType.FULL: answers.full,
}
STATUSES: Final = {
    Restriction.ONLY_NEW: OrderStatus.NEW,
    Restriction.ONLY_PARTIALLY_FILLED: OrderStatus.PARTIALLY_FILLED,
}


def place(call: Call) -> Outcome:
    """Take in a new order."""
    terms = _terms(call)
    response_type = _response_type(call.params, terms.order_type)
    call.params.done()
    if refusal := call.limits.admit(call.account.name, call.now):
        return refusal
    order = call.engine.place(call.account, terms)
    return order if isinstance(order, Refusal) else BODIES[response_type](order)


def status(call: Call) -> Outcome:
    """Tell about one order, open or ended."""
    key = _key(call)
    call.params.done()
    order = call.engine.find(call.account, key)
    return order if isinstance(order, Refusal) else answers.queried(order)


def cancel(call: Call) -> Outcome:
    """End an open order."""
    params = call.params
    key = _key(call)
    name = params.name("newClientOrderId")
    restriction = params.choice("cancelRestrictions", Restriction, refusals.BAD_RESTRICTIONS)
    params.done()
    only = None if restriction is None else STATUSES[restriction]
    order = call.engine.cancel(call.account, key, name, only)
    return order if isinstance(order, Refusal) else answers.canceled(order)


def open_orders(call: Call) -> Outcome:
    """List the account's open orders, oldest first."""
    symbol = call.symbol_or_none()
    call.params.done()
    return [answers.queried(order) for order in call.engine.open_orders(call.account, symbol)]


def _key(call: Call) -> OrderKey:
    symbol = call.symbol()
    order_id = call.params.integer("orderId")
    name = call.params.name("origClientOrderId")
    if order_id is None and name is None:
        raise RefusedError(refusals.missing_both("origClientOrderId", "orderId"))
    return OrderKey(symbol=symbol, order_id=order_id, client_order_id=name)


def _terms(call: Call) -> NewOrder:
    params = call.params
    symbol = call.symbol()
    side = params.required_choice("side", Side, refusals.BAD_SIDE)
    order_type = _order_type(params)
    name = params.name("newClientOrderId")
    price = stop_price = 0
    time_in_force = TimeInForce.GTC
    match order_type:
        case OrderType.LIMIT:
            time_in_force = params.required_choice(
                "timeInForce", TimeInForce, refusals.BAD_TIME_IN_FORCE
            )
            price = params.required_amount("price")
            params.forbid("stopPrice")
        case OrderType.MARKET:
            if params.text("quoteOrderQty") is not None:
                raise RefusedError(refusals.QUOTE_QUANTITY_UNSUPPORTED)
            params.forbid("timeInForce", "price", "stopPrice")
        case OrderType.STOP_LOSS:
            stop_price = params.required_amount("stopPrice")
            params.forbid("timeInForce", "price")
    return NewOrder(
        symbol=symbol,
        side=side,
        order_type=order_type,
        time_in_force=time_in_force,
        quantity=params.required_amount("quantity"),
        price=price,
        stop_price=stop_price,
        client_order_id=name,
    )


def _order_type(params: Params) -> OrderType:
    text = params.text("type")
    if text in UNSUPPORTED:
        raise RefusedError(refusals.unsupported_type(UNSUPPORTED[text]))
    return params.required_choice("type", OrderType, refusals.BAD_TYPE)


def _response_type(params: Params, order_type: OrderType) -> ResponseType:
    asked = params.choice("newOrderRespType", ResponseType, refusals.invalid("newOrderRespType"))
    if asked is not None:
        return asked
    return ResponseType.ACK if order_type is OrderType.STOP_LOSS else ResponseType.FULL
