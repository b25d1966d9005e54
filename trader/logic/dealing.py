"""The mechanics of orders: how one is made, moved through its life, lowered and taken back.

Whoever deals decides what is wanted; here stands what that means for the order, its desk and the
venue. An event that the table of `trader.logic.lifecycle` does not know is a duplicate, counted
and ignored, or a contradiction, which is told as a difference and never raised.
"""

from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from trader.logic.desk import Desk, Order, Stop
from trader.logic.lifecycle import ENDED, is_duplicate, transition
from trader.model.account import DifferenceFound
from trader.model.envelope import Message
from trader.model.orders import (
    CancelOrder,
    CancelRequested,
    OrderEvent,
    OrderRole,
    OrderStatus,
    OrderType,
    ReplaceOrder,
    ReplaceRequested,
    SubmitOrder,
    TimeInForce,
)
from trader.model.units import Lots, Nanoseconds, Ticks

_TARGET: Final = OrderRole.TARGET
_PROTECTION: Final = OrderRole.PROTECTION
_IN_DOUBT: Final = OrderStatus.IN_DOUBT
_MARKET: Final = OrderType.MARKET
_STOP: Final = OrderType.STOP
_LIMIT: Final = OrderType.LIMIT
_GTC: Final = TimeInForce.GTC

WORKING: Final = frozenset({OrderStatus.ACCEPTED, OrderStatus.PARTIALLY_FILLED})


class Orders(Struct):
    """All orders of the session by id, the desks by strategy, and what was ignored."""

    orders: dict[str, Order]
    desks: dict[str, Desk]
    epoch: int = 1
    duplicates: int = 0


class Wish(Struct, frozen=True, kw_only=True):
    """An order that is wanted: its size, why, its prices, and the price it was decided at."""

    lots: Lots
    role: OrderRole
    ref_ticks: Ticks
    limit_ticks: Ticks | None = None
    stop_ticks: Ticks | None = None
    parent: str = ""
    stops: tuple[Stop, ...] = ()


class Dealing:
    """Moves the orders of one account; `state` is all it knows."""

    def __init__(self, state: Orders, account: str) -> None:
        self.state = state
        self._account = account

    def make(self, strategy: str, desk: Desk, wish: Wish, now: Nanoseconds) -> SubmitOrder:
        """A new order, under an id that a replay derives again."""
        desk.count += 1
        id_ = client_order_id(self._account, strategy, self.state.epoch, desk.count)
        kind = _MARKET if wish.stop_ticks is None else _STOP
        self.state.orders[id_] = Order(
            strategy=strategy, lots=wish.lots, role=wish.role, stops=wish.stops
        )
        desk.working.append(id_)
        return SubmitOrder(
            client_order_id=id_,
            strategy=strategy,
            instrument=desk.instrument,
            lots=wish.lots,
            order_type=kind if wish.limit_ticks is None else _LIMIT,
            limit_ticks=wish.limit_ticks,
            stop_ticks=wish.stop_ticks,
            time_in_force=_GTC,
            role=wish.role,
            parent=wish.parent,
            ref_ticks=wish.ref_ticks,
            ts_decided=now,
        )

    def protect(self, id_: str, order: Order, now: Nanoseconds) -> list[Message]:
        """The stops that go with an entry, once it may leave: none is sent for one that may not."""
        desk = self.state.desks[order.strategy]
        stops, order.stops = order.stops, ()
        return [
            self.make(
                order.strategy,
                desk,
                Wish(
                    lots=stop.lots,
                    role=_PROTECTION,
                    ref_ticks=stop.ref_ticks,
                    stop_ticks=stop.stop_ticks,
                    parent=id_,
                ),
                now,
            )
            for stop in stops
        ]

    def advance(self, event: OrderEvent, order: Order) -> list[Message]:
        """Moves the order by the table; the event as it goes on, or the difference it makes."""
        kind = type(event)
        status = transition(order.status, kind, lots=order.lots, lots_filled=order.lots_filled)
        if status is None:
            if is_duplicate(order.status, kind):
                self.state.duplicates += 1
                return []
            return [contradiction(event, order)]
        was_open = order.status < ENDED
        order.status = status
        desk = self.state.desks[order.strategy]
        if was_open and status >= ENDED:
            self.close(event.client_order_id, desk)
        elif status < ENDED and not was_open:
            # A fill came for an order that we had only concluded to be absent: it works after all.
            desk.working.append(event.client_order_id)
        # The type checker sees the base; every event that is made belongs to the union.
        passed: Any = replace(
            event,
            strategy=order.strategy,
            instrument=desk.instrument,
            status=status,
            lots_filled=order.lots_filled,
        )
        return [passed]

    def close(self, id_: str, desk: Desk) -> None:
        """Takes an order that has ended off its desk."""
        desk.working.remove(id_)
        if desk.keys:
            desk.keys = {key: held for key, held in desk.keys.items() if held != id_}

    def cancel(self, id_: str, order: Order, reason: str) -> list[Message]:
        """The cancel of a working order; one in doubt is cancelled once it is known to live."""
        if order.cancel_wanted or order.status >= ENDED:
            return []
        order.cancel_wanted = True
        if order.status is _IN_DOUBT:
            return []
        instrument = self.state.desks[order.strategy].instrument
        request = f"{id_}-c"
        cancel = CancelOrder(
            client_order_id=id_, instrument=instrument, request_id=request, reason=reason
        )
        event = CancelRequested(client_order_id=id_, request_id=request)
        return [*self.advance(event, order), cancel]

    def lower(self, id_: str, order: Order) -> list[Message]:
        """The replacement that takes the wanted cut off a working order."""
        instrument = self.state.desks[order.strategy].instrument
        request = f"{id_}-r"
        smaller = order.lots + (order.cut if order.lots < 0 else -order.cut)
        event = ReplaceRequested(client_order_id=id_, request_id=request)
        command = ReplaceOrder(
            client_order_id=id_, instrument=instrument, request_id=request, lots=smaller
        )
        return [*self.advance(event, order), command]

    def in_doubt(self) -> int:
        """How many orders nobody knows the truth about."""
        orders = self.state.orders
        working = (id_ for desk in self.state.desks.values() for id_ in desk.working)
        return sum(orders[id_].status is _IN_DOUBT for id_ in working)

    def cancels_pending(self, desk: Desk) -> bool:
        """Whether a target order of the desk still waits for the answer to its cancel."""
        orders = (self.state.orders[id_] for id_ in desk.working)
        return any(order.cancel_wanted and order.role is _TARGET for order in orders)


def client_order_id(account: str, strategy: str, epoch: int, count: int) -> str:
    """The id of a strategy's `count`-th order within an epoch.

    >>> client_order_id("main", "cross", 1, 7)
    'main-cross-1-7'
    """
    return f"{account}-{strategy}-{epoch}-{count}"


def unknown(event: OrderEvent) -> DifferenceFound:
    """The venue speaks of an order that we do not know."""
    return DifferenceFound(
        kind="unknown_order",
        key=event.client_order_id,
        ours="nothing",
        theirs=type(event).__name__,
    )


def contradiction(event: OrderEvent, order: Order) -> DifferenceFound:
    """The venue says what cannot be after what it said before."""
    return DifferenceFound(
        kind="contradiction",
        key=event.client_order_id,
        ours=order.status.name,
        theirs=type(event).__name__,
    )
