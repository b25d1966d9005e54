"""What a strategy can answer: where to stand, or orders of its own."""

from typing import TypeAlias

from msgspec import Struct

from trader.model.orders import OrderType, TimeInForce
from trader.model.units import Lots, Ticks


class Target(Struct, frozen=True):
    """Be at this many signed lots; saying what already holds changes nothing."""

    lots: Lots
    reason: str = "target"


class Side(Struct, frozen=True):
    """Be long (1), flat (0) or short (-1), in the size that the configuration sets.

    `withheld` marks an answer that a filter made of another one; it is written down even where it
    changes nothing.
    """

    sign: int
    reason: str
    withheld: bool = False


class Order(Struct, frozen=True):
    """Place an order of one's own, beside any target; `key` names it for `Replace` and `Cancel`.

    Orders of one `group` reduce each other when they fill. With `parent`, the key of another
    order, it works from that order's first fill on, for no more lots than that has filled.
    """

    key: str
    lots: Lots
    limit_ticks: Ticks | None = None
    stop_ticks: Ticks | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    group: str = ""
    parent: str = ""
    reduce_only: bool = False

    @property
    def order_type(self) -> OrderType:
        """What the prices given make of it: none a market order, both a stop-limit."""
        if self.stop_ticks is None:
            return OrderType.MARKET if self.limit_ticks is None else OrderType.LIMIT
        return OrderType.STOP if self.limit_ticks is None else OrderType.STOP_LIMIT


class Replace(Struct, frozen=True):
    """Change the order placed under `key`; what is None stays as it is.

    `lots` is its size in all, signed, what is filled included.
    """

    key: str
    lots: Lots | None = None
    limit_ticks: Ticks | None = None
    stop_ticks: Ticks | None = None


class Cancel(Struct, frozen=True):
    """Take back the order placed under `key`."""

    key: str


Action: TypeAlias = Target | Side | Order | Replace | Cancel
Answer: TypeAlias = Action | list[Action] | None
