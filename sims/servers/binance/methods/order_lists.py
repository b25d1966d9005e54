"""Methods about order lists: OCO, OTO, and both in one."""

from typing import Final

from sims.servers.binance import answers, refusals
from sims.servers.binance.lists import Contingency, NewList, OrderList
from sims.servers.binance.methods.call import Call, Outcome
from sims.servers.binance.methods.orders import BODIES, ResponseType
from sims.servers.binance.methods.paging import page, read_span
from sims.servers.binance.methods.terms import TermsReader
from sims.servers.binance.orders import OrderType, Side
from sims.servers.binance.refusals import Refusal, RefusedError
from sims.servers.binance.registry import OrderKey

WORKING_TYPES: Final = frozenset({OrderType.LIMIT, OrderType.LIMIT_MAKER})
PAIR_TYPES: Final = frozenset(OrderType) - {OrderType.LIMIT, OrderType.MARKET}


def place_oco(call: Call) -> Outcome:
    """Take in two orders of which one cancels the other."""
    symbol = call.symbol()
    side = call.params.required_choice("side", Side, refusals.BAD_SIDE)
    quantity = call.params.required_amount("quantity")
    pair = [
        TermsReader(call, prefix).read(symbol, side=side, quantity=quantity)
        for prefix in ("above", "below")
    ]
    _judge_pair([each.order_type for each in pair])
    return _place(call, NewList(name=_name(call), contingency=Contingency.OCO, pair=tuple(pair)))


def place_oto(call: Call) -> Outcome:
    """Take in an order, and another one that waits until the first is filled."""
    symbol = call.symbol()
    working = TermsReader(call, "working").read(symbol)
    if working.order_type not in WORKING_TYPES:
        return refusals.BAD_LIST
    pending = TermsReader(call, "pending").read(symbol)
    name = _name(call)
    return _place(
        call,
        NewList(name=name, contingency=Contingency.OTO, working=working, pending=(pending,)),
    )


def place_otoco(call: Call) -> Outcome:
    """Take in an order, and two that exclude each other and wait until the first is filled."""
    symbol = call.symbol()
    working = TermsReader(call, "working").read(symbol)
    if working.order_type not in WORKING_TYPES:
        return refusals.BAD_LIST
    side = call.params.required_choice("pendingSide", Side, refusals.BAD_SIDE)
    quantity = call.params.required_amount("pendingQuantity")
    pair = tuple(
        TermsReader(call, prefix).read(symbol, side=side, quantity=quantity)
        for prefix in ("pendingAbove", "pendingBelow")
    )
    _judge_pair([each.order_type for each in pair])
    name = _name(call)
    return _place(
        call,
        NewList(name=name, contingency=Contingency.OTO, working=working, pair=pair, pending=pair),
    )


def cancel(call: Call) -> Outcome:
    """End every order of a list."""
    symbol = call.symbol()
    list_id = call.params.integer("orderListId")
    name = call.params.name("listClientOrderId")
    new_name = call.params.name("newClientOrderId")
    call.params.done()
    if list_id is None and name is None:
        return refusals.missing_both("orderListId", "listClientOrderId")
    list_ = call.engine.find_list(call.account, list_id, name)
    if list_ is None or list_.symbol != symbol or not list_.is_open:
        return refusals.CANCEL_UNKNOWN
    first = next(order for order in list_.orders if order.is_open)
    key = OrderKey(symbol=symbol, order_id=first.order_id)
    call.engine.cancel(call.account, key, new_name, None)
    return answers.canceled_list(list_, call.unit)


def status(call: Call) -> Outcome:
    """Tell about one list."""
    list_id = call.params.integer("orderListId")
    name = call.params.name("origClientOrderId")
    call.params.done()
    if list_id is None and name is None:
        return refusals.missing_both("orderListId", "origClientOrderId")
    list_ = call.engine.find_list(call.account, list_id, name)
    return refusals.NO_SUCH_LIST if list_ is None else answers.queried_list(list_, call.unit)


def open_lists(call: Call) -> Outcome:
    """Tell about the account's lists that are under way."""
    call.params.done()
    return [answers.queried_list(list_, call.unit) for list_ in _own(call) if list_.is_open]


def all_lists(call: Call) -> Outcome:
    """Tell about the account's lists, oldest first; without a start these are the latest ones."""
    from_id = call.params.integer("fromId")
    start_ns, end_ns = read_span(call.params)
    limit = call.params.integer("limit")
    call.params.done()
    found = [
        list_
        for list_ in _own(call)
        if list_.list_id >= (from_id or 0)
        and (start_ns is None or list_.updated_ns >= start_ns)
        and (end_ns is None or list_.updated_ns <= end_ns)
    ]
    is_forward = from_id is not None or start_ns is not None
    return [
        answers.queried_list(list_, call.unit)
        for list_ in page(found, limit, is_forward=is_forward)
    ]


def _own(call: Call) -> list[OrderList]:
    return [list_ for list_ in call.engine.lists.values() if list_.account is call.account]


def _name(call: Call) -> str | None:
    return call.params.name("listClientOrderId")


def _judge_pair(types: list[OrderType]) -> None:
    limits = sum(each is OrderType.LIMIT_MAKER for each in types)
    if limits == len(types) or not PAIR_TYPES.issuperset(types):
        raise RefusedError(refusals.BAD_LIST)


def _place(call: Call, terms: NewList) -> Outcome:
    name = "newOrderRespType"
    asked = call.params.choice(name, ResponseType, refusals.invalid(name))
    call.params.done()
    if refusal := call.limits.admit(call.account.name, call.now, len(terms.orders)):
        return refusal
    list_ = call.engine.place_list(call.account, terms)
    if isinstance(list_, Refusal):
        return list_
    return answers.placed_list(list_, BODIES[asked or ResponseType.RESULT], call.unit)
