"""What the order manager remembers: an order's life so far, and one desk for each strategy."""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from trader.model.orders import OrderRole, OrderStatus, TargetPosition
from trader.model.units import Lots, Ticks

_TARGET: Final = OrderRole.TARGET
_PROTECTION: Final = OrderRole.PROTECTION


class Stop(Struct, frozen=True, array_like=True):
    """A stop that an entry takes along: its size and price, and the price it was decided at."""

    lots: Lots
    stop_ticks: Ticks
    ref_ticks: Ticks


class Order(Struct):
    """One order; lots are signed, `trades` are the fills that were booked.

    `cut` is how many lots we want taken off it without having heard yet that they are; `stops`
    wait for its approval.
    """

    strategy: str
    lots: Lots
    role: OrderRole
    status: OrderStatus = OrderStatus.INITIALIZED
    lots_filled: Lots = 0
    cancel_wanted: bool = False
    trades: list[str] = []
    cut: Lots = 0
    stops: tuple[Stop, ...] = ()

    @property
    def left(self) -> Lots:
        """Signed lots that are not filled."""
        return self.lots - self.lots_filled

    @property
    def kept(self) -> Lots:
        """Unsigned lots that will still work once our cancel or replacement is through."""
        return 0 if self.cancel_wanted else abs(self.left) - self.cut


class Desk(Struct):
    """A strategy's standing: where it wants to be, where it is, what works for it."""

    instrument: str
    target: Lots = 0
    position: Lots = 0
    count: int = 0
    working: list[str] = []
    keys: dict[str, str] = {}
    waiting: TargetPosition | None = None


def target_open(desk: Desk, orders: Mapping[str, Order]) -> Lots:
    """The signed lots that orders made from targets may still fill."""
    total = 0
    for id_ in desk.working:
        order = orders[id_]
        if order.role is _TARGET and not order.cancel_wanted:
            total += order.left
    return total


def protection_side(desk: Desk, orders: Mapping[str, Order], position: Lots) -> Iterator[str]:
    """The protective orders that would close a position of this sign, oldest first."""
    for id_ in list(desk.working):
        order = orders[id_]
        if order.role is _PROTECTION and order.lots * position < 0:
            yield id_
