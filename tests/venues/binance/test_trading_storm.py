"""Orders in any weather: answers and events lost, late, or out of order, and everything heals.

A few strategies' worth of orders meet a venue that loses what it says, fills at any moment and ends
orders of its own accord. Whatever happened, once the line is whole again: no order was placed
twice (the venue itself would complain), and of each order every fill was told and none invented,
and who lives there is not given up.
"""

from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.venues.binance.counter import OPEN, Counter
from tests.venues.binance.family import HIGH, LOW, MID
from tests.venues.binance.family import cancel as cancel_of
from tests.venues.binance.family import replace as replace_of
from tests.venues.binance.wire import EPOCH, GRID, NAME, order
from tests.venues.contract.cards import Life
from trader.model.envelope import Message
from trader.model.orders import (
    OrderReplaced,
    OrderRole,
    OrderType,
    QueryOrder,
    ReplaceRejected,
)
from trader.venues.binance.names import order_of

METHODS: Final = (
    "order.place",
    "orderList.place.oco",
    "orderList.place.otoco",
    "order.cancel",
    "order.cancelReplace",
    "order.amend.keepPriority",
    "order.status",
    "allOrders",
    "myTrades",
    "openOrders.status",
)


class Weather:
    """The core's side of it: what it wants, and what it was told."""

    def __init__(self, *, amends: bool) -> None:
        self.venue: Final = Counter(amends=amends)
        self.lives: Final[dict[str, Life]] = {}
        self.changing: Final[set[str]] = set()
        self._count = 0
        self._epoch = EPOCH

    # -- what can happen --------------------------------------------------------------------------

    def enter(self, price: int) -> None:
        """A plain order."""
        self._perform(self._order(limit=price or None))

    def protect(self, price: int) -> None:
        """An entry with its stop and its limit."""
        parent = self._id(self._count + 1)
        family = {"parent": parent, "group": parent, "role": OrderRole.PROTECTION}
        stop = {"order_type": OrderType.STOP, "stop_ticks": LOW}
        self._perform(
            self._order(limit=price or None),
            self._order(lots=-1_000, **(family | stop)),
            self._order(lots=-1_000, limit=HIGH, **family),
        )

    def cancel(self, pick: int) -> None:
        working = self._working()
        if working:
            self._perform(cancel_of(working[pick % len(working)]))

    def change(self, pick: int) -> None:
        working = [id_ for id_ in self._working() if id_ not in self.changing]
        if not working:
            return
        id_ = working[pick % len(working)]
        sign = -1 if self.lives[id_].sells else 1
        wishes = ({"lots": sign * 600}, {"lots": sign * 1_300}, {"limit_ticks": MID + pick})
        self.changing.add(id_)
        self._perform(replace_of(id_, **wishes[pick % 3]))

    def fill(self, pick: int) -> None:
        order_ = self._open(pick)
        if order_ is None or order_["status"] == "PENDING_NEW":
            return
        left = GRID.lots(order_["origQty"]) - GRID.lots(order_["executedQty"])
        size = max(1, left // (1 + pick % 3))
        self._hear(self.venue.fill(order_["clientOrderId"], GRID.size_text(size)))

    def end(self, pick: int) -> None:
        order_ = self._open(pick)
        if order_ is not None:
            self._hear(self.venue.end(order_["clientOrderId"], "EXPIRED"))

    def lose(self, pick: int) -> None:
        """Answers of one kind get lost, and perhaps the requests as well."""
        self.venue.lost.add(METHODS[pick % len(METHODS)])
        if pick % 2:
            self.venue.unseen.add(METHODS[pick % len(METHODS)])

    def find(self, _pick: int) -> None:
        self.venue.lost.clear()
        self.venue.unseen.clear()

    def hold(self, _pick: int) -> None:
        self.venue.holds_events = True

    def release(self, _pick: int) -> None:
        self.venue.holds_events = False
        self.venue.release()
        self._hear(self.venue.told())

    def forget(self, _pick: int) -> None:
        """Events that were on their way are gone, and with them the line."""
        self.venue.events.clear()
        self.cut(0)

    def wait(self, pick: int) -> None:
        self._hear(self.venue.wait(20 + 40 * (pick % 20)))

    def cut(self, _pick: int) -> None:
        self._hear(self.venue.break_line())
        self._ask()

    def heal(self) -> None:
        """Nothing gets lost any more; and the daemon asks about all that it takes to be working."""
        self.find(0)
        self.release(0)
        self.wait(19)
        self.cut(0)
        for _ in range(40):
            self._hear(self.venue.wait(1_000))
        self._ask()
        self._hear(self.venue.wait(30_000))

    # -- what holds then --------------------------------------------------------------------------

    def check(self) -> None:
        by_id: dict[str, list[str]] = {}
        for name in self.venue.orders:
            by_id.setdefault(order_of(name)[0], []).append(name)
        for id_, life in self.lives.items():
            names = by_id.get(id_, [])
            orders = [self.venue.orders[name] for name in names]
            filled = sum(GRID.lots(each["executedQty"]) for each in orders)
            assert abs(life.filled) == filled, (id_, life.filled, orders)
            works = any(each["status"] in OPEN for each in orders)
            assert not (works and life.end), (id_, life.end, life.reason, orders)
            is_done = life.end or filled
            assert works or is_done or not names, (id_, orders)
        assert not self.venue.dialogue.busy

    # -- by what means ----------------------------------------------------------------------------

    def _id(self, count: int) -> str:
        return f"main-x-{self._epoch}-{count}"

    def _order(self, **terms: object) -> Message:
        self._count += 1
        id_ = self._id(self._count)
        self.lives[id_] = Life(id_)
        self.lives[id_].sells = terms.get("lots") == -1_000
        return order(client_order_id=id_, **terms)  # type: ignore[arg-type]

    def _perform(self, *messages: Message) -> None:
        self._hear(self.venue.perform(*messages))

    def _hear(self, told: list[Message]) -> None:
        for life in self.lives.values():
            life.hear(told)
        for event in told:
            if isinstance(event, OrderReplaced | ReplaceRejected):
                self.changing.discard(event.client_order_id)

    def _working(self) -> list[str]:
        return [id_ for id_, life in self.lives.items() if life.accepted and not life.end]

    def _open(self, pick: int) -> dict[str, str] | None:
        found = [each for each in self.venue.orders.values() if each["status"] in OPEN]
        return found[pick % len(found)] if found else None

    def _ask(self) -> None:
        self._epoch = EPOCH + 1
        self.changing.clear()
        asked = [id_ for id_, life in self.lives.items() if not life.end]
        for id_ in asked:
            self._perform(QueryOrder(client_order_id=id_, instrument=NAME))


DEEDS: Final[dict[str, Callable[[Weather, int], None]]] = {
    "enter": Weather.enter,
    "protect": Weather.protect,
    "cancel": Weather.cancel,
    "change": Weather.change,
    "fill": Weather.fill,
    "end": Weather.end,
    "lose": Weather.lose,
    "find": Weather.find,
    "hold": Weather.hold,
    "release": Weather.release,
    "forget": Weather.forget,
    "wait": Weather.wait,
}
OFTEN: Final = ("protect", "protect", "fill", "fill", "change", "cancel", "enter", "wait", "lose")
STEPS = st.lists(
    st.tuples(st.sampled_from([*OFTEN, *DEEDS]), st.integers(0, 40)), min_size=1, max_size=25
)


def play(steps: list[tuple[str, int]], *, amends: bool) -> Weather:
    weather = Weather(amends=amends)
    for deed, pick in steps:
        price = (0, MID)[pick % 2] if deed in {"enter", "protect"} else pick
        DEEDS[deed](weather, price)
    weather.heal()
    return weather


@pytest.mark.parametrize(
    "steps",
    [
        # A list that the venue ended is found again under the names that its orders got then.
        [("protect", 1), ("protect", 0), ("fill", 4), ("end", 0)],
        # What waits here because its entry was placed anew is changed here.
        [("protect", 1), ("change", 0), ("change", 1), ("fill", 0)],
        # A stop that has ended, of which the core does not know yet, is not placed anew.
        [("protect", 0), ("fill", 0), ("fill", 2), ("cancel", 2)],
    ],
)
def test_what_went_wrong_once_does_not_again(steps: list[tuple[str, int]]) -> None:
    play(steps, amends=False).check()


@settings(max_examples=150, deadline=None)
@given(steps=STEPS, amends=st.booleans())
def test_whatever_the_weather_the_core_knows_what_became_of_its_orders(
    steps: list[tuple[str, int]], amends: bool
) -> None:
    play(steps, amends=amends).check()
