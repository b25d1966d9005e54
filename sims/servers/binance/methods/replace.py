"""order.cancelReplace: end one order and place another, in one request."""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from sims.servers.binance import answers, refusals
from sims.servers.binance.methods.call import Call, Outcome
from sims.servers.binance.methods.orders import BODIES, read_response_type, read_restriction
from sims.servers.binance.methods.terms import TermsReader
from sims.servers.binance.orders import Order
from sims.servers.binance.refusals import Refusal, RefusedError
from sims.servers.binance.registry import OrderKey

CANCEL_ID: Final = "cancelOrderId"
CANCEL_NAME: Final = "cancelOrigClientOrderId"
MODE: Final = "cancelReplaceMode"


class Mode(StrEnum):
    """Whether the new order is placed although the old one could not be canceled."""

    STOP_ON_FAILURE = "STOP_ON_FAILURE"
    ALLOW_FAILURE = "ALLOW_FAILURE"


def cancel_replace(call: Call) -> Outcome:
    """Cancel an order and place another one.

    Filters are asked first: a new order that they forbid leaves the old one as it is.
    """
    params = call.params
    symbol = call.symbol()
    mode = params.required_choice(MODE, Mode, refusals.invalid(MODE))
    order_id, name = params.integer(CANCEL_ID), params.name(CANCEL_NAME)
    if order_id is None and name is None:
        raise RefusedError(refusals.missing_both(CANCEL_ID, CANCEL_NAME))
    key = OrderKey(symbol=symbol, order_id=order_id, client_order_id=name)
    cancel_name, only = params.name("cancelNewClientOrderId"), read_restriction(params)
    terms = TermsReader(call).read(symbol)
    response_type = read_response_type(params, terms.order_type)
    params.done()
    if refusal := call.engine.check(call.account, terms):
        return refusal
    if refusal := call.limits.admit(call.account.name, call.now):
        return refusal
    canceled = call.engine.cancel(call.account, key, cancel_name, only)
    if isinstance(canceled, Refusal) and mode is Mode.STOP_ON_FAILURE:
        return _failed(canceled, None)
    placed = call.engine.place(call.account, terms)
    if isinstance(canceled, Refusal) and isinstance(placed, Refusal):
        return _failed(canceled, placed)
    data: answers.Body = {
        "cancelResult": _result(canceled),
        "newOrderResult": _result(placed),
        "cancelResponse": _told(canceled, answers.canceled, call.unit),
        "newOrderResponse": _told(placed, BODIES[response_type], call.unit),
    }
    if isinstance(canceled, Refusal) or isinstance(placed, Refusal):
        return refusals.half_replaced(data)
    return data


def _failed(canceled: Refusal, placed: Refusal | None) -> Refusal:
    return refusals.not_replaced(
        {
            "cancelResult": "FAILURE",
            "newOrderResult": "NOT_ATTEMPTED" if placed is None else "FAILURE",
            "cancelResponse": _refusal(canceled),
            "newOrderResponse": None if placed is None else _refusal(placed),
        }
    )


def _result(outcome: object) -> str:
    return "FAILURE" if isinstance(outcome, Refusal) else "SUCCESS"


def _told(
    outcome: Order | Refusal, body: Callable[[Order, int], answers.Body], unit: int
) -> answers.Body:
    return _refusal(outcome) if isinstance(outcome, Refusal) else body(outcome, unit)


def _refusal(refusal: Refusal) -> answers.Body:
    return {"code": refusal.code, "msg": refusal.text}
