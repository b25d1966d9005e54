"""What the simulated venue remembers: working orders in order of arrival, and the bar under way."""

from dataclasses import dataclass, field
from typing import Final

from msgspec import Struct

from trader.model.market import BarClosed
from trader.model.orders import OrderType, SubmitOrder
from trader.model.units import Lots, Nanoseconds, Ticks

UNLIMITED: Final = 2**62


class WorkingOrder(Struct, kw_only=True):
    """An order at the venue; `granted` are lots it may fill, a child's what its parent opened."""

    client_order_id: str
    lots: Lots
    order_type: OrderType
    limit_ticks: Ticks
    stop_ticks: Ticks
    parent: str
    ts_arrived: Nanoseconds
    granted: Lots
    filled: Lots = 0
    triggered: bool = False
    met_opening: bool = False
    cancel_at_close: bool = False
    lots_at_close: Lots = 0
    children: list[str] = []


def working_order(order: SubmitOrder, now: Nanoseconds) -> WorkingOrder:
    """The venue's own record of an order that has just arrived."""
    return WorkingOrder(
        client_order_id=order.client_order_id,
        lots=order.lots,
        order_type=order.order_type,
        limit_ticks=order.limit_ticks or 0,
        stop_ticks=order.stop_ticks or 0,
        parent=order.parent,
        ts_arrived=now,
        granted=0 if order.parent else abs(order.lots),
    )


NO_BAR: Final = BarClosed("", 0, 0, 0, 0, 0, 0, -1, -1)


@dataclass(slots=True, kw_only=True)
class Book:
    """One instrument at the venue: its orders, its bar under way, what the bar served still gives.

    The bar under way is whole in memory; the venue looks at its opening when it opens and at the
    rest when it has closed.
    """

    instrument: str
    half: int
    orders: dict[str, WorkingOrder] = field(default_factory=dict)
    bar: BarClosed = NO_BAR
    served_ts: Nanoseconds = -1
    budget: Lots = 0

    def market(self, now: Nanoseconds) -> Ticks | None:
        """The last price known at `now`: the open of the bar under way, else the last close."""
        bar = self.bar
        if bar is NO_BAR:
            return None
        return bar.open_ticks if now < bar.ts_close else bar.close_ticks

    def inside(self, now: Nanoseconds) -> bool:
        """Whether `now` lies strictly inside the bar under way."""
        return self.bar.ts_open < now < self.bar.ts_close
