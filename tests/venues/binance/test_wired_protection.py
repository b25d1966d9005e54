"""Positions and what protects them, in the core as it is wired, at Binance.

As `tests/core/test_wired_covers.py` has it before a venue that knows families by itself: whenever
all is answered, what the stops at the venue may close is what is held. Here the families are lists,
pairs and orders that wait, and whatever changes is placed anew.
"""

from collections import deque
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.making import A
from tests.core.story import LIMIT, STOP, TIME, TRAIL, Story
from tests.core.test_wired_covers import EVENTS, TARGETS, TROUBLE, play
from tests.venues.binance.counter import Counter
from tests.venues.binance.wire import GRID
from trader.config.schema import ExitConfig
from trader.model.envelope import Message
from trader.model.orders import OrderApproved, OrderType, SubmitOrder
from trader.venues.binance.names import order_of

ONE: Final = Decimal(1)
GRID_OF_A: Final = replace(
    GRID,
    instrument=A,
    symbol="AUSDT",
    tick=ONE,
    lot=ONE,
    tick_units=10**18,
    lot_units=10**18,
    half=1,
)
TYPES: Final = {"STOP_LOSS": OrderType.STOP, "LIMIT": OrderType.LIMIT}
TYPES_ALL: Final = TYPES | {"LIMIT_MAKER": OrderType.LIMIT, "MARKET": OrderType.MARKET}


@dataclass
class Open:
    """An order that works at the venue."""

    order: SubmitOrder
    room: int
    stop: int | None
    limit: int | None


class AtBinance:
    """Binance's codec and the venue behind it, in the place of the venue that knows families."""

    def __init__(self, *, prompt: bool, amends: bool) -> None:
        self.prompt = prompt
        self.commands: deque[list[Message]] = deque()
        self.reports: deque[Message] = deque()
        self._counter = Counter(amends=amends, grid=GRID_OF_A, epoch=1)
        self._orders: dict[str, SubmitOrder] = {}

    def take(self, effects: list[Message]) -> None:
        for effect in effects:
            if isinstance(effect, OrderApproved):
                self._orders[effect.order.client_order_id] = effect.order
        if effects:
            self.commands.append(effects)
        while self.prompt and self.commands:
            self.arrive()

    def arrive(self) -> None:
        self.reports.extend(self._counter.perform(*self.commands.popleft()))
        self._wait()

    @property
    def orders(self) -> dict[str, Open]:
        found = {}
        for name, each in self._counter.orders.items():
            if each["status"] in {"NEW", "PARTIALLY_FILLED"}:
                left = GRID_OF_A.lots(each["origQty"]) - GRID_OF_A.lots(each["executedQty"])
                kind = TYPES_ALL[each["type"]]
                found[name] = Open(
                    replace(self._orders[order_of(name)[0]], order_type=kind),
                    left,
                    1 if kind is OrderType.STOP else None,
                    1 if kind is OrderType.LIMIT else None,
                )
        return found

    def fill(self, name: str, lots: int, ticks: int) -> None:
        size = min(lots, self.orders[name].room)
        self.reports.extend(self._counter.fill(name, str(size), str(ticks)))
        self._wait()

    def lose(self, name: str) -> None:
        self.reports.extend(self._counter.end(name, "CANCELED"))
        self._wait()

    def covered(self, instrument: str, order_type: OrderType, side: int) -> int:
        del instrument
        return sum(
            each.room
            for each in self.orders.values()
            if each.order.order_type is order_type
            and each.order.reduce_only
            and each.order.lots * side < 0
        )

    def _wait(self) -> None:
        self.reports.extend(self._counter.wait(500))


class BinanceStory(Story):
    """The same story, told at another venue."""

    def __init__(
        self, script: dict[int, Any], exits: tuple[ExitConfig, ...], *, prompt: bool, amends: bool
    ) -> None:
        super().__init__(script, exits, prompt=prompt)
        self.venue = AtBinance(prompt=prompt, amends=amends)  # type: ignore[assignment]


NO_SPLITS: Final = EVENTS.map(lambda events: [each for each in events if each[0] != "split"])


@settings(max_examples=150, deadline=None)
@given(
    TARGETS,
    NO_SPLITS,
    st.sampled_from([(STOP,), (STOP, LIMIT), (TRAIL, LIMIT), (STOP, TRAIL, TIME)]),
    st.booleans(),
    st.booleans(),
)
def test_what_is_held_is_covered_by_stops_at_the_venue(
    script: dict[int, Any],
    events: list[Any],
    exits: tuple[ExitConfig, ...],
    prompt: bool,
    amends: bool,
) -> None:
    story = BinanceStory(script, exits, prompt=prompt, amends=amends)
    play(story, events)
    assume(not story.denied)

    assert story.covered(OrderType.STOP) == abs(story.held)


LOSSES: Final = TROUBLE.map(lambda events: [each for each in events if each[0] != "refuse"])


@settings(max_examples=150, deadline=None)
@given(
    TARGETS,
    LOSSES,
    st.sampled_from([(STOP,), (STOP, LIMIT), (TRAIL, LIMIT)]),
    st.booleans(),
    st.booleans(),
)
def test_what_the_venue_ends_of_itself_is_not_held_without_a_stop(
    script: dict[int, Any],
    events: list[Any],
    exits: tuple[ExitConfig, ...],
    prompt: bool,
    amends: bool,
) -> None:
    story = BinanceStory(script, exits, prompt=prompt, amends=amends)
    play(story, events)
    assume(not story.denied)

    assert story.covered(OrderType.STOP) == abs(story.held)


@pytest.mark.parametrize("amends", [True, False])
def test_a_life_with_a_stop_and_a_profit_target(amends: bool) -> None:
    story = BinanceStory(
        {1: [{"does": "target", "lots": 4}]}, (STOP, LIMIT), prompt=True, amends=amends
    )
    for close in (100, 100, 100):
        story.bar(close)
    story.settle()

    assert story.held == 4
    assert story.covered(OrderType.STOP) == story.covered(OrderType.LIMIT) == 4
