"""A share of the storm: whatever the wire does, each order is known once and as it is."""

from collections import Counter

import pytest

from sims.servers.binance.engine import Engine
from tests.sims.servers.binance.desk import Clock
from tests.venues.binance.ambiguity import tried
from tests.venues.binance.told import Book
from tests.venues.binance.wire import EPOCH, Wire, order

SUBMITS = 500


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_sent_twice_and_nothing_is_lost(seed: int) -> None:
    found, met = tried(seed, SUBMITS)

    assert found == []
    assert met["submits"] == SUBMITS
    assert met["doubts"] > SUBMITS // 20
    assert met["request doubled"] > 0


def test_the_judge_sees_what_was_not_told_and_what_was_told_wrongly() -> None:
    clock = Clock()
    wire = Wire(Engine(now=clock), clock)
    wire.connect()
    book = Book()
    book.open[f"main-x-{EPOCH}-1"] = True
    told = wire.perform(order())

    assert book.faults(wire.engine) == [
        f"fill 1 of main-x-{EPOCH}-1 is not told",
        f"main-x-{EPOCH}-1 has no end",
    ]

    book.note(told)
    assert book.faults(wire.engine) == []
    assert Counter(book.open) == Counter()

    [first] = wire.engine.orders.values()
    wire.engine.orders[99] = first
    assert book.faults(wire.engine) == [f"main-x-{EPOCH}-1 is 2 orders"]
