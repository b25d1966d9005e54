"""An entry and what protects it, as the order manager makes them."""

from typing import Any, Final

from tests.venues.binance.wire import EPOCH, NAME, order
from trader.model.envelope import Message
from trader.model.orders import CancelOrder, OrderRole, OrderType, ReplaceOrder

ENTRY: Final = f"main-x-{EPOCH}-1"
STOP: Final = f"main-x-{EPOCH}-2"
LIMIT: Final = f"main-x-{EPOCH}-3"
LOW, MID, HIGH = 5_900_000, 6_000_000, 6_100_000


def entry(**changes: Any) -> Message:
    """Buys 0.01 BTC at the middle, at rest unless told otherwise."""
    return order(**({"limit": MID} | changes))


def stop(lots: int = -1_000, **changes: Any) -> Message:
    """Sells below, as a child of the entry and in its group."""
    own = {"order_type": OrderType.STOP, "stop_ticks": LOW}
    return order(2, lots=lots, **(_family() | own | changes))


def limit(lots: int = -1_000, **changes: Any) -> Message:
    """Sells above, as a child of the entry and in its group."""
    return order(3, lots=lots, limit=HIGH, **(_family() | changes))


def alone() -> dict[str, Any]:
    """What makes a child an order in a group without a parent."""
    return {"parent": ""}


def cancel(client_order_id: str) -> Message:
    return CancelOrder(client_order_id=client_order_id, instrument=NAME, request_id="c", reason="t")


def replace(client_order_id: str, **changes: Any) -> Message:
    whole: dict[str, Any] = {"lots": None} | changes
    return ReplaceOrder(client_order_id=client_order_id, instrument=NAME, request_id="r", **whole)


def _family() -> dict[str, Any]:
    return {"parent": ENTRY, "group": ENTRY, "role": OrderRole.PROTECTION, "reduce_only": True}
