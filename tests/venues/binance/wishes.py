"""What a trader wants in the storm of ambiguity: orders, lists, cancels and changes of them."""

from collections.abc import Callable, Iterable
from itertools import count
from typing import Any, Final

from tests.venues.binance.wire import NAME, order
from trader.model.envelope import Message
from trader.model.orders import CancelOrder, OrderApproved, OrderType, ReplaceOrder
from trader.model.units import Lots, Nanoseconds, Ticks

LOTS: Final = 1_000
SIZES: Final = (LOTS, LOTS // 2, LOTS // 4)
MID: Final = 6_000_000
AWAY: Final = 100
CHANGE: Final = 2
"""Of six wishes for older orders one is a change, two are cancels and three are none."""

Chance = Callable[[int], int]


class Wishes:
    """Draws what is wanted; `sides` are the orders' signs, `pairs` whose orders end each other."""

    def __init__(self, chance: Chance, now: Callable[[], Nanoseconds]) -> None:
        self.epoch = 0
        self.sides: Final[dict[str, tuple[int, bool]]] = {}
        """By order: its sign, and whether it is a stop."""
        self._pairs: Final[dict[str, tuple[str, ...]]] = {}
        self._chance: Final = chance
        self._now: Final = now
        self._ids: Final = count(1)
        self._groups: Final = count(1)

    def orders(self) -> list[OrderApproved]:
        """An order or a list near the market."""
        return (self._pair, self._bracket, *[self._single] * 6)[self._chance(8)]()

    def later(self, working: list[str]) -> list[Message]:
        """Sometimes a cancel or a change of what works, mostly for both of a pair."""
        wish = self._chance(6)
        if wish > CHANGE or not working:
            return []
        id_ = working[self._chance(len(working))]
        both = self._pairs.get(id_, (id_,))
        meant = both if self._chance(4) else (id_,)
        if wish < CHANGE:
            return cancels(meant)
        if self._chance(2):
            lots = SIZES[self._chance(len(SIZES))]
            return [self._changed(each, lots=self.sides[each][0] * lots) for each in meant]
        return [self._moved(id_)]

    def _single(self) -> list[OrderApproved]:
        """At the market, or at rest near it."""
        lots = LOTS if self._chance(2) else -LOTS
        return [self._approved(lots, limit=MID - lots // 10 if self._chance(2) else None)]

    def _pair(self, parent: str = "") -> list[OrderApproved]:
        """A stop and a limit of which one ends the other."""
        family = {"group": f"pair-{next(self._groups)}", "parent": parent, "reduce_only": True}
        stop = {"order_type": OrderType.STOP, "stop_ticks": MID - AWAY}
        pair = [
            self._approved(-LOTS, **family, **stop),
            self._approved(-LOTS, limit=MID + AWAY, **family),
        ]
        ids = tuple(each.order.client_order_id for each in pair)
        self._pairs.update(dict.fromkeys(ids, ids))
        return pair

    def _bracket(self) -> list[OrderApproved]:
        """An entry that rests, and the pair that waits for it."""
        entry = self._approved(LOTS, limit=MID - AWAY)
        return [entry, *self._pair(entry.order.client_order_id)]

    def _approved(self, lots: Lots, **terms: Any) -> OrderApproved:
        id_ = f"main-x-{self.epoch}-{next(self._ids)}"
        self.sides[id_] = (1 if lots > 0 else -1, "stop_ticks" in terms)
        made = order(client_order_id=id_, lots=lots, ts_decided=self._now(), **terms)
        assert isinstance(made, OrderApproved)
        return made

    def _moved(self, id_: str) -> ReplaceOrder:
        """All of it at another price, further away."""
        side, is_stop = self.sides[id_]
        away = AWAY + self._chance(50)
        if is_stop:
            return self._changed(id_, stop_ticks=MID - away)
        return self._changed(id_, limit_ticks=MID - side * away)

    def _changed(self, id_: str, lots: Lots | None = None, **prices: Ticks) -> ReplaceOrder:
        return ReplaceOrder(
            client_order_id=id_, instrument=NAME, request_id="", lots=lots, **prices
        )


def cancels(ids: Iterable[str]) -> list[Message]:
    """Takes orders back."""
    return [
        CancelOrder(client_order_id=id_, instrument=NAME, request_id="", reason="") for id_ in ids
    ]
