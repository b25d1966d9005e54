"""Orders as the venue keeps them, and the trades that filled them."""

from enum import StrEnum
from typing import Final

from msgspec import Struct, field

from sims.servers.binance.accounts import Account
from sims.servers.binance.amounts import product
from sims.servers.binance.markets import Market


class Side(StrEnum):
    """Which way the base asset goes."""

    BUY = "BUY"
    SELL = "SELL"


class OrderType(StrEnum):
    """The kinds of order that this venue trades."""

    LIMIT = "LIMIT"
    MARKET = "MARKET"
    STOP_LOSS = "STOP_LOSS"


class TimeInForce(StrEnum):
    """How long a limit order may wait."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"


class OrderStatus(StrEnum):
    """Where an order stands; the first two are open."""

    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"


OPEN: Final = frozenset({OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED})


class NewOrder(Struct, frozen=True, kw_only=True):
    """An order as it was asked for; amounts in units of 10^-8, a price of 0 means none."""

    symbol: str
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce = TimeInForce.GTC
    quantity: int
    price: int = 0
    stop_price: int = 0
    client_order_id: str | None = None


class Trade(Struct, frozen=True, kw_only=True):
    """One fill of one order; `commission` was taken from the asset that the order received."""

    trade_id: int
    order_id: int
    symbol: str
    price: int
    quantity: int
    quote: int
    commission: int
    commission_asset: str
    ts_ns: int
    is_buyer: bool
    is_maker: bool


class Order(Struct, kw_only=True):
    """An order in the venue's memory; it is never forgotten.

    A cancel renames its order: `client_order_id` becomes the cancel's own id and
    `original_client_order_id`, empty until then, remembers the first.
    """

    order_id: int
    account: Account
    market: Market
    terms: NewOrder
    client_order_id: str
    hold_price: int
    created_ns: int
    updated_ns: int
    original_client_order_id: str = ""
    working_ns: int | None = None
    status: OrderStatus = OrderStatus.NEW
    expiry_reason: str | None = None
    executed: int = 0
    executed_quote: int = 0
    trades: list[Trade] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Say whether the order can still trade."""
        return self.status in OPEN

    @property
    def remaining(self) -> int:
        """The quantity that has not traded."""
        return self.terms.quantity - self.executed

    @property
    def spent_asset(self) -> str:
        """The asset that the order pays with."""
        rules = self.market.rules
        return rules.quote if self.terms.side is Side.BUY else rules.base

    def hold(self, quantity: int) -> int:
        """Return how much of the spent asset stays locked for `quantity`."""
        return product(self.hold_price, quantity) if self.terms.side is Side.BUY else quantity

    def triggers(self) -> bool:
        """Say whether the market's price has arrived at the stop price."""
        price, stop = self.market.price, self.terms.stop_price
        return price >= stop if self.terms.side is Side.BUY else price <= stop
