"""What the order manager remembers: an order's life so far, and one desk for each strategy.

The venue is always a little ahead of us: what a group's fill or a parent's end takes off an order
is known before it is told. An order's `due` is what is still to be told, and its `expected` size
is what it will then be.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from msgspec import Struct

from trader.logic.cover import Cover
from trader.model.orders import (
    OrderRole,
    OrderStatus,
    OrderType,
    Protection,
    TargetPosition,
)
from trader.model.units import Lots, Ticks

_TARGET: Final = OrderRole.TARGET
_PROTECTION: Final = OrderRole.PROTECTION
_MARKET: Final = OrderType.MARKET
_STOP: Final = OrderType.STOP


class Guard(Struct, frozen=True, array_like=True):
    """A protective order that an entry takes along: signed lots, its price, why it stands there.

    `ref_ticks` is the price that it was decided at.
    """

    order_type: OrderType
    lots: Lots
    ticks: Ticks
    ref_ticks: Ticks
    reason: str


class Change(Struct, frozen=True, array_like=True):
    """What a working order is to become; None leaves a size or price as it is.

    Lots are signed and count what is filled. `reason` is why it exists from then on, if that
    changes. `taken` is what its group had taken from it when this was asked.
    """

    lots: Lots | None = None
    limit_ticks: Ticks | None = None
    stop_ticks: Ticks | None = None
    reason: str = ""
    taken: Lots = 0


class Order(Struct):
    """One order; its lots are signed, `trades` are the fills that were booked.

    It has `arrived` once the venue has said so. `wish` is what it shall become, `asked` what the
    venue was asked and has not answered; `taken` and `due` are unsigned. `guards` wait for its
    approval. `aged` is an order that has ended in an earlier session; `renewed` one that is
    canceled because it cannot be changed. One `for_day` works until its session closes.
    """

    strategy: str
    lots: Lots
    role: OrderRole
    status: OrderStatus = OrderStatus.INITIALIZED
    lots_filled: Lots = 0
    reason: str = ""
    order_type: OrderType = _MARKET
    limit_ticks: Ticks | None = None
    stop_ticks: Ticks | None = None
    group: str = ""
    parent: str = ""
    arrived: bool = False
    cancel_wanted: bool = False
    trades: list[str] = []
    taken: Lots = 0
    due: Lots = 0
    wish: Change | None = None
    asked: Change | None = None
    guards: tuple[Guard, ...] = ()
    aged: bool = False
    renewed: bool = False
    for_day: bool = False

    @property
    def protects(self) -> bool:
        """Whether it protects a position, and is wanted back at most to be made anew."""
        return self.role is _PROTECTION and (self.renewed or not self.cancel_wanted)

    @property
    def left(self) -> Lots:
        """Signed lots that are not filled."""
        return self.lots - self.lots_filled

    @property
    def done(self) -> Lots:
        """Unsigned lots that are filled."""
        return abs(self.lots_filled)

    @property
    def expected(self) -> Lots:
        """Unsigned lots in all, once the venue has told what is due."""
        return abs(self.lots) - self.due

    @property
    def is_stop(self) -> bool:
        """Whether a price triggers it."""
        return self.stop_ticks is not None


@dataclass(slots=True)
class Desk:
    """A strategy's standing: where it wants to be, where it is, what works for it.

    `aim` is the target last told and `waits` whether its order waits for cancels; `covers` are
    what protects the position, by entry, the oldest first, and `own` unsigned lots of it that come
    from orders of the strategy's own, which it protects itself. `last_ticks` is the last fill's.
    `unguarded` says that a stop was refused and nothing has filled since, `leaves` that it was told
    to have no position until its strategy wants another one. `owed` are protective orders that a
    halt has denied, by entry.
    """

    instrument: str
    target: Lots = 0
    position: Lots = 0
    count: int = 0
    working: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    aim: TargetPosition | None = None
    waits: bool = False
    own: Lots = 0
    covers: dict[str, Cover] = field(default_factory=dict)
    owed: dict[str, list[Guard]] = field(default_factory=dict)

    def owe(self, order: Order) -> None:
        """A halt denies protection too: what is held gets it when trading goes on."""
        ticks = order.limit_ticks if order.stop_ticks is None else order.stop_ticks
        if ticks is not None:
            guard = Guard(order.order_type, order.lots, ticks, self.last_ticks, order.reason)
            self.owed.setdefault(order.group, []).append(guard)

    last_ticks: Ticks = 0
    unguarded: bool = False
    leaves: bool = False


def protective_ticks(ref_ticks: Ticks, side: int, protection: Protection) -> Ticks:
    """The price of what protects a position of this side, decided at `ref_ticks`.

    A stop lies behind that, a limit in front of it; both at a tick at least.
    """
    away = protection.distance_ticks * (side if protection.kind is _STOP else -side)
    return max(1, ref_ticks - away)


def target_open(desk: Desk, orders: Mapping[str, Order]) -> Lots:
    """The signed lots that orders made from targets may still fill."""
    total = 0
    for id_ in desk.working:
        order = orders[id_]
        if order.role is _TARGET and not order.cancel_wanted:
            total += order.left
    return total


def members(desk: Desk, orders: Mapping[str, Order], group: str) -> Iterator[tuple[str, Order]]:
    """The working orders of a group, oldest first; any of them may end while it is gone through."""
    for id_ in list(desk.working):
        order = orders[id_]
        if order.group == group:
            yield id_, order
