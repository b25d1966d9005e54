"""What was told of each order, held against what the venue knows of it."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from sims.servers.binance.amounts import text_of
from sims.servers.binance.engine import Engine
from tests.venues.binance.wire import GRID
from trader.model.envelope import Message
from trader.model.orders import (
    OrderAccepted,
    OrderApproved,
    OrderCanceled,
    OrderExpired,
    OrderFilled,
    OrderInDoubt,
    OrderRejected,
    OrderReplaced,
)
from trader.venues.binance.names import order_of


class Book:
    """Stands for a core: `open` are the orders of which no end was told, in their order."""

    def __init__(self) -> None:
        self.open: Final[dict[str, bool]] = {}
        self.ended: Final[dict[str, Message]] = {}
        self.doubted: Final[set[str]] = set()
        self.working: Final[dict[str, bool]] = {}
        """Open orders of which the venue has said so, and of which nobody doubts it now."""
        self.fills: Final[dict[tuple[str, str], OrderFilled]] = {}
        """By trade and order: of a trade with ourselves there are two."""
        self.lots: Final[dict[str, int]] = {}
        """How many of an order are still to come, unsigned, where it may fill in parts."""

        self._parents: Final[dict[str, str]] = {}

    def open_all(self, orders: Iterable[OrderApproved]) -> None:
        """Takes in orders that are about to leave."""
        for order in (approved.order for approved in orders):
            self.open[order.client_order_id] = True
            self.lots[order.client_order_id] = abs(order.lots)
            self._parents[order.client_order_id] = order.parent

    def note(self, messages: Iterable[Message]) -> None:
        """Takes in what is told; a trade that is told again must be the same."""
        for message in messages:
            if isinstance(message, OrderFilled):
                id_ = message.client_order_id
                is_new = (message.trade_id, id_) not in self.fills
                before = self.fills.setdefault((message.trade_id, id_), message)
                assert before.last_lots == message.last_lots
                if is_new:
                    self._fill(id_, abs(message.last_lots))
            elif isinstance(message, OrderReplaced):
                self._resize(message.client_order_id, abs(message.lots))
            elif isinstance(message, OrderInDoubt):
                self.doubted.add(message.client_order_id)
                self.working.pop(message.client_order_id, None)
            elif isinstance(message, OrderAccepted):
                self.working[message.client_order_id] = True
            elif isinstance(message, OrderRejected | OrderCanceled | OrderExpired):
                self.ended[message.client_order_id] = message
                self.open.pop(message.client_order_id, None)

    def _fill(self, id_: str, lots: int) -> None:
        if id_ not in self.lots:
            self.open.pop(id_, None)
            return
        self.lots[id_] -= lots
        if not self.lots[id_]:
            self.open.pop(id_, None)

    def _resize(self, id_: str, lots: int) -> None:
        """A size is told in all, filled ones included."""
        fills = (each for each in self.fills.values() if each.client_order_id == id_)
        self.lots[id_] = lots - sum(abs(each.last_lots) for each in fills)
        if not self.lots[id_]:
            self.open.pop(id_, None)

    def faults(self, engine: Engine) -> list[str]:
        """The venue's truth against what was told."""
        placed = [(each, str(each.terms.client_order_id)) for each in engine.orders.values()]
        names = Counter(name for _, name in placed)
        orders = [(each, order_of(name)[0]) for each, name in placed]
        theirs = {(str(trade.trade_id), id_) for each, id_ in orders for trade in each.trades}
        ours = self.fills.keys()
        standing = {id_ for each, id_ in orders if each.is_open}
        # What was canceled to be placed anew, and then refused, has ended so.
        taken = {id_ for each, id_ in orders if each.is_open or each.trades}
        refused = {id_ for id_, end in self.ended.items() if isinstance(end, OrderRejected)}
        found = [f"{name} is {times} orders" for name, times in names.items() if times > 1]
        found += [f"fill {trade} of {id_} is not told" for trade, id_ in theirs - ours]
        found += [f"fill {trade} of {id_} was told of nothing" for trade, id_ in ours - theirs]
        # What waits for its parent may do so here, where the venue does not know it.
        waiting = {id_ for id_ in self.open if self._parents.get(id_) in standing}
        found += [f"{id_} has no end" for id_ in self.open.keys() - standing - waiting]
        found += [f"{id_} works and is believed ended" for id_ in standing - self.open.keys()]
        found += [f"{id_} is at the venue, told as rejected" for id_ in refused & taken]
        left = {id_: GRID.lots(text_of(each.remaining)) for each, id_ in orders if each.is_open}
        told = {id_: self.lots[id_] for id_ in self.open if id_ in self.lots}
        found += [
            f"{id_} has {left[id_]} left, told as {told[id_]}"
            for id_ in left.keys() & told.keys()
            if left[id_] != told[id_]
        ]
        return sorted(found)
