"""The venue's memory and its rules: accounts, markets, orders.

The engine is told the time by `now`, and what the street does (everybody who has no account here)
by `mark`, or by `quote` and `flow`. It reads no clock, draws no number, opens no socket, and knows
nothing of who is connected. What it refuses it returns as a `Refusal`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from msgspec import structs

from sims.servers.binance import filters, refusals
from sims.servers.binance.accounts import ACCOUNTS, Account, AccountSpec, open_accounts
from sims.servers.binance.admission import Admission
from sims.servers.binance.amounts import amount
from sims.servers.binance.lists import (
    NewList,
    OrderList,
    OrderLists,
    draft_list,
)
from sims.servers.binance.market.book import Ladder
from sims.servers.binance.markets import SYMBOLS, Market, SymbolRules, Turn
from sims.servers.binance.matching import Counts, Listener, Matching
from sims.servers.binance.orders import Amendment, NewOrder, Order, OrderStatus, Side
from sims.servers.binance.paying import Fees
from sims.servers.binance.refusals import Refusal
from sims.servers.binance.registry import OrderKey, Registry
from sims.servers.binance.reports import Event

NO_FEES: Final = Fees()
ENDLESS: Final = amount("1000000000")

Watcher = Callable[[Market, Turn], None]
Quotes = Mapping[int, int]


class Engine:
    """A venue without a network; `now` returns nanoseconds since the epoch."""

    def __init__(
        self,
        *,
        now: Callable[[], int],
        symbols: Iterable[SymbolRules] = SYMBOLS,
        accounts: Iterable[AccountSpec] = ACCOUNTS,
        fees: Fees = NO_FEES,
    ) -> None:
        self.now: Final = now
        self.fees: Final = fees
        self.markets: Final = {rules.symbol: Market(rules, now()) for rules in symbols}
        self.accounts: Final = open_accounts(accounts)
        self.counts: Final = Counts()
        self.registry: Final = Registry(self.counts)
        self.orders: Final = self.registry.orders
        self._matching: Final = Matching(fees, self.orders, self.counts)
        self._follower: Final = OrderLists(self._matching)
        self.lists: Final = self._follower.lists
        self._admission: Final = Admission(self.markets, self.registry, self.lists)
        self._watchers: Final[list[Watcher]] = []
        for market in self.markets.values():
            self._put(market, market.rules.price_opening, ENDLESS)

    def listen(self, listener: Listener) -> None:
        """Tell `listener` every user event, with its account's name, when it happens."""
        self._matching.listeners.append(listener)

    def forget(self, listener: Listener) -> None:
        """Stop telling `listener`."""
        self._matching.listeners.remove(listener)

    def tell(self, account: str, event: Event) -> None:
        """Tell everyone who listens an event that came of no turn."""
        self._matching.tell(account, event)

    def watch(self, watcher: Watcher) -> None:
        """Tell `watcher` after each turn what has traded and which levels of the book changed."""
        self._watchers.append(watcher)

    def mark(self, symbol: str, price: str, available: str | None = None) -> None:
        """Put the whole street at one price, and let the orders which that reaches trade.

        The street buys and sells at most `available` of the base asset; None is no limit.
        """
        market = self.markets[symbol]
        units = ENDLESS if available is None else amount(available)
        assert amount(price) > 0, price
        assert amount(price) % market.rules.tick == 0, (price, market.rules)
        assert units % market.rules.step == 0, (available, market.rules)
        self._put(market, amount(price), units)

    def quote(self, symbol: str, bids: Quotes, asks: Quotes) -> None:
        """Let the street wait at these prices with these quantities and nowhere else.

        Orders that stand in its way are filled as a whole, at their own price.
        """
        market = self.markets[symbol]
        book, now = market.book, self.now()
        assert not bids or not asks or max(bids) < min(asks), (bids, asks)
        _part(book.bids, bids)
        _part(book.asks, asks)
        if asks:
            self._matching.flow(market, Side.SELL, ENDLESS, min(asks), now)
        if bids:
            self._matching.flow(market, Side.BUY, ENDLESS, max(bids), now)
        _gather(book.bids, bids)
        _gather(book.asks, asks)
        self._finish(market, now)

    def flow(self, symbol: str, side: Side, quantity: int, limit: int) -> None:
        """Let the street take up to `quantity` as far as `limit`; it does not wait for the rest."""
        market, now = self.markets[symbol], self.now()
        self._matching.flow(market, side, quantity, limit, now)
        self._finish(market, now)

    def place(self, account: Account, terms: NewOrder) -> Order | Refusal:
        """Take a new order in, or say why not; a refused order leaves no trace."""
        order = self._admission.draft(account, terms, self.now())
        if isinstance(order, Refusal):
            return order
        if refusal := self._admission.refuses(order):
            return refusal
        self.registry.keep(order)
        self._matching.accept(order, order.created_ns)
        self._finish(order.market, order.created_ns)
        return order

    def check(self, account: Account, terms: NewOrder) -> Refusal | None:
        """Say whether the filters and the market's state let the order in."""
        order = self._admission.draft(account, terms, self.now())
        if isinstance(order, Refusal):
            return order
        return filters.check(order.terms, order.market)

    def cancel(
        self, account: Account, key: OrderKey, name: str | None, only: OrderStatus | None
    ) -> Order | Refusal:
        """End an open order and rename it to `name`; with `only`, just in that status.

        An order of a list takes the others with it.
        """
        order = self.registry.named(account, key)
        if order is None or not order.is_open:
            return refusals.CANCEL_UNKNOWN
        if key.client_order_id not in {None, order.client_order_id}:
            return refusals.CANCEL_UNKNOWN
        if only is not None and order.status is not only:
            return refusals.CANCEL_RESTRICTED
        now = self.now()
        self._cancel(order, name, now)
        if order.list_id >= 0:
            for other in self.lists[order.list_id].orders:
                if other.is_open:
                    self._cancel(other, None, now)
        self._finish(order.market, now)
        return order

    def amend(
        self, account: Account, key: OrderKey, quantity: int, name: str | None
    ) -> Order | Refusal:
        """Make an open order smaller and leave it its place; the last amendment tells of it."""
        order = self.registry.named(account, key)
        if order is None or not order.is_open or not order.has_arrived:
            return refusals.AMEND_UNKNOWN
        terms = structs.replace(order.terms, quantity=quantity)
        if quantity > order.terms.quantity:
            return refusals.AMEND_INCREASE
        if quantity == order.terms.quantity:
            return refusals.AMEND_NOTHING
        if len(order.amendments) == order.market.rules.amendments_max:
            return refusals.AMENDMENTS_EXHAUSTED
        if refusal := filters.check(terms, order.market):
            return refusal
        now = self.now()
        name_before, quantity_before = order.client_order_id, order.terms.quantity
        self._matching.amend(order, quantity, name or self.registry.new_name("amend"), now)
        order.amendments.append(
            Amendment(
                execution_id=self.counts.executions,
                name_before=name_before,
                name_after=order.client_order_id,
                quantity_before=quantity_before,
                quantity_after=quantity,
                ts_ns=now,
            )
        )
        if order.list_id >= 0:
            self._follower.amended(order)
        self.registry.rename(order)
        self._finish(order.market, now)
        return order

    def place_list(self, account: Account, terms: NewList) -> OrderList | Refusal:
        """Take in orders that belong together, all or none of them."""
        now = self.now()
        orders: list[Order] = []
        for each in terms.orders:
            order = self._admission.draft(account, each, now, offset=len(orders))
            if isinstance(order, Refusal):
                return order
            orders.append(order)
        list_ = draft_list(
            terms, orders, len(self.lists), terms.name or self.registry.new_name("list")
        )
        if refusal := self._admission.refuses_list(list_):
            return refusal
        for order in orders:
            order.list_id = list_.list_id
            self.registry.keep(order)
        self._follower.begin(list_, now)
        self._finish(orders[0].market, now)
        return list_

    def recall(self, order: Order) -> None:
        """Know an order of an earlier life again; they come by their ids, the oldest first."""
        self.registry.recall(order)
        if order.is_open:
            self._matching.resume(order)

    def find_list(
        self, account: Account, list_id: int | None, name: str | None
    ) -> OrderList | None:
        """Return the list that has the id, or else the latest that has the name."""
        if list_id is not None:
            found = self.lists.get(list_id)
            return found if found is not None and found.account is account else None
        named = (each for each in self.lists.values() if each.account is account)
        return next((each for each in reversed(list(named)) if each.name == name), None)

    def _cancel(self, order: Order, name: str | None, now: int) -> None:
        self._matching.cancel(order, name or self.registry.new_name("cancel"), now)
        self.registry.rename(order)

    def _put(self, market: Market, price: int, units: int) -> None:
        book, now = market.book, self.now()
        _part(book.bids, {})
        _part(book.asks, {})
        offered = self._matching.flow(market, Side.SELL, units, price, now)
        wanted = self._matching.flow(market, Side.BUY, units, price, now)
        book.asks.set_street(price, offered)
        book.bids.set_street(price, wanted)
        market.tape.price = price
        self._finish(market, now)

    def _finish(self, market: Market, now: int) -> None:
        """End a turn: let stops follow, tell balances, and tell the market to who watches."""
        self._matching.trigger(market, now)
        for order in self._matching.settle(now):
            self.registry.settle(order)
        turn = Turn(*market.tape.collect(), market.book.collect())
        if turn.prints or turn.changes:
            for watcher in tuple(self._watchers):
                watcher(market, turn)


def _part(ladder: Ladder, quotes: Quotes) -> None:
    for price in [price for price, _ in ladder.levels() if price not in quotes]:
        ladder.set_street(price, 0)


def _gather(ladder: Ladder, quotes: Quotes) -> None:
    for price, quantity in quotes.items():
        if ladder.street(price) != quantity:
            ladder.set_street(price, quantity)
