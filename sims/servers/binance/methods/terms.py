"""Reading what kind of order is asked for: which parameters each type needs, and which it forbids.

The orders of a list have parameters of their own, told apart by a prefix: `price` of the order
above is `abovePrice`.
"""

from typing import Final

from sims.servers.binance import refusals
from sims.servers.binance.methods.call import Call
from sims.servers.binance.orders import NewOrder, OrderType, SelfTrade, Side, TimeInForce
from sims.servers.binance.params import Params
from sims.servers.binance.refusals import RefusedError

NEEDED: Final = {
    OrderType.LIMIT: ("timeInForce", "price"),
    OrderType.MARKET: (),
    OrderType.STOP_LOSS: ("stopPrice",),
    OrderType.STOP_LOSS_LIMIT: ("timeInForce", "price", "stopPrice"),
    OrderType.TAKE_PROFIT: ("stopPrice",),
    OrderType.TAKE_PROFIT_LIMIT: ("timeInForce", "price", "stopPrice"),
    OrderType.LIMIT_MAKER: ("price",),
}
CONDITIONED: Final = ("timeInForce", "price", "stopPrice")
UNSUPPORTED: Final = {"icebergQty": "Iceberg", "trailingDelta": "Trailing stop"}


class TermsReader:
    """Reads one order of a request; `prefix` is empty for an order by itself."""

    def __init__(self, call: Call, prefix: str = "") -> None:
        self._params: Final[Params] = call.params
        self._prefix: Final = prefix

    def read(
        self, symbol: str, *, side: Side | None = None, quantity: int | None = None
    ) -> NewOrder:
        """Read the order; its side and its quantity may come from the list that it belongs to."""
        params = self._params
        if side is None:
            side = params.required_choice(self._name("side"), Side, refusals.BAD_SIDE)
        order_type = params.required_choice(self._name("type"), OrderType, refusals.BAD_TYPE)
        for name, words in UNSUPPORTED.items():
            if params.text(self._name(name)) is not None:
                raise RefusedError(refusals.unsupported_type(words))
        needed = NEEDED[order_type]
        params.forbid(*(self._name(name) for name in CONDITIONED if name not in needed))
        quote_quantity = self._quote_quantity(order_type) if quantity is None else 0
        if quantity is None and not quote_quantity:
            quantity = params.required_amount(self._name("quantity"))
        return NewOrder(
            symbol=symbol,
            side=side,
            order_type=order_type,
            time_in_force=self._time_in_force(needed),
            quantity=quantity or 0,
            quote_quantity=quote_quantity,
            price=self._price("price", needed),
            stop_price=self._price("stopPrice", needed),
            client_order_id=params.name(
                self._name("clientOrderId") if self._prefix else "newClientOrderId"
            ),
            self_trade=_self_trade(params),
            strategy_id=params.integer(self._name("strategyId")),
            strategy_type=params.integer(self._name("strategyType")),
        )

    def _name(self, name: str) -> str:
        return self._prefix + name[0].upper() + name[1:] if self._prefix else name

    def _price(self, name: str, needed: tuple[str, ...]) -> int:
        return self._params.required_amount(self._name(name)) if name in needed else 0

    def _time_in_force(self, needed: tuple[str, ...]) -> TimeInForce:
        if "timeInForce" not in needed:
            return TimeInForce.GTC
        return self._params.required_choice(
            self._name("timeInForce"), TimeInForce, refusals.BAD_TIME_IN_FORCE
        )

    def _quote_quantity(self, order_type: OrderType) -> int:
        name = "quoteOrderQty"
        if order_type is not OrderType.MARKET or self._prefix:
            self._params.forbid(name)
            return 0
        quote_quantity = self._params.amount(name)
        if quote_quantity is None:
            return 0
        self._params.forbid("quantity")
        return quote_quantity


def _self_trade(params: Params) -> SelfTrade:
    name = "selfTradePreventionMode"
    mode = params.choice(name, SelfTrade, refusals.invalid(name))
    return SelfTrade.NONE if mode is None else mode
