"""Bodies of answers: orders, trades and accounts as the wire shows them."""

from collections.abc import Iterable
from typing import Final

from sims.servers.binance.accounts import Account, Balance
from sims.servers.binance.amounts import text_of
from sims.servers.binance.matching import Fees
from sims.servers.binance.orders import Order, OrderType, Trade
from sims.servers.binance.reports import NS_PER_MS

Body = dict[str, object]

_PPM_PER_BP: Final = 100
_UNITS_PER_PPM: Final = 100


def placed(order: Order) -> Body:
    """Acknowledge a new order and say nothing more."""
    return _name(order) | {"transactTime": order.created_ns // NS_PER_MS}


def result(order: Order) -> Body:
    """Tell where a new order stands after its first turn."""
    body = placed(order) | _state(order)
    if order.working_ns is not None:
        body["workingTime"] = order.working_ns // NS_PER_MS
    return body | {"selfTradePreventionMode": "NONE"}


def full(order: Order) -> Body:
    """Tell where a new order stands and list what filled it at once."""
    return result(order) | {"fills": [_fill(trade) for trade in order.trades]}


def canceled(order: Order) -> Body:
    """Tell what a cancel has ended."""
    return {
        "symbol": order.terms.symbol,
        "origClientOrderId": order.original_client_order_id,
        "orderId": order.order_id,
        "orderListId": -1,
        "clientOrderId": order.client_order_id,
        "transactTime": order.updated_ns // NS_PER_MS,
        **_state(order),
        "selfTradePreventionMode": "NONE",
    }


def queried(order: Order) -> Body:
    """Tell all about an order, open or ended."""
    body = _name(order) | _state(order)
    body |= {
        "stopPrice": text_of(order.terms.stop_price),
        "icebergQty": text_of(0),
        "time": order.created_ns // NS_PER_MS,
        "updateTime": order.updated_ns // NS_PER_MS,
        "isWorking": order.working_ns is not None,
        # The wire says -1 while a stop order waits for its trigger.
        "workingTime": -1 if order.working_ns is None else order.working_ns // NS_PER_MS,
        "origQuoteOrderQty": text_of(0),
        "selfTradePreventionMode": "NONE",
    }
    if order.expiry_reason is not None:
        body["expiryReason"] = order.expiry_reason
    return body


def trade(trade: Trade) -> Body:
    """Tell one fill."""
    return {
        "symbol": trade.symbol,
        "id": trade.trade_id,
        "orderId": trade.order_id,
        "orderListId": -1,
        "price": text_of(trade.price),
        "qty": text_of(trade.quantity),
        "quoteQty": text_of(trade.quote),
        "commission": text_of(trade.commission),
        "commissionAsset": trade.commission_asset,
        "time": trade.ts_ns // NS_PER_MS,
        "isBuyer": trade.is_buyer,
        "isMaker": trade.is_maker,
        "isBestMatch": True,
    }


def account_status(account: Account, fees: Fees, balances: Iterable[tuple[str, Balance]]) -> Body:
    """Tell what an account may do, what it pays and what it owns."""
    return {
        "makerCommission": fees.maker_ppm // _PPM_PER_BP,
        "takerCommission": fees.taker_ppm // _PPM_PER_BP,
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": {
            "maker": text_of(fees.maker_ppm * _UNITS_PER_PPM),
            "taker": text_of(fees.taker_ppm * _UNITS_PER_PPM),
            "buyer": text_of(0),
            "seller": text_of(0),
        },
        "canTrade": True,
        "canWithdraw": True,
        "canDeposit": True,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": account.changed_ns // NS_PER_MS,
        "accountType": "SPOT",
        "balances": [
            {"asset": asset, "free": text_of(balance.free), "locked": text_of(balance.locked)}
            for asset, balance in balances
        ],
        "permissions": ["SPOT"],
        "uid": account.uid,
    }


def _name(order: Order) -> Body:
    return {
        "symbol": order.terms.symbol,
        "orderId": order.order_id,
        "orderListId": -1,
        "clientOrderId": order.client_order_id,
    }


def _state(order: Order) -> Body:
    terms = order.terms
    state: Body = {
        "price": text_of(terms.price),
        "origQty": text_of(terms.quantity),
        "executedQty": text_of(order.executed),
        "origQuoteOrderQty": text_of(0),
        "cummulativeQuoteQty": text_of(order.executed_quote),
        "status": order.status.value,
        "timeInForce": terms.time_in_force.value,
        "type": terms.order_type.value,
        "side": terms.side.value,
    }
    if terms.order_type is OrderType.STOP_LOSS:
        state["stopPrice"] = text_of(terms.stop_price)
    return state


def _fill(trade: Trade) -> Body:
    return {
        "price": text_of(trade.price),
        "qty": text_of(trade.quantity),
        "commission": text_of(trade.commission),
        "commissionAsset": trade.commission_asset,
        "tradeId": trade.trade_id,
    }
