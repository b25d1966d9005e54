"""Bodies of answers: orders, trades and accounts as the wire shows them.

Their times count in units of so many nanoseconds: the caller asked for it.
"""

from collections.abc import Callable, Iterable
from typing import Final

from sims.servers.binance.accounts import Account, Balance
from sims.servers.binance.amounts import text_of
from sims.servers.binance.lists import OrderList, members, order_status
from sims.servers.binance.orders import Amendment, Order, OrderStatus, PreventedMatch, Trade
from sims.servers.binance.paying import Fees

Body = dict[str, object]

NO_DISCOUNT: Final = {
    "enabledForAccount": False,
    "enabledForSymbol": False,
    "discountAsset": "BNB",
    "discount": text_of(0),
}
_PPM_PER_BP: Final = 100
_UNITS_PER_PPM: Final = 100


def placed(order: Order, unit: int) -> Body:
    """Acknowledge a new order and say nothing more."""
    return _name(order) | {"transactTime": order.created_ns // unit}


def result(order: Order, unit: int) -> Body:
    """Tell where a new order stands after its first turn."""
    body = placed(order, unit) | _state(order)
    if order.working_ns is not None:
        body["workingTime"] = order.working_ns // unit
    return body | _self_trade(order)


def full(order: Order, unit: int) -> Body:
    """Tell where a new order stands and list what filled it at once."""
    return result(order, unit) | {"fills": [_fill(trade) for trade in order.trades]}


def canceled(order: Order, unit: int) -> Body:
    """Tell what a cancel has ended."""
    return {
        "symbol": order.terms.symbol,
        "origClientOrderId": order.original_client_order_id,
        "orderId": order.order_id,
        "orderListId": order.list_id,
        "clientOrderId": order.client_order_id,
        "transactTime": order.updated_ns // unit,
        **_state(order),
        **_self_trade(order),
    }


def queried(order: Order, unit: int) -> Body:
    """Tell all about an order, open or ended."""
    body = _name(order) | _state(order)
    body |= {
        "stopPrice": text_of(order.terms.stop_price),
        "icebergQty": text_of(0),
        "time": order.created_ns // unit,
        "updateTime": order.updated_ns // unit,
        "isWorking": order.working_ns is not None,
        # The wire says -1 while a stop order waits for its trigger.
        "workingTime": -1 if order.working_ns is None else order.working_ns // unit,
        "origQuoteOrderQty": text_of(order.terms.quote_quantity),
        **_self_trade(order),
    }
    if order.expiry_reason is not None:
        body["expiryReason"] = order.expiry_reason
    return body


def trade(trade: Trade, unit: int) -> Body:
    """Tell one fill."""
    return {
        "symbol": trade.symbol,
        "id": trade.trade_id,
        "orderId": trade.order_id,
        "orderListId": trade.list_id,
        "price": text_of(trade.price),
        "qty": text_of(trade.quantity),
        "quoteQty": text_of(trade.quote),
        "commission": text_of(trade.commission),
        "commissionAsset": trade.commission_asset,
        "time": trade.ts_ns // unit,
        "isBuyer": trade.is_buyer,
        "isMaker": trade.is_maker,
        "isBestMatch": True,
    }


def amended(order: Order, unit: int) -> Body:
    """Tell what has become of an order that was made smaller."""
    amendment = order.amendments[-1]
    state = _state(order)
    return {
        "transactTime": amendment.ts_ns // unit,
        "executionId": amendment.execution_id,
        "amendedOrder": {
            "symbol": order.terms.symbol,
            "orderId": order.order_id,
            "orderListId": order.list_id,
            "origClientOrderId": amendment.name_before,
            "clientOrderId": amendment.name_after,
            "price": state["price"],
            "qty": state["origQty"],
            "executedQty": state["executedQty"],
            "preventedQty": text_of(order.prevented),
            "quoteOrderQty": state["origQuoteOrderQty"],
            # Spelled with one m here alone.
            "cumulativeQuoteQty": state["cummulativeQuoteQty"],
            **{name: state[name] for name in ("status", "timeInForce", "type", "side")},
            "workingTime": (order.working_ns or order.updated_ns) // unit,
            **_self_trade(order),
        },
    }


def amendment(order: Order, row: Amendment, unit: int) -> Body:
    """Tell one amendment of an order."""
    return {
        "symbol": order.terms.symbol,
        "orderId": order.order_id,
        "executionId": row.execution_id,
        "origClientOrderId": row.name_before,
        "newClientOrderId": row.name_after,
        "origQty": text_of(row.quantity_before),
        "newQty": text_of(row.quantity_after),
        "time": row.ts_ns // unit,
    }


def prevented_match(taker: Order, row: PreventedMatch, unit: int) -> Body:
    """Tell one trade of an account with itself that did not happen."""
    return {
        "symbol": taker.terms.symbol,
        "preventedMatchId": row.match_id,
        "takerOrderId": taker.order_id,
        "makerSymbol": taker.terms.symbol,
        "makerOrderId": row.maker_order_id,
        "tradeGroupId": row.match_id,
        "selfTradePreventionMode": taker.terms.self_trade.value,
        "price": text_of(row.price),
        "makerPreventedQuantity": text_of(row.quantity),
        "transactTime": row.ts_ns // unit,
    }


def placed_list(list_: OrderList, body: Callable[[Order, int], Body], unit: int) -> Body:
    """Tell of a new list; `body` says how much of each order."""
    reports = [body(order, unit) for order in list_.orders]
    return _list(list_, "EXEC_STARTED", "EXECUTING", unit) | {"orderReports": reports}


def canceled_list(list_: OrderList, unit: int) -> Body:
    """Tell what the cancel of a list has ended."""
    ended = (order for order in list_.orders if order.status is OrderStatus.CANCELED)
    reports = [canceled(order, unit) for order in ended]
    return queried_list(list_, unit) | {"orderReports": reports}


def queried_list(list_: OrderList, unit: int) -> Body:
    """Tell about a list, open or ended."""
    return _list(list_, list_.status.value, order_status(list_), unit)


def tested(fees: Fees) -> Body:
    """Tell what an order that was only tested would pay."""
    rates = _rates(fees.maker_ppm, fees.taker_ppm)
    return {
        "standardCommissionForOrder": {name: rates[name] for name in ("maker", "taker")},
        "specialCommissionForOrder": {name: text_of(0) for name in ("maker", "taker")},
        "taxCommissionForOrder": {name: text_of(0) for name in ("maker", "taker")},
        "discount": NO_DISCOUNT,
    }


def commission(symbol: str, fees: Fees) -> Body:
    """Tell what an account pays in one symbol."""
    return {
        "symbol": symbol,
        "standardCommission": _rates(fees.maker_ppm, fees.taker_ppm),
        "specialCommission": _rates(0, 0),
        "taxCommission": _rates(0, 0),
        "discount": NO_DISCOUNT,
    }


def account_status(
    account: Account, fees: Fees, balances: Iterable[tuple[str, Balance]], unit: int
) -> Body:
    """Tell what an account may do, what it pays and what it owns."""
    return {
        "makerCommission": fees.maker_ppm // _PPM_PER_BP,
        "takerCommission": fees.taker_ppm // _PPM_PER_BP,
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": _rates(fees.maker_ppm, fees.taker_ppm),
        "canTrade": True,
        "canWithdraw": True,
        "canDeposit": True,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": account.changed_ns // unit,
        "accountType": "SPOT",
        "balances": [
            {"asset": asset, "free": text_of(balance.free), "locked": text_of(balance.locked)}
            for asset, balance in balances
        ],
        "permissions": ["SPOT"],
        "uid": account.uid,
    }


def _rates(maker_ppm: int, taker_ppm: int) -> Body:
    return {
        "maker": text_of(maker_ppm * _UNITS_PER_PPM),
        "taker": text_of(taker_ppm * _UNITS_PER_PPM),
        "buyer": text_of(0),
        "seller": text_of(0),
    }


def _name(order: Order) -> Body:
    return {
        "symbol": order.terms.symbol,
        "orderId": order.order_id,
        "orderListId": order.list_id,
        "clientOrderId": order.client_order_id,
    }


def _state(order: Order) -> Body:
    terms = order.terms
    state: Body = {
        "price": text_of(terms.price),
        "origQty": text_of(terms.quantity),
        "executedQty": text_of(order.executed),
        "origQuoteOrderQty": text_of(terms.quote_quantity),
        "cummulativeQuoteQty": text_of(order.executed_quote),
        "status": order.status.value,
        "timeInForce": terms.time_in_force.value,
        "type": terms.order_type.value,
        "side": terms.side.value,
    }
    if terms.order_type.is_conditional:
        state["stopPrice"] = text_of(terms.stop_price)
    if terms.strategy_id is not None:
        state["strategyId"] = terms.strategy_id
    if terms.strategy_type is not None:
        state["strategyType"] = terms.strategy_type
    return state


def _self_trade(order: Order) -> Body:
    mode: Body = {"selfTradePreventionMode": order.terms.self_trade.value}
    if order.prevented_match_id is not None:
        mode["preventedMatchId"] = order.prevented_match_id
        mode["preventedQuantity"] = text_of(order.prevented)
    return mode


def _list(list_: OrderList, status: str, order_status: str, unit: int) -> Body:
    return {
        "orderListId": list_.list_id,
        "contingencyType": list_.contingency.value,
        "listStatusType": status,
        "listOrderStatus": order_status,
        "listClientOrderId": list_.name,
        "transactionTime": list_.updated_ns // unit,
        "symbol": list_.symbol,
        "orders": [
            {"symbol": list_.symbol, "orderId": order_id, "clientOrderId": name}
            for order_id, name in members(list_).items()
        ],
    }


def _fill(trade: Trade) -> Body:
    return {
        "price": text_of(trade.price),
        "qty": text_of(trade.quantity),
        "commission": text_of(trade.commission),
        "commissionAsset": trade.commission_asset,
        "tradeId": trade.trade_id,
    }
