"""The venue's memory and its rules: accounts, markets, orders.

The engine is told the time by `now`, and what the street does (everybody who has no account here)
by `mark`, or by `quote` and `flow`. It reads no clock, draws no number, opens no socket, and knows
nothing of who is connected. What it refuses it returns as a `Refusal`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from sims.servers.binance import filters, refusals
from sims.servers.binance.accounts import ACCOUNTS, Account, AccountSpec, open_accounts
from sims.servers.binance.amounts import amount
from sims.servers.binance.market.book import Ladder
from sims.servers.binance.markets import SYMBOLS, Market, MarketStatus, SymbolRules, Turn
from sims.servers.binance.matching import Counts, Fees, Listener, Matching
from sims.servers.binance.orders import NewOrder, Order, OrderStatus, OrderType, Side, Trade
from sims.servers.binance.refusals import Refusal
from sims.servers.binance.reports import Event

NO_FEES: Final = Fees()
ENDLESS: Final = amount("1000000000")

Watcher = Callable[[Market, Turn], None]
Quotes = Mapping[int, int]


class OrderKey(Struct, frozen=True, kw_only=True):
    """How a request names an order: by either id, or by both, which must then agree."""

    symbol: str
    order_id: int | None = None
    client_order_id: str | None = None


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
        self.orders: Final[dict[int, Order]] = {}
        self._open: Final[dict[int, Order]] = {}
        self._latest: Final[dict[tuple[str, str, str], Order]] = {}
        self.counts: Final = Counts()
        self._matching: Final = Matching(fees, self.orders, self.counts)
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
        for listener in tuple(self._matching.listeners):
            listener(account, event)

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
        market = self.markets.get(terms.symbol)
        if market is None:
            return refusals.BAD_SYMBOL
        if market.status is not MarketStatus.TRADING:
            return refusals.MARKET_CLOSED
        order_id = len(self.orders) + 1
        name = terms.client_order_id or f"venue-order-{order_id}"
        now = self.now()
        order = Order(
            order_id=order_id,
            account=account,
            market=market,
            terms=terms,
            client_order_id=name,
            hold_price=_hold_price(terms, market),
            created_ns=now,
            updated_ns=now,
        )
        if refusal := self._refuses(order):
            return refusal
        self.orders[order_id] = order
        self._latest[account.name, terms.symbol, name] = order
        self._open[order_id] = order
        self._matching.accept(order, now)
        self._finish(market, now)
        return order

    def recall(self, order: Order) -> None:
        """Know an order of an earlier life again; they come by their ids, the oldest first."""
        self.orders[order.order_id] = order
        for name in (order.original_client_order_id, order.client_order_id):
            holder = self._latest.get((order.account.name, order.terms.symbol, name))
            if holder is None or not holder.is_open:
                self._latest[order.account.name, order.terms.symbol, name] = order
        if order.is_open:
            self._open[order.order_id] = order
            self._matching.resume(order)

    def cancel(
        self, account: Account, key: OrderKey, name: str | None, only: OrderStatus | None
    ) -> Order | Refusal:
        """End an open order and rename it to `name`; with `only`, just in that status."""
        order = self._named(account, key)
        if order is None or not order.is_open:
            return refusals.CANCEL_UNKNOWN
        if key.client_order_id not in {None, order.client_order_id}:
            return refusals.CANCEL_UNKNOWN
        if only is not None and order.status is not only:
            return refusals.CANCEL_RESTRICTED
        self.counts.cancels += 1
        now = self.now()
        self._matching.cancel(order, name or f"venue-cancel-{self.counts.cancels}", now)
        self._rename(order)
        self._finish(order.market, now)
        return order

    def find(self, account: Account, key: OrderKey) -> Order | Refusal:
        """Return the order, open or ended; a client id names the latest order that had it."""
        order = self._named(account, key)
        if order is None:
            return refusals.NO_SUCH_ORDER
        names = {None, order.client_order_id, order.original_client_order_id}
        return order if key.client_order_id in names else refusals.CLIENT_ID_MISMATCH

    def open_orders(self, account: Account, symbol: str | None) -> Iterator[Order]:
        """Yield the account's open orders, oldest first; those of one symbol, or all."""
        for order in self._open.values():
            if order.account is account and symbol in {None, order.terms.symbol}:
                yield order

    def trades(self, account: Account, symbol: str) -> list[Trade]:
        """Return the account's trades in `symbol`, oldest first."""
        orders = (order for order in self.orders.values() if order.account is account)
        trades = (trade for order in orders for trade in order.trades if trade.symbol == symbol)
        return sorted(trades, key=lambda trade: trade.trade_id)

    def _named(self, account: Account, key: OrderKey) -> Order | None:
        if key.order_id is None:
            return self._latest.get((account.name, key.symbol, key.client_order_id or ""))
        order = self.orders.get(key.order_id)
        if order is None or order.account is not account or order.terms.symbol != key.symbol:
            return None
        return order

    def _refuses(self, order: Order) -> Refusal | None:
        if refusal := filters.check(order.terms, order.market):
            return refusal
        previous = self._latest.get((order.account.name, order.terms.symbol, order.client_order_id))
        if previous is not None and previous.is_open:
            return refusals.DUPLICATE_ORDER
        if order.terms.order_type is OrderType.STOP_LOSS and order.triggers():
            return refusals.WOULD_TRIGGER
        free = order.account.balance(order.spent_asset).free
        return refusals.INSUFFICIENT_BALANCE if free < order.hold(order.remaining) else None

    def _rename(self, order: Order) -> None:
        address = order.account.name, order.terms.symbol, order.client_order_id
        holder = self._latest.get(address)
        # A cancel may borrow the name of an open order; that one must still be found by it.
        if holder is None or not holder.is_open:
            self._latest[address] = order

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
            if not order.is_open:
                self._open.pop(order.order_id, None)
        turn = Turn(*market.tape.collect(), market.book.collect())
        if turn.prints or turn.changes:
            for watcher in tuple(self._watchers):
                watcher(market, turn)


def _hold_price(terms: NewOrder, market: Market) -> int:
    """Return what one unit of the base asset is held at; a market order's worst price."""
    if terms.order_type is OrderType.MARKET:
        _, worst = market.book.asks.found(terms.quantity, None)
        return worst or market.price
    return filters.reference_price(terms, market)


def _part(ladder: Ladder, quotes: Quotes) -> None:
    for price in [price for price, _ in ladder.levels() if price not in quotes]:
        ladder.set_street(price, 0)


def _gather(ladder: Ladder, quotes: Quotes) -> None:
    for price, quantity in quotes.items():
        if ladder.street(price) != quantity:
            ladder.set_street(price, quantity)
