"""What was told of each order, held against what the venue knows of it."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from sims.servers.binance.engine import Engine
from trader.model.envelope import Message
from trader.model.orders import (
    OrderCanceled,
    OrderExpired,
    OrderFilled,
    OrderInDoubt,
    OrderRejected,
)


class Book:
    """Stands for a core: `open` are the orders of which no end was told, in their order."""

    def __init__(self) -> None:
        self.open: Final[dict[str, bool]] = {}
        self.ended: Final[dict[str, Message]] = {}
        self.doubted: Final[set[str]] = set()
        self.fills: Final[dict[str, OrderFilled]] = {}

    def note(self, messages: Iterable[Message]) -> None:
        """Takes in what is told; a trade that is told again must be the same."""
        for message in messages:
            if isinstance(message, OrderFilled):
                id_ = message.client_order_id
                before = self.fills.setdefault(message.trade_id, message)
                assert (before.client_order_id, before.last_lots) == (id_, message.last_lots)
                self.open.pop(id_, None)
            elif isinstance(message, OrderInDoubt):
                self.doubted.add(message.client_order_id)
            elif isinstance(message, OrderRejected | OrderCanceled | OrderExpired):
                self.ended[message.client_order_id] = message
                self.open.pop(message.client_order_id, None)

    def faults(self, engine: Engine) -> list[str]:
        """The venue's truth against what was told; every order there fills as a whole."""
        orders = [(each, str(each.terms.client_order_id)) for each in engine.orders.values()]
        names = Counter(id_ for _, id_ in orders)
        theirs = {str(trade.trade_id): id_ for each, id_ in orders for trade in each.trades}
        ours = {trade_id: fill.client_order_id for trade_id, fill in self.fills.items()}
        standing = {id_ for each, id_ in orders if each.is_open}
        refused = {id_ for id_, end in self.ended.items() if isinstance(end, OrderRejected)}
        found = [f"{name} is {times} orders" for name, times in names.items() if times > 1]
        found += [f"fill {each} is not told" for each in theirs.keys() - ours.keys()]
        found += [f"fill {each} was told of nothing" for each in ours.items() - theirs.items()]
        found += [f"{id_} has no end" for id_ in self.open.keys() - standing]
        found += [f"{id_} works and is believed ended" for id_ in standing - self.open.keys()]
        found += [f"{id_} is at the venue, told as rejected" for id_ in refused & names.keys()]
        return sorted(found)
