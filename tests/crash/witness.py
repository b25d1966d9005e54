"""Watches the venue's own books while daemons live and die, and holds them against the limits.

It looks at the end of each of the venue's turns and knows nothing of what a daemon believes. The
worst case is that whatever buys there fills; nothing can be sold or paid there that is not held, so
selling makes positions smaller. What has gone wrong is kept in `beyond`.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final

from msgspec import Struct

from sims.servers.binance.engine import Engine
from sims.servers.binance.orders import Order, OrderStatus, OrderType, Side
from sims.servers.binance.reports import Event
from trader.model.units import SECOND_NS

UNIT: Final = 10**8
GUARDED: Final = "GBPUSDT"
"""What the strategy holds that is never without a stop."""
NAKED_REQUESTS_MAX: Final = 100
"""So many requests its daemon makes meanwhile at most, from its fill or a restart's agreement on.

How long that takes is the machine's affair, and how much it does beside is the daemon's.
"""
PRICES: Final = 1.01
"""How far the street may be from the prices that a daemon judges by."""
_TURN_ENDED: Final = "outboundAccountPosition"
_STOPS: Final = frozenset({OrderType.STOP_LOSS, OrderType.STOP_LOSS_LIMIT})


class Bounds(Struct, frozen=True, kw_only=True):
    """What may be had at once: of one instrument, but for gross and cash."""

    cash: int = 1_000
    gross: int = 1_000
    orders: int = 1_000
    borrow: bool = True
    lots: int = 100
    notional: int = 90
    position: int = 160
    open_orders: int = 6


class Witness:
    """Sees one account's orders and balances from the venue's side."""

    def __init__(self, engine: Engine, bounds: Bounds, requests: Callable[[], int]) -> None:
        """`requests` says how many there have been."""
        self.fills = 0
        self.beyond: Final[list[str]] = []
        self._engine: Final = engine
        self._bounds: Final = bounds
        self._requests: Final = requests
        self._seen = 0
        self._open: list[Order] = []
        self._naked_since: int | None = None
        self._is_answered_for = False
        engine.listen(self._hear)

    def answers(self, *, is_answered_for: bool) -> None:
        """Whether a daemon that has agreed with the venue is there to protect what is held."""
        self._is_answered_for = is_answered_for
        self._naked_since = None
        self.look()

    def _hear(self, _account: str, event: Event) -> None:
        self.fills += event.get("x") == "TRADE"
        if event["e"] == _TURN_ENDED:
            self.look()

    def look(self) -> None:
        """Holds the books against the limits, as they are now."""
        orders = self._engine.orders
        new = list(islice(orders.values(), self._seen, None))
        self._seen = len(orders)
        for order in new:
            self._judge_new(order)
        self._open = [order for order in (*self._open, *new) if order.is_open]
        gross = 0.0
        for symbol, market in self._engine.markets.items():
            held, buys = self._held(market.rules.base), self._buys(symbol)
            if held + buys > self._bounds.position:
                self._tell(f"{symbol}: holds {held} and buys {buys}")
            gross += held * market.price / UNIT
        if gross > self._bounds.gross * PRICES:
            self._tell(f"is worth {gross}")
        self._look_at_protection()

    def _judge_new(self, order: Order) -> None:
        """A buy that has just come to the venue; what is sold here makes a position smaller."""
        terms, symbol = order.terms, order.market.rules.symbol
        if terms.side is not Side.BUY:
            return
        lots = terms.quantity // UNIT
        price = terms.price or terms.stop_price or order.market.price
        if lots > self._bounds.lots:
            self._tell(f"{symbol}: an order of {lots} lots")
        if lots * price / UNIT > self._bounds.notional * PRICES:
            self._tell(f"{symbol}: an order worth {lots * price / UNIT}")
        others = sum(each.is_open and each.market is order.market for each in self._open)
        if others >= self._bounds.open_orders:
            self._tell(f"{symbol}: one more order than {others}")

    # -- protection -------------------------------------------------------------------------------

    def _look_at_protection(self) -> None:
        """Whatever is held of the guarded symbol has a stop that works, but for a short while."""
        held = self._held(self._engine.markets[GUARDED].rules.base)
        stops = (
            order.remaining
            for order in self._working(GUARDED, Side.SELL)
            if order.terms.order_type in _STOPS
        )
        if not self._is_answered_for or sum(stops) // UNIT >= held:
            self._naked_since = None
            return
        now = self._requests()
        self._naked_since = now if self._naked_since is None else self._naked_since
        if now - self._naked_since > NAKED_REQUESTS_MAX:
            self._tell(f"{held} lots are without a stop for {now - self._naked_since} requests")

    # -- figures ----------------------------------------------------------------------------------

    def _held(self, asset: str) -> int:
        [account] = self._engine.accounts.values()
        balance = account.balance(asset)
        return (balance.free + balance.locked) // UNIT

    def _working(self, symbol: str, side: Side) -> Iterator[Order]:
        """Open orders, but those that wait for another one's fill."""
        for order in self._open:
            is_there = order.status is not OrderStatus.PENDING_NEW
            if is_there and order.market.rules.symbol == symbol and order.terms.side is side:
                yield order

    def _buys(self, symbol: str) -> int:
        return sum(order.remaining for order in self._working(symbol, Side.BUY)) // UNIT

    def _tell(self, what: str) -> None:
        if len(self.beyond) < 20:
            self.beyond.append(what)


def is_too_fast(approved: Sequence[int], most: int) -> bool:
    """Whether any window of a second holds more than so many of these instants."""
    return any(
        late - early < SECOND_NS for early, late in zip(approved, approved[most:], strict=False)
    )
