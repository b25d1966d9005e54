"""What is told of an order, in short: enough to hold one venue against another."""

from collections.abc import Iterable
from typing import Any, Final

from tests.venues.binance.family import ENTRY, HIGH, LIMIT, LOW, STOP, entry, limit, stop
from trader.model.envelope import Message
from trader.model.orders import (
    CancelRejected,
    OrderAccepted,
    OrderCanceled,
    OrderEvent,
    OrderExpired,
    OrderFilled,
    OrderRejected,
    OrderReplaced,
    ReplaceRejected,
)

__all__ = ["ENTRY", "HIGH", "LIMIT", "LOW", "STOP", "Life", "entry", "family", "limit", "stop"]

_ENDS: Final = {OrderCanceled: "canceled", OrderExpired: "expired", OrderRejected: "rejected"}


def family(**changes: Any) -> tuple[Message, ...]:
    """An entry with its stop and its limit."""
    return entry(**changes), stop(), limit()


class Life:
    """What a venue has told of one order: facts, not how often they were told."""

    def __init__(self, id_: str) -> None:
        self.id: Final = id_
        self.accepted = False
        self.sells = False
        self.end = ""
        self.reason = ""
        self.lots: int | None = None
        self.refused: list[str] = []
        self._fills: Final[dict[str, int]] = {}

    @property
    def filled(self) -> int:
        """Signed lots; a fill that is told twice counts once."""
        return sum(self._fills.values())

    def hear(self, told: Iterable[Message]) -> "Life":
        """Takes in what was told since the last time."""
        for event in told:
            if isinstance(event, OrderEvent) and event.client_order_id == self.id:
                self._take(event)
        return self

    def _take(self, event: OrderEvent) -> None:
        self.accepted |= isinstance(event, OrderAccepted)
        if isinstance(event, OrderFilled):
            known = self._fills.setdefault(event.trade_id, event.last_lots)
            assert known == event.last_lots, event
        if isinstance(event, OrderReplaced):
            self.lots = event.lots
        if isinstance(event, CancelRejected | ReplaceRejected):
            self.refused.append(event.code)
        if type(event) in _ENDS:
            self.end = _ENDS[type(event)]
            self.reason = str(getattr(event, "reason", "") or getattr(event, "code", ""))
