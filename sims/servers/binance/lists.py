"""Order lists: orders of which one cancels another, or lets another come to the market.

Of a pair that exclude each other (OCO) only the dearer one locks money; when one of them begins to
trade, or is triggered, the other expires first and leaves it what it had locked. What waits for a
working order (OTO) comes to the market once that is filled, and expires if it ends otherwise.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct

from sims.servers.binance.accounts import Account
from sims.servers.binance.matching import Matching
from sims.servers.binance.orders import NewOrder, Order, OrderStatus, OrderType
from sims.servers.binance.refusals import BAD_PRICE_RELATION, Refusal
from sims.servers.binance.reports import Timed

TRIGGERED: Final = "OCO_TRIGGER"
PHASE_ONE_EXPIRED: Final = "OTO_PHASE_ONE_EXPIRED"


class Contingency(StrEnum):
    """What the orders of a list have to do with each other."""

    OCO = "OCO"
    OTO = "OTO"


class ListStatus(StrEnum):
    """What has just happened to a list."""

    EXEC_STARTED = "EXEC_STARTED"
    UPDATED = "UPDATED"
    ALL_DONE = "ALL_DONE"


class NewList(Struct, frozen=True, kw_only=True):
    """A list as it was asked for: a pair, or orders that wait for a working one, or both."""

    name: str | None
    contingency: Contingency
    working: NewOrder | None = None
    pair: tuple[NewOrder, ...] = ()
    pending: tuple[NewOrder, ...] = ()

    @property
    def orders(self) -> tuple[NewOrder, ...]:
        """All orders, in the order in which they come to the venue."""
        first = () if self.working is None else (self.working,)
        return first + (self.pending or self.pair)


class OrderList(Struct, kw_only=True):
    """A list in the venue's memory; `pair` exclude each other, `pending` wait for `working`."""

    list_id: int
    account: Account
    symbol: str
    name: str
    contingency: Contingency
    orders: Sequence[Order]
    names: Sequence[str]
    pair: Sequence[Order] = ()
    working: Order | None = None
    pending: Sequence[Order] = ()
    status: ListStatus = ListStatus.EXEC_STARTED
    updated_ns: int

    @property
    def is_open(self) -> bool:
        """Say whether an order of the list can still trade."""
        return self.status is not ListStatus.ALL_DONE


class OrderLists:
    """All lists of a venue, by their ids; follows their orders for the matching."""

    def __init__(self, matching: Matching) -> None:
        self.lists: Final[dict[int, OrderList]] = {}
        self._matching: Final = matching
        matching.follower = self

    def begin(self, list_: OrderList, now: int) -> None:
        """Take in a list whose orders have passed all checks."""
        self.lists[list_.list_id] = list_
        if list_.pair:
            _share_hold(list_.pair)
        self._tell(list_, ListStatus.EXEC_STARTED, now)
        waiting = [order for order in list_.orders if order in list_.pending]
        for order in waiting:
            self._matching.keep(order, now)
        for order in list_.orders:
            if order not in waiting and order.is_open:
                self._matching.accept(order, now)

    def begins(self, order: Order, now: int) -> None:
        """Let the other one of a pair expire, and leave what it has locked to `order`."""
        list_ = self.lists[order.list_id]
        if order not in list_.pair:
            return
        for other in list_.pair:
            if other is not order and other.is_open:
                self._matching.expire(other, TRIGGERED, now)
        if not order.holds:
            order.holds = True
            order.account.lock(order.spent_asset, order.hold(order.remaining))

    def ended(self, order: Order, now: int) -> None:
        """Let those who wait for `order` come or go; say when the whole list is done."""
        list_ = self.lists[order.list_id]
        if order.status is OrderStatus.REJECTED and order in list_.pair:
            for other in list_.pair:
                if other.is_open:
                    self._matching.expire(other, TRIGGERED, now)
        if order is list_.working:
            if order.status is OrderStatus.FILLED:
                for each in list_.pending:
                    self._matching.release(each)
                self._tell(list_, ListStatus.UPDATED, now)
            elif order.status is not OrderStatus.CANCELED:
                for each in list_.pending:
                    self._matching.expire(each, PHASE_ONE_EXPIRED, now)
        if list_.is_open and not any(each.is_open for each in list_.orders):
            self._tell(list_, ListStatus.ALL_DONE, now)

    def amended(self, order: Order) -> None:
        """Let the dearer one of a pair hold the money, now that `order` is smaller."""
        open_ = [each for each in self.lists[order.list_id].pair if each.is_open]
        if order in open_:
            for each in open_:
                each.account.unlock(each.spent_asset, each.hold(each.remaining))
            holder = _share_hold(open_)
            holder.account.lock(holder.spent_asset, holder.hold(holder.remaining))

    def _tell(self, list_: OrderList, status: ListStatus, now: int) -> None:
        list_.status, list_.updated_ns = status, now
        self._matching.tell(list_.account.name, list_status(list_))


def _share_hold(pair: Sequence[Order]) -> Order:
    """Let the dearest alone hold, and return it."""
    for order in pair:
        order.holds = True
    dearest = max(pair, key=lambda order: order.hold(order.remaining))
    for order in pair:
        order.holds = order is dearest
    return dearest


def list_status(list_: OrderList) -> Timed:
    """Describe a list as a `listStatus`."""
    now = list_.updated_ns
    body = {
        "e": "listStatus",
        "E": now,
        "s": list_.symbol,
        "g": list_.list_id,
        "c": list_.contingency.value,
        "l": list_.status.value,
        "L": order_status(list_),
        "r": "NONE",
        "C": list_.name,
        "T": now,
        "O": [{"s": list_.symbol, "i": i, "c": c} for i, c in members(list_).items()],
    }
    return Timed(body, E=now, T=now)


def members(list_: OrderList) -> Mapping[int, str]:
    """Return the client ids with which the orders came, by their ids."""
    return {order.order_id: name for order, name in zip(list_.orders, list_.names, strict=True)}


def order_status(list_: OrderList) -> str:
    """Say whether the orders of a list are still under way."""
    return "EXECUTING" if list_.is_open else "ALL_DONE"


def draft_list(terms: NewList, orders: Sequence[Order], list_id: int, name: str) -> OrderList:
    """Return the list that `orders` make, which were drafted from the same terms."""
    of = dict(zip(map(id, terms.orders), orders, strict=True))
    working = None if terms.working is None else of[id(terms.working)]
    return OrderList(
        list_id=list_id,
        account=orders[0].account,
        symbol=orders[0].terms.symbol,
        name=name,
        contingency=terms.contingency,
        orders=orders,
        names=[order.client_order_id for order in orders],
        pair=[of[id(each)] for each in terms.pair],
        working=working,
        pending=[of[id(each)] for each in terms.pending],
        updated_ns=orders[0].created_ns,
    )


def refuses_pair(list_: OrderList) -> Refusal | None:
    """Refuse two orders that exclude each other, but do not lie on either side of the market."""
    if not list_.pair:
        return None
    above, below = (_goal(order) for order in list_.pair)
    price = list_.pair[0].market.price
    is_right = above > below if list_.working is not None else above > price > below
    return None if is_right else BAD_PRICE_RELATION


def _goal(order: Order) -> int:
    terms = order.terms
    return terms.price if terms.order_type is OrderType.LIMIT_MAKER else terms.stop_price
