"""The table of methods: what each does, what it weighs, and whether it must be signed."""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from sims.servers.binance.methods import (
    account,
    changes,
    market,
    order_lists,
    orders,
    public,
    replace,
    session,
    user_stream,
)
from sims.servers.binance.methods.call import Call, Outcome
from sims.servers.binance.params import Params


class Method(Struct, frozen=True, kw_only=True):
    """One method; `weigh` says what a request costs, which may be given back if it succeeds."""

    handle: Callable[[Call], Outcome]
    weigh: Callable[[Params], int]
    is_signed: bool = True
    is_free_on_success: bool = False
    counts_orders: bool = False


def _always(weight: int) -> Callable[[Params], int]:
    return lambda _: weight


def _open_orders_weight(params: Params) -> int:
    return 80 if params.text("symbol") is None else 6


def _trades_weight(params: Params) -> int:
    return 20 if params.text("orderId") is None else 5


def _prevented_weight(params: Params) -> int:
    return 20 if params.text("preventedMatchId") is None else 2


def _test_weight(params: Params) -> int:
    return 20 if params.flag("computeCommissionRates") else 1


def _open(handle: Callable[[Call], Outcome], weigh: Callable[[Params], int]) -> Method:
    return Method(handle=handle, weigh=weigh, is_signed=False)


def _placing(handle: Callable[[Call], Outcome]) -> Method:
    return Method(handle=handle, weigh=_always(1), is_free_on_success=True, counts_orders=True)


METHODS: Final = {
    "ping": Method(handle=public.ping, weigh=_always(1), is_signed=False),
    "time": Method(handle=public.time, weigh=_always(1), is_signed=False),
    "exchangeInfo": Method(handle=public.exchange_info, weigh=_always(20), is_signed=False),
    "depth": _open(market.depth, market.depth_weight),
    "trades.recent": _open(market.recent_trades, _always(25)),
    "trades.historical": _open(market.historical_trades, _always(25)),
    "trades.aggregate": _open(market.aggregate_trades, _always(4)),
    "klines": _open(market.klines, _always(2)),
    "uiKlines": _open(market.klines, _always(2)),
    "avgPrice": _open(market.average, _always(2)),
    "ticker": _open(market.last_window, market.window_weight),
    "ticker.tradingDay": _open(market.this_day, market.window_weight),
    "ticker.24hr": _open(market.last_day, market.day_weight),
    "ticker.price": _open(market.price, market.ticker_weight),
    "ticker.book": _open(market.best, market.ticker_weight),
    "order.place": _placing(orders.place),
    "order.status": Method(handle=orders.status, weigh=_always(4)),
    "order.cancel": Method(handle=orders.cancel, weigh=_always(1), is_free_on_success=True),
    "order.test": Method(handle=orders.test, weigh=_test_weight),
    "order.cancelReplace": _placing(replace.cancel_replace),
    "order.amend.keepPriority": Method(handle=orders.amend, weigh=_always(4)),
    "orderList.place.oco": _placing(order_lists.place_oco),
    "orderList.place.oto": _placing(order_lists.place_oto),
    "orderList.place.otoco": _placing(order_lists.place_otoco),
    "orderList.cancel": Method(
        handle=order_lists.cancel, weigh=_always(1), is_free_on_success=True
    ),
    "orderList.status": Method(handle=order_lists.status, weigh=_always(4)),
    "openOrderLists.status": Method(handle=order_lists.open_lists, weigh=_always(6)),
    "allOrderLists": Method(handle=order_lists.all_lists, weigh=_always(20)),
    "order.amendments": Method(handle=changes.amendments, weigh=_always(4)),
    "myPreventedMatches": Method(handle=changes.prevented_matches, weigh=_prevented_weight),
    "openOrders.cancelAll": Method(
        handle=orders.cancel_all, weigh=_always(1), is_free_on_success=True
    ),
    "openOrders.status": Method(handle=orders.open_orders, weigh=_open_orders_weight),
    "account.status": Method(handle=account.status, weigh=_always(20)),
    "allOrders": Method(handle=orders.all_orders, weigh=_always(20)),
    "account.commission": Method(handle=account.commission, weigh=_always(20)),
    "account.rateLimits.orders": Method(handle=account.order_counts, weigh=_always(40)),
    "myTrades": Method(handle=account.trades, weigh=_trades_weight),
    "session.logon": Method(handle=session.log_on, weigh=_always(2)),
    "session.status": Method(handle=session.status, weigh=_always(2), is_signed=False),
    "session.logout": Method(handle=session.log_out, weigh=_always(2), is_signed=False),
    "session.subscriptions": Method(
        handle=user_stream.subscriptions, weigh=_always(2), is_signed=False
    ),
    "userDataStream.subscribe": Method(
        handle=user_stream.subscribe, weigh=_always(2), is_signed=False
    ),
    "userDataStream.subscribe.signature": Method(
        handle=user_stream.subscribe_signature, weigh=_always(2)
    ),
    "userDataStream.unsubscribe": Method(
        handle=user_stream.unsubscribe, weigh=_always(2), is_signed=False
    ),
    **{
        f"userDataStream.{verb}": Method(
            handle=user_stream.retired, weigh=_always(2), is_signed=False
        )
        for verb in ("start", "ping", "stop")
    },
}
