"""How long an order's way takes, from steps as they become durable."""

from typing import Final

from msgspec import Struct

from actors.runtime.step_record import Step
from trader.model.orders import (
    OrderAccepted,
    OrderApproved,
    OrderEvent,
    OrderFilled,
    OrderStatus,
    OrderSubmitted,
)
from trader.model.units import SECOND_NS, Nanoseconds
from trader.ops.metrics import Metrics

_ENDED: Final = OrderStatus.DENIED


class _Way(Struct):
    """When an order was decided, left, and was taken by the venue; 0 is not yet."""

    decided: Nanoseconds
    left: Nanoseconds = 0
    taken: Nanoseconds = 0


class Timing:
    """Follows the orders of one daemon and tells the durations."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics: Final = metrics
        self._ways: Final[dict[str, _Way]] = {}

    def settle(self, step: Step) -> None:
        """Takes the instants of a step; an order that has ended is forgotten."""
        for envelope in step.kept:
            body, ts = envelope.body, envelope.ts
            if isinstance(body, OrderApproved):
                self._ways[body.order.client_order_id] = _Way(decided=ts)
            elif isinstance(body, OrderEvent):
                way = self._ways.get(body.client_order_id)
                if way is not None:
                    self._follow(way, body, ts)
                    if body.status >= _ENDED:
                        del self._ways[body.client_order_id]

    def _follow(self, way: _Way, event: OrderEvent, ts: Nanoseconds) -> None:
        match event:
            case OrderSubmitted():
                way.left = ts
                self._took("tick_to_order", way.decided, ts)
            case OrderAccepted() if not way.taken:
                way.taken = ts
                self._took("order_to_ack", way.left, ts)
            case OrderFilled() if way.taken > 0:
                self._took("ack_to_fill", way.taken, ts)
                way.taken = -1
            case _:
                pass

    def _took(self, name: str, since: Nanoseconds, ts: Nanoseconds) -> None:
        if since > 0:
            self._metrics.took(name, (ts - since) / SECOND_NS)
