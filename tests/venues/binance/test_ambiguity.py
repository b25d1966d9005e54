"""A share of the storm: whatever the wire does, each order is known once and as it is."""

from collections import Counter

import pytest

from sims.servers.binance.engine import Engine
from tests.sims.servers.binance.desk import Clock
from tests.venues.binance.ambiguity import tried
from tests.venues.binance.family import ENTRY, LIMIT, STOP, entry, limit, replace, stop
from tests.venues.binance.told import Book
from tests.venues.binance.wire import EPOCH, Wire, order
from trader.model.orders import OrderApproved

SUBMITS = 500


@pytest.mark.parametrize("seed", range(8))
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


def test_the_judge_lets_children_wait_while_their_entry_works_and_no_longer() -> None:
    """An entry at another price has left its list; what protects it waits here until it fills."""
    clock = Clock()
    wire = Wire(Engine(now=clock), clock)
    wire.connect()
    book = Book()
    family = [entry(limit=5_950_000), stop(), limit()]
    book.open_all(each for each in family if isinstance(each, OrderApproved))
    book.note(wire.perform(*family))
    book.note(wire.perform(replace(ENTRY, limit_ticks=5_940_000)))

    assert book.open.keys() == {ENTRY, STOP, LIMIT}
    assert book.faults(wire.engine) == []

    wire.engine.mark("BTCUSDT", "59400.00", "0.004")
    assert book.faults(wire.engine) == [
        f"fill 1 of {ENTRY} is not told",
        f"{ENTRY} has 600 left, told as 1000",
    ]
    wire.engine.mark("BTCUSDT", "59400.00")
    assert book.faults(wire.engine) == [
        f"fill 1 of {ENTRY} is not told",
        f"fill 2 of {ENTRY} is not told",
        *(f"{id_} has no end" for id_ in (ENTRY, STOP, LIMIT)),
    ]

    book.note(wire.news())
    assert book.faults(wire.engine) == []
