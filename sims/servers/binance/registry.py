"""What the venue remembers of orders: by id, by the client's own name, and which are open."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from sims.servers.binance import refusals
from sims.servers.binance.accounts import Account
from sims.servers.binance.matching import Counts
from sims.servers.binance.orders import Order, Trade
from sims.servers.binance.refusals import Refusal


class OrderKey(Struct, frozen=True, kw_only=True):
    """How a request names an order: by either id, or by both, which must then agree."""

    symbol: str
    order_id: int | None = None
    client_order_id: str | None = None


class Registry:
    """All orders of a venue, open or ended; none is ever forgotten."""

    def __init__(self, counts: Counts) -> None:
        self.orders: Final[dict[int, Order]] = {}
        self._open: Final[dict[int, Order]] = {}
        self._latest: Final[dict[tuple[str, str, str], Order]] = {}
        self._counts: Final = counts

    def new_name(self, prefix: str) -> str:
        """Return a client id for something that came without one."""
        self._counts.names += 1
        return f"venue-{prefix}-{self._counts.names}"

    def keep(self, order: Order) -> None:
        """Remember a new order."""
        self.orders[order.order_id] = order
        self._open[order.order_id] = order
        self._latest[order.account.name, order.terms.symbol, order.client_order_id] = order

    def recall(self, order: Order) -> None:
        """Remember an order of an earlier life, by each name that it has had."""
        self.orders[order.order_id] = order
        for name in (order.original_client_order_id, order.client_order_id):
            self._name(order, name)
        if order.is_open:
            self._open[order.order_id] = order

    def settle(self, order: Order) -> None:
        """Note that an order may have ended."""
        if not order.is_open:
            self._open.pop(order.order_id, None)

    def rename(self, order: Order) -> None:
        """Note the new name of an order."""
        self._name(order, order.client_order_id)

    def named(self, account: Account, key: OrderKey) -> Order | None:
        """Return the order that has the id, or else the latest that had the name."""
        if key.order_id is None:
            return self._latest.get((account.name, key.symbol, key.client_order_id or ""))
        order = self.orders.get(key.order_id)
        if order is None or order.account is not account or order.terms.symbol != key.symbol:
            return None
        return order

    def is_taken(self, account: Account, symbol: str, name: str) -> bool:
        """Say whether an open order has this name."""
        holder = self._latest.get((account.name, symbol, name))
        return holder is not None and holder.is_open

    def find(self, account: Account, key: OrderKey) -> Order | Refusal:
        """Return the order, open or ended; a client id names the latest order that had it."""
        order = self.named(account, key)
        if order is None:
            return refusals.NO_SUCH_ORDER
        names = {None, order.client_order_id, order.original_client_order_id}
        return order if key.client_order_id in names else refusals.CLIENT_ID_MISMATCH

    def open_orders(self, account: Account, symbol: str | None) -> Iterator[Order]:
        """Yield the account's open orders, oldest first; those of one symbol, or all."""
        for order in self._open.values():
            if order.account is account and symbol in {None, order.terms.symbol}:
                yield order

    def all_orders(self, account: Account, symbol: str) -> Iterator[Order]:
        """Yield the account's orders in `symbol`, open or ended, oldest first."""
        for order in self.orders.values():
            if order.account is account and order.terms.symbol == symbol:
                yield order

    def trades(self, account: Account, symbol: str) -> list[Trade]:
        """Return the account's trades in `symbol`, oldest first."""
        orders = self.all_orders(account, symbol)
        trades = (trade for order in orders for trade in order.trades)
        return sorted(trades, key=lambda trade: trade.trade_id)

    def _name(self, order: Order, name: str) -> None:
        address = order.account.name, order.terms.symbol, name
        holder = self._latest.get(address)
        # A cancel may borrow the name of an open order; that one must still be found by it.
        if holder is None or not holder.is_open:
            self._latest[address] = order
