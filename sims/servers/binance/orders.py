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
    STOP_LOSS_LIMIT = "STOP_LOSS_LIMIT"
    TAKE_PROFIT = "TAKE_PROFIT"
    TAKE_PROFIT_LIMIT = "TAKE_PROFIT_LIMIT"
    LIMIT_MAKER = "LIMIT_MAKER"

    @property
    def is_conditional(self) -> bool:
        """Say whether such an order waits for a price before it does anything."""
        return self in _CONDITIONAL

    @property
    def has_limit(self) -> bool:
        """Say whether such an order has a worst price and may rest in the book."""
        return self in _LIMITED


_CONDITIONAL: Final = frozenset(
    {
        OrderType.STOP_LOSS,
        OrderType.STOP_LOSS_LIMIT,
        OrderType.TAKE_PROFIT,
        OrderType.TAKE_PROFIT_LIMIT,
    }
)
_LIMITED: Final = frozenset(
    {
        OrderType.LIMIT,
        OrderType.LIMIT_MAKER,
        OrderType.STOP_LOSS_LIMIT,
        OrderType.TAKE_PROFIT_LIMIT,
    }
)
_PROFIT_TAKING: Final = frozenset({OrderType.TAKE_PROFIT, OrderType.TAKE_PROFIT_LIMIT})


class SelfTrade(StrEnum):
    """What ends, or gets smaller, when an order meets another one of its own account."""

    NONE = "NONE"
    EXPIRE_TAKER = "EXPIRE_TAKER"
    EXPIRE_MAKER = "EXPIRE_MAKER"
    EXPIRE_BOTH = "EXPIRE_BOTH"
    DECREMENT = "DECREMENT"


class TimeInForce(StrEnum):
    """How long a limit order may wait."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"


class OrderStatus(StrEnum):
    """Where an order stands; the first three are open."""

    PENDING_NEW = "PENDING_NEW"
    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    EXPIRED_IN_MATCH = "EXPIRED_IN_MATCH"


OPEN: Final = frozenset({OrderStatus.PENDING_NEW, OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED})


class NewOrder(Struct, frozen=True, kw_only=True):
    """An order as it was asked for; amounts in units of 10^-8, a price of 0 means none.

    An order for `quote_quantity` has no quantity until it meets the book.
    """

    symbol: str
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce = TimeInForce.GTC
    quantity: int = 0
    quote_quantity: int = 0
    price: int = 0
    stop_price: int = 0
    client_order_id: str | None = None
    self_trade: SelfTrade = SelfTrade.NONE
    strategy_id: int | None = None
    strategy_type: int | None = None

    @property
    def triggers_above(self) -> bool:
        """Say whether a conditional order waits for a higher price, and not for a lower one."""
        return (self.side is Side.BUY) is not (self.order_type in _PROFIT_TAKING)

    @property
    def limit(self) -> int | None:
        """The worst price; None takes any."""
        return self.price if self.order_type.has_limit else None


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
    list_id: int = -1


class Amendment(Struct, frozen=True, kw_only=True):
    """One time that an order was made smaller."""

    execution_id: int
    name_before: str
    name_after: str
    quantity_before: int
    quantity_after: int
    ts_ns: int


class PreventedMatch(Struct, frozen=True, kw_only=True):
    """A trade of an account with itself that did not happen, as its taker knows it."""

    match_id: int
    maker_order_id: int
    price: int
    quantity: int
    ts_ns: int


class Order(Struct, kw_only=True):
    """An order in the venue's memory; it is never forgotten.

    A cancel renames its order: `client_order_id` becomes the cancel's own id and
    `original_client_order_id`, empty until then, remembers the first. `holds` says whether it
    locks what it may spend: of two orders that exclude each other, only one does.
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
    list_id: int = -1
    holds: bool = True
    amendments: list[Amendment] = field(default_factory=list)
    prevented: int = 0
    prevented_match_id: int | None = None
    prevented_matches: list[PreventedMatch] = field(default_factory=list)
    executed: int = 0
    executed_quote: int = 0
    trades: list[Trade] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Say whether the order can still trade."""
        return self.status in OPEN

    @property
    def remaining(self) -> int:
        """The quantity that may still trade."""
        return self.terms.quantity - self.executed - self.prevented

    @property
    def spent_asset(self) -> str:
        """The asset that the order pays with."""
        rules = self.market.rules
        return rules.quote if self.terms.side is Side.BUY else rules.base

    @property
    def has_arrived(self) -> bool:
        """Say whether the order has come to the market, and waits for nothing else."""
        return self.working_ns is not None

    def hold(self, quantity: int) -> int:
        """Return how much of the spent asset stays locked for `quantity`."""
        if not self.holds:
            return 0
        return product(self.hold_price, quantity) if self.terms.side is Side.BUY else quantity

    def triggers(self) -> bool:
        """Say whether the market's price has arrived at the stop price."""
        price, stop = self.market.price, self.terms.stop_price
        return price >= stop if self.terms.triggers_above else price <= stop
