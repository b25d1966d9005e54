"""What the paper venue knows of an earlier life: the orders that the journal says it had taken.

The journal is all the memory that it has, so the two cannot disagree. What the venue had done and
the journal does not hold has not happened: nobody else saw it.
"""

from collections.abc import Iterator
from typing import TypeAlias

from actors.assembly import Core
from sims.venue.book import STANCES, Stance, WorkingOrder
from trader.logic.desk import Order
from trader.model.orders import OrderType, TimeInForce

Kept: TypeAlias = tuple[str, WorkingOrder]
"""An instrument and an order that works there."""


def kept(core: Core) -> Iterator[Kept]:
    """The orders of a recovered core that had reached the venue and work, the oldest first.

    An order arrives together with what protects it.
    """
    state = core.order_manager.state
    working = {id_: desk.instrument for desk in state.desks.values() for id_ in desk.working}
    for id_, order in state.orders.items():
        parent = state.orders.get(order.parent)
        if id_ in working and (order.arrived or (parent is not None and parent.arrived)):
            yield working[id_], _anew(id_, order, parent)


def _anew(id_: str, order: Order, parent: Order | None) -> WorkingOrder:
    """The venue's record of it; when its day ends the core takes it back itself."""
    size = abs(order.lots)
    return WorkingOrder(
        client_order_id=id_,
        lots=order.lots,
        order_type=order.order_type,
        time_in_force=TimeInForce.GTC,
        stance=_stance(order),
        limit_ticks=order.limit_ticks or 0,
        stop_ticks=order.stop_ticks or 0,
        parent=order.parent,
        group=order.group,
        ts_arrived=0,
        ordered=size,
        room=size - order.done,
        ts_begun=0,
        judged=False,
        filled=order.lots_filled,
        taken=order.taken,
        bound=0 if parent is None else parent.done,
        met=order.order_type is OrderType.LIMIT,
    )


def _stance(order: Order) -> Stance:
    """A stop that has begun to fill was triggered; whether any other one was, nobody remembers."""
    if order.order_type is OrderType.STOP and order.lots_filled:
        return Stance.TAKES
    return STANCES[order.order_type]
